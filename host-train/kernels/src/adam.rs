//! A step of the optimizer AdamW.

use burn::tensor::DType;
use burn_cubecl::{BoolElement, CubeRuntime};
use cubecl::prelude::*;

use crate::tensors::{Floats, empty_like, of_floats, to_floats};

/// The number of units of a cube, each of which has one element.
const UNITS: u32 = 256;

/// The constants of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConstants {
    /// The part of the first moment that is kept.
    pub beta_1: f32,
    /// The part of the second moment that is kept.
    pub beta_2: f32,
    /// The divisor that corrects the bias of the first moment.
    pub correction_1: f32,
    /// The divisor that corrects the bias of the second moment.
    pub correction_2: f32,
    /// What is added to the square root of the second moment.
    pub epsilon: f32,
    /// The learning rate.
    pub rate: f32,
    /// The part of a parameter that decay leaves.
    pub kept: f32,
}

/// A parameter, its gradient, and its first and second moment.
#[derive(CubeType, CubeLaunch)]
struct Before {
    parameter: Tensor<f32>,
    gradient: Tensor<f32>,
    first: Tensor<f32>,
    second: Tensor<f32>,
}

/// The parameter and its moments after a step.
#[derive(CubeType, CubeLaunch)]
struct After {
    parameter: Tensor<f32>,
    first: Tensor<f32>,
    second: Tensor<f32>,
}

/// See [`AdamConstants`].
#[derive(CubeType, CubeLaunch)]
struct Constants {
    beta_1: f32,
    beta_2: f32,
    correction_1: f32,
    correction_2: f32,
    epsilon: f32,
    rate: f32,
    kept: f32,
}

/// A unit has one element.
#[cube(launch_unchecked)]
fn step(before: &Before, after: &mut After, constants: &Constants) {
    let at = ABSOLUTE_POS;
    if at >= before.parameter.len() {
        terminate!();
    }
    let gradient = before.gradient[at];
    let first = before.first[at] * constants.beta_1 + gradient * (1.0 - constants.beta_1);
    let second =
        before.second[at] * constants.beta_2 + gradient * gradient * (1.0 - constants.beta_2);
    let deviation = f32::sqrt(second / constants.correction_2) + constants.epsilon;
    let delta = first / constants.correction_1 / deviation;
    after.parameter[at] = before.parameter[at] * constants.kept - delta * constants.rate;
    after.first[at] = first;
    after.second[at] = second;
}

/// A parameter and its first and second moment after a step, given its gradient and the moments before.
pub fn adam_step<R: CubeRuntime, BT: BoolElement, const D: usize>(
    constants: &AdamConstants,
    parameter: Floats<R, BT, D>,
    gradient: Floats<R, BT, D>,
    first: Floats<R, BT, D>,
    second: Floats<R, BT, D>,
) -> (Floats<R, BT, D>, Floats<R, BT, D>, Floats<R, BT, D>) {
    let shape = parameter.dims();
    let elements: usize = shape.iter().product();
    let parameter = of_floats(parameter);
    let result = || empty_like(&parameter, shape, DType::F32);
    let (new_parameter, new_first, new_second) = (result(), result(), result());
    let cubes = CubeCount::Static((elements as u32).div_ceil(UNITS), 1, 1);
    // SAFETY: all tensors have the same number of elements, and the kernel reads and writes within them.
    #[allow(unsafe_code)]
    unsafe {
        step::launch_unchecked(
            &parameter.client,
            cubes,
            CubeDim::new_1d(UNITS),
            BeforeLaunch::new(
                parameter.clone().into_tensor_arg(),
                of_floats(gradient).into_tensor_arg(),
                of_floats(first).into_tensor_arg(),
                of_floats(second).into_tensor_arg(),
            ),
            AfterLaunch::new(
                new_parameter.clone().into_tensor_arg(),
                new_first.clone().into_tensor_arg(),
                new_second.clone().into_tensor_arg(),
            ),
            ConstantsLaunch::new(
                constants.beta_1,
                constants.beta_2,
                constants.correction_1,
                constants.correction_2,
                constants.epsilon,
                constants.rate,
                constants.kept,
            ),
        );
    }
    (
        to_floats(new_parameter),
        to_floats(new_first),
        to_floats(new_second),
    )
}
