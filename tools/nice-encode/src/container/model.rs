//! The decoder model file `.nicem`: written from its tables, and read back.

use std::path::Path;

use anyhow::{Context, Result};
use nice_decode::format::{
    CODEWORD_ALIGNMENT, CodebookTables, MODEL_MAGIC, MODEL_VERSION, ModelFile, ModelTables,
};
use nice_decode::{Model, ModelId};

use super::file_type::FileType;
use crate::files;

/// The bytes before the contents of a model file: its magic number and its version.
const HEADER_BYTES: usize = MODEL_MAGIC.len() + 1;

/// The bytes of a decoder model file. The padding before the codewords of a codebook is filled in.
///
/// # Errors
///
/// When the decoder would refuse the file.
pub fn to_bytes(model: &ModelFile<'_>) -> Result<Vec<u8>> {
    let mut model = *model;
    if let ModelTables::Codebook(tables) = model.tables {
        model.tables = ModelTables::Codebook(padded(model.name, tables)?);
    }
    let mut bytes = without_checksum(&model)?;
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Model::from_bytes(&bytes)
        .with_context(|| format!("the model \"{}\" cannot be decoded with", model.name))?;
    Ok(bytes)
}

/// The tables of a codebook, with the padding that aligns its codewords in the file.
fn padded<'a>(name: &str, tables: CodebookTables<'a>) -> Result<CodebookTables<'a>> {
    const ZEROS: [u8; CODEWORD_ALIGNMENT] = [0; CODEWORD_ALIGNMENT];
    let unpadded = CodebookTables {
        padding: &[],
        ..tables
    };
    let bytes = without_checksum(&ModelFile {
        name,
        tables: ModelTables::Codebook(unpadded),
    })?;
    // The codewords are the last of the contents.
    let before = bytes.len() - tables.codewords.len();
    Ok(CodebookTables {
        padding: &ZEROS[..before.next_multiple_of(CODEWORD_ALIGNMENT) - before],
        ..tables
    })
}

/// The bytes of a decoder model file up to its checksum.
fn without_checksum(model: &ModelFile<'_>) -> Result<Vec<u8>> {
    let mut bytes = MODEL_MAGIC.to_vec();
    bytes.push(MODEL_VERSION);
    postcard::to_extend(model, bytes).context("cannot serialize the model")
}

/// Writes a decoder model file, complete or not at all, and returns its id.
///
/// # Errors
///
/// Those of [`to_bytes`], and when the file cannot be written.
pub fn write(path: &Path, model: &ModelFile<'_>) -> Result<ModelId> {
    let bytes = to_bytes(model).with_context(|| format!("cannot write {}", path.display()))?;
    files::write_atomically(path, &bytes)?;
    Ok(parse(&bytes, path)?.id())
}

/// Reads a file that must be a decoder model; [`parse`] checks its contents.
///
/// # Errors
///
/// When the file cannot be read or has another type.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    FileType::Model.read(path)
}

/// The model in the bytes of a file; errors name its `path`.
///
/// # Errors
///
/// When the bytes are not a valid model.
pub fn parse<'a>(bytes: &'a [u8], path: &Path) -> Result<Model<'a>> {
    Model::from_bytes(bytes).with_context(|| format!("cannot use the model {}", path.display()))
}

/// The tables of a model file that [`Model::from_bytes`] accepts; `None` for other bytes.
pub fn tables(bytes: &[u8]) -> Option<ModelTables<'_>> {
    let (model, _) = postcard::take_from_bytes::<ModelFile<'_>>(bytes.get(HEADER_BYTES..)?).ok()?;
    Some(model.tables)
}
