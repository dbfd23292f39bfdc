//! Luma and chroma to pixels with SWAR: two samples to a word, four pixels at a time.

use core::array;

use crate::format::{CODEWORD_BYTES, GAIN_SHIFTS, LUMA_SAMPLES};
use crate::swar::{
    EVEN_BYTES, LANE_ONES, ODD_BYTES, SATURATES, add, add_even_bytes, add_odd_bytes, clamp, splat,
    sub,
};

/// The words of a block of samples: its luma, then its chroma.
pub(crate) const BLOCK_WORDS: usize = CODEWORD_BYTES / 4;

/// The words of luma.
pub(crate) const LUMA_WORDS: usize = LUMA_SAMPLES / 4;

/// The words of chroma.
pub(crate) const CHROMA_WORDS: usize = BLOCK_WORDS - LUMA_WORDS;

/// The samples of a block in the layout of a codeword, four to a word, the first in the lowest byte.
pub(crate) type BlockWords = [u32; BLOCK_WORDS];

/// Red, green and blue of two pixels, one in each 16-bit lane.
pub(crate) type RgbLanes = [u32; 3];

/// A block in luma and chroma: the base codeword, the sum of the residual codewords, and the gain of the sum.
pub struct YccBlock {
    pub(crate) base: BlockWords,
    pub(crate) residual: BlockWords,
    pub(crate) gain: SwarGain,
}

/// A gain in seven words: its factor, three starts and three offsets. All but the factor are in both lanes of a word.
///
/// The starts are added to the products of luma, chroma 1 and chroma 2 before the fraction bits are dropped. A start is only the
/// fraction of what has to be added, from zero to below one, so that no lane becomes negative. Its whole part, by which luma and
/// chroma are too large after that, is combined into the offsets, which correct chroma 2, green and blue.
#[derive(Clone, Copy)]
pub(crate) struct SwarGain(pub(crate) [u32; 7]);

impl SwarGain {
    /// The gain of a base codeword, given the sum of the peaks of the residual stages.
    #[inline(always)]
    pub(crate) fn new(gain: u8, peak_sum: u8) -> Self {
        let factor = u32::from(gain);
        let peak = factor.wrapping_mul(u32::from(peak_sum));
        let starts =
            GAIN_SHIFTS.map(|shift| 1_u32.wrapping_shl(shift).wrapping_sub(peak) as i32 >> 1);
        // By how much each plane is too large.
        let [luma, chroma1, chroma2] =
            [0, 1, 2].map(|plane| 0_u32.wrapping_sub((starts[plane] >> GAIN_SHIFTS[plane]) as u32));
        let [chroma1, chroma2] = [chroma1, chroma2].map(|chroma| chroma.wrapping_add(128));
        let [luma_start, chroma1_start, chroma2_start] = [0, 1, 2].map(|plane| {
            let below = 1_u32.wrapping_shl(GAIN_SHIFTS[plane]).wrapping_sub(1);
            (starts[plane] as u32 & below).wrapping_mul(LANE_ONES)
        });
        // Red is luma + chroma 1 - chroma 2: the amount by which it is too large is added to chroma 2.
        let chroma2_offset = luma.wrapping_add(chroma1).wrapping_sub(chroma2);
        let green_offset = luma
            .wrapping_add(chroma2 << 1)
            .wrapping_add(chroma2_offset << 1);
        let blue_offset = chroma1
            .wrapping_add(chroma2)
            .wrapping_add(chroma2_offset)
            .wrapping_sub(luma);
        Self([
            factor,
            luma_start,
            chroma1_start,
            chroma2_start,
            splat(chroma2_offset),
            splat(green_offset),
            splat(blue_offset),
        ])
    }

    /// The gain of luma alone. The first offset is that of luma; the others are not used.
    #[inline(always)]
    pub(crate) fn of_luma(gain: u8, peak_sum: u8) -> Self {
        let factor = u32::from(gain);
        let [shift, ..] = GAIN_SHIFTS;
        let peak = factor.wrapping_mul(u32::from(peak_sum));
        let start = 1_u32.wrapping_shl(shift).wrapping_sub(peak) as i32 >> 1;
        let below = 1_u32.wrapping_shl(shift).wrapping_sub(1);
        let fraction = (start as u32 & below).wrapping_mul(LANE_ONES);
        let offset = splat(0_u32.wrapping_sub((start >> shift) as u32));
        Self([factor, fraction, 0, 0, offset, 0, 0])
    }

