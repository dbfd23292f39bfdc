//! The beginning of both files, four bytes that say which file it is, and the header of an image.

use super::id::ModelId;
use crate::block::SIDE;
use crate::error::ImageError;
use crate::format::{IMAGE_HEADER_BYTES, IMAGE_MAGIC, IMAGE_VERSION};

/// Why a file does not begin with the right magic number.
pub(super) enum MagicError {
    /// The file ends within the magic number.
    Truncated,
    /// The file begins with something else; zeros where it is shorter than four bytes.
    Other([u8; 4]),
}

/// What follows the magic number of a file.
pub(super) fn after_magic<'a>(file: &'a [u8], magic: &[u8; 4]) -> Result<&'a [u8], MagicError> {
    match file.split_first_chunk() {
        Some((found, rest)) if found == magic => Ok(rest),
        Some((found, _)) => Err(MagicError::Other(*found)),
        None if magic.starts_with(file) => Err(MagicError::Truncated),
        None => {
            let mut found = [0; 4];
            for (to, from) in found.iter_mut().zip(file) {
                *to = *from;
            }
            Err(MagicError::Other(found))
        }
    }
}

/// What the header of an image says.
pub(crate) struct ImageHeader {
    pub(crate) layout: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) model: ModelId,
}

impl ImageHeader {
    /// Reads the header of an image file, or of as much of one as there is.
    pub(crate) fn read(file: &[u8]) -> Result<Self, ImageError> {
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
        let header = file.first_chunk::<IMAGE_HEADER_BYTES>().ok_or(truncated)?;
        let [_, [_, layout, reserved @ ..], width, height, model] = header.as_chunks::<4>().0
        else {
            return Err(truncated); // never returned: the header is five words
        };
        if *reserved != [0; 2] {
            return Err(ImageError::Reserved { found: *reserved });
        }
        let [width, height, model] = [width, height, model].map(|word| u32::from_le_bytes(*word));
        if width == 0 || height == 0 {
            return Err(ImageError::Empty { width, height });
        }
        Ok(Self {
            layout: *layout,
            width,
            height,
            model: ModelId::new(model),
        })
    }

    /// The number of blocks: at most 2^29 in each direction.
    #[inline(always)]
    pub(crate) fn blocks(&self) -> u64 {
        u64::from(blocks_across(self.width)) * u64::from(blocks_across(self.height))
    }
}

/// The number of blocks that it takes to cover a width or a height in pixels.
pub(super) const fn blocks_across(pixels: u32) -> u32 {
    pixels.div_ceil(SIDE)
}
