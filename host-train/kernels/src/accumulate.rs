//! Sums over the blocks that use a codeword.

use cubecl::prelude::*;
use nice_encode::codebook::DIMENSIONS;

use crate::orientation::{VARIANT_BITS, sign};

/// The number of units of a cube, one for each coordinate; those beyond have none.
pub(crate) const UNITS: u32 = 128;

/// A cube has one codeword of a stage, and adds what blocks that use it contribute, in the order of the blocks, so that the result is
/// always the same.
///
/// `values` are `[blocks, 96]`, `factors` are `[blocks, stages]`, `scalars` are `[blocks]`, `indices` are `[blocks, stages]`, and `used`
/// are the numbers of stages that the blocks use, `[blocks]`. The results are, for each codeword from number `first` on, the sums of the
/// values times their factors, in the orientation and with the sign of the codeword, `[codewords, 96]`, and the sums of the scalars,
/// `[codewords]`.
#[cube(launch_unchecked)]
pub(crate) fn accumulate(
    values: &Tensor<f32>,
    factors: &Tensor<f32>,
    scalars: &Tensor<f32>,
    indices: &Tensor<u32>,
    used: &Tensor<u32>,
    transposed: &Tensor<u32>,
    sums: &mut Tensor<f32>,
    scalar_sums: &mut Tensor<f32>,
    first: u32,
    stage: u32,
) {
    let own = CUBE_POS_X;
    let at = UNIT_POS as usize;
    let inside = at < DIMENSIONS;
    let at = select(inside, at, 0);
    let transposed = transposed[at] as usize;
    let stages = indices.shape(1);
    let stage = stage as usize;
    let mut sum = 0.0f32;
    let mut scalar_sum = 0.0f32;
    for block in 0..indices.shape(0) {
        let index = indices[block * stages + stage];
        if index >> VARIANT_BITS == own && stage < used[block] as usize {
            let from = select(index & 4 == 0, at, transposed);
            let factor = factors[block * stages + stage] * sign(index, at);
            sum += factor * values[block * DIMENSIONS + from];
            scalar_sum += scalars[block];
        }
    }
    let row = (first + own) as usize;
    if inside {
        sums[row * DIMENSIONS + at] = sum;
    }
    if UNIT_POS == 0 {
        scalar_sums[row] = scalar_sum;
    }
}
