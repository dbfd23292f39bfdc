//! The operations on all cores of the CPU.

use burn::tensor::backend::Backend;
use burn::tensor::{ElementConversion, Int, Tensor, TensorData};
use burn_flex::Flex;
use nice_decode::Orientation;
use nice_decode::format::{MAX_STAGES, Stage};
use nice_encode::codebook::coordinates::{self, PART};
use nice_encode::codebook::{
    BeamSearch, Codebook, Coordinates, DIMENSIONS, StageIndex, codeword_counts,
};
use rayon::prelude::*;

use super::{
    BestSums, BlockIndices, CodebookBackend, CodebookTensors, CodewordSums, Differences,
    VARIANT_BITS, download,
};
use crate::tensors::Values;

/// The number of blocks in a task.
const TASK: usize = 256;

/// The number of parts in which blocks are summed. It does not depend on the number of threads, so that the sums do not.
const PARTS: usize = 8;

impl CodebookBackend for Flex {
    fn search(
        codebook: &CodebookTensors<Self>,
        blocks: Tensor<Self, 2>,
        width: usize,
        stages: usize,
    ) -> BestSums<Self> {
        let device = blocks.device();
        let blocks = download(blocks);
        let search = BeamSearch::new(&codebook.to_codebook());
        let sums = search.sums_by_length(&blocks, width, stages);
        let mut errors = Vec::with_capacity(blocks.len() * stages);
        let mut indices = vec![0_i32; blocks.len() * stages * stages];
        let rows = indices.chunks_exact_mut(stages);
        for (sum, row) in sums.iter().flatten().zip(rows) {
            let number = errors.len() % stages;
            errors.push(sum.error);
            for (to, index) in row.iter_mut().zip(&sum.indices[..=number]) {
                *to = pack(*index);
            }
        }
        let shape = [blocks.len(), stages, stages];
        BestSums {
            errors: Tensor::from_data(TensorData::new(errors, [blocks.len(), stages]), &device),
            indices: Tensor::from_data(TensorData::new(indices, shape), &device),
        }
    }

    fn compare(
        codebook: &CodebookTensors<Self>,
        blocks: Tensor<Self, 2>,
        weights: Tensor<Self, 1>,
        indices: BlockIndices<Self>,
    ) -> Differences<Self> {
        let device = blocks.device();
        let codebook = codebook.to_codebook();
        let blocks = download(blocks);
        let weights = Values::from_device(weights).values;
        let indices = HostIndices::new(indices);
        let compared: Vec<Compared> = blocks
            .par_iter()
            .zip(&weights)
            .enumerate()
            .with_min_len(TASK)
            .map(|(at, (block, weight))| compare(&codebook, block, *weight, indices.of(at)))
            .collect();
        let differences: Vec<f32> = compared.iter().flat_map(|it| it.differences).collect();
        let factors: Vec<f32> = compared
            .iter()
            .flat_map(|it| it.factors[..indices.stages].to_vec())
            .collect();
        let each = |value: fn(&Compared) -> f32| -> Tensor<Self, 1> {
            let values: Vec<f32> = compared.iter().map(value).collect();
            Tensor::from_data(TensorData::from(&values[..]), &device)
        };
        Differences {
            of_gains: each(|it| it.of_gain),
            errors: each(|it| it.error),
            differences: Tensor::from_data(
                TensorData::new(differences, [blocks.len(), DIMENSIONS]),
                &device,
            ),
            factors: Tensor::from_data(
                TensorData::new(factors, [blocks.len(), indices.stages]),
                &device,
            ),
        }
    }

