//! The program `nice`: encodes pictures, decodes them, measures models, and builds data sets.

use std::process::ExitCode;

fn main() -> ExitCode {
    let result = tools::run(std::env::args_os(), &mut std::io::stdout());
    if let Err(error) = &result
        && let Some(usage) = error.downcast_ref::<clap::Error>()
    {
        // Standard error may be closed; there is nowhere left to say so.
        let _ = usage.print();
        return ExitCode::from(2);
    }
    tools::exit::finish(result)
}
