//! Orientations of codewords as they are numbered in a model: bit 0 is a vertical flip, bit 1 a horizontal flip, bit 2 a transposition
//! after them. A *variant* has a further bit, 3, for a negated codeword; an *index* has the number of the codeword above its variant.

use cubecl::prelude::*;
use nice_encode::codebook::coordinates::PART;

/// The number of orientations.
pub(crate) const ORIENTATIONS: usize = 8;

/// The number of bits of an index below the number of the codeword.
pub(crate) const VARIANT_BITS: u32 = 4;

/// The bit of a variant that says that the codeword is negated.
pub(crate) const NEGATIVE: u32 = 8;

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

/// The index of a coordinate after a block is transposed, as in nice-encode.
#[cube]
pub(crate) fn transposed(coordinate: usize) -> usize {
    let part = coordinate / PART;
    let within = coordinate % PART;
    // Luma has 4 x 4 coordinates in a part, each chroma plane 2 x 2.
    let start = select(within < 16, 0, within / 4 * 4);
    let side = select(within < 16, 4, 2);
    let (y, x) = ((within - start) / side, (within - start) % side);
    // A transposition exchanges the two flips, so the parts that are odd under one of them.
    let part = part / 2 + part % 2 * 2;
    part * PART + start + x * side + y
}

/// The sign that a variant gives to a coordinate of a codeword, which is counted before the transposition.
#[cube]
pub(crate) fn sign(variant: u32, coordinate: usize) -> f32 {
    let odd = variant & (coordinate / PART) as u32;
    let changes = (odd ^ (odd >> 1) ^ (variant >> 3)) & 1;
    select(changes == 0, 1.0f32, -1.0f32)
}
