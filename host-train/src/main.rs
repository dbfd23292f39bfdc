//! The program `host-train`.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_train::cli::main()
}
