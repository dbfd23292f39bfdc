//! `nice encode`: from a picture of any format to a `.nice` file, block by block.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use indicatif::ProgressBar;
use nice_decode::{BLOCK_SAMPLES, Decoder, Latent};
use rayon::prelude::*;
use serde::Serialize;

use crate::blocks::{self, BLOCK_BYTES};
use crate::encoder::{self, EncoderNetwork, TASK};
use crate::kind::FileKind;
use crate::picture::Picture;
use crate::search::DEFAULT_EFFORT;
use crate::{files, model_file, picture_file, progress, wide};

/// What `nice encode` is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nice encode photo.jpg -m runs/demo/decoder.nicem -o photo.nice
  nice encode photo.png -m camera.nicem -o photo.nice --effort 0

The encoder that was trained with the model, its .nicee file, is looked for beside the model: X.nicee beside X.nicem, or \
encoder.nicee beside decoder.nicem. It is not needed for decoding.")]
pub struct Args {
    /// The picture to encode, in any format that is known here
    #[arg(value_name = "IN")]
    input: PathBuf,

    /// The decoder model (.nicem) to encode for
    #[arg(short, long, value_name = "MODEL")]
    model: PathBuf,

    /// Where the picture (.nice) goes
    #[arg(short, long, value_name = "OUT.nice")]
    output: PathBuf,

    #[command(flatten)]
    effort: Effort,

    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// How hard to look for better latents, for every command that encodes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Effort {
    /// How often to go through the bits of a block and flip those with which the decoder comes closer; 0 takes what the
    /// network says
    #[arg(long = "effort", value_name = "N", default_value_t = DEFAULT_EFFORT)]
    pub sweeps: u32,
}

/// What `nice encode --json` says.
#[derive(Serialize)]
struct Report {
    input: String,
    output: String,
    width: u32,
    height: u32,
    blocks: usize,
    bytes: usize,
    bpp: f64,
    effort: u32,
    seconds: f64,
    mpixel_per_s: f64,
}

/// Runs `nice encode`.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let model = model_file::read(&args.model)?;
    let decoder = model_file::decoder(&model, &args.model)?;
    let encoder = EncoderNetwork::load_beside(&args.model, &decoder)?;
    let beside = encoder::find_beside(&args.model)?;
    keep_apart(&args.output, &[&args.input, &args.model, &beside])?;
    let picture = load(&args.input)?;

    let bar = progress::bar(blocks::count(&picture) as u64, "encoding");
    let start = Instant::now();
    let latents = encode_picture_with(&encoder, &decoder, &picture, args.effort.sweeps, &bar);
    let taken = start.elapsed();
    bar.finish_and_clear();

    let (width, height) = (picture.width(), picture.height());
    let bytes = picture_file::to_bytes(width, height, decoder.id(), &latents)
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    files::write_atomically(&args.output, &bytes)?;

    let report = Report {
        input: args.input.display().to_string(),
        output: args.output.display().to_string(),
        width,
        height,
        blocks: latents.len(),
        bytes: bytes.len(),
        bpp: picture_file::bits_per_pixel(width, height, latents.len()),
        effort: args.effort.sweeps,
        seconds: taken.as_secs_f64(),
        mpixel_per_s: mpixel_per_s(width, height, taken),
    };
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        writeln!(
            out,
            "{}: {width} x {height}, {} blocks, {} bytes, {:.3} bits a pixel; {:.2} s, {:.2} Mpixel/s",
            report.output,
            report.blocks,
            report.bytes,
            report.bpp,
            report.seconds,
            report.mpixel_per_s,
        )?;
    }
    Ok(())
}

/// Reads a picture to encode.
fn load(path: &Path) -> Result<Picture> {
    let bytes = files::read(path)?;
    if let Some(kind) = FileKind::of(&bytes) {
        bail!(
            "{} is a NICE {kind}; a picture to encode is needed here",
            path.display()
        );
    }
    Picture::from_encoded(&bytes, &path.display().to_string())
}

/// The latents of blocks as they are trained on: 192 bytes each, channel after channel.
///
/// After the network, bits are flipped as `effort` says; see [`search`](crate::search). The result is the same on every
/// machine and with any number of threads.
///
/// # Panics
///
/// When `blocks` is no multiple of 192 bytes long.
pub fn encode_blocks(
    encoder: &EncoderNetwork,
    decoder: &Decoder<'_>,
    blocks: &[u8],
    effort: u32,
) -> Vec<Latent> {
    let (blocks, rest) = blocks.as_chunks::<BLOCK_BYTES>();
    assert!(rest.is_empty(), "{} bytes after the last block", rest.len());
    let hidden = ProgressBar::hidden();
    encode_with(encoder, decoder, blocks.len(), effort, &hidden, |at| {
        blocks[at]
    })
}

