//! Decoding with a codebook with SWAR: four samples to a word.
//!
//! Words of residual codewords are added as they are. No sum is above 255, and a negated codeword is subtracted after the
//! peak of its stage has been added. On the way a byte may borrow from the next one; in the end every byte is right, since a
//! word is the sum of its bytes times powers of 256.

use super::index::{PackedIndex, codewords, take};
use super::tables::{Codebook, Codeword};
use crate::block::{BLOCK_SIDE, Orientation};
use crate::format::{CHROMA_SAMPLES, MAX_STAGES, Stage};
use crate::latent::AdaptiveLatent;
use crate::output::transform::{Scale, Transform};
use crate::swar::{BYTE_ONES, EVEN_BYTES, ODD_BYTES, add_even_bytes, add_odd_bytes};
use crate::ycc::reduced::{self, MeanGain};
use crate::ycc::swar::{BLOCK_WORDS, BlockWords, LUMA_WORDS, SwarGain, YccBlock};

/// The words of a line of luma, and of a line of chroma sites.
const LINE_WORDS: usize = 2;

/// A block that is being decoded, and the indices of its codewords. The block is at the start, so that one pointer serves both.
#[repr(C)]
pub(crate) struct Workspace {
    /// The block.
    pub(crate) block: YccBlock,
    indices: [PackedIndex; MAX_STAGES],
}

impl Workspace {
    /// A block of zeros.
    pub(crate) const NEW: Self = Self {
        block: YccBlock::ZERO,
        indices: [PackedIndex::ZERO; MAX_STAGES],
    };

    /// Turns the codewords of the first `count` indices.
    #[inline(always)]
    fn turn(&mut self, count: usize, orientation: Orientation) {
        let exchanged = orientation.flips_exchanged_if(true);
        for index in self.indices.iter_mut().take(count) {
            *index = index.turned(orientation, exchanged);
        }
    }
}

