//! The network in integers: from the bits of a latent to the samples of a block.
//!
//! The two dense layers are those of the usual recipe for integer inference (int8 weights with one
//! scale a row, int32 sums, a multiplication and a shift: Jacob et al., "Quantization and Training
//! of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018). Since the inputs of
//! the first are single bits, it needs no multiplications: it adds up the rows of the bits that are
//! set.

use crate::block::{BLOCK_SAMPLES, LINE_SAMPLES};
use crate::format::{
    Layer, MAX_BIAS, MAX_HIDDEN, MAX_MULTIPLIER, MAX_POST_SHIFT, MAX_PRE_SHIFT, MIN_WEIGHT, Network,
};
use crate::latent::{self, LATENT_BITS, Latent};
use crate::{LayerName, ModelError, Table};

/// How many sums of the first layer are kept in registers at once.
const CHUNK: usize = if cfg!(target_pointer_width = "64") {
    64
} else {
    8
};

/// How many sums of the second layer are made and scaled at once: all of a line, if one instruction can scale them, otherwise
/// as many as [`dots`] makes. It has to divide the samples of a line.
const GROUP: usize = if cfg!(target_pointer_width = "64") {
    LINE_SAMPLES
} else {
    TOGETHER
};

/// How many sums [`dots`] makes of the same activations while they are in registers.
const TOGETHER: usize = 4;

/// How many products of a sum follow each other in it without a jump. Of 8 a Cortex-M makes fewer instructions, of 4 a RISC-V.
const UNROLLED: usize = if cfg!(target_arch = "arm") { 8 } else { 4 };

/// How many products of the second layer the compiler is shown at once, so that it takes its widest
/// multiplications for them and adds up across a register only once. Up to 32 bytes a register it
/// does best with this many.
pub(crate) const NARROW: usize = 32;

/// As [`NARROW`], for registers of 64 bytes.
pub(crate) const WIDE: usize = 128;

/// [`NARROW`] or [`WIDE`], whichever suits the processor that the whole program is compiled for.
pub(crate) const NATIVE: usize = if cfg!(target_feature = "avx512bw") {
    WIDE
} else {
    NARROW
};

/// A network whose tables have been checked: every length fits, and no sum or product can overflow.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    pub(crate) slope: u16,
    pub(crate) first_shifts: Shifts,
    pub(crate) second_shifts: Shifts,
    pub(crate) first_weights: &'a [u8],
    pub(crate) second_weights: &'a [u8],
    pub(crate) first_bias: &'a [[u8; 4]],
    pub(crate) first_multiplier: &'a [[u8; 2]],
    pub(crate) second_bias: &'a [[u8; 4]; BLOCK_SAMPLES],
    pub(crate) second_multiplier: &'a [[u8; 2]; BLOCK_SAMPLES],
}

/// The two shifts of a layer.
#[derive(Clone, Copy)]
pub(crate) struct Shifts {
    pre: u8,
    post: u8,
}

impl<'a> Checked<'a> {
    /// Checks everything that decoding relies on.
    pub(crate) fn new(network: &Network<'a>) -> Result<Self, ModelError> {
        let Network {
            bits,
            hidden,
            slope,
            first,
            second,
        } = *network;
        if usize::from(bits) != LATENT_BITS {
            return Err(ModelError::LatentBits { found: bits });
        }
        let units = usize::from(hidden);
        if units == 0 || units > MAX_HIDDEN {
            return Err(ModelError::Hidden { found: hidden });
        }
        let (first_bias, first_multiplier) =
            check(LayerName::First, &first, units, LATENT_BITS * units)?;
        let (second_bias, second_multiplier) = check(
            LayerName::Second,
            &second,
            BLOCK_SAMPLES,
            BLOCK_SAMPLES * units,
        )?;
        Ok(Self {
            slope,
            first_shifts: Shifts {
                pre: first.pre,
                post: first.post,
            },
            second_shifts: Shifts {
                pre: second.pre,
                post: second.post,
            },
            first_weights: first.weights,
            second_weights: second.weights,
            first_bias,
            first_multiplier,
            second_bias: second_bias.as_array().ok_or_else(|| {
                length(
                    LayerName::Second,
                    Table::Bias,
                    second.bias,
                    4 * BLOCK_SAMPLES,
                )
            })?,
            second_multiplier: second_multiplier.as_array().ok_or_else(|| {
                length(
                    LayerName::Second,
                    Table::Multiplier,
                    second.multiplier,
                    2 * BLOCK_SAMPLES,
                )
            })?,
        })
    }
}

