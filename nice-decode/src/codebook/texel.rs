//! Decoding a single pixel with a codebook: three bytes of each codeword.

use super::index::{Indices, StageIndex, locate, stored};
use super::tables::{Codebook, Codeword};
use crate::block::{BLOCK_SIDE, Orientation};
use crate::format::{CHROMA_SAMPLES, LUMA_SAMPLES, Stage};
use crate::latent::AdaptiveLatent;
use crate::output::transform::Scale;
use crate::swar::{self, add_even_bytes, add_odd_bytes};
use crate::ycc::reduced::MeanGain;
use crate::ycc::scalar::Gain;

/// The red, green and blue of the pixel in column `x` and line `y` of a block, both modulo 8.
#[inline(always)]
pub(crate) fn texel(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    x: usize,
    y: usize,
) -> [u8; 3] {
    let at = y % BLOCK_SIDE * BLOCK_SIDE + x % BLOCK_SIDE;
    let texel = if codebook.expanded && !swar::PREFERRED {
        texel_at::<true>(codebook, latent, at)
    } else {
        texel_at::<false>(codebook, latent, at)
    };
    // No codeword is missing: the tables have been checked.
    texel.unwrap_or_default()
}

/// [`texel`], given the index of the pixel's luma, with tables that are `EXPANDED` or not.
#[inline(always)]
fn texel_at<const EXPANDED: bool>(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    at: usize,
) -> Option<[u8; 3]> {
    let (mut rest, left) = latent.into_words();
    let (&stage, stages) = codebook.stages.split_first()?;
    let stage = Stage::from_bytes(stage);
    let mut left = left.checked_sub(stage.bits.into())?;
    let (index, position) = locate::<EXPANDED>(stage, &mut rest, true, 0);
    let gain = codebook.gain(index.codeword);
    let base = samples(codebook.codewords.get(position)?, index, at);
    let mut before = stored::<EXPANDED>(stage, true);
    let (mut sums, mut start, mut peak_sum) = (0_u32, 0_u32, 0_u8);
    for (&stage, &peak) in stages.iter().zip(codebook.peaks) {
        let stage = Stage::from_bytes(stage);
        let Some(rest_bits) = left.checked_sub(stage.bits.into()) else {
            break;
        };
        left = rest_bits;
        peak_sum = peak_sum.wrapping_add(peak);
        let (index, position) = locate::<EXPANDED>(stage, &mut rest, false, before);
        before = before.wrapping_add(stored::<EXPANDED>(stage, false));
        let samples = samples(codebook.codewords.get(position)?, index, at);
        // A negated codeword is subtracted from the peak.
        start = u32::from(peak)
            .wrapping_mul(index.negated())
            .wrapping_add(start);
        sums = samples
            .wrapping_mul(1_u32.wrapping_sub(index.negated() << 1))
            .wrapping_add(sums);
    }
    let sums = start.wrapping_mul(0x0001_0101).wrapping_add(sums);
    let [base_luma, base_chroma @ .., _] = base.to_le_bytes();
    let [sum_luma, sum_chroma @ .., _] = sums.to_le_bytes();
    let gain = Gain::new(gain, peak_sum);
    let luma = gain.luma(base_luma, sum_luma);
    let differences = gain.color_differences(base_chroma, sum_chroma);
    Some(differences.map(|difference| luma.wrapping_add(difference).clamp(0, 255) as u8))
}

/// The red, green and blue of the pixel in column and line `at` of a block at a reduced size. It takes the samples of each codeword of
/// which the pixel is the mean.
#[inline(never)]
pub(crate) fn texel_reduced(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    at: [usize; 2],
    scale: Scale,
) -> [u8; 3] {
    let texel = if codebook.expanded && !swar::PREFERRED {
        reduced_at::<true>(codebook, latent, at, scale)
    } else {
        reduced_at::<false>(codebook, latent, at, scale)
    };
    // No codeword is missing; without any, the block is black.
    texel.unwrap_or_default()
}