/// [`decode`], which ignores the orientation, or [`decode_turned`].
pub(crate) type Decode = fn(&Codebook<'_>, &AdaptiveLatent, &mut Workspace, Orientation);

/// What decodes blocks in an orientation, or only their luma.
#[inline(always)]
pub(crate) fn decode_in<const LUMA: bool>(orientation: Orientation) -> Decode {
    if orientation == Orientation::IDENTITY {
        decode::<LUMA>
    } else {
        decode_turned::<LUMA>
    }
}

/// Decodes a block to luma and chroma. Not inlined, so that it has a stack frame of its own and is compiled only once for all
/// pixel formats. It does not turn the block; the last argument is that of [`decode_turned`]. With `LUMA`, only luma is decoded,
/// for pixel formats that show nothing else.
#[inline(never)]
pub(crate) fn decode<const LUMA: bool>(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    work: &mut Workspace,
    _: Orientation,
) {
    let taken = take_indices(codebook, latent, work);
    let (gain, peak_sum) = add_up::<LUMA>(codebook, &taken, work);
    work.block.gain = if LUMA {
        SwarGain::of_luma(gain, peak_sum)
    } else {
        SwarGain::new(gain, peak_sum)
    };
}

/// [`decode`] in an orientation, at the cost of a few instructions for each stage.
#[inline(never)]
pub(crate) fn decode_turned<const LUMA: bool>(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    work: &mut Workspace,
    orientation: Orientation,
) {
    let taken = take_indices(codebook, latent, work);
    work.turn(taken.count, orientation);
    let (gain, peak_sum) = add_up::<LUMA>(codebook, &taken, work);
    work.block.gain = if LUMA {
        SwarGain::of_luma(gain, peak_sum)
    } else {
        SwarGain::new(gain, peak_sum)
    };
}

/// Decodes the pixels of a block at a reduced size and in an orientation, line after line. With `luma`, red, green and blue are equal to
/// luma.
#[inline(never)]
pub(crate) fn decode_reduced(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    work: &mut Workspace,
    transform: Transform,
    luma: bool,
    pixels: &mut [[u8; 3]],
) {
    let Transform { scale, orientation } = transform;
    let taken = take_indices(codebook, latent, work);
    work.turn(taken.count, orientation);
    let (gain, peak_sum) = add_up::<false>(codebook, &taken, work);
    let Workspace { block, .. } = work;
    let gain = MeanGain::new(gain, peak_sum, scale);
    reduced::write_pixels(&block.base, &block.residual, &gain, scale, luma, pixels);
}

/// Decodes the mean of a block, which is its pixel at 1/8: codewords are summed up as they are, since orientation does not change a sum.
/// With `luma`, red, green and blue are equal to luma.
#[inline(never)]
pub(crate) fn decode_mean(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    work: &mut Workspace,
    luma: bool,
    pixels: &mut [[u8; 3]],
) {
    let taken = take_indices(codebook, latent, work);
    let Workspace { block, indices } = work;
    let indices = indices.get(..taken.count).unwrap_or_default();
    let Some(pixel) = pixels.first_mut() else {
        return;
    };
    let Some((&base, residuals)) = indices.split_first() else {
        *pixel = [0; 3];
        return;
    };
    let table = CodewordTable::new(codebook.codewords);
    let base_sums = table.sums(base, &mut block.base);
    // The samples of luma and of chroma.
    let start = taken.start.wrapping_mul(CHROMA_SAMPLES as u32);
    let mut sums = [start << 2, start, start];
    for &index in residuals {
        let added = table.sums(index, &mut block.base);
        for (sum, added) in sums.iter_mut().zip(added) {
            *sum = added.wrapping_mul(index.factor()).wrapping_add(*sum);
        }
    }
    let gain = codebook.gain(base.position());
    *pixel = MeanGain::new(gain, taken.peak_sum, Scale::Eighth).pixel(&base_sums, &sums, luma);
}

/// Adds up the codewords whose indices have been taken, and returns the gain and the sum of the peaks.
#[inline(always)]
fn add_up<const LUMA: bool>(
    codebook: &Codebook<'_>,
    taken: &Taken,
    work: &mut Workspace,
) -> (u8, u8) {
    let Workspace { block, indices } = work;
    let indices = indices.get(..taken.count).unwrap_or_default();
    let Some((&base, residuals)) = indices.split_first() else {
        // Black; in chroma, 128 stands for 0.
        let (luma, chroma) = block.base.split_at_mut(LUMA_WORDS);
        luma.fill(0);
        chroma.fill(0x8080_8080);
        block.residual = [0; BLOCK_WORDS];
        return (0, 0);
    };
    let table = CodewordTable::new(codebook.codewords);
    let gain = codebook.gain(base.position());
    put::<LUMA>(&mut block.base, table, base, Operation::Copy);
    let Some((&first, others)) = residuals.split_first() else {
        block.residual = [0; BLOCK_WORDS];
        return (gain, taken.peak_sum);
    };
    let multiply = Operation::Multiply {
        factor: first.factor(),
        start: taken.start,
    };
    put::<LUMA>(&mut block.residual, table, first, multiply);
    for &other in others {
        let multiply_add = Operation::MultiplyAdd {
            factor: other.factor(),
        };
        put::<LUMA>(&mut block.residual, table, other, multiply_add);
    }
    (gain, taken.peak_sum)
}

/// What is known of a block when its indices have been taken.
struct Taken {
    /// The number of stages.
    count: usize,
    /// The sum of the peaks of those stages whose codewords are negated: a negated codeword is subtracted from the peak.
    start: u32,
    /// The sum of the peaks of all of these stages.
    peak_sum: u8,
}

/// Takes the indices of as many stages as a latent has bits for.
#[inline(never)]
fn take_indices(codebook: &Codebook<'_>, latent: &AdaptiveLatent, work: &mut Workspace) -> Taken {
    let (mut rest, left) = latent.into_words();
    let mut taken = Taken {
        count: 0,
        start: 0,
        peak_sum: 0,
    };
    let Some((&stage, stages)) = codebook.stages.split_first() else {
        return taken;
    };
    let [base, residuals @ ..] = &mut work.indices;
    let stage = Stage::from_bytes(stage);
    let Some(mut left) = left.checked_sub(stage.bits.into()) else {
        return taken;
    };
    *base = take(stage, &mut rest, true).packed(0);
    taken.count = 1;
    let mut before = codewords(stage, true) as u32;
    for ((packed, &stage), &peak) in residuals.iter_mut().zip(stages).zip(codebook.peaks) {
        let stage = Stage::from_bytes(stage);
        let Some(rest_bits) = left.checked_sub(stage.bits.into()) else {
            break;
        };
        left = rest_bits;
        taken.count = taken.count.wrapping_add(1);
        taken.peak_sum = taken.peak_sum.wrapping_add(peak);
        let index = take(stage, &mut rest, false);
        *packed = index.packed(before);
        before = before.wrapping_add(codewords(stage, false) as u32);
        taken.start = u32::from(peak)
            .wrapping_mul(index.negated())
            .wrapping_add(taken.start);
    }
    taken
}

/// The codewords, read a word at a time if they are aligned.
#[derive(Clone, Copy)]
struct CodewordTable<'a> {
    bytes: &'a [Codeword],
    /// The same as words, if they are aligned.
    words: Option<&'a [BlockWords]>,
}

