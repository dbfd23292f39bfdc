//! What a run prints on standard output: lines for a person, or one JSON object at the end.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// The output of a run.
pub struct Log<'a> {
    out: Option<&'a mut dyn Write>,
    json: bool,
}

impl<'a> Log<'a> {
    /// An output for lines, or for JSON.
    pub fn new(out: &'a mut dyn Write, json: bool) -> Self {
        Self {
            out: Some(out),
            json,
        }
    }

    /// No output.
    pub fn silent() -> Self {
        Self {
            out: None,
            json: false,
        }
    }

    /// Prints a line, unless JSON was requested.
    ///
    /// # Errors
    ///
    /// When it cannot be written. If nobody reads the output any more, the run goes on without it.
    pub fn line(&mut self, line: &str) -> Result<()> {
        if self.json {
            return Ok(());
        }
        self.write(line)
    }

    /// Prints the JSON of the result if it was requested, and otherwise some lines.
    ///
    /// # Errors
    ///
    /// Those of [`line`](Self::line).
    pub fn result(&mut self, result: &impl Serialize, lines: &[String]) -> Result<()> {
        if self.json {
            return self.write(&serde_json::to_string(result)?);
        }
        lines.iter().try_for_each(|line| self.write(line))
    }

    fn write(&mut self, line: &str) -> Result<()> {
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        let written = writeln!(out, "{line}").and_then(|()| out.flush());
        match written {
            Err(error) if is_closed(&error) => self.out = None,
            written => written.context("cannot write the output")?,
        }
        Ok(())
    }
}

/// Whether an error says that nobody reads the output any more.
fn is_closed(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An output that fails with an error after the first line.
    struct Failing(ErrorKind, usize);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += bytes.len();
            if self.1 > 2 {
                Err(self.0.into())
            } else {
                Ok(bytes.len())
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_run_goes_on_without_a_reader_but_not_without_room() {
        let mut closed = Failing(ErrorKind::BrokenPipe, 0);
        let mut log = Log::new(&mut closed, false);
        for _ in 0..3 {
            log.line("a").unwrap();
        }
        let mut full = Failing(ErrorKind::StorageFull, 0);
        let mut log = Log::new(&mut full, false);
        log.line("a").unwrap();
        assert!(log.line("b").is_err());
    }

    #[test]
    fn json_is_alone_on_the_output() {
        let mut out = Vec::new();
        let mut log = Log::new(&mut out, true);
        log.line("hello").unwrap();
        log.result(&[1, 2], &["one".to_owned()]).unwrap();
        assert_eq!(out, b"[1,2]\n");
    }
}
