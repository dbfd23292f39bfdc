//! Images as drawables of embedded-graphics.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;

use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Point, Size};
use embedded_graphics_core::image::{GetPixel, ImageDrawable};
use embedded_graphics_core::pixelcolor::raw::RawU16;
use embedded_graphics_core::pixelcolor::{
    Bgr555, Bgr565, Bgr666, Bgr888, BinaryColor, Gray2, Gray4, Gray8, PixelColor, Rgb555, Rgb565,
    Rgb666, Rgb888 as Color888,
};
use embedded_graphics_core::primitives::Rectangle;

use crate::block::SIDE;
use crate::deblock::deblocker::Deblocker;
use crate::decoder::Decoder;
use crate::error::OutputError;
use crate::output::format::{Bgr555Le, PixelFormat, Rgb565Le, Rgb888};
use crate::output::region::Region;

/// The bytes on the stack that a block is decoded to where no lines are lent: 64 pixels of at most four bytes.
const BLOCK_BYTES: usize = 256;

/// A color of embedded-graphics, and the pixel format that it is decoded from. It is implemented for all RGB and gray colors of
/// embedded-graphics; `Rgb565` and `Bgr555` are decoded directly, the others convert from `Rgb888`.
pub trait DrawnColor: PixelColor {
    /// The format, of whole bytes and at most four.
    type Format: PixelFormat;

    /// The color of a pixel, given its bytes.
    fn from_bytes(bytes: &[u8]) -> Self;
}

/// The color in two bytes, the low one first.
fn raw(bytes: &[u8]) -> RawU16 {
    let bytes = bytes.first_chunk().copied().unwrap_or_default();
    RawU16::new(u16::from_le_bytes(bytes))
}

impl DrawnColor for Rgb565 {
    type Format = Rgb565Le;

    #[inline(always)]
    fn from_bytes(bytes: &[u8]) -> Self {
        raw(bytes).into()
    }
}

impl DrawnColor for Bgr555 {
    type Format = Bgr555Le;

    #[inline(always)]
    fn from_bytes(bytes: &[u8]) -> Self {
        raw(bytes).into()
    }
}

/// Implements [`DrawnColor`] for colors that convert from `Rgb888`.
macro_rules! converted {
    ($($color:ty),+) => {
        $(impl DrawnColor for $color {
            type Format = Rgb888;

            #[inline(always)]
            fn from_bytes(bytes: &[u8]) -> Self {
                let [red, green, blue] = bytes.first_chunk().copied().unwrap_or_default();
                Color888::new(red, green, blue).into()
            }
        })+
    };
}

converted!(
    Color888,
    Bgr888,
    Rgb555,
    Bgr565,
    Rgb666,
    Bgr666,
    Gray8,
    Gray4,
    Gray2,
    BinaryColor
);