impl Checked<'_> {
    /// How many hidden units there are.
    pub(crate) fn hidden(&self) -> usize {
        self.first_bias.len()
    }

    /// As [`decode`](Self::decode), with a stack frame of its own, so that no other kind of model pays for it.
    #[inline(never)]
    pub(crate) fn decode_apart(
        &self,
        latent: &Latent,
        sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        self.decode::<NATIVE>(latent, sink);
    }

    /// Decodes a block, giving `sink` its lines: the number of the line, its samples. Two numbers at a time where the
    /// processor has instructions for that and they are asked for.
    #[inline(always)]
    pub(crate) fn decode<const TERMS: usize>(
        &self,
        latent: &Latent,
        mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        #[cfg(feature = "dsp")]
        if nice_dsp::AVAILABLE {
            return self.decode_in_pairs(latent, sink);
        }
        let mut units = [0; MAX_HIDDEN];
        self.activate(latent, &mut units);

        let mut weights = self.second_weights;
        let biases = self.second_bias.as_chunks::<LINE_SAMPLES>().0;
        let multipliers = self.second_multiplier.as_chunks::<LINE_SAMPLES>().0;
        for (y, (biases, multipliers)) in biases.iter().zip(multipliers).enumerate() {
            let mut line = [0; LINE_SAMPLES];
            let groups = line.as_chunks_mut::<GROUP>().0.iter_mut();
            let groups = groups.zip(biases.as_chunks::<GROUP>().0);
            for ((samples, biases), multipliers) in groups.zip(multipliers.as_chunks::<GROUP>().0) {
                let mut sums = [0; GROUP];
                if GROUP == TOGETHER {
                    let rows = self.hidden().wrapping_mul(TOGETHER);
                    let Some((rows, rest)) = weights.split_at_checked(rows) else {
                        return;
                    };
                    weights = rest;
                    for (sum, dot) in sums.iter_mut().zip(dots(&units, rows, self.hidden())) {
                        *sum = dot;
                    }
                } else {
                    for sum in &mut sums {
                        let Some((row, rest)) = weights.split_at_checked(self.hidden()) else {
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
                    *sample = rescale(sum, *multiplier, self.second_shifts).clamp(0, 255) as u8;
                }
            }
            sink(y, &line);
        }
    }

    /// The first layer and the rectifier: from a latent to the hidden units. What is in `units`
    /// beyond them is never used.
    #[inline(always)]
    fn activate(&self, latent: &Latent, units: &mut [i16; MAX_HIDDEN]) {
        let set = latent::bits(latent);
        let biases = self.first_bias.chunks(CHUNK);
        let multipliers = self.first_multiplier.chunks(CHUNK);
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
                let start = bit.wrapping_mul(self.hidden()).wrapping_add(c * CHUNK);
                let row = self.first_weights.get(start..).unwrap_or_default();
                sums = add(sums, row);
            }
            for (((unit, sum), bias), multiplier) in
                chunk.iter_mut().zip(sums).zip(biases).zip(multipliers)
            {
                let sum = i32::from_le_bytes(*bias).wrapping_add(i32::from(sum));
                *unit = rectified(sum, *multiplier, self.first_shifts, self.slope);
            }
        }
    }
}

/// Adds weights of a latent bit to the sums of some hidden units. 48 weights of at most 127 in
/// magnitude add up to 6,096 at most.
#[inline(always)]
fn add(sums: [i16; CHUNK], row: &[u8]) -> [i16; CHUNK] {
    // Of a whole chunk every weight is loaded where it lies, not first copied with the others.
    if let Some(weights) = row.first_chunk::<CHUNK>() {
        return core::array::from_fn(|i| sums[i].wrapping_add(i16::from(weights[i] as i8)));
    }
    let mut sums = sums;
    for (sum, &weight) in sums.iter_mut().zip(row) {
        *sum = sum.wrapping_add(i16::from(weight as i8));
    }
    sums
}

/// The sum of the products of activations and weights. With at most 512 weights of at most 127 in
/// magnitude and activations of at most 32,767, it stays below 2^31 - 2^24 in magnitude, whatever
/// the order of the additions.
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

/// As [`dot`], for several rows of weights at once, one after another in `rows`, so that an activation is loaded once for all
/// of them.
#[inline(always)]
fn dots(units: &[i16; MAX_HIDDEN], rows: &[u8], hidden: usize) -> [i32; TOGETHER] {
    let (a, rest) = rows.split_at_checked(hidden).unwrap_or_default();
    let (b, rest) = rest.split_at_checked(hidden).unwrap_or_default();
    let (c, d) = rest.split_at_checked(hidden).unwrap_or_default();
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<UNROLLED>(), b.as_chunks::<UNROLLED>());
    let ((c, c_rest), (d, d_rest)) = (c.as_chunks::<UNROLLED>(), d.as_chunks::<UNROLLED>());
    let mut units = units.as_chunks::<UNROLLED>().0.iter();
    let mut sums = [0_i32; TOGETHER];
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

