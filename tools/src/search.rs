//! The search after the network: flips bits of a latent wherever that lowers the error of the integer decoder.

use nice_decode::{BLOCK_SAMPLES, Decoder, LATENT_BITS, Latent};

/// The effort that is made when nobody says otherwise.
pub const DEFAULT_EFFORT: u32 = 2;

/// Looks for a better latent; compiled into its caller with the processor features of the caller.
#[inline(always)]
pub(crate) fn improve_inline(
    decoder: &Decoder<'_>,
    block: &[u8; BLOCK_SAMPLES],
    latent: &mut Latent,
    effort: u32,
) {
    let mut best = error(decoder, block, latent);
    // How many bits in a row have been found right as they are. Once it is all of them, nothing more can be found.
    let mut settled = 0;
    for _ in 0..effort {
        for bit in 0..LATENT_BITS {
            if settled == LATENT_BITS {
                return;
            }
            let mut other = *latent;
            other[bit / 8] ^= 1 << (bit % 8);
            let found = error(decoder, block, &other);
            if found < best {
                best = found;
                *latent = other;
                settled = 0;
            }
            settled += 1;
        }
    }
}

/// The squared error between a block and what the decoder makes of a latent.
#[inline(always)]
fn error(decoder: &Decoder<'_>, block: &[u8; BLOCK_SAMPLES], latent: &Latent) -> u32 {
    let mut decoded = [0; BLOCK_SAMPLES];
    decoder.block_inline(latent, &mut decoded);
    let mut sum = 0;
    for (&a, &b) in block.iter().zip(&decoded) {
        let difference = i32::from(a) - i32::from(b);
        sum += (difference * difference) as u32;
    }
    sum
}