    fn sum_by_codeword(
        stages: &[Stage],
        values: Tensor<Self, 2>,
        factors: Tensor<Self, 2>,
        scalars: Tensor<Self, 1>,
        indices: BlockIndices<Self>,
    ) -> CodewordSums<Self> {
        let device = values.device();
        let values = download(values);
        let factors = Values::from_device(factors).values;
        let scalars = Values::from_device(scalars).values;
        let indices = HostIndices::new(indices);
        let part = values.len().div_ceil(PARTS).max(1);
        let counts: Vec<usize> = codeword_counts(stages).collect();
        let sums: Vec<Sums> = counts
            .par_iter()
            .enumerate()
            .map(|(stage, &count)| {
                let parts: Vec<Sums> = (0..values.len())
                    .step_by(part)
                    .collect::<Vec<_>>()
                    .into_par_iter()
                    .map(|start| {
                        let mut sums = Sums::new(count);
                        for at in start..values.len().min(start + part) {
                            let used = indices.of(at);
                            if let Some(&index) = used.get(stage) {
                                let factor = factors[at * indices.stages + stage];
                                sums.add(index, factor, &values[at], scalars[at]);
                            }
                        }
                        sums
                    })
                    .collect();
                parts.iter().fold(Sums::new(count), Sums::plus)
            })
            .collect();
        let values: Vec<f32> = sums
            .iter()
            .flat_map(|sums| sums.values.as_flattened().to_vec())
            .collect();
        let scalars: Vec<f32> = sums.iter().flat_map(|sums| sums.scalars.clone()).collect();
        CodewordSums {
            values: Tensor::from_data(
                TensorData::new(values, [scalars.len(), DIMENSIONS]),
                &device,
            ),
            scalars: Tensor::from_data(TensorData::from(&scalars[..]), &device),
        }
    }
}

/// An index as a number.
fn pack(index: StageIndex) -> i32 {
    i32::from(index.codeword) << VARIANT_BITS
        | i32::from(index.negative) << (VARIANT_BITS - 1)
        | i32::from(index.orientation.bits())
}

/// The index that a number stands for.
fn unpack(number: i32) -> StageIndex {
    StageIndex {
        codeword: (number >> VARIANT_BITS) as u16,
        orientation: Orientation::from_bits(number as u8),
        negative: number >> (VARIANT_BITS - 1) & 1 == 1,
    }
}

/// Indices in the memory of the host.
struct HostIndices {
    stages: usize,
    indices: Vec<StageIndex>,
    used: Vec<usize>,
}

impl HostIndices {
    fn new<B: Backend>(indices: BlockIndices<B>) -> Self {
        fn numbers<B: Backend, const D: usize>(
            tensor: Tensor<B, D, Int>,
        ) -> impl Iterator<Item = i32> {
            let data = tensor.into_data();
            data.iter::<i64>()
                .map(|value| value.elem::<i32>())
                .collect::<Vec<_>>()
                .into_iter()
        }
        Self {
            stages: indices.indices.dims()[1],
            indices: numbers(indices.indices).map(unpack).collect(),
            used: numbers(indices.used).map(|used| used as usize).collect(),
        }
    }

    /// The indices of the stages that a block uses.
    fn of(&self, block: usize) -> &[StageIndex] {
        &self.indices[block * self.stages..][..self.used[block]]
    }
}

/// What a decoded block differs by; see [`Differences`].
struct Compared {
    differences: Coordinates,
    of_gain: f32,
    factors: [f32; MAX_STAGES],
    error: f32,
}

/// Decodes a block and compares it with what it should be.
fn compare(
    codebook: &Codebook,
    block: &Coordinates,
    weight: f32,
    indices: &[StageIndex],
) -> Compared {
    let base = usize::from(indices[0].codeword);
    let gain = codebook.gains[base];
    let mut sum = [0.0; DIMENSIONS];
    let mut factors = [0.0; MAX_STAGES];
    factors[0] = 1.0;
    let residuals = codebook.residuals.iter().zip(&indices[1..]);
    for ((codewords, index), factor) in residuals.zip(&mut factors[1..]) {
        add_oriented(&mut sum, &codewords[usize::from(index.codeword)], *index);
        *factor = gain;
    }
    let mut decoded = [0.0; DIMENSIONS];
    add_oriented(&mut decoded, &codebook.base[base], indices[0]);
    let (mut error, mut of_gain) = (0.0, 0.0);
    let differences = std::array::from_fn(|at| {
        let difference = decoded[at] + gain * sum[at] - block[at];
        let gradient = 2.0 * weight * difference;
        error += weight * difference * difference;
        of_gain += gradient * sum[at];
        gradient
    });
    Compared {
        differences,
        of_gain,
        factors,
        error,
    }
}

