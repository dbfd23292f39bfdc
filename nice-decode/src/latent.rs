//! Latents: the bits that a block is coded as, 48 of them or as many as its stages take.

use core::fmt;

use crate::format::MAX_ADAPTIVE_BITS;

/// The bits of a latent.
pub const LATENT_BITS: usize = 48;

/// The bytes of a latent.
pub const LATENT_BYTES: usize = LATENT_BITS / 8;

/// The latent of a block, the 48 bits that it is coded as: bit `i` is bit `i % 8` of byte `i / 8`.
///
/// ```
/// let mut latent: nice_decode::Latent = [0; 6];
/// let bit = 13;
/// latent[bit / 8] |= 1 << (bit % 8);
/// assert_eq!(latent, [0, 0b0010_0000, 0, 0, 0, 0]);
/// ```
pub type Latent = [u8; LATENT_BYTES];

/// The latent of a block in the adaptive layout: as many bits as the stages take that the block needs.
///
/// The stages of a codebook are ordered. A block that ends after the first of them is coarser, and one that goes on after those
/// with 48 bits is finer. Every [`Latent`] is also an adaptive latent of 48 bits.
#[derive(Clone, Copy)]
pub struct AdaptiveLatent {
    /// The bits, from the lowest bit of the first word on. Bits beyond the length may have any value.
    words: [u32; WORDS],
    /// The length in bits.
    length: u32,
}

/// The words of an adaptive latent.
pub(crate) const WORDS: usize = MAX_ADAPTIVE_BITS / 32;

impl AdaptiveLatent {
    /// The first `length` bits of some bytes: bit `i` is bit `i % 8` of byte `i / 8`. A length above 96 counts as 96.
    #[must_use]
    pub fn new(bytes: &[u8; MAX_ADAPTIVE_BITS / 8], length: usize) -> Self {
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let length = length.min(MAX_ADAPTIVE_BITS) as u32;
        Self { words, length }
    }

    /// The bytes of [`new`](Self::new); the bits after the length are 0.
    #[must_use]
    pub fn to_bytes(self) -> [u8; MAX_ADAPTIVE_BITS / 8] {
        let mut bytes = [0; MAX_ADAPTIVE_BITS / 8];
        let mut left = self.length;
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.words) {
            let kept = left.min(32);
            left = left.wrapping_sub(kept);
            let mask = u32::MAX.checked_shr(32_u32.wrapping_sub(kept));
            *bytes = (word & mask.unwrap_or(0)).to_le_bytes();
        }
        bytes
    }

    /// The latent of the first 48 bits.
    #[must_use]
    pub fn fixed(self) -> Latent {
        let [a, b, c, d, e, f, ..] = self.to_bytes();
        [a, b, c, d, e, f]
    }

    /// The number of bits.
    #[must_use]
    pub const fn length(self) -> usize {
        self.length as usize
    }

    /// The first `length` of the bits that follow the lowest `shift` bits of four words, where `shift` is taken modulo 8.
    #[inline(always)]
    pub(crate) const fn from_words(
        [a, b, c, d]: [u32; WORDS + 1],
        shift: u32,
        length: u32,
    ) -> Self {
        let shift = shift % 8;
        // In two steps, since a shift by 32 is not possible.
        let above = 31 - shift;
        Self {
            words: [
                a >> shift | (b << 1) << above,
                b >> shift | (c << 1) << above,
                c >> shift | (d << 1) << above,
            ],
            length,
        }
    }

    /// The words of the bits, and their number.
    #[inline(always)]
    pub(crate) const fn into_words(self) -> ([u32; WORDS], u32) {
        (self.words, self.length)
    }

    /// The first 48 bits, which are those of a latent.
    #[inline(always)]
    pub(crate) const fn latent_words(&self) -> [u32; 2] {
        let [low, high, _] = self.words;
        [low, high & 0xFFFF]
    }

    /// The first 48 bits as a number.
    #[inline(always)]
    pub(crate) const fn latent_bits(&self) -> u64 {
        let [low, high] = self.latent_words();
        low as u64 | (high as u64) << 32
    }
}

impl PartialEq for AdaptiveLatent {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.to_bytes() == other.to_bytes()
    }
}

impl Eq for AdaptiveLatent {}

impl fmt::Debug for AdaptiveLatent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "AdaptiveLatent({:02x?}, {})",
            self.to_bytes(),
            self.length
        )
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for AdaptiveLatent {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "AdaptiveLatent({=[u8; 12]:02x}, {=u32})",
            self.to_bytes(),
            self.length
        );
    }
}

impl From<&Latent> for AdaptiveLatent {
    #[inline(always)]
    fn from(latent: &Latent) -> Self {
        let [a, b, c, d, e, f] = *latent;
        Self {
            words: [
                u32::from_le_bytes([a, b, c, d]),
                u32::from_le_bytes([e, f, 0, 0]),
                0,
            ],
            length: LATENT_BITS as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AdaptiveLatent, LATENT_BITS};

    #[test]
    fn bit_i_is_bit_i_mod_8_of_byte_i_div_8() {
        for i in 0..LATENT_BITS {
            let mut latent = [0; 6];
            latent[i / 8] = 1 << (i % 8);
            let latent = AdaptiveLatent::from(&latent);
            assert_eq!(latent.latent_bits(), 1 << i);
            let [low, high] = latent.latent_words().map(u64::from);
            assert_eq!(low | high << 32, 1 << i);
            assert_eq!(latent.length(), 48);
        }
    }

    #[test]
    fn bits_after_the_length_are_left_out() {
        let bytes: [u8; 12] = [0xFF; 12];
        let other = core::array::from_fn(|i| if i == 0 { 0x1F } else { 0 });
        assert_eq!(
            AdaptiveLatent::new(&bytes, 5),
            AdaptiveLatent::new(&other, 5)
        );
        assert_ne!(
            AdaptiveLatent::new(&bytes, 6),
            AdaptiveLatent::new(&other, 6)
        );
        let bytes = core::array::from_fn(|i| 0x5A ^ (37 * i) as u8);
        for length in 0..=100 {
            let latent = AdaptiveLatent::new(&bytes, length);
            assert_eq!(latent.length(), length.min(96));
            let found = latent.to_bytes();
            for bit in 0..96 {
                let of = |bytes: &[u8; 12]| bytes[bit / 8] >> (bit % 8) & 1;
                let expected = if bit < length { of(&bytes) } else { 0 };
                assert_eq!(of(&found), expected, "bit {bit} of {length}");
            }
        }
    }

    #[test]
    fn bits_at_any_shift() {
        let words = [0x8765_4321, 0xFEDC_BA98, 0x1357_9BDF, 0x0246_8ACE];
        let number = |words: &[u32]| {
            let bits = words.iter().rev();
            bits.fold(0_u128, |number, &word| number << 32 | u128::from(word))
        };
        for shift in 0..8 {
            let (found, length) = AdaptiveLatent::from_words(words, shift, 77).into_words();
            assert_eq!(length, 77);
            assert_eq!(number(&found), (number(&words) >> shift) & ((1 << 96) - 1));
        }
    }
}
