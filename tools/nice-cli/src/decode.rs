//! `nice decode`: from a `.nice` file and its model to a PNG.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use nice_decode::{BLOCK, Decoder, Image, LinesError};
use rayon::prelude::*;

use crate::encode::{keep_apart, mpixel_per_s};
use crate::picture::{self, Picture};
use crate::{builtin, model_file, picture_file, wide};

/// Rows of blocks that a thread smooths in one go: at the first of them, it decodes two more than it needs.
const SMOOTHED: usize = 16;

/// Blocks from which on it takes less time to write out the rows of a model in all their turns.
const WORTH_UNFOLDING: usize = 10_000;

/// What `nice decode` is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nice decode photo.nice -o photo.png
  nice decode photo.nice -m runs/demo/decoder.nicem -o photo.png

The model has to be the one that the picture was encoded for; those that come with the program are found by its id, which \
`nice info photo.nice` shows.")]
pub struct Args {
    /// The picture (.nice) to decode
    #[arg(value_name = "IN.nice")]
    input: PathBuf,

    /// The decoder model that it was encoded for: a file (.nicem), or s or m; found by the picture's id if not given
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// Where the picture goes, as PNG
    #[arg(short, long, value_name = "OUT.png")]
    output: PathBuf,

    /// Show the blocks as a device without time to spare does: with their borders as they come out of the decoder
    #[arg(long)]
    no_deblock: bool,
}

/// Runs `nice decode`.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let bytes = picture_file::read(&args.input)?;
    let image = picture_file::image(&bytes, &args.input)?;
    let model = builtin::read_for(&image, args.model.as_deref())
        .with_context(|| format!("cannot decode {}", args.input.display()))?;
    let named = args.model.as_deref().unwrap_or(Path::new(builtin::DEFAULT));
    let decoder = model_file::decoder(&model, named)?;
    keep_apart(&args.output, &[&args.input])?;
    if let Some(path) = &args.model {
        keep_apart(&args.output, &[path])?;
    }
    let png = args
        .output
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    if !png && picture::has_known_ending(&args.output) {
        bail!(
            "cannot write {}: pictures are decoded to PNG; let the name end in .png",
            args.output.display()
        );
    }

    let start = Instant::now();
    let mut memory = Vec::new();
    let decoder = if image.blocks() < WORTH_UNFOLDING {
        decoder
    } else {
        memory.resize(decoder.unfolded_bytes(), 0);
        decoder.unfold(&mut memory)?
    };
    let picture = decode_picture(&decoder, &image, !args.no_deblock).with_context(|| {
        let from = args
            .model
            .as_deref()
            .map_or(String::new(), |path| format!(" in {}", path.display()));
        format!(
            "cannot decode {} with the model \"{}\"{from}",
            args.input.display(),
            decoder.name()
        )
    })?;
    let taken = start.elapsed();
    picture.save_png(&args.output)?;
    let (width, height) = (picture.width(), picture.height());
    writeln!(
        out,
        "{}: {width} x {height}; decoded in {:.3} s, {:.1} Mpixel/s",
        args.output.display(),
        taken.as_secs_f64(),
        mpixel_per_s(width, height, taken),
    )?;
    Ok(())
}

/// The pixels of a picture, on all threads; with the borders between blocks smoothed if the model can and `smooth` says
/// so.
///
/// # Errors
///
/// When the picture was made with another model, or is too large for the memory there is.
pub fn decode_picture(decoder: &Decoder<'_>, image: &Image<'_>, smooth: bool) -> Result<Picture> {
    let opened = decoder.open(image)?;
    let (width, height) = (image.width(), image.height());
    let too_large = || anyhow!("{width} x {height} pixels do not fit in memory");
    let stride = usize::try_from(u64::from(width) * 3).map_err(|_| too_large())?;
    let samples = stride.checked_mul(height as usize).ok_or_else(too_large)?;
    let mut rgb = Vec::new();
    rgb.try_reserve_exact(samples).map_err(|_| too_large())?;
    rgb.resize(samples, 0);
    decode_into(&opened, &mut rgb, smooth)?;
    Picture::new(width, height, rgb)
}

/// As [`decode_picture`], into pixels that are there already, red, green and blue, line after line.
///
/// # Errors
///
/// When there are fewer than the picture has.
pub fn decode_into(
    opened: &nice_decode::Picture<'_, '_>,
    rgb: &mut [u8],
    smooth: bool,
) -> Result<(), LinesError> {
    let stride = opened.image().width() as usize * 3;
    if smooth && opened.decoder().smooths() {
        rgb.par_chunks_mut(stride * BLOCK * SMOOTHED)
            .enumerate()
            .try_for_each(|(task, lines)| {
                let mut work = vec![0; opened.smooth_bytes()];
                let first = (task * SMOOTHED) as u32;
                wide::smooth_rows(opened, first, lines, stride, &mut work)
            })
    } else {
        rgb.par_chunks_mut(stride * BLOCK)
            .enumerate()
            .try_for_each(|(row, lines)| wide::decode_row(opened, row as u32, lines, stride))
    }
}