    /// Two residuals of plane `PLANE`, not yet corrected by the offsets. A product is at most 255 * 255, and what is added to it
    /// at most 255, so each fits into its lane.
    #[inline(always)]
    fn residual<const PLANE: usize>(&self, sums: u32) -> u32 {
        let [factor, ..] = self.0;
        let product = sums
            .wrapping_mul(factor)
            .wrapping_add(self.0[1 + PLANE % 3]);
        let shift = GAIN_SHIFTS[PLANE % 3];
        (product >> shift) & ((0xFFFF >> shift) * LANE_ONES)
    }

    /// The luma of four pixels, too large by as much as the color differences are too small: that of columns 0 and 2, and that of
    /// columns 1 and 3.
    #[inline(always)]
    fn luma(&self, base: u32, sums: u32) -> [u32; 2] {
        let (even, odd) = (sums & EVEN_BYTES, sums >> 8 & EVEN_BYTES);
        [
            add_even_bytes(self.residual::<0>(even), base),
            add_odd_bytes(self.residual::<0>(odd), base),
        ]
    }

    /// What two chroma sites of 2 x 2 pixels add to luma for red, green and blue.
    #[inline(always)]
    fn color_differences(&self, base: u32, sums: u32) -> RgbLanes {
        let [.., chroma2_offset, green_offset, blue_offset] = self.0;
        let chroma1 = add_even_bytes(self.residual::<1>(sums & EVEN_BYTES), base);
        let chroma2 = add_odd_bytes(self.residual::<2>(sums >> 8 & EVEN_BYTES), base);
        let chroma2 = add(chroma2, chroma2_offset);
        [
            sub(chroma1, chroma2),
            sub(add(chroma2, chroma2), green_offset),
            sub(sub(blue_offset, chroma1), chroma2),
        ]
    }
}

impl YccBlock {
    /// A block of zeros.
    pub(crate) const ZERO: Self = Self {
        base: [0; BLOCK_WORDS],
        residual: [0; BLOCK_WORDS],
        gain: SwarGain([0; 7]),
    };

    /// The luma of a line of a block that has [the gain of luma alone](SwarGain::of_luma), for each four pixels that of columns 0 and
    /// 2 and that of columns 1 and 3.
    #[inline(always)]
    pub(crate) fn luma_line(&self, y: usize) -> [[u32; 2]; 2] {
        let [.., offset, _, _] = self.gain.0;
        [0, 1].map(|side| {
            let at = (2 * y + side) % LUMA_WORDS;
            let luma = self.gain.luma(self.base[at], self.residual[at]);
            luma.map(|luma| clamp(sub(luma, offset)))
        })
    }

    /// Writes the pixels of the block with a function of `nice_dsp::pixels`, which writes a whole block, and returns whether
    /// there was room for it.
    #[cfg(feature = "dsp")]
    #[inline(always)]
    pub(crate) fn write_whole(
        &self,
        lines: &mut [u8],
        stride: usize,
        write: impl FnOnce(&BlockWords, &BlockWords, &[u32; 7], &mut [u8], usize) -> bool,
    ) -> bool {
        // The function has these shifts built in.
        const { assert!(matches!(GAIN_SHIFTS, [6, 7, 8])) };
        write(&self.base, &self.residual, &self.gain.0, lines, stride)
    }

    /// Writes the pixels of the block to 8 lines, each `stride` bytes after the one before. `four` makes the words of four
    /// pixels, low bytes first, from their line in the block, their first column, and the samples of columns 0 and 2 and of
    /// columns 1 and 3 of the four.
    ///
    /// Lines for which there is no room are left out.
    #[inline(always)]
    pub(crate) fn write<const WORDS: usize>(
        &self,
        lines: &mut [u8],
        stride: usize,
        four: impl Fn(usize, usize, RgbLanes, RgbLanes) -> [u32; WORDS],
    ) {
        if UNALIGNED_STORES {
            return self.write_to::<u8, WORDS>(lines, stride, four);
        }
        if stride.is_multiple_of(4) {
            let whole = lines.len() / 4 * 4;
            if let Some(whole) = lines.get_mut(..whole)
                && let Ok(words) = bytemuck::try_cast_slice_mut(whole)
            {
                return self.write_to::<u32, WORDS>(words, stride / 4, four);
            }
        }
        self.write_bytes(lines, stride, four);
    }

