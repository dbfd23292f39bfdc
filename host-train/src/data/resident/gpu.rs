//! Blocks that are cut by kernels, on every backend of CubeCL.

use burn::tensor::{Int, Tensor};
use burn_cubecl::{BoolElement, CubeRuntime};
use nice_kernels::{Gpu, SampleLayout};

use super::{CutBlocks, DeviceBytes};

impl<R: CubeRuntime, BT: BoolElement> CutBlocks for Gpu<R, BT> {
    fn cut_samples(bytes: &DeviceBytes<Self>, places: Tensor<Self, 2, Int>) -> Tensor<Self, 2> {
        kernels(bytes).samples(places)
    }

    fn cut_coordinates(
        bytes: &DeviceBytes<Self>,
        places: Tensor<Self, 2, Int>,
    ) -> (Tensor<Self, 2>, Tensor<Self, 1>) {
        kernels(bytes).coordinates(places)
    }
}

fn kernels<R: CubeRuntime, BT: BoolElement>(
    bytes: &DeviceBytes<Gpu<R, BT>>,
) -> nice_kernels::DeviceBytes<R, BT> {
    nice_kernels::DeviceBytes {
        words: bytes.words.clone(),
        layout: SampleLayout {
            pixel: bytes.pixel,
            channel: bytes.channel,
        },
    }
}
