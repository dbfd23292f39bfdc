//! Tells the files of this project apart by their first bytes, for commands that take one kind and for messages.

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};
use nice_decode::format::{MODEL_MAGIC, PICTURE_MAGIC};

use crate::encoder::ENCODER_MAGIC;
use crate::files;

/// What a file of this project holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A decoder model, `.nicem`.
    Model,
    /// An encoder network, `.nicee`.
    Encoder,
    /// A picture, `.nice`.
    Picture,
}

impl FileKind {
    /// The kind of a file that begins with these bytes, if it is one of ours.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match *bytes.first_chunk::<4>()? {
            MODEL_MAGIC => Some(Self::Model),
            ENCODER_MAGIC => Some(Self::Encoder),
            PICTURE_MAGIC => Some(Self::Picture),
            _ => None,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Model => "decoder model (.nicem)",
            Self::Encoder => "encoder (.nicee)",
            Self::Picture => "picture (.nice)",
        })
    }
}

/// Reads a file that has to be of one kind; the error says what it is instead.
pub fn read(path: &Path, wanted: FileKind) -> Result<Vec<u8>> {
    let bytes = files::read(path)?;
    let shown = path.display();
    match FileKind::of(&bytes) {
        Some(found) if found == wanted => Ok(bytes),
        Some(found) => bail!("{shown} is a NICE {found}; a NICE {wanted} is needed here"),
        None if bytes.is_empty() => bail!("{shown} is empty; a NICE {wanted} is needed here"),
        None if bytes.len() < 4 => bail!(
            "{shown} has {} bytes, too few for a NICE {wanted}; it was cut short or is something else",
            bytes.len()
        ),
        None => bail!("{shown} is no file of NICE; a NICE {wanted} is needed here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_kind_is_named_for_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for (bytes, saying) in [
            (&b"NICE1234"[..], "is a NICE picture (.nice)"),
            (b"NICX1234", "is a NICE encoder (.nicee)"),
            (b"\x89PNG", "is no file of NICE"),
            (b"NI", "has 2 bytes"),
            (b"", "is empty"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let text = format!("{:#}", read(&path, FileKind::Model).unwrap_err());
            assert!(text.contains(saying), "{text}");
            assert!(text.contains("a NICE decoder model (.nicem)"), "{text}");
        }
        std::fs::write(&path, b"NICM").unwrap();
        assert_eq!(read(&path, FileKind::Model).unwrap(), b"NICM");
    }
}
