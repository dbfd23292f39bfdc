//! The encoder network file `.nicee`: the numbers of the network, and the id of the decoder model that it belongs to.
//!
//! All numbers are little-endian:
//!
//! ```text
//!  0  magic "NICX"    4  version, 1    5  bits of a latent, 48    6  two zero bytes
//!  8  id of the decoder model, u32
//! 12  hidden units, u32               16  slope, f32
//! 20  first layer, 192 x hidden f32; bias, hidden f32; second layer, hidden x 48 f32
//! end CRC-32 of everything before it, u32; nothing after it
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nice_decode::format::CHECKSUM_BYTES;
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, Model, ModelId};

use super::file_type::{ENCODER_MAGIC, FileType};
use crate::files;
use crate::network::EncoderNetwork;
use crate::network::layers::MAX_HIDDEN;

/// The version of the file that is read and written.
const VERSION: u8 = 1;

/// The bytes of the header; the numbers follow it.
const HEADER_BYTES: usize = 20;

/// The bytes of the file of a network with this many hidden units.
fn file_bytes(hidden: usize) -> usize {
    HEADER_BYTES + 4 * hidden * (BLOCK_SAMPLES + 1 + LATENT_BITS) + CHECKSUM_BYTES
}

/// The bytes of an encoder network file.
pub fn to_bytes(network: &EncoderNetwork, model: ModelId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(file_bytes(network.hidden()));
    bytes.extend(ENCODER_MAGIC);
    bytes.extend([VERSION, LATENT_BITS as u8, 0, 0]);
    bytes.extend(model.get().to_le_bytes());
    bytes.extend((network.hidden() as u32).to_le_bytes());
    bytes.extend(network.slope().to_le_bytes());
    bytes.extend(network.numbers().flat_map(f32::to_le_bytes));
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// Writes an encoder network file, complete or not at all.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(path: &Path, network: &EncoderNetwork, model: ModelId) -> Result<()> {
    files::write_atomically(path, &to_bytes(network, model))
}

/// The network in the bytes of a file, and the id of the decoder model that it belongs to.
///
/// # Errors
///
/// When the bytes are not a valid encoder network.
pub fn parse(bytes: &[u8]) -> Result<(EncoderNetwork, ModelId)> {
    let Some((header, _)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        ensure!(
            bytes.get(..4).is_none_or(|magic| magic == ENCODER_MAGIC),
            "it is not a NICE encoder (.nicee)"
        );
        bail!(
            "it ends within its header, after {} bytes; it is truncated, so copy it again",
            bytes.len()
        );
    };
    let (words, _) = header.as_chunks::<4>();
    let [magic, [version, bits, reserved @ ..], id, hidden, slope] = words else {
        unreachable!("20 bytes are five words")
    };
    ensure!(*magic == ENCODER_MAGIC, "it is not a NICE encoder (.nicee)");
    ensure!(
        *version <= VERSION,
        "it has version {version}, but this program reads version {VERSION}; use a newer program"
    );
    ensure!(
        *version == VERSION,
        "it has version {version}, which does not exist; the file is damaged"
    );
    ensure!(
        usize::from(*bits) == LATENT_BITS,
        "it is for latents of {bits} bits, but this program only knows {LATENT_BITS}"
    );
    ensure!(
        *reserved == [0; 2],
        "its reserved bytes are not zero; the file is damaged"
    );
    let hidden = u32::from_le_bytes(*hidden) as usize;
    ensure!(
        (1..=MAX_HIDDEN).contains(&hidden),
        "it has {hidden} hidden units, but 1 to {MAX_HIDDEN} are possible; the file is damaged"
    );
    let (found, needed) = (bytes.len(), file_bytes(hidden));
    ensure!(
        found >= needed,
        "it has {found} bytes and needs {needed}; it is truncated, so copy it again"
    );
    ensure!(
        found == needed,
        "it has {} bytes after its end; copy it again",
        found - needed
    );
    let (covered, stored) = bytes.split_at(needed - CHECKSUM_BYTES);
    ensure!(
        crc32fast::hash(covered).to_le_bytes() == *stored,
        "its checksum is wrong; the file is damaged, so copy it again"
    );
    let numbers: Vec<f32> = covered[HEADER_BYTES..]
        .as_chunks()
        .0
        .iter()
        .map(|number| f32::from_le_bytes(*number))
        .collect();
    let (first, rest) = numbers.split_at(BLOCK_SAMPLES * hidden);
    let (bias, second) = rest.split_at(hidden);
    let network = EncoderNetwork::new(hidden, f32::from_le_bytes(*slope), first, bias, second)?;
    Ok((network, ModelId::new(u32::from_le_bytes(*id))))
}

/// Reads the encoder network beside a decoder model: `X.nicee` beside `X.nicem`, or `encoder.nicee` beside
/// `decoder.nicem`.
///
/// # Errors
///
/// When there is none, or it is damaged or belongs to another decoder model.
pub fn read_beside(path: &Path, model: &Model<'_>) -> Result<EncoderNetwork> {
    let encoder = find_beside(path)?;
    let (network, id) = parse(&FileType::Encoder.read(&encoder)?)
        .with_context(|| format!("cannot use the encoder {}", encoder.display()))?;
    ensure!(
        id == model.id(),
        "the encoder {} belongs to the decoder model {id}, but {} is {} (\"{}\"); \
         copy the .nicee from the run folder that the model came from",
        encoder.display(),
        path.display(),
        model.id(),
        model.name()
    );
    Ok(network)
}

/// The path of the encoder network beside a decoder model.
///
/// # Errors
///
/// When there is none.
pub fn find_beside(model: &Path) -> Result<PathBuf> {
    let same_name = model.with_extension("nicee");
    let mut candidates = vec![same_name.clone()];
    if model.file_stem().is_some_and(|stem| stem == "decoder") {
        candidates.push(model.with_file_name("encoder.nicee"));
    }
    if let Some(found) = candidates.iter().find(|path| path.exists()) {
        return Ok(found.clone());
    }
    let names: Vec<String> = candidates
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    bail!(
        "encoding needs the encoder that was trained with {model}, but {names} was not found beside it; \
         copy encoder.nicee from the run folder that the model came from to {same_name}",
        model = model.display(),
        names = names.join(" or "),
        same_name = same_name.display(),
    );
}
