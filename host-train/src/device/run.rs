//! Runs a task on a device. This is the only place that names the backends of burn.

use anyhow::Result;
use burn::backend::Autodiff;
use burn::tensor::backend::AutodiffBackend;
use burn_flex::Flex;

use super::Device;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
use super::guard::guarded;
use crate::adam::AdamStep;
use crate::codecs::codebook::backend::CodebookBackend;
use crate::data::resident::CutBlocks;

/// A backend that all codecs can be trained on.
pub trait TrainingBackend:
    AutodiffBackend<InnerBackend: AdamStep + CodebookBackend + CutBlocks>
{
}

impl<B: AutodiffBackend<InnerBackend: AdamStep + CodebookBackend + CutBlocks>> TrainingBackend
    for B
{
}

/// A task for any backend.
pub trait Task {
    /// What it returns.
    type Output;

    /// Runs the task.
    ///
    /// # Errors
    ///
    /// Those of the task.
    fn run<B: TrainingBackend>(self, device: &B::Device) -> Result<Self::Output>;
}

/// Runs a task on a device.
///
/// # Errors
///
/// Those of the task, and when the GPU fails.
pub fn run<T: Task>(device: Device, task: T) -> Result<T::Output> {
    match device {
        Device::Cpu => task.run::<Autodiff<Flex>>(&Default::default()),
        #[cfg(feature = "cuda")]
        Device::Cuda(number) => guarded(|| {
            let device = burn_cuda::CudaDevice::new(number);
            task.run::<Autodiff<burn_cuda::Cuda>>(&device)
        }),
        #[cfg(feature = "wgpu")]
        Device::Wgpu(number) => guarded(|| {
            let device = super::adapters::device(number);
            task.run::<Autodiff<burn_wgpu::Vulkan>>(&device)
        }),
        #[cfg(not(all(feature = "cuda", feature = "wgpu")))]
        _ => anyhow::bail!("this program was built without the feature of that device"),
    }
}
