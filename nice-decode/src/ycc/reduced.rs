//! The pixels of a block at a reduced size: the means of its luma and chroma, converted to red, green and blue.

use super::swar::{BlockWords, CHROMA_WORDS, LUMA_WORDS};
use crate::format::GAIN_SHIFTS;
use crate::output::transform::Scale;
use crate::swar::{add_even_bytes, add_odd_bytes};

/// The words of a line of luma, and of a line of chroma sites.
const LINE_WORDS: usize = 2;

/// From sums of samples to their means at a size: the gain of the sums of residual codewords, and for each plane what is added before
/// the fraction bits and the number of samples are divided off, and by how many bits that is.
#[derive(Clone, Copy)]
pub(crate) struct MeanGain {
    gain: i32,
    starts: [i32; 3],
    shifts: [u32; 3],
}

impl MeanGain {
    /// The gain of a base codeword at a size, given the sum of the peaks of the residual stages.
    #[inline(always)]
    pub(crate) fn new(gain: u8, peak_sum: u8, scale: Scale) -> Self {
        let gain = i32::from(gain);
        let peak = gain.wrapping_mul(peak_sum.into());
        // The logarithms of the numbers of samples.
        let luma = scale.shift().wrapping_mul(2);
        let chroma = luma.saturating_sub(2);
        let planes = [0, 1, 2].map(|plane| {
            let log = if plane == 0 { luma } else { chroma };
            let shift = GAIN_SHIFTS[plane];
            let start = 1_i32.wrapping_shl(shift).wrapping_sub(peak);
            (start.wrapping_shl(log) >> 1, shift.wrapping_add(log))
        });
        Self {
            gain,
            starts: planes.map(|(start, _)| start),
            shifts: planes.map(|(_, shift)| shift),
        }
    }

    /// The mean of samples in plane `PLANE`, given the sum of the samples of the base codeword and that of the residual codewords. It is
    /// rounded once, and below 2^23 before the fraction bits are dropped.
    #[inline(always)]
    fn mean<const PLANE: usize>(&self, base: u32, residual: u32) -> i32 {
        (base.wrapping_shl(GAIN_SHIFTS[PLANE % 3]) as i32)
            .wrapping_add(self.starts[PLANE % 3])
            .wrapping_add(self.gain.wrapping_mul(residual as i32))
            .wrapping_shr(self.shifts[PLANE % 3])
    }

    /// A pixel, given the sums of its luma and those of its chroma; with `only_luma`, its red, green and blue are equal to its luma.
    #[inline(never)]
    pub(crate) fn pixel(&self, base: &[u32; 3], residual: &[u32; 3], only_luma: bool) -> [u8; 3] {
        let luma = self.mean::<0>(base[0], residual[0]);
        if only_luma {
            return [luma.clamp(0, 255) as u8; 3];
        }
        let chroma1 = self.mean::<1>(base[1], residual[1]).wrapping_sub(128);
        let chroma2 = self.mean::<2>(base[2], residual[2]).wrapping_sub(128);
        [
            chroma1.wrapping_sub(chroma2),
            chroma2.wrapping_add(chroma2),
            0_i32.wrapping_sub(chroma1).wrapping_sub(chroma2),
        ]
        .map(|difference| luma.wrapping_add(difference).clamp(0, 255) as u8)
    }
}

/// Writes the pixels of a block at 1/2 or less, line after line, given its base codeword, and the sum of its residual codewords. With
/// `luma`, red, green and blue are equal to luma.
#[inline(always)]
pub(crate) fn write_pixels(
    base: &BlockWords,
    residual: &BlockWords,
    gain: &MeanGain,
    scale: Scale,
    luma: bool,
    pixels: &mut [[u8; 3]],
) {
    let both = [base, residual];
    match scale {
        Scale::Full | Scale::Half => {
            for (at, two) in pixels.as_chunks_mut::<2>().0.iter_mut().take(8).enumerate() {
                let (y, x) = (at / LINE_WORDS, at % LINE_WORDS);
                let lines = [2 * y, 2 * y + 1].map(|y| y * LINE_WORDS + x);
                let lanes = both.map(|words| {
                    let [chroma1, chroma2] = chroma_lanes(words, [LUMA_WORDS + at]);
                    [luma_lanes(words, lines), chroma1, chroma2]
                });
                let [base, residual] = lanes.map(|lanes| lanes.map(|sums| sums & 0xFFFF));
                two[0] = gain.pixel(&base, &residual, luma);
                let [base, residual] = lanes.map(|lanes| lanes.map(|sums| sums >> 16));
                two[1] = gain.pixel(&base, &residual, luma);
            }
        }
        Scale::Quarter => {
            for (at, pixel) in pixels.iter_mut().take(4).enumerate() {
                let (y, x) = (at / LINE_WORDS, at % LINE_WORDS);
                let lines = [0, 1, 2, 3].map(|line| (4 * y + line) * LINE_WORDS + x);
                let sites = [0, 1].map(|line| LUMA_WORDS + (2 * y + line) * LINE_WORDS + x);
                let [base, residual] = both.map(|words| cell_sums(words, lines, sites));
                *pixel = gain.pixel(&base, &residual, luma);
            }
        }
        Scale::Eighth => {
            if let Some(pixel) = pixels.first_mut() {
                let [base, residual] = both.map(block_sums);
                *pixel = gain.pixel(&base, &residual, luma);
            }
        }
    }
}

/// The sums of luma, chroma 1 and chroma 2 in a block.
#[inline(never)]
pub(crate) fn block_sums(words: &BlockWords) -> [u32; 3] {
    let luma = core::array::from_fn::<_, LUMA_WORDS, _>(|word| word);
    let chroma = core::array::from_fn::<_, CHROMA_WORDS, _>(|word| LUMA_WORDS + word);
    cell_sums(words, luma, chroma)
}

/// The sums of luma, chroma 1 and chroma 2 in some words.
#[inline(always)]
fn cell_sums<const LUMA: usize, const CHROMA: usize>(
    words: &BlockWords,
    luma: [usize; LUMA],
    chroma: [usize; CHROMA],
) -> [u32; 3] {
    let [chroma1, chroma2] = chroma_lanes(words, chroma);
    [luma_lanes(words, luma), chroma1, chroma2].map(both_lanes)
}

/// The sums of the first two and of the last two samples of words of luma, in two lanes.
#[inline(always)]
fn luma_lanes<const COUNT: usize>(words: &BlockWords, at: [usize; COUNT]) -> u32 {
    let at = at.into_iter();
    at.fold(0, |sum, at| {
        let word = words[at % words.len()];
        add_odd_bytes(add_even_bytes(sum, word), word)
    })
}

/// The sums of chroma 1 and of chroma 2 in words of chroma, each in two lanes: those of the first sites, and those of the second.
#[inline(always)]
fn chroma_lanes<const COUNT: usize>(words: &BlockWords, at: [usize; COUNT]) -> [u32; 2] {
    let at = at.into_iter();
    at.fold([0; 2], |[chroma1, chroma2], at| {
        let word = words[at % words.len()];
        [add_even_bytes(chroma1, word), add_odd_bytes(chroma2, word)]
    })
}

/// The sum of two lanes.
#[inline(always)]
const fn both_lanes(lanes: u32) -> u32 {
    (lanes & 0xFFFF).wrapping_add(lanes >> 16)
}
