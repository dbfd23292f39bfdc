//! `nicec encode`: encodes a picture of any format as a `.nice` image.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_data::{picture_file, progress};
use nice_decode::format::stage_ends;
use nice_decode::{Image, Layout, Model};
use nice_encode::container::encoder_network;
use nice_encode::container::file_type::FileType;
use nice_encode::decode::decode_image;
use nice_encode::measure::{megapixels_per_second, timed};
use nice_encode::psnr::PooledError;
use nice_encode::{Encoder, Picture, block, container, files, needs_encoder_network, pretrained};
use serde::Serialize;

use crate::overwrite;
use crate::search::{SearchArgs, Tune};

/// The arguments of `nicec encode`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec encode photo.jpg -o photo.nice
  nicec encode photo.jpg -o photo.nice --bpp 0.4 --effort 4
  nicec encode texture.png -m s -o texture.nice --fixed
  nicec encode photo.png -m runs/demo/decoder.nicem -o photo.nice

A block gets as many bits as it needs, so that the file has at most 0.75 bits per pixel, or what --bpp or --quality requests. \
With --fixed, and with a network, every block has 48 bits at a known offset in the file.

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
    layout: String,
    /// The number of blocks with latents of each length.
    lengths: Vec<BlocksOfLength>,
    /// The PSNR of the picture as it is decoded, not deblocked, in dB; infinite (`null` in JSON) without any error.
    psnr_db: f64,
    effort: u32,
    tune: Tune,
    seconds: f64,
    mpixel_per_s: f64,
}

/// The number of blocks whose latents have a length.
#[derive(Serialize)]
struct BlocksOfLength {
    /// The length in bits.
    bits: usize,
    /// The number of stages that have these bits; none for a network.
    stages: Option<usize>,
    /// The number of blocks.
    blocks: usize,
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
        encoder.encode_picture_with(&picture, &args.search.options(), &|blocks| bar.inc(blocks))
    });
    bar.finish_and_clear();

    let (width, height) = (picture.width(), picture.height());
    let bytes = container::image::to_bytes(width, height, encoder.model().id(), &latents)
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    files::write_atomically(&args.output, &bytes)?;

    let image = Image::from_bytes(&bytes)?;
    let decoded = decode_image(encoder.model(), &image, false)?;
    let report = Report {
        input: args.input.display().to_string(),
        output: args.output.display().to_string(),
        width,
        height,
        blocks: latents.blocks(),
        bytes: bytes.len(),
        bpp: container::image::bits_per_pixel(&image, bytes.len()),
        layout: image.layout().to_string(),
        lengths: blocks_of_lengths(encoder.model(), &image),
        psnr_db: PooledError::between(picture.rgb(), decoded.rgb()).psnr(),
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
            "{}: {width} x {height}, {} blocks, {} bytes, {:.3} bits per pixel ({} layout), {:.2} dB; {:.2} s, {:.2} Mpixel/s",
            report.output,
            report.blocks,
            report.bytes,
            report.bpp,
            report.layout,
            report.psnr_db,
            report.seconds,
            report.mpixel_per_s,
        )?;
        if let Some(note) = unreached(args.search.bpp, &image, report.bpp) {
            writeln!(out, "{note}")?;
        }
    }
    Ok(())
}

/// The number of blocks whose latents have each length.
fn blocks_of_lengths(model: &Model<'_>, image: &Image<'_>) -> Vec<BlocksOfLength> {
    let ends: Vec<usize> = stage_ends(model.stages()).collect();
    image
        .lengths()
        .map(usize::from)
        .map(|bits| BlocksOfLength {
            bits,
            stages: ends
                .iter()
                .position(|&end| end == bits)
                .map(|last| last + 1),
            blocks: image
                .latents()
                .filter(|latent| latent.length() == bits)
                .count(),
        })
        .collect()
}

/// A note if the requested bits per pixel are out of reach.
fn unreached(requested: Option<f64>, image: &Image<'_>, reached: f64) -> Option<String> {
    let requested = requested.filter(|_| image.layout() == Layout::Adaptive)?;
    if reached > requested {
        Some(format!(
            "{requested} bits per pixel are not possible; this is the smallest file with this model"
        ))
    } else if reached < 0.99 * requested {
        Some(format!(
            "{requested} bits per pixel are not possible; this is the largest file with this model"
        ))
    } else {
        None
    }
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
