//! `nice eval`: how close a model comes on pictures, how many bits it takes, and how fast it is.
//!
//! The pooled PSNR is that of the mean squared error over all samples of all pictures, on 8-bit RGB as the integer
//! decoder gives it.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nice_decode::{BLOCK_SAMPLES, Image, Latent};
use rayon::prelude::*;
use serde::Serialize;

use crate::blocks::{self, BLOCK_BYTES};
use crate::coder::Coder;
use crate::dataset::folder;
use crate::decode::decode_picture;
use crate::encode::Effort;
use crate::picture::Picture;
use crate::psnr::Pooled;
use crate::{builtin, picture_file, progress};

/// What `nice eval` is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nice eval photographs
  nice eval -m runs/demo/decoder.nicem photographs
  nice eval -m camera.nicem kodim01.png kodim02.png --effort 0 --json

Every picture is encoded, decoded with the integer decoder, and compared on 8-bit RGB. Folders are searched for \
pictures, the folders in them too; what cannot be read there is named and left out. Bits a pixel count the codes; a \
file has 24 bytes more.")]
pub struct Args {
    /// The decoder model to measure: a file (.nicem), or s or m; m if not given
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    effort: Effort,

    /// Smooth the borders between blocks, as `nice decode` does
    #[arg(long)]
    deblock: bool,

    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// What was measured, all pictures together and each by itself.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The name of the model.
    pub model: String,
    /// The id of the model, 8 hexadecimal digits.
    pub model_id: String,
    /// The effort that was made; see [`search`](crate::search).
    pub effort: u32,
    /// Whether the borders between blocks were smoothed.
    pub deblocked: bool,
    /// The PSNR over all samples of all pictures in dB; infinite (`null` in JSON) without any error.
    pub pooled_psnr_db: f64,
    /// The mean squared error over all samples of all pictures, in 8-bit steps squared.
    pub mse: f64,
    /// Bits of codes a pixel, over all pictures.
    pub bpp: f64,
    /// How many threads worked.
    pub threads: usize,
    /// Millions of pixels encoded a second by all threads.
    pub encode_mpixel_per_s: f64,
    /// Millions of pixels decoded a second by all threads.
    pub decode_mpixel_per_s: f64,
    /// Every picture.
    pub images: Vec<ImageReport>,
    /// What lay in the folders and could not be read, with the reason.
    pub skipped: Vec<String>,
}

/// What was measured on one picture.
#[derive(Clone, Debug, Serialize)]
pub struct ImageReport {
    /// Where it is.
    pub path: String,
    /// Columns of pixels.
    pub width: u32,
    /// Rows of pixels.
    pub height: u32,
    /// The PSNR in dB; infinite (`null` in JSON) without any error.
    pub psnr_db: f64,
    /// Bits of codes a pixel: 0.75, and more where blocks reach over the edge.
    pub bpp: f64,
    /// The length of its file.
    pub bytes: usize,
    /// The time that encoding took.
    pub encode_s: f64,
    /// The time that decoding took.
    pub decode_s: f64,
}

/// A picture measured: its error, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// The error between the picture and what was decoded.
    pub error: Pooled,
    /// The length of its file.
    pub bytes: usize,
    /// How many blocks it has.
    pub blocks: usize,
    /// The time that encoding took.
    pub encode: Duration,
    /// The time that decoding took.
    pub decode: Duration,
}

/// Runs `nice eval`.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let path = args.model.as_deref();
    let model = builtin::read(path)?;
    let mut memory = Vec::new();
    let coder = Coder::load(&model, path)?.unfolded_in(&mut memory);
    let report = measure(&coder, &args.paths, args.effort.level, args.deblock)?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&report, out)?;
    }
    Ok(())
}

