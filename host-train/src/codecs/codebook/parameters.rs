//! The parameters of a codebook: its codewords and gains, and the gradients of the error of blocks.

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use nice_decode::format::Stage;
use nice_encode::codebook::Codebook;

use super::backend::{BlockIndices, CodebookBackend, CodebookTensors};
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

/// What rounding adds to the codewords and gains.
#[derive(Clone, Debug)]
pub struct Rounding<B: Backend> {
    /// `[base codewords, 96]`
    base: Tensor<B, 2>,
    /// `[base codewords]`
    gains: Tensor<B, 1>,
    /// `[residual codewords of all stages, 96]`
    residuals: Tensor<B, 2>,
}

/// Blocks with their indices, on the device.
#[derive(Clone, Debug)]
pub struct Batch<B: Backend> {
    /// The blocks, `[batch, 96]`.
    pub blocks: Tensor<B, 2>,
    /// The weights of the blocks, 1 on average, `[batch]`.
    pub weights: Tensor<B, 1>,
    /// What they use of the codebook.
    pub indices: BlockIndices<B>,
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

    /// The codebook with these parameters, on its device.
    pub fn tensors(&self, stages: &[Stage]) -> CodebookTensors<B> {
        let gains = self.gains.val() * GAIN_SCALE; // [base codewords, 1]
        let [count, _] = gains.dims();
        CodebookTensors {
            stages: stages.to_vec(),
            base: self.base.val() * BASE_SCALE,
            gains: gains.reshape([count]).clamp_min(MIN_GAIN),
            residuals: self.residuals.val(),
        }
    }

    /// The codebook with these parameters.
    pub fn codebook(&self, stages: &[Stage]) -> Codebook {
        self.tensors(stages).to_codebook()
    }
}

impl<B: AutodiffBackend> Parameters<B>
where
    B::InnerBackend: CodebookBackend,
{
    /// The weighted mean squared error of a batch, summed over the samples of a block, `[1]`, and its gradients.
    ///
    /// With a rounding, the codebook is rounded in what blocks decode to and not in the gradients (straight-through).
    pub fn gradients(
        &self,
        batch: &Batch<B::InnerBackend>,
        stages: &[Stage],
        rounding: Option<&Rounding<B::InnerBackend>>,
    ) -> (Tensor<B::InnerBackend, 1>, GradientsParams) {
        // Only values are needed: the gradients are computed in closed form.
        let [count, _] = self.gains.val().dims();
        let mut codebook = CodebookTensors {
            stages: stages.to_vec(),
            base: self.base.val().inner() * BASE_SCALE,
            gains: (self.gains.val().inner() * GAIN_SCALE).reshape([count]),
            residuals: self.residuals.val().inner(),
        };
        if let Some(rounding) = rounding {
            codebook.base = codebook.base + rounding.base.clone();
            codebook.gains = codebook.gains + rounding.gains.clone();
            codebook.residuals = codebook.residuals + rounding.residuals.clone();
        }
        let Batch {
            blocks,
            weights,
            indices,
        } = batch;
        let compared =
            B::InnerBackend::compare(&codebook, blocks.clone(), weights.clone(), indices.clone());
        let sums = B::InnerBackend::sum_by_codeword(
            stages,
            compared.differences,
            compared.factors,
            compared.of_gains,
            indices.clone(),
        );
        let [all, _] = sums.values.dims();
        let mean = 1.0 / blocks.dims()[0] as f32;
        let base = sums.values.clone().narrow(0, 0, count) * (BASE_SCALE * mean); // [base codewords, 96]
        let gains = sums.scalars.narrow(0, 0, count) * (GAIN_SCALE * mean); // [base codewords]
        let residuals = sums.values.narrow(0, count, all - count) * mean; // [residual codewords, 96]
        let mut gradients = GradientsParams::new();
        gradients.register(self.base.id, base);
        gradients.register(self.gains.id, gains.reshape([count, 1]));
        gradients.register(self.residuals.id, residuals);
        (compared.errors.mean(), gradients)
    }
}

impl<B: Backend> Rounding<B> {
    /// The difference between a rounded codebook and the original.
    pub fn new(original: &CodebookTensors<B>, rounded: &CodebookTensors<B>) -> Self {
        Self {
            base: rounded.base.clone() - original.base.clone(),
            gains: rounded.gains.clone() - original.gains.clone(),
            residuals: rounded.residuals.clone() - original.residuals.clone(),
        }
    }
}

