//! The picture file: its size, its model, and its codes.

use core::fmt;

use crate::block::BLOCK;
use crate::crc::crc32;
use crate::format::{
    CHECKSUM_BYTES, MODEL_MAGIC, PICTURE_HEADER_BYTES, PICTURE_MAGIC, PICTURE_VERSION,
};
use crate::latent::{LATENT_BYTES, Latent};
use crate::{ImageError, ModelId, Region};

/// A picture file that has been checked: a size, the id of a model, and the latent of every block.
///
/// Open it with the model that it was made with, [`Decoder::open`](crate::Decoder::open), to decode
/// it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    width: u32,
    height: u32,
    model: ModelId,
    codes: &'a [Latent],
}

impl<'a> Image<'a> {
    /// Reads a picture file, and checks all of it.
    ///
    /// # Errors
    ///
    /// [`ImageError`] says what is wrong with the file: it is something else, from a newer version,
    /// cut short, too long, or damaged.
    pub fn from_bytes(file: &'a [u8]) -> Result<Self, ImageError> {
        Self::read(file, true)
    }

    /// Reads a picture file without computing its checksum. Everything else is checked all the
    /// same: a damaged file can at worst show wrong blocks.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes), but for [`ImageError::Checksum`].
    pub fn from_trusted_bytes(file: &'a [u8]) -> Result<Self, ImageError> {
        Self::read(file, false)
    }

    /// Reads a picture, and its checksum too if asked to.
    fn read(file: &'a [u8], verify: bool) -> Result<Self, ImageError> {
        let cut = ImageError::Truncated {
            found: file.len(),
            expected: None,
        };
        let Some((head, _)) = file.split_first_chunk::<4>() else {
            return Err(if PICTURE_MAGIC.starts_with(file) {
                cut
            } else {
                let mut magic = [0; 4];
                magic
                    .iter_mut()
                    .zip(file)
                    .for_each(|(to, from)| *to = *from);
                ImageError::NotAPicture { magic }
            });
        };
        match *head {
            PICTURE_MAGIC => {}
            MODEL_MAGIC => return Err(ImageError::IsAModel),
            magic => return Err(ImageError::NotAPicture { magic }),
        }
        match file.get(4) {
            None => return Err(cut),
            Some(&PICTURE_VERSION) => {}
            Some(&found) if found > PICTURE_VERSION => {
                return Err(ImageError::NewerVersion {
                    found,
                    supported: PICTURE_VERSION,
                });
            }
            Some(&found) => return Err(ImageError::UnknownVersion { found }),
        }
        let (header, rest) = file
            .split_first_chunk::<PICTURE_HEADER_BYTES>()
            .ok_or(cut)?;
        let [
            _,
            _,
            _,
            _,
            _,
            reserved @ ..,
            w0,
            w1,
            w2,
            w3,
            h0,
            h1,
            h2,
            h3,
            m0,
            m1,
            m2,
            m3,
        ] = *header;
        if reserved != [0; 3] {
            return Err(ImageError::Reserved { found: reserved });
        }
        let width = u32::from_le_bytes([w0, w1, w2, w3]);
        let height = u32::from_le_bytes([h0, h1, h2, h3]);
        let model = ModelId::new(u32::from_le_bytes([m0, m1, m2, m3]));
        if width == 0 || height == 0 {
            return Err(ImageError::Empty { width, height });
        }

        // At most 2^29 blocks each way, 6 bytes each: far below 2^64.
        let blocks = u64::from(blocks_across(width)) * u64::from(blocks_across(height));
        let expected =
            blocks * LATENT_BYTES as u64 + (PICTURE_HEADER_BYTES + CHECKSUM_BYTES) as u64;
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
        let (codes, stored) = rest.split_last_chunk::<CHECKSUM_BYTES>().ok_or(cut)?;
        if verify {
            let stored = u32::from_le_bytes(*stored);
            let computed = crc32(file.split_last_chunk::<CHECKSUM_BYTES>().ok_or(cut)?.0);
            if computed != stored {
                return Err(ImageError::Checksum { stored, computed });
            }
        }
        Ok(Self {
            width,
            height,
            model,
            codes: codes.as_chunks().0,
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

    /// The whole picture as a region.
    #[must_use]
    pub const fn region(&self) -> Region {
        Region {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }

    /// How many blocks lie beside each other: an eighth of the width, rounded up.
    #[must_use]
    pub const fn blocks_wide(&self) -> u32 {
        blocks_across(self.width)
    }

    /// How many rows of blocks there are: an eighth of the height, rounded up.
    #[must_use]
    pub const fn blocks_high(&self) -> u32 {
        blocks_across(self.height)
    }

    /// How many blocks there are.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.codes.len()
    }

    /// The id of the model that the picture was made with.
    #[must_use]
    pub const fn model_id(&self) -> ModelId {
        self.model
    }

    /// The latents of all blocks, 6 bytes each: row after row from the top, from left to right in a
    /// row.
    #[must_use]
    pub const fn codes(&self) -> &'a [u8] {
        self.codes.as_flattened()
    }

    /// The latents of all blocks, in the order of [`codes`](Self::codes).
    #[must_use]
    pub const fn latents(&self) -> &'a [Latent] {
        self.codes
    }

    /// The latent of a block by its index in the order of [`codes`](Self::codes), if there is such
    /// a block.
    #[must_use]
    pub fn latent(&self, index: usize) -> Option<Latent> {
        self.codes.get(index).copied()
    }

    /// The latent of the block that holds the pixel in column `x` and line `y`, if that is inside
    /// the picture.
    #[must_use]
    pub fn latent_at(&self, x: u32, y: u32) -> Option<Latent> {
        self.latent(self.index_at(x, y)?)
    }

    /// The index of the block that holds the pixel in column `x` and line `y`, if that is inside
    /// the picture.
    #[must_use]
    pub fn index_at(&self, x: u32, y: u32) -> Option<usize> {
        if x < self.width && y < self.height {
            let row = self.row_start(y / BLOCK as u32)?;
            row.checked_add((x / BLOCK as u32) as usize)
        } else {
            None
        }
    }

    /// The index of the first block of a row of blocks.
    pub(crate) fn row_start(&self, row: u32) -> Option<usize> {
        (row as usize).checked_mul(self.blocks_wide() as usize)
    }
}

/// How many blocks it takes to cover this many pixels.
const fn blocks_across(pixels: u32) -> u32 {
    pixels.div_ceil(BLOCK as u32)
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
            "picture of {} x {} pixels in {} blocks, made with model {}",
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
            "picture of {} x {} pixels in {} blocks, made with model {}",
            self.width,
            self.height,
            self.blocks(),
            self.model
        );
    }
}
