//! The program `host-train`: hands its arguments to the library and the result to the shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_train::cli::main()
}
