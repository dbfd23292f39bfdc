//! Samples an image as a texture, rotated and tiled, from a cache of 32 blocks, and prints it as text:
//! `cargo run --example texture --features cache -- MODEL.nicem IMAGE.nice`.

use std::error::Error;

use nice_decode::{BlockCache, Decoder, Image, Model};

/// The size of the picture in characters.
const COLUMNS: i32 = 100;
const LINES: i32 = 40;

/// The cosine and the sine of 30 degrees in 16.16 fixed point.
const COSINE: i32 = 56_756;
const SINE: i32 = 32_768;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [model, image] = arguments.as_slice() else {
        return Err("usage: texture MODEL.nicem IMAGE.nice".into());
    };
    let (model, image) = (std::fs::read(model)?, std::fs::read(image)?);
    let decoder = Decoder::new(&Model::from_bytes(&model)?, &Image::from_bytes(&image)?)?;
    let mut texture = BlockCache::<16, 2>::new(decoder);
    for y in 0..LINES {
        // A character is twice as high as it is wide. Along a line, a texel is two additions away from the one before.
        let (mut u, mut v) = (-SINE * 2 * y, COSINE * 2 * y);
        let line = (0..COLUMNS).map(|_| {
            let [red, green, blue] = texture.repeated(u >> 16, v >> 16);
            (u, v) = (u + COSINE, v + SINE);
            let brightness = (usize::from(red) + usize::from(green) + usize::from(blue)) / 3;
            char::from(b" .:-=+*#%@"[brightness * 10 / 256])
        });
        println!("{}", line.collect::<String>());
    }
    println!("{} hits, {} misses", texture.hits(), texture.misses());
    Ok(())
}
