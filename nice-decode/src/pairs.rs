//! The network two numbers at a time, with the instructions of `nice-dsp`: weights come out of a word in pairs, and go into
//! sums in pairs.

use heapless::Vec;
use nice_dsp::{add_two, rows, sxtab16, sxtab16_ror8};

use crate::block::LINE_SAMPLES;
use crate::format::MAX_HIDDEN;
use crate::latent::{self, Latent};
use crate::network::{Checked, Shifts, rectified, rescale};

/// How many weights a word has.
const WORD: usize = 4;

/// Four numbers of 16 bits in the order in which bytes come out of a word: the first and the third, the second and the
/// fourth.
type Four = [u32; 2];

/// The sums, then the activations, of the hidden units, four by four; zeros fill up the last four.
type Units = Vec<Four, { MAX_HIDDEN / WORD }>;

impl Checked<'_> {
    /// As `decode`, two numbers at a time.
    #[inline(always)]
    pub(crate) fn decode_in_pairs(
        &self,
        latent: &Latent,
        mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        let hidden = self.hidden();
        let mut units = Units::new();
        for _ in 0..hidden.div_ceil(WORD) {
            let _ = units.push([0; 2]);
        }
        self.add_up(latent, &mut units);
        self.activate_in_pairs(&mut units);

        let (mut sums, mut line) = ([0; LINE_SAMPLES], [0; LINE_SAMPLES]);
        let mut weights = self.second_weights;
        let biases = self.second_bias.as_chunks::<LINE_SAMPLES>().0;
        let multipliers = self.second_multiplier.as_chunks::<LINE_SAMPLES>().0;
        for (y, (biases, multipliers)) in biases.iter().zip(multipliers).enumerate() {
            // What follows the line is there to be read with the last four weights of a row, times zeros.
            rows(&units, weights, hidden, biases, &mut sums);
            weights = weights.get(LINE_SAMPLES * hidden..).unwrap_or_default();
            scale(&mut line, &sums, multipliers, self.second_shifts);
            sink(y, &line);
        }
    }

    /// The first layer: adds up the weights of the bits that are set.
    #[inline(always)]
    fn add_up(&self, latent: &Latent, sums: &mut [Four]) {
        for (half, mut bits) in latent::words(latent).into_iter().enumerate() {
            let mut next = || {
                let bit = bits.trailing_zeros().wrapping_add(32 * half as u32) as usize;
                let set = bits != 0;
                bits &= bits.wrapping_sub(1);
                set.then(|| self.row(bit))
            };
            while let Some(one) = next() {
                match next() {
                    Some(other) => add_two(sums, one, other),
                    None => add_one(sums, one),
                }
            }
        }
    }

    /// The weights of a latent bit, with those of all after it: they end up in units that are not there.
    #[inline(always)]
    fn row(&self, bit: usize) -> &[u8] {
        let rows = self.first_weights.get(bit.wrapping_mul(self.hidden())..);
        rows.unwrap_or_default()
    }

    /// The rectifier: from the sums of the first layer to the hidden units.
    #[inline(always)]
    fn activate_in_pairs(&self, units: &mut [Four]) {
        let (biases, last_biases) = self.first_bias.as_chunks::<WORD>();
        let (multipliers, last_multipliers) = self.first_multiplier.as_chunks::<WORD>();
        let mut units = units.iter_mut();
        for ((biases, multipliers), four) in biases.iter().zip(multipliers).zip(&mut units) {
            *four = self.activated(*four, *biases, *multipliers);
        }
        if let Some(four) = units.next() {
            *four = self.activated(*four, filled(last_biases), filled(last_multipliers));
        }
    }

    /// The activations of four hidden units. A multiplier of 0 makes it 0.
    #[inline(always)]
    fn activated(
        &self,
        [even, odd]: Four,
        biases: [[u8; 4]; WORD],
        multipliers: [[u8; 2]; WORD],
    ) -> Four {
        let sums = [
            even as i16,
            odd as i16,
            (even >> 16) as i16,
            (odd >> 16) as i16,
        ];
        let [a, b, c, d] = core::array::from_fn(|i| {
            let sum = i32::from_le_bytes(biases[i]).wrapping_add(i32::from(sums[i]));
            u32::from(rectified(sum, multipliers[i], self.first_shifts, self.slope) as u16)
        });
        [a | c << 16, b | d << 16]
    }
}

/// The numbers that are left where fours of them were taken, zeros behind them.
#[inline(always)]
fn filled<T: Copy + Default>(rest: &[T]) -> [T; WORD] {
    core::array::from_fn(|i| rest.get(i).copied().unwrap_or_default())
}

/// Adds the weights of one latent bit to the sums of the hidden units.
#[inline(always)]
fn add_one(sums: &mut [Four], row: &[u8]) {
    for ([even, odd], weights) in sums.iter_mut().zip(row.chunks(WORD)) {
        let weights = u32::from_le_bytes(filled(weights));
        *even = sxtab16(*even, weights);
        *odd = sxtab16_ror8(*odd, weights);
    }
}

/// The samples of a line: their sums, brought back to what a byte holds. A function of its own, so that the registers are
/// for nothing else.
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

    use crate::MAX_HIDDEN;
    use crate::block::{BLOCK_SAMPLES, LINE_SAMPLES};
    use crate::format::{Layer, Network};
    use crate::latent::LATENT_BITS;
    use crate::network::{Checked, NARROW};

    /// The lines that a way of decoding gives, with their numbers.
    type Lines = Vec<(usize, [u8; LINE_SAMPLES])>;

    proptest! {
        #[test]
        fn two_numbers_at_a_time_come_to_what_one_at_a_time_comes_to(
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
            let network = Network {
                bits: LATENT_BITS as u8,
                hidden: hidden as u16,
                slope,
                first: Layer {
                    pre: shifts.0,
                    post: shifts.1,
                    weights: &first,
                    bias: &first_bias,
                    multiplier: &first_multiplier,
                },
                second: Layer {
                    pre: shifts.2,
                    post: shifts.3,
                    weights: &second,
                    bias: &second_bias,
                    multiplier: &second_multiplier,
                },
            };
            let network = Checked::new(&network).expect("the network is within its limits");
            let (mut one, mut two) = (Lines::new(), Lines::new());
            network.decode::<NARROW>(&latent, |y, line| one.push((y, *line)));
            network.decode_in_pairs(&latent, |y, line| two.push((y, *line)));
            prop_assert_eq!(one.len(), 8);
            prop_assert_eq!(one, two);
        }
    }
}