    /// [`write`](Self::write) for lines that are not aligned. A function of its own, so that it can be kept out of fast memory.
    #[cold]
    #[inline(never)]
    fn write_bytes<const WORDS: usize>(
        &self,
        lines: &mut [u8],
        stride: usize,
        four: impl Fn(usize, usize, RgbLanes, RgbLanes) -> [u32; WORDS],
    ) {
        self.write_to::<u8, WORDS>(lines, stride, four);
    }

    /// [`write`](Self::write) to bytes or to words.
    #[inline(always)]
    pub(crate) fn write_to<E: Element, const WORDS: usize>(
        &self,
        lines: &mut [E],
        stride: usize,
        four: impl Fn(usize, usize, RgbLanes, RgbLanes) -> [u32; WORDS],
    ) {
        let (base_luma, base_chroma) = planes(&self.base);
        let (luma, chroma) = planes(&self.residual);
        // Each is for 2 x 4 pixels.
        let differences: [RgbLanes; CHROMA_WORDS] =
            array::from_fn(|i| self.gain.color_differences(base_chroma[i], chroma[i]));
        // Two lines share their color differences.
        let pairs = base_luma
            .as_chunks::<4>()
            .0
            .iter()
            .zip(luma.as_chunks::<4>().0);
        let mut rest = lines;
        for (pair, (luma, differences)) in pairs.zip(differences.as_chunks::<2>().0).enumerate() {
            for lower in 0..2 {
                let Some(out) = E::line(rest) else {
                    return;
                };
                for (side, out) in out.iter_mut().enumerate() {
                    let at = (2 * lower + side) % 4;
                    let words = [luma.0[at], luma.1[at]];
                    let position = (2 * pair + lower, 4 * side);
                    self.gain
                        .write_four(words, &differences[side], position, out, &four);
                }
                rest = rest.get_mut(stride..).unwrap_or_default();
            }
        }
    }
}

/// Whether the processor can store a word to an unaligned address with one instruction. No `cfg` tells that, but the Arm
/// processors that cannot are nearly the same as those without compare-and-swap. The pixels are the same either way; only the
/// speed differs.
const UNALIGNED_STORES: bool = cfg!(not(any(
    all(target_arch = "arm", not(target_has_atomic = "32")),
    target_arch = "riscv32",
    target_arch = "mips",
)));

/// What lines consist of: bytes, or aligned words.
pub(crate) trait Element: Sized {
    /// A word of a line.
    type Word: From32;

    /// The words of the first eight pixels, `WORDS` for each four, if there are that many.
    fn line<const WORDS: usize>(lines: &mut [Self]) -> Option<&mut [[Self::Word; WORDS]; 2]>;
}

impl Element for u8 {
    type Word = [u8; 4];

    #[inline(always)]
    fn line<const WORDS: usize>(lines: &mut [u8]) -> Option<&mut [[[u8; 4]; WORDS]; 2]> {
        let words = lines.as_chunks_mut().0;
        words.as_chunks_mut().0.first_chunk_mut()
    }
}

impl Element for u32 {
    type Word = u32;

    #[inline(always)]
    fn line<const WORDS: usize>(lines: &mut [u32]) -> Option<&mut [[u32; WORDS]; 2]> {
        lines.as_chunks_mut().0.first_chunk_mut()
    }
}

/// A word in memory, low byte first.
pub(crate) trait From32 {
    /// Converts a word.
    fn from_32(word: u32) -> Self;
}

impl From32 for [u8; 4] {
    #[inline(always)]
    fn from_32(word: u32) -> Self {
        word.to_le_bytes()
    }
}

impl From32 for u32 {
    #[inline(always)]
    fn from_32(word: u32) -> Self {
        word.to_le()
    }
}

