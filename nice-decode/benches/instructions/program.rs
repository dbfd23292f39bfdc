//! Decodes an image in one of several ways, for a tool that counts instructions: `benches/instructions/count` runs it.
//!
//! `instructions MODEL IMAGE HOW`, where `HOW` is `block`, `row`, `row565`, `image` or `texel`, prints the number of decoded
//! pixels. Only the instructions of the function `counted` are to be counted.

use std::hint::black_box;

use nice_decode::{Decoder, Image, Model, Rgb565Le, Rgb888};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, image, how] = arguments.as_slice() else {
        return Err("usage: instructions MODEL IMAGE HOW".into());
    };
    let (model, file) = (std::fs::read(model)?, std::fs::read(image)?);
    let (model, image) = (Model::from_bytes(&model)?, Image::from_bytes(&file)?);
    let decoder = Decoder::new(&model, &image)?;
    let mut pixels = vec![0; 3 * image.width() as usize * image.height() as usize];
    let decoded = counted(&decoder, how, black_box(&mut pixels))?;
    black_box(&pixels);
    println!("{decoded}");
    Ok(())
}

/// Decodes, and returns the number of pixels.
#[inline(never)]
fn counted(
    decoder: &Decoder<'_, '_>,
    how: &str,
    pixels: &mut [u8],
) -> Result<usize, Box<dyn std::error::Error>> {
    let image = decoder.image();
    let (width, height) = (image.width() as usize, image.height() as usize);
    match how {
        "block" => {
            let mut block = [0; 192];
            for index in 0..image.blocks() {
                decoder.block(black_box(index), &mut block)?;
                black_box(&block);
            }
            Ok(64 * image.blocks())
        }
        "row" => {
            decoder.row::<Rgb888>(black_box(32), pixels, 3 * width)?;
            Ok(8 * width)
        }
        "row565" => {
            decoder.row::<Rgb565Le>(black_box(32), pixels, 2 * width)?;
            Ok(8 * width)
        }
        "image" => {
            for (row, lines) in pixels.chunks_mut(8 * 3 * width).enumerate() {
                decoder.row::<Rgb888>(row as u32, lines, 3 * width)?;
            }
            Ok(width * height)
        }
        "texel" => {
            for y in 0..height {
                for x in 380..388 {
                    black_box(decoder.texel(black_box(x), black_box(y as u32))?);
                }
            }
            Ok(8 * height)
        }
        _ => Err("HOW is block, row, row565, image or texel".into()),
    }
}
