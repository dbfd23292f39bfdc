//! Training with CUDA, as far as it can be tested without a GPU: a driver that launches nothing stands in for that of a GPU, but the
//! run-time compiler is NVIDIA's, so that all kernels have to compile. That it computes the right thing is tested on Vulkan.
//!
//! The tests read `NICE_CUDA`, the folder of a CUDA toolkit with `include` and `lib`, which may be that of NVIDIA's packages for Python.
//! Without it they print that they are skipped.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::fixtures::{bin, host_train_process, text, write_picture};
use crate::training::{CODEBOOK, MLP};

/// Few steps on the first GPU.
const FEW_STEPS: &[&str] = &["--device", "cuda", "--steps", "32"];

/// A machine with a driver of CUDA, but without a GPU.
struct Machine {
    folder: TempDir,
    toolkit: PathBuf,
}

impl Machine {
    /// A machine, if there is a toolkit.
    fn new() -> Option<Self> {
        let Some(toolkit) = std::env::var_os("NICE_CUDA").map(PathBuf::from) else {
            println!("skipped: NICE_CUDA is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/behavior/cuda/driver.c");
        // Not by the name with which NVIDIA's compiler looks for a driver, of which it expects more.
        let library = folder.path().join("libcuda.so");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o", text(&library), driver])
            .status()
            .unwrap();
        assert!(built.success(), "the driver does not compile");
        Some(Self { folder, toolkit })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds the run-time compiler, by the name that programs look for.
    fn with_compiler(self) -> Self {
        let compiler = std::fs::read_dir(self.toolkit.join("lib"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("libnvrtc.so")
            })
            .expect("the toolkit has libnvrtc.so");
        std::os::unix::fs::symlink(compiler, self.path("libnvrtc.so")).unwrap();
        self
    }

    /// Trains a codec for some steps.
    fn train(&self, codec: &[&str], data: &Path, out: &Path, more: &[&str]) -> Command {
        let mut command = host_train_process(&["--data", text(data), "--out", text(out)]);
        command
            .args(["--batch", "256", "--effort", "0", "--validate-every", "16"])
            .args(codec)
            .args(more)
            .env("CUDA_PATH", &self.toolkit)
            .env("LD_LIBRARY_PATH", self.libraries());
        command
    }

    fn libraries(&self) -> OsString {
        let folders = [self.folder.path().to_owned(), self.toolkit.join("lib")];
        std::env::join_paths(folders).unwrap()
    }
}

/// What a command that fails prints as its error.
fn error(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

#[test]
fn all_kernels_of_both_codecs_compile_for_cuda() {
    let Some(machine) = Machine::new().map(Machine::with_compiler) else {
        return;
    };
    let blocks = bin(machine.folder.path(), "train.bin", 2000, 1);
    let pictures = machine.path("pictures");
    std::fs::create_dir(&pictures).unwrap();
    write_picture(&pictures.join("1.png"), 1, 150, 90);
    write_picture(&pictures.join("2.png"), 2, 90, 70);
    for (name, codec) in [("mlp", MLP), ("codebook", CODEBOOK)] {
        for (data, residency) in [(&pictures, "device"), (&blocks, "stream")] {
            let out = machine.path(&format!("{name}-{residency}"));
            let output = machine
                .train(codec, data, &out, FEW_STEPS)
                .args(["--residency", residency])
                .output()
                .unwrap();
            let printed = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}, {residency}: {printed}");
            assert!(out.join("decoder.nicem").exists());
        }
    }
}

#[test]
fn a_gpu_that_is_lost_is_an_error_and_its_run_is_resumed_on_the_cpu() {
    let Some(machine) = Machine::new().map(Machine::with_compiler) else {
        return;
    };
    let blocks = bin(machine.folder.path(), "train.bin", 2000, 2);
    let out = machine.path("run");
    let output = machine
        .train(
            MLP,
            &blocks,
            &out,
            &["--device", "cuda", "--steps", "100000"],
        )
        .env("NICE_GPU_LAUNCHES", "20000")
        .output()
        .unwrap();
    let message = error(&output);
    assert!(
        message.contains("the GPU failed") && message.contains("--device cpu"),
        "{message}"
    );
    assert!(!message.contains("panicked"), "{message}");
    assert!(out.join("checkpoint.safetensors").exists());

    // What the driver computed has no meaning, but it is what the run goes on from.
    let metrics = std::fs::read_to_string(out.join("metrics.csv")).unwrap();
    let done: u64 = metrics
        .lines()
        .last()
        .and_then(|line| line.split(',').next()?.parse().ok())
        .unwrap();
    let steps = (done + 16).to_string();
    let resumed = host_train_process(&["--resume", text(&out), "--device", "cpu"])
        .args(["--steps", &steps, "--effort", "0"])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&resumed.stderr);
    assert!(resumed.status.success(), "{printed}");
}

#[test]
fn a_gpu_with_too_little_memory_is_an_error_that_says_so() {
    let Some(machine) = Machine::new().map(Machine::with_compiler) else {
        return;
    };
    let blocks = bin(machine.folder.path(), "train.bin", 2000, 3);
    let output = machine
        .train(CODEBOOK, &blocks, &machine.path("run"), FEW_STEPS)
        .env("NICE_GPU_MEMORY", "1000000")
        .output()
        .unwrap();
    let message = error(&output);
    assert!(
        message.contains("allocate") && message.contains("--device cpu"),
        "{message}"
    );
}

#[test]
fn what_is_missing_beside_the_driver_is_named() {
    let Some(machine) = Machine::new() else {
        return;
    };
    let blocks = bin(machine.folder.path(), "train.bin", 300, 4);
    let without_compiler = machine
        .train(MLP, &blocks, &machine.path("run"), FEW_STEPS)
        .env("LD_LIBRARY_PATH", machine.folder.path())
        .output()
        .unwrap();
    let message = error(&without_compiler);
    assert!(
        message.contains("libnvrtc, part of the CUDA toolkit"),
        "{message}"
    );

    let machine = machine.with_compiler();
    let without_headers = machine
        .train(MLP, &blocks, &machine.path("run"), FEW_STEPS)
        .env("CUDA_PATH", machine.folder.path())
        .output()
        .unwrap();
    let message = error(&without_headers);
    assert!(
        message.contains("cuda_runtime.h") && message.contains("CUDA_PATH"),
        "{message}"
    );

    let seventh = ["--device", "cuda:7"];
    let no_such_gpu = machine
        .train(MLP, &blocks, &machine.path("run"), &seventh)
        .output()
        .unwrap();
    let message = error(&no_such_gpu);
    assert!(
        message.contains("cuda:7") && message.contains("there are 1 GPUs"),
        "{message}"
    );
}
