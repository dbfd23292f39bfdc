//! How the rows of a block, added up, become pixels where registers have 32 bits: two numbers to a word, four pixels at a time.

use core::array;

use crate::format::{GAIN_SHIFTS, MAX_STAGES};
use crate::halves::{CLAMPS, LOWER, ONES, UPPER, clamped, difference, sum, with_even, with_odd};
#[cfg(feature = "dsp")]
use crate::narrow::Words;
use crate::narrow::{CHROMA_WORDS, Turned};

/// The red, green and blue of some pixels, each of two pixels to a word.
pub(crate) type Colours = [u32; 3];

/// A block in parts: its base row, the sum of its residual rows, and how that sum is scaled.
pub struct Tones {
    pub(crate) base: Turned,
    pub(crate) sums: Turned,
    pub(crate) scale: Scale,
    /// The rows that were picked: the place of each, and in the low 4 bits how it is turned.
    pub(crate) picked: [u32; MAX_STAGES],
}

/// How sums are scaled: the gain; what is added to the products of luma and of both chroma samples before they lose the bits below
/// the point, not below zero and less than a one; and what luma and chroma have too much or too little then, put together so
/// that it is added to or taken from the second chroma sample, the green and the blue. Everything but the gain is there
/// for both numbers of a word.
#[derive(Clone, Copy)]
pub(crate) struct Scale([u32; 7]);

impl Scale {
    /// How sums are scaled with a gain, if the tops of the residual stages are so much together.
    #[inline(always)]
    pub(crate) fn new(gain: u8, tops: u8) -> Self {
        let gain = u32::from(gain);
        let most = gain.wrapping_mul(u32::from(tops));
        let starts =
            GAIN_SHIFTS.map(|shift| 1_u32.wrapping_shl(shift).wrapping_sub(most) as i32 >> 1);
        // How much too much there is of each.
        let [light, first, second] =
            [0, 1, 2].map(|plane| 0_u32.wrapping_sub((starts[plane] >> GAIN_SHIFTS[plane]) as u32));
        let [first, second] = [first, second].map(|chroma| chroma.wrapping_add(128));
        let [start, start_first, start_second] = [0, 1, 2].map(|plane| {
            let below = 1_u32.wrapping_shl(GAIN_SHIFTS[plane]).wrapping_sub(1);
            (starts[plane] as u32 & below).wrapping_mul(ONES)
        });
        // Red is luma and the first chroma sample without the second: what is too much of all is taken away with the second.
        let more_second = light.wrapping_add(first).wrapping_sub(second);
        let less_green = light
            .wrapping_add(second << 1)
            .wrapping_add(more_second << 1);
        let more_blue = first
            .wrapping_add(second)
            .wrapping_add(more_second)
            .wrapping_sub(light);
        Self([
            gain,
            start,
            start_first,
            start_second,
            both(more_second),
            both(less_green),
            both(more_blue),
        ])
    }

    /// Two sums of plane `P` scaled, without what they have too much taken away. A product is at most 255 times 255, and what is
    /// added to it at most 255, so that both fit into their halves of a word.
    #[inline(always)]
    fn scaled<const P: usize>(&self, sums: u32) -> u32 {
        let [gain, ..] = self.0;
        let product = sums.wrapping_mul(gain).wrapping_add(self.0[1 + P % 3]);
        let shift = GAIN_SHIFTS[P % 3];
        (product >> shift) & ((0xFFFF >> shift) * ONES)
    }

    /// The light of four pixels, more than it is by what the colours are less: of those in columns 0 and 2, and in 1 and 3.
    #[inline(always)]
    fn light(&self, base: u32, sums: u32) -> [u32; 2] {
        let (even, odd) = (sums & LOWER, sums >> 8 & LOWER);
        [
            with_even(self.scaled::<0>(even), base),
            with_odd(self.scaled::<0>(odd), base),
        ]
    }

    /// What is added to the light of two places of 2 x 2 pixels.
    #[inline(always)]
    fn colours(&self, base: u32, sums: u32) -> Colours {
        let [.., more_second, less_green, more_blue] = self.0;
        let first = with_even(self.scaled::<1>(sums & LOWER), base);
        let second = with_odd(self.scaled::<2>(sums >> 8 & LOWER), base);
        let second = sum(second, more_second);
        [
            difference(first, second),
            difference(sum(second, second), less_green),
            difference(difference(more_blue, first), second),
        ]
    }
}

/// A number twice in a word.
#[inline(always)]
fn both(number: u32) -> u32 {
    let pair = (number & 0xFFFF).wrapping_mul(ONES);
    if CLAMPS {
        pair
    } else {
        number.wrapping_mul(ONES)
    }
}

impl Tones {
    /// A block without anything in it.
    pub(crate) const NONE: Self = Self {
        base: Turned::ZERO,
        sums: Turned::ZERO,
        scale: Scale([0; 7]),
        picked: [0; MAX_STAGES],
    };

