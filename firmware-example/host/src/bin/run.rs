//! Runs a demonstration in QEMU and shows its log. What it shows on its display is kept as PNG.
//!
//! Cargo calls it (`runner` in `.cargo/config.toml`): `run BOARD PROGRAM`.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use firmware_host::frame::Frame;
use firmware_host::log;
use firmware_host::machine::{MACHINES, Machine};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the program ended with success.
fn run() -> Result<bool> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [board, program] = arguments.as_slice() else {
        bail!("usage: run BOARD PROGRAM");
    };
    let machine = board.to_str().and_then(Machine::named).with_context(|| {
        let names = MACHINES.map(|machine| machine.name).join(", ");
        format!("there is no board {}, but {names}", board.display())
    })?;
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
            ErrorKind::NotFound => anyhow::anyhow!(
                "{} is not installed; on Debian and Ubuntu type `sudo apt install {}`, on macOS `brew install qemu`",
                machine.qemu,
                machine.package
            ),
            _ => error.into(),
        })?;
    let output = qemu.stdout.take().context("QEMU has no output")?;
    let mut text = String::new();
    let read = log::read(&elf, output, |line| {
        text += line;
        text.push('\n');
        writeln!(std::io::stdout(), "{line}")?;
        Ok(())
    });
    if read.is_err() {
        let _ = qemu.kill();
    }
    let status = qemu.wait()?;
    read?;
    fs::write(folder.join("log"), text)?;
    keep_pictures(&folder)?;
    Ok(status.success())
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

/// Makes a PNG of everything that was on the display.
fn keep_pictures(folder: &Path) -> Result<()> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    for file in files {
        if file.file_name() == Some(OsStr::new("log")) {
            continue;
        }
        let frame = Frame::from_bytes(&fs::read(&file)?)
            .with_context(|| format!("{} is no picture", file.display()))?;
        let png = file.with_extension("png");
        frame.save_png(&png)?;
        eprintln!("kept {}", png.display());
    }
    Ok(())
}
