//! A shuffle that needs no memory: the block at any place of any epoch is a pure function of the seed.
//!
//! A Feistel network over the smallest power of four that holds the set permutes the numbers below it; walking
//! its cycle until the number falls inside the set permutes the set itself. Nothing has to be stored to go on
//! where a run stopped, and a set of a billion blocks costs no more than one of a thousand.

/// One step of the SplitMix64 generator: a well-mixed 64-bit hash of `value`.
pub fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A permutation of `0..len`, chosen by a seed.
#[derive(Clone, Debug)]
pub struct Permutation {
    len: u64,
    half_bits: u32,
    keys: [u64; 6],
}

impl Permutation {
    /// The permutation of `0..len` that belongs to `seed`; `len` must be positive.
    pub fn new(len: u64, seed: u64) -> Self {
        assert!(len > 0, "a permutation of nothing");
        let bits = u64::BITS - (len - 1).leading_zeros();
        let mut key = mix(seed);
        let keys = std::array::from_fn(|_| {
            key = mix(key);
            key
        });
        Self {
            len,
            half_bits: bits.div_ceil(2).max(1),
            keys,
        }
    }

    /// Where the permutation sends `place`, which must be below the length.
    pub fn at(&self, place: u64) -> u64 {
        assert!(
            place < self.len,
            "place {place} in a permutation of {}",
            self.len
        );
        let mut value = self.rounds(place);
        while value >= self.len {
            value = self.rounds(value);
        }
        value
    }

    fn rounds(&self, value: u64) -> u64 {
        let mask = (1u64 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        (left << self.half_bits) | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_taken_exactly_once() {
        for len in [1, 2, 3, 4, 5, 17, 192, 1000, 4097] {
            let permutation = Permutation::new(len, 7);
            let mut seen = vec![false; len as usize];
            for place in 0..len {
                let index = permutation.at(place) as usize;
                assert!(!seen[index], "{index} of {len} twice");
                seen[index] = true;
            }
        }
    }

    #[test]
    fn seeds_give_different_orders_and_the_same_seed_the_same() {
        let order = |seed| {
            (0..1000)
                .map(|p| Permutation::new(1000, seed).at(p))
                .collect::<Vec<_>>()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn neighbours_are_torn_apart() {
        let permutation = Permutation::new(100_000, 3);
        let adjacent = (0..99_999)
            .filter(|&p| permutation.at(p).abs_diff(permutation.at(p + 1)) == 1)
            .count();
        assert!(
            adjacent < 20,
            "{adjacent} of 99999 neighbours stayed neighbours"
        );
    }
}
