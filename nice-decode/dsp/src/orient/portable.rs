//! Oriented codewords in plain Rust, which defines what the assembly computes.

use crate::block::BLOCK_WORDS;

/// [`orient::copy`](crate::orient::copy).
pub fn copy(to: &mut [u32; BLOCK_WORDS], codeword: &[u32; BLOCK_WORDS], orientation: u32) {
    *to = oriented(codeword, orientation);
}

/// [`orient::multiply`](crate::orient::multiply).
pub fn multiply(
    to: &mut [u32; BLOCK_WORDS],
    codeword: &[u32; BLOCK_WORDS],
    orientation: u32,
    factor: u32,
    start: u32,
) {
    *to = oriented(codeword, orientation).map(|word| word.wrapping_mul(factor).wrapping_add(start));
}

/// [`orient::multiply_add`](crate::orient::multiply_add).
pub fn multiply_add(
    to: &mut [u32; BLOCK_WORDS],
    codeword: &[u32; BLOCK_WORDS],
    orientation: u32,
    factor: u32,
) {
    for (to, word) in to.iter_mut().zip(oriented(codeword, orientation)) {
        *to = word.wrapping_mul(factor).wrapping_add(*to);
    }
}

/// A codeword in an orientation of [`orient`](crate::orient).
fn oriented(codeword: &[u32; BLOCK_WORDS], orientation: u32) -> [u32; BLOCK_WORDS] {
    // The index of the sample, or of the chroma site, that moves to line `y` and column `x` of a plane of `size` x `size`.
    let source = |y: usize, x: usize, size: usize| {
        let (y, x) = if orientation & 4 == 0 { (y, x) } else { (x, y) };
        let flipped = |at: usize, bit: u32| {
            if orientation & bit == 0 {
                at
            } else {
                size - 1 - at
            }
        };
        flipped(y, 1) * size + flipped(x, 2)
    };
    let mut bytes = [0; 4 * BLOCK_WORDS];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let from = match at.checked_sub(64) {
            None => source(at / 8, at % 8, 8),
            Some(at) => 64 + source(at / 8, at / 2 % 4, 4) * 2 + at % 2,
        };
        *byte = codeword[from / 4].to_le_bytes()[from % 4];
    }
    let mut words = [0; BLOCK_WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}
