//! Shows the images of the board on the display, one after another, with embedded-graphics.
#![no_std]
#![no_main]

use board::{ASSETS, COUNTER_UNIT, HEIGHT, WIDTH, display, entry};
use defmt::println;
use embedded_graphics::image::Image as DrawnImage;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use firmware_example::{cost, or_exit};
use nice_decode::{Decoder, Drawing, Image, Model};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let model = or_exit(Model::from_bytes(ASSETS.model));
    let display = display();
    for (name, file) in ASSETS.slides {
        let image = or_exit(Image::from_bytes(file));
        println!("{}", image);
        let decoder = or_exit(Decoder::new(&model, &image));
        let (width, height) = (image.width() as usize, image.height() as usize);
        if (width, height) != (WIDTH, HEIGHT) {
            let Ok(()) = display.clear(Rgb565::BLACK);
        }
        // An image that does not fill the display is in its middle.
        let left = (WIDTH.saturating_sub(width) / 2) as i32;
        let top = (HEIGHT.saturating_sub(height) / 2) as i32;
        let mut lines = [0; 2 * 8 * WIDTH];
        let drawing = Drawing::<Rgb565>::new(decoder).with_lines(&mut lines);
        let total = cost(|| {
            let Ok(()) = DrawnImage::new(&drawing, Point::new(left, top)).draw(display);
        });
        display.present(name);
        let pixels = image.width() * image.height();
        println!(
            "measured: {=u32} {=str} per pixel",
            total / pixels,
            COUNTER_UNIT
        );
    }
    board::exit(true)
}
