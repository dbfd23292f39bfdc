//! `nicec turn`: turns and flips an image without loss.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use nice_decode::Orientation;

use crate::image_file;
use crate::output::{self, ForceArgs, Inputs};

/// The arguments of `nicec turn`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec turn photo.nice 90 -o turned.nice
  nicec turn photo.nice flip-horizontal --trim -o mirrored.nice

The image is not decoded: the orientations of its codewords are changed, so nothing is lost, and the turned image decodes to the turned \
picture. Deblocked, samples beside the edges of blocks can differ by rounding.")]
pub(crate) struct Args {
    /// The image (.nice); - is standard input
    #[arg(value_name = "IN.nice")]
    input: PathBuf,

    /// How to turn it; degrees are clockwise
    #[arg(value_enum)]
    turn: Turn,

    /// The image (.nice) to write; - is standard output
    #[arg(short, long, value_name = "OUT.nice")]
    output: PathBuf,

    /// The model of the image: a file (.nicem), or xs, s or m; by default it is found by the id in the image
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// Leave out blocks at the right and at the bottom that are cut off, where they would move to the other side
    #[arg(long)]
    trim: bool,

    #[command(flatten)]
    force: ForceArgs,
}

/// The ways to turn an image.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Turn {
    /// A quarter turn clockwise
    #[value(name = "90")]
    Quarter,
    /// Half a turn
    #[value(name = "180")]
    Half,
    /// A quarter turn counterclockwise
    #[value(name = "270")]
    ThreeQuarters,
    /// Left and right exchanged
    FlipHorizontal,
    /// Top and bottom exchanged
    FlipVertical,
    /// Lines and columns exchanged
    Transpose,
    /// Lines and columns exchanged, and turned by 180 degrees
    Transverse,
}

impl From<Turn> for Orientation {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::Quarter => Self::ROTATE_90,
            Turn::Half => Self::ROTATE_180,
            Turn::ThreeQuarters => Self::ROTATE_270,
            Turn::FlipHorizontal => Self::FLIP_HORIZONTAL,
            Turn::FlipVertical => Self::FLIP_VERTICAL,
            Turn::Transpose => Self::TRANSPOSE,
            Turn::Transverse => Self::TRANSVERSE,
        }
    }
}

/// Runs `nicec turn`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let model = args.model.as_deref();
    let grid = image_file::read(&args.input)?;
    let stages = image_file::stages(&args.input, &grid, model)?;
    let turned = grid
        .turned(&stages, args.turn.into(), args.trim)
        .with_context(|| format!("cannot turn {}", output::shown(&args.input)))?;
    let inputs = Inputs::new([args.input.as_path()].into_iter().chain(model));
    image_file::write(&turned, &args.output, &inputs, args.force, out)
}
