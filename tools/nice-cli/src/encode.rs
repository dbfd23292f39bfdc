//! `nicec encode`: encodes a picture of any format as a `.nice` image.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_data::{picture_file, progress};
use nice_encode::container::encoder_network;
use nice_encode::container::file_type::FileType;
use nice_encode::measure::{megapixels_per_second, timed};
use nice_encode::{Encoder, Picture, block, container, files, needs_encoder_network, pretrained};
use serde::Serialize;

use crate::overwrite;
use crate::search::{SearchArgs, Tune};

/// The arguments of `nicec encode`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec encode photo.jpg -o photo.nice
  nicec encode photo.jpg -m s -o photo.nice --effort 4
  nicec encode photo.png -m runs/demo/decoder.nicem -o photo.nice

The models s and m are part of the program. Encoding with a network also needs the encoder (.nicee) that was trained with it; \
it must be beside the model: X.nicee beside X.nicem, or encoder.nicee beside decoder.nicem. Decoding does not need it.")]
pub(crate) struct Args {
    /// The picture to encode: PNG, JPEG, WebP, TIFF and many other formats
    #[arg(value_name = "IN")]
    input: PathBuf,

    /// The decoder model to encode for: a file (.nicem), or s or m; m by default
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// The image (.nice) to write
    #[arg(short, long, value_name = "OUT.nice")]
    output: PathBuf,

    #[command(flatten)]
    search: SearchArgs,

    /// Print a report as JSON
    #[arg(long)]
    json: bool,
}

/// The report of `nicec encode --json`.
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
    tune: Tune,
    seconds: f64,
    mpixel_per_s: f64,
}

/// Runs `nicec encode`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let path = args.model.as_deref();
    let model = pretrained::read(path)?;
    let mut memory = Vec::new();
    let encoder = Encoder::load(&model, path)?.expanded(&mut memory);
    overwrite::check(&args.output, &[&args.input])?;
    if let Some(path) = path {
        overwrite::check(&args.output, &[path])?;
        if needs_encoder_network(&model) {
            overwrite::check(&args.output, &[&encoder_network::find_beside(path)?])?;
        }
    }
    let picture = read(&args.input)?;

    let bar = progress::bar(block::count(&picture) as u64, "encoding");
    let (latents, time) = timed(|| {
        encoder.encode_picture_with(
            &picture,
            args.search.tune.into(),
            args.search.effort,
            &|blocks| bar.inc(blocks),
        )
    });
    bar.finish_and_clear();

    let (width, height) = (picture.width(), picture.height());
    let bytes = container::image::to_bytes(width, height, encoder.model().id(), &latents)
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    files::write_atomically(&args.output, &bytes)?;

    let report = Report {
        input: args.input.display().to_string(),
        output: args.output.display().to_string(),
        width,
        height,
        blocks: latents.len(),
        bytes: bytes.len(),
        bpp: container::image::bits_per_pixel(width, height, latents.len()),
        effort: args.search.effort,
        tune: args.search.tune,
        seconds: time.as_secs_f64(),
        mpixel_per_s: megapixels_per_second(picture.pixels(), time),
    };
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        writeln!(
            out,
            "{}: {width} x {height}, {} blocks, {} bytes, {:.3} bits per pixel; {:.2} s, {:.2} Mpixel/s",
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

/// Reads the picture to encode.
fn read(path: &Path) -> Result<Picture> {
    let bytes = files::read(path)?;
    if let Some(found) = FileType::of(&bytes) {
        bail!(
            "{} is a NICE {found}, but a picture to encode is needed",
            path.display()
        );
    }
    picture_file::parse(&bytes, &path.display().to_string())
}
