//! Where the pixels of a region go in the caller's buffer.

use super::format::sealed::WritePixels;
use super::format::{PixelFormat, Rgb888};
use super::region::Region;
use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, LINE_SAMPLES};
use crate::error::OutputError;
use crate::ycc::swar::YccBlock;

/// The layout of a region's lines in a buffer that is long enough.
#[derive(Clone, Copy)]
pub(crate) struct RegionLayout {
    /// How many pixels of a line of the first column of blocks are to the left of the region.
    left: usize,
    /// The bytes of a line.
    line: usize,
    /// A block that begins in the line, and before this byte of it, is complete.
    complete: usize,
    stride: usize,
}

/// The layout of a strip's lines in the rest of the buffer.
#[derive(Clone, Copy)]
pub(crate) struct StripLayout {
    region: RegionLayout,
    /// The first line of the row of blocks that is in the strip.
    from: usize,
    /// The number of lines in the strip.
    height: usize,
}

impl RegionLayout {
    /// The layout of a region in a buffer of `length` bytes.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if the buffer cannot hold the lines.
    #[inline(always)]
    pub(crate) fn new<P: PixelFormat>(
        region: &Region,
        length: usize,
        stride: usize,
    ) -> Result<Self, OutputError> {
        let line = (region.width as usize).saturating_mul(P::BYTES);
        if stride < line {
            return Err(OutputError::Stride {
                found: stride,
                needed: line,
            });
        }
        let needed = if region.is_empty() {
            0
        } else {
            stride
                .saturating_mul((region.height as usize).saturating_sub(1))
                .saturating_add(line)
        };
        if length < needed {
            return Err(OutputError::Buffer {
                found: length,
                needed,
            });
        }
        Ok(Self {
            left: region.x as usize % BLOCK_SIDE,
            line,
            complete: line.saturating_add(1).saturating_sub(BLOCK_SIDE * P::BYTES),
            stride,
        })
    }

    /// The byte of a line where the block in a column of blocks begins; it wraps around if that is to the left of the region.
    #[inline(always)]
    fn byte_offset<P: PixelFormat>(&self, column: usize) -> usize {
        column
            .wrapping_mul(BLOCK_SIDE)
            .wrapping_sub(self.left)
            .wrapping_mul(P::BYTES)
    }

    /// Writes the part of line `y` of a block that is in a line of the region, given the byte where the block begins.
    #[cold]
    #[inline(never)]
    fn write_edge<P: PixelFormat>(
        &self,
        line: &mut [u8],
        at: usize,
        y: usize,
        samples: &[u8; LINE_SAMPLES],
    ) {
        match line.get_mut(at..) {
            Some(rest) => P::write_line(samples, 0, y, rest),
            None => P::write_line(samples, self.left, y, line),
        }
    }

    /// The layout of one of the region's strips in the rest of the buffer, which begins with it.
    #[inline(always)]
    pub(crate) fn strip(&self, strip: &Region) -> StripLayout {
        StripLayout {
            region: *self,
            from: strip.y as usize % BLOCK_SIDE,
            height: strip.height as usize,
        }
    }

    /// The rest of the buffer after one of the region's strips.
    #[inline(always)]
    pub(crate) fn after<'b>(&self, strip: &Region, lines: &'b mut [u8]) -> &'b mut [u8] {
        let bytes = self.stride.saturating_mul(strip.height as usize);
        lines.get_mut(bytes..).unwrap_or_default()
    }
}

impl StripLayout {
    /// The buffer from the first byte of a block on, if all of the block is in the strip. `column` is its column of blocks,
    /// counted from the first that the region touches.
    #[inline(always)]
    pub(crate) fn complete_block<'l, P: PixelFormat>(
        &self,
        lines: &'l mut [u8],
        column: usize,
    ) -> Option<&'l mut [u8]> {
        let at = self.region.byte_offset::<P>(column);
        if self.height == BLOCK_SIDE && at < self.region.complete {
            lines.get_mut(at..)
        } else {
            None
        }
    }

    /// Writes the part of a block that is in the strip.
    #[inline(never)]
    pub(crate) fn write_part<P: PixelFormat>(
        &self,
        lines: &mut [u8],
        column: usize,
        block: &YccBlock,
    ) {
        let mut samples = [0; BLOCK_SAMPLES];
        Rgb888::write_block(block, &mut samples, LINE_SAMPLES);
        for (y, samples) in samples.as_chunks().0.iter().enumerate() {
            self.write_line::<P>(lines, column, y, samples);
        }
    }

    /// Writes the part of line `y` of a block that is in the strip.
    #[inline(always)]
    pub(crate) fn write_line<P: PixelFormat>(
        &self,
        lines: &mut [u8],
        column: usize,
        y: usize,
        samples: &[u8; LINE_SAMPLES],
    ) {
        let line = y.wrapping_sub(self.from);
        if line >= self.height {
            return;
        }
        let base = line.wrapping_mul(self.region.stride);
        let at = self.region.byte_offset::<P>(column);
        if at < self.region.complete {
            let from = base.wrapping_add(at);
            if let Some(out) = lines.get_mut(from..from.wrapping_add(BLOCK_SIDE * P::BYTES)) {
                P::write_line(samples, 0, y, out);
            }
        } else if let Some(line) = lines.get_mut(base..base.wrapping_add(self.region.line)) {
            self.region.write_edge::<P>(line, at, y, samples);
        }
    }
}
