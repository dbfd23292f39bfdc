//! How the rows of a codebook are added up where registers have 32 bits: four samples to a word.
//!
//! No sum of residual rows is above 255, and what is negated is taken away, with its stage's top added before. On the way a
//! byte may borrow from the next one; in the end, as if words were sums of bytes times powers of 256, every byte is right.

use crate::block::BLOCK;
use crate::codebook::Row;
use crate::format::{LUMA_SAMPLES, ROW_BYTES};
use crate::halves::{LOWER, UPPER, with_even, with_odd};

/// The words of a line of luma, and of a line of places with two chroma samples each.
const LINE: usize = 2;

/// The words of a row: of its luma, then of its chroma.
const WORDS: usize = ROW_BYTES / 4;

/// The words of the luma of a row.
pub(crate) const LUMA_WORDS: usize = LUMA_SAMPLES / 4;

/// The words of its chroma.
pub(crate) const CHROMA_WORDS: usize = WORDS - LUMA_WORDS;

/// A row as words, the first byte of each in its low bits.
pub(crate) type Words = [u32; WORDS];

/// Every byte of a word one.
const EACH: u32 = 0x0101_0101;

/// Rows, read a word at a time.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    bytes: &'a [Row],
    /// The same, if they lie where words may.
    words: Option<&'a [Words]>,
}

impl<'a> Rows<'a> {
    /// Rows that lie anywhere.
    #[inline(always)]
    pub(crate) fn new(bytes: &'a [Row]) -> Self {
        let words = if cfg!(target_endian = "little") {
            bytemuck::try_cast_slice(bytes).ok()
        } else {
            None
        };
        Self { bytes, words }
    }
}

/// What becomes of a row that has been turned.
#[derive(Clone, Copy)]
pub(crate) enum Put {
    /// It takes the place of what was there.
    Copy,
    /// It takes the place of what was there, multiplied, and with a number added to each sample.
    Set { factor: u32, start: u32 },
    /// It is added, multiplied.
    Add { factor: u32 },
}

/// A row turned, or a sum of turned rows.
#[derive(Clone, Copy)]
pub(crate) struct Turned {
    pub(crate) words: Words,
}

impl Turned {
    /// A sum of nothing.
    pub(crate) const ZERO: Self = Self { words: [0; WORDS] };

    /// The words of luma, and those of chroma.
    #[inline(always)]
    pub(crate) fn planes(&self) -> (&[u32; LUMA_WORDS], &[u32; CHROMA_WORDS]) {
        let (luma, chroma) = self.words.split_at(LUMA_WORDS);
        match (luma.first_chunk(), chroma.first_chunk()) {
            (Some(luma), Some(chroma)) => (luma, chroma),
            _ => (&[0; LUMA_WORDS], &[0; CHROMA_WORDS]),
        }
    }

    /// Puts a row here, turned: bit 1 of `turns` turns it upside down, bit 2 left to right, and bit 3 transposes it after that.
    #[inline(always)]
    pub(crate) fn put(&mut self, rows: Rows<'_>, index: usize, turns: u32, put: Put) {
        match rows.words {
            Some(words) => {
                if let Some(row) = words.get(index) {
                    self.put_row(row, turns, put);
                }
            }
            None => self.put_copied(rows.bytes, index, turns, put),
        }
    }

    /// As [`put`](Self::put), of a row that is copied byte by byte first.
    #[cold]
    #[inline(never)]
    fn put_copied(&mut self, rows: &[Row], index: usize, turns: u32, put: Put) {
        if let Some(row) = rows.get(index) {
            let mut copy = [0; WORDS];
            for (word, bytes) in copy.iter_mut().zip(row.as_chunks().0) {
                *word = u32::from_le_bytes(*bytes);
            }
            self.put_row(&copy, turns, put);
        }
    }

    /// As [`put`](Self::put), of a row.
    #[inline(always)]
    fn put_row(&mut self, row: &Words, turns: u32, put: Put) {
        match put {
            Put::Copy => self.copy(row, turns),
            Put::Set { factor, start } => self.set(row, turns, factor, start),
            Put::Add { factor } => self.add(row, turns, factor),
        }
    }

    /// [`Put::Copy`].
    #[inline(never)]
    fn copy(&mut self, row: &Words, turns: u32) {
        #[cfg(feature = "dsp")]
        if nice_dsp::AVAILABLE {
            return nice_dsp::turns::copy(&mut self.words, row, turns >> 1);
        }
        self.turn(row, turns, |_, word| word);
    }

    /// [`Put::Set`].
    #[inline(never)]
    fn set(&mut self, row: &Words, turns: u32, factor: u32, start: u32) {
        let start = start.wrapping_mul(EACH);
        #[cfg(feature = "dsp")]
        if nice_dsp::AVAILABLE {
            return nice_dsp::turns::set(&mut self.words, row, turns >> 1, factor, start);
        }
        self.turn(row, turns, |_, word| {
            word.wrapping_mul(factor).wrapping_add(start)
        });
    }

    /// [`Put::Add`].
    #[inline(never)]
    fn add(&mut self, row: &Words, turns: u32, factor: u32) {
        #[cfg(feature = "dsp")]
        if nice_dsp::AVAILABLE {
            return nice_dsp::turns::add(&mut self.words, row, turns >> 1, factor);
        }
        self.turn(row, turns, |sum, word| {
            word.wrapping_mul(factor).wrapping_add(sum)
        });
    }

