//! Runs a demonstration in QEMU, prints its log, and keeps the frames of its display as PNG.
//!
//! Cargo calls it (`runner` in `.cargo/config.toml`): `run BOARD PROGRAM`.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use firmware_host::demonstration;
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

/// Runs the demonstration, and returns whether it exited with success.
fn run() -> Result<bool> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [board, program] = arguments.as_slice() else {
        bail!("usage: run BOARD PROGRAM");
    };
    let machine = board.to_str().and_then(Machine::named).with_context(|| {
        let names = MACHINES.map(|machine| machine.name).join(", ");
        format!(
            "there is no board {}; choose one of {names}",
            board.display()
        )
    })?;
    let outcome = demonstration::run(machine, Path::new(program), |line| {
        Ok(writeln!(std::io::stdout(), "{line}")?)
    })?;
    for (name, _) in &outcome.frames {
        eprintln!(
            "wrote {}",
            outcome.folder.join(name).with_extension("png").display()
        );
    }
    Ok(outcome.success)
}
