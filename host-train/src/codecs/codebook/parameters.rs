//! The parameters that burn differentiates: the codewords and gains, and the blocks that some indices decode to.
//!
//! Blocks and codewords are in the coordinates of [`nice_encode::codebook::coordinates`], in which a flip changes signs and a
//! transposition changes the order.

use burn::module::{Module, Param};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Int, Tensor, TensorData};
use nice_decode::Orientation;
use nice_decode::format::Stage;
use nice_encode::codebook::coordinates::{self, PART};
use nice_encode::codebook::{Codebook, Coordinates, DIMENSIONS, Indices};

use crate::tensors::Values;

/// The factor from a parameter to a base codeword. Adam moves all parameters at about the same rate, but residual codewords
/// should move faster than base codewords and gains.
const BASE_SCALE: f32 = 0.1;

/// The factor from a parameter to a gain.
const GAIN_SCALE: f32 = 0.05;

/// The smallest gain.
const MIN_GAIN: f32 = 1e-3;

/// The parameters of a codebook.
#[derive(Module, Debug)]
pub struct Parameters<B: Backend> {
    /// `[base codewords, 96]`
    base: Param<Tensor<B, 2>>,
    /// `[base codewords, 1]`
    gains: Param<Tensor<B, 2>>,
    /// `[residual codewords of all stages, 96]`
    residuals: Param<Tensor<B, 2>>,
}

/// The factors of a codeword in a variant: 16 combinations of orientation (bits 0 to 2) and sign (bit 3), and zeros for a stage
/// that a block does not use.
const VARIANTS: usize = 17;

/// The variant of a stage that a block does not use.
const UNUSED: i32 = 16;

/// The indices of a block, and the number of the stages that it uses.
#[derive(Clone, Copy, Debug)]
pub struct UsedIndices {
    /// The indices; only those of the first stages count.
    pub indices: Indices,
    /// The number of stages, at least 1.
    pub stages: usize,
}

/// The indices of a batch. A variant is one of the combinations of orientation and sign.
#[derive(Clone, Debug)]
pub struct BatchIndices<B: Backend> {
    /// The number of the gain, `[batch]`.
    gain: Tensor<B, 1, Int>,
    /// The number of the base codeword in the list of all codewords followed by all transposed ones, `[batch]`.
    base: Tensor<B, 1, Int>,
    /// Its variant, `[batch]`.
    base_variant: Tensor<B, 1, Int>,
    /// The numbers of the residual codewords in such a list, `[batch * residual stages]`.
    residuals: Tensor<B, 1, Int>,
    /// Their variants, `[batch * residual stages]`.
    residual_variants: Tensor<B, 1, Int>,
}

/// What rounding adds to the codewords and gains.
#[derive(Clone, Debug)]
pub struct Rounding<B: Backend> {
    base: Tensor<B, 2>,
    gains: Tensor<B, 2>,
    residuals: Tensor<B, 2>,
}

/// Constants on the device.
#[derive(Clone, Debug)]
pub struct Constants<B: Backend> {
    /// The signs of the coordinates in each variant, `[17, 96]`.
    signs: Tensor<B, 2>,
    /// The index that each coordinate of a transposed codeword comes from, `[96]`.
    transposed: Tensor<B, 1, Int>,
}

impl<B: Backend> Constants<B> {
    /// Creates the constants on a device.
    pub fn new(device: &B::Device) -> Self {
        let signs: Vec<f32> = (0..VARIANTS * DIMENSIONS)
            .map(|at| {
                let (variant, at) = ((at / DIMENSIONS) as u8, at % DIMENSIONS);
                let orientation = Orientation::from_bits(variant);
                let from = if orientation.transposes() {
                    coordinates::transposed_index(at)
                } else {
                    at
                };
                let sign = coordinates::flip_sign(orientation, from / PART);
                match i32::from(variant) {
                    UNUSED => 0.0,
                    variant if variant & 8 == 0 => sign,
                    _ => -sign,
                }
            })
            .collect();
        let transposed: Vec<i32> = (0..DIMENSIONS)
            .map(|at| coordinates::transposed_index(at) as i32)
            .collect();
        Self {
            signs: Tensor::from_data(TensorData::new(signs, [VARIANTS, DIMENSIONS]), device),
            transposed: Tensor::from_data(TensorData::new(transposed, [DIMENSIONS]), device),
        }
    }
}

