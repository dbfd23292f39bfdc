//! The program `nicec`: encodes pictures, decodes them, measures models, and builds data sets.

use std::process::ExitCode;

fn main() -> ExitCode {
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
