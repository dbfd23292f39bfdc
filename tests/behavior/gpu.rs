//! Training on a GPU: it finds what training on the CPU finds. The tests run on any Vulkan, also one in software such as Mesa's lavapipe,
//! and print that they are skipped if there is none.

use std::path::Path;

use host_train::device::{self, Choice};

use crate::fixtures::{bin, error_text, host_train, text, write_picture};
use crate::training::{CODEBOOK, MLP};

/// The largest differences between training on the CPU and on a GPU after the same steps.
#[derive(Clone, Copy)]
struct Tolerance {
    /// Of the training loss, relative to it.
    loss: f64,
    /// Of the PSNR, in dB.
    decibels: f64,
}

/// From the same parameters.
const SAME_START: Tolerance = Tolerance {
    loss: 5e-3,
    decibels: 0.02,
};

/// From the first codewords that k-means finds on each device. Where a block is nearly as near to one as to another codeword, the last bits
/// of a sum decide, and few blocks make few clusters, which then differ.
const OWN_START: Tolerance = Tolerance {
    loss: 0.03,
    decibels: 0.3,
};

/// The codecs, and how their training begins.
const CODECS: [(&str, &[&str], Tolerance); 2] =
    [("mlp", MLP, SAME_START), ("codebook", CODEBOOK, OWN_START)];

/// Whether there is a device for these tests.
fn there_is_a_gpu() -> bool {
    let found = device::find(Choice::Wgpu(0));
    if let Err(error) = &found {
        println!("skipped: {error:#}");
    }
    found.is_ok()
}

/// Trains a codec on a device, and returns the rows of its history: step, training loss and validation PSNR.
fn train(codec: &[&str], device: &str, data: &Path, out: &Path, more: &[&str]) -> Vec<[f64; 3]> {
    let mut args = vec!["--data", text(data), "--out", text(out), "--device", device];
    args.extend([
        "--batch",
        "256",
        "--effort",
        "0",
        "--steps",
        "32",
        "--validate-every",
        "16",
    ]);
    args.extend(codec);
    args.extend(more);
    host_train(&args).unwrap();
    history(out)
}

fn history(run: &Path) -> Vec<[f64; 3]> {
    let metrics = std::fs::read_to_string(run.join("metrics.csv")).unwrap();
    let rows = metrics.lines().skip(1).map(|line| {
        let values: Vec<f64> = line
            .split(',')
            .map(|value| value.parse().unwrap())
            .collect();
        [values[0], values[1], values[3]]
    });
    rows.collect()
}

/// Asserts that two histories have the same losses, up to a tolerance.
fn assert_close(found: &[[f64; 3]], expected: &[[f64; 3]], tolerance: Tolerance) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let same = found[0] == expected[0]
            && (found[1] / expected[1] - 1.0).abs() < tolerance.loss
            && (found[2] - expected[2]).abs() < tolerance.decibels;
        assert!(same, "{found:?} instead of {expected:?}");
    }
}

#[test]
fn both_codecs_learn_on_a_gpu_what_they_learn_on_the_cpu_and_the_same_again() {
    if !there_is_a_gpu() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 4000, 1);
    for (name, codec, tolerance) in CODECS {
        let run = |device: &str, residency: &str| {
            let out = folder.path().join(format!("{name}-{device}-{residency}"));
            train(codec, device, &data, &out, &["--residency", residency])
        };
        let cpu = run("cpu", "stream");
        let first = run("wgpu", "auto");
        assert_close(&first, &cpu, tolerance);
        assert_close(&run("wgpu", "stream"), &cpu, tolerance);
        assert_eq!(first, run("wgpu", "device"), "not the same again");
    }
}

#[test]
fn blocks_cut_from_pictures_on_the_device_are_those_that_the_cpu_cuts() {
    if !there_is_a_gpu() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    for (at, (width, height)) in [(150, 90), (61, 203), (5, 7), (333, 100)]
        .into_iter()
        .enumerate()
    {
        write_picture(
            &pictures.join(format!("{at}.png")),
            at as u64,
            width,
            height,
        );
    }
    for (name, codec, tolerance) in CODECS {
        let run = |device: &str, residency: &str| {
            let out = folder.path().join(format!("{name}-{device}-{residency}"));
            train(codec, device, &pictures, &out, &["--residency", residency])
        };
        let cpu = run("cpu", "stream");
        assert_close(&run("cpu", "device"), &cpu, SAME_START);
        assert_close(&run("wgpu", "device"), &cpu, tolerance);
    }
}

#[test]
fn a_run_on_a_gpu_resumes_there_and_on_the_cpu() {
    if !there_is_a_gpu() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 4000, 1);
    for (name, codec, _) in CODECS {
        let out = folder.path().join(name);
        // A schedule without an end, so that the first steps do not depend on the number of steps.
        let more = ["--schedule", "constant"];
        train(codec, "wgpu", &data, &out, &more);
        let checkpoint = std::fs::read(out.join("checkpoint.safetensors")).unwrap();
        let mut resumed = Vec::new();
        for device in ["wgpu", "cpu"] {
            std::fs::write(out.join("checkpoint.safetensors"), &checkpoint).unwrap();
            let resume = ["--resume", text(&out), "--steps", "48", "--effort", "0"];
            host_train(&[&resume[..], &["--device", device]].concat()).unwrap();
            resumed.push(history(&out));
        }
        assert_eq!(resumed[0].len(), 3, "{name}");
        assert_close(&resumed[0], &resumed[1], SAME_START);
    }
}

#[test]
fn a_gpu_that_is_not_there_is_an_error_that_offers_the_cpu() {
    let error = error_text(host_train(&["--device", "wgpu:77", "--steps", "1"]));
    assert!(
        error.contains("wgpu:77") && error.contains("--device cpu"),
        "{error}"
    );
}
