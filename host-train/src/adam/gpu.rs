//! The optimizer as a kernel, on every backend of CubeCL.

use burn::optim::AdaptiveMomentumState;
use burn::tensor::Tensor;
use burn_cubecl::{BoolElement, CubeRuntime};
use nice_kernels::{AdamConstants, Gpu, adam_step};

use super::{AdamStep, AdamW};

impl<R: CubeRuntime, BT: BoolElement> AdamStep for Gpu<R, BT> {
    fn adam_step<const D: usize>(
        adam: &AdamW,
        rate: f64,
        parameter: Tensor<Self, D>,
        gradient: Tensor<Self, D>,
        moments: Option<AdaptiveMomentumState<Self, D>>,
    ) -> (Tensor<Self, D>, AdaptiveMomentumState<Self, D>) {
        let moments = moments.unwrap_or_else(|| {
            let zeros = gradient.zeros_like();
            AdaptiveMomentumState::new(0, zeros.clone(), zeros)
        });
        let time = moments.time + 1;
        let constants = AdamConstants {
            beta_1: adam.beta_1,
            beta_2: adam.beta_2,
            correction_1: 1.0 - adam.beta_1.powi(time as i32),
            correction_2: 1.0 - adam.beta_2.powi(time as i32),
            epsilon: adam.epsilon,
            rate: rate as f32,
            kept: (1.0 - rate * f64::from(adam.weight_decay)) as f32,
        };
        let (parameter, first, second) = adam_step(
            &constants,
            parameter,
            gradient,
            moments.moment_1,
            moments.moment_2,
        );
        (parameter, AdaptiveMomentumState::new(time, first, second))
    }
}
