//! The gray formats: a byte for a pixel, or several pixels in a byte.

use super::format::PixelFormat;
use super::format::sealed::{WriteDithered, WritePixels};
use super::pack::{THRESHOLD_LANES, THRESHOLDS, dithered};
use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, LINE_SAMPLES};
use crate::swar::{EVEN_BYTES, LANE_ONES};
use crate::ycc::swar::YccBlock;

/// One byte a pixel: gray, which is luma with a codebook, and the mean of red, green and blue with a network. With a codebook,
/// only luma is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Gray8 {}

/// Defines a format of several pixels in a byte.
macro_rules! packed {
    ($($(#[$documentation:meta])* $format:ident, $bits:literal, $first_is_most_significant:literal;)*) => { $(
        $(#[$documentation])*
        ///
        /// A sample `s` of gray, that of [`Gray8`], becomes the nearest level, `round(s * max / 255)`, or is [`Dithered`](crate::Dithered).
        /// A line begins with a whole byte. Bits of its last byte that are after the last pixel are not changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum $format {}

        impl PackedGray for $format {
            const FIRST_IS_MOST_SIGNIFICANT: bool = $first_is_most_significant;
        }

        impl PixelFormat for $format {
            const BITS: usize = $bits;
        }

        impl WritePixels for $format {
            const LUMA: bool = true;

            #[inline(always)]
            fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
                write_line::<Self, false>(line, y, out);
            }

            #[inline(never)]
            fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
                write_pixels::<Self, false>(pixels, [x, y], line, at);
            }

            #[inline(never)]
            fn write_block(block: &YccBlock, lines: &mut [u8], stride: usize) {
                write_block::<Self, false>(block, lines, stride);
            }

            fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
                write_samples(block, samples);
            }
        }

        impl WriteDithered for $format {
            const LUMA: bool = true;

            #[inline(always)]
            fn write_dithered_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
                write_line::<Self, true>(line, y, out);
            }

            fn write_dithered_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
                write_pixels::<Self, true>(pixels, [x, y], line, at);
            }

            fn write_dithered_block(block: &YccBlock, lines: &mut [u8], stride: usize) {
                write_block::<Self, true>(block, lines, stride);
            }

            fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
                write_samples(block, samples);
            }
        }
    )* };
}

packed! {
    /// Two pixels in a byte, 16 levels of gray, the first pixel in the most significant bits.
    Gray4Msb, 4, true;
    /// Two pixels in a byte, 16 levels of gray, the first pixel in the least significant bits.
    Gray4Lsb, 4, false;
    /// Four pixels in a byte, 4 levels of gray, the first pixel in the most significant bits.
    Gray2Msb, 2, true;
    /// Four pixels in a byte, 4 levels of gray, the first pixel in the least significant bits.
    Gray2Lsb, 2, false;
    /// Eight pixels in a byte, black or white, the first pixel in the most significant bit, as in most displays of electronic paper.
    Gray1Msb, 1, true;
    /// Eight pixels in a byte, black or white, the first pixel in the least significant bit.
    Gray1Lsb, 1, false;
}

/// A format of several pixels in a byte.
trait PackedGray: PixelFormat {
    /// Whether the first pixel is in the most significant bits.
    const FIRST_IS_MOST_SIGNIFICANT: bool;

    /// The highest level.
    const MAX: u32 = (1 << Self::BITS) - 1;
}

impl PixelFormat for Gray8 {
    const BITS: usize = 8;
}

impl WritePixels for Gray8 {
    const LUMA: bool = true;

    #[inline(always)]
    fn write_line(line: &[u8; LINE_SAMPLES], _: usize, out: &mut [u8]) {
        for (to, &rgb) in out.iter_mut().zip(line.as_chunks().0) {
            *to = gray(rgb);
        }
    }

    #[inline(never)]
    fn write_pixels(pixels: &[[u8; 3]], _: usize, _: usize, line: &mut [u8], at: usize) {
        let out = line.get_mut(at..).unwrap_or_default();
        for (to, &rgb) in out.iter_mut().zip(pixels) {
            *to = gray(rgb);
        }
    }

    #[inline(never)]
    fn write_block(block: &YccBlock, lines: &mut [u8], stride: usize) {
        let mut rest = lines;
        for y in 0..BLOCK_SIDE {
            let Some(out) = rest.first_chunk_mut::<BLOCK_SIDE>() else {
                return;
            };
            let words = block.luma_line(y).map(|[even, odd]| even | odd << 8);
            for (to, word) in out.as_chunks_mut().0.iter_mut().zip(words) {
                *to = word.to_le_bytes();
            }
            rest = rest.get_mut(stride..).unwrap_or_default();
        }
    }

    fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
        write_samples(block, samples);
    }
}

/// The gray of a pixel: the mean of red, green and blue, rounded to the nearest integer. That of three equal samples is each of them.
#[inline(always)]
fn gray(rgb: [u8; 3]) -> u8 {
    let [red, green, blue] = rgb.map(u32::from);
    // A third of at most 766.
    (((red + green + blue + 1) * 21_846) >> 16) as u8
}

