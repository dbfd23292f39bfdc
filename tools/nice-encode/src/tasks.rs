//! Work on many blocks, on all threads.

use std::ops::Range;

use nice_decode::BLOCK_SAMPLES;
use rayon::prelude::*;

/// The number of blocks in a task of a parallel run.
const TASK: usize = 64;

/// The results of `each` for a range of blocks, which `block` returns by their index: on all threads, some blocks at a time.
pub(crate) fn tasks<T: Send>(
    range: Range<usize>,
    progress: &(dyn Fn(u64) + Sync),
    block: impl Fn(usize) -> [u8; BLOCK_SAMPLES] + Sync,
    each: impl Fn(&[[u8; BLOCK_SAMPLES]]) -> Vec<T> + Sync,
) -> Vec<T> {
    let results: Vec<Vec<T>> = (0..range.len().div_ceil(TASK))
        .into_par_iter()
        .map(|task| {
            let first = range.start + task * TASK;
            let mut blocks = [[0; BLOCK_SAMPLES]; TASK];
            let blocks = &mut blocks[..TASK.min(range.end - first)];
            for (n, to) in blocks.iter_mut().enumerate() {
                *to = block(first + n);
            }
            let results = each(blocks);
            progress(blocks.len() as u64);
            results
        })
        .collect();
    results.into_iter().flatten().collect()
}
