//! Where the pixels of a region go in the buffer of a caller.

use crate::block::{BLOCK, BLOCK_SAMPLES, LINE_SAMPLES};
use crate::pixel::sealed::Write;
use crate::tones::Tones;
use crate::{LinesError, Pixel, Region, Rgb888};

/// Where the lines of a region go in a buffer that is known to be long enough.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// How many pixels of the first column of blocks lie to the left of the region.
    left: usize,
    /// The bytes of a line.
    line: usize,
    /// Blocks that begin before this byte of a line, and not to the left of it, are whole.
    whole: usize,
    stride: usize,
}

/// Where the lines of a strip go in what is left of the buffer.
#[derive(Clone, Copy)]
pub(crate) struct StripFrame {
    frame: Frame,
    /// The first line of the row of blocks that is in the strip.
    from: usize,
    /// How many are.
    height: usize,
}

impl Frame {
    /// Where the lines of a region go in a buffer of `length` bytes, if it can take them.
    #[inline(always)]
    pub(crate) fn new<P: Pixel>(
        region: &Region,
        length: usize,
        stride: usize,
    ) -> Result<Self, LinesError> {
        let line = (region.width as usize).saturating_mul(P::BYTES);
        if stride < line {
            return Err(LinesError::Stride {
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
            return Err(LinesError::Buffer {
                found: length,
                needed,
            });
        }
        Ok(Self {
            left: region.x as usize % BLOCK,
            line,
            whole: line.saturating_add(1).saturating_sub(BLOCK * P::BYTES),
            stride,
        })
    }

    /// The byte of a line where the block in a column of blocks begins; beyond all numbers if that is to the left of the
    /// region.
    #[inline(always)]
    fn at<P: Pixel>(&self, column: usize) -> usize {
        column
            .wrapping_mul(BLOCK)
            .wrapping_sub(self.left)
            .wrapping_mul(P::BYTES)
    }

    /// Writes what a line of the region has of line `y` of a block that begins at one of its bytes, or to its left.
    #[cold]
    #[inline(never)]
    fn put_edge<P: Pixel>(
        &self,
        line: &mut [u8],
        at: usize,
        y: usize,
        samples: &[u8; LINE_SAMPLES],
    ) {
        match line.get_mut(at..) {
            Some(rest) => P::write(samples, 0, y, rest),
            None => P::write(samples, self.left, y, line),
        }
    }

    /// Where the lines of one of the region's strips go in the rest of the buffer, which begins with them.
    #[inline(always)]
    pub(crate) fn strip(&self, strip: &Region) -> StripFrame {
        StripFrame {
            frame: *self,
            from: strip.y as usize % BLOCK,
            height: strip.height as usize,
        }
    }

    /// What is left of the buffer after one of the region's strips.
    #[inline(always)]
    pub(crate) fn after<'b>(&self, strip: &Region, lines: &'b mut [u8]) -> &'b mut [u8] {
        let bytes = self.stride.saturating_mul(strip.height as usize);
        lines.get_mut(bytes..).unwrap_or_default()
    }
}

impl StripFrame {
    /// Where the block in a column of blocks goes, counted from the first that the region touches: from its first byte to
    /// its last at least, if all of it is in the strip.
    #[inline(always)]
    pub(crate) fn whole<'l, P: Pixel>(
        &self,
        lines: &'l mut [u8],
        column: usize,
    ) -> Option<&'l mut [u8]> {
        let at = self.frame.at::<P>(column);
        if self.height == BLOCK && at < self.frame.whole {
            lines.get_mut(at..)
        } else {
            None
        }
    }

    /// Writes the block in a column of blocks, counted from the first that the region touches, as far as it is in the
    /// strip.
    #[inline(never)]
    pub(crate) fn put_part<P: Pixel>(&self, lines: &mut [u8], column: usize, tones: &Tones) {
        let mut block = [0; BLOCK_SAMPLES];
        Rgb888::write_tones(tones, &mut block, LINE_SAMPLES);
        for (y, samples) in block.as_chunks().0.iter().enumerate() {
            self.put::<P>(lines, column, y, samples);
        }
    }

    /// Writes line `y` of the block in a column of blocks, counted from the first that the region touches, as far as
    /// it is in the strip.
    #[inline(always)]
    pub(crate) fn put<P: Pixel>(
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
        let base = line.wrapping_mul(self.frame.stride);
        let at = self.frame.at::<P>(column);
        if at < self.frame.whole {
            let from = base.wrapping_add(at);
            if let Some(out) = lines.get_mut(from..from.wrapping_add(BLOCK * P::BYTES)) {
                P::write(samples, 0, y, out);
            }
        } else if let Some(line) = lines.get_mut(base..base.wrapping_add(self.frame.line)) {
            self.frame.put_edge::<P>(line, at, y, samples);
        }
    }
}
