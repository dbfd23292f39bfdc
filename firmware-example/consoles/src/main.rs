//! Decodes an image of 240 x 160 pixels into the video memory of a game console, and logs how long that takes.
//!
//! It is written once for all consoles. A console is a crate in this folder; `Cargo.toml` selects it by target. It starts the
//! program at the function `main`, and has these items:
//!
//! * `initialize`, which switches the screen on,
//! * `WIDTH` and `HEIGHT`, the size of the screen in pixels,
//! * `VIDEO`, the address of the first pixel, and `STRIDE`, the pixels from one line to the next. A pixel has 16 bits: 5 of red,
//!   5 of green and 5 of blue, from the lowest bit. Video memory is written in words of 32 bits.
//! * `start_counter` and `read_counter`, which count cycles of the processor, and `CYCLES_PER_FRAME`,
//! * `halt`, which stops the program.
#![no_std]
#![no_main]

mod log;
mod panic;
mod screen;

use crc::{CRC_32_ISO_HDLC, Crc, Table};
use log::log;
use nice_decode::{Bgr555Le, Decoder, Image, Model, pretrained};

/// The image, encoded for the model m by `cargo run -p nice-data --example firmware-pictures`.
static IMAGE: &[u8] = include_bytes!("../../pictures/gba/lake.nice");

/// CRC-32 as in zlib and PNG.
static CRC_32: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// The startup code of the console calls it when memory is initialized.
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    show_picture();
    console::halt()
}

fn show_picture() {
    console::initialize();
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

    // A row is not decoded directly to video memory, which some consoles cannot write by byte.
    let mut lines = screen::BLANK_ROW;
    console::start_counter();
    for row in 0..image.blocks_high() {
        let bytes = bytemuck::cast_slice_mut(&mut lines);
        if let Err(error) = decoder.row::<Bgr555Le>(row, bytes, screen::LINE_BYTES) {
            return log(format_args!("{error}"));
        }
        screen::write_row(row as usize, &lines);
    }
    let cycles = console::read_counter();

    let mut checksum = CRC_32.digest();
    for row in 0..image.blocks_high() {
        screen::read_row(row as usize, &mut lines);
        checksum.update(bytemuck::cast_slice(&lines));
    }
    log(format_args!(
        "checksum of the pixels in video memory: {:08x}",
        checksum.finalize()
    ));

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
