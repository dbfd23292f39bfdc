//! Makes a cartridge of a program, runs it in mGBA without a screen, and reads what it shows.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use nice_decode::{Bgr555Le, Decoder, Image, models};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};

use crate::frame::{Frame, Levels};

/// Where the cartridge is in the memory of the console.
const ORIGIN: u32 = 0x0800_0000;

/// Columns and lines of the screen.
const SCREEN: (usize, usize) = (240, 160);

/// The picture of the cartridge, as the program has it.
static PICTURE: &[u8] = include_bytes!("../../pictures/gba/lake.nice");

/// The bytes of a cartridge: everything that a program has in it, where it belongs.
///
/// # Errors
///
/// When it is no program for the console.
pub fn of(program: &[u8]) -> Result<Vec<u8>> {
    let header = elf::FileHeader32::<Endianness>::parse(program)?;
    let endian = header.endian()?;
    let mut cartridge = Vec::new();
    for part in header.program_headers(endian, program)? {
        if part.p_type(endian) != elf::PT_LOAD || part.p_filesz(endian) == 0 {
            continue;
        }
        let at = part.p_paddr(endian).checked_sub(ORIGIN);
        let at = at.context("the program is not for the cartridge")? as usize;
        let data = part
            .data(endian, program)
            .ok()
            .context("the program is cut short")?;
        if cartridge.len() < at + data.len() {
            cartridge.resize(at + data.len(), 0);
        }
        cartridge[at..at + data.len()].copy_from_slice(data);
    }
    ensure!(!cartridge.is_empty(), "there is nothing in the program");
    Ok(cartridge)
}

/// What a cartridge logged and what is on its screen.
#[derive(Debug)]
pub struct Shown {
    /// The log.
    pub log: String,
    /// The screen.
    pub screen: Frame,
    /// The cartridge, which any emulator takes.
    pub cartridge: PathBuf,
    /// The screen as a picture.
    pub png: PathBuf,
}

/// Runs a program, given by its file, in mGBA, and keeps the cartridge and its screen beside it.
///
/// # Errors
///
/// When there is no C compiler or no mGBA, or the program does not come to its end.
pub fn run(program: &Path) -> Result<Shown> {
    let cartridge = program.with_extension("gba");
    let bytes = fs::read(program).with_context(|| program.display().to_string())?;
    fs::write(&cartridge, of(&bytes)?)?;
    let mgba = mgba(program.parent().unwrap_or(Path::new(".")))?;
    let memory = program.with_extension("screen");
    let output = Command::new(&mgba)
        .arg(&cartridge)
        .arg(&memory)
        .stderr(Stdio::inherit())
        .output()?;
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "the cartridge does not come to its end: {log}"
    );
    let pixels = fs::read(&memory)?;
    let screen = Frame {
        width: SCREEN.0,
        height: SCREEN.1,
        pixels: words(&pixels),
    };
    let png = program.with_extension("png");
    screen.save_png_of(Levels::BGR555, &png)?;
    Ok(Shown {
        log,
        screen,
        cartridge,
        png,
    })
}

/// What has to be on the screen.
///
/// # Errors
///
/// When the picture is none.
pub fn expected() -> Result<Frame> {
    let decoder = Decoder::from_bytes(models::M)?;
    let image = Image::from_bytes(PICTURE)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut bytes = vec![0; 2 * width * height];
    decoder
        .open(&image)?
        .region::<Bgr555Le>(image.region(), &mut bytes, 2 * width)?;
    Ok(Frame {
        width,
        height,
        pixels: words(&bytes),
    })
}

fn words(bytes: &[u8]) -> Vec<u16> {
    let words = bytes.as_chunks().0.iter();
    words.map(|word| u16::from_le_bytes(*word)).collect()
}

/// The program that is mGBA without a screen, compiled into a folder.
fn mgba(folder: &Path) -> Result<PathBuf> {
    let program = folder.join("mgba-headless");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gba/mgba/headless.c");
    let compiler = std::env::var_os("CC");
    let compiler = compiler.as_deref().unwrap_or(OsStr::new("cc"));
    let compiled = Command::new(compiler)
        .arg(source)
        .args(["-O1", "-Wall", "-Wextra", "-lmgba", "-o"])
        .arg(&program)
        .status()
        .with_context(|| format!("cannot start the C compiler {}", compiler.display()))?;
    ensure!(
        compiled.success(),
        "mGBA's library is not installed; on Debian and Ubuntu type `sudo apt install libmgba-dev`"
    );
    Ok(program)
}
