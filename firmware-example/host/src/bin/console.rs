//! Makes a cartridge of a program for a game console, runs it in an emulator without a window, prints its log, and compares its
//! screen with the image decoded on the host. Without such an emulator it only makes the cartridge.
//!
//! Cargo calls it (`runner` in `consoles/.cargo/config.toml`): `console NAME PROGRAM`.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use firmware_host::console::{CONSOLES, Console};
use firmware_host::{emulator, expected};

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
    let [name, program] = arguments.as_slice() else {
        bail!("usage: console NAME PROGRAM");
    };
    let console = name.to_str().and_then(Console::named).with_context(|| {
        let names = CONSOLES.map(|console| console.name).join(", ");
        format!(
            "there is no console {}; choose one of {names}",
            name.display()
        )
    })?;
    let cartridge = emulator::make_cartridge(console, Path::new(program))?;
    eprintln!("wrote {}", cartridge.display());
    let Some(emulator) = console.emulator else {
        eprintln!("there is no emulator that runs it without a window; open it in one");
        return Ok(());
    };
    let outcome = emulator::run(emulator, &cartridge)?;
    print!("{}", outcome.log);
    let expected = expected::console(console)?;
    let pixels = outcome.screen.pixels.iter().zip(&expected.pixels);
    let different = pixels.filter(|(found, expected)| found != expected).count();
    ensure!(
        outcome.screen == expected,
        "{different} pixels of the screen differ from the image decoded on the host; see {}",
        outcome.png.display()
    );
    println!("the screen is identical to the image decoded on the host");
    Ok(())
}
