//! Decodes an image into a framebuffer of 160 x 120 pixels, centered and cropped to it:
//! `cargo run --example framebuffer --features model-s -- IMAGE.nice`.
//!
//! Nothing but `main` needs the standard library; `show` is what a microcontroller would run.

use std::error::Error;

use nice_decode::{Decoder, Image, Model, PixelFormat, Region, Rgb565Le, pretrained};

/// The framebuffer of a display controller with 16 bits a pixel.
const WIDTH: u32 = 160;
const HEIGHT: u32 = 120;
const STRIDE: usize = WIDTH as usize * Rgb565Le::BITS / 8;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1);
    let file = std::fs::read(path.ok_or("usage: framebuffer IMAGE.nice")?)?;
    let mut frame = vec![0; HEIGHT as usize * STRIDE];
    show(&file, &mut frame)?;
    let lit = frame.iter().filter(|&&byte| byte != 0).count();
    println!(
        "{lit} of {} bytes of the framebuffer are not 0",
        frame.len()
    );
    Ok(())
}

/// Decodes the middle of an image into the middle of the framebuffer.
fn show(file: &[u8], frame: &mut [u8]) -> Result<(), Box<dyn Error>> {
    // Files are checked here. After that, decoding only fails if the region or the buffer is wrong.
    let model = Model::from_trusted_bytes(pretrained::S)?;
    let image = Image::from_bytes(file)?;
    let decoder = Decoder::new(&model, &image)?;

    let (width, height) = (image.width().min(WIDTH), image.height().min(HEIGHT));
    let middle = Region {
        x: (image.width() - width) / 2,
        y: (image.height() - height) / 2,
        width,
        height,
    };
    let (left, top) = ((WIDTH - width) / 2, (HEIGHT - height) / 2);
    let start = top as usize * STRIDE + left as usize * Rgb565Le::BITS / 8;
    decoder.region::<Rgb565Le>(middle, &mut frame[start..], STRIDE)?;
    Ok(())
}