/// Adds a codeword as an index uses it.
fn add_oriented(sum: &mut Coordinates, codeword: &Coordinates, index: StageIndex) {
    let sign = if index.negative { -1.0 } else { 1.0 };
    let oriented = coordinates::oriented(codeword, index.orientation);
    for (sum, value) in sum.iter_mut().zip(oriented) {
        *sum += sign * value;
    }
}

/// Sums by codeword of one stage; see [`CodewordSums`].
#[derive(Clone, Debug)]
struct Sums {
    values: Vec<Coordinates>,
    scalars: Vec<f32>,
}

impl Sums {
    fn new(codewords: usize) -> Self {
        Self {
            values: vec![[0.0; DIMENSIONS]; codewords],
            scalars: vec![0.0; codewords],
        }
    }

    fn add(&mut self, index: StageIndex, factor: f32, values: &Coordinates, scalar: f32) {
        let codeword = usize::from(index.codeword);
        self.scalars[codeword] += scalar;
        let transposed;
        let values = if index.orientation.transposes() {
            transposed = coordinates::transposed(values);
            &transposed
        } else {
            values
        };
        let factor = if index.negative { -factor } else { factor };
        let parts = self.values[codeword].as_chunks_mut::<PART>().0.iter_mut();
        for (part, (sum, values)) in parts.zip(values.as_chunks::<PART>().0).enumerate() {
            let factor = factor * coordinates::flip_sign(index.orientation, part);
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum += factor * value;
            }
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        let values = other.values.as_flattened();
        for (sum, value) in self.values.as_flattened_mut().iter_mut().zip(values) {
            *sum += value;
        }
        for (sum, scalar) in self.scalars.iter_mut().zip(&other.scalars) {
            *sum += scalar;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All indices of codeword 0.
    fn variants() -> impl Iterator<Item = StageIndex> {
        let orientations = Orientation::ALL.into_iter();
        orientations.flat_map(|orientation| {
            [false, true].map(|negative| StageIndex {
                codeword: 0,
                orientation,
                negative,
            })
        })
    }

    #[test]
    fn an_oriented_codeword_is_added_as_coordinates_orient_it() {
        let codeword: Coordinates = std::array::from_fn(|at| at as f32);
        for index in variants() {
            let mut sum = [1.0; DIMENSIONS];
            add_oriented(&mut sum, &codeword, index);
            let sign = if index.negative { -1.0 } else { 1.0 };
            let oriented = coordinates::oriented(&codeword, index.orientation);
            assert_eq!(sum, oriented.map(|value| 1.0 + sign * value), "{index:?}");
        }
    }

    #[test]
    fn a_codeword_sums_what_blocks_have_in_its_orientation() {
        let codeword: Coordinates = std::array::from_fn(|at| at as f32);
        for index in variants() {
            let mut block = [0.0; DIMENSIONS];
            add_oriented(&mut block, &codeword, index);
            let mut sums = Sums::new(1);
            sums.add(index, 2.0, &block, 3.0);
            assert_eq!(
                sums.values[0],
                codeword.map(|value| 2.0 * value),
                "{index:?}"
            );
            assert_eq!(sums.scalars, [3.0]);
        }
    }

    #[test]
    fn an_index_comes_back_from_its_number() {
        for index in variants() {
            let index = StageIndex {
                codeword: 511,
                ..index
            };
            assert_eq!(unpack(pack(index)), index);
        }
    }
}
