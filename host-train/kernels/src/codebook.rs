//! A codebook on the device, and the gradients of its error.

use burn::tensor::DType;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{BoolElement, CubeRuntime};
use cubecl::prelude::*;
use nice_decode::format::Stage;
use nice_encode::codebook::{DIMENSIONS, codeword_counts};

use crate::decode::{self, CodebookArraysLaunch, DifferencesLaunch};
use crate::stage_starts::StageStarts;
use crate::tensors::{Floats, Integers, empty_like, of_floats, of_integers, to_floats};
use crate::{accumulate, cubes};

/// A codebook on the device.
#[derive(Clone, Debug)]
pub struct DeviceCodebook<R: CubeRuntime> {
    base: CubeTensor<R>,
    gains: CubeTensor<R>,
    residuals: CubeTensor<R>,
    starts: StageStarts,
}

/// What decoded blocks differ by from what they should be.
#[derive(Clone, Debug)]
pub struct Differences<R: CubeRuntime, BT: BoolElement> {
    /// Twice the weighted difference: the gradient of the weighted squared error of a block, `[blocks, 96]`.
    pub differences: Floats<R, BT, 2>,
    /// The gradient of its gain, `[blocks]`.
    pub of_gains: Floats<R, BT, 1>,
    /// The factor of each of its codewords, 0 for stages that it does not use, `[blocks, stages]`.
    pub factors: Floats<R, BT, 2>,
    /// Its weighted squared error, `[blocks]`.
    pub errors: Floats<R, BT, 1>,
}

/// What blocks use of a codebook.
#[derive(Clone, Debug)]
pub struct DeviceIndices<R: CubeRuntime, BT: BoolElement> {
    /// The index of each stage, `[blocks, stages]`. Bits 0 to 2 of an index are the orientation, bit 3 says that the codeword is negated,
    /// and the bits above are its number.
    pub indices: Integers<R, BT, 2>,
    /// The number of stages that a block uses, `[blocks]`.
    pub used: Integers<R, BT, 1>,
}

impl<R: CubeRuntime> DeviceCodebook<R> {
    /// A codebook with these stages: the base codewords, `[base codewords, 96]`, their gains, `[base codewords]`, and the codewords of
    /// the residual stages, one stage after the other, `[residual codewords, 96]`.
    pub fn new<BT: BoolElement>(
        stages: &[Stage],
        base: Floats<R, BT, 2>,
        gains: Floats<R, BT, 1>,
        residuals: Floats<R, BT, 2>,
    ) -> Self {
        Self {
            base: of_floats(base),
            gains: of_floats(gains),
            residuals: of_floats(residuals),
            starts: StageStarts::new(stages),
        }
    }

    /// What blocks with these indices decode to, compared with what they should be, `[blocks, 96]`. The weights are `[blocks]`.
    pub fn differences<BT: BoolElement>(
        &self,
        blocks: Floats<R, BT, 2>,
        weights: Floats<R, BT, 1>,
        indices: DeviceIndices<R, BT>,
    ) -> Differences<R, BT> {
        let [count, stages] = indices.indices.dims();
        let blocks = of_floats(blocks);
        let differences = empty_like(&blocks, [count, DIMENSIONS], DType::F32);
        let of_gains = empty_like(&blocks, [count], DType::F32);
        let factors = empty_like(&blocks, [count, stages], DType::F32);
        let errors = empty_like(&blocks, [count], DType::F32);
        // SAFETY: the tensors have the shapes that the kernel expects, and the indices are those of codewords.
        #[allow(unsafe_code)]
        unsafe {
            decode::compare::launch_unchecked(
                &blocks.client,
                cubes::one_for_each(count, &blocks),
                CubeDim::new_1d(decode::UNITS),
                blocks.clone().into_tensor_arg(),
                of_floats(weights).into_tensor_arg(),
                of_integers(indices.indices).into_tensor_arg(),
                of_integers(indices.used).into_tensor_arg(),
                CodebookArraysLaunch::new(
                    self.base.clone().into_tensor_arg(),
                    self.gains.clone().into_tensor_arg(),
                    self.residuals.clone().into_tensor_arg(),
                ),
                DifferencesLaunch::new(
                    differences.clone().into_tensor_arg(),
                    of_gains.clone().into_tensor_arg(),
                    factors.clone().into_tensor_arg(),
                    errors.clone().into_tensor_arg(),
                ),
                self.starts.of_first(stages),
            );
        }
        Differences {
            differences: to_floats(differences),
            of_gains: to_floats(of_gains),
            factors: to_floats(factors),
            errors: to_floats(errors),
        }
    }
}

/// For each codeword of all stages, one stage after the other, the sum over the blocks that use it of their values, `[blocks, 96]`, times
/// the factor of the stage, `[blocks, stages]`, in the orientation and with the sign of the codeword: `[codewords, 96]`. And the sum of
/// their scalars, `[blocks]`: `[codewords]`.
pub fn sum_by_codeword<R: CubeRuntime, BT: BoolElement>(
    stages: &[Stage],
    values: Floats<R, BT, 2>,
    factors: Floats<R, BT, 2>,
    scalars: Floats<R, BT, 1>,
    indices: DeviceIndices<R, BT>,
) -> (Floats<R, BT, 2>, Floats<R, BT, 1>) {
    let values = of_floats(values);
    let factors = of_floats(factors);
    let scalars = of_floats(scalars);
    let used = of_integers(indices.used);
    let indices = of_integers(indices.indices);
    let all = codeword_counts(stages).sum();
    let sums = empty_like(&values, [all, DIMENSIONS], DType::F32);
    let scalar_sums = empty_like(&values, [all], DType::F32);
    // SAFETY: the tensors have the shapes that the kernel expects, and it reads and writes within them.
    #[allow(unsafe_code)]
    unsafe {
        accumulate::accumulate::launch_unchecked(
            &values.client,
            cubes::one_for_each(all, &values),
            CubeDim::new_1d(accumulate::UNITS),
            values.clone().into_tensor_arg(),
            factors.into_tensor_arg(),
            scalars.into_tensor_arg(),
            indices.into_tensor_arg(),
            used.into_tensor_arg(),
            sums.clone().into_tensor_arg(),
            scalar_sums.clone().into_tensor_arg(),
            StageStarts::new(stages),
        );
    }
    (to_floats(sums), to_floats(scalar_sums))
}
