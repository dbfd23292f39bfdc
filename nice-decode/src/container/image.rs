//! The image file: a size, the id of a model, and the latent of every block.

use core::fmt;

use super::checksum::crc32;
use super::header::{MagicError, after_magic};
use super::id::ModelId;
use crate::block::{LATENT_BYTES, Latent, SIDE};
use crate::error::ImageError;
use crate::format::{CHECKSUM_BYTES, IMAGE_HEADER_BYTES, IMAGE_MAGIC, IMAGE_VERSION};
use crate::output::region::Region;

/// An image file that has been checked: a size, the id of a model, and the latent of every block.
///
/// To decode it, combine it with the model that it was encoded for: [`Decoder::new`](crate::Decoder::new).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    width: u32,
    height: u32,
    model: ModelId,
    latents: &'a [Latent],
}

impl<'a> Image<'a> {
    /// Reads an image file, and checks all of it.
    ///
    /// # Errors
    ///
    /// [`ImageError`] if the file is not an image, has another version, is truncated, too long, or damaged.
    pub fn from_bytes(file: &'a [u8]) -> Result<Self, ImageError> {
        Self::read(file, true)
    }

    /// Reads an image file without verifying its checksum. Everything else is checked: at worst, a damaged file is decoded to
    /// wrong blocks.
    ///
    /// # Errors
    ///
    /// Those of [`from_bytes`](Self::from_bytes), except [`ImageError::Checksum`].
    pub fn from_trusted_bytes(file: &'a [u8]) -> Result<Self, ImageError> {
        Self::read(file, false)
    }

    /// Reads an image, and verifies its checksum if asked to.
    fn read(file: &'a [u8], verify: bool) -> Result<Self, ImageError> {
        let truncated = ImageError::Truncated {
            found: file.len(),
            expected: None,
        };
        let rest = after_magic(file, &IMAGE_MAGIC).map_err(|error| match error {
            MagicError::Truncated => truncated,
            MagicError::Other(magic) => ImageError::NotAnImage { magic },
        })?;
        match rest.first() {
            None => return Err(truncated),
            Some(&IMAGE_VERSION) => {}
            Some(&found) => return Err(ImageError::Version { found }),
        }
        let (header, rest) = file
            .split_first_chunk::<IMAGE_HEADER_BYTES>()
            .ok_or(truncated)?;
        let [_, [_, reserved @ ..], width, height, model] = header.as_chunks::<4>().0 else {
            return Err(truncated); // never returned: the header is five words
        };
        if *reserved != [0; 3] {
            return Err(ImageError::Reserved { found: *reserved });
        }
        let [width, height, model] = [width, height, model].map(|word| u32::from_le_bytes(*word));
        if width == 0 || height == 0 {
            return Err(ImageError::Empty { width, height });
        }

        // At most 2^29 blocks in each direction, 6 bytes each: far below 2^64.
        let blocks = u64::from(blocks_across(width)) * u64::from(blocks_across(height));
        let expected = blocks * LATENT_BYTES as u64 + (IMAGE_HEADER_BYTES + CHECKSUM_BYTES) as u64;
        let found = file.len() as u64;
        if found < expected {
            return Err(ImageError::Truncated {
                found: file.len(),
                expected: Some(expected),
            });
        }
        if found > expected {
            return Err(ImageError::TrailingBytes {
                extra: (found - expected) as usize,
            });
        }
        let (latents, stored) = rest.split_last_chunk::<CHECKSUM_BYTES>().ok_or(truncated)?;
        if verify {
            let stored = u32::from_le_bytes(*stored);
            let (covered, _) = file.split_last_chunk::<CHECKSUM_BYTES>().ok_or(truncated)?;
            let computed = crc32(covered);
            if computed != stored {
                return Err(ImageError::Checksum { stored, computed });
            }
        }
        Ok(Self {
            width,
            height,
            model: ModelId::new(model),
            latents: latents.as_chunks().0,
        })
    }

    /// The width in pixels, at least 1.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The height in pixels, at least 1.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The region of the whole image.
    #[must_use]
    pub const fn region(&self) -> Region {
        Region {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }

    /// The number of blocks in a row: an eighth of the width, rounded up.
    #[must_use]
    pub const fn blocks_wide(&self) -> u32 {
        blocks_across(self.width)
    }

    /// The number of rows of blocks: an eighth of the height, rounded up.
    #[must_use]
    pub const fn blocks_high(&self) -> u32 {
        blocks_across(self.height)
    }

    /// The number of blocks.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.latents.len()
    }

    /// The id of the model that the image was encoded for.
    #[must_use]
    pub const fn model_id(&self) -> ModelId {
        self.model
    }

    /// The latents of all blocks, row after row from the top, from left to right in a row.
    #[must_use]
    pub const fn latents(&self) -> &'a [Latent] {
        self.latents
    }

    /// The index of the block that holds the pixel in column `x` and line `y`, or `None` outside the image.
    #[must_use]
    pub fn block_index(&self, x: u32, y: u32) -> Option<usize> {
        if x < self.width && y < self.height {
            let row = self.row_start(y / SIDE)?;
            row.checked_add((x / SIDE) as usize)
        } else {
            None
        }
    }

    /// The index of the first block of a row of blocks.
    pub(crate) fn row_start(&self, row: u32) -> Option<usize> {
        (row as usize).checked_mul(self.blocks_wide() as usize)
    }
}

/// The number of blocks that it takes to cover a width or a height in pixels.
const fn blocks_across(pixels: u32) -> u32 {
    pixels.div_ceil(SIDE)
}

impl fmt::Debug for Image<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("model", &self.model)
            .field("blocks", &self.blocks())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Image<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "image of {} x {} pixels in {} blocks, encoded for model {}",
            self.width,
            self.height,
            self.blocks(),
            self.model
        )
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Image<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "image of {} x {} pixels in {} blocks, encoded for model {}",
            self.width,
            self.height,
            self.blocks(),
            self.model
        );
    }
}
