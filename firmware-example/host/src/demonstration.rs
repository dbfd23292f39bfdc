//! Runs a demonstration in QEMU: its log, whether it succeeded, and what was on its display.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::frame::Frame;
use crate::log;
use crate::machine::Machine;

/// What a demonstration did.
#[derive(Debug)]
pub struct Outcome {
    /// Whether it ended with success.
    pub success: bool,
    /// Its log.
    pub log: String,
    /// What was on the display, by name, in the order of the names.
    pub frames: Vec<(String, Frame)>,
    /// Where all of that is kept, the frames as PNG.
    pub folder: PathBuf,
}

/// Runs a program on a board and gives `line` its log, one line after another.
///
/// # Errors
///
/// When the program or QEMU is not there, or the log or a frame is none.
pub fn run(
    machine: Machine,
    program: &Path,
    mut line: impl FnMut(&str) -> Result<()>,
) -> Result<Outcome> {
    let program = fs::canonicalize(program)
        .with_context(|| format!("cannot find the program {}", program.display()))?;
    let elf = fs::read(&program)?;
    let folder = kept(machine, &program)?;
    let mut qemu = Command::new(machine.qemu)
        .args(machine.arguments())
        .arg(&program)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow!(
                "{} is not installed; on Debian and Ubuntu type `sudo apt install {}`, on macOS `brew install qemu`",
                machine.qemu,
                machine.package
            ),
            _ => error.into(),
        })?;
    let output = qemu.stdout.take().context("QEMU has no output")?;
    let mut text = String::new();
    let read = log::read(&elf, output, |new| {
        text += new;
        text.push('\n');
        line(new)
    });
    if read.is_err() {
        let _ = qemu.kill();
    }
    let status = qemu.wait()?;
    read?;
    let frames = frames(&folder)?;
    fs::write(folder.join("log"), &text)?;
    Ok(Outcome {
        success: status.success(),
        log: text,
        frames,
        folder,
    })
}

/// The folder for what a program leaves behind, empty.
fn kept(machine: Machine, program: &Path) -> Result<PathBuf> {
    let name = program.file_stem().unwrap_or(OsStr::new("program"));
    // Cargo has the programs of a target in `target/TARGET/release`.
    let target = program
        .ancestors()
        .nth(3)
        .context("the program is not where cargo has it")?;
    let folder = target.join("shown").join(machine.name).join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}

/// What a program left behind of its display, made into PNGs as well.
fn frames(folder: &Path) -> Result<Vec<(String, Frame)>> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let frame = Frame::from_bytes(&fs::read(&file)?)
                .with_context(|| format!("{} is no picture", file.display()))?;
            frame.save_png(&file.with_extension("png"))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), frame))
        })
        .collect()
}
