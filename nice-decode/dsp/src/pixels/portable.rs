//! Pixels of a block in plain Rust, which defines what the assembly writes.

use crate::block::BLOCK_WORDS;
use crate::instructions::portable::lanes;
use crate::pixels::layout::{GAIN_WORDS, fits};

/// Defines the functions of [`pixels`](crate::pixels) from the bytes of a pixel and how they are made of red, green and blue.
macro_rules! formats {
    ($($function:ident, $bytes:literal, $pixel:expr;)*) => {$(
        #[doc = concat!("[`pixels::", stringify!($function), "`](crate::pixels::", stringify!($function), ").")]
        #[must_use]
        pub fn $function(
            base: &[u32; BLOCK_WORDS],
            sums: &[u32; BLOCK_WORDS],
            gain: &[u32; GAIN_WORDS],
            lines: &mut [u8],
            stride: usize,
        ) -> bool {
            block::<$bytes>(base, sums, gain, lines, stride, $pixel)
        }
    )*};
}

formats! {
    rgb888, 3, |rgb| rgb;
    bgr888, 3, |[r, g, b]| [b, g, r];
    xrgb8888, 4, |[r, g, b]| [b, g, r, 0];
    rgb565_le, 2, |rgb| rgb565(rgb).to_le_bytes();
    rgb565_be, 2, |rgb| rgb565(rgb).to_be_bytes();
    bgr555_le, 2, |[r, g, b]| (level(b, 31) << 10 | level(g, 31) << 5 | level(r, 31)).to_le_bytes();
}

/// A pixel with 5 bits of red and blue and 6 bits of green.
fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    level(r, 31) << 11 | level(g, 63) << 5 | level(b, 31)
}

/// The nearest of the levels 0 to `max`.
fn level(sample: u8, max: u32) -> u16 {
    ((2 * u32::from(sample) * max + 255) / 510) as u16
}

/// Writes a block as [`pixels`](crate::pixels) defines it.
fn block<const BYTES: usize>(
    base: &[u32; BLOCK_WORDS],
    sums: &[u32; BLOCK_WORDS],
    &[
        gain,
        luma_start,
        chroma1_start,
        chroma2_start,
        chroma2_offset,
        green_offset,
        blue_offset,
    ]: &[u32; GAIN_WORDS],
    lines: &mut [u8],
    stride: usize,
    pixel: impl Fn([u8; 3]) -> [u8; BYTES],
) -> bool {
    if !fits(lines, stride, 8 * BYTES) {
        return false;
    }
    for (y, line) in lines.chunks_mut(stride).take(8).enumerate() {
        for (x, to) in line.as_chunks_mut().0.iter_mut().take(8).enumerate() {
            // The lane of a word that belongs to this column.
            let lane = |word: u32| lanes(word)[x / 2 % 2];
            // The sample at this byte of a block: the base plus the scaled residual.
            let sample = |at: usize, start: u32, shift: u32| {
                let byte = |words: &[u32; BLOCK_WORDS]| (words[at / 4] >> (8 * (at % 4))) & 0xFF;
                let scaled = (gain * byte(sums) + lane(start) as u16 as u32) as u16 >> shift;
                (byte(base) as u16).wrapping_add(scaled) as i16
            };
            let chroma = 64 + (y / 2 * 4 + x / 2) * 2;
            let luma = sample(8 * y + x, luma_start, 6);
            let chroma1 = sample(chroma, chroma1_start, 7);
            let chroma2 = sample(chroma + 1, chroma2_start, 8).wrapping_add(lane(chroma2_offset));
            let differences = [
                chroma1.wrapping_sub(chroma2),
                chroma2.wrapping_mul(2).wrapping_sub(lane(green_offset)),
                lane(blue_offset)
                    .wrapping_sub(chroma1)
                    .wrapping_sub(chroma2),
            ];
            *to = pixel(
                differences.map(|difference| luma.wrapping_add(difference).clamp(0, 255) as u8),
            );
        }
    }
    true
}
