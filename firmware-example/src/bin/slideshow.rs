//! Shows the project's images on the display, one after another, with embedded-graphics.
#![no_std]
#![no_main]

use board::{ASSETS, COUNTER_UNIT, WIDTH, display, entry};
use defmt::println;
use embedded_graphics::image::{Image as DrawnImage, ImageRawLE};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use firmware_example::{cost, or_exit};
use nice_decode::{Decoder, Image, Model, Rgb565Le};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let model = or_exit(Model::from_bytes(ASSETS.model));
    let display = display();
    for slide in ASSETS.slides {
        let image = or_exit(Image::from_bytes(slide.file));
        println!("{}", image);
        let decoder = or_exit(Decoder::new(&model, &image));
        let width = image.width() as usize;
        let mut lines = [0; 2 * 8 * WIDTH];
        let mut total = 0;
        for row in 0..image.blocks_high() {
            total += cost(|| {
                or_exit(decoder.row::<Rgb565Le>(row, &mut lines, 2 * width));
                let strip = ImageRawLE::<Rgb565>::new(&lines[..2 * 8 * width], width as u32);
                let position = Point::new(0, 8 * row as i32);
                let Ok(()) = DrawnImage::new(&strip, position).draw(display);
            });
        }
        display.present(slide.name);
        let pixels = image.width() * image.height();
        println!(
            "measured: {=u32} {=str} per pixel",
            total / pixels,
            COUNTER_UNIT
        );
    }
    board::exit(true)
}
