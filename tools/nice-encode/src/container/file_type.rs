//! Tells the files of NICE apart by their first bytes.

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};
use nice_decode::format::{IMAGE_MAGIC, MODEL_MAGIC};

use crate::files;

/// The first four bytes of an encoder network file.
pub(super) const ENCODER_MAGIC: [u8; 4] = *b"NICX";

/// The type of a file of NICE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A decoder model, `.nicem`.
    Model,
    /// An encoder network, `.nicee`.
    Encoder,
    /// An image, `.nice`.
    Image,
}

impl FileType {
    /// The type of a file that begins with these bytes; `None` if it is not a file of NICE.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match *bytes.first_chunk::<4>()? {
            MODEL_MAGIC => Some(Self::Model),
            ENCODER_MAGIC => Some(Self::Encoder),
            IMAGE_MAGIC => Some(Self::Image),
            _ => None,
        }
    }

    /// Reads a file, and checks that it has this type.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has another type.
    pub fn read(self, path: &Path) -> Result<Vec<u8>> {
        self.check(files::read(path)?, path)
    }

    /// The bytes of a file, if it has this type. Errors show its `path`.
    ///
    /// # Errors
    ///
    /// When the file has another type.
    pub fn check(self, bytes: Vec<u8>, path: &Path) -> Result<Vec<u8>> {
        let shown = path.display();
        match Self::of(&bytes) {
            Some(found) if found == self => Ok(bytes),
            Some(found) => bail!("{shown} is a NICE {found}, but a NICE {self} is needed"),
            None if bytes.is_empty() => bail!("{shown} is empty, but a NICE {self} is needed"),
            None if bytes.len() < 4 => bail!(
                "{shown} has only {} bytes, too few for a NICE {self}; it is truncated or another kind of file",
                bytes.len()
            ),
            None => bail!("{shown} is not a NICE file, but a NICE {self} is needed"),
        }
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Model => "decoder model (.nicem)",
            Self::Encoder => "encoder (.nicee)",
            Self::Image => "image (.nice)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_type_is_named_for_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for (bytes, message) in [
            (&b"NICE1234"[..], "is a NICE image (.nice)"),
            (b"NICX1234", "is a NICE encoder (.nicee)"),
            (b"\x89PNG", "is not a NICE file"),
            (b"NI", "has only 2 bytes"),
            (b"", "is empty"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let text = format!("{:#}", FileType::Model.read(&path).unwrap_err());
            assert!(text.contains(message), "{text}");
            assert!(text.contains("a NICE decoder model (.nicem)"), "{text}");
        }
        std::fs::write(&path, b"NICM").unwrap();
        assert_eq!(FileType::Model.read(&path).unwrap(), b"NICM");
    }
}
