//! The command line of `nice`: what is typed, and which command it reaches.

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::dataset::command::{self as dataset, DatasetCommand};
use crate::{compare, decode, encode, eval, info};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "nice",
    version,
    about = "Encodes, decodes and measures pictures in 48 bits a block of 8 x 8 pixels, and builds data sets to train on",
    after_help = "\
Examples:
  nice encode photo.png -m decoder.nicem -o photo.nice
  nice decode photo.nice -m decoder.nicem -o again.png
  nice info decoder.nicem
  nice eval -m decoder.nicem folder-of-photographs
  nice compare folder-of-photographs --html compare.html
  nice dataset build folder-of-photographs -o train.bin

Models come from `host-train`. Exit codes: 0 done, 1 an error, 2 a command line that cannot be understood.",
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// What `nice` can do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Encode a picture as .nice
    Encode(encode::Args),
    /// Decode a .nice picture to PNG
    Decode(decode::Args),
    /// Show what is in a model, an encoder or a picture
    Info(info::Args),
    /// Measure a model on pictures: PSNR, bits a pixel, speed
    Eval(eval::Args),
    /// Compare models with JPEG, BC1 and ASTC on pictures
    Compare(compare::Args),
    /// Build or fetch data sets to train on
    #[command(subcommand)]
    Dataset(DatasetCommand),
}

/// An output whose errors say that they are its own.
struct Output<'a>(&'a mut dyn Write);

impl Output<'_> {
    /// The error with a name, of the same kind as before.
    fn named(error: io::Error) -> io::Error {
        io::Error::new(
            error.kind(),
            format!("cannot write what there is to say: {error}"),
        )
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

/// Runs `nice` with `args` (the program's name first), writing what it has to say to `out`.
///
/// # Errors
///
/// Whatever goes wrong, with a message that names the file or argument. A command line that cannot be understood is a
/// [`clap::Error`].
pub fn run<I, T>(args: I, out: &mut dyn Write) -> Result<()>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let out = &mut Output(out);
    let line = match CommandLine::try_parse_from(args) {
        Ok(line) => line,
        // Help and version are asked for, so they are what there is to say.
        Err(asked) if !asked.use_stderr() => {
            write!(out, "{}", asked.render())?;
            return Ok(out.flush()?);
        }
        Err(usage) => return Err(usage.into()),
    };
    match line.command {
        Command::Encode(args) => encode::run(&args, out),
        Command::Decode(args) => decode::run(&args, out),
        Command::Info(args) => info::run(&args, out),
        Command::Eval(args) => eval::run(&args, out),
        Command::Compare(args) => compare::run(&args, out),
        Command::Dataset(command) => dataset::run(command, out),
    }?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        <CommandLine as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn what_cannot_be_understood_is_told_apart_from_what_fails() {
        let error = |args: &[&str]| run(args, &mut Vec::new()).unwrap_err();
        assert!(error(&["nice", "frobnicate"]).is::<clap::Error>());
        assert!(error(&["nice", "encode"]).is::<clap::Error>());
        assert!(error(&["nice"]).is::<clap::Error>());
        assert!(!error(&["nice", "info", "/no/such/file"]).is::<clap::Error>());
    }

    #[test]
    fn an_output_that_fails_is_told_with_the_kind_of_the_failure() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = run(["nice", "--version"], &mut Gone).unwrap_err();
        assert!(error.to_string().contains("cannot write"), "{error}");
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        assert_eq!(kind, Some(io::ErrorKind::BrokenPipe));
    }
}
