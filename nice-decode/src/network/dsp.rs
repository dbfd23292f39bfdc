//! Decoding with a network with the DSP instructions of `nice-dsp`: weights are extended from words in pairs, and pairs of
//! products are added at once.

use heapless::Vec;
use nice_dsp::dense::{add_rows, dot_rows};
use nice_dsp::{sxtab16, sxtab16_ror8};

use super::layers::{Network, Shifts};
use super::scalar::{rectified, rescale};
use crate::block::LINE_SAMPLES;
use crate::format::MAX_HIDDEN;
use crate::latent::AdaptiveLatent;

/// The weights in a word.
const WORD: usize = 4;

/// Four 16-bit values in the order in which the bytes of a word are extended: the first and third, the second and fourth.
type FourLanes = [u32; 2];

/// The sums, then the activations, of the hidden units, four by four, padded with zeros.
type Units = Vec<FourLanes, { MAX_HIDDEN / WORD }>;

/// Decodes a block, and gives `sink` its lines: the number of the line, and its samples.
#[inline(always)]
pub(super) fn decode(
    network: &Network<'_>,
    latent: &AdaptiveLatent,
    mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    let hidden = network.hidden();
    let mut units = Units::new();
    for _ in 0..hidden.div_ceil(WORD) {
        let _ = units.push([0; 2]);
    }
    add_rows_of_bits(network, latent, &mut units);
    activate(network, &mut units);

    let (mut sums, mut line) = ([0; LINE_SAMPLES], [0; LINE_SAMPLES]);
    let mut weights = network.second_weights;
    let biases = network.second_bias.as_chunks::<LINE_SAMPLES>().0;
    let multipliers = network.second_multiplier.as_chunks::<LINE_SAMPLES>().0;
    for (y, (biases, multipliers)) in biases.iter().zip(multipliers).enumerate() {
        // The weights go on after the line, so that the last row can be read in words; what is beyond the row is multiplied by 0.
        dot_rows(&units, weights, hidden, biases, &mut sums);
        weights = weights.get(LINE_SAMPLES * hidden..).unwrap_or_default();
        scale(&mut line, &sums, multipliers, network.second_shifts);
        sink(y, &line);
    }
}

/// The first layer: adds up the weights of the bits that are set.
#[inline(always)]
fn add_rows_of_bits(network: &Network<'_>, latent: &AdaptiveLatent, sums: &mut [FourLanes]) {
    for (half, mut bits) in latent.latent_words().into_iter().enumerate() {
        let mut next = || {
            let bit = bits.trailing_zeros().wrapping_add(32 * half as u32) as usize;
            let set = bits != 0;
            bits &= bits.wrapping_sub(1);
            set.then(|| row(network, bit))
        };
        while let Some(first) = next() {
            match next() {
                Some(second) => add_rows(sums, first, second),
                None => add_row(sums, first),
            }
        }
    }
}

/// The weights of a latent bit, followed by those of the bits after it, which are added to the padding of the units.
#[inline(always)]
fn row<'a>(network: &Network<'a>, bit: usize) -> &'a [u8] {
    let rows = network
        .first_weights
        .get(bit.wrapping_mul(network.hidden())..);
    rows.unwrap_or_default()
}

/// The rectifier: from the sums of the first layer to the hidden units.
#[inline(always)]
fn activate(network: &Network<'_>, units: &mut [FourLanes]) {
    let (biases, last_biases) = network.first_bias.as_chunks::<WORD>();
    let (multipliers, last_multipliers) = network.first_multiplier.as_chunks::<WORD>();
    let mut units = units.iter_mut();
    for ((biases, multipliers), four) in biases.iter().zip(multipliers).zip(&mut units) {
        *four = activated(network, *four, *biases, *multipliers);
    }
    if let Some(four) = units.next() {
        *four = activated(
            network,
            *four,
            padded(last_biases),
            padded(last_multipliers),
        );
    }
}

/// The activations of four hidden units; 0 where the multiplier is 0.
#[inline(always)]
fn activated(
    network: &Network<'_>,
    [even, odd]: FourLanes,
    biases: [[u8; 4]; WORD],
    multipliers: [[u8; 2]; WORD],
) -> FourLanes {
    let sums = [
        even as i16,
        odd as i16,
        (even >> 16) as i16,
        (odd >> 16) as i16,
    ];
    let [a, b, c, d] = core::array::from_fn(|i| {
        let sum = i32::from_le_bytes(biases[i]).wrapping_add(i32::from(sums[i]));
        u32::from(rectified(sum, multipliers[i], network.first_shifts, network.slope) as u16)
    });
    [a | c << 16, b | d << 16]
}

