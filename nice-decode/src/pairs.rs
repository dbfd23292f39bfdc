//! The network two numbers at a time, with the instructions of `nice-dsp`: products that are added up in pairs, weights
//! that come out of a word two by two.

use heapless::Vec;
use nice_dsp::{four_rows, sxtab16, sxtab16_ror8};

use crate::block::LINE_SAMPLES;
use crate::format::MAX_HIDDEN;
use crate::latent::{self, Latent};
use crate::network::{Checked, Shifts, rectified, rescale};

/// How many weights a word has.
const WORD: usize = 4;

/// How many words of a row of the second layer follow each other in the program without a jump.
const WORDS: usize = 8;

/// How many rows of the second layer are multiplied at once, so that an activation is loaded once for all of them. It has
/// to divide the samples of a line.
const ROWS: usize = 4;

/// Four numbers of 16 bits in the order in which bytes come out of a word: the first and the third, the second and the
/// fourth.
type Four = [u32; 2];

/// The sums, then the activations, of the hidden units, four by four. Those that fill up the last four stand for nothing.
type Units = Vec<Four, { MAX_HIDDEN / WORD }>;

impl Checked<'_> {
    /// As `decode`, two numbers at a time.
    #[inline(always)]
    pub(crate) fn decode_in_pairs(
        &self,
        latent: &Latent,
        mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        let mut units = Units::new();
        self.add_up(latent, &mut units);
        self.activate_in_pairs(&mut units);

        let hidden = self.hidden().min(MAX_HIDDEN);
        let (whole, rest) = units.as_chunks::<WORDS>();
        let Some(whole) = whole.get(..hidden / (WORDS * WORD)) else {
            return;
        };
        let lines = self.second_weights.chunks_exact(LINE_SAMPLES * hidden);
        let biases = self.second_bias.as_chunks::<LINE_SAMPLES>().0;
        let multipliers = self.second_multiplier.as_chunks::<LINE_SAMPLES>().0;
        for (y, ((biases, multipliers), weights)) in biases.iter().zip(multipliers).zip(lines).enumerate() {
            let sums = sums(whole, rest, weights, hidden, biases);
            sink(y, &rescaled(&sums, multipliers, self.second_shifts));
        }
    }

    /// The first layer: adds up the weights of the bits that are set.
    #[inline(always)]
    fn add_up(&self, latent: &Latent, sums: &mut Units) {
        let hidden = self.hidden();
        for _ in 0..hidden.div_ceil(WORD) {
            let _ = sums.push([0; 2]);
        }
        for (half, mut bits) in latent::words(latent).into_iter().enumerate() {
            while bits != 0 {
                let bit = bits.trailing_zeros().wrapping_add(32 * half as u32) as usize;
                bits &= bits.wrapping_sub(1);
                let start = bit.wrapping_mul(hidden);
                let Some(row) = self.first_weights.get(start..) else {
                    return;
                };
                let Some(row) = row.get(..hidden) else {
                    return;
                };
                let (words, rest) = row.as_chunks::<WORD>();
                let mut sums = sums.iter_mut();
                for (word, sums) in words.iter().zip(&mut sums) {
                    add(sums, *word);
                }
                if let Some(sums) = sums.next() {
                    add(sums, filled(rest));
                }
            }
        }
    }

    /// The rectifier: from the sums of the first layer to the hidden units.
    #[inline(always)]
    fn activate_in_pairs(&self, units: &mut Units) {
        let biases = self.first_bias.chunks(WORD);
        let multipliers = self.first_multiplier.chunks(WORD);
        for ((four, biases), multipliers) in units.iter_mut().zip(biases).zip(multipliers) {
            let [even, odd] = *four;
            let sums = [even as i16, odd as i16, (even >> 16) as i16, (odd >> 16) as i16];
            let biases: [[u8; 4]; WORD] = biases.first_chunk().copied().unwrap_or_default();
            let multipliers: [[u8; 2]; WORD] = multipliers.first_chunk().copied().unwrap_or_default();
            let mut units = [0; WORD];
            for (((unit, sum), bias), multiplier) in
                units.iter_mut().zip(sums).zip(biases).zip(multipliers)
            {
                let sum = i32::from_le_bytes(bias).wrapping_add(i32::from(sum));
                *unit = rectified(sum, multiplier, self.first_shifts, self.slope);
            }
            *four = in_pairs(units);
        }
    }
}

/// Four numbers in the order in which bytes come out of a word.
#[inline(always)]
const fn in_pairs([a, b, c, d]: [i16; WORD]) -> Four {
    [
        a as u16 as u32 | (c as u16 as u32) << 16,
        b as u16 as u32 | (d as u16 as u32) << 16,
    ]
}

/// A word of what is left at the end of a row, zeros behind it.
#[inline(always)]
fn filled(rest: &[u8]) -> [u8; WORD] {
    let mut word = [0; WORD];
    for (to, from) in word.iter_mut().zip(rest) {
        *to = *from;
    }
    word
}

/// Adds four weights to the sums of four hidden units.
#[inline(always)]
fn add([even, odd]: &mut Four, weights: [u8; WORD]) {
    let weights = u32::from_le_bytes(weights);
    *even = sxtab16(*even, weights);
    *odd = sxtab16_ror8(*odd, weights);
}

/// The samples of a line: their sums, brought back to what a byte holds.
#[inline(always)]
fn rescaled(
    sums: &[i32; LINE_SAMPLES],
    multipliers: &[[u8; 2]; LINE_SAMPLES],
    shifts: Shifts,
) -> [u8; LINE_SAMPLES] {
    core::array::from_fn(|i| rescale(sums[i], multipliers[i], shifts).clamp(0, 255) as u8)
}

/// The sums of a line of the second layer.
#[inline(always)]
fn sums(
    units: &[[Four; WORDS]],
    rest: &[Four],
    weights: &[u8],
    hidden: usize,
    biases: &[[u8; 4]; LINE_SAMPLES],
) -> [i32; LINE_SAMPLES] {
    let mut line = [0; LINE_SAMPLES];
    let groups = line.as_chunks_mut::<ROWS>().0.iter_mut();
    let groups = groups.zip(biases.as_chunks::<ROWS>().0);
    for ((sums, biases), weights) in groups.zip(weights.chunks_exact(ROWS * hidden)) {
        let biases = biases.map(i32::from_le_bytes);
        *sums = dots(units, rest, weights, hidden, biases).unwrap_or_default();
    }
    line
}

/// The products of activations and the weights of some rows, added to a sum for each row.
#[inline(always)]
fn dots(
    units: &[[Four; WORDS]],
    rest: &[Four],
    mut weights: &[u8],
    hidden: usize,
    mut sums: [i32; ROWS],
) -> Option<[i32; ROWS]> {
    for units in units {
        sums = four_rows(units, weights, hidden, sums)?;
        weights = weights.get(WORDS * WORD..)?;
    }
    for units in rest.as_chunks::<1>().0 {
        sums = four_rows(units, weights, hidden, sums)?;
        weights = weights.get(WORD..)?;
    }
    Some(sums)
}