/// An image as a drawable of [embedded-graphics](https://docs.rs/embedded-graphics), in the color type `C` of a display: any
/// [`DrawnColor`], such as `Rgb565`, `Bgr555` or `Gray8`.
///
/// It is drawn at the [size](Decoder::reduced) and in the [orientation](Decoder::turned) of its decoder. Only the blocks are decoded that
/// are within the display, or the part of it that the draw target is clipped to, and of a sub-image those that it touches.
///
/// A block is decoded to 256 bytes on the stack and drawn with one `fill_contiguous`, unless there are [lines](Self::with_lines) for whole rows
/// of blocks, which are faster. A picture can be [deblocked](Self::deblocked). [`GetPixel`] decodes a single pixel like [`Decoder::texel`], or if the
/// picture is deblocked a region of one pixel.
///
/// ```
/// use embedded_graphics::image::{GetPixel, Image as DrawnImage};
/// use embedded_graphics::mock_display::MockDisplay;
/// use embedded_graphics::pixelcolor::Rgb565;
/// use embedded_graphics::prelude::*;
/// use embedded_graphics::primitives::Rectangle;
/// use nice_decode::{Deblocker, Decoder, Drawing, Image, Model};
/// # static MODEL: &[u8] = include_bytes!("../../tests/data/model.nicem");
/// # static IMAGE: &[u8] = include_bytes!("../../tests/data/image.nice");
///
/// let decoder = Decoder::new(&Model::from_bytes(MODEL)?, &Image::from_bytes(IMAGE)?)?;
/// // Eight lines of 48 pixels of two bytes.
/// let mut lines = [0; 8 * 48 * 2];
/// let drawing = Drawing::<Rgb565>::new(decoder).with_lines(&mut lines);
/// # let mut display = MockDisplay::new();
///
/// // The whole image, with its upper left corner at (10, 20).
/// DrawnImage::new(&drawing, Point::new(10, 20)).draw(&mut display)?;
/// // 12 x 9 pixels of it in the corner of the display.
/// let part = drawing.sub_image(&Rectangle::new(Point::new(30, 5), Size::new(12, 9)));
/// DrawnImage::new(&part, Point::zero()).draw(&mut display)?;
///
/// assert_eq!(display.get_pixel(Point::new(14, 25)), drawing.pixel(Point::new(4, 5)));
///
/// // Deblocked, in memory that is lent as well.
/// let mut memory = [0; 384 * 6];
/// let deblocker = Deblocker::new(&decoder, decoder.bounds(), &mut memory)?;
/// let drawing = Drawing::<Rgb565, _>::deblocked(deblocker);
/// # let mut display = MockDisplay::new();
/// DrawnImage::new(&drawing, Point::zero()).draw(&mut display)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Drawing<'m, 'i, 'w, C, F = ()> {
    decoder: Decoder<'m, 'i>,
    /// What is drawn of the picture.
    bounds: Region,
    /// A deblocker, or nothing. It is taken out while something is drawn.
    filter: Cell<Option<F>>,
    /// Memory for lines, which is taken out while something is drawn.
    lines: Cell<&'w mut [u8]>,
    colors: PhantomData<C>,
}

/// What decodes regions: nothing but the decoder, or a deblocker.
trait Filter {
    /// Decodes a region of the picture of a decoder.
    fn region<P: PixelFormat>(
        &mut self,
        decoder: &Decoder<'_, '_>,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError>;
}

impl Filter for () {
    #[inline(always)]
    fn region<P: PixelFormat>(
        &mut self,
        decoder: &Decoder<'_, '_>,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        decoder.region::<P>(region, lines, stride)
    }
}

impl Filter for Deblocker<'_, '_, '_> {
    #[inline(always)]
    fn region<P: PixelFormat>(
        &mut self,
        _: &Decoder<'_, '_>,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        Deblocker::region::<P>(self, region, lines, stride)
    }
}

impl<'m, 'i, C> Drawing<'m, 'i, '_, C> {
    /// The image in the color type of a display.
    #[must_use]
    pub fn new(decoder: Decoder<'m, 'i>) -> Self {
        Self::of(decoder, decoder.bounds(), ())
    }
}

impl<'m, 'i, 'd, C> Drawing<'m, 'i, '_, C, Deblocker<'m, 'i, 'd>> {
    /// The region of an image that a deblocker can decode, deblocked. The corner of the region becomes that of the drawing.
    #[must_use]
    pub fn deblocked(deblocker: Deblocker<'m, 'i, 'd>) -> Self {
        Self::of(*deblocker.decoder(), deblocker.bounds(), deblocker)
    }
}

impl<'m, 'i, 'w, C, F> Drawing<'m, 'i, 'w, C, F> {
    /// A region of a picture.
    fn of(decoder: Decoder<'m, 'i>, bounds: Region, filter: F) -> Self {
        Self {
            decoder,
            bounds,
            filter: Cell::new(Some(filter)),
            lines: Cell::default(),
            colors: PhantomData,
        }
    }

    /// The same drawing with memory for lines: 8 lines of a number of pixels, in the [format](DrawnColor::Format) of the color, which are
    /// decoded and drawn at once. With lines as wide as the display, a row of blocks is.
    #[must_use]
    pub fn with_lines<'l>(self, lines: &'l mut [u8]) -> Drawing<'m, 'i, 'l, C, F> {
        Drawing {
            decoder: self.decoder,
            bounds: self.bounds,
            filter: self.filter,
            lines: Cell::new(lines),
            colors: PhantomData,
        }
    }

    /// The decoder.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder<'m, 'i> {
        &self.decoder
    }
}

