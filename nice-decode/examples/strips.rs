//! Sends an image to a display on a serial bus, one strip of 8 lines at a time, so that it takes 5 KB of memory:
//! `cargo run --example strips -- MODEL.nicem IMAGE.nice`.

use std::error::Error;

use nice_decode::{Decoder, Image, Model, PixelFormat, Region, Rgb565Be};

/// The widest image that the display shows.
const WIDTH: usize = 320;

/// A display that takes a window and then its pixels, high byte first. A real one would write to an SPI bus.
struct Display {
    bytes: usize,
}

impl Display {
    /// Fills a window of the display.
    fn fill(&mut self, window: Region, pixels: &[u8]) {
        println!("{window}: {} bytes", pixels.len());
        self.bytes += pixels.len();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [model, image] = arguments.as_slice() else {
        return Err("usage: strips MODEL.nicem IMAGE.nice".into());
    };
    let (model, image) = (std::fs::read(model)?, std::fs::read(image)?);
    let mut display = Display { bytes: 0 };
    send(&model, &image, &mut display)?;
    println!("{} bytes", display.bytes);
    Ok(())
}

/// Sends an image to the display, as much of it as the display can show.
fn send(model: &[u8], image: &[u8], display: &mut Display) -> Result<(), Box<dyn Error>> {
    let decoder = Decoder::new(&Model::from_bytes(model)?, &Image::from_bytes(image)?)?;
    let visible = Region {
        x: 0,
        y: 0,
        width: WIDTH as u32,
        height: 240,
    };
    let visible = visible.intersection(&decoder.image().region());
    let stride = Rgb565Be::line_bytes(visible.width as usize);
    let mut lines = [0; WIDTH * Rgb565Be::BITS];
    for strip in visible.strips() {
        decoder.region::<Rgb565Be>(strip, &mut lines, stride)?;
        display.fill(strip, &lines[..strip.height as usize * stride]);
    }
    Ok(())
}
