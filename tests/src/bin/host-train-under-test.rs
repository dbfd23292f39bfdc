//! `host-train` as its own process, for tests that stop or kill it.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_train::cli::main()
}
