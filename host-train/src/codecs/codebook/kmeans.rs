//! The first codewords of a codebook: k-means (Lloyd, "Least squares quantization in PCM", 1982), stage after stage, on what the
//! earlier stages leave.
//!
//! In the residual stages, each residual is divided by the gain of its base codeword and weighted by the square of that gain. A
//! cluster has the residuals that are nearest to its codeword in any orientation and, in these stages, with either sign.

use burn::tensor::{Int, Tensor, TensorData};
use nice_decode::format::Stage;
use nice_encode::codebook::{DIMENSIONS, codeword_counts};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::backend::{BlockIndices, CodebookBackend, CodebookTensors, CodewordSums, VARIANT_BITS};

/// The number of iterations for a stage.
const ITERATIONS: usize = 8;

/// The smallest gain.
const MIN_GAIN: f32 = 4e-3;

/// The initial codebook for blocks like these, `[blocks, 96]`.
pub fn start<B: CodebookBackend>(
    stages: &[Stage],
    blocks: Tensor<B, 2>,
    seed: u64,
    bar: &indicatif::ProgressBar,
) -> CodebookTensors<B> {
    let device = blocks.device();
    let [count, _] = blocks.dims();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut residuals = blocks;
    let mut base = None;
    let mut others = Vec::new();
    for (number, stage) in stages.iter().enumerate() {
        let gains = base.as_ref().map_or_else(
            || Tensor::ones([count], &device),
            |base: &Base<B>| base.of_blocks.clone(),
        );
        let cluster = Cluster {
            stage: *stage,
            base: number == 0,
            points: residuals / gains.clone().unsqueeze_dim(1), // [blocks, 96]
            weights: gains.clone().powi_scalar(2),              // [blocks]
        };
        let (codewords, indices) = cluster.codewords(&mut random, bar);
        residuals = cluster.left(&codewords, &indices) * gains.unsqueeze_dim(1);
        if number == 0 {
            let gains = cluster.norms(residuals.clone(), &indices);
            let [_, columns] = indices.indices.dims();
            let column = indices
                .indices
                .clone()
                .slice([0..count, columns - 1..columns]);
            let numbers = column
                .reshape([count])
                .bitwise_right_shift_scalar(integer::<B>(VARIANT_BITS));
            base = Some(Base {
                of_blocks: gains.clone().select(0, numbers),
                codewords,
                gains,
            });
        } else {
            others.push(codewords);
        }
    }
    let Base {
        codewords, gains, ..
    } = base.expect("there is a base");
    let residuals = match others.is_empty() {
        true => Tensor::empty([0, DIMENSIONS], &device),
        false => Tensor::cat(others, 0),
    };
    CodebookTensors {
        stages: stages.to_vec(),
        base: codewords,
        gains,
        residuals,
    }
}

/// The base.
struct Base<B: CodebookBackend> {
    /// `[codewords, 96]`
    codewords: Tensor<B, 2>,
    /// `[codewords]`
    gains: Tensor<B, 1>,
    /// The gain of each block, `[blocks]`.
    of_blocks: Tensor<B, 1>,
}

/// The number of steps by which [`start`] advances the progress bar, for a number of stages.
pub const fn steps(stages: usize) -> u64 {
    (stages * ITERATIONS) as u64
}

/// An integer of a backend.
fn integer<B: CodebookBackend>(value: i32) -> B::IntElem {
    use burn::tensor::ElementConversion;
    value.elem()
}

/// The points that the codewords of a stage are for.
struct Cluster<B: CodebookBackend> {
    stage: Stage,
    /// Whether the stage is the base.
    base: bool,
    /// `[blocks, 96]`
    points: Tensor<B, 2>,
    /// `[blocks]`
    weights: Tensor<B, 1>,
}

impl<B: CodebookBackend> Cluster<B> {
    /// A codebook of this stage. A residual stage comes after a base whose codewords are zero.
    fn codebook(&self, codewords: Tensor<B, 2>) -> CodebookTensors<B> {
        let device = codewords.device();
        let zero_stage = Stage {
            bits: 1,
            orientation_bits: 0,
        };
        let [count, _] = codewords.dims();
        if self.base {
            return CodebookTensors {
                stages: vec![self.stage],
                base: codewords,
                gains: Tensor::ones([count], &device),
                residuals: Tensor::zeros([1, DIMENSIONS], &device), // Not used; a buffer has to have an element.
            };
        }
        CodebookTensors {
            stages: vec![zero_stage, self.stage],
            base: Tensor::zeros([2, DIMENSIONS], &device),
            gains: Tensor::ones([2], &device),
            residuals: codewords,
        }
    }

