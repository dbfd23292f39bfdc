//! The smallest program that decodes a picture, row after row of blocks: nothing that can panic, no
//! float, is in it.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
use firmware_example::{MODEL, PICTURE};
use nice_decode::{Decoder, Image, LinesError, Pixel, Rgb565Be, Rgb565Le, Rgb888};

/// The width of the display: lines of the buffer are as long.
const WIDTH: usize = 48;

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    // The compiler is not told which model and which picture: it could otherwise leave out what
    // these do not need.
    let done = show::<Rgb888>(black_box(MODEL), black_box(PICTURE))
        .and_then(|()| show::<Rgb565Le>(black_box(MODEL), black_box(PICTURE)))
        .and_then(|()| show::<Rgb565Be>(black_box(MODEL), black_box(PICTURE)));
    exit(done.is_some())
}

/// Decodes a picture into lines of a display, and a block more.
#[inline(never)]
fn show<P: Pixel>(model: &[u8], picture: &[u8]) -> Option<()> {
    let decoder = Decoder::from_bytes(model).ok()?;
    let image = Image::from_bytes(picture).ok()?;
    let picture = decoder.open(&image).ok()?;
    let mut lines = [0; WIDTH * 3 * 8];
    for row in 0..image.blocks_high() {
        let result: Result<(), LinesError> = picture.row::<P>(row, &mut lines, WIDTH * P::BYTES);
        result.ok()?;
        black_box(&lines);
    }
    let mut block = [0; 192];
    picture.block(black_box(1), &mut block).ok()?;
    picture
        .block_at(black_box(20), black_box(10), &mut block)
        .ok()?;
    black_box(&block);
    Some(())
}
