//! The decoder: an image and its model, decoded to pixels by block, row of blocks, region or texel.

use core::fmt;

#[cfg(feature = "std")]
use multiversion::{multiversion, target::target_cfg_f};

use crate::block::{BLOCK_SAMPLES, SIDE};
use crate::codebook;
use crate::codebook::swar::Workspace;
use crate::codebook::tables::Codebook;
use crate::container::image::{Image, LatentReader};
use crate::error::{ModelMismatchError, OutOfBoundsError, OutputError};
use crate::latent::AdaptiveLatent;
use crate::model::Model;
#[cfg(feature = "std")]
use crate::network::scalar::{NATIVE, WIDE};
use crate::output::format::PixelFormat;
use crate::output::region::Region;
use crate::output::write::{RegionLayout, StripLayout};

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
        if image.model_id() != model.id() {
            return Err(ModelMismatchError::Id {
                expected: image.model_id(),
                found: model.id(),
            });
        }
        for found in image.lengths() {
            if !model.has_length(found) {
                return Err(ModelMismatchError::Length { found });
            }
        }
        Ok(Self {
            model: *model,
            image: *image,
        })
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
    /// even where it extends beyond the right or lower edge of the image.
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

    /// Decodes the pixel in column `x` and line `y` of the image to red, green and blue (see [`Model::texel`]).
    ///
    /// # Errors
    ///
    /// [`OutOfBoundsError::Pixel`] if the pixel is outside the image.
    pub fn texel(&self, x: u32, y: u32) -> Result<[u8; 3], OutOfBoundsError> {
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

    /// Decodes a row of blocks into the lines of a buffer: 8 lines, or the rest of the image in the last row.
    ///
    /// A line has `width * P::BYTES` bytes, and begins `stride` bytes after the one before. What is between the lines, and after
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
        self.region::<P>(self.row_region(row)?, lines, stride)
    }

    /// Decodes a region of the image into the lines of a buffer. Only the blocks that it touches are decoded.
    ///
    /// A line has `region.width * P::BYTES` bytes, and begins `stride` bytes after the one before. What is between the lines,
    /// and after the last, is left unchanged. An empty region needs no buffer.
    ///
    /// With little memory, decode one [strip](Region::strips) after the other.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if the region is not within the image, if the stride is shorter than a line, or if the lines do not fit
    /// into the buffer; nothing is written then.
    pub fn region<P: PixelFormat>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        if let Some(codebook) = self.model.swar_codebook() {
            return self.region_swar::<P>(codebook, region, lines, stride);
        }
        #[cfg(feature = "std")]
        return region_vectorized::<P>(self, region, lines, stride);
        #[cfg(not(feature = "std"))]
        return self.region_by_lines::<P>(region, lines, stride);
    }

    /// [`region`](Self::region) with a codebook and SWAR. Not inlined, so that decoding with a network does not need its stack
    /// frame.
    #[inline(never)]
    fn region_swar<P: PixelFormat>(
        &self,
        codebook: &Codebook<'m>,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        let mut work = Workspace::NEW;
        self.for_each_block::<P>(region, lines, stride, |latent, column, strip, lines| {
            codebook::swar::decode(codebook, latent, &mut work);
            match strip.complete_block::<P>(lines, column) {
                Some(lines) => P::write_block(&work.block, lines, stride),
                None => strip.write_part::<P>(lines, column, &work.block),
            }
        })
    }

    /// [`region`](Self::region) line by line of every block.
    #[cfg(not(feature = "std"))]
    #[inline(never)]
    fn region_by_lines<P: PixelFormat>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        self.for_each_block::<P>(region, lines, stride, |latent, column, strip, lines| {
            self.model.lines(latent, &mut |y, samples| {
                strip.write_line::<P>(lines, column, y, samples);
            });
        })
    }

    /// [`region`](Self::region), inlined into its caller, so that it is compiled for the processor features of the caller. A
    /// network adds `TERMS` products at a time.
    #[cfg(feature = "std")]
    #[inline(always)]
    fn inline_region<P: PixelFormat, const TERMS: usize>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        self.for_each_block::<P>(region, lines, stride, |latent, column, strip, lines| {
            match strip.complete_block::<P>(lines, column) {
                Some(lines) => {
                    let mut lines = lines.chunks_mut(stride.max(1));
                    self.model.inline_lines::<TERMS>(latent, |y, samples| {
                        if let Some(line) = lines.next() {
                            P::write_line(samples, 0, y, line);
                        }
                    });
                }
                // Only at the edges of the region.
                None => self.model.lines(latent, &mut |y, samples| {
                    strip.write_line::<P>(lines, column, y, samples);
                }),
            }
        })
    }

    /// Calls `decode` for each block that a region touches, with its latent, its column of blocks (counted from the first that
    /// the region touches), the layout of its strip, and the buffer from the strip on.
    #[inline(always)]
    fn for_each_block<P: PixelFormat>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        mut decode: impl FnMut(&AdaptiveLatent, usize, &StripLayout, &mut [u8]),
    ) -> Result<(), OutputError> {
        let bounds = self.image.region();
        if !bounds.contains(&region) {
            return Err(OutputError::Region { region, bounds });
        }
        let layout = RegionLayout::new::<P>(&region, lines.len(), stride)?;
        let columns = region.columns(0, self.image.blocks_wide());
        let mut lines = lines;
        for strip in region.strips() {
            let strip_layout = layout.strip(&strip);
            let mut latents = self.latents(strip.y / SIDE, columns);
            let mut column = 0_usize;
            #[expect(
                clippy::while_let_on_iterator,
                reason = "a for loop moves the reader, which takes more stack"
            )]
            while let Some(latent) = latents.next() {
                decode(&latent, column, &strip_layout, lines);
                column = column.wrapping_add(1);
            }
            lines = layout.after(&strip, lines);
        }
        Ok(())
    }

    /// The region of a row of blocks.
    #[inline(always)]
    pub(crate) fn row_region(&self, row: u32) -> Result<Region, OutputError> {
        let rows = self.image.blocks_high();
        if row >= rows {
            return Err(OutputError::Row { row, rows });
        }
        let y = row.saturating_mul(SIDE);
        Ok(Region {
            y,
            height: self.image.height().saturating_sub(y).min(SIDE),
            ..self.image.region()
        })
    }

    /// The latents of a row of blocks in some columns, given the first and their number; those that exist.
    #[inline(always)]
    pub(crate) fn latents(&self, row: u32, (first, count): (usize, usize)) -> LatentReader<'i> {
        let start = self.image.row_start(row).unwrap_or(usize::MAX);
        self.image.latents_from(start.saturating_add(first), count)
    }
}

/// [`Decoder::region`], compiled for several sets of processor features, of which the best is chosen at run time.
#[cfg(feature = "std")]
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn region_vectorized<P: PixelFormat>(
    decoder: &Decoder,
    region: Region,
    lines: &mut [u8],
    stride: usize,
) -> Result<(), OutputError> {
    if target_cfg_f!(target_feature = "avx512bw") {
        decoder.inline_region::<P, WIDE>(region, lines, stride)
    } else {
        decoder.inline_region::<P, NATIVE>(region, lines, stride)
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
