//! A codeword in an orientation, with words of 64 bits: a line of luma, or of chroma sites, is one word.

use super::tables::Codeword;
use crate::block::{BLOCK_SIDE, Orientation};
use crate::format::{CODEWORD_BYTES, LUMA_SAMPLES};

/// The lines of chroma sites in a codeword.
const CHROMA_LINES: usize = BLOCK_SIDE / 2;

/// The odd bytes of a word: bytes 1, 3, 5 and 7.
const ODD_BYTES: u64 = 0xFF00_FF00_FF00_FF00;

/// A codeword flipped as its orientation says, but not transposed. If `invert` is 1 instead of 0, all its bits are inverted.
#[inline(always)]
pub(super) fn flipped(codeword: &Codeword, orientation: Orientation, invert: u32) -> Codeword {
    let inversion = 0_u64.wrapping_sub(u64::from(invert));
    let vertical = orientation.flips_vertically();
    let horizontal = orientation.flips_horizontally();
    let mut flipped = [0; CODEWORD_BYTES];
    let (to_luma, to_chroma) = flipped.split_at_mut(LUMA_SAMPLES);
    let (luma, chroma) = codeword.split_at(LUMA_SAMPLES);

    let luma = luma.as_chunks::<BLOCK_SIDE>().0;
    let flip = if vertical { BLOCK_SIDE - 1 } else { 0 };
    let to_lines = to_luma.as_chunks_mut::<BLOCK_SIDE>().0.iter_mut();
    for (y, to) in to_lines.enumerate() {
        let line = u64::from_le_bytes(luma[(y ^ flip) % BLOCK_SIDE]);
        let line = if horizontal { line.swap_bytes() } else { line };
        *to = (line ^ inversion).to_le_bytes();
    }

    // A line has four sites of two bytes.
    let chroma = chroma.as_chunks::<BLOCK_SIDE>().0;
    let flip = if vertical { CHROMA_LINES - 1 } else { 0 };
    let to_lines = to_chroma.as_chunks_mut::<BLOCK_SIDE>().0.iter_mut();
    for (y, to) in to_lines.enumerate() {
        let line = u64::from_le_bytes(chroma[(y ^ flip) % CHROMA_LINES]);
        let reversed = line.swap_bytes();
        let reversed = reversed >> 8 & ODD_BYTES >> 8 | reversed << 8 & ODD_BYTES;
        let line = if horizontal { reversed } else { line };
        *to = (line ^ inversion).to_le_bytes();
    }
    flipped
}

/// The planes of a codeword, or of a sum of codewords, transposed.
#[inline(always)]
pub(super) fn transposed(codeword: &Codeword) -> Codeword {
    let (luma, chroma) = codeword.split_at(LUMA_SAMPLES);
    let mut transposed = [0; CODEWORD_BYTES];
    let (to_luma, to_chroma) = transposed.split_at_mut(LUMA_SAMPLES);

    let mut lines = [0_u64; BLOCK_SIDE];
    for (line, bytes) in lines.iter_mut().zip(luma.as_chunks().0) {
        *line = u64::from_le_bytes(*bytes);
    }
    // Exchanges halves of lines, then quarters, then single samples.
    let [a, b, c, d, e, f, g, h] = lines;
    let (a, e) = exchanged(a, e, 32, 0xFFFF_FFFF);
    let (b, f) = exchanged(b, f, 32, 0xFFFF_FFFF);
    let (c, g) = exchanged(c, g, 32, 0xFFFF_FFFF);
    let (d, h) = exchanged(d, h, 32, 0xFFFF_FFFF);
    let (a, c) = exchanged(a, c, 16, 0xFFFF_0000_FFFF);
    let (b, d) = exchanged(b, d, 16, 0xFFFF_0000_FFFF);
    let (e, g) = exchanged(e, g, 16, 0xFFFF_0000_FFFF);
    let (f, h) = exchanged(f, h, 16, 0xFFFF_0000_FFFF);
    let (a, b) = exchanged(a, b, 8, !ODD_BYTES);
    let (c, d) = exchanged(c, d, 8, !ODD_BYTES);
    let (e, f) = exchanged(e, f, 8, !ODD_BYTES);
    let (g, h) = exchanged(g, h, 8, !ODD_BYTES);
    let lines = [a, b, c, d, e, f, g, h];
    for (bytes, line) in to_luma.as_chunks_mut().0.iter_mut().zip(lines) {
        *bytes = line.to_le_bytes();
    }

    let mut lines = [0_u64; CHROMA_LINES];
    for (line, bytes) in lines.iter_mut().zip(chroma.as_chunks().0) {
        *line = u64::from_le_bytes(*bytes);
    }
    let [a, b, c, d] = lines;
    let (a, c) = exchanged(a, c, 32, 0xFFFF_FFFF);
    let (b, d) = exchanged(b, d, 32, 0xFFFF_FFFF);
    let (a, b) = exchanged(a, b, 16, 0xFFFF_0000_FFFF);
    let (c, d) = exchanged(c, d, 16, 0xFFFF_0000_FFFF);
    for (bytes, line) in to_chroma.as_chunks_mut().0.iter_mut().zip([a, b, c, d]) {
        *bytes = line.to_le_bytes();
    }
    transposed
}

/// Exchanges the bits of `first` above the mask, shifted down, with the bits of `second` under the mask (Warren, "Hacker's
/// Delight", 7-3).
#[inline(always)]
const fn exchanged(first: u64, second: u64, shift: u32, mask: u64) -> (u64, u64) {
    let change = (first.wrapping_shr(shift) ^ second) & mask;
    (first ^ change.wrapping_shl(shift), second ^ change)
}

#[cfg(test)]
mod tests {
    use super::{Orientation, flipped, transposed};
    use crate::format::{CODEWORD_BYTES, LUMA_SAMPLES};

    #[test]
    fn every_sample_comes_from_where_the_orientation_says() {
        let codeword: [u8; CODEWORD_BYTES] = core::array::from_fn(|i| i as u8);
        for orientation in Orientation::ALL {
            for invert in [0, 1] {
                let mut found = flipped(&codeword, orientation, invert);
                if orientation.transposes() {
                    found = transposed(&found);
                }
                let sample = |i: usize| codeword[i] ^ 0_u8.wrapping_sub(invert as u8);
                for (i, &luma) in found[..LUMA_SAMPLES].iter().enumerate() {
                    let [x, y] = orientation.source([i % 8, i / 8], 8);
                    assert_eq!(luma, sample(8 * y + x), "{orientation:?}, luma {i}");
                }
                for (i, site) in found[LUMA_SAMPLES..].as_chunks::<2>().0.iter().enumerate() {
                    let [x, y] = orientation.source([i % 4, i / 4], 4);
                    let from = LUMA_SAMPLES + 2 * (4 * y + x);
                    let expected = [sample(from), sample(from + 1)];
                    assert_eq!(*site, expected, "{orientation:?}, site {i}");
                }
            }
        }
    }
}
