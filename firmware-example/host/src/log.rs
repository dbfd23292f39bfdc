//! The log of a board: frames of defmt in what QEMU puts out, made into lines.

use std::io::Read;

use anyhow::{Context, Result, bail};
use defmt_decoder::{DecodeError, Table};

/// Reads the log of the program in `elf` to its end, and gives `line` one line after another.
pub fn read(
    elf: &[u8],
    mut from: impl Read,
    mut line: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let Some(table) = Table::parse(elf)? else {
        // It does not log, but it may panic.
        return Ok(());
    };
    let mut decoder = table.new_stream_decoder();
    let mut bytes = [0; 1024];
    loop {
        let count = from
            .read(&mut bytes)
            .context("cannot read what QEMU puts out")?;
        if count == 0 {
            return Ok(());
        }
        decoder.received(&bytes[..count]);
        loop {
            match decoder.decode() {
                Ok(frame) => line(&frame.display_message().to_string())?,
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => bail!("the log is no log of this program"),
            }
        }
    }
}