/// The items left after groups of four, padded with zeros.
#[inline(always)]
fn padded<T: Copy + Default>(rest: &[T]) -> [T; WORD] {
    core::array::from_fn(|i| rest.get(i).copied().unwrap_or_default())
}

/// Adds the weights of one latent bit to the sums of the hidden units.
#[inline(always)]
fn add_row(sums: &mut [FourLanes], row: &[u8]) {
    for ([even, odd], weights) in sums.iter_mut().zip(row.chunks(WORD)) {
        let weights = u32::from_le_bytes(padded(weights));
        *even = sxtab16(*even, weights);
        *odd = sxtab16_ror8(*odd, weights);
    }
}

/// The samples of a line from their sums. A function of its own, so that all registers are free for it.
#[inline(never)]
fn scale(samples: &mut [u8], sums: &[i32], multipliers: &[[u8; 2]], shifts: Shifts) {
    let samples = samples.as_chunks_mut::<WORD>().0.iter_mut();
    let sums = sums.as_chunks::<WORD>().0;
    for ((samples, sums), multipliers) in samples.zip(sums).zip(multipliers.as_chunks::<WORD>().0) {
        *samples =
            core::array::from_fn(|i| rescale(sums[i], multipliers[i], shifts).clamp(0, 255) as u8);
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use crate::block::{BLOCK_SAMPLES, LINE_SAMPLES};
    use crate::format::{LayerTables, MAX_HIDDEN, NetworkTables};
    use crate::latent::{AdaptiveLatent, LATENT_BITS};
    use crate::network::layers::Network;
    use crate::network::scalar::NARROW;

    /// Lines with their numbers.
    type Lines = Vec<(usize, [u8; LINE_SAMPLES])>;

    proptest! {
        #[test]
        fn a_block_is_the_same_with_dsp_instructions_and_without(
            hidden in prop_oneof![1..=20_usize, 1..=MAX_HIDDEN, Just(MAX_HIDDEN)],
            seed in any::<u32>(),
            latent in any::<[u8; 6]>(),
            shifts in (0..=15_u8, 1..=30_u8, 0..=15_u8, 1..=30_u8),
            slope in any::<u16>(),
        ) {
            let mut state = seed;
            let mut number = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as i32
            };
            let mut weights = |count: usize| -> Vec<u8> {
                (0..count).map(|_| (number() % 128 * (1 - 2 * (number() & 1))) as u8).collect()
            };
            let (first, second) = (weights(LATENT_BITS * hidden), weights(BLOCK_SAMPLES * hidden));
            let mut biases = |count: usize| -> Vec<u8> {
                (0..count).flat_map(|_| (number() % (1 << 20) - (1 << 19)).to_le_bytes()).collect()
            };
            let (first_bias, second_bias) = (biases(hidden), biases(BLOCK_SAMPLES));
            let mut multipliers = |count: usize| -> Vec<u8> {
                (0..count).flat_map(|_| (number() as u16 & 0x7FFF).to_le_bytes()).collect()
            };
            let (first_multiplier, second_multiplier) = (multipliers(hidden), multipliers(BLOCK_SAMPLES));
            let network = NetworkTables {
                bits: LATENT_BITS as u8,
                hidden: hidden as u16,
                slope,
                first: LayerTables {
                    pre: shifts.0,
                    post: shifts.1,
                    weights: &first,
                    bias: &first_bias,
                    multiplier: &first_multiplier,
                },
                second: LayerTables {
                    pre: shifts.2,
                    post: shifts.3,
                    weights: &second,
                    bias: &second_bias,
                    multiplier: &second_multiplier,
                },
            };
            let network = Network::new(&network).expect("the network is within its limits");
            let latent = AdaptiveLatent::from(&latent);
            let (mut scalar, mut dsp) = (Lines::new(), Lines::new());
            super::super::scalar::decode::<NARROW>(&network, &latent, |y, line| scalar.push((y, *line)));
            super::decode(&network, &latent, |y, line| dsp.push((y, *line)));
            prop_assert_eq!(scalar.len(), 8);
            prop_assert_eq!(scalar, dsp);
        }
    }
}
