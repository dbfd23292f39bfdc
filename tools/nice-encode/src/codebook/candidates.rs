//! The best ways to continue the partial sums of a beam search by one stage.

use nice_decode::Orientation;

use super::index::StageIndex;
use super::inner_products::LANES;

/// A way to continue a partial sum, as one number: the smaller, the better. Of candidates with equal errors, the one that is
/// offered first is better, so that the order is unique.
///
/// From the highest bit: the error (32 bits), the number of the partial sum (12), the orientation (3), the codeword (16), and
/// whether it is negated (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate(u64);

impl Candidate {
    /// The largest number of partial sums.
    const PARTIAL_SUMS: usize = 1 << 12;

    #[inline(always)]
    pub(super) fn new(error: f32, partial_sum: usize, index: StageIndex) -> Self {
        // Integers in the same order as the floats.
        let bits = error.to_bits();
        let bits = bits ^ (((bits as i32) >> 31) as u32 | 1 << 31);
        let index = u32::from(index.orientation.bits()) << 17
            | u32::from(index.codeword) << 1
            | u32::from(index.negative);
        Self(u64::from(bits) << 32 | u64::from((partial_sum as u32) << 20 | index))
    }

    /// The squared error of the continued sum.
    pub(super) fn error(self) -> f32 {
        let bits = (self.0 >> 32) as u32;
        f32::from_bits(bits ^ (((!bits as i32) >> 31) as u32 | 1 << 31))
    }

    /// The number of the partial sum that is continued.
    pub(super) const fn partial_sum(self) -> usize {
        (self.0 >> 20) as usize % Self::PARTIAL_SUMS
    }

    /// The index of the stage by which it is continued.
    pub(super) const fn index(self) -> StageIndex {
        StageIndex {
            codeword: (self.0 >> 1) as u16,
            orientation: Orientation::from_bits((self.0 >> 17) as u8),
            negative: self.0 & 1 == 1,
        }
    }
}

/// The best candidates so far, and some others that have not been dropped yet.
#[derive(Clone, Debug, Default)]
pub(super) struct BestCandidates {
    width: usize,
    /// A further candidate whose error is not below this cannot be among the best.
    limit: f32,
    /// The first `count` are candidates; what follows is scratch space.
    list: Vec<Candidate>,
    count: usize,
}

impl BestCandidates {
    /// Begins to look for the best `width` candidates. Up to `offered` are offered between two calls of
    /// [`prune_if_long`](Self::prune_if_long).
    pub(super) fn start(&mut self, width: usize, offered: usize) {
        self.width = width.clamp(1, Candidate::PARTIAL_SUMS);
        self.limit = f32::INFINITY;
        self.count = 0;
        self.list.resize(self.long() + offered + 1, Candidate(0));
    }

    /// The number of candidates at which the list is pruned.
    const fn long(&self) -> usize {
        2 * self.width + LANES
    }

    /// A further candidate whose error is not below this cannot be among the best.
    #[inline(always)]
    pub(super) const fn limit(&self) -> f32 {
        self.limit
    }

    /// Offers a candidate. It is kept if its error is below the limit, without a branch.
    #[inline(always)]
    pub(super) fn offer(&mut self, error: f32, candidate: Candidate) {
        self.list[self.count] = candidate;
        self.count += usize::from(error < self.limit);
    }

    /// Drops all but the best if the list is long.
    #[inline(always)]
    pub(super) fn prune_if_long(&mut self) {
        if self.count >= self.long() {
            self.prune();
        }
    }

    /// Drops all but the best.
    #[inline(never)]
    fn prune(&mut self) {
        if self.count > self.width {
            let kept = &mut self.list[..self.count];
            let (_, worst, _) = kept.select_nth_unstable(self.width - 1);
            self.limit = worst.error();
            self.count = self.width;
        }
    }

    /// The best candidates, the best first.
    pub(super) fn sorted(&mut self) -> &[Candidate] {
        self.prune();
        let kept = &mut self.list[..self.count];
        kept.sort_unstable();
        kept
    }
}
