//! Makes a cartridge from a program for the Game Boy Advance, runs it in mGBA without a window, and reads its screen.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use nice_decode::{Bgr555Le, Decoder, Image, Model, pretrained};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};

use crate::frame::{Frame, Levels};

/// The address of the cartridge.
const ORIGIN: u32 = 0x0800_0000;

/// The width and height of the screen in pixels.
const SCREEN: (usize, usize) = (240, 160);

/// The image of the cartridge, the same file as in the program.
static IMAGE: &[u8] = include_bytes!("../../pictures/gba/lake.nice");

/// The bytes of a cartridge: the segments of a program, each at its load address.
///
/// # Errors
///
/// If it is not a program for the console.
pub fn from_elf(program: &[u8]) -> Result<Vec<u8>> {
    let header = elf::FileHeader32::<Endianness>::parse(program)?;
    let endian = header.endian()?;
    let mut cartridge = Vec::new();
    for segment in header.program_headers(endian, program)? {
        if segment.p_type(endian) != elf::PT_LOAD || segment.p_filesz(endian) == 0 {
            continue;
        }
        let offset = segment.p_paddr(endian).checked_sub(ORIGIN);
        let offset = offset.context("the program has a segment outside the cartridge")? as usize;
        let data = segment
            .data(endian, program)
            .ok()
            .context("the program is truncated")?;
        if cartridge.len() < offset + data.len() {
            cartridge.resize(offset + data.len(), 0);
        }
        cartridge[offset..offset + data.len()].copy_from_slice(data);
    }
    ensure!(!cartridge.is_empty(), "the program is empty");
    Ok(cartridge)
}

/// The result of running a cartridge.
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

/// Runs the program with this path in mGBA, and keeps the cartridge and its screen beside it.
///
/// # Errors
///
/// If there is no C compiler or no mGBA, or if the program does not finish.
pub fn run(program: &Path) -> Result<Outcome> {
    let cartridge = program.with_extension("gba");
    let bytes = fs::read(program).with_context(|| program.display().to_string())?;
    fs::write(&cartridge, from_elf(&bytes)?)?;
    let mgba = compile_mgba(program.parent().unwrap_or(Path::new(".")))?;
    let memory = program.with_extension("screen");
    let output = Command::new(&mgba)
        .arg(&cartridge)
        .arg(&memory)
        .stderr(Stdio::inherit())
        .output()?;
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "the cartridge did not finish; its log: {log}"
    );
    let screen = Frame {
        width: SCREEN.0,
        height: SCREEN.1,
        pixels: words(&fs::read(&memory)?),
    };
    let png = program.with_extension("png");
    screen.save_png(Levels::BGR555, &png)?;
    Ok(Outcome {
        log,
        screen,
        cartridge,
        png,
    })
}

/// The screen that the cartridge must show: its image, decoded on the host.
///
/// # Errors
///
/// If the image cannot be decoded.
pub fn expected() -> Result<Frame> {
    let model = Model::from_bytes(pretrained::M)?;
    let image = Image::from_bytes(IMAGE)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut bytes = vec![0; 2 * width * height];
    Decoder::new(&model, &image)?.region::<Bgr555Le>(image.region(), &mut bytes, 2 * width)?;
    Ok(Frame {
        width,
        height,
        pixels: words(&bytes),
    })
}

/// Words of 16 bits from their bytes, low byte first.
fn words(bytes: &[u8]) -> Vec<u16> {
    let words = bytes.as_chunks().0.iter();
    words.map(|word| u16::from_le_bytes(*word)).collect()
}

/// Compiles the program that runs mGBA without a window into a folder, and returns its path.
fn compile_mgba(folder: &Path) -> Result<PathBuf> {
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
        "the library of mGBA is not installed; on Debian and Ubuntu run `sudo apt install libmgba-dev`"
    );
    Ok(program)
}
