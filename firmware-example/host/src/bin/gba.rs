//! Makes a cartridge of the program in `gba`, runs it in mGBA without a screen, shows its log, and compares its screen with
//! what the host decodes.
//!
//! Cargo calls it (`runner` in `gba/.cargo/config.toml`): `gba PROGRAM`.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use firmware_host::cartridge;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [program] = arguments.as_slice() else {
        bail!("usage: gba PROGRAM");
    };
    let shown = cartridge::run(Path::new(program))?;
    print!("{}", shown.log);
    let expected = cartridge::expected()?;
    let wrong = shown.screen.pixels.iter().zip(&expected.pixels);
    let wrong = wrong.filter(|(found, expected)| found != expected).count();
    ensure!(
        shown.screen == expected,
        "{wrong} pixels of the screen are not what the host decodes; see {}",
        shown.png.display()
    );
    println!("the screen is to the bit what the host decodes");
    eprintln!(
        "kept {} and {}",
        shown.cartridge.display(),
        shown.png.display()
    );
    Ok(())
}
