//! The first codewords of a codebook: k-means (Lloyd, "Least squares quantization in PCM", 1982), stage after stage, on what the
//! earlier stages leave.
//!
//! In the residual stages, each residual is divided by the gain of its base codeword and weighted by the square of that gain. A
//! cluster has the residuals that are nearest to its codeword in any orientation and, in these stages, with either sign.

use nice_decode::format::Stage;
use nice_encode::codebook::{
    BeamSearch, Codebook, Coordinates, DIMENSIONS, StageIndex,
    coordinates::{self, PART},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::float::apply;

/// The number of iterations for a stage.
const ITERATIONS: usize = 8;

/// The smallest gain.
const MIN_GAIN: f32 = 4e-3;

/// The initial codebook for blocks like these.
pub fn start(
    stages: &[Stage],
    blocks: &[Coordinates],
    seed: u64,
    bar: &indicatif::ProgressBar,
) -> Codebook {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut residuals = blocks.to_vec();
    let mut gains = vec![1.0; blocks.len()];
    let mut codebook = Codebook {
        stages: stages.to_vec(),
        base: Vec::new(),
        gains: Vec::new(),
        residuals: Vec::new(),
    };
    for (number, stage) in stages.iter().enumerate() {
        let base = number == 0;
        let (codewords, indices) = cluster(*stage, base, &residuals, &gains, &mut random, bar);
        for ((residual, index), gain) in residuals.iter_mut().zip(&indices).zip(&gains) {
            let codeword = apply(&codewords[usize::from(index.codeword)], *index);
            for (residual, sample) in residual.iter_mut().zip(codeword) {
                *residual -= sample * if base { 1.0 } else { *gain };
            }
        }
        if base {
            codebook.gains = residual_norms(&residuals, &indices, codewords.len());
            for (gain, index) in gains.iter_mut().zip(&indices) {
                *gain = codebook.gains[usize::from(index.codeword)];
            }
            codebook.base = codewords;
        } else {
            codebook.residuals.push(codewords);
        }
    }
    codebook
}

/// The codewords of a stage, and the index of each block.
fn cluster(
    stage: Stage,
    base: bool,
    residuals: &[Coordinates],
    gains: &[f32],
    random: &mut ChaCha8Rng,
    bar: &indicatif::ProgressBar,
) -> (Vec<Coordinates>, Vec<StageIndex>) {
    let count = stage.codewords(base).unwrap_or_default();
    let points: Vec<Coordinates> = residuals
        .iter()
        .zip(gains)
        .map(|(residual, gain)| {
            if base {
                *residual
            } else {
                residual.map(|value| value / gain)
            }
        })
        .collect();
    let mut codewords: Vec<Coordinates> = (0..count)
        .map(|_| points[random.random_range(0..points.len())])
        .collect();
    for _ in 0..ITERATIONS {
        let indices = nearest(stage, base, &codewords, &points);
        let mut sums = vec![[0.0_f64; DIMENSIONS]; count];
        let mut weights = vec![0.0_f64; count];
        for ((point, index), gain) in points.iter().zip(&indices).zip(gains) {
            let weight = if base { 1.0 } else { f64::from(gain * gain) };
            let codeword = usize::from(index.codeword);
            weights[codeword] += weight;
            for (sum, value) in sums[codeword].iter_mut().zip(unapply(point, *index)) {
                *sum += weight * f64::from(value);
            }
        }
        for ((codeword, sum), weight) in codewords.iter_mut().zip(&sums).zip(&weights) {
            *codeword = if *weight > 0.0 {
                sum.map(|sum| (sum / weight) as f32)
            } else {
                points[random.random_range(0..points.len())]
            };
        }
        bar.inc(1);
    }
    let indices = nearest(stage, base, &codewords, &points);
    (codewords, indices)
}

/// The number of steps by which [`start`] advances the progress bar, for a number of stages.
pub const fn steps(stages: usize) -> u64 {
    (stages * ITERATIONS) as u64
}

/// The index of the nearest codeword to each point.
fn nearest(
    stage: Stage,
    base: bool,
    codewords: &[Coordinates],
    points: &[Coordinates],
) -> Vec<StageIndex> {
    // A residual stage is searched after a base of a single codeword, which is zero.
    let zero_stage = Stage {
        bits: 0,
        orientation_bits: 0,
    };
    let codebook = if base {
        Codebook {
            stages: vec![stage],
            base: codewords.to_vec(),
            gains: vec![1.0; codewords.len()],
            residuals: Vec::new(),
        }
    } else {
        Codebook {
            stages: vec![zero_stage, stage],
            base: vec![[0.0; DIMENSIONS]],
            gains: vec![1.0],
            residuals: vec![codewords.to_vec()],
        }
    };
    let at = usize::from(!base);
    BeamSearch::new(&codebook)
        .indices(points, 1)
        .iter()
        .map(|indices| indices[at])
        .collect()
}

/// The root mean square of the residuals of each base codeword.
fn residual_norms(residuals: &[Coordinates], indices: &[StageIndex], count: usize) -> Vec<f32> {
    let mut sums = vec![(0.0_f64, 0_u32); count];
    for (residual, index) in residuals.iter().zip(indices) {
        let (sum, number) = &mut sums[usize::from(index.codeword)];
        *sum += residual
            .iter()
            .map(|value| f64::from(value * value))
            .sum::<f64>();
        *number += 1;
    }
    sums.iter()
        .map(|(sum, number)| {
            let mean = sum / (f64::from((*number).max(1)) * DIMENSIONS as f64);
            (mean.sqrt() as f32).max(MIN_GAIN)
        })
        .collect()
}

/// The inverse of [`apply`].
fn unapply(point: &Coordinates, index: StageIndex) -> Coordinates {
    let orientation = index.orientation;
    let point = if orientation.transposes() {
        coordinates::transposed(point)
    } else {
        *point
    };
    let negative = if index.negative { -1.0 } else { 1.0 };
    std::array::from_fn(|at| negative * coordinates::flip_sign(orientation, at / PART) * point[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_decode::Orientation;

    #[test]
    fn unapply_is_the_inverse_of_apply() {
        let codeword: Coordinates = std::array::from_fn(|at| at as f32);
        for orientation in Orientation::ALL {
            for negative in [false, true] {
                let index = StageIndex {
                    codeword: 0,
                    orientation,
                    negative,
                };
                assert_eq!(unapply(&apply(&codeword, index), index), codeword);
            }
        }
    }

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
        let codebook = start(&stages, &blocks, 1, &indicatif::ProgressBar::hidden());
        let search = BeamSearch::new(&codebook);
        for block in &blocks {
            let error = search.find(block, 4)[0].error;
            assert!(error.abs() < 1e-4, "{error}");
        }
    }
}
