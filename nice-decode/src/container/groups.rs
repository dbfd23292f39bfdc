//! The adaptive layout: latents of several lengths in groups of 64 blocks, and the index that finds a group.

use crate::error::ImageError;
use crate::format::{
    CHECKSUM_BYTES, GROUP_BLOCKS, LATENT_LENGTHS, MAX_ADAPTIVE_BITS, SEGMENT_GROUPS,
};
use crate::latent::{AdaptiveLatent, WORDS};

/// The bytes of the offset of a segment.
const SEGMENT_OFFSET_BYTES: usize = 4;

/// The bytes of the offset of a group in its segment.
const GROUP_OFFSET_BYTES: usize = 2;

/// The length codes that are read at once: they fill whole bytes.
const CODES: usize = 8;

/// The lengths in bits that the length codes stand for: 0 for codes that are not used.
pub(crate) type Lengths = [u8; LATENT_LENGTHS];

/// The latents of an image in the adaptive layout.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Groups<'a> {
    /// The offsets of the segments, then those of the groups.
    index: &'a [u8],
    /// The groups. The checksum of the file follows them.
    bytes: &'a [u8],
    lengths: Lengths,
    /// The number of blocks.
    blocks: usize,
}

impl<'a> Groups<'a> {
    /// Checks everything that reading relies on, given what follows the `before` bytes of the header, and the number of blocks.
    pub(super) fn new(
        body: &'a [u8],
        before: usize,
        lengths: Lengths,
        blocks: u64,
    ) -> Result<Self, ImageError> {
        check_lengths(lengths)?;
        let found = before.saturating_add(body.len());
        let truncated = |expected| ImageError::Truncated { found, expected };
        // At most 2^58 blocks, each with at least one bit: no number here is above 2^61.
        let index_bytes = index_bytes(blocks);
        let least = index_bytes + blocks.div_ceil(8) + (before + CHECKSUM_BYTES) as u64;
        let split = usize::try_from(index_bytes).ok();
        let split = split.and_then(|index_bytes| body.split_at_checked(index_bytes));
        let (Ok(blocks), Some((index, bytes))) = (usize::try_from(blocks), split) else {
            return Err(truncated(Some(least)));
        };
        if (found as u64) < least {
            return Err(truncated(Some(least)));
        }
        let groups = Self {
            index,
            bytes,
            lengths,
            blocks,
        };
        let needed = groups.end(found)?.saturating_add(CHECKSUM_BYTES);
        match bytes.len().checked_sub(needed) {
            Some(0) => Ok(groups),
            Some(extra) => Err(ImageError::TrailingBytes { extra }),
            None => {
                let missing = needed.wrapping_sub(bytes.len());
                Err(truncated(Some(found.saturating_add(missing) as u64)))
            }
        }
    }

    /// The end of the last group, after a check that every group begins where the one before it ends, and that every length
    /// code is used. The file has `found` bytes.
    fn end(&self, found: usize) -> Result<usize, ImageError> {
        let mut bytes = self.bytes;
        let mut cursor = GroupCursor::new(self.lengths, self.blocks);
        for block in 0..self.blocks {
            if block.is_multiple_of(GROUP_BLOCKS) {
                cursor.check_group(block, self.group_offset(block / GROUP_BLOCKS))?;
                if self.bytes.len() < cursor.at {
                    return Err(ImageError::Truncated {
                        found,
                        expected: None,
                    });
                }
            }
            cursor.check_length(block, &mut bytes)?;
        }
        Ok(cursor.end())
    }

    /// The number of blocks.
    pub(super) const fn blocks(&self) -> usize {
        self.blocks
    }

    /// The lengths in bits that latents can have.
    pub(super) fn lengths(&self) -> impl Iterator<Item = u8> + use<> {
        self.lengths.into_iter().take_while(|&length| length != 0)
    }

    /// The latents from a block on, in the order of the blocks. To find it, at most 63 length codes are read.
    #[inline(never)]
    pub(super) fn reader(&self, block: usize) -> GroupReader<'a> {
        let mut reader = GroupReader {
            bytes: self.bytes,
            cursor: GroupCursor::new(self.lengths, self.blocks),
        };
        let offset = self.group_offset(block / GROUP_BLOCKS);
        (reader.cursor).seek(&mut reader.bytes, block, self.blocks, offset);
        reader
    }

    /// Where a group begins, in bytes from the first one.
    fn group_offset(&self, group: usize) -> usize {
        let [segment, in_segment] = offsets_in_index(self.blocks, group);
        let segment = self.index.get(segment..).and_then(<[u8]>::first_chunk);
        let in_segment = self.index.get(in_segment..).and_then(<[u8]>::first_chunk);
        let segment = segment.map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let in_segment = in_segment.map_or(0, |bytes| u16::from_le_bytes(*bytes));
        (segment as usize).wrapping_add(in_segment.into())
    }
}

