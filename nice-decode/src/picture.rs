//! A picture opened with its model: any block of it, a row of blocks at once, or any region.

use core::fmt;

use crate::block::BLOCK_SAMPLES;
use crate::frame::{Frame, StripFrame};
use crate::network::{NATIVE, WIDE};
use crate::region::SIDE;
use crate::tones::Tones;
use crate::{
    Decoder, Image, Latent, LinesError, OutOfRange, Pixel, Region, Smooth, codebook, smooth,
};

/// A picture together with the model that it was made with, from [`Decoder::open`].
#[derive(Clone, Copy)]
pub struct Picture<'m, 'p> {
    decoder: Decoder<'m>,
    image: Image<'p>,
}

impl<'m, 'p> Picture<'m, 'p> {
    /// Brings together a picture and its model.
    pub(crate) const fn new(decoder: Decoder<'m>, image: Image<'p>) -> Self {
        Self { decoder, image }
    }

    /// The model.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder<'m> {
        &self.decoder
    }

    /// The picture.
    #[must_use]
    pub const fn image(&self) -> &Image<'p> {
        &self.image
    }

    /// Decodes a block by its index: row after row from the top, from left to right in a row. The
    /// block is whole, even where it reaches over the right or lower edge of the picture. Its
    /// samples lie as in [`Decoder::block`].
    ///
    /// # Errors
    ///
    /// [`OutOfRange::Index`] if there is no such block; nothing is written then.
    pub fn block(&self, index: usize, block: &mut [u8; BLOCK_SAMPLES]) -> Result<(), OutOfRange> {
        let blocks = self.image.blocks();
        let latent = self
            .image
            .latent(index)
            .ok_or(OutOfRange::Index { index, blocks })?;
        self.decoder.block(&latent, block);
        Ok(())
    }

    /// Decodes the block that holds the pixel in column `x` and line `y` of the picture; the pixel
    /// is the one in column `x % 8` and line `y % 8` of the block.
    ///
    /// # Errors
    ///
    /// [`OutOfRange::Pixel`] if the pixel is outside the picture; nothing is written then.
    pub fn block_at(
        &self,
        x: u32,
        y: u32,
        block: &mut [u8; BLOCK_SAMPLES],
    ) -> Result<(), OutOfRange> {
        let (width, height) = (self.image.width(), self.image.height());
        let latent = self.image.latent_at(x, y).ok_or(OutOfRange::Pixel {
            x,
            y,
            width,
            height,
        })?;
        self.decoder.block(&latent, block);
        Ok(())
    }

    /// Decodes a row of blocks into the lines of a buffer: 8 lines, or those that are left in the
    /// last row.
    ///
    /// A line takes `width * P::BYTES` bytes, and begins `stride` bytes after the one before it.
    /// What lies between the lines, and after the last, is left as it is.
    ///
    /// # Errors
    ///
    /// [`LinesError`] if there is no such row of blocks, if the stride is shorter than a line, or if
    /// the lines do not fit into the buffer; nothing is written then.
    pub fn row<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.region::<P>(self.row_region(row)?, lines, stride)
    }

    /// Decodes a region of the picture into the lines of a buffer, and only the blocks that it touches.
    ///
    /// A line takes `region.width * P::BYTES` bytes, and begins `stride` bytes after the one before it.
    /// What lies between the lines, and after the last, is left as it is. An empty region needs no buffer.
    ///
    /// With little memory, decode one [strip](Region::strips) after the other:
    ///
    /// ```
    /// # use nice_decode::{Decoder, Image, Region, Rgb565Be};
    /// # fn send(_: Region, _: &[u8]) {}
    /// # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
    /// # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
    /// # let decoder = Decoder::from_trusted_bytes(MODEL)?;
    /// # let image = Image::from_trusted_bytes(PICTURE)?;
    /// let picture = decoder.open(&image)?;
    /// let region = Region { x: 13, y: 5, width: 20, height: 12 };
    /// let mut lines = [0; 8 * 20 * 2];
    /// for strip in region.strips() {
    ///     picture.region::<Rgb565Be>(strip, &mut lines, 20 * 2)?;
    ///     send(strip, &lines[..strip.height as usize * 20 * 2]);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LinesError`] if the region is not within the picture, if the stride is shorter than a line, or if the lines do
    /// not fit into the buffer; nothing is written then.
    pub fn region<P: Pixel>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        if let Some(codebook) = self.decoder.narrow() {
            self.region_narrow::<P>(codebook, region, lines, stride)
        } else {
            self.region_lines::<P>(region, lines, stride)
        }
    }

    /// As [`region`](Self::region), with a codebook where registers are narrow. With a stack frame of its own, so that no
    /// other kind of model pays for it.
    #[inline(never)]
    fn region_narrow<P: Pixel>(
        &self,
        codebook: &codebook::Checked<'m>,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        let mut tones = Tones::NONE;
        self.blocks_of::<P>(region, lines, stride, |latent, column, place, lines| {
            codebook.tones(latent, &mut tones);
            match place.whole::<P>(lines, column) {
                Some(lines) => P::write_tones(&tones, lines, stride),
                None => place.put_part::<P>(lines, column, &tones),
            }
        })
    }

    /// As [`region`](Self::region), line after line of every block.
    #[inline(never)]
    fn region_lines<P: Pixel>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.blocks_of::<P>(region, lines, stride, |latent, column, place, lines| {
            self.decoder.lines(latent, &mut |y, samples| {
                place.put::<P>(lines, column, y, samples);
            });
        })
    }

    /// Gets ready to decode the picture with the borders between its blocks smoothed, in a buffer of at least
    /// [`smooth_bytes`](Self::smooth_bytes).
    ///
    /// # Errors
    ///
    /// [`LinesError::Buffer`] if the buffer is too short.
    pub fn smooth<'w>(&self, work: &'w mut [u8]) -> Result<Smooth<'m, 'p, 'w>, LinesError> {
        Smooth::new(*self, self.image.region(), work)
    }

    /// How many bytes [`smooth`](Self::smooth) needs to work in: 384 for every block in a row of blocks.
    #[must_use]
    pub fn smooth_bytes(&self) -> usize {
        self.smooth_region_bytes(self.image.region())
    }

    /// Gets ready to decode a region of the picture, or parts of it, with the borders between blocks smoothed, in a
    /// buffer of at least [`smooth_region_bytes`](Self::smooth_region_bytes). The samples are exactly those that the whole
    /// picture has when it is smoothed.
    ///
    /// # Errors
    ///
    /// [`LinesError`] if the region is not within the picture or the buffer is too short.
    pub fn smooth_region<'w>(
        &self,
        region: Region,
        work: &'w mut [u8],
    ) -> Result<Smooth<'m, 'p, 'w>, LinesError> {
        Smooth::new(*self, region, work)
    }

    /// How many bytes [`smooth_region`](Self::smooth_region) needs to work in: 384 for every column of blocks in which
    /// a pixel of the region lies or one up to 4 beside it, as far as there are so many in the picture. So it is at most
    /// `384 * (width.div_ceil(8) + 2)`, whatever the height of the region.
    #[must_use]
    pub fn smooth_region_bytes(&self, region: Region) -> usize {
        smooth::bytes(self, &region)
    }

    /// The colour of the pixel in column `x` and line `y` of the picture, red, green and blue (see
    /// [`Decoder::texel`]).
    ///
    /// # Errors
    ///
    /// [`OutOfRange::Pixel`] if the pixel is outside the picture.
    pub fn texel(&self, x: u32, y: u32) -> Result<[u8; 3], OutOfRange> {
        let (width, height) = (self.image.width(), self.image.height());
        let latent = self.image.latent_at(x, y).ok_or(OutOfRange::Pixel {
            x,
            y,
            width,
            height,
        })?;
        Ok(self.decoder.texel(&latent, x as usize, y as usize))
    }

    /// As [`row`](Self::row), but always compiled into its caller, with the processor features that
    /// the caller is compiled for (see [`Decoder::block_inline`]).
    #[inline(always)]
    pub fn row_inline<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.region_inline::<P>(self.row_region(row)?, lines, stride)
    }

    /// As [`row_inline`](Self::row_inline), but arranged for registers of 64 bytes (see
    /// [`Decoder::block_inline_wide`]).
    #[inline(always)]
    pub fn row_inline_wide<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.region_in_caller::<P, WIDE>(self.row_region(row)?, lines, stride)
    }

    /// As [`region`](Self::region), but always compiled into its caller, with the processor features that
    /// the caller is compiled for (see [`Decoder::block_inline`]).
    #[inline(always)]
    pub fn region_inline<P: Pixel>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.region_in_caller::<P, NATIVE>(region, lines, stride)
    }

    /// As [`region_inline`](Self::region_inline), `TERMS` products at a time.
    #[inline(always)]
    fn region_in_caller<P: Pixel, const TERMS: usize>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.blocks_of::<P>(region, lines, stride, |latent, column, place, lines| {
            match place.whole::<P>(lines, column) {
                Some(lines) => {
                    let mut lines = lines.chunks_mut(stride.max(1));
                    self.decoder.lines_inline::<TERMS>(latent, |y, samples| {
                        if let Some(line) = lines.next() {
                            P::write(samples, 0, y, line);
                        }
                    });
                }
                // Only at the edges.
                None => self.decoder.lines(latent, &mut |y, samples| {
                    place.put::<P>(lines, column, y, samples);
                }),
            }
        })
    }

    /// Goes through the blocks that a region touches with something that decodes a block: from its latent, its column
    /// counted from the first that the region touches, where its strip goes, and the lines of the strip and those after.
    #[inline(always)]
    fn blocks_of<P: Pixel>(
        &self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
        mut decode: impl FnMut(&Latent, usize, &StripFrame, &mut [u8]),
    ) -> Result<(), LinesError> {
        let whole = self.image.region();
        if !whole.contains(&region) {
            return Err(LinesError::Outside { region, whole });
        }
        let frame = Frame::new::<P>(&region, lines.len(), stride)?;
        let columns = region.columns(0, self.image.blocks_wide());
        let mut lines = lines;
        for strip in region.strips() {
            let place = frame.strip(&strip);
            let latents = self.latents(strip.y / SIDE, columns);
            for (column, latent) in latents.iter().enumerate() {
                decode(latent, column, &place, lines);
            }
            lines = frame.after(&strip, lines);
        }
        Ok(())
    }

    /// A row of blocks as a region.
    #[inline(always)]
    pub(crate) fn row_region(&self, row: u32) -> Result<Region, LinesError> {
        let rows = self.image.blocks_high();
        if row >= rows {
            return Err(LinesError::OutOfRange { row, rows });
        }
        let y = row.saturating_mul(SIDE);
        Ok(Region {
            y,
            height: self.image.height().saturating_sub(y).min(SIDE),
            ..self.image.region()
        })
    }

    /// The latents of a row of blocks in some columns, the first and how many; none if they are not all there.
    #[inline(always)]
    pub(crate) fn latents(&self, row: u32, (first, count): (usize, usize)) -> &'p [Latent] {
        self.image
            .row_start(row)
            .and_then(|start| {
                let latents = self.image.latents().get(start..)?;
                latents.get(first..)?.get(..count)
            })
            .unwrap_or_default()
    }
}

impl fmt::Debug for Picture<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("decoder", &self.decoder)
            .field("image", &self.image)
            .finish()
    }
}

impl fmt::Display for Picture<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.image, self.decoder.name())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Picture<'_, '_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} {=str}", self.image, self.decoder.name());
    }
}
