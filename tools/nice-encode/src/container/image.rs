//! The image file `.nice`: written from its size, the id of its model and its latents, and read back.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use nice_decode::format::{CHECKSUM_BYTES, IMAGE_HEADER_BYTES, IMAGE_MAGIC, IMAGE_VERSION};
use nice_decode::{Image, LATENT_BYTES, Latent, ModelId};

use super::file_type::FileType;
use crate::block;

/// The bytes of an image file that are not latents.
pub const OVERHEAD_BYTES: usize = IMAGE_HEADER_BYTES + CHECKSUM_BYTES;

/// The bytes of an image file.
///
/// # Errors
///
/// When a side is 0, or the number of latents is not the number of blocks.
pub fn to_bytes(width: u32, height: u32, model: ModelId, latents: &[Latent]) -> Result<Vec<u8>> {
    ensure!(
        width > 0 && height > 0,
        "an image of {width} x {height} pixels is empty"
    );
    let blocks = block::along(width) as u64 * block::along(height) as u64;
    ensure!(
        blocks == latents.len() as u64,
        "an image of {width} x {height} pixels has {blocks} blocks, not {}",
        latents.len()
    );
    let latents = latents.as_flattened();
    let mut bytes = Vec::with_capacity(OVERHEAD_BYTES + latents.len());
    bytes.extend(IMAGE_MAGIC);
    bytes.extend([IMAGE_VERSION, 0, 0, 0]);
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(model.get().to_le_bytes());
    bytes.extend_from_slice(latents);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Ok(bytes)
}

/// Reads a file that must be an image; [`parse`] checks its contents.
///
/// # Errors
///
/// When the file cannot be read or has another type.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    FileType::Image.read(path)
}

/// The image in the bytes of a file; errors name its `path`.
///
/// # Errors
///
/// When the bytes are not a valid image.
pub fn parse<'a>(bytes: &'a [u8], path: &Path) -> Result<Image<'a>> {
    Image::from_bytes(bytes).with_context(|| format!("cannot use the image {}", path.display()))
}

/// The bits of the latents per pixel: 0.75, and more where blocks reach over the edge.
pub fn bits_per_pixel(width: u32, height: u32, blocks: usize) -> f64 {
    (blocks * LATENT_BYTES * 8) as f64 / (f64::from(width) * f64::from(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_reads_what_is_written() {
        let latents: Vec<Latent> = (0..6).map(|i| [i, 1, 2, 3, 4, 0xff]).collect();
        let bytes = to_bytes(17, 9, ModelId::new(0xdead_beef), &latents).unwrap();
        assert_eq!(bytes.len(), OVERHEAD_BYTES + 36);
        let image = Image::from_bytes(&bytes).unwrap();
        assert_eq!((image.width(), image.height()), (17, 9));
        assert_eq!(image.model_id(), ModelId::new(0xdead_beef));
        assert_eq!(image.latents(), latents);
    }

    #[test]
    fn a_number_of_latents_that_does_not_match_the_size_is_refused() {
        for (width, height, count) in [(0, 8, 0), (8, 0, 0), (8, 8, 2), (9, 8, 1), (8, 8, 0)] {
            let latents = vec![[0; 6]; count];
            assert!(to_bytes(width, height, ModelId::new(1), &latents).is_err());
        }
    }
}