/// Where an index has the offset of the segment of a group, 4 bytes, and that of the group in its segment, 2 bytes.
#[inline(always)]
pub(crate) const fn offsets_in_index(blocks: usize, group: usize) -> [usize; 2] {
    let segments = blocks.div_ceil(GROUP_BLOCKS * SEGMENT_GROUPS);
    let groups = segments.wrapping_mul(SEGMENT_OFFSET_BYTES);
    [
        (group / SEGMENT_GROUPS).wrapping_mul(SEGMENT_OFFSET_BYTES),
        group.wrapping_mul(GROUP_OFFSET_BYTES).wrapping_add(groups),
    ]
}

/// The bytes of an index.
pub(crate) const fn index_bytes(blocks: u64) -> u64 {
    let groups = blocks.div_ceil(GROUP_BLOCKS as u64);
    let segments = groups.div_ceil(SEGMENT_GROUPS as u64);
    segments * SEGMENT_OFFSET_BYTES as u64 + groups * GROUP_OFFSET_BYTES as u64
}

/// The bytes of the groups, by their offset from the first group. After the end of the file there are zeros.
pub(crate) trait GroupBytes {
    /// Three bytes of the length codes of a group, the first one lowest.
    fn codes(&mut self, at: usize) -> u32;

    /// The words from the byte on in which a latent begins; only some bits are needed of them.
    fn words(&mut self, at: usize, bits: u32) -> [u32; WORDS + 1];
}

impl GroupBytes for &[u8] {
    #[inline(always)]
    fn codes(&mut self, at: usize) -> u32 {
        let mut codes = 0;
        for place in 0..3 {
            let byte = self.get(at.wrapping_add(place));
            codes |= u32::from(*byte.unwrap_or(&0)) << (8 * place);
        }
        codes
    }

    #[inline(always)]
    fn words(&mut self, at: usize, _: u32) -> [u32; WORDS + 1] {
        let rest = self.get(at..).unwrap_or_default();
        match rest.first_chunk::<{ 4 * (WORDS + 1) }>() {
            Some(bytes) => words(bytes),
            None => last_words(rest),
        }
    }
}

/// Reads latents one after the other.
#[derive(Clone)]
pub(crate) struct GroupReader<'a> {
    /// The groups, and the checksum of the file.
    bytes: &'a [u8],
    cursor: GroupCursor,
}

impl Iterator for GroupReader<'_> {
    type Item = AdaptiveLatent;

    #[inline(always)]
    fn next(&mut self) -> Option<AdaptiveLatent> {
        self.cursor.next(&mut self.bytes)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.cursor.blocks, Some(self.cursor.blocks))
    }
}

/// The position of a latent in its group.
#[derive(Clone)]
pub(crate) struct GroupCursor {
    lengths: Lengths,
    /// The bits of a length code, 0 to 3.
    code_bits: u32,
    /// The number of blocks from the next one on.
    blocks: usize,
    /// The number of blocks of the group that have been read.
    in_group: usize,
    /// The offset of the next 8 length codes.
    codes_at: usize,
    /// The length codes that have been loaded, the next one lowest.
    codes: u32,
    /// The offset of the byte in which the next latent begins.
    at: usize,
    /// The bits before it in this byte.
    shift: u32,
}

impl GroupCursor {
    /// Before the first of all blocks.
    pub(crate) fn new(lengths: Lengths, blocks: usize) -> Self {
        let [_, second, third, _, fifth, ..] = lengths;
        Self {
            lengths,
            code_bits: u32::from(second != 0)
                .wrapping_add((third != 0).into())
                .wrapping_add((fifth != 0).into()),
            blocks,
            in_group: GROUP_BLOCKS,
            codes_at: 0,
            codes: 0,
            at: 0,
            shift: 0,
        }
    }

    /// Goes to a block, given the number of all blocks, and where its group begins.
    #[inline(always)]
    pub(crate) fn seek(
        &mut self,
        bytes: &mut impl GroupBytes,
        block: usize,
        blocks: usize,
        offset: usize,
    ) {
        let group = block / GROUP_BLOCKS;
        (self.at, self.shift) = (offset, 0);
        self.blocks = blocks.saturating_sub(group.wrapping_mul(GROUP_BLOCKS));
        self.begin_group();
        for _ in 0..block % GROUP_BLOCKS {
            let length = self.next_length(bytes);
            self.advance(length);
        }
    }

