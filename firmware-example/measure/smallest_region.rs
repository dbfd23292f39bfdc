//! The smallest program that does everything else with an image: regions with and without deblocking, texels, a block cache,
//! and drawing with embedded-graphics. It must contain nothing that can panic and no floating point.
#![no_std]
#![no_main]

use core::convert::Infallible;
use core::hint::black_box;

use board::{entry, exit};
use embedded_graphics::image::{GetPixel, ImageDrawable};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use firmware_example::{IMAGE, SMALL_NETWORK};
use nice_decode::{BlockCache, Deblocker, Decoder, Drawing, Image, Model, Region, Rgb565Be};

/// The width of the region.
const WIDTH: usize = 20;

/// Decodes an image in all these ways.
#[entry]
fn main() -> ! {
    exit(decode(black_box(SMALL_NETWORK), black_box(IMAGE)).is_some())
}

/// Decodes an image in all ways other than by row and by block.
#[inline(never)]
fn decode(model: &[u8], image: &[u8]) -> Option<()> {
    let model = Model::from_bytes(model).ok()?;
    let image = Image::from_bytes(image).ok()?;
    let decoder = Decoder::new(&model, &image).ok()?;
    let region = black_box(Region {
        x: 3,
        y: 4,
        width: WIDTH as u32,
        height: 11,
    });
    let mut lines = [0; WIDTH * 2 * 8];
    let mut memory = [0; 384 * 5];
    let mut deblocker = Deblocker::new(&decoder, region, &mut memory).ok()?;
    for strip in region.strips() {
        let stride = WIDTH * 2;
        decoder.region::<Rgb565Be>(strip, &mut lines, stride).ok()?;
        black_box(&lines);
        deblocker
            .region::<Rgb565Be>(strip, &mut lines, stride)
            .ok()?;
        black_box(&lines);
    }
    black_box(decoder.texel(black_box(7), black_box(9)).ok()?);
    let mut cache = BlockCache::<4, 2>::new(decoder);
    black_box(cache.texel(black_box(4), black_box(5)).ok()?);
    black_box(cache.repeated(black_box(-4), black_box(50)));
    let drawing = Drawing::<Rgb565>::new(decoder);
    let Ok(()) = drawing.draw(&mut NullDisplay);
    let part = black_box(Rectangle::new(Point::new(3, 4), Size::new(20, 20)));
    let Ok(()) = drawing.draw_sub_image(&mut NullDisplay, &part);
    black_box(drawing.pixel(black_box(Point::new(3, 4))));
    Some(())
}

/// A display that discards its pixels.
struct NullDisplay;

impl OriginDimensions for NullDisplay {
    fn size(&self) -> Size {
        Size::new(black_box(240), black_box(320))
    }
}

impl DrawTarget for NullDisplay {
    type Color = Rgb565;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb565>>,
    {
        for pixel in pixels {
            black_box(pixel);
        }
        Ok(())
    }

    fn fill_contiguous<I>(&mut self, area: &Rectangle, colors: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Rgb565>,
    {
        black_box(area);
        for color in colors {
            black_box(color);
        }
        Ok(())
    }
}
