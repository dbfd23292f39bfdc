//! The optimizer AdamW. Its operations are those of burn's AdamW, but on a GPU a step of a parameter is one kernel instead of fifteen.

mod cpu;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod gpu;

use burn::optim::LearningRate;
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::{AdamWState, AdaptiveMomentumState, SimpleOptimizer};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The optimizer for the module `M`.
pub type Adam<B, M> = OptimizerAdaptor<AdamW, M, B>;

/// The constants of AdamW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// The part of the first moment that is kept in a step.
    pub beta_1: f32,
    /// The part of the second moment that is kept in a step.
    pub beta_2: f32,
    /// What is added to the square root of the second moment.
    pub epsilon: f32,
    /// The part of a parameter, times the learning rate, that a step takes away.
    pub weight_decay: f32,
}

/// A backend that does a step of AdamW.
pub trait AdamStep: Backend {
    /// A parameter and its moments after a step, given its gradient; there are no moments before the first step.
    fn adam_step<const D: usize>(
        adam: &AdamW,
        rate: f64,
        parameter: Tensor<Self, D>,
        gradient: Tensor<Self, D>,
        moments: Option<AdaptiveMomentumState<Self, D>>,
    ) -> (Tensor<Self, D>, AdaptiveMomentumState<Self, D>);
}

impl<B: AdamStep> SimpleOptimizer<B> for AdamW {
    type State<const D: usize> = AdamWState<B, D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        parameter: Tensor<B, D>,
        gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        let moments = state.map(|state| state.momentum);
        let (parameter, moments) = B::adam_step(self, rate, parameter, gradient, moments);
        (parameter, Some(AdamWState::new(moments)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        AdamWState::new(state.momentum.to_device(device))
    }
}
