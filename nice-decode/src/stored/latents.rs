//! The latents of an image in storage, in both layouts.

use super::error::StorageError;
use super::file::StoredFile;
use super::read_at::ReadAt;
use crate::container::checksum::Crc32;
use crate::container::groups::{
    GroupCursor, Lengths, check_lengths, index_bytes, offsets_in_index,
};
use crate::container::header::ImageHeader;
use crate::container::image::Image;
use crate::container::source::LatentSource;
use crate::error::ImageError;
use crate::format::{
    ADAPTIVE_LAYOUT, CHECKSUM_BYTES, FIXED_LAYOUT, GROUP_BLOCKS, IMAGE_HEADER_BYTES, LATENT_LENGTHS,
};
use crate::latent::{AdaptiveLatent, LATENT_BITS, LATENT_BYTES};

/// Where the index of the adaptive layout begins.
const INDEX_AT: usize = IMAGE_HEADER_BYTES + LATENT_LENGTHS;

/// The latents of an image in storage.
pub(super) struct StoredLatents<'b, R: ReadAt> {
    file: StoredFile<'b, R>,
    blocks: usize,
    /// The layout.
    position: Position,
}

/// The layout, and where reading is.
enum Position {
    Fixed,
    Adaptive {
        lengths: Lengths,
        cursor: GroupCursor,
        /// The block that the cursor is at.
        next: usize,
    },
}

impl<'b, R: ReadAt> StoredLatents<'b, R> {
    /// Reads the header of an image, and prepares to read its latents.
    pub(super) fn open(
        storage: R,
        buffer: &'b mut [u8],
    ) -> Result<(ImageHeader, Self), StorageError<R::Error>> {
        let mut file = StoredFile::new(storage, buffer);
        let mut start = [0; INDEX_AT];
        let found = file.read(0, &mut start);
        file.take_failure()?;
        let header = ImageHeader::read(start.get(..found).unwrap_or_default())?;
        let blocks = header.blocks();
        let truncated = |least: u64| ImageError::Truncated {
            found,
            expected: Some(least),
        };
        let (least, position) = match header.layout {
            FIXED_LAYOUT => {
                let latents = blocks.saturating_mul(LATENT_BYTES as u64);
                let before = (IMAGE_HEADER_BYTES + CHECKSUM_BYTES) as u64;
                (latents.saturating_add(before), Position::Fixed)
            }
            ADAPTIVE_LAYOUT => {
                let index = index_bytes(blocks);
                let before = (INDEX_AT + CHECKSUM_BYTES) as u64;
                let least = index
                    .saturating_add(blocks.div_ceil(8))
                    .saturating_add(before);
                let lengths = match start.last_chunk() {
                    Some(lengths) if found == start.len() => *lengths,
                    _ => return Err(truncated(least).into()),
                };
                check_lengths(lengths)?;
                file.groups_at = INDEX_AT.saturating_add(index as usize);
                let cursor = GroupCursor::new(lengths, blocks as usize);
                (
                    least,
                    Position::Adaptive {
                        lengths,
                        cursor,
                        next: 0,
                    },
                )
            }
            found => return Err(ImageError::Layout { found }.into()),
        };
        // Offsets have 32 bits.
        if least > u32::MAX.into() {
            return Err(truncated(least).into());
        }
        let latents = Self {
            file,
            blocks: blocks as usize,
            position,
        };
        Ok((header, latents))
    }

    /// What the file is in.
    pub(super) fn into_storage(self) -> R {
        self.file.into_storage()
    }

    /// The number of blocks.
    pub(super) const fn blocks(&self) -> usize {
        self.blocks
    }

    /// Whether the layout is the adaptive one.
    pub(super) const fn is_adaptive(&self) -> bool {
        matches!(self.position, Position::Adaptive { .. })
    }

    /// The lengths in bits that latents can have, and then zeros.
    pub(super) const fn lengths(&self) -> Lengths {
        match self.position {
            Position::Fixed => [LATENT_BITS as u8, 0, 0, 0, 0, 0, 0, 0],
            Position::Adaptive { lengths, .. } => lengths,
        }
    }

    /// The error that reading failed with, once.
    pub(super) fn take_failure(&mut self) -> Result<(), StorageError<R::Error>> {
        self.file.take_failure()
    }

    /// The latent of a block in the fixed layout.
    fn fixed(&mut self, index: usize) -> Option<AdaptiveLatent> {
        let mut latent = [0; LATENT_BYTES];
        let at = index.saturating_mul(LATENT_BYTES);
        let at = at.saturating_add(IMAGE_HEADER_BYTES);
        let read = self.file.read(at, &mut latent);
        if read < LATENT_BYTES {
            let expected = self.fixed_bytes() as u64;
            self.file.fail_truncated(Some(expected));
            return None;
        }
        Some(AdaptiveLatent::from(&latent))
    }

