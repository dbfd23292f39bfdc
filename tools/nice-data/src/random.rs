//! Pseudorandom numbers and hashes that are the same on every machine and in every version.

use nice_decode::BLOCK_SIDE;
use nice_encode::Picture;

/// A step of SplitMix64: a hash of 64 bits, each bit of which depends on all of `x`.
pub fn split_mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A hash of bytes: FNV-1a, then [`split_mix`], because the high bits of FNV-1a alone are poor for short names.
pub fn hash(bytes: &[u8]) -> u64 {
    let folded = bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
    split_mix(folded)
}

/// Scales 32 random bits to a number in `0..below`; `below` is at least 1.
pub fn below(random: u32, below: u32) -> u32 {
    ((u64::from(random) * u64::from(below)) >> 32) as u32
}

/// The random position of a block in a picture, by a hash of `seed`: all positions within the picture are equally likely.
///
/// # Panics
///
/// When the picture is smaller than a block.
pub fn block_position(picture: &Picture, seed: u64) -> (u32, u32) {
    let random = split_mix(seed);
    let positions = |side: u32| {
        side.checked_sub(BLOCK_SIDE as u32 - 1)
            .filter(|&positions| positions > 0)
            .expect("the picture is smaller than a block")
    };
    (
        below((random >> 32) as u32, positions(picture.width())),
        below(random as u32, positions(picture.height())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes_since_splits_depend_on_it() {
        assert_eq!(split_mix(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(hash(b""), split_mix(0xCBF2_9CE4_8422_2325));
        assert_ne!(hash(b"a"), hash(b"b"));
    }

    #[test]
    fn scaled_numbers_cover_the_range_and_no_more() {
        assert_eq!(below(0, 5), 0);
        assert_eq!(below(u32::MAX, 5), 4);
        assert_eq!(below(u32::MAX, 1), 0);
        assert_eq!(below(u32::MAX, u32::MAX), u32::MAX - 1);
    }
}
