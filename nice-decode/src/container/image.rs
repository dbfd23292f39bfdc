//! The image file: a size, the id of a model, and the latent of every block.

use core::fmt;

use super::checksum::crc32;
use super::groups::{GroupReader, Groups};
use super::header::{ImageHeader, blocks_across};
use super::id::ModelId;
use crate::block::SIDE;
use crate::error::ImageError;
use crate::format::{ADAPTIVE_LAYOUT, CHECKSUM_BYTES, FIXED_LAYOUT, IMAGE_HEADER_BYTES};
use crate::latent::{AdaptiveLatent, LATENT_BITS, LATENT_BYTES, Latent};
use crate::output::region::Region;

/// How an image stores its latents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Layout {
    /// Every latent has 48 bits, at an offset that follows from the index of its block.
    Fixed,
    /// Every latent has as many bits as its block needs. An index finds the group of 64 blocks that a block is in.
    Adaptive,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fixed => "fixed",
            Self::Adaptive => "adaptive",
        })
    }
}

/// An image file that has been checked: a size, the id of a model, and the latent of every block.
///
/// To decode it, combine it with the model that it was encoded for: [`Decoder::new`](crate::Decoder::new).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    width: u32,
    height: u32,
    model: ModelId,
    latents: Latents<'a>,
}

/// The latents of an image.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Latents<'a> {
    Fixed(&'a [Latent]),
    Adaptive(Groups<'a>),
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
        let header = ImageHeader::read(file)?;
        let truncated = ImageError::Truncated {
            found: file.len(),
            expected: None,
        };
        let rest = file.get(IMAGE_HEADER_BYTES..).ok_or(truncated)?;
        let blocks = header.blocks();
        let latents = match header.layout {
            FIXED_LAYOUT => Self::read_fixed(file, rest, blocks).map(Latents::Fixed),
            ADAPTIVE_LAYOUT => {
                let (lengths, rest) = rest.split_first_chunk().ok_or(truncated)?;
                let before = IMAGE_HEADER_BYTES.saturating_add(lengths.len());
                Groups::new(rest, before, *lengths, blocks).map(Latents::Adaptive)
            }
            found => return Err(ImageError::Layout { found }),
        };
        // Of a file that is not truncated or too long, the checksum says most reliably that it is damaged.
        let whole = !matches!(
            latents,
            Err(ImageError::Truncated { .. } | ImageError::TrailingBytes { .. })
        );
        if verify && whole {
            let (covered, stored) = file.split_last_chunk::<CHECKSUM_BYTES>().ok_or(truncated)?;
            let stored = u32::from_le_bytes(*stored);
            let computed = crc32(covered);
            if computed != stored {
                return Err(ImageError::Checksum { stored, computed });
            }
        }
        Ok(Self {
            latents: latents?,
            ..Self::without_latents(&header)
        })
    }

    /// The size and model of an image whose latents are elsewhere.
    pub(crate) const fn without_latents(header: &ImageHeader) -> Self {
        Self {
            width: header.width,
            height: header.height,
            model: header.model,
            latents: Latents::Fixed(&[]),
        }
    }

    /// The latents of the fixed layout, given what follows the header.
    fn read_fixed(file: &[u8], rest: &'a [u8], blocks: u64) -> Result<&'a [Latent], ImageError> {
        // 6 bytes for each of at most 2^58 blocks: far below 2^64.
        let expected = blocks * LATENT_BYTES as u64 + (IMAGE_HEADER_BYTES + CHECKSUM_BYTES) as u64;
        let found = file.len() as u64;
        let truncated = ImageError::Truncated {
            found: file.len(),
            expected: Some(expected),
        };
        if found < expected {
            return Err(truncated);
        }
        if found > expected {
            return Err(ImageError::TrailingBytes {
                extra: (found - expected) as usize,
            });
        }
        let (latents, _) = rest.split_last_chunk::<CHECKSUM_BYTES>().ok_or(truncated)?;
        Ok(latents.as_chunks().0)
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
        match &self.latents {
            Latents::Fixed(latents) => latents.len(),
            Latents::Adaptive(groups) => groups.blocks(),
        }
    }

    /// How the latents are stored.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        match self.latents {
            Latents::Fixed(_) => Layout::Fixed,
            Latents::Adaptive(_) => Layout::Adaptive,
        }
    }

    /// The id of the model that the image was encoded for.
    #[must_use]
    pub const fn model_id(&self) -> ModelId {
        self.model
    }

    /// The latents of all blocks in the fixed layout, row after row from the top, from left to right in a row; `None` in the
    /// adaptive layout.
    #[must_use]
    pub const fn fixed_latents(&self) -> Option<&'a [Latent]> {
        match self.latents {
            Latents::Fixed(latents) => Some(latents),
            Latents::Adaptive(_) => None,
        }
    }

    /// The latents of all blocks in either layout, row after row from the top, from left to right in a row.
    pub fn latents(&self) -> impl Iterator<Item = AdaptiveLatent> + Clone + use<'a> {
        self.latents_from(0, self.blocks())
    }

    /// The lengths in bits that latents can have, in increasing order: 48 in the fixed layout, up to 8 lengths in the adaptive
    /// layout.
    pub fn lengths(&self) -> impl Iterator<Item = u8> + use<> {
        let (fixed, groups) = match &self.latents {
            Latents::Fixed(_) => (Some(LATENT_BITS as u8), None),
            Latents::Adaptive(groups) => (None, Some(groups.lengths())),
        };
        fixed.into_iter().chain(groups.into_iter().flatten())
    }

    /// The latent of the block with an index; `None` if there is no such block. In the adaptive layout, that takes a few
    /// instructions for each block before it in its group of 64.
    #[must_use]
    pub fn latent(&self, index: usize) -> Option<AdaptiveLatent> {
        match &self.latents {
            Latents::Fixed(latents) => latents.get(index).map(AdaptiveLatent::from),
            Latents::Adaptive(groups) => groups.reader(index).next(),
        }
    }

    /// The latents of `count` blocks from an index on, or of those that there are.
    #[inline(always)]
    pub(crate) fn latents_from(&self, first: usize, count: usize) -> LatentReader<'a> {
        match &self.latents {
            Latents::Fixed(latents) => {
                let latents = latents.get(first..).unwrap_or_default();
                let latents = latents.get(..count).unwrap_or(latents);
                LatentReader::Fixed(latents.iter())
            }
            Latents::Adaptive(groups) => LatentReader::Adaptive(groups.reader(first), count),
        }
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

/// Reads latents one after the other.
#[derive(Clone)]
pub(crate) enum LatentReader<'a> {
    /// In the fixed layout.
    Fixed(core::slice::Iter<'a, Latent>),
    /// In the adaptive layout, up to a number of them.
    Adaptive(GroupReader<'a>, usize),
}

impl Iterator for LatentReader<'_> {
    type Item = AdaptiveLatent;

    #[inline(always)]
    fn next(&mut self) -> Option<AdaptiveLatent> {
        match self {
            Self::Fixed(latents) => latents.next().map(AdaptiveLatent::from),
            Self::Adaptive(reader, left) => {
                *left = left.checked_sub(1)?;
                reader.next()
            }
        }
    }
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
            "image of {} x {} pixels in {} blocks, {} layout, encoded for model {}",
            self.width,
            self.height,
            self.blocks(),
            self.layout(),
            self.model
        )
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Image<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "image of {} x {} pixels in {} blocks, {} layout, encoded for model {}",
            self.width,
            self.height,
            self.blocks(),
            self.layout(),
            self.model
        );
    }
}
