//! A shuffle without memory: the index at each position of a permutation is a pure function of the seed.
//!
//! A Feistel network permutes the numbers below the smallest power of four that is not smaller than the set; walking its cycle
//! until the number is within the set permutes the set itself. So a resumed run needs no stored order, and a set of a billion
//! blocks costs no more than one of a thousand.

use nice_data::random::split_mix;

/// A permutation of `0..len`.
#[derive(Clone, Debug)]
pub struct Permutation {
    len: u64,
    half_bits: u32,
    keys: [u64; 6],
}

impl Permutation {
    /// The permutation of `0..len` with a seed.
    ///
    /// # Panics
    ///
    /// When `len` is 0.
    pub fn new(len: u64, seed: u64) -> Self {
        assert!(len > 0, "the permutation is empty");
        let bits = u64::BITS - (len - 1).leading_zeros();
        let mut key = split_mix(seed);
        let keys = std::array::from_fn(|_| {
            key = split_mix(key);
            key
        });
        Self {
            len,
            half_bits: bits.div_ceil(2).max(1),
            keys,
        }
    }

    /// The element at a position.
    ///
    /// # Panics
    ///
    /// When the position is not below the length.
    pub fn at(&self, position: u64) -> u64 {
        assert!(
            position < self.len,
            "position {position} in a permutation of {}",
            self.len
        );
        let mut value = self.rounds(position);
        while value >= self.len {
            value = self.rounds(value);
        }
        value
    }

    /// All rounds of the Feistel network.
    fn rounds(&self, value: u64) -> u64 {
        let mask = (1u64 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (split_mix(right ^ key) & mask));
        }
        (left << self.half_bits) | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_at_exactly_one_position() {
        for len in [1, 2, 3, 4, 5, 17, 192, 1000, 4097] {
            let permutation = Permutation::new(len, 7);
            let mut seen = vec![false; len as usize];
            for position in 0..len {
                let index = permutation.at(position) as usize;
                assert!(!seen[index], "{index} of {len} twice");
                seen[index] = true;
            }
        }
    }

    #[test]
    fn different_seeds_give_different_orders_and_equal_seeds_equal_ones() {
        let order = |seed| {
            (0..1000)
                .map(|p| Permutation::new(1000, seed).at(p))
                .collect::<Vec<_>>()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn neighbors_are_separated() {
        let permutation = Permutation::new(100_000, 3);
        let adjacent = (0..99_999)
            .filter(|&p| permutation.at(p).abs_diff(permutation.at(p + 1)) == 1)
            .count();
        assert!(
            adjacent < 20,
            "{adjacent} of 99999 neighbors are still neighbors"
        );
    }
}
