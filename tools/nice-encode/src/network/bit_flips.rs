//! The search after the encoder network: flips every bit of a latent that lowers the error of the decoded block.

use multiversion::multiversion;
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, Latent, Model};

use crate::block;
use crate::psnr::inline_squared_error;

/// Improves the latents of planar blocks: goes through the bits of each latent `effort` times, and keeps every flip that lowers
/// the squared error of the decoded block.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn improve(
    model: &Model,
    blocks: &[[u8; BLOCK_SAMPLES]],
    latents: &mut [Latent],
    effort: u32,
) {
    for (block, latent) in blocks.iter().zip(latents) {
        let block = block::planar_to_interleaved(block);
        inline_improve_one(
            |latent, decoded| model.block(latent, decoded),
            &block,
            latent,
            effort,
        );
    }
}

/// [`improve`] for one interleaved block, inlined into its caller.
#[inline(always)]
fn inline_improve_one(
    decode: impl Fn(&Latent, &mut [u8; BLOCK_SAMPLES]),
    block: &[u8; BLOCK_SAMPLES],
    latent: &mut Latent,
    effort: u32,
) {
    let mut decoded = [0; BLOCK_SAMPLES];
    let mut best = u32::MAX;
    // The number of consecutive bits whose flip was not kept. Once it is all of them, no other flip can help.
    let mut settled = 0;
    // First the latent without a flip, then bit after bit.
    let flips = (0..effort).flat_map(|_| (0..LATENT_BITS).map(|bit| 1 << bit));
    for flip in std::iter::once(0_u64).chain(flips) {
        if settled == LATENT_BITS {
            break;
        }
        let flipped = flipped(latent, flip);
        decode(&flipped, &mut decoded);
        let error = inline_squared_error(block, &decoded);
        if error < best {
            best = error;
            *latent = flipped;
            settled = 0;
        }
        settled += usize::from(flip != 0);
    }
}

/// The latent, with those bits flipped that are set in `flip`.
#[inline(always)]
fn flipped(latent: &Latent, flip: u64) -> Latent {
    let flip = flip.to_le_bytes();
    std::array::from_fn(|byte| latent[byte] ^ flip[byte])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decoder for which sample `i` is 255 when bit `i` is set, and all others are 0.
    fn bits_as_samples(latent: &Latent, to: &mut [u8; BLOCK_SAMPLES]) {
        *to = std::array::from_fn(|i| match latent.get(i / 8) {
            Some(byte) => (byte >> (i % 8) & 1) * 255,
            None => 0,
        });
    }

    #[test]
    fn one_pass_finds_bits_that_do_not_depend_on_each_other() {
        let wanted = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc];
        let mut block = [0; BLOCK_SAMPLES];
        bits_as_samples(&wanted, &mut block);
        let mut latent = [0xff; 6];
        inline_improve_one(bits_as_samples, &block, &mut latent, 0);
        assert_eq!(latent, [0xff; 6]);
        inline_improve_one(bits_as_samples, &block, &mut latent, 1);
        assert_eq!(latent, wanted);
    }

    #[test]
    fn a_flip_without_an_effect_is_not_kept_and_the_search_stops_by_itself() {
        let tried = std::cell::Cell::new(0);
        let decode = |_: &Latent, to: &mut [u8; BLOCK_SAMPLES]| {
            tried.set(tried.get() + 1);
            to.fill(7);
        };
        let mut latent = [0x55; 6];
        inline_improve_one(decode, &[9; BLOCK_SAMPLES], &mut latent, u32::MAX);
        assert_eq!(latent, [0x55; 6]);
        assert_eq!(tried.get(), 1 + 48);
    }
}