/// The activation of a hidden unit: its sum, brought back to 16 bits, times the slope if it is below zero.
#[inline(always)]
pub(crate) fn rectified(sum: i32, multiplier: [u8; 2], shifts: Shifts, slope: u16) -> i16 {
    let value = rescale(sum, multiplier, shifts).clamp(-32_767, 32_767);
    let below = value.wrapping_mul(i32::from(slope)).wrapping_add(1 << 15) >> 16;
    if value < 0 {
        below as i16
    } else {
        value as i16
    }
}

/// Brings the sum of a row back to the range of what follows. Nothing here can overflow: the
/// product is at most 2^15 times 2^15 - 1 in magnitude, and the rounding term at most 2^29.
#[inline(always)]
pub(crate) fn rescale(sum: i32, multiplier: [u8; 2], Shifts { pre, post }: Shifts) -> i32 {
    let (pre, post) = (u32::from(pre), u32::from(post));
    let coarse = sum.wrapping_shr(pre).clamp(-32_768, 32_767);
    let product = coarse.wrapping_mul(i32::from(u16::from_le_bytes(multiplier)));
    product
        .wrapping_add(1_i32.wrapping_shl(post.wrapping_sub(1)))
        .wrapping_shr(post)
}

/// The biases and the multipliers of a layer, one of each a row.
type Rows<'a> = (&'a [[u8; 4]], &'a [[u8; 2]]);

/// Checks one layer and gives back its biases and multipliers.
fn check<'a>(
    name: LayerName,
    layer: &Layer<'a>,
    rows: usize,
    weights: usize,
) -> Result<Rows<'a>, ModelError> {
    if layer.pre > MAX_PRE_SHIFT {
        return Err(ModelError::PreShift {
            layer: name,
            found: layer.pre,
        });
    }
    if layer.post == 0 || layer.post > MAX_POST_SHIFT {
        return Err(ModelError::PostShift {
            layer: name,
            found: layer.post,
        });
    }
    if layer.weights.len() != weights {
        return Err(length(name, Table::Weights, layer.weights, weights));
    }
    if layer.bias.len() != 4 * rows {
        return Err(length(name, Table::Bias, layer.bias, 4 * rows));
    }
    if layer.multiplier.len() != 2 * rows {
        return Err(length(name, Table::Multiplier, layer.multiplier, 2 * rows));
    }
    if let Some(index) = layer
        .weights
        .iter()
        .position(|&weight| (weight as i8) < MIN_WEIGHT)
    {
        return Err(ModelError::Weight { layer: name, index });
    }
    let (biases, _) = layer.bias.as_chunks();
    for (index, bias) in biases.iter().enumerate() {
        let found = i32::from_le_bytes(*bias);
        if !(-MAX_BIAS..=MAX_BIAS).contains(&found) {
            return Err(ModelError::Bias {
                layer: name,
                index,
                found,
            });
        }
    }
    let (multipliers, _) = layer.multiplier.as_chunks();
    for (index, multiplier) in multipliers.iter().enumerate() {
        let found = u16::from_le_bytes(*multiplier);
        if found > MAX_MULTIPLIER {
            return Err(ModelError::Multiplier {
                layer: name,
                index,
                found,
            });
        }
    }
    Ok((biases, multipliers))
}

/// The error for a table of the wrong length.
fn length(layer: LayerName, table: Table, bytes: &[u8], expected: usize) -> ModelError {
    ModelError::TableLength {
        layer,
        table,
        found: bytes.len(),
        expected,
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::{MAX_HIDDEN, Shifts, dot, dots, rescale};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_made_together_are_those_made_one_by_one(
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

    /// As [`rescale`], with plain numbers.
    fn scaled(sum: i32, multiplier: u16, pre: u8, post: u8) -> i32 {
        rescale(sum, multiplier.to_le_bytes(), Shifts { pre, post })
    }

    #[test]
    fn the_first_shift_rounds_down_and_the_second_to_nearest_with_halves_up() {
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
        for beyond in [-32_768, -32_769, i32::MIN] {
            assert_eq!(scaled(beyond, 32_767, 0, 1), -536_854_528);
        }
        assert_eq!(scaled(-32_767, 32_767, 0, 1), -536_838_144);
        for beyond in [32_767, 32_768, i32::MAX] {
            assert_eq!(scaled(beyond, 32_767, 0, 1), 536_838_145);
        }
        assert_eq!(scaled(i32::MAX, 32_767, 15, 30), 1);
    }
}
