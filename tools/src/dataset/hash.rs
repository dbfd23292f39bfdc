//! The one hash of this project's data sets, and offsets drawn from it: the same on every machine and in every version.

use nice_decode::BLOCK;

use crate::picture::Picture;

/// Scrambles 64 bits so that each bit of the result depends on all of `x` (the finaliser of SplitMix64).
pub fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A hash of bytes (FNV-1a, then [`mix`], because the high bits of FNV-1a alone are poor for short names).
pub fn of(bytes: &[u8]) -> u64 {
    let folded = bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
    mix(folded)
}

/// The number in `0..below` that 32 random bits choose; `below` is at least 1.
pub fn below(random: u32, below: u32) -> u32 {
    ((u64::from(random) * u64::from(below)) >> 32) as u32
}

/// Where in a picture `number` says to cut a block: all places that a block fits are equally likely.
///
/// # Panics
///
/// When the picture is smaller than a block.
pub fn offset(picture: &Picture, number: u64) -> (u32, u32) {
    let random = mix(number);
    let places = |side: u32| {
        side.checked_sub(BLOCK as u32 - 1)
            .filter(|&places| places > 0)
            .expect("no block fits in the picture")
    };
    (
        below((random >> 32) as u32, places(picture.width())),
        below(random as u32, places(picture.height())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stays_what_it_was_since_splits_depend_on_it() {
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(of(b""), mix(0xCBF2_9CE4_8422_2325));
        assert_ne!(of(b"a"), of(b"b"));
    }

    #[test]
    fn every_number_below_is_reached_and_no_other() {
        assert_eq!(below(0, 5), 0);
        assert_eq!(below(u32::MAX, 5), 4);
        assert_eq!(below(u32::MAX, 1), 0);
        assert_eq!(below(u32::MAX, u32::MAX), u32::MAX - 1);
    }
}
