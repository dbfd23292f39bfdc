//! Writes out the codewords of a codebook in all their orientations, so that decoding need not orient them.

use super::index::codewords;
use super::orient::{flipped, transposed};
use super::tables::{Codebook, Codeword};
use crate::block::Orientation;
use crate::swar;

/// The number of codewords of the expanded codebook; 0 if there is nothing to expand: where registers are narrow, a codeword
/// is oriented as it is read, at hardly any cost.
pub(crate) fn expanded_codewords(codebook: &Codebook<'_>) -> usize {
    if swar::PREFERRED || codebook.expanded {
        return 0;
    }
    codebook
        .stages()
        .enumerate()
        .fold(0, |sum: usize, (index, stage)| {
            let count = codewords(stage, index == 0);
            sum.wrapping_add(count.wrapping_shl(u32::from(stage.orientation_bits)))
        })
}

/// The expanded codebook, in memory that has room for it; otherwise the codebook as it is.
pub(crate) fn expand<'a: 'b, 'b>(
    codebook: &Codebook<'a>,
    memory: &'b mut [Codeword],
) -> Codebook<'b> {
    let needed = expanded_codewords(codebook);
    if needed == 0 || memory.len() < needed {
        return *codebook;
    }
    let (expanded, _) = memory.split_at_mut(needed);
    let mut rest = codebook.codewords;
    let mut to = expanded.iter_mut();
    for (index, stage) in codebook.stages().enumerate() {
        let (stage_codewords, after) = rest
            .split_at_checked(codewords(stage, index == 0))
            .unwrap_or_default();
        rest = after;
        let orientations = 1_usize.wrapping_shl(u32::from(stage.orientation_bits));
        for codeword in stage_codewords {
            let orientations = Orientation::ALL.into_iter().take(orientations);
            for (orientation, to) in orientations.zip(to.by_ref()) {
                *to = flipped(codeword, orientation, 0);
                if orientation.transposes() {
                    *to = transposed(to);
                }
            }
        }
    }
    codebook.with_expanded(expanded)
}
