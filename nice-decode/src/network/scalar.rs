//! Decoding with a network one product at a time. The compiler vectorizes it where registers are wide.

use super::layers::{Network, Shifts};
use crate::block::LINE_SAMPLES;
use crate::format::MAX_HIDDEN;
use crate::latent::AdaptiveLatent;

/// The sums of the first layer that are kept in registers at once.
const CHUNK: usize = if cfg!(target_pointer_width = "64") {
    64
} else {
    8
};

/// The sums of the second layer that are computed and scaled at once: a whole line if vector instructions scale them,
/// otherwise as many as [`dots`] computes. It divides the samples of a line.
const GROUP: usize = if cfg!(target_pointer_width = "64") {
    LINE_SAMPLES
} else {
    DOTS
};

/// The sums that [`dots`] computes from activations while these are in registers.
const DOTS: usize = 4;

/// The products of a sum that are computed between two branches (loop unrolling). A Cortex-M needs the fewest instructions with
/// 8, a RISC-V with 4.
const UNROLLED: usize = if cfg!(target_arch = "arm") { 8 } else { 4 };

/// The products of the second layer that the compiler sees at once, so that it uses its widest multiplications and adds up the
/// lanes of a register only once. This many suit registers of up to 32 bytes.
pub(crate) const NARROW: usize = 32;

/// [`NARROW`] for registers of 64 bytes.
pub(crate) const WIDE: usize = 128;

/// [`NARROW`] or [`WIDE`], whichever suits the processor that the program is compiled for.
pub(crate) const NATIVE: usize = if cfg!(target_feature = "avx512bw") {
    WIDE
} else {
    NARROW
};

/// Decodes a block, and gives `sink` its lines: the number of the line, and its samples. `TERMS` products are added at a
/// time.
#[inline(always)]
pub(super) fn decode<const TERMS: usize>(
    network: &Network<'_>,
    latent: &AdaptiveLatent,
    mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    let mut units = [0; MAX_HIDDEN];
    activate(network, latent, &mut units);

    let mut weights = network.second_weights;
    let biases = network.second_bias.as_chunks::<LINE_SAMPLES>().0;
    let multipliers = network.second_multiplier.as_chunks::<LINE_SAMPLES>().0;
    for (y, (biases, multipliers)) in biases.iter().zip(multipliers).enumerate() {
        let mut line = [0; LINE_SAMPLES];
        let groups = line.as_chunks_mut::<GROUP>().0.iter_mut();
        let groups = groups.zip(biases.as_chunks::<GROUP>().0);
        for ((samples, biases), multipliers) in groups.zip(multipliers.as_chunks::<GROUP>().0) {
            let mut sums = [0; GROUP];
            if GROUP == DOTS {
                let rows = network.hidden().wrapping_mul(DOTS);
                let Some((rows, rest)) = weights.split_at_checked(rows) else {
                    return;
                };
                weights = rest;
                for (sum, dot) in sums.iter_mut().zip(dots(&units, rows, network.hidden())) {
                    *sum = dot;
                }
            } else {
                for sum in &mut sums {
                    let Some((row, rest)) = weights.split_at_checked(network.hidden()) else {
                        return;
                    };
                    weights = rest;
                    *sum = dot::<TERMS>(&units, row);
                }
            }
            for (sum, bias) in sums.iter_mut().zip(biases) {
                *sum = sum.wrapping_add(i32::from_le_bytes(*bias));
            }
            for ((sample, sum), multiplier) in samples.iter_mut().zip(sums).zip(multipliers) {
                *sample = rescale(sum, *multiplier, network.second_shifts).clamp(0, 255) as u8;
            }
        }
        sink(y, &line);
    }
}

/// The first layer and the rectifier: from a latent to the hidden units. Units beyond those of the network are not used.
#[inline(always)]
fn activate(network: &Network<'_>, latent: &AdaptiveLatent, units: &mut [i16; MAX_HIDDEN]) {
    let set = latent.latent_bits();
    let biases = network.first_bias.chunks(CHUNK);
    let multipliers = network.first_multiplier.chunks(CHUNK);
    for (c, ((chunk, biases), multipliers)) in units
        .as_chunks_mut::<CHUNK>()
        .0
        .iter_mut()
        .zip(biases)
        .zip(multipliers)
        .enumerate()
    {
        let mut sums = [0; CHUNK];
        let mut bits = set;
        while bits != 0 {
            let bit = bits.trailing_zeros() as usize;
            bits &= bits.wrapping_sub(1);
            let start = bit.wrapping_mul(network.hidden()).wrapping_add(c * CHUNK);
            let row = network.first_weights.get(start..).unwrap_or_default();
            sums = add(sums, row);
        }
        for (((unit, sum), bias), multiplier) in
            chunk.iter_mut().zip(sums).zip(biases).zip(multipliers)
        {
            let sum = i32::from_le_bytes(*bias).wrapping_add(i32::from(sum));
            *unit = rectified(sum, *multiplier, network.first_shifts, network.slope);
        }
    }
}

/// Adds the weights of a latent bit to the sums of some hidden units. 48 weights of at most 127 in magnitude sum to at most
/// 6,096.
#[inline(always)]
fn add(sums: [i16; CHUNK], row: &[u8]) -> [i16; CHUNK] {
    // For a whole chunk, weights are loaded from where they are, without a copy.
    if let Some(weights) = row.first_chunk::<CHUNK>() {
        return core::array::from_fn(|i| sums[i].wrapping_add(i16::from(weights[i] as i8)));
    }
    let mut sums = sums;
    for (sum, &weight) in sums.iter_mut().zip(row) {
        *sum = sum.wrapping_add(i16::from(weight as i8));
    }
    sums
}

