//! `nicec decode`: decodes a `.nice` image to PNG.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_data::picture_file;
use nice_encode::decode::{WORTH_EXPANDING, decode_image};
use nice_encode::measure::{megapixels_per_second, timed};
use nice_encode::{container, pretrained};

use crate::overwrite;

/// The arguments of `nicec decode`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec decode photo.nice -o photo.png
  nicec decode photo.nice -m runs/demo/decoder.nicem -o photo.png

The model must be the one that the image was encoded for. The models s and m are found by their ids; `nicec info photo.nice` \
shows the id in an image.")]
pub(crate) struct Args {
    /// The image (.nice) to decode
    #[arg(value_name = "IN.nice")]
    input: PathBuf,

    /// The decoder model: a file (.nicem), or s or m; by default it is found by the id in the image
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// The picture (PNG) to write
    #[arg(short, long, value_name = "OUT.png")]
    output: PathBuf,

    /// Do not deblock, like a device that has no time for it
    #[arg(long)]
    no_deblock: bool,
}

/// Runs `nicec decode`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let bytes = container::image::read(&args.input)?;
    let image = container::image::parse(&bytes, &args.input)?;
    let model_file = pretrained::read_for(&image, args.model.as_deref())
        .with_context(|| format!("cannot decode {}", args.input.display()))?;
    let model_path = args
        .model
        .as_deref()
        .unwrap_or(Path::new(pretrained::DEFAULT));
    let model = container::model::parse(&model_file, model_path)?;
    overwrite::check(&args.output, &[&args.input])?;
    if let Some(path) = &args.model {
        overwrite::check(&args.output, &[path])?;
    }
    let is_png = args
        .output
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    if !is_png && picture_file::has_known_extension(&args.output) {
        bail!(
            "cannot write {}: images are decoded to PNG; give a name that ends in .png",
            args.output.display()
        );
    }

    let (picture, time) = timed(|| {
        let mut memory = Vec::new();
        let mut model = model;
        if image.blocks() >= WORTH_EXPANDING {
            memory.resize(model.expanded_bytes(), 0);
            model = model.expand(&mut memory)?;
        }
        decode_image(&model, &image, !args.no_deblock)
    });
    let picture = picture.with_context(|| {
        let from = args
            .model
            .as_deref()
            .map_or(String::new(), |path| format!(" in {}", path.display()));
        format!(
            "cannot decode {} with the model \"{}\"{from}",
            args.input.display(),
            model.name()
        )
    })?;
    picture_file::write_png(&args.output, &picture)?;
    writeln!(
        out,
        "{}: {} x {}; decoded in {:.3} s, {:.1} Mpixel/s",
        args.output.display(),
        picture.width(),
        picture.height(),
        time.as_secs_f64(),
        megapixels_per_second(picture.pixels(), time),
    )?;
    Ok(())
}