#[expect(private_bounds, reason = "a filter is nothing or a deblocker")]
impl<C: DrawnColor, F: Filter> Drawing<'_, '_, '_, C, F> {
    /// Draws a region of the picture so that the pixel at `from` is drawn at the origin.
    fn draw_region<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        region: &Region,
        from: [i64; 2],
    ) -> Result<(), D::Error> {
        // Nothing, if a draw target draws this while it is drawn to.
        let Some(mut filter) = self.filter.take() else {
            return Ok(());
        };
        let lines = self.lines.take();
        let drawn = if lines.len() < BLOCK_BYTES {
            let block = &mut [0; BLOCK_BYTES];
            self.draw_pieces(target, region, from, &mut filter, block)
        } else {
            self.draw_pieces(target, region, from, &mut filter, lines)
        };
        self.filter.set(Some(filter));
        self.lines.set(lines);
        drawn
    }

    /// [`draw_region`](Self::draw_region), in pieces of up to 8 lines, as wide as there is room for.
    fn draw_pieces<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        region: &Region,
        from: [i64; 2],
        filter: &mut F,
        lines: &mut [u8],
    ) -> Result<(), D::Error> {
        let bounds = target.bounding_box();
        let visible = region_of(
            i64::from(bounds.top_left.x).saturating_add(from[0]),
            i64::from(bounds.top_left.y).saturating_add(from[1]),
            bounds.size,
        );
        let bytes = (C::Format::BITS / 8).max(1);
        let room = lines.len() / 8 / bytes;
        let blocks = u32::try_from(room).unwrap_or(u32::MAX) / SIDE;
        let step = blocks.max(1).saturating_mul(SIDE);
        let [margin, _] = self.decoder.transform().margins(self.decoder.image());
        for strip in self.decoder.strips(region.intersection(&visible)) {
            let mut rest = strip;
            while rest.width > 0 {
                // A piece ends where a block does.
                let begun = rest.x.wrapping_add(margin) % SIDE;
                let width = step.wrapping_sub(begun).min(rest.width);
                let part = Region { width, ..rest };
                rest.x = rest.x.wrapping_add(width);
                rest.width = rest.width.wrapping_sub(width);
                let stride = (width as usize).wrapping_mul(bytes);
                let decoded = filter.region::<C::Format>(&self.decoder, part, lines, stride);
                if decoded.is_err() {
                    continue; // it never fails: the part is within the picture, and there is room for it
                }
                let to = [(part.x, from[0]), (part.y, from[1])];
                let [x, y] = to.map(|(at, from)| i64::from(at).wrapping_sub(from) as i32);
                let area = Rectangle::new(Point::new(x, y), Size::new(width, part.height));
                let colors = lines.chunks_exact(bytes).map(C::from_bytes);
                let count = (width as usize).wrapping_mul(part.height as usize);
                target.fill_contiguous(&area, colors.take(count))?;
            }
        }
        Ok(())
    }

    /// Where a point of the drawing is in the picture.
    fn in_picture(&self, point: Point) -> [i64; 2] {
        let Region { x, y, .. } = self.bounds;
        [(point.x, x), (point.y, y)].map(|(at, from)| i64::from(at).wrapping_add(from.into()))
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

impl<C, F> OriginDimensions for Drawing<'_, '_, '_, C, F> {
    fn size(&self) -> Size {
        Size::new(self.bounds.width, self.bounds.height)
    }
}

impl<C: DrawnColor, F: Filter> ImageDrawable for Drawing<'_, '_, '_, C, F> {
    type Color = C;

    fn draw<D: DrawTarget<Color = C>>(&self, target: &mut D) -> Result<(), D::Error> {
        self.draw_region(target, &self.bounds, self.in_picture(Point::zero()))
    }

    /// Draws the part of the area that is within the image.
    fn draw_sub_image<D: DrawTarget<Color = C>>(
        &self,
        target: &mut D,
        area: &Rectangle,
    ) -> Result<(), D::Error> {
        let from = self.in_picture(area.top_left);
        let region = region_of(from[0], from[1], area.size).intersection(&self.bounds);
        self.draw_region(target, &region, from)
    }
}

