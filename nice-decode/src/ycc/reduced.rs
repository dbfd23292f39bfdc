//! The pixels of a block at a reduced size: the means of its luma and chroma, converted to red, green and blue.

use super::swar::{BlockWords, LUMA_WORDS};
use crate::format::GAIN_SHIFTS;
use crate::output::transform::Scale;
use crate::swar::{add_even_bytes, add_odd_bytes};

/// The words of a line of luma, and of a line of chroma sites.
const LINE_WORDS: usize = 2;

/// The pixels of a block at a reduced size, line after line: at most 4 x 4.
pub(crate) type ReducedPixels = [[u8; 3]; 16];

/// What the sums of residual codewords are multiplied by, and the sum of the peaks of these.
#[derive(Clone, Copy)]
pub(crate) struct MeanGain {
    gain: i32,
    peak_sum: i32,
}

/// The sum of some samples of the base codeword, and of the same samples of the sum of the residual codewords.
#[derive(Clone, Copy)]
struct Sums {
    base: u32,
    residual: u32,
}

impl MeanGain {
    /// The gain of a base codeword, given the sum of the peaks of the residual stages.
    #[inline(always)]
    pub(crate) fn new(gain: u8, peak_sum: u8) -> Self {
        Self {
            gain: gain.into(),
            peak_sum: peak_sum.into(),
        }
    }

    /// The mean of `2^log` samples in plane `PLANE`, given their sums. It is rounded once, and below 2^23 before the fraction bits
    /// are dropped.
    #[inline(always)]
    fn mean<const PLANE: usize>(self, sums: Sums, log: u32) -> i32 {
        let shift = GAIN_SHIFTS[PLANE % 3];
        let peak = self.gain.wrapping_mul(self.peak_sum);
        let start = 1_i32.wrapping_shl(shift).wrapping_sub(peak).wrapping_shl(log) >> 1;
        (sums.base.wrapping_shl(shift) as i32)
            .wrapping_add(self.gain.wrapping_mul(sums.residual as i32))
            .wrapping_add(start)
            .wrapping_shr(shift.wrapping_add(log))
    }

    /// A pixel at a size, given the sums of its luma and those of its chroma.
    #[inline(always)]
    pub(crate) fn pixel(self, base: [u32; 3], residual: [u32; 3], scale: Scale) -> [u8; 3] {
        let sums = [0, 1, 2].map(|plane| Sums {
            base: base[plane],
            residual: residual[plane],
        });
        let log = scale.shift().wrapping_mul(2);
        let luma = self.mean::<0>(sums[0], log);
        let log = log.saturating_sub(2);
        let chroma1 = self.mean::<1>(sums[1], log).wrapping_sub(128);
        let chroma2 = self.mean::<2>(sums[2], log).wrapping_sub(128);
        [
            chroma1.wrapping_sub(chroma2),
            chroma2.wrapping_add(chroma2),
            0_i32.wrapping_sub(chroma1).wrapping_sub(chroma2),
        ]
        .map(|difference| luma.wrapping_add(difference).clamp(0, 255) as u8)
    }
}

/// The pixels of a block at a reduced size, given its base codeword, and the sum of its residual codewords; with the full size there
/// are none.
#[inline(always)]
pub(crate) fn pixels(
    base: &BlockWords,
    residual: &BlockWords,
    gain: MeanGain,
    scale: Scale,
) -> ReducedPixels {
    let [base, residual] = [block_sums(base, scale), block_sums(residual, scale)];
    let mut pixels = [[0; 3]; 16];
    let count = 1_usize.wrapping_shl(scale.side_shift().wrapping_mul(2));
    let sums = base.iter().zip(&residual);
    for (pixel, (&base, &residual)) in pixels.iter_mut().take(count).zip(sums) {
        let [base, residual] = [base, residual].map(|sums| sums.map(u32::from));
        *pixel = gain.pixel(base, residual, scale);
    }
    pixels
}

/// The sums of luma, chroma 1 and chroma 2 in the pixels of a block at a reduced size.
#[inline(never)]
fn block_sums(words: &BlockWords, scale: Scale) -> [[u16; 3]; 16] {
    let mut sums = [[0; 3]; 16];
    match scale {
        Scale::Full => {}
        Scale::Half => {
            for (at, two) in sums.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let (y, x) = (at / LINE_WORDS, at % LINE_WORDS);
                let luma = [2 * y, 2 * y + 1].map(|y| y * LINE_WORDS + x);
                let luma = luma_lanes(words, luma);
                let [chroma1, chroma2] = chroma_lanes(words, [LUMA_WORDS + at]);
                *two = [0, 16].map(|lane| [luma, chroma1, chroma2].map(|sum| (sum >> lane) as u16));
            }
        }
        Scale::Quarter => {
            for (at, sums) in sums.iter_mut().take(4).enumerate() {
                let (y, x) = (at / LINE_WORDS, at % LINE_WORDS);
                let luma = [0, 1, 2, 3].map(|line| (4 * y + line) * LINE_WORDS + x);
                let chroma = [0, 1].map(|line| LUMA_WORDS + (2 * y + line) * LINE_WORDS + x);
                *sums = cell_sums(words, luma, chroma);
            }
        }
        Scale::Eighth => {
            let luma = core::array::from_fn::<_, LUMA_WORDS, _>(|word| word);
            let chroma = core::array::from_fn::<_, 8, _>(|word| LUMA_WORDS + word);
            sums[0] = cell_sums(words, luma, chroma);
        }
    }
    sums
}

/// The sums of luma, chroma 1 and chroma 2 in some words.
#[inline(always)]
fn cell_sums<const LUMA: usize, const CHROMA: usize>(
    words: &BlockWords,
    luma: [usize; LUMA],
    chroma: [usize; CHROMA],
) -> [u16; 3] {
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
        [
            add_even_bytes(chroma1, word),
            add_odd_bytes(chroma2, word),
        ]
    })
}

/// The sum of two lanes.
#[inline(always)]
const fn both_lanes(lanes: u32) -> u16 {
    (lanes as u16).wrapping_add((lanes >> 16) as u16)
}
