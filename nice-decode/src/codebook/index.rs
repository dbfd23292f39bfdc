//! The index that each stage of a codebook takes from a latent.

use super::tables::Stages;
use crate::block::Orientation;
use crate::format::Stage;
use crate::latent::{AdaptiveLatent, WORDS};

/// What the index of a stage selects: a codeword, its orientation, and whether it is negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StageIndex {
    /// The number of the codeword in its stage.
    pub(super) codeword: usize,
    /// Bit 0 negates the codeword; bits 1 to 3 are its orientation.
    flags: u32,
}

impl StageIndex {
    /// 1 if the codeword is negated, otherwise 0.
    #[inline(always)]
    pub(super) const fn negated(self) -> u32 {
        self.flags & 1
    }

    /// The orientation of the codeword.
    #[inline(always)]
    pub(super) const fn orientation(self) -> Orientation {
        Orientation::from_bits((self.flags >> 1) as u8)
    }

    /// Whether the orientation transposes. Testing the bit here, not by way of [`orientation`](Self::orientation), lets the
    /// compiler vectorize masks better.
    #[inline(always)]
    pub(super) const fn transposes(self) -> bool {
        self.flags & 8 != 0
    }

    /// Packs the position of the codeword among all codewords, its orientation, and whether it is negated, into one word;
    /// `before` codewords belong to the stages before.
    #[inline(always)]
    pub(super) const fn packed(self, before: u32) -> PackedIndex {
        PackedIndex(before.wrapping_add(self.codeword as u32) << 4 | self.flags)
    }
}

/// The position of a codeword among all codewords, its orientation, and whether it is negated, in one word.
#[derive(Clone, Copy)]
pub(super) struct PackedIndex(u32);

impl PackedIndex {
    /// The first codeword as it is.
    pub(super) const ZERO: Self = Self(0);

    /// The first codeword with these orientation bits.
    #[cfg(test)]
    pub(super) const fn oriented(orientation_bits: u32) -> Self {
        Self(orientation_bits << 1)
    }

    /// The position of the codeword among all codewords.
    #[inline(always)]
    pub(super) const fn position(self) -> usize {
        (self.0 >> 4) as usize
    }

    /// The orientation in the lowest three bits; the higher bits have to be ignored.
    #[inline(always)]
    pub(super) const fn orientation_bits(self) -> u32 {
        self.0 >> 1
    }

    /// The same codeword with its orientation followed by another, which is also given with its flips exchanged.
    #[inline(always)]
    pub(super) const fn turned(self, next: Orientation, exchanged: Orientation) -> Self {
        // The orientation is in bits 1 to 3; see `Orientation::then`.
        let next = if self.0 & 0b1000 == 0 {
            next
        } else {
            exchanged
        };
        Self(self.0 ^ (next.bits() as u32) << 1)
    }

    /// What the codeword is multiplied by: -1 if it is negated, otherwise 1.
    #[inline(always)]
    pub(super) const fn factor(self) -> u32 {
        1_u32.wrapping_sub((self.0 & 1) << 1)
    }
}

/// Takes the index of a stage from the low end of the rest of a latent.
#[inline(always)]
pub(super) fn take(stage: Stage, rest: &mut [u32; WORDS], base: bool) -> StageIndex {
    // A stage has 1 to 16 bits, so that no shift is by more than 31.
    let bits = u32::from(stage.bits) % 32;
    let [low, middle, high] = *rest;
    let index = low & !(u32::MAX << bits);
    *rest = [
        low >> bits | (middle << 1) << (31 - bits),
        middle >> bits | (high << 1) << (31 - bits),
        high >> bits,
    ];
    // A base codeword is never negated. With a zero as its negation bit, all stages are alike.
    let index = if base { index << 1 } else { index };
    let flags = u32::from(stage.orientation_bits) % 4 + 1;
    StageIndex {
        codeword: (index >> flags) as usize,
        flags: index & !(u32::MAX << flags),
    }
}

/// The number of codewords of a checked stage.
#[inline(always)]
pub(super) fn codewords(stage: Stage, base: bool) -> usize {
    let indices = 1_u32 << (u32::from(stage.bits) % 32);
    let flags = u32::from(stage.orientation_bits) % 4 + u32::from(!base);
    (indices >> flags) as usize
}

/// Takes the index of a stage, and locates its codeword among all codewords, of which `before` belong to the stages before. If
/// tables are `EXPANDED`, all orientations of a codeword follow each other, and only the negation is left to do.
#[inline(always)]
pub(super) fn locate<const EXPANDED: bool>(
    stage: Stage,
    rest: &mut [u32; WORDS],
    base: bool,
    before: usize,
) -> (StageIndex, usize) {
    let mut index = take(stage, rest, base);
    let mut position = index.codeword;
    if EXPANDED {
        position = position << (stage.orientation_bits % 4) | (index.flags >> 1) as usize;
        index.flags &= 1;
    }
    (index, position.wrapping_add(before))
}

/// The number of stored codewords of a stage, in tables that are `EXPANDED` or not.
#[inline(always)]
pub(super) fn stored<const EXPANDED: bool>(stage: Stage, base: bool) -> usize {
    codewords(stage, base)
        << if EXPANDED {
            stage.orientation_bits % 4
        } else {
            0
        }
}

/// The indices of a latent, the base first, each with the position of its codeword among all codewords. There are as many as
/// the latent has bits for.
pub(super) struct Indices<'a, const EXPANDED: bool> {
    stages: Stages<'a>,
    /// The rest of the latent.
    rest: [u32; WORDS],
    /// The number of bits in it.
    left: u32,
    /// Whether no index has been taken yet.
    base: bool,
    /// How many codewords belong to the stages before.
    before: usize,
}

impl<'a, const EXPANDED: bool> Indices<'a, EXPANDED> {
    /// The indices that stages take from a latent.
    #[inline(always)]
    pub(super) fn new(stages: Stages<'a>, latent: &AdaptiveLatent) -> Self {
        let (rest, left) = latent.into_words();
        Self {
            stages,
            rest,
            left,
            base: true,
            before: 0,
        }
    }
}

impl<const EXPANDED: bool> Iterator for Indices<'_, EXPANDED> {
    type Item = (StageIndex, usize);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let stage = self.stages.next()?;
        self.left = self.left.checked_sub(stage.bits.into())?;
        let base = core::mem::replace(&mut self.base, false);
        let located = locate::<EXPANDED>(stage, &mut self.rest, base, self.before);
        self.before = self.before.wrapping_add(stored::<EXPANDED>(stage, base));
        Some(located)
    }
}