impl<C: DrawnColor, F: Filter> GetPixel for Drawing<'_, '_, '_, C, F> {
    type Color = C;

    fn pixel(&self, point: Point) -> Option<C> {
        let [x, y] = self.in_picture(point).map(|at| u32::try_from(at).ok());
        let pixel = Region {
            x: x?,
            y: y?,
            width: 1,
            height: 1,
        };
        if !self.bounds.contains(&pixel) {
            return None;
        }
        let mut filter = self.filter.take()?;
        let mut bytes = [0; 4];
        let decoded = filter.region::<C::Format>(&self.decoder, pixel, &mut bytes, 4);
        self.filter.set(Some(filter));
        decoded.ok().map(|()| C::from_bytes(&bytes))
    }
}

impl<C, F> fmt::Debug for Drawing<'_, '_, '_, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drawing").field(&self.decoder).finish()
    }
}

#[cfg(feature = "defmt")]
impl<C, F> defmt::Format for Drawing<'_, '_, '_, C, F> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.decoder.format(f);
    }
}

#[cfg(test)]
mod tests {
    use core::cell::RefCell;
    use std::vec::Vec;

    use embedded_graphics::mock_display::MockDisplay;
    use embedded_graphics::prelude::*;

    use super::{Color888, Drawing, Filter, Rectangle, Region};
    use crate::{Decoder, Image, Model, Orientation, OutputError, PixelFormat, Scale};

    /// Remembers which blocks are decoded, in columns and rows of the picture.
    #[derive(Default)]
    struct Counting<'a>(Option<&'a RefCell<Vec<[u32; 2]>>>);

    impl Filter for Counting<'_> {
        fn region<P: PixelFormat>(
            &mut self,
            decoder: &Decoder<'_, '_>,
            region: Region,
            lines: &mut [u8],
            stride: usize,
        ) -> Result<(), OutputError> {
            let margins = decoder.transform().margins(decoder.image());
            let side = 8 / decoder.scale().divisor();
            let blocks = |at: u32, count: u32, margin: u32| {
                (at + margin) / side..=(at + count - 1 + margin) / side
            };
            for row in blocks(region.y, region.height, margins[1]) {
                let columns = blocks(region.x, region.width, margins[0]);
                let blocks = columns.map(|column| [column, row]);
                self.0.unwrap().borrow_mut().extend(blocks);
            }
            decoder.region::<P>(region, lines, stride)
        }
    }

    #[test]
    fn only_the_blocks_that_are_seen_are_decoded_and_each_of_them_once() {
        let model = Model::from_bytes(include_bytes!("../../tests/data/model.nicem")).unwrap();
        let image = Image::from_bytes(include_bytes!("../../tests/data/image.nice")).unwrap();
        let decoder = Decoder::new(&model, &image).unwrap();
        for orientation in Orientation::ALL {
            for scale in [Scale::Full, Scale::Half] {
                let decoder = decoder.reduced(scale).turned(orientation);
                let margins = decoder.transform().margins(&image);
                for (room, clip) in [(0, 0), (8 * 24 * 3, 0), (8 * 64 * 3, 5), (0, 5), (700, 3)] {
                    let decoded = RefCell::new(Vec::new());
                    let mut lines = std::vec![0; room];
                    let filter = Counting(Some(&decoded));
                    let drawing = Drawing::of(decoder, decoder.bounds(), filter);
                    let drawing = drawing.with_lines(&mut lines);
                    let mut display = MockDisplay::<Color888>::new();
                    let area = Rectangle::new(Point::new(clip, clip), Size::new(9, 11));
                    drawing.draw(&mut display.clipped(&area)).unwrap();
                    let side = 8 / scale.divisor();
                    let seen = area.intersection(&Rectangle::new(Point::zero(), drawing.size()));
                    let mut expected: Vec<[u32; 2]> = seen
                        .points()
                        .map(|point| [point.y as u32 + margins[1], point.x as u32 + margins[0]])
                        .map(|at| at.map(|at| at / side))
                        .collect();
                    expected.sort_unstable();
                    expected.dedup();
                    let expected: Vec<_> = expected.iter().map(|&[row, x]| [x, row]).collect();
                    assert_eq!(
                        *decoded.borrow(),
                        expected,
                        "{orientation:?} {scale:?} {room}"
                    );
                }
            }
        }
    }
}
