//! `nicec crop`: cuts a part out of an image without loss.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::image_file;
use crate::output::{self, ForceArgs, Inputs};

/// The arguments of `nicec crop`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  nicec crop photo.nice 320x240+64+128 -o part.nice

The image is not decoded, so nothing is lost. The part begins on the grid of blocks, and can have any size.")]
pub(crate) struct Args {
    /// The image (.nice); - is standard input
    #[arg(value_name = "IN.nice")]
    input: PathBuf,

    /// The width and height of the part in pixels, and the column and line where it begins, which are multiples of 8
    #[arg(value_name = "WxH+X+Y", value_parser = part)]
    part: [u32; 4],

    /// The image (.nice) to write; - is standard output
    #[arg(short, long, value_name = "OUT.nice")]
    output: PathBuf,

    #[command(flatten)]
    force: ForceArgs,
}

/// Parses `320x240+64+128`.
fn part(text: &str) -> Result<[u32; 4], String> {
    let parse = || {
        let (width, rest) = text.split_once('x')?;
        let (height, rest) = rest.split_once('+')?;
        let (x, y) = rest.split_once('+')?;
        let number = |text: &str| text.parse::<u32>().ok();
        Some([number(width)?, number(height)?, number(x)?, number(y)?])
    };
    parse().ok_or_else(|| {
        "a part is its width, height, column and line in pixels, such as 320x240+64+128".to_owned()
    })
}

/// Runs `nicec crop`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let [width, height, x, y] = args.part;
    let cropped = image_file::read(&args.input)?
        .cropped(x, y, width, height)
        .with_context(|| format!("cannot crop {}", output::shown(&args.input)))?;
    let inputs = Inputs::new([args.input.as_path()]);
    image_file::write(&cropped, &args.output, &inputs, args.force, out)
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_part_has_four_numbers() {
        assert_eq!(part("320x240+64+128"), Ok([320, 240, 64, 128]));
        for text in [
            "",
            "320x240",
            "320x240+64",
            "x+1+2",
            "1x2+3+-4",
            "1x2+3+4+5",
        ] {
            assert!(part(text).is_err(), "{text}");
        }
    }
}
