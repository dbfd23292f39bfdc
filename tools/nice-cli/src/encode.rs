//! `nice encode`: from a picture of any format to a `.nice` file, block by block.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::coder::{Coder, DEFAULT_EFFORT};
use crate::kind::FileKind;
use crate::picture::Picture;
use crate::{blocks, builtin, coder, encoder, files, picture_file, progress};

/// What `nice encode` is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nice encode photo.jpg -o photo.nice
  nice encode photo.jpg -m s -o photo.nice --effort 4
  nice encode photo.png -m runs/demo/decoder.nicem -o photo.nice

The models s and m come with the program. A network needs its encoder as well, the .nicee file that was trained with it: \
it is looked for beside the model, X.nicee beside X.nicem, or encoder.nicee beside decoder.nicem. It is not needed for \
decoding.")]
pub struct Args {
    /// The picture to encode, in any format that is known here
    #[arg(value_name = "IN")]
    input: PathBuf,

    /// The decoder model to encode for: a file (.nicem), or s or m; m if not given
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

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
    /// How hard to look for the bits with which the decoder comes closest: 0 is the fastest, 4 the best that is worth its
    /// time
    #[arg(long = "effort", value_name = "N", default_value_t = DEFAULT_EFFORT)]
    pub level: u32,
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
    let path = args.model.as_deref();
    let model = builtin::read(path)?;
    let mut memory = Vec::new();
    let coder = Coder::load(&model, path)?.unfolded_in(&mut memory);
    keep_apart(&args.output, &[&args.input])?;
    if let Some(path) = path {
        keep_apart(&args.output, &[path])?;
        if coder::needs_encoder(&model) {
            keep_apart(&args.output, &[&encoder::find_beside(path)?])?;
        }
    }
    let picture = load(&args.input)?;

    let bar = progress::bar(blocks::count(&picture) as u64, "encoding");
    let start = Instant::now();
    let latents = coder.encode_picture_with(&picture, args.effort.level, &bar);
    let taken = start.elapsed();
    bar.finish_and_clear();

    let (width, height) = (picture.width(), picture.height());
    let bytes = picture_file::to_bytes(width, height, coder.decoder().id(), &latents)
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
        effort: args.effort.level,
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
