//! Decoding with a codebook one sample at a time, without branches that depend on the latent. The compiler vectorizes it
//! where registers are wide.

use super::index::{Indices, StageIndex};
use super::orient::{flipped, transposed};
use super::tables::{BLACK, Codebook, Codeword};
use crate::block::{BLOCK_SIDE, LINE_SAMPLES};
use crate::format::{CHROMA_SAMPLES, CODEWORD_BYTES, LUMA_SAMPLES};
use crate::latent::AdaptiveLatent;
use crate::output::transform::Scale;
use crate::ycc::reduced::{self, MeanGain};
use crate::ycc::scalar::Gain;
use crate::ycc::swar::BLOCK_WORDS;

/// The side of a chroma plane.
const CHROMA_SIDE: usize = BLOCK_SIDE / 2;

/// The base codeword, the sum of the residual codewords, the gain of the sum, and the sum of the peaks.
struct Sums {
    base: Codeword,
    residual: Codeword,
    gain: u8,
    peak_sum: u8,
}

/// Decodes a block, and gives `sink` its lines: the number of the line, and its samples. With `only_luma`, red, green and blue are
/// equal to luma.
#[inline(always)]
pub(crate) fn decode(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    only_luma: bool,
    mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    let Sums {
        base,
        residual,
        gain,
        peak_sum,
    } = sums(codebook, latent);
    let gain = Gain::new(gain, peak_sum);
    let (base_luma, base_chroma) = base.split_at(LUMA_SAMPLES);
    let (sum_luma, sum_chroma) = residual.split_at(LUMA_SAMPLES);

    // What the chroma of 2 x 2 pixels adds to their luma for red, green and blue.
    let mut differences = [[0_i16; CHROMA_SAMPLES]; 3];
    let sites = base_chroma.as_chunks().0.iter();
    for (site, (&base, &sums)) in sites.zip(sum_chroma.as_chunks().0).enumerate() {
        let [red, green, blue] = if only_luma {
            [0; 3]
        } else {
            gain.color_differences(base, sums)
        };
        differences[0][site % CHROMA_SAMPLES] = red;
        differences[1][site % CHROMA_SAMPLES] = green;
        differences[2][site % CHROMA_SAMPLES] = blue;
    }
    let mut luma = [0_i16; LUMA_SAMPLES];
    for (luma, (&base, &sum)) in luma.iter_mut().zip(base_luma.iter().zip(sum_luma)) {
        *luma = gain.luma(base, sum);
    }

    let [red, green, blue] = &differences;
    let differences = red.as_chunks::<CHROMA_SIDE>().0.iter();
    let differences = differences
        .zip(green.as_chunks::<CHROMA_SIDE>().0)
        .zip(blue.as_chunks::<CHROMA_SIDE>().0);
    let pairs = luma.as_chunks::<{ 2 * BLOCK_SIDE }>().0.iter();
    for (pair, (luma, ((red, green), blue))) in pairs.zip(differences).enumerate() {
        let (red, green, blue) = (doubled(*red), doubled(*green), doubled(*blue));
        for (lower, luma) in luma.as_chunks::<BLOCK_SIDE>().0.iter().enumerate() {
            let mut line = [0; LINE_SAMPLES];
            for x in 0..BLOCK_SIDE {
                line[3 * x] = luma[x].wrapping_add(red[x]).clamp(0, 255) as u8;
                line[3 * x + 1] = luma[x].wrapping_add(green[x]).clamp(0, 255) as u8;
                line[3 * x + 2] = luma[x].wrapping_add(blue[x]).clamp(0, 255) as u8;
            }
            sink(2 * pair + lower, &line);
        }
    }
}

