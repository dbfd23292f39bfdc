//! What training a codebook needs of a backend beyond burn's operations: the search, what blocks decode to, and sums by codeword. `cpu`
//! has them on all cores, `gpu` as kernels.

mod cpu;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod gpu;

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use nice_decode::LATENT_BITS;
use nice_decode::format::{Stage, stage_ends};
use nice_encode::codebook::{Codebook, Coordinates, DIMENSIONS, codeword_counts};

use crate::tensors::Values;

/// The number of bits of an index below the number of the codeword: its orientation (bits 0 to 2), and whether it is negated (bit 3).
pub const VARIANT_BITS: i32 = 4;

/// A codebook on a device.
#[derive(Clone, Debug)]
pub struct CodebookTensors<B: Backend> {
    /// The stages, the base first.
    pub stages: Vec<Stage>,
    /// The base codewords, `[base codewords, 96]`.
    pub base: Tensor<B, 2>,
    /// Their gains, `[base codewords]`.
    pub gains: Tensor<B, 1>,
    /// The codewords of the other stages, one stage after the other, `[residual codewords, 96]`.
    pub residuals: Tensor<B, 2>,
}

/// What blocks use of a codebook.
#[derive(Clone, Debug)]
pub struct BlockIndices<B: Backend> {
    /// The index of each stage, `[blocks, stages]`: its codeword above [`VARIANT_BITS`] bits of orientation and sign.
    pub indices: Tensor<B, 2, Int>,
    /// The number of stages that a block uses, `[blocks]`.
    pub used: Tensor<B, 1, Int>,
}

/// The best sums that the search finds for blocks.
#[derive(Clone, Debug)]
pub struct BestSums<B: Backend> {
    /// The squared error of the best sum of each number of stages, `[blocks, stages]`.
    pub errors: Tensor<B, 2>,
    /// Its indices, `[blocks, stages, stages]`.
    pub indices: Tensor<B, 3, Int>,
}

/// What decoded blocks differ by from what they should be.
#[derive(Clone, Debug)]
pub struct Differences<B: Backend> {
    /// Twice the weighted difference: the gradient of the weighted squared error of a block, `[blocks, 96]`.
    pub differences: Tensor<B, 2>,
    /// The gradient of its gain, `[blocks]`.
    pub of_gains: Tensor<B, 1>,
    /// The factor of each of its codewords, 0 for stages that it does not use, `[blocks, stages]`.
    pub factors: Tensor<B, 2>,
    /// Its weighted squared error, `[blocks]`.
    pub errors: Tensor<B, 1>,
}

/// Sums over the blocks that use a codeword, for each codeword of all stages, one stage after the other.
#[derive(Clone, Debug)]
pub struct CodewordSums<B: Backend> {
    /// The sums of values, `[codewords, 96]`.
    pub values: Tensor<B, 2>,
    /// The sums of scalars, `[codewords]`.
    pub scalars: Tensor<B, 1>,
}

/// A backend that a codebook can be trained on.
pub trait CodebookBackend: Backend {
    /// The best sums of up to a number of stages that a search with a beam of this width finds for blocks, `[blocks, 96]`.
    fn search(
        codebook: &CodebookTensors<Self>,
        blocks: Tensor<Self, 2>,
        width: usize,
        stages: usize,
    ) -> BestSums<Self>;

    /// What blocks with these indices decode to, compared with what they should be, `[blocks, 96]`. The weights are `[blocks]`.
    fn compare(
        codebook: &CodebookTensors<Self>,
        blocks: Tensor<Self, 2>,
        weights: Tensor<Self, 1>,
        indices: BlockIndices<Self>,
    ) -> Differences<Self>;

    /// The sums of values, `[blocks, 96]`, times the factor of the stage, `[blocks, stages]`, in the orientation and with the sign of
    /// the codeword, and of scalars, `[blocks]`. Blocks count for the stages that they use.
    fn sum_by_codeword(
        stages: &[Stage],
        values: Tensor<Self, 2>,
        factors: Tensor<Self, 2>,
        scalars: Tensor<Self, 1>,
        indices: BlockIndices<Self>,
    ) -> CodewordSums<Self>;
}

/// The number of the first stages that have the 48 bits of the fixed layout.
pub fn fixed_stages(stages: &[Stage]) -> usize {
    let ends = stage_ends(stages.iter().copied());
    ends.take_while(|&end| end <= LATENT_BITS).count()
}

/// Copies blocks or codewords to a device, `[rows, 96]`.
pub fn upload<B: Backend>(rows: &[Coordinates], device: &B::Device) -> Tensor<B, 2> {
    let data = TensorData::new(rows.as_flattened().to_vec(), [rows.len(), DIMENSIONS]);
    Tensor::from_data(data, device)
}

/// Blocks or codewords, `[rows, 96]`, from their device.
pub fn download<B: Backend>(rows: Tensor<B, 2>) -> Vec<Coordinates> {
    let values = Values::from_device(rows).values;
    values.as_chunks().0.to_vec()
}

impl<B: Backend> CodebookTensors<B> {
    /// Copies a codebook to a device.
    pub fn new(codebook: &Codebook, device: &B::Device) -> Self {
        Self {
            stages: codebook.stages.clone(),
            base: upload(&codebook.base, device),
            gains: Tensor::from_data(TensorData::from(&codebook.gains[..]), device),
            residuals: upload(&codebook.residuals.concat(), device),
        }
    }

    /// The codebook, from its device.
    pub fn to_codebook(&self) -> Codebook {
        let residuals = download(self.residuals.clone());
        let mut rest = &residuals[..];
        let residuals = codeword_counts(&self.stages).skip(1).map(|count| {
            rest.split_off(..count.min(rest.len()))
                .unwrap_or_default()
                .to_vec()
        });
        Codebook {
            stages: self.stages.clone(),
            base: download(self.base.clone()),
            gains: Values::from_device(self.gains.clone()).values,
            residuals: residuals.collect(),
        }
    }

    /// The codewords of each stage, `[codewords, 96]`, the base first.
    #[cfg(any(feature = "cuda", feature = "wgpu"))]
    pub fn codewords(&self) -> Vec<Tensor<B, 2>> {
        let mut start = 0;
        let residuals = codeword_counts(&self.stages).skip(1).map(|count| {
            let codewords = self.residuals.clone().narrow(0, start, count);
            start += count;
            codewords
        });
        std::iter::once(self.base.clone())
            .chain(residuals)
            .collect()
    }
}

impl<B: Backend> BlockIndices<B> {
    /// Indices of a single stage, `[blocks]`.
    pub fn of_stage(indices: Tensor<B, 1, Int>) -> Self {
        let used = indices.ones_like();
        Self {
            indices: indices.unsqueeze_dim(1),
            used,
        }
    }

    /// The indices of some of the blocks.
    pub fn slice(&self, blocks: std::ops::Range<usize>) -> Self {
        Self {
            indices: self.indices.clone().narrow(0, blocks.start, blocks.len()),
            used: self.used.clone().narrow(0, blocks.start, blocks.len()),
        }
    }
}

impl<B: Backend> BestSums<B> {
    /// The indices of the sums of a number of stages.
    pub fn of_length(&self, stages: usize) -> BlockIndices<B> {
        let [blocks, _, all] = self.indices.dims();
        let indices = self.indices.clone().slice([0..blocks, stages - 1..stages]); // [blocks, 1, stages]
        let indices = indices.reshape([blocks, all]);
        let device = indices.device();
        BlockIndices {
            indices,
            used: Tensor::full([blocks], stages as i64, &device),
        }
    }
}
