//! Images as drawables of embedded-graphics.

use core::fmt;
use core::marker::PhantomData;

use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Point, Size};
use embedded_graphics_core::image::{GetPixel, ImageDrawable};
use embedded_graphics_core::pixelcolor::{PixelColor, Rgb888 as Color888};
use embedded_graphics_core::primitives::Rectangle;

use crate::block::BLOCK_SAMPLES;
use crate::decoder::Decoder;
use crate::output::format::Rgb888;
use crate::output::region::Region;

/// An image as a drawable of [embedded-graphics](https://docs.rs/embedded-graphics), in the color type `C` of a display: any
/// that converts from `Rgb888`, such as `Rgb565`, `Bgr555` or `Gray8`.
///
/// It is drawn at the [size](Decoder::reduced) and in the [orientation](Decoder::turned) of its decoder.
///
/// It decodes one block at a time into 192 bytes on the stack, and draws it with one `fill_contiguous`. Of a sub-image, it
/// decodes only the blocks that the sub-image touches, and nothing that is outside the display. [`GetPixel`] decodes a single
/// pixel like [`Decoder::texel`].
///
/// ```
/// use embedded_graphics::image::{GetPixel, Image as DrawnImage};
/// use embedded_graphics::mock_display::MockDisplay;
/// use embedded_graphics::pixelcolor::Rgb565;
/// use embedded_graphics::prelude::*;
/// use embedded_graphics::primitives::Rectangle;
/// use nice_decode::{Decoder, Drawing, Image, Model};
/// # static MODEL: &[u8] = include_bytes!("../../tests/data/model.nicem");
/// # static IMAGE: &[u8] = include_bytes!("../../tests/data/image.nice");
///
/// let decoder = Decoder::new(&Model::from_bytes(MODEL)?, &Image::from_bytes(IMAGE)?)?;
/// let drawing = Drawing::<Rgb565>::new(decoder);
/// # let mut display = MockDisplay::new();
///
/// // The whole image, with its upper left corner at (10, 20).
/// DrawnImage::new(&drawing, Point::new(10, 20)).draw(&mut display)?;
/// // 12 x 9 pixels of it in the corner of the display.
/// let part = drawing.sub_image(&Rectangle::new(Point::new(30, 5), Size::new(12, 9)));
/// DrawnImage::new(&part, Point::zero()).draw(&mut display)?;
///
/// assert_eq!(display.get_pixel(Point::new(14, 25)), drawing.pixel(Point::new(4, 5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Drawing<'m, 'i, C> {
    decoder: Decoder<'m, 'i>,
    colors: PhantomData<C>,
}

impl<'m, 'i, C> Drawing<'m, 'i, C> {
    /// The image in the color type of a display.
    #[must_use]
    pub const fn new(decoder: Decoder<'m, 'i>) -> Self {
        Self {
            decoder,
            colors: PhantomData,
        }
    }

    /// The decoder.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder<'m, 'i> {
        &self.decoder
    }
}

impl<C: PixelColor + From<Color888>> Drawing<'_, '_, C> {
    /// Draws a region so that the pixel of the image at `from` is drawn at the origin.
    fn draw_region<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        region: &Region,
        from: Point,
    ) -> Result<(), D::Error> {
        let bounds = target.bounding_box();
        let visible = region_of(
            i64::from(bounds.top_left.x) + i64::from(from.x),
            i64::from(bounds.top_left.y) + i64::from(from.y),
            bounds.size,
        );
        let mut block = [0; BLOCK_SAMPLES];
        for strip in self.decoder.strips(region.intersection(&visible)) {
            for part in strip.blocks() {
                let stride = part.width as usize * 3;
                if (self.decoder.region::<Rgb888>(part, &mut block, stride)).is_err() {
                    continue; // it never fails: the part is within the image, and has at most 64 pixels
                }
                let to = Point::new(
                    (part.x as i32).wrapping_sub(from.x),
                    (part.y as i32).wrapping_sub(from.y),
                );
                let pixels = block.as_chunks().0.iter();
                let colors =
                    pixels.map(|&[red, green, blue]| Color888::new(red, green, blue).into());
                let size = Size::new(part.width, part.height);
                let count = stride / 3 * part.height as usize;
                target.fill_contiguous(&Rectangle::new(to, size), colors.take(count))?;
            }
        }
        Ok(())
    }
}

/// The part of a rectangle that has coordinates which an image can have: from 0 to `u32::MAX`.
fn region_of(x: i64, y: i64, size: Size) -> Region {
    let along = |from: i64, count: u32| {
        let end = from.saturating_add(i64::from(count));
        let [from, end] = [from, end].map(|at| at.clamp(0, i64::from(u32::MAX)) as u32);
        (from, end.saturating_sub(from))
    };
    let (x, width) = along(x, size.width);
    let (y, height) = along(y, size.height);
    Region {
        x,
        y,
        width,
        height,
    }
}

impl<C> OriginDimensions for Drawing<'_, '_, C> {
    fn size(&self) -> Size {
        Size::new(self.decoder.width(), self.decoder.height())
    }
}

impl<C: PixelColor + From<Color888>> ImageDrawable for Drawing<'_, '_, C> {
    type Color = C;

    fn draw<D: DrawTarget<Color = C>>(&self, target: &mut D) -> Result<(), D::Error> {
        self.draw_region(target, &self.decoder.bounds(), Point::zero())
    }

    /// Draws the part of the area that is within the image.
    fn draw_sub_image<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        area: &Rectangle,
    ) -> Result<(), D::Error> {
        let (x, y) = (area.top_left.x.into(), area.top_left.y.into());
        let region = region_of(x, y, area.size).intersection(&self.decoder.bounds());
        self.draw_region(target, &region, area.top_left)
    }
}

impl<C: PixelColor + From<Color888>> GetPixel for Drawing<'_, '_, C> {
    type Color = C;

    fn pixel(&self, point: Point) -> Option<C> {
        let (x, y) = (point.x.try_into().ok()?, point.y.try_into().ok()?);
        let [red, green, blue] = self.decoder.texel(x, y).ok()?;
        Some(Color888::new(red, green, blue).into())
    }
}

impl<C> Clone for Drawing<'_, '_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Drawing<'_, '_, C> {}

impl<C> fmt::Debug for Drawing<'_, '_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drawing").field(&self.decoder).finish()
    }
}

#[cfg(feature = "defmt")]
impl<C> defmt::Format for Drawing<'_, '_, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.decoder.format(f);
    }
}
