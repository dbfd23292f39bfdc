//! Where to train: what was asked for, what is there, and which was taken and why.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, anyhow, bail};

/// What `--device` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A GPU when a driver and a GPU answer, otherwise the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The NVIDIA GPU of this number.
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
                .ok_or_else(|| "say auto, cpu, cuda or cuda:N".to_owned()),
        }
    }
}

/// The device that trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// burn's Flex backend on all cores.
    Cpu,
    /// CUDA on the GPU of this number.
    Cuda(usize),
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
        }
    }
}

/// The device for `choice`, and a line that says which was taken and why.
pub fn find(choice: Choice) -> Result<(Device, String)> {
    let cores = rayon::current_num_threads();
    match choice {
        Choice::Cpu => Ok((
            Device::Cpu,
            format!("training on the CPU ({cores} threads), as asked"),
        )),
        Choice::Auto => Ok(match probe(0) {
            Ok(name) => (
                Device::Cuda(0),
                format!("training on cuda:0, {name}: a driver and a GPU answered"),
            ),
            Err(why) => (
                Device::Cpu,
                format!("training on the CPU ({cores} threads): {why}"),
            ),
        }),
        Choice::Cuda(number) => match probe(number) {
            Ok(name) => Ok((
                Device::Cuda(number),
                format!("training on cuda:{number}, {name}, as asked"),
            )),
            Err(why) => bail!(
                "--device cuda:{number}: {why}; use --device cpu, or auto to take what there is"
            ),
        },
    }
}

/// Asks the driver for a GPU's name before the training framework does, which would panic for lack of a driver.
#[cfg(feature = "cuda")]
fn probe(number: usize) -> Result<String> {
    use cudarc::driver::result::{device, init};

    // SAFETY: both only try to open a shared library by its usual names and close it again; the libraries'
    // own start-up code is trusted as far as the driver is.
    #[allow(unsafe_code)]
    let (driver, compiler) = unsafe {
        (
            cudarc::driver::sys::is_culib_present(),
            cudarc::nvrtc::sys::is_culib_present(),
        )
    };
    if !driver {
        bail!("no CUDA driver answers (libcuda is not there)");
    }
    init().map_err(|error| anyhow!("the CUDA driver does not start ({error:?})"))?;
    let count = device::get_count()
        .map_err(|error| anyhow!("the CUDA driver counts no GPUs ({error:?})"))?;
    if number >= usize::try_from(count).unwrap_or(0) {
        bail!("the CUDA driver knows {count} GPUs, numbered from 0");
    }
    if !compiler {
        bail!(
            "a CUDA driver answers, but its run-time compiler (libnvrtc, part of the CUDA toolkit) is not there"
        );
    }
    let handle = device::get(i32::try_from(number)?)
        .map_err(|error| anyhow!("GPU {number} does not answer ({error:?})"))?;
    device::get_name(handle)
        .map_err(|error| anyhow!("GPU {number} does not say its name ({error:?})"))
}

#[cfg(not(feature = "cuda"))]
fn probe(_number: usize) -> Result<String> {
    Err(anyhow!("this program was built without the feature cuda"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_documented() {
        assert_eq!("auto".parse(), Ok(Choice::Auto));
        assert_eq!("cpu".parse(), Ok(Choice::Cpu));
        assert_eq!("cuda".parse(), Ok(Choice::Cuda(0)));
        assert_eq!("cuda:3".parse(), Ok(Choice::Cuda(3)));
        for wrong in ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU"] {
            assert!(wrong.parse::<Choice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn auto_always_finds_a_device_and_says_why() {
        let (device, line) = find(Choice::Auto).unwrap();
        assert!(
            line.contains(if device == Device::Cpu { "CPU" } else { "cuda" }),
            "{line}"
        );
    }

    #[test]
    fn a_gpu_that_is_not_there_is_an_error_that_says_what_to_do() {
        let error = find(Choice::Cuda(99)).unwrap_err().to_string();
        assert!(
            error.contains("cuda:99") && error.contains("--device cpu"),
            "{error}"
        );
    }
}
