//! The smallest program that decodes an image one row of blocks at a time. It must contain nothing that can panic and no floating
//! point.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
use firmware_example::{IMAGE, SMALL_NETWORK};
use nice_decode::{Decoder, Image, Model, OutputError, PixelFormat, Rgb565Be, Rgb565Le, Rgb888};

/// The width of the display, and so of the lines of the buffer.
const WIDTH: usize = 48;

/// Decodes an image in three pixel formats.
#[entry]
fn main() -> ! {
    // `black_box` hides the model and the image; otherwise the compiler would remove code that these do not need.
    let done = decode::<Rgb888>(black_box(SMALL_NETWORK), black_box(IMAGE))
        .and_then(|()| decode::<Rgb565Le>(black_box(SMALL_NETWORK), black_box(IMAGE)))
        .and_then(|()| decode::<Rgb565Be>(black_box(SMALL_NETWORK), black_box(IMAGE)));
    exit(done.is_some())
}

/// Decodes an image row by row, and two of its blocks.
#[inline(never)]
fn decode<P: PixelFormat>(model: &[u8], image: &[u8]) -> Option<()> {
    let model = Model::from_bytes(model).ok()?;
    let image = Image::from_bytes(image).ok()?;
    let decoder = Decoder::new(&model, &image).ok()?;
    let mut lines = [0; WIDTH * 3 * 8];
    for row in 0..image.blocks_high() {
        let result: Result<(), OutputError> =
            decoder.row::<P>(row, &mut lines, P::line_bytes(WIDTH));
        result.ok()?;
        black_box(&lines);
    }
    let mut block = [0; 192];
    decoder.block(black_box(1), &mut block).ok()?;
    let index = image.block_index(black_box(20), black_box(10))?;
    decoder.block(index, &mut block).ok()?;
    black_box(&block);
    Some(())
}
