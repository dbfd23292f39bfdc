//! The words that say how residuals are scaled, and whether a block fits into a buffer.

/// The words of a gain: the factor, three starts, three offsets.
pub const GAIN_WORDS: usize = 7;

/// Whether a buffer holds 8 lines of `line` bytes, each `stride` bytes after the one before, without overlap.
#[inline(always)]
pub(crate) const fn fits(lines: &[u8], stride: usize, line: usize) -> bool {
    stride >= line
        && match stride.checked_mul(7) {
            Some(before) => before <= lines.len() && lines.len() - before >= line,
            None => false,
        }
}
