//! A file in storage, a part of which is in the caller's buffer.

use super::error::StorageError;
use super::read_at::ReadAt;
use crate::container::groups::{GroupBytes, words};
use crate::error::ImageError;
use crate::latent::WORDS;

/// The bytes of the length codes of a group: 64 of 3 bits.
const CODE_BYTES: usize = 24;

/// A file in storage. The part of it that the buffer has begins at a multiple of the buffer's length, like the blocks of a disk.
pub(super) struct StoredFile<'b, R: ReadAt> {
    storage: R,
    buffer: &'b mut [u8],
    /// Where the part in the buffer begins.
    start: u32,
    /// The bytes of it.
    length: usize,
    /// The bytes of the file, once its end has been seen.
    end: Option<usize>,
    /// Why reading failed. Nothing is read then until it is taken.
    failure: Option<StorageError<R::Error>>,
    /// Where the first group of the adaptive layout begins.
    pub(super) groups_at: usize,
    /// Length codes, which latents are between in the order of reading, and their offset from the first group.
    codes: [u8; CODE_BYTES],
    codes_at: usize,
}

impl<'b, R: ReadAt> StoredFile<'b, R> {
    /// A file of which nothing has been read yet.
    pub(super) fn new(storage: R, buffer: &'b mut [u8]) -> Self {
        Self {
            storage,
            buffer,
            start: 0,
            length: 0,
            end: None,
            failure: None,
            groups_at: 0,
            codes: [0; CODE_BYTES],
            codes_at: usize::MAX,
        }
    }

    /// What the file is in.
    pub(super) fn into_storage(self) -> R {
        self.storage
    }

    /// The error that reading failed with, once.
    pub(super) fn take_failure(&mut self) -> Result<(), StorageError<R::Error>> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Whether reading failed.
    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Makes reading fail, unless it already has.
    #[cold]
    pub(super) fn fail(&mut self, error: ImageError) {
        self.failure.get_or_insert(StorageError::Image(error));
    }

    /// Makes reading fail if the file is known to end before an offset.
    pub(super) fn check_end(&mut self, needed: usize) {
        if self.end.is_some_and(|end| end < needed) {
            self.fail_truncated(None);
        }
    }

    /// Makes reading fail since the file has ended too early.
    #[cold]
    pub(super) fn fail_truncated(&mut self, expected: Option<u64>) {
        let found = self.end.unwrap_or_default();
        self.fail(ImageError::Truncated { found, expected });
    }

    /// Reads some bytes by way of the buffer, and returns how many the file has of them. The others are unchanged.
    pub(super) fn read(&mut self, offset: usize, to: &mut [u8]) -> usize {
        let mut read = 0;
        while let Some(rest) = to.get_mut(read..)
            && !rest.is_empty()
        {
            let at = offset.saturating_add(read);
            let count = self.read_part(at, rest);
            if count == 0 {
                self.ends_at(at);
                break;
            }
            read = read.saturating_add(count);
        }
        read
    }

    /// Remembers that the file ends at an offset, or before it.
    fn ends_at(&mut self, offset: usize) {
        if self.failure.is_none() {
            self.end = Some(self.end.map_or(offset, |end| end.min(offset)));
        }
    }

    /// Reads at least one byte from an offset on, if the file has one there.
    fn read_part(&mut self, offset: usize, to: &mut [u8]) -> usize {
        if self.buffer.len() <= 1 {
            return self.read_past_buffer(offset, to);
        }
        let Ok(at) = u32::try_from(offset) else {
            return 0;
        };
        if self.failure.is_some() {
            return 0;
        }
        if at
            .checked_sub(self.start)
            .is_none_or(|into| into as usize >= self.length)
        {
            let side = u32::try_from(self.buffer.len()).unwrap_or(u32::MAX);
            self.start = at.wrapping_sub(at.checked_rem(side).unwrap_or_default());
            self.length = 0;
            match self.storage.read_at(self.start, self.buffer) {
                Ok(count) => self.length = count.min(self.buffer.len()),
                Err(error) => self.failure = Some(StorageError::Read(error)),
            }
        }
        let into = at.wrapping_sub(self.start) as usize;
        let held = self.buffer.get(into..self.length).unwrap_or_default();
        for (to, from) in to.iter_mut().zip(held) {
            *to = *from;
        }
        held.len().min(to.len())
    }

    /// Reads bytes that the file must have, and leaves the buffer as it is.
    pub(super) fn read_directly(&mut self, offset: usize, to: &mut [u8]) {
        if self.read_past_buffer(offset, to) < to.len() {
            self.fail_truncated(None);
        }
    }

    /// Reads bytes without the buffer, and returns how many the file has of them.
    fn read_past_buffer(&mut self, offset: usize, to: &mut [u8]) -> usize {
        let Ok(offset) = u32::try_from(offset) else {
            return 0;
        };
        if self.failure.is_some() {
            return 0;
        }
        match self.storage.read_at(offset, to) {
            Ok(count) => {
                if count < to.len() {
                    self.ends_at((offset as usize).saturating_add(count));
                }
                count.min(to.len())
            }
            Err(error) => {
                self.failure = Some(StorageError::Read(error));
                0
            }
        }
    }
}

impl<R: ReadAt> GroupBytes for StoredFile<'_, R> {
    fn codes(&mut self, at: usize) -> u32 {
        let held = |file: &Self| {
            let into = at.checked_sub(file.codes_at)?;
            let [a, b, c] = *file.codes.get(into..)?.first_chunk()?;
            Some(u32::from_le_bytes([a, b, c, 0]))
        };
        if let Some(codes) = held(self) {
            return codes;
        }
        let mut codes = [0; CODE_BYTES];
        self.read(self.groups_at.saturating_add(at), &mut codes);
        if self.failure.is_some() {
            return 0;
        }
        (self.codes, self.codes_at) = (codes, at);
        held(self).unwrap_or_default()
    }

    fn words(&mut self, at: usize, bits: u32) -> [u32; WORDS + 1] {
        let mut bytes = [0; 4 * (WORDS + 1)];
        // No more than that, so that no byte is read that the buffer has no longer when the next latent begins with it.
        if let Some(needed) = bytes.get_mut(..bits.div_ceil(8) as usize) {
            self.read(self.groups_at.saturating_add(at), needed);
        }
        words(&bytes)
    }
}
