//! The program `nicec`: encodes pictures, decodes them, measures models, and builds data sets.

use std::process::ExitCode;

use nice_encode::unfinished;

/// The exit code of a program that was interrupted, as shells have it for SIGINT.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    // Without a handler, an interrupted program only leaves a temporary file behind, which the next one removes.
    let _ = ctrlc::set_handler(|| {
        unfinished::remove_all();
        std::process::exit(INTERRUPTED);
    });
    let result = nice_cli::run(std::env::args_os(), &mut std::io::stdout());
    if let Err(error) = &result
        && let Some(usage) = error.downcast_ref::<clap::Error>()
    {
        // If standard error is closed, there is nowhere left to report it.
        let _ = usage.print();
        return ExitCode::from(2);
    }
    nice_data::exit::code(result)
}
