//! Decodes an image of 240 x 160 pixels from the cartridge into the video memory of the Game Boy Advance, and logs how many
//! frames that takes.
#![no_std]
#![no_main]

mod console;
mod panic;
mod start;

use console::{Console, log};
use nice_decode::{Bgr555Le, Decoder, Image, Model, pretrained};

/// The image, encoded for the model m by `cargo run -p nice-data --example firmware-pictures`.
static IMAGE: &[u8] = include_bytes!("../../pictures/gba/lake.nice");

/// Decodes the image; `start.rs` calls it.
fn main() {
    let mut console = Console::take();
    let Ok(model) = Model::from_trusted_bytes(pretrained::M) else {
        return log(format_args!("the model is invalid"));
    };
    let Ok(image) = Image::from_trusted_bytes(IMAGE) else {
        return log(format_args!("the image is invalid"));
    };
    let Ok(decoder) = Decoder::new(&model, &image) else {
        return log(format_args!("the image is encoded for another model"));
    };
    log(format_args!("{model}"));
    log(format_args!("{image}"));

    console.start_counter();
    for row in 0..image.blocks_high() {
        let (lines, stride) = console.lines();
        if let Err(error) = decoder.row::<Bgr555Le>(row, lines, stride) {
            return log(format_args!("{error}"));
        }
        console.present_row(row as usize);
    }
    let cycles = console.read_counter();

    let pixels = image.width() * image.height();
    let hundredths = u64::from(cycles) * 100 / u64::from(console::CYCLES_PER_FRAME);
    log(format_args!(
        "measured: {}.{:02} frames, {} cycles, {} cycles per pixel",
        hundredths / 100,
        hundredths % 100,
        cycles,
        cycles / pixels
    ));
    log(format_args!("done"));
}
