//! A picture opened with its model: any block of it, or a row of blocks at once.

use core::fmt;

use crate::block::{BLOCK, BLOCK_SAMPLES, LINE_SAMPLES};
use crate::narrow::Work;
use crate::network::{NATIVE, WIDE};
use crate::pixel::sealed::Write;
use crate::tones::Tones;
use crate::{Decoder, Image, Latent, OutOfRange, Pixel, Rgb888, RowError, Smooth, smooth};

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
    /// [`RowError`] if there is no such row of blocks, if the stride is shorter than a line, or if
    /// the lines do not fit into the buffer; nothing is written then.
    pub fn row<P: Pixel>(&self, row: u32, lines: &mut [u8], stride: usize) -> Result<(), RowError> {
        if self.decoder.narrow().is_some() {
            self.row_narrow::<P>(row, lines, stride)
        } else {
            self.row_lines::<P>(row, lines, stride)
        }
    }

    /// As [`row`](Self::row), with a codebook where registers are narrow. With a stack frame of its own, so that no other
    /// kind of model pays for it.
    #[inline(never)]
    fn row_narrow<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), RowError> {
        let frame = self.frame::<P>(row, lines.len(), stride)?;
        let Some(codebook) = self.decoder.narrow() else {
            return Ok(());
        };
        let mut work = Work::NEW;
        for (column, latent) in self.row_latents(row).iter().enumerate() {
            let tones = codebook.tones(latent, &mut work);
            match frame.whole::<P>(lines, column) {
                Some(lines) => P::write_tones(tones, lines, stride),
                None => frame.put_part::<P>(lines, column, tones),
            }
        }
        Ok(())
    }

    /// As [`row`](Self::row), line after line of every block.
    #[inline(never)]
    fn row_lines<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), RowError> {
        self.row_with::<P>(row, lines, stride, |latent, put| {
            self.decoder.lines(latent, put)
        })
    }

    /// Gets ready to decode the picture with the borders between its blocks smoothed, in a buffer of at least
    /// [`smooth_bytes`](Self::smooth_bytes).
    ///
    /// # Errors
    ///
    /// [`RowError::Buffer`] if the buffer is too short.
    pub fn smooth<'w>(&self, work: &'w mut [u8]) -> Result<Smooth<'m, 'p, 'w>, RowError> {
        Smooth::new(*self, work)
    }

    /// How many bytes [`smooth`](Self::smooth) needs to work in: 384 for every block in a row of blocks.
    #[must_use]
    pub fn smooth_bytes(&self) -> usize {
        smooth::bytes(self)
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
    ) -> Result<(), RowError> {
        self.row_with::<P>(row, lines, stride, |latent, put| {
            self.decoder.lines_inline::<NATIVE>(latent, put)
        })
    }

    /// As [`row_inline`](Self::row_inline), but arranged for registers of 64 bytes (see
    /// [`Decoder::block_inline_wide`]).
    #[inline(always)]
    pub fn row_inline_wide<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), RowError> {
        self.row_with::<P>(row, lines, stride, |latent, put| {
            self.decoder.lines_inline::<WIDE>(latent, put)
        })
    }

    /// Decodes a row of blocks with something that decodes a block and gives its lines away.
    #[inline(always)]
    fn row_with<P: Pixel>(
        &self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
        decode: impl Fn(&Latent, &mut dyn FnMut(usize, &[u8; LINE_SAMPLES])),
    ) -> Result<(), RowError> {
        let frame = self.frame::<P>(row, lines.len(), stride)?;
        for (column, latent) in self.row_latents(row).iter().enumerate() {
            decode(latent, &mut |y, samples| {
                frame.put::<P>(lines, column, y, samples);
            });
        }
        Ok(())
    }

    /// The latents of a row of blocks; none if there is no such row.
    #[inline(always)]
    pub(crate) fn row_latents(&self, row: u32) -> &'p [Latent] {
        let wide = self.image.blocks_wide() as usize;
        self.image
            .row_start(row)
            .and_then(|start| self.image.latents().get(start..)?.get(..wide))
            .unwrap_or_default()
    }

    /// Where the lines of a row of blocks go in a buffer of `length` bytes, if it can take them.
    #[inline(always)]
    pub(crate) fn frame<P: Pixel>(
        &self,
        row: u32,
        length: usize,
        stride: usize,
    ) -> Result<Frame, RowError> {
        let rows = self.image.blocks_high();
        if row >= rows {
            return Err(RowError::OutOfRange { row, rows });
        }
        let line = (self.image.width() as usize).saturating_mul(P::BYTES);
        if stride < line {
            return Err(RowError::Stride {
                found: stride,
                needed: line,
            });
        }
        let above = row.saturating_mul(BLOCK as u32);
        let height = self.image.height().saturating_sub(above).min(BLOCK as u32) as usize;
        let needed = stride
            .saturating_mul(height.saturating_sub(1))
            .saturating_add(line);
        if length < needed {
            return Err(RowError::Buffer {
                found: length,
                needed,
            });
        }
        Ok(Frame {
            height,
            line,
            stride,
        })
    }
}

/// Where the lines of a row of blocks go in a buffer that is known to be long enough.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// How many lines of the row are in the picture.
    pub(crate) height: usize,
    line: usize,
    stride: usize,
}

impl Frame {
    /// Where the block in a column of blocks goes, from its first byte to its last at least, if all of it is in the picture.
    #[inline(always)]
    pub(crate) fn whole<'l, P: Pixel>(
        &self,
        lines: &'l mut [u8],
        column: usize,
    ) -> Option<&'l mut [u8]> {
        let from = column.wrapping_mul(BLOCK * P::BYTES);
        let to = from.wrapping_add(BLOCK * P::BYTES);
        if self.height == BLOCK && to <= self.line {
            lines.get_mut(from..)
        } else {
            None
        }
    }

    /// Writes the block in a column of blocks, as far as it is in the picture.
    #[inline(never)]
    fn put_part<P: Pixel>(&self, lines: &mut [u8], column: usize, tones: &Tones) {
        let mut block = [0; BLOCK_SAMPLES];
        Rgb888::write_tones(tones, &mut block, LINE_SAMPLES);
        for (y, samples) in block.as_chunks().0.iter().enumerate() {
            self.put::<P>(lines, column, y, samples);
        }
    }

    /// Writes line `y` of the block in a column of blocks, as far as it is in the picture.
    #[inline(always)]
    pub(crate) fn put<P: Pixel>(
        &self,
        lines: &mut [u8],
        column: usize,
        y: usize,
        samples: &[u8; LINE_SAMPLES],
    ) {
        if y >= self.height {
            return;
        }
        let from = column.wrapping_mul(BLOCK * P::BYTES);
        let to = from.wrapping_add(BLOCK * P::BYTES).min(self.line);
        let base = y.wrapping_mul(self.stride);
        if let Some(out) = lines.get_mut(base.wrapping_add(from)..base.wrapping_add(to)) {
            P::write(samples, 0, y, out);
        }
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
