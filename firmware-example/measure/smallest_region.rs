//! The smallest program that does everything else that can be done with a picture: regions, smoothed and not, texels, a cache
//! of blocks, and drawing: nothing that can panic, no float, is in it.
#![no_std]
#![no_main]

use core::convert::Infallible;
use core::hint::black_box;

use board::{entry, exit};
use embedded_graphics::image::{GetPixel, ImageDrawable};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use firmware_example::{MODEL, PICTURE};
use nice_decode::{BlockCache, Decoder, Drawing, Image, Region, Rgb565Be};

/// The width of the region.
const WIDTH: usize = 20;

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    exit(show(black_box(MODEL), black_box(PICTURE)).is_some())
}

/// Decodes a picture in all the ways that there are beside rows and blocks.
#[inline(never)]
fn show(model: &[u8], picture: &[u8]) -> Option<()> {
    let decoder = Decoder::from_bytes(model).ok()?;
    let image = Image::from_bytes(picture).ok()?;
    let picture = decoder.open(&image).ok()?;
    let region = black_box(Region {
        x: 3,
        y: 4,
        width: WIDTH as u32,
        height: 11,
    });
    let mut lines = [0; WIDTH * 2 * 8];
    let mut work = [0; 384 * 5];
    let mut smooth = picture.smooth_region(region, &mut work).ok()?;
    for strip in region.strips() {
        let stride = WIDTH * 2;
        picture.region::<Rgb565Be>(strip, &mut lines, stride).ok()?;
        black_box(&lines);
        smooth.region::<Rgb565Be>(strip, &mut lines, stride).ok()?;
        black_box(&lines);
    }
    black_box(picture.texel(black_box(7), black_box(9)).ok()?);
    let mut cache = BlockCache::<4, 2>::new(picture);
    black_box(cache.texel(black_box(4), black_box(5)).ok()?);
    black_box(cache.repeated(black_box(-4), black_box(50)));
    let drawing = Drawing::<Rgb565>::new(picture);
    let Ok(()) = drawing.draw(&mut Nowhere);
    let part = black_box(Rectangle::new(Point::new(3, 4), Size::new(20, 20)));
    let Ok(()) = drawing.draw_sub_image(&mut Nowhere, &part);
    black_box(drawing.pixel(black_box(Point::new(3, 4))));
    Some(())
}

/// A display that shows nothing.
struct Nowhere;

impl OriginDimensions for Nowhere {
    fn size(&self) -> Size {
        Size::new(black_box(240), black_box(320))
    }
}

impl DrawTarget for Nowhere {
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

    fn fill_contiguous<I>(&mut self, area: &Rectangle, colours: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Rgb565>,
    {
        black_box(area);
        for colour in colours {
            black_box(colour);
        }
        Ok(())
    }
}
