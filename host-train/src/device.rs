//! Chooses the device to train on.

use std::str::FromStr;

use anyhow::{Result, anyhow, bail};

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
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|number| number.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| "the devices are: auto, cpu, cuda, cuda:N".to_owned()),
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
}

/// The device for a choice, and a line that says which one it is and why.
///
/// # Errors
///
/// When the requested GPU cannot be used.
pub fn find(choice: Choice) -> Result<(Device, String)> {
    let cores = rayon::current_num_threads();
    match choice {
        Choice::Cpu => Ok((
            Device::Cpu,
            format!("training on the CPU ({cores} threads), as requested"),
        )),
        Choice::Auto => Ok(match probe(0) {
            Ok(name) => (Device::Cuda(0), format!("training on cuda:0, {name}")),
            Err(reason) => (
                Device::Cpu,
                format!("training on the CPU ({cores} threads): {reason}"),
            ),
        }),
        Choice::Cuda(number) => match probe(number) {
            Ok(name) => Ok((
                Device::Cuda(number),
                format!("training on cuda:{number}, {name}, as requested"),
            )),
            Err(reason) => bail!(
                "--device cuda:{number}: {reason}; use --device cpu, or auto to use whichever device there is"
            ),
        },
    }
}

/// The name of a GPU. This asks the driver directly, because the training framework panics if there is no driver.
#[cfg(feature = "cuda")]
fn probe(number: usize) -> Result<String> {
    use cudarc::driver::result::{device, init};

    // SAFETY: both only try to open a shared library by its usual names, and close it again. The start-up code of these libraries
    // is trusted like the driver itself.
    #[allow(unsafe_code)]
    let (driver, compiler) = unsafe {
        (
            cudarc::driver::sys::is_culib_present(),
            cudarc::nvrtc::sys::is_culib_present(),
        )
    };
    if !driver {
        bail!("there is no CUDA driver (libcuda)");
    }
    init().map_err(|error| anyhow!("the CUDA driver cannot be initialized ({error:?})"))?;
    let count = device::get_count()
        .map_err(|error| anyhow!("the CUDA driver cannot count the GPUs ({error:?})"))?;
    if number >= usize::try_from(count).unwrap_or(0) {
        bail!("there are {count} GPUs, numbered from 0");
    }
    if !compiler {
        bail!(
            "there is a CUDA driver, but not its run-time compiler (libnvrtc, part of the CUDA toolkit)"
        );
    }
    let handle = device::get(i32::try_from(number)?)
        .map_err(|error| anyhow!("GPU {number} cannot be used ({error:?})"))?;
    device::get_name(handle)
        .map_err(|error| anyhow!("the name of GPU {number} cannot be read ({error:?})"))
}

#[cfg(not(feature = "cuda"))]
fn probe(_number: usize) -> Result<String> {
    Err(anyhow!("this program was built without the feature cuda"))
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
        for wrong in ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU"] {
            assert!(wrong.parse::<Choice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn auto_always_finds_a_device_and_names_it() {
        let (device, line) = find(Choice::Auto).unwrap();
        assert!(
            line.contains(if device == Device::Cpu { "CPU" } else { "cuda" }),
            "{line}"
        );
    }

    #[test]
    fn the_error_for_a_gpu_that_does_not_exist_says_what_to_do() {
        let error = find(Choice::Cuda(99)).unwrap_err().to_string();
        assert!(
            error.contains("cuda:99") && error.contains("--device cpu"),
            "{error}"
        );
    }
}
