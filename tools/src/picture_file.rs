//! The picture file `.nice`: written from its size, its model's id and its codes, and read back.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use nice_decode::format::{CHECKSUM_BYTES, PICTURE_HEADER_BYTES, PICTURE_MAGIC, PICTURE_VERSION};
use nice_decode::{BLOCK, Image, LATENT_BYTES, Latent, ModelId};

use crate::files;
use crate::kind::{self, FileKind};

/// The bytes of a picture file.
///
/// # Errors
///
/// When a side is 0, or there are not as many latents as the picture has blocks.
pub fn to_bytes(width: u32, height: u32, model: ModelId, latents: &[Latent]) -> Result<Vec<u8>> {
    ensure!(
        width > 0 && height > 0,
        "a picture of {width} x {height} pixels has none"
    );
    let side = BLOCK as u32;
    let blocks = u64::from(width.div_ceil(side)) * u64::from(height.div_ceil(side));
    ensure!(
        blocks == latents.len() as u64,
        "a picture of {width} x {height} pixels has {blocks} blocks, not {}",
        latents.len()
    );
    let codes = latents.as_flattened();
    let mut bytes = Vec::with_capacity(PICTURE_HEADER_BYTES + codes.len() + CHECKSUM_BYTES);
    bytes.extend(PICTURE_MAGIC);
    bytes.extend([PICTURE_VERSION, 0, 0, 0]);
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(model.get().to_le_bytes());
    bytes.extend_from_slice(codes);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Ok(bytes)
}

/// Writes a picture file, whole or not at all.
pub fn write(
    path: &Path,
    width: u32,
    height: u32,
    model: ModelId,
    latents: &[Latent],
) -> Result<()> {
    let bytes = to_bytes(width, height, model, latents)
        .with_context(|| format!("cannot write {}", path.display()))?;
    files::write_atomically(path, &bytes)
}

/// Reads a file that has to be a picture of ours; [`image()`] checks what is in it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    kind::read(path, FileKind::Picture)
}

/// The picture in the bytes of a file; `path` stands in the error.
pub fn image<'a>(bytes: &'a [u8], path: &Path) -> Result<Image<'a>> {
    Image::from_bytes(bytes).with_context(|| format!("cannot use the picture {}", path.display()))
}

/// How many bytes a picture file takes beside its codes, [`LATENT_BYTES`] a block.
pub const OVERHEAD_BYTES: usize = PICTURE_HEADER_BYTES + CHECKSUM_BYTES;

/// The bits a pixel that the codes of a picture take.
pub fn bits_per_pixel(width: u32, height: u32, blocks: usize) -> f64 {
    (blocks * LATENT_BYTES * 8) as f64 / (f64::from(width) * f64::from(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_the_decoder_reads() {
        let latents: Vec<Latent> = (0..6).map(|at| [at, 1, 2, 3, 4, 0xff]).collect();
        let bytes = to_bytes(17, 9, ModelId::new(0xdead_beef), &latents).unwrap();
        assert_eq!(bytes.len(), OVERHEAD_BYTES + 36);
        let image = Image::from_bytes(&bytes).unwrap();
        assert_eq!((image.width(), image.height()), (17, 9));
        assert_eq!(image.model_id(), ModelId::new(0xdead_beef));
        assert_eq!(image.latents(), latents);
    }

    #[test]
    fn a_count_that_does_not_fit_the_size_is_refused() {
        for (width, height, count) in [(0, 8, 0), (8, 0, 0), (8, 8, 2), (9, 8, 1), (8, 8, 0)] {
            let latents = vec![[0; 6]; count];
            assert!(to_bytes(width, height, ModelId::new(1), &latents).is_err());
        }
    }
}
