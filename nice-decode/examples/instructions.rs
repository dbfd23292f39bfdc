//! Decodes a picture in one of a few ways, for a tool that counts instructions: `nice-decode/benches/instructions` runs it.
//!
//! `instructions MODEL HOW`: the model is `s` or `m`, and what is decoded is `block`, `row`, `picture` or `texel`. It prints
//! of how many pixels; what is to be counted is all that happens in `counted`.

use std::hint::black_box;

use nice_decode::{Decoder, Image, Picture, Rgb565Le, Rgb888, models};

/// The project's demo, made with each of the models.
static PICTURE_S: &[u8] = include_bytes!("../../firmware-example/pictures/small/demo.nice");
static PICTURE_M: &[u8] = include_bytes!("../../firmware-example/pictures/large/demo.nice");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (model, how) = (arguments.next(), arguments.next());
    let (model, file) = match model.as_deref() {
        Some("s") => (models::S, PICTURE_S),
        Some("m") => (models::M, PICTURE_M),
        _ => return Err("the model is s or m".into()),
    };
    let decoder = Decoder::from_bytes(model)?;
    let image = Image::from_bytes(file)?;
    let picture = decoder.open(&image)?;
    let how = how.ok_or("what is decoded is block, row, row565, picture or texel")?;
    let mut pixels = vec![0; 3 * image.width() as usize * image.height() as usize];
    let decoded = counted(&picture, &how, black_box(&mut pixels))?;
    black_box(&pixels);
    println!("{decoded}");
    Ok(())
}

/// Decodes, and says how many pixels that were.
#[inline(never)]
fn counted(
    picture: &Picture<'_, '_>,
    how: &str,
    pixels: &mut [u8],
) -> Result<usize, Box<dyn std::error::Error>> {
    let image = picture.image();
    let (width, height) = (image.width() as usize, image.height() as usize);
    match how {
        "block" => {
            let mut block = [0; 192];
            for index in 0..image.blocks() {
                picture.block(black_box(index), &mut block)?;
                black_box(&block);
            }
            Ok(64 * image.blocks())
        }
        "row" => {
            picture.row::<Rgb888>(black_box(32), pixels, 3 * width)?;
            Ok(8 * width)
        }
        "row565" => {
            picture.row::<Rgb565Le>(black_box(32), pixels, 2 * width)?;
            Ok(8 * width)
        }
        "picture" => {
            for (row, lines) in pixels.chunks_mut(8 * 3 * width).enumerate() {
                picture.row::<Rgb888>(row as u32, lines, 3 * width)?;
            }
            Ok(width * height)
        }
        "texel" => {
            for y in 0..height {
                for x in 380..388 {
                    black_box(picture.texel(black_box(x), black_box(y as u32))?);
                }
            }
            Ok(8 * height)
        }
        _ => Err("what is decoded is block, row, row565, picture or texel".into()),
    }
}