/// Writes red, green and blue of a block of luma, which are all equal to luma.
#[inline(never)]
fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
    let mut luma = [0; BLOCK_SIDE * BLOCK_SIDE];
    Gray8::write_block(block, &mut luma, BLOCK_SIDE);
    for (pixel, luma) in samples.as_chunks_mut::<3>().0.iter_mut().zip(luma) {
        *pixel = [luma; 3];
    }
}

/// The level of a sample in a column and a line.
#[inline(always)]
fn level<P: PackedGray, const DITHERED: bool>(sample: u8, [x, y]: [usize; 2]) -> u8 {
    if DITHERED {
        let threshold = THRESHOLDS[y % BLOCK_SIDE][x % BLOCK_SIDE];
        dithered(sample, P::MAX as u16, threshold) as u8
    } else {
        nearest::<P>(sample.into()) as u8
    }
}

/// The nearest levels of the samples in one or two lanes.
#[inline(always)]
const fn nearest<P: PackedGray>(samples: u32) -> u32 {
    match P::BITS {
        4 => samples.wrapping_mul(15).wrapping_add(135 * LANE_ONES) >> 8 & (15 * LANE_ONES),
        2 => samples.wrapping_mul(3).wrapping_add(129 * LANE_ONES) >> 8 & (3 * LANE_ONES),
        _ => samples >> 7 & LANE_ONES,
    }
}

/// The dithered levels of the samples in two lanes, with a threshold each.
#[inline(always)]
const fn dithered_lanes<P: PackedGray>(samples: u32, thresholds: u32) -> u32 {
    let n = samples.wrapping_mul(P::MAX).wrapping_add(thresholds);
    n.wrapping_add(LANE_ONES).wrapping_add(n >> 8 & EVEN_BYTES) >> 8 & EVEN_BYTES
}

/// The bytes of eight pixels in a line, as many as a pixel has bits, given the samples of columns 0 and 2, of columns 1 and 3, and the
/// same of the other four.
#[inline(always)]
fn packed<P: PackedGray, const DITHERED: bool>(samples: [[u32; 2]; 2], y: usize) -> [u8; 4] {
    let bits = P::BITS as u32;
    let mut pixels = 0_u32;
    for (side, samples) in samples.into_iter().enumerate() {
        let [even, odd] = [0, 1].map(|odd| {
            if DITHERED {
                let thresholds = THRESHOLD_LANES[y % BLOCK_SIDE][side % 2][odd];
                dithered_lanes::<P>(samples[odd], thresholds)
            } else {
                nearest::<P>(samples[odd])
            }
        });
        pixels = if P::FIRST_IS_MOST_SIGNIFICANT {
            let pairs = even << bits | odd;
            pixels << (4 * bits) | (pairs & 0xFFFF) << (2 * bits) | pairs >> 16
        } else {
            let pairs = even | odd << bits;
            pixels | (pairs & 0xFFFF | pairs >> 16 << (2 * bits)) << (4 * bits * side as u32)
        };
    }
    if P::FIRST_IS_MOST_SIGNIFICANT {
        (pixels << (32 - 8 * bits)).to_be_bytes()
    } else {
        pixels.to_le_bytes()
    }
}

/// [`WritePixels::write_line`].
#[inline(always)]
fn write_line<P: PackedGray, const DITHERED: bool>(
    line: &[u8; LINE_SAMPLES],
    y: usize,
    out: &mut [u8],
) {
    let pixels = line.as_chunks::<3>().0;
    let samples = [0, 1].map(|side| {
        [0, 1].map(|odd| {
            let sample = |x: usize| u32::from(gray(pixels[(4 * side + odd + x) % BLOCK_SIDE]));
            sample(0) | sample(2) << 16
        })
    });
    let bytes = packed::<P, DITHERED>(samples, y);
    for (to, byte) in out.iter_mut().zip(bytes).take(P::BITS) {
        *to = byte;
    }
}

/// [`WritePixels::write_pixels`].
#[inline(always)]
fn write_pixels<P: PackedGray, const DITHERED: bool>(
    pixels: &[[u8; 3]],
    [x, y]: [usize; 2],
    line: &mut [u8],
    at: usize,
) {
    for (i, &rgb) in pixels.iter().enumerate() {
        let level = level::<P, DITHERED>(gray(rgb), [x.wrapping_add(i), y]);
        let at = at.wrapping_add(i);
        let in_byte = at % (8 / P::BITS) * P::BITS;
        let shift = if P::FIRST_IS_MOST_SIGNIFICANT {
            8 - P::BITS - in_byte
        } else {
            in_byte
        };
        if let Some(byte) = line.get_mut(at / (8 / P::BITS)) {
            *byte = *byte & !((P::MAX << shift) as u8) | level << shift;
        }
    }
}

/// [`WritePixels::write_block`].
#[inline(always)]
fn write_block<P: PackedGray, const DITHERED: bool>(
    block: &YccBlock,
    lines: &mut [u8],
    stride: usize,
) {
    let mut rest = lines;
    for y in 0..BLOCK_SIDE {
        let Some(out) = rest.get_mut(..P::BITS) else {
            return;
        };
        let bytes = packed::<P, DITHERED>(block.luma_line(y), y);
        for (to, byte) in out.iter_mut().zip(bytes) {
            *to = byte;
        }
        rest = rest.get_mut(stride..).unwrap_or_default();
    }
}
