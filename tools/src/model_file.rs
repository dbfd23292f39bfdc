//! The decoder model file `.nicem`: written from its tables, and read back for the decoder to borrow.

use std::path::Path;

use anyhow::{Context, Result};
use nice_decode::format::{Body, MODEL_MAGIC, Model, padding};
use nice_decode::{Decoder, ModelId};

use crate::files;
use crate::kind::{self, FileKind};

/// The bytes of a decoder model file. The padding before the rows of a codebook is made here.
///
/// # Errors
///
/// When the decoder would refuse the file: it reads it back before anyone else has to.
pub fn to_bytes(model: &Model<'_>) -> Result<Vec<u8>> {
    let unsealed = |model: &Model<'_>| {
        let mut bytes = MODEL_MAGIC.to_vec();
        bytes.push(model.body.version());
        postcard::to_extend(model, bytes).context("cannot put the model into bytes")
    };
    let mut model = *model;
    if let Body::Codebook(mut codebook) = model.body {
        codebook.padding = &[];
        model.body = Body::Codebook(codebook);
        codebook.padding = padding(unsealed(&model)?.len() - codebook.rows.len());
        model.body = Body::Codebook(codebook);
    }
    let mut bytes = unsealed(&model)?;
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(checksum.to_le_bytes());
    Decoder::from_bytes(&bytes)
        .with_context(|| format!("the model \"{}\" cannot be decoded with", model.name))?;
    Ok(bytes)
}

/// Writes a decoder model file, whole or not at all, and gives its id.
pub fn write(path: &Path, model: &Model<'_>) -> Result<ModelId> {
    let bytes = to_bytes(model).with_context(|| format!("cannot write {}", path.display()))?;
    files::write_atomically(path, &bytes)?;
    Ok(id(&bytes))
}

/// The id of a decoder model file that has been checked: its checksum.
fn id(bytes: &[u8]) -> ModelId {
    ModelId::new(bytes.last_chunk().map_or(0, |id| u32::from_le_bytes(*id)))
}

/// Reads a file that has to be a decoder model; [`decoder`] checks what is in it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    kind::read(path, FileKind::Model)
}

/// The decoder for the bytes of a model file; `path` stands in the error.
pub fn decoder<'a>(bytes: &'a [u8], path: &Path) -> Result<Decoder<'a>> {
    Decoder::from_bytes(bytes).with_context(|| format!("cannot use the model {}", path.display()))
}

/// The tables in a model file that [`Decoder::from_bytes`] has accepted; `None` for any other bytes.
pub fn tables(bytes: &[u8]) -> Option<Model<'_>> {
    postcard::take_from_bytes(bytes.get(MODEL_MAGIC.len() + 1..)?)
        .ok()
        .map(|(model, _)| model)
}
