//! Pictures as embedded-graphics draws them.

use core::fmt;
use core::marker::PhantomData;

use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Point, Size};
use embedded_graphics_core::image::{GetPixel, ImageDrawable};
use embedded_graphics_core::pixelcolor::{PixelColor, Rgb888 as Color888};
use embedded_graphics_core::primitives::Rectangle;

use crate::block::BLOCK_SAMPLES;
use crate::{Picture, Region, Rgb888};

/// A picture as [embedded-graphics](https://docs.rs/embedded-graphics) draws it, in the colours `C` of a display: all
/// that can be made from its `Rgb888`, so `Rgb565`, `Bgr555`, `Gray8` and so on.
///
/// It decodes one block at a time into 192 bytes on the stack and gives it to the display with one `fill_contiguous`,
/// so that the display has to be told where pixels go only once for up to 64 of them. Of a
/// part of the picture only the blocks that it touches are decoded, and nothing that lies outside of the display.
/// [`GetPixel`] decodes a single pixel as [`Picture::texel`] does.
///
/// ```
/// use embedded_graphics::image::{GetPixel, Image as DrawnImage};
/// use embedded_graphics::mock_display::MockDisplay;
/// use embedded_graphics::pixelcolor::Rgb565;
/// use embedded_graphics::prelude::*;
/// use embedded_graphics::primitives::Rectangle;
/// use nice_decode::{Decoder, Drawing, Image};
/// # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
/// # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
///
/// let decoder = Decoder::from_bytes(MODEL)?;
/// let image = Image::from_bytes(PICTURE)?;
/// let picture = decoder.open(&image)?;
/// let drawing = Drawing::<Rgb565>::new(picture);
/// # let mut display = MockDisplay::new();
///
/// // All of it, its upper left corner at (10, 20).
/// DrawnImage::new(&drawing, Point::new(10, 20)).draw(&mut display)?;
/// // And 12 x 9 pixels of it in the corner of the display.
/// let part = drawing.sub_image(&Rectangle::new(Point::new(30, 5), Size::new(12, 9)));
/// DrawnImage::new(&part, Point::zero()).draw(&mut display)?;
///
/// assert_eq!(display.get_pixel(Point::new(14, 25)), drawing.pixel(Point::new(4, 5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Drawing<'m, 'p, C> {
    picture: Picture<'m, 'p>,
    colors: PhantomData<C>,
}

impl<'m, 'p, C> Drawing<'m, 'p, C> {
    /// The picture in the colours of a display.
    #[must_use]
    pub const fn new(picture: Picture<'m, 'p>) -> Self {
        Self {
            picture,
            colors: PhantomData,
        }
    }

    /// The picture.
    #[must_use]
    pub const fn picture(&self) -> &Picture<'m, 'p> {
        &self.picture
    }
}

impl<C: PixelColor + From<Color888>> Drawing<'_, '_, C> {
    /// Draws a region so that the pixel of the picture at `from` comes to the origin.
    fn draw_region<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        region: &Region,
        from: Point,
    ) -> Result<(), D::Error> {
        let shown = target.bounding_box();
        let shown = region_of(
            i64::from(shown.top_left.x) + i64::from(from.x),
            i64::from(shown.top_left.y) + i64::from(from.y),
            shown.size,
        );
        let mut block = [0; BLOCK_SAMPLES];
        for strip in region.intersection(&shown).strips() {
            for part in strip.blocks() {
                let stride = part.width as usize * 3;
                if (self.picture.region::<Rgb888>(part, &mut block, stride)).is_err() {
                    continue; // it never is: the part is within the picture, and has at most 64 pixels
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

/// What of a rectangle has columns and lines that a picture can have.
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
        let image = self.picture.image();
        Size::new(image.width(), image.height())
    }
}

impl<C: PixelColor + From<Color888>> ImageDrawable for Drawing<'_, '_, C> {
    type Color = C;

    fn draw<D: DrawTarget<Color = C>>(&self, target: &mut D) -> Result<(), D::Error> {
        self.draw_region(target, &self.picture.image().region(), Point::zero())
    }

    /// Draws what of the area is within the picture.
    fn draw_sub_image<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        area: &Rectangle,
    ) -> Result<(), D::Error> {
        let (x, y) = (area.top_left.x.into(), area.top_left.y.into());
        let region = region_of(x, y, area.size).intersection(&self.picture.image().region());
        self.draw_region(target, &region, area.top_left)
    }
}

impl<C: PixelColor + From<Color888>> GetPixel for Drawing<'_, '_, C> {
    type Color = C;

    fn pixel(&self, point: Point) -> Option<C> {
        let (x, y) = (point.x.try_into().ok()?, point.y.try_into().ok()?);
        let [red, green, blue] = self.picture.texel(x, y).ok()?;
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
        f.debug_tuple("Drawing").field(&self.picture).finish()
    }
}

#[cfg(feature = "defmt")]
impl<C> defmt::Format for Drawing<'_, '_, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.picture.format(f);
    }
}
