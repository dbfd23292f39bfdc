//! Runs a demonstration in QEMU: its log, whether it succeeded, and the frames of its display.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::frame::{Frame, Levels};
use crate::log;
use crate::machine::Machine;

/// The result of running a demonstration.
#[derive(Debug)]
pub struct Outcome {
    /// Whether it exited with success.
    pub success: bool,
    /// Its log.
    pub log: String,
    /// The frames of its display, sorted by name.
    pub frames: Vec<(String, Frame)>,
    /// The folder that has the log and the frames, also as PNG.
    pub folder: PathBuf,
}

/// Runs a program on a board, and calls `line` for each line of its log.
///
/// # Errors
///
/// If the program or QEMU is missing, or if the log or a frame is malformed.
pub fn run(
    machine: Machine,
    program: &Path,
    mut line: impl FnMut(&str) -> Result<()>,
) -> Result<Outcome> {
    let program = fs::canonicalize(program)
        .with_context(|| format!("cannot find the program {}", program.display()))?;
    let elf = fs::read(&program)?;
    let folder = output_folder(machine, &program)?;
    let mut qemu = Command::new(machine.qemu)
        .args(machine.arguments())
        .arg(&program)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow!(
                "{} is not installed; on Debian and Ubuntu run `sudo apt install {}`, on macOS `brew install qemu`",
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
    let frames = read_frames(&folder)?;
    fs::write(folder.join("log"), &text)?;
    Ok(Outcome {
        success: status.success(),
        log: text,
        frames,
        folder,
    })
}

/// Creates an empty folder for the output of a program.
fn output_folder(machine: Machine, program: &Path) -> Result<PathBuf> {
    let name = program.file_stem().unwrap_or(OsStr::new("program"));
    // Cargo puts programs into `target/TARGET/release`.
    let target = program
        .ancestors()
        .nth(3)
        .context("the program is not in a target folder of cargo")?;
    let folder = target.join("output").join(machine.name).join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}

/// Reads the frames that a program has written, and saves each as a PNG.
fn read_frames(folder: &Path) -> Result<Vec<(String, Frame)>> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let frame = Frame::from_bytes(&fs::read(&file)?)
                .with_context(|| format!("{} is not a frame", file.display()))?;
            frame.save_png(Levels::RGB565, &file.with_extension("png"))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), frame))
        })
        .collect()
}
