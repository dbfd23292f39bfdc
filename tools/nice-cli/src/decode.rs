//! `nicec decode`: decodes `.nice` images to pictures.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nice_data::picture_file::PictureFormat;
use nice_data::{folder, message};
use nice_decode::{Decoder, Scale};
use nice_encode::container::file_type::FileType;
use nice_encode::decode::{WORTH_EXPANDING, decode_picture};
use nice_encode::measure::{megapixels_per_second, timed};
use nice_encode::{container, pretrained};

use crate::batch::{Batch, BatchArgs, Job};
use crate::output::{self, Inputs, Kind};

/// The arguments of `nicec decode`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec decode photo.nice -o photo.png
  nicec decode photo.nice -m runs/demo/decoder.nicem -o photo.png
  nicec decode images/ -o pictures/ --format jpeg
  nicec decode photo.nice -o thumbnail.png --scale 1/8

The model must be the one that the image was encoded for. The models xs, s and m are found by their ids; `nicec info photo.nice` \
shows the id in an image.")]
pub(crate) struct Args {
    /// The images (.nice) to decode, or folders of them; - is standard input
    #[arg(value_name = "IN.nice", required = true)]
    inputs: Vec<PathBuf>,

    /// The decoder model: a file (.nicem), or xs, s or m; by default it is found by the id in the image
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// The picture to write, or a folder for several; - is standard output
    #[arg(short, long, value_name = "OUT.png|DIR")]
    output: PathBuf,

    /// The format; by default that of the ending of the output, or PNG
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// The size of the picture; a reduced picture is not deblocked
    #[arg(long, value_enum, default_value_t = Size::Full)]
    scale: Size,

    /// Do not deblock, like a device that has no time for it
    #[arg(long)]
    no_deblock: bool,

    #[command(flatten)]
    batch: BatchArgs,
}

/// The sizes at which images are decoded.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Size {
    /// The size of the image
    #[value(name = "1")]
    Full,
    /// Half the width and height, rounded up
    #[value(name = "1/2")]
    Half,
    /// A quarter of the width and height, rounded up
    #[value(name = "1/4")]
    Quarter,
    /// An eighth of the width and height, rounded up
    #[value(name = "1/8")]
    Eighth,
}

impl From<Size> for Scale {
    fn from(size: Size) -> Self {
        match size {
            Size::Full => Self::Full,
            Size::Half => Self::Half,
            Size::Quarter => Self::Quarter,
            Size::Eighth => Self::Eighth,
        }
    }
}

/// The formats that images are decoded to.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// PNG, without losses
    Png,
    /// JPEG of quality 95
    Jpeg,
    /// PPM
    Ppm,
    /// BMP
    Bmp,
    /// QOI, without losses
    Qoi,
}

impl From<Format> for PictureFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Png => Self::Png,
            Format::Jpeg => Self::Jpeg,
            Format::Ppm => Self::Ppm,
            Format::Bmp => Self::Bmp,
            Format::Qoi => Self::Qoi,
        }
    }
}

/// Runs `nicec decode`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let format = match (args.format, PictureFormat::of(&args.output)) {
        (Some(requested), _) => requested.into(),
        (None, of_ending) => of_ending.unwrap_or(PictureFormat::Png),
    };
    let kind = Kind {
        name: "a picture that can be written",
        endings: match args.format {
            Some(_) => format.endings(),
            None => &["png", "jpg", "jpeg", "ppm", "bmp", "qoi"],
        },
        file_type: None,
    };
    let list = |path: &Path| folder::list_kind(path, "images", "nice", is_image);
    let batch = Batch::new(&args.inputs, &args.output, format.endings()[0], list)?;
    let inputs = batch.jobs.iter().map(|job| job.input.as_path());
    let inputs = Inputs::new(inputs.chain(args.model.as_deref()));

    let to = (kind, &inputs, &args.batch);
    let results = batch.write("decoding", to, out, |job| decode(job, format, args))?;
    if !args.batch.quiet {
        let messages = &mut batch.messages(out);
        for report in &results.done {
            writeln!(messages, "{report}")?;
        }
    }
    results.check()
}

/// Whether a file in a folder is an image, by its name.
fn is_image(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("nice"))
}

/// Decodes an image: a line for a person, and the bytes of the picture.
fn decode(job: &Job, format: PictureFormat, args: &Args) -> Result<(String, Vec<u8>)> {
    let name = output::shown(&job.input);
    let bytes = output::read(&job.input)?;
    let bytes = FileType::Image.check(bytes, Path::new(&name))?;
    let image = container::image::parse(&bytes, Path::new(&name))?;
    let requested = args.model.as_deref();
    let model_file = pretrained::read_for(image.model_id(), requested)
        .with_context(|| format!("cannot decode {name}"))?;
    let model_path = requested.unwrap_or(Path::new(pretrained::DEFAULT));
    let model = container::model::parse(&model_file, model_path)?;
    let (picture, time) = timed(|| {
        let mut memory = Vec::new();
        let mut model = model;
        if image.blocks() >= WORTH_EXPANDING {
            memory.resize(model.expanded_bytes(), 0);
            model = model.expand(&mut memory)?;
        }
        let decoder = Decoder::new(&model, &image)?.reduced(args.scale.into());
        decode_picture(&decoder, !args.no_deblock)
    });
    let picture = picture.with_context(|| {
        let from = requested.map_or(String::new(), |path| format!(" in {}", path.display()));
        format!(
            "cannot decode {name} with the model \"{}\"{from}",
            model.name()
        )
    })?;
    let report = format!(
        "{}: {} x {}; decoded in {:.3} s, {:.1} Mpixel/s",
        message::one_line(&job.output.display().to_string()),
        picture.width(),
        picture.height(),
        time.as_secs_f64(),
        megapixels_per_second(picture.pixels(), time),
    );
    Ok((report, format.encode(&picture)?))
}
