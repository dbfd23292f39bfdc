//! The decoder: an image and its model, decoded to pixels by block, row of blocks, region or texel.

use core::fmt;

use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, Orientation, SIDE};
use crate::codebook;
use crate::codebook::swar::Workspace;
use crate::codebook::tables::Codebook;
use crate::container::image::Image;
use crate::container::source::{InImage, LatentSource};
use crate::error::{ModelMismatchError, OutOfBoundsError, OutputError};
use crate::latent::AdaptiveLatent;
use crate::model::Model;
use crate::output::format::{FormatFunctions, PixelFormat};
use crate::output::region::{Region, Strips};
use crate::output::transform::{Scale, Transform};
use crate::output::write::{RegionLayout, StripLayout, check_buffer};

/// An image and the model that it was encoded for, ready to be decoded.
///
/// ```
/// use nice_decode::{Decoder, Image, Model, Rgb888};
///
/// // On a microcontroller both are in flash, and stay there.
/// static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
/// static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
///
/// let decoder = Decoder::new(&Model::from_bytes(MODEL)?, &Image::from_bytes(IMAGE)?)?;
/// let image = decoder.image();
/// let stride = 3 * image.width() as usize;
/// let mut pixels = vec![0; stride * image.height() as usize];
/// decoder.region::<Rgb888>(image.region(), &mut pixels, stride)?;
///
/// let [red, green, blue] = decoder.texel(20, 9)?;
/// assert_eq!(pixels[9 * stride + 3 * 20..][..3], [red, green, blue]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Decoder<'m, 'i> {
    model: Model<'m>,
    image: Image<'i>,
    transform: Transform,
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Decoder<'_, '_>>() <= 104);

impl<'m, 'i> Decoder<'m, 'i> {
    /// Combines an image with the model that it was encoded for. Both are small and copied; the files stay where they are.
    ///
    /// # Errors
    ///
    /// [`ModelMismatchError`] if the image was encoded for another model.
    pub fn new(model: &Model<'m>, image: &Image<'i>) -> Result<Self, ModelMismatchError> {
        Self::of_lengths(model, image, image.lengths())
    }

    /// [`new`](Self::new), given the lengths in bits that the latents of the image can have.
    #[inline(always)]
    pub(crate) fn of_lengths(
        model: &Model<'m>,
        image: &Image<'i>,
        lengths: impl Iterator<Item = u8>,
    ) -> Result<Self, ModelMismatchError> {
        if image.model_id() != model.id() {
            return Err(ModelMismatchError::Id {
                expected: image.model_id(),
                found: model.id(),
            });
        }
        for found in lengths {
            if !model.has_length(found) {
                return Err(ModelMismatchError::Length { found });
            }
        }
        Ok(Self {
            model: *model,
            image: *image,
            transform: Transform::IDENTITY,
        })
    }

