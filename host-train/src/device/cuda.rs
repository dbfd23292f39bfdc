//! NVIDIA GPUs, and what CUDA needs beside them: its driver, its run-time compiler, and the headers that this compiler includes.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use cudarc::driver::result::{device, init};

use super::Gpu;

/// A GPU that can be used. This asks the driver directly, because the training framework panics if there is no driver.
pub(super) fn gpu(number: usize) -> Result<Gpu> {
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
    let handle = device::get(i32::try_from(number)?)
        .map_err(|error| anyhow!("GPU {number} cannot be used ({error:?})"))?;
    let name = device::get_name(handle)
        .map_err(|error| anyhow!("the name of GPU {number} cannot be read ({error:?})"))?;
    if !compiler {
        bail!(
            "there is a CUDA driver for {name}, but not its run-time compiler (libnvrtc, part of the CUDA toolkit){}",
            hint("libnvrtc.so", "LD_LIBRARY_PATH")
        );
    }
    if !has_headers() {
        bail!(
            "there is a CUDA driver for {name}, but its run-time compiler needs the headers of the CUDA toolkit: set CUDA_PATH to the \
             folder that has include/cuda_runtime.h{}",
            hint("cuda_runtime.h", "CUDA_PATH")
        );
    }
    // SAFETY: the handle is that of a device, from the driver.
    #[allow(unsafe_code)]
    let memory = unsafe { device::total_mem(handle) }
        .map_err(|error| anyhow!("the memory of {name} cannot be read ({error:?})"))?;
    Ok(Gpu {
        name,
        memory: memory as u64,
    })
}

/// Whether the headers are where CubeCL looks for them.
fn has_headers() -> bool {
    let folders = match std::env::var_os("CUDA_PATH") {
        Some(path) => vec![PathBuf::from(path)],
        None => [
            "/usr/local/cuda",
            "/opt/cuda",
            "/usr",
            "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA",
        ]
        .map(PathBuf::from)
        .to_vec(),
    };
    folders
        .iter()
        .any(|folder| folder.join("include/cuda_runtime.h").exists())
}

/// Where a file of CUDA is in the packages of Python, and which variable has to say so; nothing if it is nowhere.
fn hint(file: &str, variable: &str) -> String {
    let Some(folder) = in_python_packages(file) else {
        return String::new();
    };
    let folder = match variable {
        "CUDA_PATH" => folder.parent().unwrap_or(&folder).to_owned(),
        _ => folder,
    };
    format!(
        "; one is in a package of Python: set {variable}={}",
        folder.display()
    )
}

/// The folder of a file, or of one with a version behind its name, in the packages that NVIDIA publishes for Python.
fn in_python_packages(file: &str) -> Option<PathBuf> {
    let mut roots: Vec<PathBuf> = ["/usr/lib", "/usr/local/lib", "/opt/conda/lib"]
        .map(PathBuf::from)
        .to_vec();
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        roots.extend(std::env::var_os(variable).map(|prefix| Path::new(&prefix).join("lib")));
    }
    roots.extend(std::env::home_dir().map(|home| home.join(".local/lib")));
    let pythons = roots.iter().flat_map(|root| entries(root));
    let pythons = pythons.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("python")
    });
    let packages = pythons.flat_map(|python| {
        ["site-packages/nvidia", "dist-packages/nvidia"].map(|packages| python.join(packages))
    });
    let mut folders = packages.flat_map(|nvidia| {
        let parts = entries(&nvidia);
        parts.flat_map(|part| ["lib", "include"].map(|folder| part.join(folder)))
    });
    folders.find(|folder| {
        entries(folder).any(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(file)
        })
    })
}

/// What is in a folder; nothing if it is not one.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}
