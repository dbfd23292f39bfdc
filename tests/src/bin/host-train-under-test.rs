//! `host-train` as a process of its own, for tests that interrupt or kill it.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_train::cli::main()
}