    /// The same decoder of a picture at another size. Rows, regions and texels are those of the reduced picture, which has the
    /// width and height of the image divided by [`Scale::divisor`], rounded up.
    ///
    /// ```
    /// # use nice_decode::{Decoder, Image, Model, Rgb888, Scale};
    /// # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
    /// # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
    /// # let (model, image) = (Model::from_bytes(MODEL)?, Image::from_bytes(IMAGE)?);
    /// let decoder = Decoder::new(&model, &image)?.reduced(Scale::Quarter);
    /// assert_eq!((image.width(), image.height()), (45, 19));
    /// assert_eq!((decoder.width(), decoder.height()), (12, 5));
    ///
    /// let mut pixels = [0; 3 * 12 * 5];
    /// decoder.region::<Rgb888>(decoder.bounds(), &mut pixels, 3 * 12)?;
    /// assert_eq!(pixels[3 * (2 * 12 + 7)..][..3], decoder.texel(7, 2)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn reduced(mut self, scale: Scale) -> Self {
        self.transform.scale = scale;
        self
    }

    /// The same decoder of a picture in another orientation, for a display that is mounted sideways, for example. Rows, regions
    /// and texels are those of the turned picture. With a codebook, turning costs a few instructions for each block.
    ///
    /// ```
    /// # use nice_decode::{Decoder, Image, Model, Orientation};
    /// # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
    /// # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
    /// # let (model, image) = (Model::from_bytes(MODEL)?, Image::from_bytes(IMAGE)?);
    /// let upright = Decoder::new(&model, &image)?;
    /// let turned = upright.turned(Orientation::ROTATE_90);
    /// assert_eq!((turned.width(), turned.height()), (upright.height(), upright.width()));
    /// assert_eq!(turned.texel(0, 0)?, upright.texel(0, upright.height() - 1)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn turned(mut self, orientation: Orientation) -> Self {
        self.transform.orientation = orientation;
        self
    }

    /// The size of the picture.
    #[must_use]
    pub const fn scale(&self) -> Scale {
        self.transform.scale
    }

    /// The orientation of the picture.
    #[must_use]
    pub const fn orientation(&self) -> Orientation {
        self.transform.orientation
    }

    /// How the image is shown.
    pub(crate) const fn transform(&self) -> Transform {
        self.transform
    }

    /// The width of the picture in pixels: that of the image, unless it is [reduced](Self::reduced) or [turned](Self::turned).
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.transform.size(&self.image)[0]
    }

    /// The height of the picture in pixels: that of the image, unless it is [reduced](Self::reduced) or [turned](Self::turned).
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.transform.size(&self.image)[1]
    }

    /// The region of the whole picture.
    #[must_use]
    pub const fn bounds(&self) -> Region {
        if self.transform.is_identity() {
            return self.image.region();
        }
        let [width, height] = self.transform.size(&self.image);
        Region {
            x: 0,
            y: 0,
            width,
            height,
        }
    }

    /// The number of rows of blocks of the picture.
    #[must_use]
    pub const fn rows(&self) -> u32 {
        self.transform.blocks(&self.image)[1]
    }

    /// A region divided into strips, which end where rows of blocks end, like [`Region::strips`]. In a picture that is reduced, these
    /// have 4, 2 or 1 lines; in one that is turned, the first row may have fewer lines than the others.
    #[must_use]
    pub const fn strips(&self, region: Region) -> Strips {
        let [_, before] = self.transform.margins(&self.image);
        region.strips_of(1 << self.transform.scale.side_shift(), before)
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &Model<'m> {
        &self.model
    }

    /// The image.
    #[must_use]
    pub const fn image(&self) -> &Image<'i> {
        &self.image
    }

    /// Decodes the block with an index (see [`Image::block_index`]), with the layout of [`Model::block`]. It is a whole block,
    /// even where it extends beyond the right or lower edge of the image, and neither reduced nor turned.
    ///
    /// # Errors
    ///
    /// [`OutOfBoundsError::Block`] if there is no such block; nothing is written then.
    pub fn block(
        &self,
        index: usize,
        block: &mut [u8; BLOCK_SAMPLES],
    ) -> Result<(), OutOfBoundsError> {
        let latent = self.image.latent(index).ok_or(OutOfBoundsError::Block {
            index,
            blocks: self.image.blocks(),
        })?;
        self.model.block_of(&latent, block);
        Ok(())
    }

    /// Decodes the pixel in column `x` and line `y` of the picture to red, green and blue (see [`Model::texel`]).
    ///
    /// # Errors
    ///
    /// [`OutOfBoundsError::Pixel`] if the pixel is outside the picture.
    pub fn texel(&self, x: u32, y: u32) -> Result<[u8; 3], OutOfBoundsError> {
        if !self.transform.is_identity() {
            return self.transformed_texel(x, y);
        }
        let (width, height) = (self.image.width(), self.image.height());
        let outside = OutOfBoundsError::Pixel {
            x,
            y,
            width,
            height,
        };
        let index = self.image.block_index(x, y).ok_or(outside)?;
        let latent = self.image.latent(index).ok_or(outside)?;
        Ok(self.model.texel(latent, x as usize, y as usize))
    }

    /// [`texel`](Self::texel) of a picture that is reduced or turned.
    #[inline(never)]
    fn transformed_texel(&self, x: u32, y: u32) -> Result<[u8; 3], OutOfBoundsError> {
        let Region { width, height, .. } = self.bounds();
        let outside = OutOfBoundsError::Pixel {
            x,
            y,
            width,
            height,
        };
        if x >= width || y >= height {
            return Err(outside);
        }
        let [x, y] = self.transform.source(&self.image, [x, y]);
        let scale = self.transform.scale;
        if scale == Scale::Full {
            let upright = Self {
                transform: Transform::IDENTITY,
                ..*self
            };
            return upright.texel(x, y);
        }
        let side = scale.side_shift();
        let row = self.image.row_start(y >> side).ok_or(outside)?;
        let index = row.wrapping_add((x >> side) as usize);
        let latent = self.image.latent(index).ok_or(outside)?;
        let at = [x as usize, y as usize];
        Ok(self.model.texel_at_scale(&latent, at, scale))
    }

    /// Decodes a row of blocks into the lines of a buffer: 8 lines, or fewer in the last row, in a [reduced](Self::reduced) picture,
    /// and in the first row of a [turned](Self::turned) picture ([`row_region`](Self::row_region)).
    ///
    /// A line has [`P::line_bytes(width)`](PixelFormat::line_bytes) bytes, and begins `stride` bytes after the one before. What is between the lines, and after
    /// the last, is left unchanged.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if there is no such row, if the stride is shorter than a line, or if the lines do not fit into the
    /// buffer; nothing is written then.
    pub fn row<P: PixelFormat>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        let mut region = self.bounds();
        if !self.crop_to_row(row, &mut region) {
            return Err(self.no_row(row));
        }
        self.region::<P>(region, lines, stride)
    }

    /// Decodes a region of the picture into the lines of a buffer. Only the blocks that it touches are decoded.
    ///
    /// A line has [`P::line_bytes(region.width)`](PixelFormat::line_bytes) bytes, and begins `stride` bytes after the one before. What is between the lines,
    /// and after the last, is left unchanged. An empty region needs no buffer.
    ///
    /// With little memory, decode one [strip](Self::strips) after the other.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if the region is not within the picture, if the stride is shorter than a line, or if the lines do not fit
    /// into the buffer; nothing is written then.
    pub fn region<P: PixelFormat>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        self.region_from::<P, _>(InImage, region, lines, stride)
    }

    /// [`region`](Self::region) with latents from elsewhere.
    #[inline(always)]
    pub(crate) fn region_from<P: PixelFormat, S: LatentSource>(
        &self,
        source: S,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        if let Some(codebook) = self.model.swar_codebook()
            && self.transform.scale == Scale::Full
        {
            return self.region_swar::<P, S>(source, codebook, region, lines, stride);
        }
        let format = FormatFunctions::of::<P>();
        if !self.transform.is_identity() {
            return self.transformed_region(source, region, lines, stride, format);
        }
        self.region_by_lines(source, region, lines, stride, format)
    }

    /// [`region`](Self::region) with a codebook and SWAR. Not inlined, so that decoding with a network does not need its stack
    /// frame.
    #[inline(never)]
    fn region_swar<P: PixelFormat, S: LatentSource>(
        &self,
        source: S,
        codebook: &Codebook<'m>,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        let orientation = self.transform.orientation;
        let mut work = Workspace::NEW;
        let decode = if P::LUMA {
            codebook::swar::decode_in::<true>(orientation)
        } else {
            codebook::swar::decode_in::<false>(orientation)
        };
        let format = FormatFunctions::of::<P>();
        self.for_each_block(
            source,
            region,
            lines,
            stride,
            P::BITS,
            |latent, column, strip, lines| {
                decode(codebook, latent, &mut work, orientation);
                match strip.complete_block::<P>(lines, column) {
                    Some(lines) => P::write_block(&work.block, lines, stride),
                    None => strip.write_part(lines, column, &work.block, format),
                }
            },
        )
    }

    /// [`region`](Self::region) of a picture that is reduced or turned, one block after the other. Compiled once, however many
    /// pixel formats a program uses.
    #[inline(never)]
    fn transformed_region<S: LatentSource>(
        &self,
        source: S,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        format: &FormatFunctions,
    ) -> Result<(), OutputError> {
        match self.model.swar_codebook() {
            Some(codebook) => {
                let transform = self.transform;
                let mut work = Workspace::NEW;
                let pixels = &mut [[0; 3]; 16];
                self.for_each_pixels(
                    source,
                    region,
                    lines,
                    stride,
                    format,
                    pixels,
                    &mut |latent, pixels| {
                        if transform.scale == Scale::Eighth {
                            codebook::swar::decode_mean(
                                codebook,
                                latent,
                                &mut work,
                                format.luma,
                                pixels,
                            );
                        } else {
                            codebook::swar::decode_reduced(
                                codebook,
                                latent,
                                &mut work,
                                transform,
                                format.luma,
                                pixels,
                            );
                        }
                    },
                )
            }
            None => self.transformed_by_pixels(source, region, lines, stride, format),
        }
    }

    /// [`transformed_region`](Self::transformed_region) without SWAR.
    #[inline(never)]
    fn transformed_by_pixels<S: LatentSource>(
        &self,
        source: S,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        format: &FormatFunctions,
    ) -> Result<(), OutputError> {
        let pixels = &mut [[0; 3]; BLOCK_SIDE * BLOCK_SIDE];
        self.for_each_pixels(
            source,
            region,
            lines,
            stride,
            format,
            pixels,
            &mut |latent, pixels| {
                self.model
                    .pixels(latent, self.transform, format.luma, pixels);
            },
        )
    }

    /// Writes the pixels of each block that a region touches, which `decode` makes from its latent; there must be room for them in
    /// `pixels`.
    #[expect(clippy::too_many_arguments, reason = "one says where latents are")]
    #[inline(never)]
    fn for_each_pixels<S: LatentSource>(
        &self,
        mut source: S,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        format: &FormatFunctions,
        pixels: &mut [[u8; 3]],
        decode: &mut dyn FnMut(&AdaptiveLatent, &mut [[u8; 3]]),
    ) -> Result<(), OutputError> {
        let mut region = region;
        let Some(columns) = self.whole_blocks(&mut region) else {
            return Err(self.outside(region));
        };
        check_buffer(&region, lines.len(), stride, format.bits)?;
        let shift = self.transform.scale.side_shift();
        let side = 1_u32.wrapping_shl(shift);
        // The last column of the region, since the one after it can be 2^32.
        let last = region.x.wrapping_add(region.width).wrapping_sub(1);
        let mut lines = lines;
        for strip in region.strips_of(side, 0) {
            // The part of the block that is in the region.
            let mut from = region.x;
            self.for_each_latent(&mut source, strip.y >> shift, columns, |latent| {
                decode(latent, pixels);
                let x = (from & side.wrapping_sub(1)) as usize;
                let width = (side as usize)
                    .wrapping_sub(x)
                    .min(last.wrapping_sub(from).saturating_add(1) as usize);
                let at = from.wrapping_sub(region.x) as usize;
                for line in 0..strip.height {
                    let y = strip.y.wrapping_add(line);
                    let start = ((y & side.wrapping_sub(1)) << shift) as usize;
                    let start = start.wrapping_add(x);
                    let pixels = pixels
                        .get(start..start.wrapping_add(width))
                        .unwrap_or_default();
                    let to = stride.wrapping_mul(line as usize);
                    let to = lines.get_mut(to..).unwrap_or_default();
                    (format.write_pixels)(pixels, from as usize, y as usize, to, at);
                }
                from = from.wrapping_add(width as u32);
            });
            let bytes = stride.saturating_mul(strip.height as usize);
            lines = lines.get_mut(bytes..).unwrap_or_default();
        }
        Ok(())
    }

    /// [`region`](Self::region) line by line of every block. Compiled once, however many pixel formats a program uses.
    #[inline(never)]
    fn region_by_lines<S: LatentSource>(
        &self,
        mut source: S,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        format: &FormatFunctions,
    ) -> Result<(), OutputError> {
        let mut region = region;
        let Some((first, count)) = self.whole_blocks(&mut region) else {
            return Err(self.outside(region));
        };
        let layout = RegionLayout::new(&region, lines.len(), stride, format.bits)?;
        let mut lines = lines;
        for strip in region.strips() {
            let strip_layout = layout.strip(&strip);
            // One latent after the other is found by its index: what a reader keeps would take more stack.
            let start = self.image.row_start(strip.y / SIDE).unwrap_or(usize::MAX);
            for column in 0..count {
                let index = start.saturating_add(first).saturating_add(column);
                let Some(latent) = source.latent(&self.image, index) else {
                    break;
                };
                self.model.lines(&latent, format.luma, &mut |y, samples| {
                    strip_layout.write_part_of_line(lines, column, y, samples, format);
                });
            }
            lines = layout.after(&strip, lines);
        }
        Ok(())
    }

    /// Calls `decode` for each block that a region touches, with its latent, its column of blocks (counted from the first that
    /// the region touches), the layout of its strip, and the buffer from the strip on.
    #[inline(always)]
    fn for_each_block(
        &self,
        mut source: impl LatentSource,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        bits: usize,
        mut decode: impl FnMut(&AdaptiveLatent, usize, &StripLayout, &mut [u8]),
    ) -> Result<(), OutputError> {
        let mut region = region;
        let Some(columns) = self.whole_blocks(&mut region) else {
            return Err(self.outside(region));
        };
        let layout = RegionLayout::new(&region, lines.len(), stride, bits)?;
        let mut lines = lines;
        for strip in region.strips() {
            let strip_layout = layout.strip(&strip);
            let mut column = 0_usize;
            self.for_each_latent(&mut source, strip.y / SIDE, columns, |latent| {
                decode(latent, column, &strip_layout, lines);
                column = column.wrapping_add(1);
            });
            lines = layout.after(&strip, lines);
        }
        Ok(())
    }

    /// Changes a region of the picture to the columns and lines of its blocks, whole, and returns the columns of blocks that it
    /// touches: the first, and their number; `None` if it is not within the picture.
    #[inline(never)]
    fn whole_blocks(&self, region: &mut Region) -> Option<(usize, usize)> {
        if !self.bounds().contains(region) {
            return None;
        }
        *region = self.transform.of_blocks(&self.image, *region);
        let shift = self.transform.scale.side_shift();
        let first = region.x >> shift;
        // The last column, since the one after it can be 2^32.
        let last = region.x.wrapping_add(region.width.saturating_sub(1)) >> shift;
        let count = last.wrapping_sub(first).wrapping_add(1);
        Some((first as usize, count as usize))
    }

    /// That a region is not within the picture.
    #[cold]
    #[inline(never)]
    const fn outside(&self, region: Region) -> OutputError {
        OutputError::Region {
            region,
            bounds: self.bounds(),
        }
    }

    /// The region of a row of blocks.
    ///
    /// # Errors
    ///
    /// [`OutputError::Row`] if there is no such row.
    #[inline]
    pub fn row_region(&self, row: u32) -> Result<Region, OutputError> {
        let mut region = self.bounds();
        if self.crop_to_row(row, &mut region) {
            Ok(region)
        } else {
            Err(self.no_row(row))
        }
    }

    /// Crops the region of the picture to the lines of a row of blocks; returns whether there is such a row.
    #[inline(never)]
    pub(crate) fn crop_to_row(&self, row: u32, region: &mut Region) -> bool {
        if row >= self.rows() {
            return false;
        }
        let shift = self.transform.scale.side_shift();
        let side = 1_u32.wrapping_shl(shift);
        let [_, before] = self.transform.margins(&self.image);
        // The first row may begin above the picture. The first line of any other, in whole blocks, is below 2^32.
        let start = row.wrapping_shl(shift);
        let y = start.saturating_sub(before);
        let above = before.saturating_sub(start);
        region.height = region
            .height
            .saturating_sub(y)
            .min(side.wrapping_sub(above));
        region.y = y;
        true
    }

    /// That there is no such row.
    #[cold]
    #[inline(never)]
    pub(crate) const fn no_row(&self, row: u32) -> OutputError {
        let rows = self.rows();
        OutputError::Row { row, rows }
    }

    /// Calls a function with the latents of a row of blocks of the picture in some columns, given the first and their number.
    #[inline(always)]
    pub(crate) fn for_each_latent(
        &self,
        source: &mut impl LatentSource,
        row: u32,
        columns: (usize, usize),
        mut decode: impl FnMut(&AdaptiveLatent),
    ) {
        let mut runs = self.transform.row_runs(&self.image, row, columns);
        while let Some(left) = runs.runs.checked_sub(1) {
            runs.runs = left;
            source.for_each(&self.image, runs.first, runs.length, &mut decode);
            runs.first = runs.first.wrapping_add(runs.step);
        }
    }
}

impl fmt::Debug for Decoder<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("model", &self.model)
            .field("image", &self.image)
            .finish()
    }
}

impl fmt::Display for Decoder<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.image, self.model.name())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Decoder<'_, '_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} {=str}", self.image, self.model.name());
    }
}