/// The values of the parameters of a codebook: base, gains, residuals.
fn values(codebook: &Codebook) -> [Values; 3] {
    use nice_encode::codebook::{Coordinates, DIMENSIONS};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codecs::codebook::backend::upload;
    use burn::backend::Autodiff;
    use burn::tensor::{Int, TensorData};
    use burn_flex::Flex;
    use nice_encode::codebook::{Coordinates, DIMENSIONS};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// The error of a batch, from its definition.
    fn error(codebook: &Codebook, batch: &Batch<Flex>, stages: &[Stage]) -> f64 {
        let tensors = CodebookTensors::<Flex>::new(codebook, &Default::default());
        let parameters =
            Parameters::<Autodiff<Flex>>::new(&tensors.to_codebook(), &Default::default());
        let (error, _) = parameters.gradients(batch, stages, None);
        f64::from(error.into_scalar())
    }

    #[test]
    fn gradients_are_those_of_the_error() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let stages: Vec<Stage> = [(5, 3), (6, 3), (6, 3)]
            .map(|(bits, orientation_bits)| Stage {
                bits,
                orientation_bits,
            })
            .to_vec();
        let mut rows = |count: usize| -> Vec<Coordinates> {
            (0..count)
                .map(|_| std::array::from_fn(|_| random.random_range(-1.0..1.0)))
                .collect()
        };
        let codebook = Codebook {
            stages: stages.clone(),
            base: rows(4),
            residuals: vec![rows(4), rows(4)],
            gains: vec![0.3, 0.5, 0.7, 0.2],
        };
        let device = Default::default();
        let blocks = 40;
        let indices: Vec<i32> = (0..blocks * 3)
            .map(|at| random.random_range(0..64) & if at % 3 == 0 { !8 } else { !0 })
            .collect();
        let used: Vec<i32> = (0..blocks).map(|at| at as i32 % 3 + 1).collect();
        let mut rows = |count: usize| -> Vec<Coordinates> {
            (0..count)
                .map(|_| std::array::from_fn(|_| random.random_range(-1.0..1.0)))
                .collect()
        };
        let batch = Batch::<Flex> {
            blocks: upload(&rows(blocks), &device),
            weights: Tensor::from_data(TensorData::from(&vec![1.5_f32; blocks][..]), &device),
            indices: BlockIndices {
                indices: Tensor::<Flex, 2, Int>::from_data(
                    TensorData::new(indices, [blocks, 3]),
                    &device,
                ),
                used: Tensor::from_data(TensorData::from(&used[..]), &device),
            },
        };
        let parameters = Parameters::<Autodiff<Flex>>::new(&codebook, &device);
        let (_, gradients) = parameters.gradients(&batch, &stages, None);
        let read = |id| -> Vec<f32> {
            let gradient = gradients.get::<Flex, 2>(id).unwrap();
            Values::from_device(gradient).values
        };
        let (base, gains, residuals) = (
            read(parameters.base.id),
            read(parameters.gains.id),
            read(parameters.residuals.id),
        );
        let step = 1e-2;
        let derivative = |change: &dyn Fn(&mut Codebook, f32)| {
            let at = |step: f32| {
                let mut codebook = codebook.clone();
                change(&mut codebook, step);
                error(&codebook, &batch, &stages)
            };
            (at(step) - at(-step)) / (2.0 * f64::from(step))
        };
        let close = |found: f32, expected: f64, scale: f32| {
            let expected = expected as f32 * scale;
            assert!(
                (found - expected).abs() < 2e-3 + 1e-2 * expected.abs(),
                "{found} {expected}"
            );
        };
        for (codeword, &gain) in gains.iter().enumerate() {
            for at in [0, 17, 30, 95] {
                let place = codeword * DIMENSIONS + at;
                let expected = derivative(&|codebook, step| codebook.base[codeword][at] += step);
                close(base[place], expected, BASE_SCALE);
                let expected =
                    derivative(&|codebook, step| codebook.residuals[1][codeword][at] += step);
                close(residuals[4 * DIMENSIONS + place], expected, 1.0);
            }
            let expected = derivative(&|codebook, step| codebook.gains[codeword] += step);
            close(gain, expected, GAIN_SCALE);
        }
    }
}
