//! Makes a cartridge from the program in `gba`, runs it in mGBA without a window, prints its log, and compares its screen with
//! the image decoded on the host.
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
    let outcome = cartridge::run(Path::new(program))?;
    print!("{}", outcome.log);
    let expected = cartridge::expected()?;
    let pixels = outcome.screen.pixels.iter().zip(&expected.pixels);
    let different = pixels.filter(|(found, expected)| found != expected).count();
    ensure!(
        outcome.screen == expected,
        "{different} pixels of the screen differ from the image decoded on the host; see {}",
        outcome.png.display()
    );
    println!("the screen is identical to the image decoded on the host");
    eprintln!(
        "wrote {} and {}",
        outcome.cartridge.display(),
        outcome.png.display()
    );
    Ok(())
}
