//! The loops of a dense layer in plain Rust, which define what the assembly computes.

use crate::instructions::portable::{smlad, sxtab16, sxtab16_ror8, sxtb16, sxtb16_ror8};

/// [`dense::dot_rows`](crate::dense::dot_rows).
pub fn dot_rows(
    values: &[[u32; 2]],
    weights: &[u8],
    stride: usize,
    biases: &[[u8; 4]],
    sums: &mut [i32],
) {
    for (row, (sum, bias)) in sums.iter_mut().zip(biases).enumerate() {
        let row = weights.get(row.saturating_mul(stride)..);
        *sum = i32::from_le_bytes(*bias);
        for ([even, odd], weights) in values.iter().zip(row.unwrap_or_default().chunks(4)) {
            let word = padded(weights);
            *sum = smlad(sxtb16(word), *even, *sum);
            *sum = smlad(sxtb16_ror8(word), *odd, *sum);
        }
    }
}

/// [`dense::add_rows`](crate::dense::add_rows).
pub fn add_rows(sums: &mut [[u32; 2]], first: &[u8], second: &[u8]) {
    for row in [first, second] {
        for ([even, odd], weights) in sums.iter_mut().zip(row.chunks(4)) {
            let word = padded(weights);
            *even = sxtab16(*even, word);
            *odd = sxtab16_ror8(*odd, word);
        }
    }
}

/// A word of at most four bytes, padded with zeros.
#[inline(always)]
fn padded(bytes: &[u8]) -> u32 {
    let mut word = [0; 4];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    u32::from_le_bytes(word)
}