impl<'a> CodewordTable<'a> {
    /// The codewords at any address.
    #[inline(always)]
    fn new(bytes: &'a [Codeword]) -> Self {
        let words = if cfg!(target_endian = "little") {
            bytemuck::try_cast_slice(bytes).ok()
        } else {
            None
        };
        Self { bytes, words }
    }

    /// The sums of luma, chroma 1 and chroma 2 in the codeword of an index, which is copied to `copy` first if it is not aligned.
    #[inline(always)]
    fn sums(&self, index: PackedIndex, copy: &mut BlockWords) -> [u32; 3] {
        let codeword = match self.words {
            Some(words) => words.get(index.position()),
            None => {
                let codeword = self.bytes.get(index.position());
                let words = codeword.map_or(&[][..], |codeword| codeword.as_chunks().0);
                for (word, bytes) in copy.iter_mut().zip(words) {
                    *word = u32::from_le_bytes(*bytes);
                }
                Some(&*copy)
            }
        };
        codeword.map_or([0; 3], reduced::block_sums)
    }
}

/// What is done with an oriented codeword.
#[derive(Clone, Copy)]
enum Operation {
    /// It replaces the samples.
    Copy,
    /// It is multiplied by a factor, and replaces the samples; `start` is added to each of them.
    Multiply { factor: u32, start: u32 },
    /// It is multiplied by a factor, and added to the samples.
    MultiplyAdd { factor: u32 },
}

/// Applies an operation to the codeword of an index.
#[inline(always)]
fn put<const LUMA: bool>(
    to: &mut BlockWords,
    table: CodewordTable<'_>,
    index: PackedIndex,
    operation: Operation,
) {
    match table.words {
        Some(words) => {
            if let Some(codeword) = words.get(index.position()) {
                put_codeword::<LUMA>(to, codeword, index, operation);
            }
        }
        None => put_unaligned::<LUMA>(to, table.bytes, index, operation),
    }
}

/// [`put`] with codewords that are not aligned: the codeword is copied first.
#[cold]
#[inline(never)]
fn put_unaligned<const LUMA: bool>(
    to: &mut BlockWords,
    codewords: &[Codeword],
    index: PackedIndex,
    operation: Operation,
) {
    if let Some(codeword) = codewords.get(index.position()) {
        let mut copy = [0; BLOCK_WORDS];
        for (word, bytes) in copy.iter_mut().zip(codeword.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        put_codeword::<LUMA>(to, &copy, index, operation);
    }
}

/// Applies an operation to a codeword in the orientation of its index. The operations take the whole index, since extracting
/// the orientation costs nothing where it is used.
#[inline(always)]
fn put_codeword<const LUMA: bool>(
    to: &mut BlockWords,
    codeword: &BlockWords,
    index: PackedIndex,
    operation: Operation,
) {
    match operation {
        Operation::Copy => copy::<LUMA>(to, codeword, index),
        Operation::Multiply { factor, start } => {
            multiply::<LUMA>(to, codeword, index, factor, start);
        }
        Operation::MultiplyAdd { factor } => multiply_add::<LUMA>(to, codeword, index, factor),
    }
}

/// [`Operation::Copy`].
#[inline(never)]
fn copy<const LUMA: bool>(to: &mut BlockWords, codeword: &BlockWords, index: PackedIndex) {
    let orientation = index.orientation_bits();
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::orient::copy(to, codeword, orientation);
    }
    combine::<LUMA>(to, codeword, orientation, |_, word| word);
}

/// [`Operation::Multiply`].
#[inline(never)]
fn multiply<const LUMA: bool>(
    to: &mut BlockWords,
    codeword: &BlockWords,
    index: PackedIndex,
    factor: u32,
    start: u32,
) {
    let orientation = index.orientation_bits();
    let start = start.wrapping_mul(BYTE_ONES);
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::orient::multiply(to, codeword, orientation, factor, start);
    }
    combine::<LUMA>(to, codeword, orientation, |_, word| {
        word.wrapping_mul(factor).wrapping_add(start)
    });
}

