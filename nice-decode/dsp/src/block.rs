//! The layout of a block of 8 x 8 pixels in words.

/// The words of a block: 64 luma samples, line after line, then 16 chroma sites, line after line, with two chroma samples
/// each. Four samples share a word, the first in its lowest byte.
pub const BLOCK_WORDS: usize = 24;
