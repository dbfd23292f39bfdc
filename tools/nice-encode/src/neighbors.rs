//! The choice of latents with their neighbors in view, some rows of blocks at a time.

use std::ops::Range;

use nice_decode::AdaptiveLatent;

use crate::codebook::{BlockCandidates, Choice};

/// About the number of candidates that are held in memory, if all blocks are typical.
pub(crate) const CANDIDATES: usize = 1 << 19;

/// The latents of `count` blocks in rows of `columns`, each chosen from its candidates with its neighbors in view. `candidates` finds
/// the candidates of a range of blocks, and `select` chooses among those of some rows, given what has been chosen for the row above
/// them. Those of at most `rows_at_once` rows (at least one) and of the row before are in memory.
pub(crate) fn choose_in_rows(
    count: usize,
    columns: usize,
    rows_at_once: usize,
    candidates: impl Fn(Range<usize>) -> Vec<BlockCandidates>,
    select: impl Fn(&[BlockCandidates], &[Choice]) -> Vec<Choice>,
) -> Vec<AdaptiveLatent> {
    let blocks_at_once = rows_at_once.max(1) * columns;
    let mut latents = Vec::with_capacity(count);
    let mut above = Vec::new();
    let mut rows = Vec::new();
    let mut searched = 0;
    while searched < count {
        let end = (searched + blocks_at_once).min(count);
        rows.extend(candidates(searched..end));
        searched = end;
        let mut chosen = select(&rows, &above);
        if end < count {
            // The last row is chosen again with those below it.
            chosen.truncate(rows.len() - columns);
        }
        latents.extend(chosen.iter().map(Choice::latent));
        rows.drain(..chosen.len());
        if let Some(first) = chosen.len().checked_sub(columns) {
            above = chosen.split_off(first);
        }
    }
    latents
}