/// Measures a model on pictures and folders of pictures.
///
/// # Errors
///
/// When a path is not there, a picture that is named cannot be read, or the folders hold no picture that can.
pub fn measure(coder: &Coder<'_>, paths: &[PathBuf], effort: u32, deblock: bool) -> Result<Report> {
    let listing = folder::list_all(paths)?;
    let bar = progress::bar(listing.pictures.len() as u64, "measuring pictures");
    let mut images = Vec::with_capacity(listing.pictures.len());
    let mut skipped = listing.unreadable;
    let mut pooled = Pooled::new();
    let (mut pixels, mut blocks) = (0, 0);
    let (mut encode_time, mut decode_time) = (Duration::ZERO, Duration::ZERO);
    for path in listing.pictures {
        let Some(picture) = folder::read_found(&path, paths, &mut skipped)? else {
            bar.inc(1);
            continue;
        };
        let measured = measure_picture(coder, &picture, effort, deblock)
            .with_context(|| format!("cannot measure {}", path.display()))?;
        let (width, height) = (picture.width(), picture.height());
        pooled.merge(&measured.error);
        pixels += u64::from(width) * u64::from(height);
        blocks += measured.blocks;
        encode_time += measured.encode;
        decode_time += measured.decode;
        images.push(ImageReport {
            path: path.display().to_string(),
            width,
            height,
            psnr_db: measured.error.db(),
            bpp: picture_file::bits_per_pixel(width, height, measured.blocks),
            bytes: measured.bytes,
            encode_s: measured.encode.as_secs_f64(),
            decode_s: measured.decode.as_secs_f64(),
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    let skipped: Vec<String> = skipped.iter().map(ToString::to_string).collect();
    if images.is_empty() {
        bail!(
            "no picture to measure on could be read: {}",
            skipped.join("; ")
        );
    }
    let speed = |time: Duration| pixels as f64 / 1e6 / time.as_secs_f64().max(1e-9);
    Ok(Report {
        model: coder.decoder().name().to_owned(),
        model_id: coder.decoder().id().to_string(),
        effort,
        deblocked: deblock && coder.decoder().smooths(),
        pooled_psnr_db: pooled.db(),
        mse: pooled.mse(),
        bpp: (blocks * 48) as f64 / pixels as f64,
        threads: rayon::current_num_threads(),
        encode_mpixel_per_s: speed(encode_time),
        decode_mpixel_per_s: speed(decode_time),
        images,
        skipped,
    })
}

/// Encodes a picture, decodes it through the bytes of its file, and compares.
pub fn measure_picture(
    coder: &Coder<'_>,
    picture: &Picture,
    effort: u32,
    deblock: bool,
) -> Result<Measured> {
    let start = Instant::now();
    let latents = coder.encode_picture(picture, effort);
    let encode = start.elapsed();
    let (width, height) = (picture.width(), picture.height());
    let bytes = picture_file::to_bytes(width, height, coder.decoder().id(), &latents)?;
    let image = Image::from_bytes(&bytes)?;
    let start = Instant::now();
    let decoded = decode_picture(coder.decoder(), &image, deblock)?;
    let decode = start.elapsed();
    Ok(Measured {
        error: Pooled::of(picture.rgb(), decoded.rgb()),
        bytes: bytes.len(),
        blocks: latents.len(),
        encode,
        decode,
    })
}

/// The error over blocks as they are trained on, 192 bytes each, channel after channel, and their latents.
///
/// # Panics
///
/// When `blocks` is no multiple of 192 bytes long.
pub fn measure_blocks(coder: &Coder<'_>, blocks: &[u8], effort: u32) -> (Pooled, Vec<Latent>) {
    let latents = coder.encode_blocks(blocks, effort);
    let error = blocks
        .as_chunks::<BLOCK_BYTES>()
        .0
        .par_iter()
        .zip(&latents)
        .map(|(block, latent)| {
            let mut decoded = [0; BLOCK_SAMPLES];
            coder.decoder().block(latent, &mut decoded);
            Pooled::of(&blocks::planar_to_interleaved(block), &decoded)
        })
        .reduce(Pooled::new, |mut sum, more| {
            sum.merge(&more);
            sum
        });
    (error, latents)
}

/// The report as a table.
fn print(report: &Report, out: &mut dyn Write) -> Result<()> {
    let widest = report
        .images
        .iter()
        .map(|image| image.path.chars().count())
        .max()
        .unwrap_or(0)
        .max("all".len());
    writeln!(
        out,
        "{:widest$} {:>13} {:>9} {:>11}",
        "picture", "size", "PSNR", "bits/pixel"
    )?;
    for image in &report.images {
        let size = format!("{} x {}", image.width, image.height);
        writeln!(
            out,
            "{:widest$} {size:>13} {:>6.3} dB {:>11.4}",
            image.path, image.psnr_db, image.bpp
        )?;
    }
    let count = report.images.len();
    let size = format!("{count} picture{}", if count == 1 { "" } else { "s" });
    writeln!(
        out,
        "{:widest$} {size:>13} {:>6.3} dB {:>11.4}",
        "all", report.pooled_psnr_db, report.bpp
    )?;
    writeln!(
        out,
        "\nmodel {} \"{}\", effort {}{}; {:.2} Mpixel/s encoding, {:.1} Mpixel/s decoding, {} thread{}",
        report.model_id,
        report.model,
        report.effort,
        if report.deblocked {
            ", borders smoothed"
        } else {
            ""
        },
        report.encode_mpixel_per_s,
        report.decode_mpixel_per_s,
        report.threads,
        if report.threads == 1 { "" } else { "s" },
    )?;
    for reason in &report.skipped {
        writeln!(out, "left out: {reason}")?;
    }
    Ok(())
}
