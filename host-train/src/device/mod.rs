//! The device to train on: [`find`] chooses it, and [`run()`] runs a task on it.

#[cfg(feature = "wgpu")]
mod adapters;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod guard;
mod run;

pub use run::{Task, TrainingBackend, run};

use std::str::FromStr;

use anyhow::{Context, Result};

/// The value of `--device`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A GPU if there is one with a driver, otherwise the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The NVIDIA GPU with this number.
    Cuda(usize),
    /// The GPU with this number among those with Vulkan, Metal or Direct3D 12, the best first; software comes last.
    Wgpu(usize),
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "wgpu" => Ok(Self::Wgpu(0)),
            _ => text
                .split_once(':')
                .and_then(|(kind, number)| match (kind, number.parse().ok()?) {
                    ("cuda", number) => Some(Self::Cuda(number)),
                    ("wgpu", number) => Some(Self::Wgpu(number)),
                    _ => None,
                })
                .ok_or_else(|| "the devices are: auto, cpu, cuda, cuda:N, wgpu, wgpu:N".to_owned()),
        }
    }
}

/// The device to train on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// All cores of the CPU, with burn's backend Flex.
    Cpu,
    /// The NVIDIA GPU with this number, with CUDA.
    Cuda(usize),
    /// The GPU with this number, with Vulkan, Metal or Direct3D 12.
    Wgpu(usize),
}

/// A device that was found, and a line that says which one it is and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The device.
    pub device: Device,
    /// The line.
    pub line: String,
    /// The memory of a GPU that data may take, in bytes; `None` for the CPU.
    pub memory: Option<u64>,
}

/// A GPU that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gpu {
    name: String,
    /// Its memory, in bytes.
    memory: u64,
}

/// The device for a choice.
///
/// # Errors
///
/// When the requested GPU cannot be used.
pub fn find(choice: Choice) -> Result<Found> {
    let cpu = |line| Found {
        device: Device::Cpu,
        line,
        memory: None,
    };
    let gpu = |device, gpu: Gpu, why: &str| {
        let name = match device {
            Device::Wgpu(number) => format!("wgpu:{number}"),
            Device::Cuda(number) => format!("cuda:{number}"),
            Device::Cpu => "cpu".to_owned(),
        };
        Found {
            device,
            line: format!("training on {name}, {}{why}", gpu.name),
            memory: Some(gpu.memory),
        }
    };
    let cores = rayon::current_num_threads();
    match choice {
        Choice::Cpu => Ok(cpu(format!(
            "training on the CPU ({cores} threads), as requested"
        ))),
        Choice::Auto => {
            let no_cuda = match cuda_gpu(0) {
                Ok(found) => return Ok(gpu(Device::Cuda(0), found, "")),
                Err(reason) => reason,
            };
            let no_gpu = match hardware_adapter() {
                Ok((number, found)) => {
                    let why = format!("; not with CUDA: {no_cuda}");
                    return Ok(gpu(Device::Wgpu(number), found, &why));
                }
                Err(reason) => reason,
            };
            Ok(cpu(format!(
                "training on the CPU ({cores} threads): {no_cuda}, and {no_gpu}"
            )))
        }
        Choice::Cuda(number) => {
            let found = cuda_gpu(number).with_context(|| unusable("cuda", number))?;
            Ok(gpu(Device::Cuda(number), found, ", as requested"))
        }
        Choice::Wgpu(number) => {
            let found = adapter(number).with_context(|| unusable("wgpu", number))?;
            Ok(gpu(Device::Wgpu(number), found, ", as requested"))
        }
    }
}

/// What an error about a requested GPU begins with.
fn unusable(kind: &str, number: usize) -> String {
    format!(
        "--device {kind}:{number} cannot be used; use --device cpu, or auto for whichever device there is"
    )
}

/// An NVIDIA GPU that can be used.
fn cuda_gpu(number: usize) -> Result<Gpu> {
    #[cfg(feature = "cuda")]
    return cuda::gpu(number);
    #[cfg(not(feature = "cuda"))]
    anyhow::bail!("this program was built without the feature cuda, which cuda:{number} needs");
}

/// A GPU with Vulkan, Metal or Direct3D 12.
fn adapter(number: usize) -> Result<Gpu> {
    #[cfg(feature = "wgpu")]
    return adapters::gpu(number);
    #[cfg(not(feature = "wgpu"))]
    anyhow::bail!("this program was built without the feature wgpu, which wgpu:{number} needs");
}

/// The number of the best GPU with Vulkan, Metal or Direct3D 12 that is not software.
fn hardware_adapter() -> Result<(usize, Gpu)> {
    #[cfg(feature = "wgpu")]
    return adapters::hardware();
    #[cfg(not(feature = "wgpu"))]
    anyhow::bail!("this program was built without the feature wgpu");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_parsed() {
        assert_eq!("auto".parse(), Ok(Choice::Auto));
        assert_eq!("cpu".parse(), Ok(Choice::Cpu));
        assert_eq!("cuda".parse(), Ok(Choice::Cuda(0)));
        assert_eq!("cuda:3".parse(), Ok(Choice::Cuda(3)));
        assert_eq!("wgpu".parse(), Ok(Choice::Wgpu(0)));
        assert_eq!("wgpu:1".parse(), Ok(Choice::Wgpu(1)));
        for wrong in [
            "", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU", "cpu:1", "wgpu:",
        ] {
            assert!(wrong.parse::<Choice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn auto_always_finds_a_device_and_names_it() {
        let Found { device, line, .. } = find(Choice::Auto).unwrap();
        let name = match device {
            Device::Cpu => "the CPU",
            Device::Cuda(_) => "cuda:",
            Device::Wgpu(_) => "wgpu:",
        };
        assert!(line.contains(name), "{line}");
    }

    #[test]
    fn the_error_for_a_gpu_that_does_not_exist_says_what_to_do() {
        for (choice, name) in [(Choice::Cuda(99), "cuda:99"), (Choice::Wgpu(99), "wgpu:99")] {
            let error = find(choice).unwrap_err().to_string();
            assert!(
                error.contains(name) && error.contains("--device cpu"),
                "{error}"
            );
        }
    }
}
