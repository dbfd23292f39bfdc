//! The log of a board: defmt frames in the output of QEMU, decoded to lines.

use std::io::Read;

use anyhow::{Context, Result, bail};
use defmt_decoder::{DecodeError, Table};

/// Reads the log of a program, given as ELF, to its end, and calls `line` for each line.
pub fn read(
    elf: &[u8],
    mut output: impl Read,
    mut line: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let Some(table) = Table::parse(elf)? else {
        // A program that does not log; its output is ignored.
        return Ok(());
    };
    let mut decoder = table.new_stream_decoder();
    let mut bytes = [0; 1024];
    loop {
        let count = output
            .read(&mut bytes)
            .context("cannot read the output of QEMU")?;
        if count == 0 {
            return Ok(());
        }
        decoder.received(&bytes[..count]);
        loop {
            match decoder.decode() {
                Ok(frame) => line(&frame.display_message().to_string())?,
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => bail!("the log is not one of this program"),
            }
        }
    }
}
