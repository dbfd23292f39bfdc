//! Pixels of a block of 8 x 8 from the sums of its codewords: the last step of decoding with a codebook.
//!
//! The assembly keeps every value in a fixed register. A compiler that is given the single instructions adds moves between
//! registers and memory, one for every two instructions.
//!
//! A block has a luma sample for each pixel and two chroma samples for each site of 2 x 2 pixels, in words as described
//! at [`BLOCK_WORDS`]. `base` holds the samples of the base codeword, `sums` those of the residual,
//! which are scaled by `gain`. The words of `gain` are the factor, 0 to 255; the starts of luma, chroma 1 and chroma 2; and
//! three offsets. Starts and offsets are two 16-bit lanes, the first for columns 0, 1, 4 and 5, the second for the others; a
//! start is 0 to 255. Then
//!
//! ```text
//! luma    = luma of base     +  (factor * luma of sums + luma start >> 6)
//! chroma1 = chroma 1 of base +  (factor * chroma 1 of sums + chroma 1 start >> 7)
//! chroma2 = chroma 2 of base +  (factor * chroma 2 of sums + chroma 2 start >> 8)  +  chroma 2 offset
//! red     = luma + chroma1 - chroma2
//! green   = luma + 2 * chroma2 - green offset
//! blue    = luma - chroma1 - chroma2 + blue offset
//! ```
//!
//! in signed 16-bit arithmetic modulo 2^16; red, green and blue are clamped to 0 to 255 at the end. (Greens of 64 levels are
//! increased by 2 before that and must stay below 32,766.) Factors and starts outside these ranges give unspecified pixels.
//!
//! There is one function for each pixel format. It writes 8 lines of 8 pixels, each line `stride` bytes after the one
//! before, and nothing between them, and returns whether it did: if the lines do not fit into the buffer, or `stride` is
//! less than a line, the buffer is left unchanged.

#[cfg(dsp)]
mod asm;
mod layout;
pub mod portable;

pub use layout::GAIN_WORDS;

use crate::block::BLOCK_WORDS;
#[cfg(dsp)]
use layout::fits;

/// Defines the public functions.
macro_rules! formats {
    ($($(#[$about:meta])* $function:ident, $bytes:literal;)*) => {$(
        $(#[$about])*
        #[inline]
        #[must_use]
        pub fn $function(
            base: &[u32; BLOCK_WORDS],
            sums: &[u32; BLOCK_WORDS],
            gain: &[u32; GAIN_WORDS],
            lines: &mut [u8],
            stride: usize,
        ) -> bool {
            #[cfg(dsp)]
            {
                let fits = fits(lines, stride, 8 * $bytes);
                if fits {
                    // SAFETY: the lines fit.
                    unsafe { asm::$function(base, sums, gain, lines, stride) };
                }
                fits
            }
            #[cfg(not(dsp))]
            portable::$function(base, sums, gain, lines, stride)
        }
    )*};
}

formats! {
    /// Three bytes a pixel: red, green, blue. It takes 31 instructions for four pixels, and 17 for the chroma of 8 pixels.
    ///
    /// ```
    /// let (mut base, sums) = ([0; 24], [0; 24]);
    /// base[0] = 0x0000_FA32; // luma of line 0: 50, 250, then 0
    /// base[16] = 0x0A; // chroma of the first site: 10 and 0
    /// let mut lines = [9; 8 * 24];
    /// let written = nice_dsp::pixels::rgb888(&base, &sums, &[0; 7], &mut lines, 24);
    /// assert!(written);
    /// assert_eq!(lines[..9], [60, 50, 40, 255, 250, 240, 0, 0, 0]);
    /// assert_eq!(lines[24..][..9], [10, 0, 0, 10, 0, 0, 0, 0, 0]);
    /// ```
    rgb888, 3;
    /// Three bytes a pixel: blue, green, red.
    bgr888, 3;
    /// Four bytes a pixel: blue, green, red, zero.
    xrgb8888, 4;
    /// Two bytes a pixel, low byte first: the nearest of 32 levels of red in bits 11 to 15, of 64 levels of green in bits 5
    /// to 10, and of 32 levels of blue in bits 0 to 4.
    rgb565_le, 2;
    /// [`rgb565_le`] with the high byte first.
    rgb565_be, 2;
    /// Two bytes a pixel, low byte first: the nearest of 32 levels of blue in bits 10 to 14, of green in bits 5 to 9, and of
    /// red in bits 0 to 4; bit 15 is zero.
    bgr555_le, 2;
}
