//! Where the pixels of a region go in the caller's buffer.

use super::format::{FormatFunctions, PixelFormat, line_bytes};
use super::region::Region;
use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, LINE_SAMPLES};
use crate::error::OutputError;
use crate::ycc::swar::YccBlock;

/// The layout of a region's lines in a buffer that is long enough.
#[derive(Clone, Copy)]
pub(crate) struct RegionLayout {
    /// How many pixels of a line of the first column of blocks are to the left of the region.
    left: usize,
    /// The width of the region in pixels.
    width: usize,
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

/// Checks that the lines of a region, with a number of bits for each pixel, fit into a buffer of `length` bytes.
///
/// # Errors
///
/// [`OutputError`] if they do not.
#[inline(always)]
pub(crate) fn check_buffer(
    region: &Region,
    length: usize,
    stride: usize,
    bits: usize,
) -> Result<(), OutputError> {
    let line = line_bytes(region.width as usize, bits);
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
    Ok(())
}

impl RegionLayout {
    /// The layout of a region in a buffer of `length` bytes.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if the buffer cannot hold the lines.
    #[inline(always)]
    pub(crate) fn new(
        region: &Region,
        length: usize,
        stride: usize,
        bits: usize,
    ) -> Result<Self, OutputError> {
        check_buffer(region, length, stride, bits)?;
        let left = region.x as usize % BLOCK_SIDE;
        let width = region.width as usize;
        // A line of a block has as many bytes as a pixel has bits. It is not written at once if it does not begin with a whole byte.
        let complete = if left.wrapping_mul(bits).is_multiple_of(8) {
            let whole = width.saturating_mul(bits) / 8;
            whole.saturating_add(1).saturating_sub(bits)
        } else {
            0
        };
        Ok(Self {
            left,
            width,
            complete,
            stride,
        })
    }

    /// The byte of a line where the block in a column of blocks begins; it wraps around if that is to the left of the region.
    #[inline(always)]
    fn byte_offset<P: PixelFormat>(&self, column: usize) -> usize {
        let left = self.left.wrapping_mul(P::BITS) / 8;
        column.wrapping_mul(P::BITS).wrapping_sub(left)
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

    /// Writes the part of a block that is in the strip. Compiled once, however many pixel formats a program uses.
    #[inline(never)]
    pub(crate) fn write_part(
        &self,
        lines: &mut [u8],
        column: usize,
        block: &YccBlock,
        format: &FormatFunctions,
    ) {
        let mut samples = [0; BLOCK_SAMPLES];
        (format.write_samples)(block, &mut samples);
        for (y, samples) in samples.as_chunks().0.iter().enumerate() {
            self.write_part_of_line(lines, column, y, samples, format);
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
            if let Some(out) = lines.get_mut(from..from.wrapping_add(P::BITS)) {
                P::write_line(samples, y, out);
            }
        } else {
            self.write_part_of_line(lines, column, y, samples, FormatFunctions::of::<P>());
        }
    }

    /// [`write_line`](Self::write_line), compiled once, however many pixel formats a program uses.
    #[inline(never)]
    pub(crate) fn write_part_of_line(
        &self,
        lines: &mut [u8],
        column: usize,
        y: usize,
        samples: &[u8; LINE_SAMPLES],
        format: &FormatFunctions,
    ) {
        let line = y.wrapping_sub(self.from);
        if line >= self.height {
            return;
        }
        let RegionLayout {
            left,
            width,
            stride,
            ..
        } = self.region;
        let at = column.wrapping_mul(BLOCK_SIDE).wrapping_sub(left);
        // The first column of blocks may begin to the left of the region.
        let (x, at) = if column == 0 { (left, 0) } else { (0, at) };
        let pixels = samples.as_chunks().0.get(x..).unwrap_or_default();
        let pixels = pixels.get(..width.saturating_sub(at)).unwrap_or(pixels);
        let line = lines.get_mut(line.wrapping_mul(stride)..);
        (format.write_pixels)(pixels, x, y, line.unwrap_or_default(), at);
    }
}