    /// Writes the block's pixels with a function that writes all of a block at once: from its base row, the sum of its residual
    /// rows, and how that is scaled, to 8 lines, each so many bytes after the one before it. Says whether there was room for
    /// it.
    #[cfg(feature = "dsp")]
    #[inline(always)]
    pub(crate) fn write_at_once(
        &self,
        lines: &mut [u8],
        stride: usize,
        at_once: impl FnOnce(&Words, &Words, &[u32; 7], &mut [u8], usize) -> bool,
    ) -> bool {
        // The function knows how many bits are below the point.
        const { assert!(matches!(GAIN_SHIFTS, [6, 7, 8])) };
        at_once(
            &self.base.words,
            &self.sums.words,
            &self.scale.0,
            lines,
            stride,
        )
    }

    /// Writes the block's pixels to 8 lines, each `stride` bytes after the one before it, as `four` makes the words of four pixels
    /// of a line, low bytes first: from its line in the block, its first column, and the samples in columns 0 and 2 of these
    /// four and in columns 1 and 3.
    ///
    /// Lines for which there is no room are left out.
    #[inline(always)]
    pub(crate) fn write<const WORDS: usize>(
        &self,
        lines: &mut [u8],
        stride: usize,
        four: impl Fn(usize, usize, Colours, Colours) -> [u32; WORDS],
    ) {
        if WRITES_ANYWHERE {
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

    /// As [`write`](Self::write), where lines do not lie where words may. Apart, so that it can be kept out of fast memory.
    #[cold]
    #[inline(never)]
    fn write_bytes<const WORDS: usize>(
        &self,
        lines: &mut [u8],
        stride: usize,
        four: impl Fn(usize, usize, Colours, Colours) -> [u32; WORDS],
    ) {
        self.write_to::<u8, WORDS>(lines, stride, four);
    }

    /// As [`write`](Self::write), to bytes or to words.
    #[inline(always)]
    pub(crate) fn write_to<E: Element, const WORDS: usize>(
        &self,
        lines: &mut [E],
        stride: usize,
        four: impl Fn(usize, usize, Colours, Colours) -> [u32; WORDS],
    ) {
        let (base_luma, base_chroma) = self.base.planes();
        let (luma, chroma) = self.sums.planes();
        // What is added to the light of 2 x 4 pixels.
        let colours: [Colours; CHROMA_WORDS] =
            array::from_fn(|i| self.scale.colours(base_chroma[i], chroma[i]));
        // Two lines have the same colours.
        let pairs = base_luma
            .as_chunks::<4>()
            .0
            .iter()
            .zip(luma.as_chunks::<4>().0);
        let mut rest = lines;
        for (pair, (light, colours)) in pairs.zip(colours.as_chunks::<2>().0).enumerate() {
            for below in 0..2 {
                let Some(out) = E::line(rest) else {
                    return;
                };
                for (side, out) in out.iter_mut().enumerate() {
                    let at = (2 * below + side) % 4;
                    let words = [light.0[at], light.1[at]];
                    let place = (2 * pair + below, 4 * side);
                    self.scale.put(words, &colours[side], place, out, &four);
                }
                rest = rest.get_mut(stride..).unwrap_or_default();
            }
        }
    }
}

/// Whether the processor writes a word to any address with one instruction. Nothing tells a program; of the Arm processors those
/// cannot that cannot compare and swap either, but for one. All this decides is how fast pixels are written.
const WRITES_ANYWHERE: bool = cfg!(not(any(
    all(target_arch = "arm", not(target_has_atomic = "32")),
    target_arch = "riscv32",
    target_arch = "mips",
)));

/// What lines are made of: bytes, or words where these may lie.
pub(crate) trait Element: Sized {
    /// A word of a line.
    type Word: From32;

    /// The words of eight pixels at the beginning of some lines, if they have so many; four pixels are as many words as that.
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

/// A word as it lies in memory, low byte first.
pub(crate) trait From32 {
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

impl Scale {
    /// Writes four pixels of a line, given the words of their luma in the base row and in the sum, what is added to their light,
    /// and their line in the block and its column.
    #[inline(always)]
    fn put<W: From32, const WORDS: usize>(
        &self,
        [base, sums]: [u32; 2],
        colours: &Colours,
        (y, x): (usize, usize),
        out: &mut [W; WORDS],
        four: impl Fn(usize, usize, Colours, Colours) -> [u32; WORDS],
    ) {
        let [even, odd] = self.samples(base, sums, colours);
        if CLAMPS {
            *out = four(y, x, even.map(clamped), odd.map(clamped)).map(W::from_32);
            return;
        }
        // One look at all of them, since there is seldom something to clamp.
        let all = even[0] | even[1] | even[2] | odd[0] | odd[1] | odd[2];
        if all & UPPER == 0 {
            *out = four(y, x, even, odd).map(W::from_32);
        } else {
            self.put_clamped(base, sums, colours, y, x, out, four);
        }
    }

    /// As [`put`](Self::put), where something has to be clamped. Apart from it, so that only this takes the time for it, and from
    /// the beginning, so that nothing has to be kept for it.
    #[cold]
    #[inline(never)]
    #[expect(
        clippy::too_many_arguments,
        reason = "together they would be put into memory before every look"
    )]
    fn put_clamped<W: From32, const WORDS: usize>(
        &self,
        base: u32,
        sums: u32,
        colours: &Colours,
        y: usize,
        x: usize,
        out: &mut [W; WORDS],
        four: impl Fn(usize, usize, Colours, Colours) -> [u32; WORDS],
    ) {
        let samples = self.samples(base, sums, colours);
        let [even, odd] = samples.map(|samples| samples.map(clamped));
        *out = four(y, x, even, odd).map(W::from_32);
    }

    /// The samples of four pixels, not clamped: of those in columns 0 and 2, and in 1 and 3.
    #[inline(always)]
    fn samples(&self, base: u32, sums: u32, colours: &Colours) -> [Colours; 2] {
        let light = self.light(base, sums);
        light.map(|light| colours.map(|colour| sum(light, colour)))
    }
}

/// The three words of four pixels: first, second and third sample of each in turn.
#[inline(always)]
pub(crate) fn triples(
    [first_even, second_even, third_even]: Colours,
    [first_odd, second_odd, third_odd]: Colours,
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

/// The four words of four pixels: blue, green, red, zero of each in turn.
#[inline(always)]
pub(crate) fn words([r_even, g_even, b_even]: Colours, [r_odd, g_odd, b_odd]: Colours) -> [u32; 4] {
    let (bg_even, bg_odd) = (b_even | g_even << 8, b_odd | g_odd << 8);
    [
        bg_even & 0xFFFF | r_even << 16,
        bg_odd & 0xFFFF | r_odd << 16,
        bg_even >> 16 | r_even & 0xFFFF_0000,
        bg_odd >> 16 | r_odd & 0xFFFF_0000,
    ]
}

/// Four numbers of two bytes in the order of their columns, the low or the high byte of each first.
#[inline(always)]
pub(crate) fn halves(big_endian: bool, even: u32, odd: u32) -> [u32; 2] {
    if big_endian {
        let words = [odd & 0xFFFF | even << 16, odd >> 16 | even & 0xFFFF_0000];
        words.map(u32::swap_bytes)
    } else {
        [even & 0xFFFF | odd << 16, even >> 16 | odd & 0xFFFF_0000]
    }
}

#[cfg(all(test, feature = "dsp"))]
mod tests {
    use std::vec;

    use super::Tones;
    use crate::halves::{CLAMPS, ONES};
    use crate::pixel::sealed::Write;
    use crate::tests::made::{any_codebook, any_latent, largest_codebook};
    use crate::{Bgr555Le, Bgr888, Decoder, Latent, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888};
    use nice_dsp::plain;
    use proptest::prelude::*;

    /// Checks for all formats that have a function that writes all of a block at once that it writes what is written four pixels
    /// at a time.
    fn check_all(file: &[u8], latent: &Latent) {
        let decoder = Decoder::from_bytes(file).unwrap();
        let mut tones = Tones::NONE;
        decoder.codebook().unwrap().tones(latent, &mut tones);
        // The same with two numbers to a word as the instructions have them.
        let mut halves = Tones { ..tones };
        if !CLAMPS {
            for offset in &mut halves.scale.0[4..] {
                *offset = (*offset & 0xFFFF).wrapping_mul(ONES);
            }
        }
        macro_rules! check {
            ($($format:ty, $at_once:ident;)*) => {$(
                let mut expected = vec![0xAA; 8 * 40];
                <$format>::write_tones(&tones, &mut expected, 40);
                let mut found = vec![0xAA; 8 * 40];
                assert!(halves.write_at_once(&mut found, 40, plain::$at_once));
                assert_eq!(found, expected);
            )*};
        }
        check! {
            Rgb888, rgb888;
            Bgr888, bgr888;
            Xrgb8888, xrgb8888;
            Rgb565Le, rgb565_le;
            Rgb565Be, rgb565_be;
            Bgr555Le, bgr555_le;
        }
    }

    proptest! {
        #[test]
        fn blocks_written_at_once_are_those_written_by_fours(
            made in any_codebook(),
            latent in any_latent(),
        ) {
            check_all(&made.file(), &latent);
        }
    }

    #[test]
    fn blocks_with_the_largest_numbers_written_at_once_are_those_written_by_fours() {
        for base in [0, 127, 255] {
            for largest in [false, true] {
                let file = largest_codebook(base, largest).file();
                for latent in [[0; 6], [0xFF; 6], [0x0F; 6], [0x11; 6]] {
                    check_all(&file, &latent);
                }
            }
        }
    }
}
