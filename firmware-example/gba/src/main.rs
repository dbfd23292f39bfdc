//! Decodes a picture of 240 x 160 pixels from the cartridge straight into the video memory of the Game Boy Advance, and
//! says how many frames that takes.
#![no_std]
#![no_main]

mod console;
mod start;

use console::{Console, print};
use nice_decode::{Bgr555Le, Decoder, Image, models};

/// The picture, made with the model m by `cargo run -p tools --example firmware-pictures`.
static PICTURE: &[u8] = include_bytes!("../../pictures/gba/lake.nice");

/// Runs when the console is ready.
fn main() {
    let mut console = Console::take();
    let Ok(decoder) = Decoder::from_trusted_bytes(models::M) else {
        return print(format_args!("the model is no model"));
    };
    let Ok(image) = Image::from_trusted_bytes(PICTURE) else {
        return print(format_args!("the picture is no picture"));
    };
    let Ok(picture) = decoder.open(&image) else {
        return print(format_args!("the picture is of another model"));
    };
    print(format_args!("{decoder}"));
    print(format_args!("{image}"));

    console.start_clock();
    for row in 0..image.blocks_high() {
        let (lines, stride) = console.lines();
        if let Err(error) = picture.row::<Bgr555Le>(row, lines, stride) {
            return print(format_args!("{error}"));
        }
        console.show(row as usize);
    }
    let cycles = console.clock();

    let pixels = image.width() * image.height();
    let hundredths = u64::from(cycles) * 100 / u64::from(console::CYCLES_A_FRAME);
    print(format_args!(
        "measured: {}.{:02} frames, {} cycles, {} a pixel",
        hundredths / 100,
        hundredths % 100,
        cycles,
        cycles / pixels
    ));
    print(format_args!("done"));
}
