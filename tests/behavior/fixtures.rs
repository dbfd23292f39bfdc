//! Shared by the test modules: small models, pictures and blocks, runs of the programs, and the optional folders.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_train::Outcome;
use nice_data::picture_file;
use nice_data::random::split_mix;
use nice_decode::format::{LayerTables, ModelFile, ModelTables, NetworkTables};
use nice_decode::{Image, Model};
use nice_encode::network::EncoderNetwork;
use nice_encode::{Picture, container};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::{TempDir, tempdir};

/// The folder that an environment variable names; without one, prints what is skipped.
pub fn optional(variable: &str, what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_dir());
    if folder.is_none() {
        eprintln!("skipped: {what} needs {variable} to name a folder");
    }
    folder
}

/// A decoder model file of random weights, scaled so that the samples of its blocks range from 0 to 255. Its name is `small`.
pub fn model(seed: u64, hidden: u16) -> Vec<u8> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut weights = |count: usize| -> Vec<u8> {
        (0..count)
            .map(|_| random.random_range(-127_i8..=127) as u8)
            .collect()
    };
    let units = usize::from(hidden);
    let (first, second) = (weights(48 * units), weights(192 * units));
    let first_bias = vec![0; 4 * units];
    let second_bias = 3_400_000_i32.to_le_bytes().repeat(192);
    let multiplier = |rows| 20_000_u16.to_le_bytes().repeat(rows);
    let (first_multiplier, second_multiplier) = (multiplier(units), multiplier(192));
    container::model::to_bytes(&ModelFile {
        name: "small",
        tables: ModelTables::Network(NetworkTables {
            bits: 48,
            hidden,
            slope: 655,
            first: LayerTables {
                pre: 0,
                post: 9,
                weights: &first,
                bias: &first_bias,
                multiplier: &first_multiplier,
            },
            second: LayerTables {
                pre: 10,
                post: 19,
                weights: &second,
                bias: &second_bias,
                multiplier: &second_multiplier,
            },
        }),
    })
    .unwrap()
}

/// The numbers of an encoder network.
pub struct EncoderNumbers {
    pub first: Vec<f32>,
    pub bias: Vec<f32>,
    pub second: Vec<f32>,
}

/// Random numbers from -0.5 to 0.5 for an encoder network.
pub fn encoder_numbers(seed: u64, hidden: usize) -> EncoderNumbers {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut numbers =
        |count: usize| -> Vec<f32> { (0..count).map(|_| random.random_range(-0.5..0.5)).collect() };
    EncoderNumbers {
        first: numbers(192 * hidden),
        bias: numbers(hidden),
        second: numbers(hidden * 48),
    }
}

/// An encoder network of random numbers.
pub fn encoder_network(seed: u64, hidden: usize) -> EncoderNetwork {
    let numbers = encoder_numbers(seed, hidden);
    EncoderNetwork::new(hidden, 0.01, &numbers.first, &numbers.bias, &numbers.second).unwrap()
}

/// A folder with `decoder.nicem` and `encoder.nicee`.
pub fn run_folder() -> TempDir {
    let folder = tempdir().unwrap();
    let file = model(1, 12);
    let id = Model::from_bytes(&file).unwrap().id();
    fs::write(folder.path().join("decoder.nicem"), file).unwrap();
    let path = folder.path().join("encoder.nicee");
    container::encoder_network::write(&path, &encoder_network(2, 9), id).unwrap();
    folder
}

/// A picture of gradients and noise.
pub fn picture(seed: u64, width: u32, height: u32) -> Picture {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let rgb = (0..height)
        .flat_map(|y| (0..width * 3).map(move |x| (x, y)))
        .map(|(x, y)| (x * 2 + y * 3 + random.random_range(0..64)) as u8)
        .collect();
    Picture::new(width, height, rgb).unwrap()
}

/// Writes a [`picture`] as PNG, and returns it.
pub fn write_picture(path: &Path, seed: u64, width: u32, height: u32) -> Picture {
    let picture = picture(seed, width, height);
    picture_file::write_png(path, &picture).unwrap();
    picture
}

/// A folder of pictures `0.png`, `1.png` and so on, 24 pixels wide and 16 high.
pub fn folder_of_pictures(count: u64) -> TempDir {
    let folder = tempdir().unwrap();
    for number in 0..count {
        write_picture(&folder.path().join(format!("{number}.png")), number, 24, 16);
    }
    folder
}

/// Asserts that every pixel of a decoded picture is that of the block that the model decodes.
pub fn assert_decoded_by(model: &Model, image: &Image, decoded: &Picture) {
    assert_eq!(decoded.width(), image.width());
    assert_eq!(decoded.height(), image.height());
    for y in 0..image.height() {
        for x in 0..image.width() {
            let index = image.block_index(x, y).unwrap();
            let mut block = [0; 192];
            model.block(image.latent(index).unwrap(), &mut block);
            let within = ((y % 8 * 8 + x % 8) * 3) as usize;
            let pixel = &decoded.line(y)[x as usize * 3..][..3];
            assert_eq!(pixel, &block[within..within + 3], "({x}, {y})");
        }
    }
}

/// Planar blocks that are easy to learn: two colors with a soft edge between them.
pub fn blocks(count: usize, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count * 192);
    for n in 0..count as u64 {
        let random = |k: u64| split_mix(seed ^ split_mix(n * 16 + k)) as f64 / u64::MAX as f64;
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

/// A `.bin` file of [`blocks`] in a folder.
pub fn bin(folder: &Path, name: &str, count: usize, seed: u64) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, blocks(count, seed)).unwrap();
    path
}

/// Runs `nicec` in this process, and returns what it prints.
pub fn nicec<S: AsRef<OsStr>>(args: &[S]) -> anyhow::Result<String> {
    let mut out = Vec::new();
    let args = args.iter().map(|arg| arg.as_ref().to_owned());
    nice_cli::run(std::iter::once("nicec".into()).chain(args), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// [`nicec`] with arguments that are separated by spaces; those that begin with `@` are files in `folder`.
pub fn nicec_in(folder: &Path, line: &str) -> anyhow::Result<String> {
    let args: Vec<PathBuf> = line
        .split(' ')
        .map(|word| match word.strip_prefix('@') {
            Some(name) => folder.join(name),
            None => word.into(),
        })
        .collect();
    nicec(&args)
}

/// Runs `host-train` in this process, and returns how it ended and what it prints.
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

/// The error of a result with the chain of its causes, in one line.
pub fn error_text<T: std::fmt::Debug>(result: anyhow::Result<T>) -> String {
    format!("{:#}", result.unwrap_err())
}