/// The latents of a picture, in raster order; its edge is repeated to fill the blocks that reach over it.
pub fn encode_picture(
    encoder: &EncoderNetwork,
    decoder: &Decoder<'_>,
    picture: &Picture,
    effort: u32,
) -> Vec<Latent> {
    encode_picture_with(encoder, decoder, picture, effort, &ProgressBar::hidden())
}

/// As [`encode_picture`], counting blocks on a bar.
pub fn encode_picture_with(
    encoder: &EncoderNetwork,
    decoder: &Decoder<'_>,
    picture: &Picture,
    effort: u32,
    bar: &ProgressBar,
) -> Vec<Latent> {
    let count = blocks::count(picture);
    encode_with(encoder, decoder, count, effort, bar, |at| {
        let mut block = [0; BLOCK_BYTES];
        blocks::cut_grid(picture, at, &mut block);
        block
    })
}

/// The latents of `count` blocks, each of which is asked for when it is its turn.
fn encode_with(
    encoder: &EncoderNetwork,
    decoder: &Decoder<'_>,
    count: usize,
    effort: u32,
    bar: &ProgressBar,
    block: impl Fn(usize) -> [u8; BLOCK_BYTES] + Sync,
) -> Vec<Latent> {
    let mut latents = vec![Latent::default(); count];
    latents
        .par_chunks_mut(TASK)
        .enumerate()
        .for_each(|(task, latents)| {
            let mut blocks = [[0; BLOCK_SAMPLES]; TASK];
            let blocks = &mut blocks[..latents.len()];
            for (n, to) in blocks.iter_mut().enumerate() {
                *to = block(task * TASK + n);
            }
            wide::encode(encoder, blocks, latents);
            if effort > 0 {
                for block in &mut *blocks {
                    *block = blocks::planar_to_interleaved(block);
                }
                wide::improve(decoder, blocks, latents, effort);
            }
            bar.inc(latents.len() as u64);
        });
    latents
}

/// Refuses to write over a file that is read.
pub(crate) fn keep_apart(output: &Path, inputs: &[&Path]) -> Result<()> {
    let Ok(target) = output.canonicalize() else {
        // What is not there yet is none of them.
        return Ok(());
    };
    for input in inputs {
        ensure!(
            input.canonicalize().ok().as_ref() != Some(&target) || !target.is_file(),
            "{} would be written over {}, which is read; give another name to write to",
            output.display(),
            input.display()
        );
    }
    if target.is_dir() {
        bail!(
            "cannot write {}: it is a folder; give the name of a file in it",
            output.display()
        );
    }
    Ok(())
}

/// Millions of pixels a second.
pub(crate) fn mpixel_per_s(width: u32, height: u32, taken: Duration) -> f64 {
    f64::from(width) * f64::from(height) / 1e6 / taken.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_decode::format::{Body, Layer, Model, Network};

    /// A decoder of two hidden units, each of which is brightness or darkness.
    fn model() -> Vec<u8> {
        let first: Vec<u8> = (0..96)
            .map(|at| (at * 37 % 255 - 127) as i8 as u8)
            .collect();
        let second: Vec<u8> = (0..384)
            .map(|at| (at * 91 % 255 - 127) as i8 as u8)
            .collect();
        model_file::to_bytes(&Model {
            name: "two",
            body: Body::Network(Network {
                bits: 48,
                hidden: 2,
                slope: 655,
                first: Layer {
                    pre: 0,
                    post: 9,
                    weights: &first,
                    bias: &[0; 8],
                    multiplier: &20_000_u16.to_le_bytes().repeat(2),
                },
                second: Layer {
                    pre: 10,
                    post: 19,
                    weights: &second,
                    bias: &3_400_000_i32.to_le_bytes().repeat(192),
                    multiplier: &20_000_u16.to_le_bytes().repeat(192),
                },
            }),
        })
        .unwrap()
    }

    #[test]
    fn a_picture_becomes_the_same_latents_with_any_number_of_threads() {
        let weights = |count: usize| -> Vec<f32> {
            (0..count)
                .map(|at| (at * 7919 % 1000) as f32 / 999.0 - 0.5)
                .collect()
        };
        let encoder =
            EncoderNetwork::new(3, 0.01, &weights(576), &weights(3), &weights(144)).unwrap();
        let model = model();
        let decoder = Decoder::from_bytes(&model).unwrap();
        let rgb = (0..333 * 77 * 3_u32)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 20) as u8)
            .collect();
        let picture = Picture::new(333, 77, rgb).unwrap();
        let with_threads = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap()
                .install(|| encode_picture(&encoder, &decoder, &picture, 2))
        };
        let one = with_threads(1);
        assert_eq!(with_threads(2), one);
        assert_eq!(with_threads(7), one);
        assert_ne!(one, encode_picture(&encoder, &decoder, &picture, 0));
    }
}
