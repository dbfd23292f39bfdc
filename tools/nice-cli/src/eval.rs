//! `nicec eval`: the PSNR, the bits per pixel and the speed of a model on pictures.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nice_data::folder::{self, Told};
use nice_data::progress;
use nice_encode::measure::{self, megapixels_per_second};
use nice_encode::psnr::PooledError;
use nice_encode::{Encoder, pretrained};
use serde::Serialize;

use crate::reading::ReadArgs;
use crate::search::{SearchArgs, Tune};
use crate::ssimulacra2::{self, mean};

/// The arguments of `nicec eval`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec eval photographs
  nicec eval -m runs/demo/decoder.nicem photographs
  nicec eval -m camera.nicem kodim01.png kodim02.png --effort 0 --json

Every picture is encoded, decoded with the integer decoder, and compared as 8-bit RGB. The pooled PSNR is that of the mean \
squared error over all samples of all pictures. Folders are searched for pictures, with their subfolders; pictures in them that \
cannot be read are listed and skipped. SSIMULACRA2 is computed without the first 3 columns and lines, so that its own blocks are not \
those of the codec; 100 is best. Bits per pixel are those of the file, except with --fixed: then those of the latents, and a file has \
24 bytes more.")]
pub(crate) struct Args {
    /// The decoder model to measure: a file (.nicem), or xs, s or m; m by default
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    search: SearchArgs,

    #[command(flatten)]
    reading: ReadArgs,

    /// Deblock, like `nicec decode`
    #[arg(long)]
    deblock: bool,

    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// The figures of all pictures together, and of each.
#[derive(Clone, Debug, Serialize)]
struct Report {
    /// The name of the model.
    model: String,
    /// The id of the model, 8 hexadecimal digits.
    model_id: String,
    /// The effort of the search for latents.
    effort: u32,
    /// What the search was tuned for.
    tune: Tune,
    /// Whether the pictures were deblocked.
    deblocked: bool,
    /// The PSNR over all samples of all pictures in dB; infinite (`null` in JSON) without any error.
    pooled_psnr_db: f64,
    /// The mean squared error over all samples of all pictures, in 8-bit steps squared.
    mse: f64,
    /// The mean SSIMULACRA2 of the pictures, computed without the first 3 columns and lines; none if all are too small for it.
    ssimulacra2_shifted: Option<f64>,
    /// The bits per pixel, over all pictures.
    bpp: f64,
    /// The number of threads.
    threads: usize,
    /// Millions of pixels per second that all threads encode.
    encode_mpixel_per_s: f64,
    /// Millions of pixels per second that all threads decode.
    decode_mpixel_per_s: f64,
    /// The figures of each picture.
    images: Vec<ImageReport>,
    /// Files and folders that could not be read, with the reason.
    skipped: Vec<String>,
    /// What a person should know about how pictures were read.
    notes: Vec<String>,
}

/// The figures of a picture.
#[derive(Clone, Debug, Serialize)]
struct ImageReport {
    /// The path.
    path: String,
    /// The width in pixels.
    width: u32,
    /// The height in pixels.
    height: u32,
    /// The PSNR in dB; infinite (`null` in JSON) without any error.
    psnr_db: f64,
    /// SSIMULACRA2, 100 at best, without the first 3 columns and lines; none if a side has fewer than 8 pixels more.
    ssimulacra2_shifted: Option<f64>,
    /// The bits per pixel: in the fixed layout those of the latents, in the adaptive layout those of the file.
    bpp: f64,
    /// The bytes of the image file.
    bytes: usize,
    /// The seconds that encoding took.
    encode_s: f64,
    /// The seconds that decoding took.
    decode_s: f64,
}

/// Runs `nicec eval`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let path = args.model.as_deref();
    let model = pretrained::read(path)?;
    let mut memory = Vec::new();
    let encoder = Encoder::load(&model, path)?.expanded(&mut memory);
    let report = evaluate(&encoder, args)?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&report, out)?;
    }
    Ok(())
}

