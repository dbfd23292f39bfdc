//! The hidden activations of a decoder on some latents, in floating point and in integers.

use nalgebra::{DMatrix, DVector};
use nice_decode::{LATENT_BITS, Latent};

use super::layer::IntegerLayer;
use super::network::SLOPE;

/// The hidden activations on some latents, `[latents, hidden]`.
pub(super) struct Activations(DMatrix<f64>);

impl Activations {
    /// The activations of the float decoder, with first-layer weights `[bits, hidden]`.
    pub(super) fn float(latents: &[Latent], weights: &DMatrix<f64>, bias: &DVector<f64>) -> Self {
        let mut activations = DMatrix::zeros(latents.len(), bias.len());
        for (latent, mut row) in latents.iter().zip(activations.row_iter_mut()) {
            row += bias.transpose();
            for i in set_bits(latent) {
                row += weights.row(i);
            }
            row.apply(|h| {
                if *h < 0.0 {
                    *h *= SLOPE;
                }
            });
        }
        Self(activations)
    }

    /// The activations of the integer decoder, with the arithmetic of `FORMAT.md`.
    pub(super) fn integer(latents: &[Latent], layer: &IntegerLayer, slope: u16) -> Self {
        let hidden = layer.bias.len();
        let mut activations = DMatrix::zeros(latents.len(), hidden);
        let mut sums = vec![0_i32; hidden];
        for (n, latent) in latents.iter().enumerate() {
            sums.copy_from_slice(&layer.bias);
            for i in set_bits(latent) {
                let weights = &layer.weights[i * hidden..][..hidden];
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum += i32::from(weight);
                }
            }
            for (j, &sum) in sums.iter().enumerate() {
                let sum = (sum >> layer.pre).clamp(-32768, 32767);
                let rounding = 1 << (layer.post - 1);
                let v = (sum * i32::from(layer.multiplier[j]) + rounding) >> layer.post;
                let v = v.clamp(-32767, 32767);
                activations[(n, j)] = f64::from(if v >= 0 {
                    v
                } else {
                    (v * i32::from(slope) + 32768) >> 16
                });
            }
        }
        Self(activations)
    }

    /// The second moments, `[hidden, hidden]`.
    pub(super) fn moments(&self) -> DMatrix<f64> {
        self.0.tr_mul(&self.0) / self.0.nrows() as f64
    }

    /// The means, `[hidden]`.
    pub(super) fn means(&self) -> DVector<f64> {
        self.0.row_mean().transpose()
    }

    /// The activations of the first latent.
    #[cfg(test)]
    pub(super) fn first(&self) -> DVector<f64> {
        self.0.row(0).transpose()
    }
}

/// The bits of a latent that are set.
fn set_bits(latent: &Latent) -> impl Iterator<Item = usize> {
    (0..LATENT_BITS).filter(|i| latent[i / 8] >> (i % 8) & 1 == 1)
}
