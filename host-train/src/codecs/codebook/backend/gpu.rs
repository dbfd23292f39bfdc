//! The operations as kernels, on every backend of CubeCL.

use burn::tensor::Tensor;
use burn_cubecl::{BoolElement, CubeRuntime};
use nice_decode::format::Stage;
use nice_kernels::{BeamSearch, DeviceCodebook, DeviceIndices, Gpu, sum_by_codeword};

use super::{
    BestSums, BlockIndices, CodebookBackend, CodebookTensors, CodewordSums, Differences,
    fixed_stages,
};

impl<R: CubeRuntime, BT: BoolElement> CodebookBackend for Gpu<R, BT> {
    fn search(
        codebook: &CodebookTensors<Self>,
        blocks: Tensor<Self, 2>,
        width: usize,
        stages: usize,
    ) -> BestSums<Self> {
        let CodebookTensors {
            stages: all, gains, ..
        } = codebook;
        let search = BeamSearch::new(all, fixed_stages(all), &codebook.codewords(), gains.clone());
        let found = search.find(blocks, width, stages);
        BestSums {
            errors: found.errors,
            indices: found.indices,
        }
    }

    fn compare(
        codebook: &CodebookTensors<Self>,
        blocks: Tensor<Self, 2>,
        weights: Tensor<Self, 1>,
        indices: BlockIndices<Self>,
    ) -> Differences<Self> {
        let (base, residuals) = (codebook.base.clone(), codebook.residuals.clone());
        let codebook =
            DeviceCodebook::new(&codebook.stages, base, codebook.gains.clone(), residuals);
        let found = codebook.differences(blocks, weights, on_device(indices));
        Differences {
            differences: found.differences,
            of_gains: found.of_gains,
            factors: found.factors,
            errors: found.errors,
        }
    }

    fn sum_by_codeword(
        stages: &[Stage],
        values: Tensor<Self, 2>,
        factors: Tensor<Self, 2>,
        scalars: Tensor<Self, 1>,
        indices: BlockIndices<Self>,
    ) -> CodewordSums<Self> {
        let (values, scalars) =
            sum_by_codeword(stages, values, factors, scalars, on_device(indices));
        CodewordSums { values, scalars }
    }
}

fn on_device<R: CubeRuntime, BT: BoolElement>(
    indices: BlockIndices<Gpu<R, BT>>,
) -> DeviceIndices<R, BT> {
    DeviceIndices {
        indices: indices.indices,
        used: indices.used,
    }
}
