//! The smallest program that decodes an image with a pretrained model, xs, one row of blocks at a time in one pixel format. It must
//! contain nothing that can panic and no floating point.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
// The panic handler.
use firmware_example as _;
use nice_decode::{Decoder, Image, Model, Rgb565Be, pretrained};

/// An image of 96 x 64 pixels, encoded for model xs.
static IMAGE: &[u8] = include_bytes!("../pictures/xs/lake.nice");

/// The width of the display, and so of the lines of the buffer.
const WIDTH: usize = 96;

/// Decodes an image.
#[entry]
fn main() -> ! {
    // `black_box` hides the image; otherwise the compiler would remove code that it does not need.
    exit(decode(pretrained::XS, black_box(IMAGE)).is_some())
}

/// Decodes an image row by row.
#[inline(never)]
fn decode(model: &[u8], image: &[u8]) -> Option<()> {
    let model = Model::from_trusted_bytes(model).ok()?;
    let image = Image::from_trusted_bytes(image).ok()?;
    let decoder = Decoder::new(&model, &image).ok()?;
    let mut lines = [0; WIDTH * 2 * 8];
    for row in 0..image.blocks_high() {
        decoder.row::<Rgb565Be>(row, &mut lines, WIDTH * 2).ok()?;
        black_box(&lines);
    }
    Some(())
}
