//! `nicec c-array`: writes images and models as arrays in C.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_encode::container::file_type::FileType;
use nice_encode::pretrained;

use crate::output::{self, ForceArgs, Inputs, Kind};

/// The arguments of `nicec c-array`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  nicec c-array s photo.nice -o assets.h

The header defines `static const unsigned char photo_nice[]` for photo.nice, at an address that is a multiple of 4, and \
`photo_nice_bytes`, its length.")]
pub(crate) struct Args {
    /// Images (.nice) and models (.nicem, or xs, s or m)
    #[arg(value_name = "FILE", required = true)]
    inputs: Vec<PathBuf>,

    /// The header to write; - is standard output
    #[arg(short, long, value_name = "OUT.h")]
    output: PathBuf,

    #[command(flatten)]
    force: ForceArgs,
}

/// A header.
const HEADER: Kind = Kind {
    name: "a C header",
    endings: &["h", "hpp", "c", "inc"],
    file_type: None,
};

/// The bytes in a line.
const IN_A_LINE: usize = 16;

/// Runs `nicec c-array`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let inputs = Inputs::new(args.inputs.iter().map(PathBuf::as_path));
    inputs.check(&args.output, HEADER, args.force)?;
    let mut text = String::from(
        "/* Written by nicec c-array. */\n\n#if defined(__GNUC__)\n#define NICE_ALIGNED __attribute__((aligned(4)))\n#else\n\
         #define NICE_ALIGNED\n#endif\n",
    );
    let mut names: Vec<String> = Vec::new();
    for input in &args.inputs {
        let (name, bytes) = file(input)?;
        if names.contains(&name) {
            bail!("two of the files would become the array {name}; rename one of them");
        }
        write_array(&mut text, &name, &bytes)?;
        names.push(name);
    }
    text.push_str("\n#undef NICE_ALIGNED\n");
    output::write(&args.output, text.as_bytes(), out)?;
    writeln!(
        output::messages(&args.output, out),
        "{}: {}",
        args.output.display(),
        names.join(", ")
    )?;
    Ok(())
}

/// The name of the array for a file, and its bytes.
fn file(input: &Path) -> Result<(String, Vec<u8>)> {
    if let Some(model) = input
        .to_str()
        .and_then(pretrained::named)
        .filter(|_| !input.exists())
    {
        return Ok((format!("{}_nicem", input.display()), model.to_vec()));
    }
    let bytes = output::read(input)?;
    match FileType::of(&bytes) {
        Some(FileType::Image | FileType::Model) => {}
        _ => bail!(
            "{} is neither a NICE image nor a decoder model",
            output::shown(input)
        ),
    }
    let name = input.file_name().context("a file has a name")?;
    Ok((identifier(&name.to_string_lossy()), bytes))
}

/// A name in C: other characters become underscores, and it does not begin with a digit.
fn identifier(name: &str) -> String {
    let letters = name.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    });
    let mut name: String = letters.collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

/// Adds an array to a text.
fn write_array(text: &mut String, name: &str, bytes: &[u8]) -> Result<()> {
    writeln!(
        text,
        "\nstatic const unsigned long {name}_bytes = {}UL;",
        bytes.len()
    )?;
    writeln!(
        text,
        "static const unsigned char {name}[{}] NICE_ALIGNED = {{",
        bytes.len()
    )?;
    for line in bytes.chunks(IN_A_LINE) {
        for byte in line {
            write!(text, "{byte},")?;
        }
        text.push('\n');
    }
    text.push_str("};\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers() {
        assert_eq!(identifier("a photo-1.nice"), "a_photo_1_nice");
        assert_eq!(identifier("3d.nice"), "_3d_nice");
        assert_eq!(identifier("straße.nice"), "stra_e_nice");
    }

    #[test]
    fn an_array_has_all_bytes() {
        let mut text = String::new();
        write_array(&mut text, "a", &[7; 17]).unwrap();
        assert!(
            text.contains("a_bytes = 17UL") && text.contains("a[17]"),
            "{text}"
        );
        assert_eq!(text.matches("7,").count(), 17);
    }
}