/// [`Operation::MultiplyAdd`].
#[inline(never)]
fn multiply_add<const LUMA: bool>(
    to: &mut BlockWords,
    codeword: &BlockWords,
    index: PackedIndex,
    factor: u32,
) {
    let orientation = index.orientation_bits();
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::orient::multiply_add(to, codeword, orientation, factor);
    }
    combine::<LUMA>(to, codeword, orientation, |sum, word| {
        word.wrapping_mul(factor).wrapping_add(sum)
    });
}

/// Replaces each word, or only those of luma, by what `operation` makes of it and of the word at the same position of the oriented codeword.
#[inline(always)]
fn combine<const LUMA: bool>(
    to: &mut BlockWords,
    codeword: &BlockWords,
    orientation: u32,
    operation: impl Fn(u32, u32) -> u32,
) {
    match orientation & 7 {
        0 => combine_oriented::<false, false, false, LUMA>(to, codeword, operation),
        1 => combine_oriented::<true, false, false, LUMA>(to, codeword, operation),
        2 => combine_oriented::<false, true, false, LUMA>(to, codeword, operation),
        3 => combine_oriented::<true, true, false, LUMA>(to, codeword, operation),
        4 => combine_oriented::<false, false, true, LUMA>(to, codeword, operation),
        5 => combine_oriented::<true, false, true, LUMA>(to, codeword, operation),
        6 => combine_oriented::<false, true, true, LUMA>(to, codeword, operation),
        _ => combine_oriented::<true, true, true, LUMA>(to, codeword, operation),
    }
}

/// [`combine`] for one orientation.
#[inline(always)]
fn combine_oriented<
    const VERTICAL: bool,
    const HORIZONTAL: bool,
    const TRANSPOSE: bool,
    const LUMA: bool,
>(
    to: &mut BlockWords,
    codeword: &BlockWords,
    operation: impl Fn(u32, u32) -> u32,
) {
    let (luma, chroma) = codeword.split_at(LUMA_WORDS);
    let (to_luma, to_chroma) = to.split_at_mut(LUMA_WORDS);
    if TRANSPOSE {
        // The quarter that becomes the one at `down` and `right`.
        let from = |down: usize, right: usize| {
            (
                right ^ usize::from(VERTICAL),
                down ^ usize::from(HORIZONTAL),
            )
        };
        for down in 0..2 {
            let both = [0, 1].map(|right| {
                let (from_down, from_right) = from(down, right);
                let lines = [0, 1, 2, 3].map(|line| {
                    let line = if VERTICAL { 3 - line } else { line };
                    luma[(4 * from_down + line) * LINE_WORDS + from_right]
                });
                columns(lines)
            });
            let to = &mut to_luma[8 * down..][..8];
            for (y, two) in to.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let x = if HORIZONTAL { 3 - y } else { y };
                *two = [0, 1].map(|right| operation(two[right], both[right][x]));
            }
        }
        if LUMA {
            return;
        }
        for down in 0..2 {
            let both = [0, 1].map(|right| {
                let (from_down, from_right) = from(down, right);
                let lines = [0, 1].map(|line| {
                    let line = if VERTICAL { 1 - line } else { line };
                    chroma[(2 * from_down + line) * LINE_WORDS + from_right]
                });
                site_columns(lines)
            });
            let to = &mut to_chroma[4 * down..][..4];
            for (y, two) in to.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let x = if HORIZONTAL { 1 - y } else { y };
                *two = [0, 1].map(|right| operation(two[right], both[right][x]));
            }
        }
    } else {
        let lines = to_luma.as_chunks_mut::<LINE_WORDS>().0.iter_mut();
        for (y, to) in lines.enumerate() {
            let from = if VERTICAL { BLOCK_SIDE - 1 - y } else { y };
            let mut line = [luma[from * LINE_WORDS], luma[from * LINE_WORDS + 1]];
            if HORIZONTAL {
                line = [line[1].swap_bytes(), line[0].swap_bytes()];
            }
            *to = [operation(to[0], line[0]), operation(to[1], line[1])];
        }
        if LUMA {
            return;
        }
        let lines = to_chroma.as_chunks_mut::<LINE_WORDS>().0.iter_mut();
        for (y, to) in lines.enumerate() {
            let from = if VERTICAL { BLOCK_SIDE / 2 - 1 - y } else { y };
            let mut line = [chroma[from * LINE_WORDS], chroma[from * LINE_WORDS + 1]];
            if HORIZONTAL {
                line = [line[1].rotate_left(16), line[0].rotate_left(16)];
            }
            *to = [operation(to[0], line[0]), operation(to[1], line[1])];
        }
    }
}

