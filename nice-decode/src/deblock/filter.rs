//! The filter that is applied across an edge between two blocks, in integers.
//!
//! Blocks are coded independently, so there is a step between two of them that is not in the original. Every 8 samples across
//! the edge, 4 on each side, are corrected by a linear map that was fitted by least squares. As in the deblocking filters of
//! video codecs, one of a few maps is chosen by the step at the edge and the activity next to it (List et al., "Adaptive
//! deblocking filter", 2003).

use crate::error::{ModelError, ModelField, ModelTable};
use crate::format::{DEBLOCK_MAP_BYTES, DeblockTables, MAX_DEBLOCK_SHIFT, MAX_THRESHOLDS};

/// The samples that are filtered on each side of an edge.
pub(crate) const REACH: usize = 4;

/// A deblocking filter whose tables have been checked.
#[derive(Clone, Copy)]
pub(crate) struct DeblockFilter<'a> {
    steps: &'a [u8],
    activities: &'a [u8],
    maps: &'a [[u8; DEBLOCK_MAP_BYTES]],
    shift: u8,
}

impl<'a> DeblockFilter<'a> {
    /// Checks everything that filtering relies on.
    pub(crate) fn new(tables: &DeblockTables<'a>) -> Result<Self, ModelError> {
        let DeblockTables {
            steps,
            activities,
            shift,
            maps,
        } = *tables;
        check_thresholds(
            ModelField::StepThresholds,
            ModelTable::StepThresholds,
            steps,
        )?;
        check_thresholds(
            ModelField::ActivityThresholds,
            ModelTable::ActivityThresholds,
            activities,
        )?;
        ModelField::DeblockShift.check(shift.into(), 1..=MAX_DEBLOCK_SHIFT.into())?;
        let classes = (steps.len() + 1) * (activities.len() + 1);
        Ok(Self {
            steps,
            activities,
            maps: ModelTable::DeblockMaps.items(maps, classes)?,
            shift,
        })
    }

    /// Corrects 8 samples across an edge, which is in their middle.
    #[inline(always)]
    pub(crate) fn filter(&self, samples: [u8; 2 * REACH]) -> [u8; 2 * REACH] {
        // By name, since indexing with a variable would need a bounds check.
        let [a, b, c, d, e, f, g, h] = samples;
        let step = d.abs_diff(e);
        let activity = [(a, b), (b, c), (c, d), (e, f), (f, g), (g, h)]
            .iter()
            .fold(0, |sum: u16, (one, other)| {
                sum.wrapping_add(u16::from(one.abs_diff(*other)))
            });
        let step = self.steps.iter().filter(|&&from| step >= from).count();
        let active = self
            .activities
            .iter()
            .filter(|&&from| activity >= u16::from(from))
            .count();
        let class = step
            .wrapping_mul(self.activities.len().wrapping_add(1))
            .wrapping_add(active);
        let Some(map) = self.maps.get(class) else {
            return samples;
        };
        let rows = map.as_chunks::<{ 2 * REACH }>().0;
        let shift = u32::from(self.shift);
        // 8 products of at most 128 * 255 in magnitude sum to at most 261,120.
        let correct = |sample: u8, row: &[u8; 2 * REACH], reversed: bool| {
            let mut sum = 1_i32.wrapping_shl(shift.wrapping_sub(1));
            for i in 0..2 * REACH {
                let other = samples[if reversed { 2 * REACH - 1 - i } else { i }];
                sum = sum.wrapping_add(i32::from(row[i] as i8).wrapping_mul(i32::from(other)));
            }
            i32::from(sample)
                .wrapping_add(sum.wrapping_shr(shift))
                .clamp(0, 255) as u8
        };
        let mut filtered = samples;
        for (i, row) in rows.iter().enumerate().take(REACH) {
            let across = 2 * REACH - 1 - i;
            filtered[i] = correct(samples[i], row, false);
            filtered[across] = correct(samples[across], row, true);
        }
        filtered
    }
}

/// Checks that there are not too many thresholds, and that each is above the one before. Not inlined, since it is called twice
/// and its speed does not matter.
#[inline(never)]
fn check_thresholds(
    field: ModelField,
    table: ModelTable,
    thresholds: &[u8],
) -> Result<(), ModelError> {
    field.check(thresholds.len(), 0..=MAX_THRESHOLDS)?;
    let pairs = thresholds.iter().zip(thresholds.iter().skip(1));
    for (index, (&before, &found)) in pairs.enumerate() {
        if found <= before {
            return Err(ModelError::TableValue {
                table,
                index: index + 1,
                found: found.into(),
                min: i32::from(before) + 1,
                max: u8::MAX.into(),
            });
        }
    }
    Ok(())
}
