//! Levels of pixels with two bytes: the nearest, or dithered, one pixel at a time or two in the lanes of a word.

use crate::block::BLOCK_SIDE;
use crate::swar::{EVEN_BYTES, LANE_ONES};
use crate::ycc::swar::RgbLanes;

/// A format of two bytes a pixel.
pub(super) trait TwoBytes {
    /// The highest level of red, green and blue: 31 or 63.
    const MAX: [u16; 3];
    /// The lowest bit of red, green and blue.
    const BIT: [u32; 3];
    /// Whether the high byte comes first.
    const BIG_ENDIAN: bool;
}

/// A pixel of two bytes as a number, its levels computed by `level`.
#[inline(always)]
pub(super) fn packed<P: TwoBytes>(rgb: [u8; 3], level: impl Fn(u8, u16) -> u16) -> u16 {
    let [r, g, b] = rgb;
    let [max_r, max_g, max_b] = P::MAX;
    let [bit_r, bit_g, bit_b] = P::BIT;
    level(r, max_r) << bit_r | level(g, max_g) << bit_g | level(b, max_b) << bit_b
}

/// The bytes of a pixel in the order of the format.
#[inline(always)]
pub(super) const fn in_order<P: TwoBytes>(pixel: u16) -> [u8; 2] {
    if P::BIG_ENDIAN {
        pixel.to_be_bytes()
    } else {
        pixel.to_le_bytes()
    }
}

/// The factor, addend and shift that compute the nearest level.
const fn rounding(max: u16) -> (u16, u16, u32) {
    if max == 31 {
        (249, 1014, 11)
    } else {
        (253, 505, 10)
    }
}

/// The nearest of `max + 1` equally spaced levels, `round(sample * max / 255)`, without a division and in 16 bits.
#[inline(always)]
pub(super) fn nearest(sample: u8, max: u16) -> u16 {
    let (factor, addend, shift) = rounding(max);
    (u16::from(sample) * factor + addend) >> shift
}

/// [`packed`] with [`nearest`] for two pixels, one in each lane of a word.
#[inline(always)]
pub(super) fn packed_nearest<P: TwoBytes>(rgb: RgbLanes) -> u32 {
    let mut pixels = 0;
    for ((samples, max), bit) in rgb.into_iter().zip(P::MAX).zip(P::BIT) {
        let (factor, addend, shift) = rounding(max);
        let scaled = samples
            .wrapping_mul(u32::from(factor))
            .wrapping_add(u32::from(addend) * LANE_ONES);
        let levels = scaled & ((u32::from(max) << shift) * LANE_ONES);
        pixels |= levels >> (shift - bit.min(shift)) << (bit - bit.min(shift));
    }
    pixels
}

/// The level `(sample * max + threshold) div 255`: `n div 255` is `(n + 1 + n / 256) / 256` below 65,535.
#[inline(always)]
pub(super) fn dithered(sample: u8, max: u16, threshold: u16) -> u16 {
    let n = u16::from(sample) * max + threshold;
    (n + 1 + (n >> 8)) >> 8
}

/// [`packed`] with [`dithered`] for two pixels, one in each lane of a word, with a threshold each.
#[inline(always)]
pub(super) fn packed_dithered<P: TwoBytes>(rgb: RgbLanes, thresholds: u32) -> u32 {
    let mut pixels = 0;
    for ((samples, max), bit) in rgb.into_iter().zip(P::MAX).zip(P::BIT) {
        let n = samples
            .wrapping_mul(u32::from(max))
            .wrapping_add(thresholds);
        let levels = n.wrapping_add(LANE_ONES).wrapping_add(n >> 8 & EVEN_BYTES) >> 8 & EVEN_BYTES;
        pixels |= levels << bit;
    }
    pixels
}

/// The thresholds of the dither, by line and column: `4 * bayer + 1`.
pub(super) const THRESHOLDS: [[u16; BLOCK_SIDE]; BLOCK_SIDE] = {
    let mut thresholds = [[0; BLOCK_SIDE]; BLOCK_SIDE];
    let mut at = 0;
    while at < BLOCK_SIDE * BLOCK_SIDE {
        let (y, x) = (at / BLOCK_SIDE, at % BLOCK_SIDE);
        // The number in Bayer's matrix interleaves the bits of x ^ y and y, the lowest bits first.
        let (mut bayer, mut bit) = (0, 0);
        while bit < BLOCK_SIDE.ilog2() {
            bayer = 4 * bayer + 2 * ((x ^ y) >> bit & 1) + (y >> bit & 1);
            bit += 1;
        }
        thresholds[y][x] = 4 * bayer as u16 + 1;
        at += 1;
    }
    thresholds
};

/// The thresholds in the lanes of words: by line and half of a line, for columns 0 and 2 and for columns 1 and 3 of it.
pub(super) static THRESHOLD_LANES: [[[u32; 2]; 2]; BLOCK_SIDE] = {
    let mut pairs = [[[0; 2]; 2]; BLOCK_SIDE];
    let mut at = 0;
    while at < 4 * BLOCK_SIDE {
        let (y, side, odd) = (at / 4, at / 2 % 2, at % 2);
        let [low, high] = [
            THRESHOLDS[y][4 * side + odd],
            THRESHOLDS[y][4 * side + odd + 2],
        ];
        pairs[y][side][odd] = low as u32 | (high as u32) << 16;
        at += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::{THRESHOLDS, dithered, nearest};

    #[test]
    fn levels_are_the_nearest_ones() {
        for sample in 0..=255_u8 {
            for max in [31, 63] {
                let exact = f64::from(sample) * f64::from(max) / 255.0;
                assert_eq!(
                    f64::from(nearest(sample, max)),
                    exact.round(),
                    "sample {sample} of {max}"
                );
                assert!(
                    (exact.fract() - 0.5).abs() > 1e-3,
                    "sample {sample} of {max} lies halfway"
                );
            }
        }
    }

    #[test]
    fn dithered_levels_are_those_of_the_formula() {
        for sample in 0..=255_u8 {
            for max in [31, 63] {
                for threshold in 1..=253 {
                    let exact = (u32::from(sample) * u32::from(max) + u32::from(threshold)) / 255;
                    assert_eq!(u32::from(dithered(sample, max, threshold)), exact);
                }
            }
        }
    }

    #[test]
    fn thresholds_are_those_of_the_matrix_in_the_documentation() {
        let matrix = [
            [0, 32, 8, 40, 2, 34, 10, 42],
            [48, 16, 56, 24, 50, 18, 58, 26],
            [12, 44, 4, 36, 14, 46, 6, 38],
            [60, 28, 52, 20, 62, 30, 54, 22],
            [3, 35, 11, 43, 1, 33, 9, 41],
            [51, 19, 59, 27, 49, 17, 57, 25],
            [15, 47, 7, 39, 13, 45, 5, 37],
            [63, 31, 55, 23, 61, 29, 53, 21],
        ];
        assert_eq!(
            THRESHOLDS,
            matrix.map(|line| line.map(|bayer| 4 * bayer + 1))
        );
    }
}
