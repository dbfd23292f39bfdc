//! The checksum at the end of both files: CRC-32/ISO-HDLC, the CRC of zlib, PNG and Ethernet.
//!
//! It is implemented here because a table of 64 bytes suits a microcontroller; crates that compute CRCs usually bring tables of
//! 1 KiB or more.

/// The remainders of the 16 values of four bits.
const TABLE: [u32; 16] = table();

/// The generator polynomial, reflected.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Divides each of the 16 values of four bits by the polynomial.
const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut nibble = 0;
    while nibble < 16 {
        let mut remainder = nibble as u32;
        let mut bit = 0;
        while bit < 4 {
            remainder = (remainder >> 1) ^ (POLYNOMIAL & (remainder & 1).wrapping_neg());
            bit += 1;
        }
        table[nibble] = remainder;
        nibble += 1;
    }
    table
}

/// The CRC-32 of some bytes (reflected, initial value and final inversion all ones), four bits at a time.
#[must_use]
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    Crc32::NEW.with(bytes).finish()
}

/// A CRC-32 of bytes that come one part after the other.
#[derive(Clone, Copy)]
pub(crate) struct Crc32(u32);

impl Crc32 {
    /// That of no bytes.
    pub(crate) const NEW: Self = Self(!0);

    /// That of all bytes up to here and some more.
    #[inline(always)]
    pub(crate) fn with(self, bytes: &[u8]) -> Self {
        let mut crc = self.0;
        for &byte in bytes {
            crc ^= u32::from(byte);
            crc = (crc >> 4) ^ TABLE[(crc & 15) as usize];
            crc = (crc >> 4) ^ TABLE[(crc & 15) as usize];
        }
        Self(crc)
    }

    /// The checksum.
    #[inline(always)]
    pub(crate) const fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn known_answers() {
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"a"), 0xE8B7_BE43);
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(&[0; 32]), 0x190A_55AD);
        assert_eq!(crc32(&[0xFF; 32]), 0xFF6C_AB0B);
    }

    #[test]
    fn agrees_with_division_one_bit_at_a_time() {
        let bytes: [u8; 97] = core::array::from_fn(|i| (i * i + 3 * i) as u8);
        for length in 0..bytes.len() {
            let mut crc = !0_u32;
            for &byte in &bytes[..length] {
                for bit in 0..8 {
                    let feedback = (crc ^ u32::from(byte >> bit)) & 1;
                    crc >>= 1;
                    if feedback == 1 {
                        crc ^= 0xEDB8_8320;
                    }
                }
            }
            assert_eq!(crc32(&bytes[..length]), !crc, "of {length} bytes");
        }
    }
}
