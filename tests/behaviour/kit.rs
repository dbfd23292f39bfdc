//! What several test modules share: small data, runs of host-train, and the optional photographs.

use std::path::{Path, PathBuf};
use std::process::Command;

use host_train::Outcome;
use host_train::shuffle::mix;

/// The folder that an environment variable names, or a line that says what was skipped.
pub fn optional(variable: &str, what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_dir());
    if folder.is_none() {
        eprintln!("skipped: {what} needs {variable} to name a folder");
    }
    folder
}

/// Blocks that are easy to learn: two colours with a soft edge between them, planar.
pub fn blocks(count: usize, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count * 192);
    for n in 0..count as u64 {
        let random = |k: u64| mix(seed ^ mix(n * 16 + k)) as f64 / u64::MAX as f64;
        let (angle, shift) = (random(0) * std::f64::consts::TAU, random(1) * 6.0 - 3.0);
        for channel in 0..3 {
            let (low, high) = (random(2 + channel), random(5 + channel));
            for pixel in 0..64u32 {
                let (x, y) = (f64::from(pixel % 8) - 3.5, f64::from(pixel / 8) - 3.5);
                let t = (x * angle.cos() + y * angle.sin() + shift).clamp(-1.0, 1.0) * 0.5 + 0.5;
                bytes.push((255.0 * (low + (high - low) * t)) as u8);
            }
        }
    }
    bytes
}

/// A `.bin` of `count` blocks in `folder`.
pub fn bin(folder: &Path, name: &str, count: usize, seed: u64) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, blocks(count, seed)).unwrap();
    path
}

/// Runs `host-train` in this process with arguments separated by spaces; gives what it said.
pub fn host_train(args: &[&str]) -> anyhow::Result<(Outcome, String)> {
    let mut out = Vec::new();
    let args = ["host-train"].into_iter().chain(args.iter().copied());
    let outcome = host_train::run(args, &mut out)?;
    Ok((outcome, String::from_utf8(out).unwrap()))
}

/// `host-train` as a process of its own.
pub fn host_train_process(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host-train-under-test"));
    command.args(args).env("RUST_BACKTRACE", "0");
    command
}

/// A path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("test folders have plain names")
}

/// What a result that has to be an error says, the whole chain of it.
pub fn complaint<T: std::fmt::Debug>(result: anyhow::Result<T>) -> String {
    format!("{:#}", result.unwrap_err())
}

/// Runs `nice` in this process; gives what it said.
pub fn nice(args: &[&str]) -> anyhow::Result<String> {
    let mut out = Vec::new();
    tools::run(["nice"].iter().chain(args), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}
