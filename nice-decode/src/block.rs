//! The block: 8 x 8 pixels, and how its samples lie in memory.

/// The side of a block in pixels.
pub const BLOCK: usize = 8;

/// The samples of one line of a block: 8 pixels of red, green and blue.
pub const LINE_SAMPLES: usize = BLOCK * 3;

/// The samples of a block: 8 lines of 8 pixels of red, green and blue.
pub const BLOCK_SAMPLES: usize = BLOCK * LINE_SAMPLES;