/// The sum of the products of activations and weights. With at most 512 weights of at most 127 in magnitude and activations
/// of at most 32,767, it is below 2^31 - 2^24 in magnitude in any order of additions.
#[inline(always)]
fn dot<const TERMS: usize>(units: &[i16; MAX_HIDDEN], weights: &[u8]) -> i32 {
    let (whole, rest) = weights.as_chunks::<TERMS>();
    let mut units = units.as_chunks::<TERMS>().0.iter();
    let mut sum = 0_i32;
    for (weights, units) in whole.iter().zip(&mut units) {
        sum = sum.wrapping_add(products(units, weights));
    }
    sum.wrapping_add(units.next().map_or(0, |units| products(units, rest)))
}

/// [`dot`] for several consecutive rows of weights at once, so that an activation is loaded once for all of them.
#[inline(always)]
fn dots(units: &[i16; MAX_HIDDEN], rows: &[u8], hidden: usize) -> [i32; DOTS] {
    let (a, rest) = rows.split_at_checked(hidden).unwrap_or_default();
    let (b, rest) = rest.split_at_checked(hidden).unwrap_or_default();
    let (c, d) = rest.split_at_checked(hidden).unwrap_or_default();
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<UNROLLED>(), b.as_chunks::<UNROLLED>());
    let ((c, c_rest), (d, d_rest)) = (c.as_chunks::<UNROLLED>(), d.as_chunks::<UNROLLED>());
    let mut units = units.as_chunks::<UNROLLED>().0.iter();
    let mut sums = [0_i32; DOTS];
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        let Some(units) = units.next() else {
            break;
        };
        for (i, &unit) in units.iter().enumerate() {
            for (sum, weight) in sums.iter_mut().zip([a[i], b[i], c[i], d[i]]) {
                *sum = sum.wrapping_add(i32::from(unit) * i32::from(weight as i8));
            }
        }
    }
    if let Some(units) = units.next()
        && !a_rest.is_empty()
    {
        for (sum, rest) in sums.iter_mut().zip([a_rest, b_rest, c_rest, d_rest]) {
            *sum = sum.wrapping_add(products(units, rest));
        }
    }
    sums
}

/// The sum of the products of some activations and their weights.
#[inline(always)]
fn products(units: &[i16], weights: &[u8]) -> i32 {
    let products = units
        .iter()
        .zip(weights)
        .map(|(&unit, &weight)| i32::from(unit) * i32::from(weight as i8));
    products.fold(0, i32::wrapping_add)
}

/// The activation of a hidden unit: its sum, scaled to 16 bits, and multiplied by the slope if it is negative.
#[inline(always)]
pub(super) fn rectified(sum: i32, multiplier: [u8; 2], shifts: Shifts, slope: u16) -> i16 {
    let value = rescale(sum, multiplier, shifts).clamp(-32_767, 32_767);
    let below = value.wrapping_mul(i32::from(slope)).wrapping_add(1 << 15) >> 16;
    if value < 0 {
        below as i16
    } else {
        value as i16
    }
}

/// Scales the sum of a row to the range of what follows. Nothing can overflow: the product is at most 2^15 * (2^15 - 1) in
/// magnitude, and the rounding term at most 2^29.
#[inline(always)]
pub(super) fn rescale(sum: i32, multiplier: [u8; 2], Shifts { pre, post }: Shifts) -> i32 {
    let (pre, post) = (u32::from(pre), u32::from(post));
    let coarse = sum.wrapping_shr(pre).clamp(-32_768, 32_767);
    let product = coarse.wrapping_mul(i32::from(u16::from_le_bytes(multiplier)));
    product
        .wrapping_add(1_i32.wrapping_shl(post.wrapping_sub(1)))
        .wrapping_shr(post)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::{MAX_HIDDEN, Shifts, dot, dots, rescale};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn several_sums_at_once_are_those_computed_one_by_one(
            hidden in 1..=MAX_HIDDEN,
            seed in any::<u32>(),
        ) {
            let number = |i: usize| (seed ^ i as u32).wrapping_mul(0x9E37_79B9).rotate_right(13);
            let units = core::array::from_fn(|i| (number(i) as i16).max(-32_767));
            let weights: Vec<u8> = (0..4 * hidden)
                .map(|i| (number(i + 1000) as i8).max(-127) as u8)
                .collect();
            let rows: Vec<i32> = weights.chunks(hidden).map(|row| dot::<32>(&units, row)).collect();
            prop_assert_eq!(dots(&units, &weights, hidden).to_vec(), rows);
        }
    }

    /// [`rescale`] with plain numbers.
    fn scaled(sum: i32, multiplier: u16, pre: u8, post: u8) -> i32 {
        rescale(sum, multiplier.to_le_bytes(), Shifts { pre, post })
    }

    #[test]
    fn the_first_shift_rounds_down_and_the_second_rounds_half_up() {
        assert_eq!(
            [-5, -4, -1, 0, 3, 4].map(|sum| scaled(sum, 2, 2, 1)),
            [-2, -1, -1, 0, 0, 1]
        );
        assert_eq!(
            [-3, -2, -1, 0, 1, 2].map(|sum| scaled(sum, 1, 0, 1)),
            [-1, -1, 0, 0, 1, 1]
        );
    }

    #[test]
    fn the_shifted_sum_is_clamped_to_sixteen_bits() {
        for sum in [-32_768, -32_769, i32::MIN] {
            assert_eq!(scaled(sum, 32_767, 0, 1), -536_854_528);
        }
        assert_eq!(scaled(-32_767, 32_767, 0, 1), -536_838_144);
        for sum in [32_767, 32_768, i32::MAX] {
            assert_eq!(scaled(sum, 32_767, 0, 1), 536_838_145);
        }
        assert_eq!(scaled(i32::MAX, 32_767, 15, 30), 1);
    }
}