impl SwarGain {
    /// Writes four pixels of a line, given the words of their luma in the base and in the residual, their color differences, and
    /// their line in the block and first column.
    #[inline(always)]
    fn write_four<W: From32, const WORDS: usize>(
        &self,
        [base, sums]: [u32; 2],
        differences: &RgbLanes,
        (y, x): (usize, usize),
        out: &mut [W; WORDS],
        four: impl Fn(usize, usize, RgbLanes, RgbLanes) -> [u32; WORDS],
    ) {
        let [even, odd] = self.samples(base, sums, differences);
        if SATURATES {
            *out = four(y, x, even.map(clamp), odd.map(clamp)).map(W::from_32);
            return;
        }
        // One test for all of them, since samples seldom have to be clamped.
        let all = even[0] | even[1] | even[2] | odd[0] | odd[1] | odd[2];
        if all & ODD_BYTES == 0 {
            *out = four(y, x, even, odd).map(W::from_32);
        } else {
            self.write_four_clamped(base, sums, differences, y, x, out, four);
        }
    }

    /// [`write_four`](Self::write_four) where samples have to be clamped. A function of its own that computes them again, so that
    /// the common case neither clamps nor keeps anything for it.
    #[cold]
    #[inline(never)]
    #[expect(
        clippy::too_many_arguments,
        reason = "a structure would be written to memory before every test"
    )]
    fn write_four_clamped<W: From32, const WORDS: usize>(
        &self,
        base: u32,
        sums: u32,
        differences: &RgbLanes,
        y: usize,
        x: usize,
        out: &mut [W; WORDS],
        four: impl Fn(usize, usize, RgbLanes, RgbLanes) -> [u32; WORDS],
    ) {
        let samples = self.samples(base, sums, differences);
        let [even, odd] = samples.map(|samples| samples.map(clamp));
        *out = four(y, x, even, odd).map(W::from_32);
    }

    /// The samples of four pixels, not clamped: of columns 0 and 2, and of columns 1 and 3.
    #[inline(always)]
    fn samples(&self, base: u32, sums: u32, differences: &RgbLanes) -> [RgbLanes; 2] {
        let luma = self.luma(base, sums);
        luma.map(|luma| differences.map(|difference| add(luma, difference)))
    }
}

/// The three words of four pixels with three bytes each.
#[inline(always)]
pub(crate) fn pack_3_bytes(
    [first_even, second_even, third_even]: RgbLanes,
    [first_odd, second_odd, third_odd]: RgbLanes,
) -> [u32; 3] {
    let start = first_even | second_even << 8;
    let middle = third_even | first_odd << 8;
    let end = second_odd | third_odd << 8;
    [
        start & 0xFFFF | middle << 16,
        end & 0xFFFF | start & 0xFFFF_0000,
        middle >> 16 | end & 0xFFFF_0000,
    ]
}

/// The four words of four pixels with four bytes each: blue, green, red, zero.
#[inline(always)]
pub(crate) fn pack_4_bytes(
    [r_even, g_even, b_even]: RgbLanes,
    [r_odd, g_odd, b_odd]: RgbLanes,
) -> [u32; 4] {
    let (bg_even, bg_odd) = (b_even | g_even << 8, b_odd | g_odd << 8);
    [
        bg_even & 0xFFFF | r_even << 16,
        bg_odd & 0xFFFF | r_odd << 16,
        bg_even >> 16 | r_even & 0xFFFF_0000,
        bg_odd >> 16 | r_odd & 0xFFFF_0000,
    ]
}

/// The two words of four pixels with two bytes each, low or high byte first.
#[inline(always)]
pub(crate) fn pack_2_bytes(big_endian: bool, even: u32, odd: u32) -> [u32; 2] {
    if big_endian {
        let words = [odd & 0xFFFF | even << 16, odd >> 16 | even & 0xFFFF_0000];
        words.map(u32::swap_bytes)
    } else {
        [even & 0xFFFF | odd << 16, even >> 16 | odd & 0xFFFF_0000]
    }
}

/// The words of luma, and those of chroma.
#[inline(always)]
fn planes(words: &BlockWords) -> (&[u32; LUMA_WORDS], &[u32; CHROMA_WORDS]) {
    let (luma, chroma) = words.split_at(LUMA_WORDS);
    match (luma.first_chunk(), chroma.first_chunk()) {
        (Some(luma), Some(chroma)) => (luma, chroma),
        _ => (&[0; LUMA_WORDS], &[0; CHROMA_WORDS]),
    }
}
