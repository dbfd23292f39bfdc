//! The optimizer on the CPU, which is burn's.

use burn::optim::{AdamWConfig, AdamWState, AdaptiveMomentumState, SimpleOptimizer};
use burn::tensor::Tensor;
use burn_flex::Flex;

use super::{AdamStep, AdamW};

impl AdamStep for Flex {
    fn adam_step<const D: usize>(
        adam: &AdamW,
        rate: f64,
        parameter: Tensor<Self, D>,
        gradient: Tensor<Self, D>,
        moments: Option<AdaptiveMomentumState<Self, D>>,
    ) -> (Tensor<Self, D>, AdaptiveMomentumState<Self, D>) {
        let AdamW {
            beta_1,
            beta_2,
            epsilon,
            weight_decay,
        } = *adam;
        let adam = AdamWConfig::new()
            .with_beta_1(beta_1)
            .with_beta_2(beta_2)
            .with_epsilon(epsilon)
            .with_weight_decay(weight_decay)
            .build();
        let state = moments.map(AdamWState::new);
        let (parameter, state) = adam.step(rate, parameter, gradient, state);
        let state = state.expect("AdamW always has a state");
        (parameter, state.momentum)
    }
}