    /// The codewords of the stage, `[codewords, 96]`, and the indices of the blocks.
    fn codewords(
        &self,
        random: &mut ChaCha8Rng,
        bar: &indicatif::ProgressBar,
    ) -> (Tensor<B, 2>, BlockIndices<B>) {
        let count = self.stage.codewords(self.base).unwrap_or_default();
        let mut codewords = self.random_points(count, random);
        for _ in 0..ITERATIONS {
            let sums = self.sums(&codewords, self.points.clone(), self.weights.clone());
            let weights = sums.scalars.unsqueeze_dim::<2>(1); // [codewords, 1]
            let empty = weights
                .clone()
                .lower_equal_elem(0.0)
                .expand([count, DIMENSIONS]);
            let means = sums.values / weights.clamp_min(f32::MIN_POSITIVE);
            codewords = means.mask_where(empty, self.random_points(count, random));
            bar.inc(1);
        }
        let indices = self.nearest(&codewords);
        (codewords, indices)
    }

    /// Some of the points, `[count, 96]`.
    fn random_points(&self, count: usize, random: &mut ChaCha8Rng) -> Tensor<B, 2> {
        let points = self.points.dims()[0] as i32;
        let numbers: Vec<i32> = (0..count).map(|_| random.random_range(0..points)).collect();
        let numbers = TensorData::from(&numbers[..]);
        let numbers = Tensor::<B, 1, Int>::from_data(numbers, &self.points.device());
        self.points.clone().select(0, numbers)
    }

    /// The index of the nearest codeword to each point.
    fn nearest(&self, codewords: &Tensor<B, 2>) -> BlockIndices<B> {
        let codebook = self.codebook(codewords.clone());
        let stages = codebook.stages.len();
        B::search(&codebook, self.points.clone(), 1, stages).of_length(stages)
    }

    /// What the codewords leave of the points, `[blocks, 96]`.
    fn left(&self, codewords: &Tensor<B, 2>, indices: &BlockIndices<B>) -> Tensor<B, 2> {
        let codebook = self.codebook(codewords.clone());
        let half = Tensor::full(self.weights.shape(), 0.5, &codewords.device());
        let compared = B::compare(&codebook, self.points.clone(), half, indices.clone());
        -compared.differences
    }

    /// The sums of points and scalars by their nearest codewords.
    fn sums(
        &self,
        codewords: &Tensor<B, 2>,
        values: Tensor<B, 2>,
        weights: Tensor<B, 1>,
    ) -> CodewordSums<B> {
        let indices = self.nearest(codewords);
        self.sums_of(values, weights, &indices)
    }

    fn sums_of(
        &self,
        values: Tensor<B, 2>,
        weights: Tensor<B, 1>,
        indices: &BlockIndices<B>,
    ) -> CodewordSums<B> {
        let codebook = self.codebook(Tensor::empty([1, DIMENSIONS], &values.device()));
        let [blocks, columns] = indices.indices.dims();
        let factors = weights
            .clone()
            .unsqueeze_dim::<2>(1)
            .expand([blocks, columns]); // [blocks, stages]
        let sums = B::sum_by_codeword(&codebook.stages, values, factors, weights, indices.clone());
        // The codewords of this stage are the last.
        let all: usize = codeword_counts(&codebook.stages).sum();
        let first = all - self.stage.codewords(self.base).unwrap_or_default();
        CodewordSums {
            values: sums.values.narrow(0, first, all - first),
            scalars: sums.scalars.narrow(0, first, all - first),
        }
    }

    /// The root mean squares of what is left of the points, `[blocks, 96]`, of each codeword, `[codewords]`.
    fn norms(&self, left: Tensor<B, 2>, indices: &BlockIndices<B>) -> Tensor<B, 1> {
        let squares = left.clone().powi_scalar(2).mean_dim(1); // [blocks, 1]
        let squares = squares.reshape([left.dims()[0]]);
        let counts = self
            .sums_of(left.clone(), squares.ones_like(), indices)
            .scalars;
        let sums = self.sums_of(left, squares, indices).scalars;
        (sums / counts.clamp_min(1.0)).sqrt().clamp_min(MIN_GAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codecs::codebook::backend::upload;
    use burn_flex::Flex;
    use nice_decode::Orientation;
    use nice_encode::codebook::{BeamSearch, Coordinates, coordinates};

    #[test]
    fn blocks_that_are_oriented_copies_of_a_few_codewords_are_found_again() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let codewords: [Coordinates; 3] =
            std::array::from_fn(|_| std::array::from_fn(|_| random.random_range(-0.1..0.1)));
        let blocks: Vec<Coordinates> = (0..600)
            .map(|at| {
                let orientation = Orientation::ALL[random.random_range(0..8)];
                coordinates::oriented(&codewords[at % 3], orientation)
            })
            .collect();
        let stages = [7, 5].map(|bits| Stage {
            bits,
            orientation_bits: 3,
        });
        let uploaded = upload::<Flex>(&blocks, &Default::default());
        let codebook = start(&stages, uploaded, 1, &indicatif::ProgressBar::hidden());
        let search = BeamSearch::new(&codebook.to_codebook());
        for block in &blocks {
            let error = search.find(block, 4)[0].error;
            assert!(error.abs() < 1e-4, "{error}");
        }
    }
}
