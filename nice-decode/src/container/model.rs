//! The container of a model file: magic number, version, body, checksum.

use super::checksum::crc32;
use super::header::{MagicError, after_magic};
use super::id::ModelId;
use crate::error::ModelError;
use crate::format::{CHECKSUM_BYTES, MODEL_MAGIC, MODEL_VERSION, ModelFile};

/// A model file that is complete and can be parsed; its tables have not been checked.
pub(crate) struct ModelContainer<'a> {
    /// The id of the model.
    pub(crate) id: ModelId,
    /// What is in the file.
    pub(crate) contents: ModelFile<'a>,
    /// The bytes of the contents and everything after them.
    pub(crate) body: &'a [u8],
    /// Where they begin in the file.
    pub(crate) body_offset: usize,
}

impl<'a> ModelContainer<'a> {
    /// Reads a model file, and verifies its checksum if asked to.
    pub(crate) fn read(file: &'a [u8], verify: bool) -> Result<Self, ModelError> {
        let truncated = ModelError::Truncated { found: file.len() };
        let rest = after_magic(file, &MODEL_MAGIC).map_err(|error| match error {
            MagicError::Truncated => truncated,
            MagicError::Other(magic) => ModelError::NotAModel { magic },
        })?;
        let (&found, body) = rest.split_first().ok_or(truncated)?;
        if found != MODEL_VERSION {
            return Err(ModelError::Version { found });
        }
        let (covered, stored) = file.split_last_chunk::<CHECKSUM_BYTES>().ok_or(truncated)?;
        let stored = u32::from_le_bytes(*stored);
        let computed = if verify { crc32(covered) } else { stored };

        // A wrong checksum alone does not tell whether the file is damaged, truncated or too long; where its contents end does.
        let (contents, after) = match postcard::take_from_bytes::<ModelFile<'a>>(body) {
            Ok(read) => read,
            Err(postcard::Error::DeserializeUnexpectedEnd) => return Err(truncated),
            Err(_) if computed != stored => return Err(ModelError::Checksum { stored, computed }),
            Err(_) => {
                return Err(ModelError::Malformed {
                    body: body.len().saturating_sub(CHECKSUM_BYTES),
                });
            }
        };
        match after.len().checked_sub(CHECKSUM_BYTES) {
            None => return Err(truncated),
            Some(0) => {}
            Some(extra) => return Err(ModelError::TrailingBytes { extra }),
        }
        if computed != stored {
            return Err(ModelError::Checksum { stored, computed });
        }
        Ok(Self {
            id: ModelId::new(stored),
            contents,
            body,
            body_offset: file.len().wrapping_sub(body.len()),
        })
    }
}
