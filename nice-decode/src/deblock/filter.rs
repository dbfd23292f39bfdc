//! The filter that is applied across an edge between two blocks, in integers.
//!
//! Blocks are coded independently, so there is a step between two of them that is not in the original. As in the deblocking
//! filters of video codecs (List et al., "Adaptive deblocking filter", 2003), the samples on both sides of the edge are moved
//! towards each other, the less, the more activity there is beside the edge. The step is what the gradients on both sides do not
//! explain, and how much of it is removed was fitted by least squares.
//!
//! There are two variants: one for a single position along the edge, and one for many at once, which the compiler vectorizes.

use crate::error::{ModelError, ModelField, ModelTable};
use crate::format::{DEBLOCK_SHIFT, DeblockTables, MAX_STRENGTH, MAX_THRESHOLDS};

/// The samples that the filter changes on each side of an edge.
pub(crate) const REACH: usize = 1;

/// The samples on each side of an edge on which it depends.
pub(crate) const TAPS: usize = 2;

/// A deblocking filter whose tables have been checked.
#[derive(Clone, Copy)]
pub(crate) struct DeblockFilter<'a> {
    thresholds: &'a [u8],
    /// One more than there are thresholds.
    strengths: &'a [u8],
    limit: i16,
}

impl<'a> DeblockFilter<'a> {
    /// Checks everything that filtering relies on.
    pub(crate) fn new(tables: &DeblockTables<'a>) -> Result<Self, ModelError> {
        let DeblockTables {
            thresholds,
            strengths,
            limit,
        } = *tables;
        ModelField::DeblockThresholds.check(thresholds.len(), 0..=MAX_THRESHOLDS)?;
        let pairs = thresholds.iter().zip(thresholds.iter().skip(1));
        for (index, (&before, &found)) in pairs.enumerate() {
            if found <= before {
                return Err(ModelError::TableValue {
                    table: ModelTable::DeblockThresholds,
                    index: index + 1,
                    found: found.into(),
                    min: i32::from(before) + 1,
                    max: u8::MAX.into(),
                });
            }
        }
        ModelTable::DeblockStrengths.items::<1>(strengths, thresholds.len() + 1)?;
        let values = strengths.iter().map(|&strength| strength.into());
        ModelTable::DeblockStrengths.check(values, 0..=MAX_STRENGTH.into())?;
        Ok(Self {
            thresholds,
            strengths,
            limit: limit.into(),
        })
    }

    /// A step, not above the limit in magnitude. (`clamp` could panic, as far as the compiler knows.)
    #[inline(always)]
    fn limited(&self, step: i16) -> i16 {
        step.max(0_i16.wrapping_sub(self.limit)).min(self.limit)
    }

    /// Corrects the two samples beside an edge, `near`, given also the samples beyond them, `far`.
    #[inline(always)]
    pub(crate) fn filter(&self, far: [u8; 2], near: [u8; 2]) -> [u8; 2] {
        let step = self.limited(step(far, near));
        if step == 0 {
            return near;
        }
        let activity = activity(far, near);
        let class = self
            .thresholds
            .iter()
            .filter(|&&threshold| activity >= threshold.into())
            .count();
        let strength = self.strengths.get(class).copied().unwrap_or_default();
        corrected(near, step, strength.into())
    }

    /// [`filter`](Self::filter) for several positions along an edge at once. The first of each two arrays is before the edge.
    #[inline(always)]
    pub(crate) fn filter_many<const N: usize>(&self, far: [&[u8; N]; 2], near: [&mut [u8; N]; 2]) {
        let [near_before, near_after] = near;
        let at = |i: usize, [before, after]: [&[u8; N]; 2]| [before[i], after[i]];
        let (mut steps, mut activities) = ([0_i16; N], [0_u16; N]);
        for i in 0..N {
            let (far, near) = (at(i, far), [near_before[i], near_after[i]]);
            steps[i] = self.limited(step(far, near));
            activities[i] = activity(far, near);
        }
        let mut before = self.strengths.first().copied().unwrap_or_default();
        let mut strengths = [i16::from(before); N];
        for (&threshold, &strength) in self.thresholds.iter().zip(self.strengths.iter().skip(1)) {
            let change = i16::from(strength).wrapping_sub(before.into());
            for (strength, &activity) in strengths.iter_mut().zip(&activities) {
                let reached = 0_i16.wrapping_sub((activity >= threshold.into()).into());
                *strength = strength.wrapping_add(change & reached);
            }
            before = strength;
        }
        for i in 0..N {
            [near_before[i], near_after[i]] =
                corrected([near_before[i], near_after[i]], steps[i], strengths[i]);
        }
    }
}

/// Twice the step at an edge that the gradients beside it do not explain: at most 1,020 in magnitude.
#[inline(always)]
fn step(far: [u8; 2], near: [u8; 2]) -> i16 {
    let across = |[before, after]: [u8; 2]| i16::from(after).wrapping_sub(before.into());
    across(near).wrapping_mul(3).wrapping_sub(across(far))
}

/// The activity beside an edge: the sum of the differences between the two samples on each side.
#[inline(always)]
fn activity(far: [u8; 2], near: [u8; 2]) -> u16 {
    let [before, after] = [0, 1].map(|side| u16::from(far[side].abs_diff(near[side])));
    before.wrapping_add(after)
}

/// The two samples beside an edge, moved towards each other. The product is at most 255 * 127 in magnitude.
#[inline(always)]
fn corrected([before, after]: [u8; 2], step: i16, strength: i16) -> [u8; 2] {
    let half = 1 << (DEBLOCK_SHIFT - 1);
    let change = step.wrapping_mul(strength).wrapping_add(half) >> DEBLOCK_SHIFT;
    [
        i16::from(before).wrapping_add(change).clamp(0, 255) as u8,
        i16::from(after).wrapping_sub(change).clamp(0, 255) as u8,
    ]
}