    /// The next latent; its length is 0 if its code is not used.
    #[inline(always)]
    pub(crate) fn next(&mut self, bytes: &mut impl GroupBytes) -> Option<AdaptiveLatent> {
        if self.blocks == 0 {
            return None;
        }
        if self.in_group == GROUP_BLOCKS {
            self.begin_group();
        }
        let length = self.next_length(bytes);
        let words = bytes.words(self.at, self.shift.wrapping_add(length));
        let latent = AdaptiveLatent::from_words(words, self.shift, length);
        self.advance(length);
        Some(latent)
    }

    /// Goes to the group of a block, the next one, and checks that it begins where the index says.
    #[inline(always)]
    pub(crate) fn check_group(&mut self, block: usize, found: usize) -> Result<(), ImageError> {
        self.begin_group();
        let expected = self.codes_at;
        if found != expected {
            return Err(ImageError::GroupOffset {
                group: block / GROUP_BLOCKS,
                found,
                expected,
            });
        }
        Ok(())
    }

    /// Goes on after the next latent, that of a block, and checks that its length code is used.
    #[inline(always)]
    pub(crate) fn check_length(
        &mut self,
        block: usize,
        bytes: &mut impl GroupBytes,
    ) -> Result<(), ImageError> {
        let length = self.next_length(bytes);
        if length == 0 {
            return Err(ImageError::LengthCode { block });
        }
        self.advance(length);
        Ok(())
    }

    /// The end of the latents before the next one, in whole bytes.
    #[inline(always)]
    pub(crate) fn end(&self) -> usize {
        self.at.saturating_add(usize::from(self.shift != 0))
    }

    /// Goes to the length codes of the next group, which begin with the next whole byte.
    #[inline(always)]
    fn begin_group(&mut self) {
        (self.at, self.shift) = (self.end(), 0);
        let bits = self
            .blocks
            .min(GROUP_BLOCKS)
            .wrapping_mul(self.code_bits as usize);
        self.codes_at = self.at;
        self.at = self.at.saturating_add(bits.div_ceil(8));
        self.in_group = 0;
    }

    /// The length of the next latent in bits.
    #[inline(always)]
    fn next_length(&mut self, bytes: &mut impl GroupBytes) -> u32 {
        if self.in_group.is_multiple_of(CODES) {
            // What follows the codes of the last blocks does no harm.
            self.codes = bytes.codes(self.codes_at);
            self.codes_at = self.codes_at.wrapping_add(self.code_bits as usize);
        }
        let code = self.codes & !(u32::MAX << (self.code_bits % 32));
        self.codes >>= self.code_bits % 32;
        self.lengths[code as usize % LATENT_LENGTHS].into()
    }

    /// Goes on after a latent of some bits.
    #[inline(always)]
    fn advance(&mut self, length: u32) {
        let shift = self.shift.wrapping_add(length);
        self.at = self.at.saturating_add((shift / 8) as usize);
        self.shift = shift % 8;
        self.in_group = self.in_group.wrapping_add(1);
        self.blocks = self.blocks.saturating_sub(1);
    }
}

/// The words of some bytes.
#[inline(always)]
pub(crate) fn words(bytes: &[u8; 4 * (WORDS + 1)]) -> [u32; WORDS + 1] {
    let mut words = [0; WORDS + 1];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

/// The words of the last bytes, with zeros after them.
#[cold]
#[inline(never)]
fn last_words(rest: &[u8]) -> [u32; WORDS + 1] {
    let mut bytes = [0; 4 * (WORDS + 1)];
    for (to, from) in bytes.iter_mut().zip(rest) {
        *to = *from;
    }
    words(&bytes)
}

/// Checks that there is a length, that lengths increase, and that nothing follows the last one.
pub(crate) fn check_lengths(lengths: Lengths) -> Result<(), ImageError> {
    let mut before = 0;
    let mut ended = false;
    for (code, &length) in lengths.iter().enumerate() {
        ended |= length == 0 && code > 0;
        let valid = if ended {
            length == 0
        } else {
            length > before && usize::from(length) <= MAX_ADAPTIVE_BITS
        };
        if !valid {
            return Err(ImageError::Lengths { found: lengths });
        }
        before = length;
    }
    Ok(())
}
