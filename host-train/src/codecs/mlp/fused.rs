//! One half of a trained network, encoder or decoder, with its first two dense layers fused into one.

use anyhow::{Result, ensure};
use nalgebra::{DMatrix, DVector};

use crate::tensors::{Tensors, Values, find};

/// One half of a network: a dense layer with a bias, a leaky rectifier, and a dense layer.
pub(super) struct FusedLayers {
    /// `[inputs, hidden]`.
    pub(super) first: DMatrix<f64>,
    /// `[hidden]`.
    pub(super) bias: DVector<f64>,
    /// `[hidden, outputs]`.
    pub(super) second: DMatrix<f64>,
}

impl FusedLayers {
    /// The half with this name, `encoder` or `decoder`, among tensors.
    pub(super) fn new(tensors: &Tensors, half: &str) -> Result<Self> {
        let part = |name: &str| find(tensors, &format!("{half}.{name}"));
        let first = matrix(part("first.weight")?)?;
        let second = matrix(part("second.weight")?)?;
        ensure!(
            first.ncols() == second.nrows(),
            "the first two layers of the {half} do not match"
        );
        let bias = part("second.bias")?;
        Ok(Self {
            first: first * second,
            bias: DVector::from_iterator(
                bias.values.len(),
                bias.values.iter().map(|&v| f64::from(v)),
            ),
            second: matrix(part("third.weight")?)?,
        })
    }
}

/// The matrix of a tensor of rank 2.
fn matrix(values: &Values) -> Result<DMatrix<f64>> {
    let [rows, columns] = values.shape[..] else {
        anyhow::bail!("a weight of shape {:?} is not a matrix", values.shape)
    };
    let values = values.values.iter().map(|&v| f64::from(v));
    Ok(DMatrix::from_row_iterator(rows, columns, values))
}
