//! Oriented codewords: a codeword flipped and transposed, and copied to a block, multiplied, or added to it.
//!
//! The assembly keeps every word in a fixed register. A compiler moves the words one by one, and those of a transposed
//! codeword through the stack.
//!
//! A codeword has the layout of a block, in words as described at [`BLOCK_WORDS`]. The lowest three bits of its
//! orientation say what is done to it: bit 0 flips it vertically (the last line becomes the first), bit 1 horizontally (the
//! last column becomes the first), and bit 2 transposes it after that. Both chroma samples of a site stay together. Higher
//! bits are ignored.
//!
//! Multiplication and addition are those of words, modulo 2^32, not of the bytes in them: a sample may borrow from the next
//! one on the way to a sum in which every sample is 0 to 255.

#[cfg(dsp)]
mod asm;
pub mod portable;

#[cfg(not(dsp))]
use portable as asm;

use crate::block::BLOCK_WORDS;

/// Sets a block to an oriented codeword.
///
/// ```
/// let mut codeword = [0; 24];
/// codeword[1] = u32::from_le_bytes([0, 0, 0, 7]); // the last pixel of line 0
/// let mut to = [9; 24];
/// nice_dsp::orient::copy(&mut to, &codeword, 0b010); // flipped horizontally
/// assert_eq!(to[..2], [7, 0]);
/// ```
#[inline(always)]
pub fn copy(to: &mut [u32; BLOCK_WORDS], codeword: &[u32; BLOCK_WORDS], orientation: u32) {
    asm::copy(to, codeword, orientation);
}

/// Sets each word of a block to `start` plus `factor` times the word of an oriented codeword.
///
/// ```
/// let mut codeword = [0x0202_0202; 24];
/// codeword[1] = u32::from_le_bytes([2, 2, 2, 7]); // the last pixel of line 0
/// let mut to = [9; 24];
/// let minus_one = 1_u32.wrapping_neg();
/// nice_dsp::orient::multiply(&mut to, &codeword, 0b001, minus_one, 0x0A0A_0A0A); // flipped vertically
/// assert_eq!(to[14], 0x0808_0808);
/// assert_eq!(to[15], u32::from_le_bytes([8, 8, 8, 3]));
/// ```
#[inline(always)]
pub fn multiply(
    to: &mut [u32; BLOCK_WORDS],
    codeword: &[u32; BLOCK_WORDS],
    orientation: u32,
    factor: u32,
    start: u32,
) {
    asm::multiply(to, codeword, orientation, factor, start);
}

/// Adds `factor` times the word of an oriented codeword to each word of a block.
///
/// The assembly takes 42 to 68 instructions if the codeword is not transposed and 112 if it is, not counting the choice of the
/// orientation.
///
/// ```
/// let mut codeword = [0; 24];
/// codeword[0] = u32::from_le_bytes([0, 0, 0, 7]); // the fourth pixel of line 0
/// let mut to = [0x0909_0909; 24];
/// nice_dsp::orient::multiply_add(&mut to, &codeword, 0b100, 1_u32.wrapping_neg()); // transposed
/// assert_eq!(to[6], u32::from_le_bytes([2, 9, 9, 9]));
/// ```
#[inline(always)]
pub fn multiply_add(
    to: &mut [u32; BLOCK_WORDS],
    codeword: &[u32; BLOCK_WORDS],
    orientation: u32,
    factor: u32,
) {
    asm::multiply_add(to, codeword, orientation, factor);
}
