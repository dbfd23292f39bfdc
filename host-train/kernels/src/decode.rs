//! Decodes blocks in floating point, and compares them with what they should be.

use cubecl::prelude::*;
use nice_encode::codebook::DIMENSIONS;

use crate::cubes::row;
use crate::orientation::{VARIANT_BITS, sign, transposed};
use crate::stage_starts::StageStarts;

/// The number of units of a cube, one for each coordinate; those beyond have none.
pub(crate) const UNITS: u32 = 128;

/// The codewords and gains of a codebook.
#[derive(CubeType, CubeLaunch)]
pub(crate) struct CodebookArrays {
    /// `[base codewords, 96]`
    pub base: Tensor<f32>,
    /// `[base codewords]`
    pub gains: Tensor<f32>,
    /// `[residual codewords of all stages, 96]`
    pub residuals: Tensor<f32>,
}

/// What decoded blocks differ by.
#[derive(CubeType, CubeLaunch)]
pub(crate) struct Differences {
    /// Twice the weighted difference from the block, `[blocks, 96]`: the gradient of its weighted squared error.
    pub differences: Tensor<f32>,
    /// The inner product of that and the sum of the residual codewords: the gradient of the gain, `[blocks]`.
    pub of_gains: Tensor<f32>,
    /// The factor of each codeword, which is also that of its gradient, 0 for stages that are not used, `[blocks, stages]`.
    pub factors: Tensor<f32>,
    /// The weighted squared error, `[blocks]`.
    pub errors: Tensor<f32>,
}

/// A cube has one block. `blocks` is `[blocks, 96]`, `weights` is `[blocks]`, `indices` is `[blocks, stages]`, and `used` are the
/// numbers of stages that the blocks use, `[blocks]`. `starts` are those of as many stages as there are indices.
#[cube(launch_unchecked)]
pub(crate) fn compare(
    blocks: &Tensor<f32>,
    weights: &Tensor<f32>,
    indices: &Tensor<u32>,
    used: &Tensor<u32>,
    codebook: &CodebookArrays,
    to: &mut Differences,
    #[comptime] starts: StageStarts,
) {
    let mut products = SharedMemory::<f32>::new(comptime!(UNITS as usize));
    let mut squares = SharedMemory::<f32>::new(comptime!(UNITS as usize));
    let stages = comptime!(starts.stages());
    let block = row();
    if block >= used.shape(0) {
        terminate!();
    }
    let at = UNIT_POS as usize;
    let weight = weights[block];
    let used = used[block] as usize;
    let base = indices[block * stages];
    let gain = codebook.gains[(base >> VARIANT_BITS) as usize];
    let mut product = 0.0f32;
    let mut square = 0.0f32;
    if at < DIMENSIONS {
        let transposed = transposed(at);
        let mut sum = 0.0f32;
        #[unroll]
        for stage in 1..stages {
            if stage < used {
                let index = indices[block * stages + stage];
                let from = select(index & 4 == 0, at, transposed);
                let start = comptime!(starts.after_base(stage));
                let row = start + (index >> VARIANT_BITS) as usize;
                sum += sign(index, from) * codebook.residuals[row * DIMENSIONS + from];
            }
        }
        let from = select(base & 4 == 0, at, transposed);
        let value = codebook.base[(base >> VARIANT_BITS) as usize * DIMENSIONS + from];
        let place = block * DIMENSIONS + at;
        let difference = sign(base, from) * value + gain * sum - blocks[place];
        let gradient = 2.0 * weight * difference;
        to.differences[place] = gradient;
        product = gradient * sum;
        square = weight * difference * difference;
    }
    products[at] = product;
    squares[at] = square;
    sync_cube();
    let mut half = comptime!(UNITS as usize / 2).runtime();
    while half > 0 {
        if at < half {
            let (other_product, other_square) = (products[at + half], squares[at + half]);
            products[at] += other_product;
            squares[at] += other_square;
        }
        sync_cube();
        half /= 2;
    }
    if at < stages {
        let factor = select(at == 0, 1.0f32, gain);
        to.factors[block * stages + at] = select(at < used, factor, 0.0f32);
    }
    if at == 0 {
        to.of_gains[block] = products[0];
        to.errors[block] = squares[0];
    }
}
