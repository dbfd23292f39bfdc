//! `nicec join`: joins images to a larger one without loss.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use nice_encode::lossless::{BlockGrid, Direction};

use crate::image_file;
use crate::output::{ForceArgs, Inputs};

/// The arguments of `nicec join`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec join left.nice right.nice -o wide.nice
  nicec join top.nice bottom.nice --below -o high.nice

The images are not decoded, so nothing is lost. They are of the same model and, side by side, of the same height; the widths of all but \
the last are multiples of 8.")]
pub(crate) struct Args {
    /// The images (.nice), from left to right
    #[arg(value_name = "IN.nice", required = true, num_args = 2..)]
    inputs: Vec<PathBuf>,

    /// The image (.nice) to write; - is standard output
    #[arg(short, long, value_name = "OUT.nice")]
    output: PathBuf,

    /// Put each image below the one before
    #[arg(long)]
    below: bool,

    #[command(flatten)]
    force: ForceArgs,
}

/// Runs `nicec join`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let grids = args.inputs.iter().map(|input| image_file::read(input));
    let grids: Vec<BlockGrid> = grids.collect::<Result<_>>()?;
    let direction = if args.below {
        Direction::Below
    } else {
        Direction::Right
    };
    let joined = BlockGrid::joined(&grids, direction).context("cannot join the images")?;
    let inputs = Inputs::new(args.inputs.iter().map(PathBuf::as_path));
    image_file::write(&joined, &args.output, &inputs, args.force, out)
}