impl<B: Backend> BatchIndices<B> {
    /// Copies the indices of a batch to a device.
    pub fn new(blocks: &[UsedIndices], stages: &[Stage], device: &B::Device) -> Self {
        let base_codewords = stages[0].codewords(true).unwrap_or_default();
        let starts: Vec<usize> = stages[1..]
            .iter()
            .scan(0, |end, stage| {
                let start = *end;
                *end += stage.codewords(false).unwrap_or_default();
                Some(start)
            })
            .collect();
        let all: usize = stages[1..]
            .iter()
            .filter_map(|stage| stage.codewords(false))
            .sum();
        let ints = |values: Vec<i32>| {
            let count = values.len();
            Tensor::from_data(TensorData::new(values, [count]), device)
        };
        let transposed = |orientation: Orientation, codewords: usize| {
            if orientation.transposes() {
                codewords
            } else {
                0
            }
        };
        let base = || blocks.iter().map(|block| block.indices[0]);
        // The index of each residual stage, the first codeword of the stage, and whether it is used.
        let residuals = || {
            blocks.iter().flat_map(|block| {
                let indices = block.indices[1..].iter().zip(&starts);
                indices
                    .zip(1..)
                    .map(|((index, start), number)| (index, start, number < block.stages))
            })
        };
        Self {
            gain: ints(base().map(|index| i32::from(index.codeword)).collect()),
            base: ints(
                base()
                    .map(|index| {
                        let offset = transposed(index.orientation, base_codewords);
                        (usize::from(index.codeword) + offset) as i32
                    })
                    .collect(),
            ),
            base_variant: ints(
                base()
                    .map(|index| i32::from(index.orientation.bits()))
                    .collect(),
            ),
            residuals: ints(
                residuals()
                    .map(|(index, start, _)| {
                        let offset = start + transposed(index.orientation, all);
                        (usize::from(index.codeword) + offset) as i32
                    })
                    .collect(),
            ),
            residual_variants: ints(
                residuals()
                    .map(|(index, _, used)| match used {
                        true => {
                            i32::from(index.orientation.bits()) | i32::from(index.negative) << 3
                        }
                        false => UNUSED,
                    })
                    .collect(),
            ),
        }
    }
}

impl<B: Backend> Parameters<B> {
    /// The parameters of a codebook.
    pub fn new(codebook: &Codebook, device: &B::Device) -> Self {
        let [base, gains, residuals] = values(codebook);
        Self {
            base: Param::from_tensor(base.to_device(device)),
            gains: Param::from_tensor(gains.to_device(device)),
            residuals: Param::from_tensor(residuals.to_device(device)),
        }
    }

    /// Parameters that are the same ones for the optimizer, with the values of another codebook.
    pub fn replaced(&self, codebook: &Codebook, device: &B::Device) -> Self
    where
        B: AutodiffBackend,
    {
        let [base, gains, residuals] = values(codebook);
        let replace = |param: &Param<Tensor<B, 2>>, values: &Values| {
            Param::initialized(param.id, values.to_device::<B, 2>(device).require_grad())
        };
        Self {
            base: replace(&self.base, &base),
            gains: replace(&self.gains, &gains),
            residuals: replace(&self.residuals, &residuals),
        }
    }

    /// The codebook with these parameters.
    pub fn codebook(&self, stages: &[Stage]) -> Codebook {
        let codewords = |tensor: Tensor<B, 2>, scale: f32| -> Vec<Coordinates> {
            let values = Values::from_device(tensor).values;
            let (codewords, _) = values.as_chunks::<DIMENSIONS>();
            codewords
                .iter()
                .map(|codeword| codeword.map(|value| value * scale))
                .collect()
        };
        let mut residuals = codewords(self.residuals.val(), 1.0).into_iter();
        Codebook {
            stages: stages.to_vec(),
            base: codewords(self.base.val(), BASE_SCALE),
            gains: Values::from_device(self.gains.val())
                .values
                .iter()
                .map(|gain| (gain * GAIN_SCALE).max(MIN_GAIN))
                .collect(),
            residuals: stages[1..]
                .iter()
                .map(|stage| {
                    residuals
                        .by_ref()
                        .take(stage.codewords(false).unwrap_or_default())
                        .collect()
                })
                .collect(),
        }
    }

