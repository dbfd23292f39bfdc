//! Makes a cartridge of a program, runs it in an emulator without a window, and reads its log and its screen.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::console::{Console, Emulator};
use crate::frame::{Frame, Levels};

/// The result of running a program.
#[derive(Debug)]
pub struct Outcome {
    /// Its log.
    pub log: String,
    /// Its screen at the end.
    pub screen: Frame,
    /// The path of the cartridge, for any emulator.
    pub cartridge: PathBuf,
    /// The path of the screen as a PNG.
    pub png: PathBuf,
}

/// Runs the program with this path, and keeps the cartridge and its screen beside it.
///
/// # Errors
///
/// If there is no C compiler or no emulator, or if the program does not finish.
pub fn run(console: Console, program: &Path) -> Result<Outcome> {
    let program = fs::canonicalize(program)
        .with_context(|| format!("cannot find the program {}", program.display()))?;
    let cartridge = program.with_extension(console.extension);
    fs::write(&cartridge, (console.cartridge)(&fs::read(&program)?)?)?;
    let frame = program.with_extension("screen");
    let output = front_end(console.emulator, &program.with_file_name("headless"))?
        .arg(&cartridge)
        .arg(&frame)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start the emulator")?;
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "the program did not finish; its log: {log}"
    );
    let screen = Frame::from_bytes(&fs::read(&frame)?)
        .with_context(|| format!("{} is not a frame", frame.display()))?;
    let png = program.with_extension("png");
    screen.save_png(Levels::BGR555, &png)?;
    Ok(Outcome {
        log,
        screen,
        cartridge,
        png,
    })
}

/// The folder of the programs that run emulators without a window.
const FRONT_ENDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../consoles/libretro");

/// The command that runs an emulator without a window. It takes the cartridge and the file for the screen as further arguments.
/// A program that must be compiled becomes `executable`.
fn front_end(emulator: Emulator, executable: &Path) -> Result<Command> {
    Ok(match emulator {
        Emulator::Library(name) => {
            compile(&Path::new(FRONT_ENDS).join("headless.c"), executable)?;
            let mut command = Command::new(executable);
            command.arg(find(name)?);
            command
        }
        Emulator::Browser(name) => {
            let mut command = Command::new("node");
            command
                .arg(Path::new(FRONT_ENDS).join("browser.mjs"))
                .arg(name);
            command
        }
    })
}

/// The path of an emulator. The variable `LIBRETRO_DIRECTORY`, which RetroArch also knows, names the folder if it is an unusual
/// one.
fn find(emulator: &str) -> Result<PathBuf> {
    let folders = [
        env::var_os("LIBRETRO_DIRECTORY").unwrap_or_default().into(),
        PathBuf::from(format!("/usr/lib/{}-linux-gnu/libretro", env::consts::ARCH)),
        PathBuf::from("/usr/lib/libretro"),
    ];
    let file = format!("{emulator}_libretro.so");
    let mut paths = folders.iter().map(|folder| folder.join(&file));
    paths.find(|path| path.exists()).with_context(|| {
        format!(
            "{file} is not installed; on Debian and Ubuntu run `sudo apt install libretro-{emulator}`, elsewhere name its folder \
             in the variable LIBRETRO_DIRECTORY"
        )
    })
}

/// Compiles a program that uses libretro.
fn compile(source: &Path, program: &Path) -> Result<()> {
    let compiler = env::var_os("CC");
    let compiler = compiler.as_deref().unwrap_or(OsStr::new("cc"));
    let compiled = Command::new(compiler)
        .arg(source)
        .args([
            "-O1",
            "-Wall",
            "-Wextra",
            "-I/usr/include/libretro-common",
            "-ldl",
            "-o",
        ])
        .arg(program)
        .status()
        .with_context(|| format!("cannot start the C compiler {}", compiler.display()))?;
    ensure!(
        compiled.success(),
        "the header of libretro is not installed; on Debian and Ubuntu run `sudo apt install retroarch-dev`"
    );
    Ok(())
}
