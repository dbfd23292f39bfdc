//! How a program of this project ends: the whole chain of an error on standard error, and an exit code.

use std::io::ErrorKind;
use std::process::ExitCode;

/// Turns what a program came to into its exit code.
///
/// Success is 0. An error is printed on standard error as one line, `error: ` and every link of its chain separated by
/// colons, and is 1. A reader that went away (`nice info x | head -1`) is no error of ours: quiet, and 0.
pub fn finish(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed or full as well; there is nowhere left to say so.
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("error: {error:#}\n").as_bytes(),
            );
            ExitCode::FAILURE
        }
    }
}

/// Whether the error comes from writing to a pipe that nobody reads any more.
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
    fn a_pipe_that_nobody_reads_is_found_through_its_context() {
        let cut = Err::<(), _>(std::io::Error::from(ErrorKind::BrokenPipe)).context("writing");
        assert!(is_broken_pipe(&cut.unwrap_err()));
        let other = Err::<(), _>(std::io::Error::from(ErrorKind::NotFound)).context("reading");
        assert!(!is_broken_pipe(&other.unwrap_err()));
    }
}