/// Measures a model on pictures and folders of pictures.
fn evaluate(encoder: &Encoder<'_>, args: &Args) -> Result<Report> {
    let (paths, search, deblock) = (&args.paths, args.search, args.deblock);
    let reading = args.reading.options();
    let listing = folder::list_all(paths)?;
    let bar = progress::bar(listing.pictures.len() as u64, "measuring pictures");
    let mut images = Vec::with_capacity(listing.pictures.len());
    let mut told = Told::of_listing(listing.unreadable);
    let mut pooled = PooledError::new();
    let (mut pixels, mut bits) = (0, 0);
    let (mut encode_time, mut decode_time) = (Duration::ZERO, Duration::ZERO);
    for path in listing.pictures {
        let Some(picture) = folder::read_found(&path, paths, &reading, &mut told)? else {
            bar.inc(1);
            continue;
        };
        let encoded = measure::encode(encoder, &picture, &search.options())
            .with_context(|| format!("cannot encode {}", path.display()))?;
        let decoded = encoded
            .decode(encoder, deblock)
            .with_context(|| format!("cannot decode {} again", path.display()))?;
        let error = PooledError::between(picture.rgb(), decoded.picture.rgb());
        let (width, height) = (picture.width(), picture.height());
        pooled.merge(&error);
        pixels += picture.pixels();
        bits += encoded.bits;
        encode_time += encoded.encode_time;
        decode_time += decoded.decode_time;
        images.push(ImageReport {
            path: path.display().to_string(),
            width,
            height,
            psnr_db: error.psnr(),
            ssimulacra2_shifted: ssimulacra2::shifted(&picture, &decoded.picture),
            bpp: encoded.bits as f64 / picture.pixels() as f64,
            bytes: encoded.file.len(),
            encode_s: encoded.encode_time.as_secs_f64(),
            decode_s: decoded.decode_time.as_secs_f64(),
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    let skipped: Vec<String> = told.unreadable.iter().map(ToString::to_string).collect();
    if images.is_empty() {
        bail!("none of the pictures could be read: {}", skipped.join("; "));
    }
    let model = encoder.model();
    Ok(Report {
        model: model.name().to_owned(),
        model_id: model.id().to_string(),
        effort: search.effort,
        tune: search.tune,
        deblocked: deblock && model.has_deblocking(),
        pooled_psnr_db: pooled.psnr(),
        ssimulacra2_shifted: mean(images.iter().filter_map(|image| image.ssimulacra2_shifted)),
        mse: pooled.mse(),
        bpp: bits as f64 / pixels as f64,
        threads: rayon::current_num_threads(),
        encode_mpixel_per_s: megapixels_per_second(pixels, encode_time),
        decode_mpixel_per_s: megapixels_per_second(pixels, decode_time),
        images,
        skipped,
        notes: told.notes.iter().map(ToString::to_string).collect(),
    })
}

/// A score as text.
fn score(score: Option<f64>) -> String {
    score.map_or_else(|| "-".to_owned(), |score| format!("{score:.2}"))
}

/// Prints the report as a table.
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
        "{:widest$} {:>13} {:>9} {:>12} {:>11}",
        "picture", "size", "PSNR", "SSIMULACRA2", "bits/pixel"
    )?;
    for image in &report.images {
        let size = format!("{} x {}", image.width, image.height);
        writeln!(
            out,
            "{:widest$} {size:>13} {:>6.3} dB {:>12} {:>11.4}",
            image.path,
            image.psnr_db,
            score(image.ssimulacra2_shifted),
            image.bpp
        )?;
    }
    let count = report.images.len();
    let size = format!("{count} picture{}", if count == 1 { "" } else { "s" });
    writeln!(
        out,
        "{:widest$} {size:>13} {:>6.3} dB {:>12} {:>11.4}",
        "all",
        report.pooled_psnr_db,
        score(report.ssimulacra2_shifted),
        report.bpp
    )?;
    writeln!(
        out,
        "\nmodel {} \"{}\", effort {}, tuned for {}{}; {:.2} Mpixel/s encoding, {:.1} Mpixel/s decoding, {} thread{}",
        report.model_id,
        report.model,
        report.effort,
        report.tune,
        if report.deblocked { ", deblocked" } else { "" },
        report.encode_mpixel_per_s,
        report.decode_mpixel_per_s,
        report.threads,
        if report.threads == 1 { "" } else { "s" },
    )?;
    for note in &report.notes {
        writeln!(out, "note: {note}")?;
    }
    for reason in &report.skipped {
        writeln!(out, "skipped: {reason}")?;
    }
    Ok(())
}
