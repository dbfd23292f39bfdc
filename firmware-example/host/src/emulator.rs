//! Runs a cartridge in an emulator without a window, and reads its log and its screen.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::console::Console;
use crate::frame::{Frame, Levels};

/// The result of running a program.
#[derive(Debug)]
pub struct Outcome {
    /// Its log.
    pub log: String,
    /// Its screen at the end.
    pub screen: Frame,
    /// The path of the screen as a PNG.
    pub png: PathBuf,
}

/// Makes a cartridge of the program with this path, keeps it beside the program, and returns its path.
///
/// # Errors
///
/// If it is not a program for the console.
pub fn make_cartridge(console: Console, program: &Path) -> Result<PathBuf> {
    let program = fs::canonicalize(program)
        .with_context(|| format!("cannot find the program {}", program.display()))?;
    let cartridge = program.with_extension(console.extension);
    fs::write(&cartridge, (console.cartridge)(&fs::read(&program)?)?)?;
    Ok(cartridge)
}

/// Runs a cartridge in an emulator, and keeps the screen beside it.
///
/// # Errors
///
/// If there is no C compiler or no emulator, or if the program does not finish.
pub fn run(emulator: &str, cartridge: &Path) -> Result<Outcome> {
    let emulator = find(emulator)?;
    let front_end = compile_front_end(&cartridge.with_file_name("headless"))?;
    let frame = cartridge.with_extension("screen");
    let output = Command::new(front_end)
        .arg(emulator)
        .arg(cartridge)
        .arg(&frame)
        .stderr(Stdio::inherit())
        .output()?;
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "the program did not finish; its log: {log}"
    );
    let screen = Frame::from_bytes(&fs::read(&frame)?)
        .with_context(|| format!("{} is not a frame", frame.display()))?;
    let png = cartridge.with_extension("png");
    screen.save_png(Levels::BGR555, &png)?;
    Ok(Outcome { log, screen, png })
}

/// The path of an emulator. The variable `LIBRETRO_DIRECTORY` names the folder if it is an unusual one.
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

/// Compiles the program that runs an emulator without a window, and returns its path.
fn compile_front_end(program: &Path) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../consoles/libretro/headless.c");
    let compiler = env::var_os("CC");
    let compiler = compiler.as_deref().unwrap_or(OsStr::new("cc"));
    let compiled = Command::new(compiler)
        .arg(source)
        .args(["-O1", "-Wall", "-Wextra", "-I/usr/include/libretro-common"])
        .args(["-ldl", "-o"])
        .arg(program)
        .status()
        .with_context(|| format!("cannot start the C compiler {}", compiler.display()))?;
    ensure!(
        compiled.success(),
        "the header of libretro is not installed; on Debian and Ubuntu run `sudo apt install retroarch-dev`"
    );
    Ok(program.to_owned())
}