/// Decodes the pixels of a block at a reduced size, line after line. With `luma`, red, green and blue are equal to luma.
#[inline(never)]
pub(crate) fn decode_reduced(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    scale: Scale,
    luma: bool,
    pixels: &mut [[u8; 3]],
) {
    let Sums {
        base,
        residual,
        gain,
        peak_sum,
    } = sums(codebook, latent);
    let [base, residual] = [&base, &residual].map(|codeword| {
        let mut words = [0; BLOCK_WORDS];
        for (word, bytes) in words.iter_mut().zip(codeword.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        words
    });
    let gain = MeanGain::new(gain, peak_sum, scale);
    reduced::write_pixels(&base, &residual, &gain, scale, luma, pixels);
}

/// Looks up the codewords of a latent, and adds up the residual codewords in their orientations.
#[inline(always)]
fn sums(codebook: &Codebook<'_>, latent: &AdaptiveLatent) -> Sums {
    if codebook.expanded {
        return expanded_sums(codebook, latent);
    }
    let mut base = BLACK;
    let mut gain = 0;
    // Transposition takes longer than anything else, so codewords that are transposed are added up before it.
    let mut residual = [0_u8; CODEWORD_BYTES];
    let mut to_transpose = [0_u8; CODEWORD_BYTES];
    let (mut start, mut peak_sum) = (0_u8, 0_u8);
    let mut indices = Indices::<false>::new(codebook.stages(), latent);
    if let Some((index, position)) = indices.next()
        && let Some(codeword) = codebook.codewords.get(position)
    {
        gain = codebook.gain(index.codeword);
        base = flipped(codeword, index.orientation(), index.negated());
        let transposed = transposed(&base);
        let kept = untransposed_mask(index);
        for (sample, transposed) in base.iter_mut().zip(transposed) {
            *sample = *sample & kept | transposed & !kept;
        }
    }
    for ((index, position), &peak) in indices.zip(codebook.peaks) {
        let Some(codeword) = codebook.codewords.get(position) else {
            continue;
        };
        peak_sum = peak_sum.wrapping_add(peak);
        start = start.wrapping_add(negation_start(index, peak));
        let codeword = flipped(codeword, index.orientation(), index.negated());
        // Added to one of the two by masks: a branch on bits of a latent is unpredictable.
        let kept = untransposed_mask(index);
        for ((sum, to_transpose), sample) in
            residual.iter_mut().zip(&mut to_transpose).zip(codeword)
        {
            *sum = sum.wrapping_add(sample & kept);
            *to_transpose = to_transpose.wrapping_add(sample & !kept);
        }
    }
    for (sum, transposed) in residual.iter_mut().zip(transposed(&to_transpose)) {
        *sum = sum.wrapping_add(transposed).wrapping_add(start);
    }
    Sums {
        base,
        residual,
        gain,
        peak_sum,
    }
}

/// [`sums`] of a codebook that is expanded, so that only negation is left to do.
#[inline(always)]
fn expanded_sums(codebook: &Codebook<'_>, latent: &AdaptiveLatent) -> Sums {
    let mut base = BLACK;
    let mut residual = [0_u8; CODEWORD_BYTES];
    let mut gain = 0;
    let (mut start, mut peak_sum) = (0_u8, 0_u8);
    let mut indices = Indices::<true>::new(codebook.stages(), latent);
    if let Some((index, position)) = indices.next()
        && let Some(codeword) = codebook.codewords.get(position)
    {
        gain = codebook.gain(index.codeword);
        base = *codeword;
    }
    for ((index, position), &peak) in indices.zip(codebook.peaks) {
        let Some(codeword) = codebook.codewords.get(position) else {
            continue;
        };
        peak_sum = peak_sum.wrapping_add(peak);
        start = start.wrapping_add(negation_start(index, peak));
        let inversion = 0_u8.wrapping_sub(index.negated() as u8);
        for (sum, sample) in residual.iter_mut().zip(codeword) {
            *sum = sum.wrapping_add(sample ^ inversion);
        }
    }
    for sum in &mut residual {
        *sum = sum.wrapping_add(start);
    }
    Sums {
        base,
        residual,
        gain,
        peak_sum,
    }
}

/// What is added to each sum for a codeword that is negated by adding its inverted bits: `peak - b` is `peak + 1 + !b` modulo
/// 256.
#[inline(always)]
const fn negation_start(index: StageIndex, peak: u8) -> u8 {
    peak.wrapping_add(1) & 0_u8.wrapping_sub(index.negated() as u8)
}

/// All bits set if the codeword is not transposed, otherwise none.
#[inline(always)]
fn untransposed_mask(index: StageIndex) -> u8 {
    u8::from(!index.transposes()).wrapping_neg()
}

/// Each of four samples twice, for the two pixels that they belong to.
#[inline(always)]
const fn doubled([a, b, c, d]: [i16; CHROMA_SIDE]) -> [i16; BLOCK_SIDE] {
    [a, a, b, b, c, c, d, d]
}
