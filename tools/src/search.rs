//! The search after the network: flips bits of a latent wherever that lowers the error of the integer decoder.

use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, Latent};

/// What turns latents into blocks, whichever way the processor is best at.
pub(crate) trait Decode {
    /// As [`nice_decode::Decoder::block`].
    fn decode(&self, latent: &Latent, to: &mut [u8; BLOCK_SAMPLES]);
}

/// Looks for a better latent of a block; compiled into its caller with the processor features of the caller.
///
/// It goes through the bits `effort` times, and keeps a bit the other way round whenever the squared error is lower then.
#[inline(always)]
pub(crate) fn improve_inline(
    decoder: &impl Decode,
    block: &[u8; BLOCK_SAMPLES],
    latent: &mut Latent,
    effort: u32,
) {
    let mut decoded = [0; BLOCK_SAMPLES];
    let mut best = u32::MAX;
    // How many bits in a row have been found right as they are. Once it is all of them, nothing more can be found.
    let mut settled = 0;
    // First of all the latent as it is, then bit after bit.
    let flips = (0..effort).flat_map(|_| (0..LATENT_BITS).map(|bit| 1 << bit));
    for flip in std::iter::once(0_u64).chain(flips) {
        if settled == LATENT_BITS {
            break;
        }
        let other = flipped(latent, flip);
        decoder.decode(&other, &mut decoded);
        let found = squared_error(block, &decoded);
        if found < best {
            best = found;
            *latent = other;
            settled = 0;
        }
        settled += usize::from(flip != 0);
    }
}

/// The latent with those bits the other way round that are set in `flip`.
#[inline(always)]
fn flipped(latent: &Latent, flip: u64) -> Latent {
    let flip = flip.to_le_bytes();
    std::array::from_fn(|byte| latent[byte] ^ flip[byte])
}

/// The squared error between two blocks.
#[inline(always)]
pub(crate) fn squared_error(a: &[u8; BLOCK_SAMPLES], b: &[u8; BLOCK_SAMPLES]) -> u32 {
    let mut sum = 0;
    for (&a, &b) in a.iter().zip(b) {
        let difference = i32::from(a) - i32::from(b);
        sum += (difference * difference) as u32;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<F: Fn(&Latent, &mut [u8; BLOCK_SAMPLES])> Decode for F {
        fn decode(&self, latent: &Latent, to: &mut [u8; BLOCK_SAMPLES]) {
            self(latent, to);
        }
    }

    /// A decoder for which sample `i` is 255 when bit `i` is set, and all others are 0.
    fn bits_as_samples(latent: &Latent, to: &mut [u8; BLOCK_SAMPLES]) {
        *to = std::array::from_fn(|i| match latent.get(i / 8) {
            Some(byte) => (byte >> (i % 8) & 1) * 255,
            None => 0,
        });
    }

    #[test]
    fn one_sweep_finds_bits_that_do_not_depend_on_each_other() {
        let wanted = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc];
        let mut block = [0; BLOCK_SAMPLES];
        bits_as_samples(&wanted, &mut block);
        let mut latent = [0xff; 6];
        improve_inline(&bits_as_samples, &block, &mut latent, 0);
        assert_eq!(latent, [0xff; 6]);
        improve_inline(&bits_as_samples, &block, &mut latent, 1);
        assert_eq!(latent, wanted);
    }

    #[test]
    fn a_flip_that_makes_no_difference_is_not_kept_and_the_search_ends_by_itself() {
        let tried = std::cell::Cell::new(0);
        let decode = |_: &Latent, to: &mut [u8; BLOCK_SAMPLES]| {
            tried.set(tried.get() + 1);
            to.fill(7);
        };
        let mut latent = [0x55; 6];
        improve_inline(&decode, &[9; BLOCK_SAMPLES], &mut latent, u32::MAX);
        assert_eq!(latent, [0x55; 6]);
        assert_eq!(tried.get(), 1 + 48);
    }
}
