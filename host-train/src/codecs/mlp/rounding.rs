//! Rounds the weights of a layer one by one, and lets the weights that follow compensate for each rounding.
//!
//! How much they compensate depends on how the inputs of the layer vary together (the optimal brain surgeon's update; Hassibi and
//! Stork 1993, Frantar et al. 2022).

use anyhow::{Context, Result};
use nalgebra::DMatrix;

/// The largest magnitude of a weight.
pub(super) const MAX_WEIGHT: f64 = 127.0;

/// Rounds rows of weights.
pub(super) struct Rounder {
    /// The upper Cholesky factor of the inverse of the second moments of the inputs.
    factor: DMatrix<f64>,
}

impl Rounder {
    /// A rounder for inputs with these second moments.
    pub(super) fn new(mut moments: DMatrix<f64>) -> Result<Self> {
        // Inputs that are always zero would make the inverse infinite.
        let damping = 0.01 * moments.diagonal().mean().max(1e-9);
        for j in 0..moments.nrows() {
            moments[(j, j)] += damping;
        }
        let inverse = moments.cholesky().map(|cholesky| cholesky.inverse());
        let factor = inverse.and_then(DMatrix::cholesky);
        let factor = factor.context("the moments of the hidden units are not positive definite")?;
        Ok(Self {
            factor: factor.l().transpose(),
        })
    }

    /// Rounds a row of weights to multiples of `step`.
    pub(super) fn round(&self, weights: impl Iterator<Item = f64>, step: f64) -> Vec<i8> {
        let mut remaining: Vec<f64> = weights.collect();
        (0..remaining.len())
            .map(|j| {
                let rounded = (remaining[j] / step).round().clamp(-MAX_WEIGHT, MAX_WEIGHT);
                let error = (remaining[j] - rounded * step) / self.factor[(j, j)];
                for (k, weight) in remaining.iter_mut().enumerate().skip(j) {
                    *weight -= error * self.factor[(j, k)];
                }
                rounded as i8
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_compensates_for_the_rounding_of_one_with_the_same_input() {
        // Two inputs that are always almost equal, so that only the sum of their weights matters.
        let moments = DMatrix::from_row_slice(2, 2, &[1.0, 0.999, 0.999, 1.0]);
        let rounder = Rounder::new(moments).unwrap();
        assert_eq!(rounder.round([10.4, 10.4].into_iter(), 1.0), [10, 11]);
        // Two independent inputs.
        let rounder = Rounder::new(DMatrix::identity(2, 2)).unwrap();
        assert_eq!(rounder.round([10.4, 10.4].into_iter(), 1.0), [10, 10]);
    }
}
