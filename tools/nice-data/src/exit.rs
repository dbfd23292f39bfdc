//! The end of a program: the chain of an error on standard error, and the exit code.

use std::io::ErrorKind;
use std::process::ExitCode;

use crate::message;

/// The exit code for the result of a program.
///
/// Success is 0. An error is 1, and is printed on standard error in one line: `error: ` and its [causes](message::of_error). A closed pipe (`nicec info x | head -1`) is not an error of the program: it is 0, and nothing is printed.
pub fn code(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed or full, there is nowhere left to report it.
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("error: {}\n", message::of_error(&error)).as_bytes(),
            );
            ExitCode::FAILURE
        }
    }
}

/// Whether the error comes from writing to a closed pipe.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn a_closed_pipe_is_found_behind_its_context() {
        let cut = Err::<(), _>(std::io::Error::from(ErrorKind::BrokenPipe)).context("writing");
        assert!(is_broken_pipe(&cut.unwrap_err()));
        let other = Err::<(), _>(std::io::Error::from(ErrorKind::NotFound)).context("reading");
        assert!(!is_broken_pipe(&other.unwrap_err()));
    }
}
