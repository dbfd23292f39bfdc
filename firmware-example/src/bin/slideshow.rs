//! Shows the project's pictures on the display, one after another, with embedded-graphics.
#![no_std]
#![no_main]

use board::{SHOWN, WIDTH, display, entry};
use defmt::println;
use embedded_graphics::image::{Image as Drawn, ImageRawLE};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use firmware_example::{count, or_exit};
use nice_decode::{Decoder, Image, Rgb565Le};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let decoder = or_exit(Decoder::from_bytes(SHOWN.model));
    let display = display();
    for slide in SHOWN.slides {
        let image = or_exit(Image::from_bytes(slide.file));
        println!("{}", image);
        let picture = or_exit(decoder.open(&image));
        let width = image.width() as usize;
        let mut lines = [0; 2 * 8 * WIDTH];
        let mut cost = 0;
        for row in 0..image.blocks_high() {
            cost += count(|| {
                or_exit(picture.row::<Rgb565Le>(row, &mut lines, 2 * width));
                let strip = ImageRawLE::<Rgb565>::new(&lines[..2 * 8 * width], width as u32);
                let at = Point::new(0, 8 * row as i32);
                let Ok(()) = Drawn::new(&strip, at).draw(display);
            });
        }
        display.shown(slide.name);
        let pixels = image.width() * image.height();
        println!(
            "measured: {=u32} {=str} a pixel",
            cost / pixels,
            board::UNIT
        );
    }
    board::exit(true)
}