    /// Makes something of every word and of the word that stands in its place in a row turned.
    #[inline(always)]
    fn turn(&mut self, row: &Words, turns: u32, made: impl Fn(u32, u32) -> u32) {
        match turns >> 1 & 7 {
            0 => self.turned::<false, false, false>(row, made),
            1 => self.turned::<true, false, false>(row, made),
            2 => self.turned::<false, true, false>(row, made),
            3 => self.turned::<true, true, false>(row, made),
            4 => self.turned::<false, false, true>(row, made),
            5 => self.turned::<true, false, true>(row, made),
            6 => self.turned::<false, true, true>(row, made),
            _ => self.turned::<true, true, true>(row, made),
        }
    }

    /// As [`turn`](Self::turn), for one way to turn.
    #[inline(always)]
    fn turned<const UPSIDE_DOWN: bool, const MIRRORED: bool, const TRANSPOSED: bool>(
        &mut self,
        row: &Words,
        made: impl Fn(u32, u32) -> u32,
    ) {
        let (luma, chroma) = row.split_at(LUMA_WORDS);
        let (to_luma, to_chroma) = self.words.split_at_mut(LUMA_WORDS);
        if TRANSPOSED {
            // Where the first line of a quarter is that becomes another one, and its left or right half.
            let from = |down: usize, right: usize| {
                (
                    right ^ usize::from(UPSIDE_DOWN),
                    down ^ usize::from(MIRRORED),
                )
            };
            for down in 0..2 {
                let both = [0, 1].map(|right| {
                    let (from_down, from_right) = from(down, right);
                    let lines = [0, 1, 2, 3].map(|line| {
                        let line = if UPSIDE_DOWN { 3 - line } else { line };
                        luma[(4 * from_down + line) * LINE + from_right]
                    });
                    columns(lines)
                });
                let to = &mut to_luma[8 * down..][..8];
                for (y, two) in to.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                    let x = if MIRRORED { 3 - y } else { y };
                    *two = [0, 1].map(|right| made(two[right], both[right][x]));
                }
            }
            for down in 0..2 {
                let both = [0, 1].map(|right| {
                    let (from_down, from_right) = from(down, right);
                    let lines = [0, 1].map(|line| {
                        let line = if UPSIDE_DOWN { 1 - line } else { line };
                        chroma[(2 * from_down + line) * LINE + from_right]
                    });
                    columns_of_places(lines)
                });
                let to = &mut to_chroma[4 * down..][..4];
                for (y, two) in to.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                    let x = if MIRRORED { 1 - y } else { y };
                    *two = [0, 1].map(|right| made(two[right], both[right][x]));
                }
            }
        } else {
            let lines = to_luma.as_chunks_mut::<LINE>().0.iter_mut();
            for (y, to) in lines.enumerate() {
                let from = if UPSIDE_DOWN { BLOCK - 1 - y } else { y };
                let mut line = [luma[from * LINE], luma[from * LINE + 1]];
                if MIRRORED {
                    line = [line[1].swap_bytes(), line[0].swap_bytes()];
                }
                *to = [made(to[0], line[0]), made(to[1], line[1])];
            }
            let lines = to_chroma.as_chunks_mut::<LINE>().0.iter_mut();
            for (y, to) in lines.enumerate() {
                let from = if UPSIDE_DOWN { BLOCK / 2 - 1 - y } else { y };
                let mut line = [chroma[from * LINE], chroma[from * LINE + 1]];
                if MIRRORED {
                    line = [line[1].rotate_left(16), line[0].rotate_left(16)];
                }
                *to = [made(to[0], line[0]), made(to[1], line[1])];
            }
        }
    }
}

/// The columns of four lines of four samples.
#[inline(always)]
fn columns([a, b, c, d]: [u32; 4]) -> [u32; 4] {
    let [ac_left, ac_right] = columns_of_places([a, c]);
    let [bd_left, bd_right] = columns_of_places([b, d]);
    [
        with_even((bd_left & LOWER) << 8, ac_left),
        with_odd(bd_left & UPPER, ac_left),
        with_even((bd_right & LOWER) << 8, ac_right),
        with_odd(bd_right & UPPER, ac_right),
    ]
}

/// The columns of two lines of two places with two samples each.
#[inline(always)]
const fn columns_of_places([a, b]: [u32; 2]) -> [u32; 2] {
    [a & 0xFFFF | b << 16, a >> 16 | b & 0xFFFF_0000]
}

#[cfg(all(test, feature = "dsp"))]
mod tests {
    use super::{EACH, Turned, WORDS};
    use nice_dsp::plain;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_turned_and_added_up_as_nice_dsp_says(
            words in any::<[u32; WORDS]>(),
            row in any::<[u32; WORDS]>(),
            turns in 0..16_u32,
            negated in any::<bool>(),
            start in 0..256_u32,
        ) {
            let factor = if negated { u32::MAX } else { 1 };
            let (mut found, mut expected) = (Turned { words }, words);
            found.add(&row, turns, factor);
            plain::add(&mut expected, &row, turns >> 1, factor);
            prop_assert_eq!(found.words, expected);

            found.set(&row, turns, factor, start);
            plain::set(&mut expected, &row, turns >> 1, factor, start * EACH);
            prop_assert_eq!(found.words, expected);

            found.copy(&row, turns);
            plain::copy(&mut expected, &row, turns >> 1);
            prop_assert_eq!(found.words, expected);
        }
    }
}