/// [`texel_reduced`] with tables that are `EXPANDED` or not.
#[inline(always)]
fn reduced_at<const EXPANDED: bool>(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    at: [usize; 2],
    scale: Scale,
) -> Option<[u8; 3]> {
    let mut indices = Indices::<EXPANDED>::new(codebook.stages(), latent);
    let (index, position) = indices.next()?;
    let gain = codebook.gain(index.codeword);
    let base = sums(codebook.codewords.get(position)?, index, at, scale);
    let (mut residual, mut peak_sum) = ([0_u32; 3], 0_u8);
    // The logarithms of the numbers of samples.
    let luma = scale.shift().wrapping_mul(2);
    let logs = [luma, luma.saturating_sub(2), luma.saturating_sub(2)];
    for ((index, position), &peak) in indices.zip(codebook.peaks) {
        peak_sum = peak_sum.wrapping_add(peak);
        let sums = sums(codebook.codewords.get(position)?, index, at, scale);
        // A negated codeword is subtracted from the peak.
        let factor = 1_u32.wrapping_sub(index.negated() << 1);
        let peak = u32::from(peak).wrapping_mul(index.negated());
        for ((residual, sum), log) in residual.iter_mut().zip(sums).zip(logs) {
            let added = sum.wrapping_mul(factor);
            *residual = peak
                .wrapping_shl(log)
                .wrapping_add(added)
                .wrapping_add(*residual);
        }
    }
    let gain = MeanGain::new(gain, peak_sum, scale);
    Some(gain.pixel(&base, &residual, false))
}

/// The sums of luma, chroma 1 and chroma 2 of an oriented codeword in a pixel of reduced size.
#[inline(always)]
fn sums(codeword: &Codeword, index: StageIndex, at: [usize; 2], scale: Scale) -> [u32; 3] {
    let side = 1_usize.wrapping_shl(scale.side_shift());
    let [x, y] = index.orientation().source(at, side);
    let (words, _) = codeword.as_chunks::<4>();
    let word = |at: usize| u32::from_le_bytes(words[at % words.len()]);
    let (mut luma, mut chroma1, mut chroma2) = (0_u32, 0_u32, 0_u32);
    let mut add_luma = |word: u32| luma = add_odd_bytes(add_even_bytes(luma, word), word);
    let mut add_chroma = |word: u32| {
        chroma1 = add_even_bytes(chroma1, word);
        chroma2 = add_odd_bytes(chroma2, word);
    };
    match scale {
        Scale::Full | Scale::Half => {
            // A half of a word in each of two lines, and one site.
            let (at, shift) = (4 * y + x / 2, 16 * (x % 2) as u32);
            let half = |at: usize| word(at) >> shift & 0xFFFF;
            add_luma(half(at));
            add_luma(half(at + 2));
            add_chroma(half(LUMA_SAMPLES / 4 + 2 * y + x / 2));
        }
        Scale::Quarter => {
            // A word in each of four lines, and one in each of two lines of sites.
            for line in 0..4 {
                add_luma(word((4 * y + line) * 2 + x));
            }
            for line in 0..2 {
                add_chroma(word(LUMA_SAMPLES / 4 + (2 * y + line) * 2 + x));
            }
        }
        Scale::Eighth => {
            let (luma, chroma) = words.split_at(LUMA_SAMPLES / 4);
            luma.iter()
                .for_each(|word| add_luma(u32::from_le_bytes(*word)));
            chroma
                .iter()
                .for_each(|word| add_chroma(u32::from_le_bytes(*word)));
        }
    }
    [luma, chroma1, chroma2].map(|lanes| (lanes & 0xFFFF).wrapping_add(lanes >> 16))
}

/// The samples of a pixel of an oriented codeword in the bytes of a word: luma in the lowest, then chroma 1 and chroma 2.
#[inline(always)]
fn samples(codeword: &Codeword, index: StageIndex, at: usize) -> u32 {
    let orientation = usize::from(index.orientation().bits());
    let [luma, site] = SOURCES[orientation % 8][at % LUMA_SAMPLES];
    let chroma = LUMA_SAMPLES + usize::from(site) % CHROMA_SAMPLES * 2;
    let luma = codeword[usize::from(luma) % LUMA_SAMPLES];
    let chroma = u16::from_le_bytes([codeword[chroma], codeword[chroma + 1]]);
    u32::from(luma) | u32::from(chroma) << 8
}

/// For each orientation and each pixel of a block: the index of its luma sample in the codeword, and of its chroma site.
static SOURCES: [[[u8; 2]; LUMA_SAMPLES]; 8] = {
    let mut sources = [[[0; 2]; LUMA_SAMPLES]; 8];
    let mut i = 0;
    while i < 8 * LUMA_SAMPLES {
        let (orientation, at) = (i / LUMA_SAMPLES, i % LUMA_SAMPLES);
        let [x, y] = Orientation::from_bits(orientation as u8)
            .source([at % BLOCK_SIDE, at / BLOCK_SIDE], BLOCK_SIDE);
        let site = y / 2 * (BLOCK_SIDE / 2) + x / 2;
        sources[orientation][at] = [(y * BLOCK_SIDE + x) as u8, site as u8];
        i += 1;
    }
    sources
};