    /// The bytes of a file in the fixed layout.
    const fn fixed_bytes(&self) -> usize {
        let latents = self.blocks.saturating_mul(LATENT_BYTES);
        latents.saturating_add(IMAGE_HEADER_BYTES + CHECKSUM_BYTES)
    }

    /// The latent of a block in the adaptive layout.
    fn adaptive(&mut self, index: usize) -> Option<AdaptiveLatent> {
        let Position::Adaptive { cursor, next, .. } = &mut self.position else {
            return None;
        };
        let file = &mut self.file;
        if index != *next {
            *next = usize::MAX;
            let offset = group_offset(file, self.blocks, index / GROUP_BLOCKS);
            cursor.seek(file, index, self.blocks, offset);
        }
        let latent = cursor.next(file)?;
        file.check_end(file.groups_at.saturating_add(cursor.end()));
        if latent.length() == 0 {
            file.fail(ImageError::LengthCode { block: index });
        }
        if file.has_failed() {
            // Whatever was read of the group is read again.
            *next = usize::MAX;
            return None;
        }
        *next = index.wrapping_add(1);
        Some(latent)
    }

    /// Checks all of the file: that the index is right, that the checksum is, and that nothing follows.
    pub(super) fn verify(&mut self) -> Result<(), StorageError<R::Error>> {
        let end = match &self.position {
            Position::Fixed => self.fixed_bytes(),
            Position::Adaptive { lengths, .. } => {
                let mut cursor = GroupCursor::new(*lengths, self.blocks);
                for block in 0..self.blocks {
                    if block.is_multiple_of(GROUP_BLOCKS) {
                        let offset =
                            group_offset(&mut self.file, self.blocks, block / GROUP_BLOCKS);
                        self.file.take_failure()?;
                        cursor.check_group(block, offset)?;
                    }
                    let checked = cursor.check_length(block, &mut self.file);
                    self.file.take_failure()?;
                    checked?;
                }
                let end = self.file.groups_at.saturating_add(cursor.end());
                end.saturating_add(CHECKSUM_BYTES)
            }
        };
        let covered = end.saturating_sub(CHECKSUM_BYTES);
        let mut crc = Crc32::NEW;
        let mut at = 0_usize;
        while at < covered {
            let mut bytes = [0; 32];
            let count = covered.saturating_sub(at).min(bytes.len());
            let part = bytes.get_mut(..count).unwrap_or_default();
            self.read_all(at, part, end)?;
            crc = crc.with(part);
            at = at.saturating_add(count);
        }
        let mut stored = [0; CHECKSUM_BYTES];
        self.read_all(covered, &mut stored, end)?;
        let mut extra = 0_usize;
        loop {
            let mut bytes = [0; 32];
            let count = self.file.read(end.saturating_add(extra), &mut bytes);
            self.file.take_failure()?;
            extra = extra.saturating_add(count);
            if count < bytes.len() {
                break;
            }
        }
        if extra > 0 {
            return Err(ImageError::TrailingBytes { extra }.into());
        }
        let (stored, computed) = (u32::from_le_bytes(stored), crc.finish());
        if computed != stored {
            return Err(ImageError::Checksum { stored, computed }.into());
        }
        Ok(())
    }

    /// Reads bytes of a file that should have `expected` bytes.
    fn read_all(
        &mut self,
        at: usize,
        to: &mut [u8],
        expected: usize,
    ) -> Result<(), StorageError<R::Error>> {
        if self.file.read(at, to) < to.len() {
            self.file.fail_truncated(Some(expected as u64));
        }
        self.file.take_failure()
    }
}

/// Where a group begins, in bytes from the first one. The index is read past the buffer, which has what follows the last latent.
fn group_offset<R: ReadAt>(file: &mut StoredFile<'_, R>, blocks: usize, group: usize) -> usize {
    let [segment_at, in_segment_at] = offsets_in_index(blocks, group);
    let mut segment = [0; 4];
    let mut in_segment = [0; 2];
    file.read_directly(INDEX_AT.saturating_add(segment_at), &mut segment);
    file.read_directly(INDEX_AT.saturating_add(in_segment_at), &mut in_segment);
    let segment = u32::from_le_bytes(segment) as usize;
    segment.saturating_add(u16::from_le_bytes(in_segment).into())
}

impl<R: ReadAt> LatentSource for &mut StoredLatents<'_, R> {
    fn latent(&mut self, _: &Image<'_>, index: usize) -> Option<AdaptiveLatent> {
        if self.file.has_failed() || index >= self.blocks {
            return None;
        }
        match self.position {
            Position::Fixed => self.fixed(index),
            Position::Adaptive { .. } => self.adaptive(index),
        }
    }
}