    /// Decodes a batch: `[batch, 96]`.
    ///
    /// With a rounding, the codebook is rounded in the forward pass and not in the backward pass (straight-through).
    pub fn decode(
        &self,
        indices: BatchIndices<B>,
        constants: &Constants<B>,
        rounding: Option<&Rounding<B>>,
    ) -> Tensor<B, 2> {
        let mut base = self.base.val() * BASE_SCALE; // [base codewords, 96]
        let mut gains = self.gains.val() * GAIN_SCALE; // [base codewords, 1]
        let mut residuals = self.residuals.val(); // [residual codewords, 96]
        if let Some(rounding) = rounding {
            base = base + rounding.base.clone();
            gains = gains + rounding.gains.clone();
            residuals = residuals + rounding.residuals.clone();
        }
        let [batch] = indices.gain.dims();
        let select =
            |codewords: Tensor<B, 2>, index: Tensor<B, 1, Int>, variant: Tensor<B, 1, Int>| {
                let transposed = codewords.clone().select(1, constants.transposed.clone());
                let both = Tensor::cat(vec![codewords, transposed], 0); // [2 * codewords, 96]
                both.select(0, index) * constants.signs.clone().select(0, variant) // [indices, 96]
            };
        let base = select(base, indices.base, indices.base_variant); // [batch, 96]
        let gain = gains.select(0, indices.gain); // [batch, 1]
        let residuals = select(residuals, indices.residuals, indices.residual_variants); // [batch * stages, 96]
        let [selected, _] = residuals.dims();
        let sums = residuals
            .reshape([batch, selected / batch.max(1), DIMENSIONS])
            .sum_dim(1)
            .reshape([batch, DIMENSIONS]); // [batch, 96]
        base + sums * gain
    }
}

impl<B: AutodiffBackend> Parameters<B> {
    /// The weighted mean squared error of a batch, summed over the samples of a block: `[1]`. The blocks are `[batch, 96]`, and their
    /// weights `[batch, 1]`.
    pub fn loss(
        &self,
        blocks: Tensor<B, 2>,
        weights: Tensor<B, 2>,
        indices: BatchIndices<B>,
        constants: &Constants<B>,
        rounding: Option<&Rounding<B>>,
    ) -> Tensor<B, 1> {
        let error = self.decode(indices, constants, rounding) - blocks; // [batch, 96]
        (error.powi_scalar(2).sum_dim(1) * weights).mean() // [1]
    }
}

impl<B: Backend> Rounding<B> {
    /// The difference between a rounded codebook and the original.
    pub fn new(original: &Codebook, rounded: &Codebook, device: &B::Device) -> Self {
        let [base, gains, residuals] = values(original);
        let [rounded_base, rounded_gains, rounded_residuals] = values(rounded);
        let difference = |from: Values, to: Values, scale: f32| {
            let values = from
                .values
                .iter()
                .zip(&to.values)
                .map(|(from, to)| (to - from) * scale);
            Values::new(&from.shape, values.collect()).to_device(device)
        };
        Self {
            base: difference(base, rounded_base, BASE_SCALE),
            gains: difference(gains, rounded_gains, GAIN_SCALE),
            residuals: difference(residuals, rounded_residuals, 1.0),
        }
    }
}

/// The values of the parameters of a codebook: base, gains, residuals.
fn values(codebook: &Codebook) -> [Values; 3] {
    let flat = |codewords: &mut dyn Iterator<Item = &Coordinates>, scale: f32| {
        let values: Vec<f32> = codewords.flatten().map(|value| value / scale).collect();
        Values::new(&[values.len() / DIMENSIONS, DIMENSIONS], values)
    };
    let gains: Vec<f32> = codebook
        .gains
        .iter()
        .map(|gain| gain / GAIN_SCALE)
        .collect();
    [
        flat(&mut codebook.base.iter(), BASE_SCALE),
        Values::new(&[gains.len(), 1], gains),
        flat(&mut codebook.residuals.iter().flatten(), 1.0),
    ]
}
