//! The latent: the 48 bits that a block becomes.

/// How many bits a latent has.
pub const LATENT_BITS: usize = 48;

/// How many bytes a latent takes in a picture file.
pub const LATENT_BYTES: usize = LATENT_BITS / 8;

/// The latent of one block: bit `i` is bit `i % 8` of byte `i / 8`.
///
/// ```
/// let mut latent: nice_decode::Latent = [0; 6];
/// let bit = 13;
/// latent[bit / 8] |= 1 << (bit % 8);
/// assert_eq!(latent, [0, 0b0010_0000, 0, 0, 0, 0]);
/// ```
pub type Latent = [u8; LATENT_BYTES];

/// The latent as a number whose bit `i` is bit `i` of the latent.
#[inline(always)]
pub(crate) fn bits(latent: &Latent) -> u64 {
    let [a, b, c, d, e, f] = *latent;
    u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
}

/// The same in two numbers: bits 0 to 31, and the others.
#[inline(always)]
pub(crate) const fn words(latent: &Latent) -> [u32; 2] {
    let [a, b, c, d, e, f] = *latent;
    [
        u32::from_le_bytes([a, b, c, d]),
        u32::from_le_bytes([e, f, 0, 0]),
    ]
}

#[cfg(test)]
mod tests {
    use super::{LATENT_BITS, bits, words};

    #[test]
    fn bit_i_is_bit_i_mod_8_of_byte_i_div_8() {
        for i in 0..LATENT_BITS {
            let mut latent = [0; 6];
            latent[i / 8] = 1 << (i % 8);
            assert_eq!(bits(&latent), 1 << i);
            let [low, high] = words(&latent).map(u64::from);
            assert_eq!(low | high << 32, 1 << i);
        }
    }
}
