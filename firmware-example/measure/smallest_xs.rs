//! The smallest program that decodes an image with a pretrained model, xs, block by block. It must contain nothing that can panic and no
//! floating point.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
// The panic handler.
use firmware_example as _;
use nice_decode::{Decoder, Image, Model, pretrained};

/// An image of 96 x 64 pixels, encoded for model xs.
static IMAGE: &[u8] = include_bytes!("../pictures/xs/lake.nice");

/// Decodes an image.
#[entry]
fn main() -> ! {
    // `black_box` hides the image; otherwise the compiler would remove code that it does not need.
    exit(decode(pretrained::XS, black_box(IMAGE)).is_some())
}

/// Decodes an image block by block.
#[inline(never)]
fn decode(model: &[u8], image: &[u8]) -> Option<()> {
    let model = Model::from_trusted_bytes(model).ok()?;
    let image = Image::from_trusted_bytes(image).ok()?;
    let decoder = Decoder::new(&model, &image).ok()?;
    let mut block = [0; 192];
    for index in 0..image.blocks() {
        decoder.block(index, &mut block).ok()?;
        black_box(&block);
    }
    Some(())
}