/// The columns of four lines of four samples.
#[inline(always)]
fn columns([a, b, c, d]: [u32; 4]) -> [u32; 4] {
    let [ac_left, ac_right] = site_columns([a, c]);
    let [bd_left, bd_right] = site_columns([b, d]);
    [
        add_even_bytes((bd_left & EVEN_BYTES) << 8, ac_left),
        add_odd_bytes(bd_left & ODD_BYTES, ac_left),
        add_even_bytes((bd_right & EVEN_BYTES) << 8, ac_right),
        add_odd_bytes(bd_right & ODD_BYTES, ac_right),
    ]
}

/// The columns of two lines of two chroma sites.
#[inline(always)]
const fn site_columns([a, b]: [u32; 2]) -> [u32; 2] {
    [a & 0xFFFF | b << 16, a >> 16 | b & 0xFFFF_0000]
}

#[cfg(test)]
mod tests {
    use super::{BlockWords, PackedIndex, copy, multiply, multiply_add};
    use crate::block::Orientation;
    use proptest::prelude::*;

    /// A codeword whose samples are the sources of an orientation, as bytes.
    fn oriented(codeword: &BlockWords, orientation: Orientation) -> BlockWords {
        let bytes: [u8; 96] = bytemuck::cast(codeword.map(u32::to_le));
        let mut oriented = [0; 96];
        for (i, to) in oriented.iter_mut().enumerate() {
            *to = if i < 64 {
                let [x, y] = orientation.source([i % 8, i / 8], 8);
                bytes[8 * y + x]
            } else {
                let (site, plane) = ((i - 64) / 2, i % 2);
                let [x, y] = orientation.source([site % 4, site / 4], 4);
                bytes[64 + 2 * (4 * y + x) + plane]
            };
        }
        bytemuck::cast::<_, BlockWords>(oriented).map(u32::from_le)
    }

    proptest! {
        #[test]
        fn oriented_codewords_are_copied_multiplied_and_added(
            before in any::<BlockWords>(),
            codeword in any::<BlockWords>(),
            bits in 0..16_u32,
            negated in any::<bool>(),
            start in 0..256_u32,
        ) {
            let expected = oriented(&codeword, Orientation::from_bits(bits as u8));
            let factor = if negated { u32::MAX } else { 1 };

            let mut found = before;
            let index = PackedIndex::oriented(bits);
            copy::<false>(&mut found, &codeword, index);
            prop_assert_eq!(found, expected);

            multiply::<false>(&mut found, &codeword, index, factor, start);
            let with_start = |word: u32| word.wrapping_mul(factor).wrapping_add(start * 0x0101_0101);
            prop_assert_eq!(found, expected.map(with_start));

            found = before;
            multiply_add::<false>(&mut found, &codeword, index, factor);
            for ((found, before), word) in found.iter().zip(before).zip(expected) {
                prop_assert_eq!(*found, word.wrapping_mul(factor).wrapping_add(before));
            }
        }

        #[cfg(feature = "dsp")]
        #[test]
        fn operations_are_those_of_nice_dsp(
            before in any::<BlockWords>(),
            codeword in any::<BlockWords>(),
            bits in 0..16_u32,
            negated in any::<bool>(),
            start in 0..256_u32,
        ) {
            use nice_dsp::orient::portable;

            let factor = if negated { u32::MAX } else { 1 };
            let index = PackedIndex::oriented(bits);
            let (mut found, mut expected) = (before, before);
            multiply_add::<false>(&mut found, &codeword, index, factor);
            portable::multiply_add(&mut expected, &codeword, bits, factor);
            prop_assert_eq!(found, expected);

            multiply::<false>(&mut found, &codeword, index, factor, start);
            portable::multiply(&mut expected, &codeword, bits, factor, start * 0x0101_0101);
            prop_assert_eq!(found, expected);

            copy::<false>(&mut found, &codeword, index);
            portable::copy(&mut expected, &codeword, bits);
            prop_assert_eq!(found, expected);
        }
    }
}
