//! The filter of the borders between blocks, in integers.
//!
//! Blocks are coded alone, so where two meet there is a step that is not in the picture. Every 8 samples in a row
//! across a border, 4 on each side, are corrected by a linear map that was fitted by least squares; which one of a few
//! is decided by the step and by how much goes on beside it, as in the deblocking filters of video codecs (List et
//! al., "Adaptive deblocking filter", 2003).

use crate::format::{Boundary, MAP_BYTES, MAX_MAP_SHIFT, MAX_THRESHOLDS};
use crate::{CodebookTable, ModelError, Thresholds};

/// Samples that a border changes on each of its sides.
pub(crate) const REACH: usize = 4;

/// A filter whose tables have been checked.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    steps: &'a [u8],
    activities: &'a [u8],
    maps: &'a [[u8; MAP_BYTES]],
    shift: u8,
}

impl<'a> Checked<'a> {
    /// Checks everything that filtering relies on.
    pub(crate) fn new(boundary: &Boundary<'a>) -> Result<Self, ModelError> {
        let Boundary {
            steps,
            activities,
            shift,
            maps,
        } = *boundary;
        for (which, thresholds) in [
            (Thresholds::Steps, steps),
            (Thresholds::Activities, activities),
        ] {
            if thresholds.len() > MAX_THRESHOLDS || !thresholds.is_sorted_by(|a, b| a < b) {
                return Err(ModelError::Thresholds {
                    which,
                    found: thresholds.len(),
                });
            }
        }
        if shift == 0 || shift > MAX_MAP_SHIFT {
            return Err(ModelError::MapShift { found: shift });
        }
        let classes = (steps.len() + 1) * (activities.len() + 1);
        match maps.as_chunks() {
            (found, []) if found.len() == classes => Ok(Self {
                steps,
                activities,
                maps: found,
                shift,
            }),
            _ => Err(ModelError::CodebookLength {
                table: CodebookTable::Maps,
                found: maps.len(),
                expected: MAP_BYTES * classes,
            }),
        }
    }

    /// Corrects 8 samples across a border, which lies in the middle.
    #[inline(always)]
    pub(crate) fn filter(&self, samples: [u8; 2 * REACH]) -> [u8; 2 * REACH] {
        // Taken apart, since an index that is not known when this is compiled could be wrong.
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
        // 8 products of at most 128 * 255 in magnitude, 261,120 together.
        let correct = |sample: u8, row: &[u8; 2 * REACH], backwards: bool| {
            let mut sum = 1_i32.wrapping_shl(shift.wrapping_sub(1));
            for i in 0..2 * REACH {
                let other = samples[if backwards { 2 * REACH - 1 - i } else { i }];
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
