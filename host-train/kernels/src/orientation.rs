//! Orientations of codewords as they are numbered in a model: bit 0 is a vertical flip, bit 1 a horizontal flip, bit 2 a transposition
//! after them.

use cubecl::prelude::*;

/// The number of orientations.
pub(crate) const ORIENTATIONS: usize = 8;

/// The orientation of the second codeword relative to the first: the inner product of both, oriented, is that of the first as it is
/// and of the second in this orientation.
#[cube]
pub(crate) fn relative(first: u32, second: u32) -> u32 {
    let transposition = (first ^ second) & 4;
    let flips = first & 3;
    // A transposition exchanges the two flips.
    let exchanged = (flips >> 1) | ((flips & 1) << 1);
    let flips = select(transposition == 0, flips, exchanged);
    transposition | (flips ^ (second & 3))
}
