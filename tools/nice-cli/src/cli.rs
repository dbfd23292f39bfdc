//! The command line: parses it, and runs the requested command.

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

use crate::{c_array, compare, crop, dataset, decode, encode, eval, info, join, manual, turn};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "nicec",
    version,
    about = "Encodes, decodes, turns and measures NICE images, and builds data sets for training",
    after_help = "\
Examples:
  nicec encode photo.png -o photo.nice
  nicec decode photo.nice -o decoded.png
  nicec info photo.nice
  nicec eval folder-of-photographs
  nicec compare folder-of-photographs --html compare.html
  nicec dataset build folder-of-photographs -o train.bin

Models are trained with `host-train`. Exit codes: 0 success, 1 error, 2 invalid command line.",
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    /// Encode pictures as .nice
    Encode(encode::Args),
    /// Decode .nice images to PNG, JPEG and others
    Decode(decode::Args),
    /// Show the contents of models, encoders and images
    Info(info::Args),
    /// Turn or flip an image without loss
    Turn(turn::Args),
    /// Cut a part out of an image without loss
    Crop(crop::Args),
    /// Join images to a larger one without loss
    Join(join::Args),
    /// Write images and models as arrays in C
    CArray(c_array::Args),
    /// Measure a model on pictures: PSNR, bits per pixel, speed
    Eval(eval::Args),
    /// Compare models with JPEG, BC1 and ASTC on pictures
    Compare(compare::Args),
    /// Build or fetch data sets for training
    #[command(subcommand)]
    Dataset(dataset::DatasetCommand),
    /// Write man pages and completions for shells
    #[command(hide = true)]
    Manual(manual::Args),
}

/// An output whose errors say that writing to it failed.
struct Output<'a>(&'a mut dyn Write);

impl Output<'_> {
    /// The error with that message, of the same kind.
    fn named(error: io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("cannot write the output: {error}"))
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(Self::named)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(Self::named)
    }
}

/// Runs `nicec` with `args` (the name of the program first), and writes its output to `out`.
///
/// # Errors
///
/// Whatever fails, with a message that names the file or argument. An invalid command line is a [`clap::Error`].
pub fn run<I, T>(args: I, out: &mut dyn Write) -> Result<()>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let out = &mut Output(out);
    let line = match CommandLine::try_parse_from(args) {
        Ok(line) => line,
        // Help and version are output, not errors.
        Err(requested) if !requested.use_stderr() => {
            write!(out, "{}", requested.render())?;
            return Ok(out.flush()?);
        }
        Err(usage) => return Err(usage.into()),
    };
    match line.command {
        Command::Encode(args) => encode::run(&args, out),
        Command::Decode(args) => decode::run(&args, out),
        Command::Info(args) => info::run(&args, out),
        Command::Turn(args) => turn::run(&args, out),
        Command::Crop(args) => crop::run(&args, out),
        Command::Join(args) => join::run(&args, out),
        Command::CArray(args) => c_array::run(&args, out),
        Command::Eval(args) => eval::run(&args, out),
        Command::Compare(args) => compare::run(&args, out),
        Command::Dataset(command) => dataset::run(command, out),
        Command::Manual(args) => manual::run(&args, CommandLine::command(), out),
    }?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn an_invalid_command_line_is_told_apart_from_other_errors() {
        let error = |args: &[&str]| run(args, &mut Vec::new()).unwrap_err();
        assert!(error(&["nicec", "frobnicate"]).is::<clap::Error>());
        assert!(error(&["nicec", "encode"]).is::<clap::Error>());
        assert!(error(&["nicec"]).is::<clap::Error>());
        assert!(!error(&["nicec", "info", "/no/such/file"]).is::<clap::Error>());
    }

    #[test]
    fn the_error_of_an_output_keeps_its_kind() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = run(["nicec", "--version"], &mut Closed).unwrap_err();
        assert!(
            error.to_string().contains("cannot write the output"),
            "{error}"
        );
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        assert_eq!(kind, Some(io::ErrorKind::BrokenPipe));
    }
}
