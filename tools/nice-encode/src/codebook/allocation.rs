//! How many bits each block gets: rate-distortion optimization by Lagrangian cost (Shoham and Gersho, "Efficient bit allocation
//! for an arbitrary set of quantizers", 1988).
//!
//! With a cost of each bit, the *slope*, every block takes the length with the least sum of weighted squared error and cost of its
//! bits. The higher the slope, the fewer bits. From the least error of some blocks at each length follow the slope at which they
//! have some bits on average, and the lengths that serve them best: an image can have 1, 2, 4 or 8 of them, and with fewer, the
//! codes that say which one a block has are shorter.

use nice_decode::format::LATENT_LENGTHS;

use super::index::PartialSum;
use super::selection::{BlockCandidates, slope};

/// The slope above which no block takes more bits than it must.
const STEEPEST: u64 = 1 << 40;

/// The least weighted squared errors of some blocks, for each length of their latents in bits.
#[derive(Clone, Debug)]
pub struct ErrorsByLength {
    lengths: Vec<usize>,
    /// Block after block, for each length.
    errors: Vec<u64>,
}

/// Lengths that latents may have, and the slope at which they have the requested bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// The lengths in bits, in increasing order.
    pub lengths: Vec<usize>,
    /// The cost of a bit.
    pub slope: u64,
}

/// The bits and the weighted squared error of all blocks together.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    bits: u64,
    error: u64,
}

impl ErrorsByLength {
    /// The errors of blocks whose candidates include all of these lengths, which increase.
    pub fn new(blocks: &[BlockCandidates], lengths: &[usize]) -> Self {
        let mut errors = Vec::with_capacity(blocks.len() * lengths.len());
        for block in blocks {
            let mut least = u64::MAX;
            for &length in lengths {
                // More bits never need to be worse: what is found of a shorter length could be continued.
                least = block.least_error(length).unwrap_or(least).min(least);
                errors.push(least);
            }
        }
        Self {
            lengths: lengths.to_vec(),
            errors,
        }
    }

    /// The weighted errors of the best sums of some blocks: one for each number of stages, which end at these lengths.
    pub fn of_sums(blocks: &[Vec<PartialSum>], weights: &[f32], lengths: &[usize]) -> Self {
        let errors = blocks.iter().zip(weights).flat_map(|(sums, weight)| {
            sums.iter().scan(u64::MAX, move |least, sum| {
                let error = f64::from(sum.error.max(0.0) * weight) * 255.0 * 255.0;
                *least = slope(error).min(*least);
                Some(*least)
            })
        });
        Self {
            lengths: lengths.to_vec(),
            errors: errors.collect(),
        }
    }

    /// For each block, the number of the length that it takes, given the bits of a block on average.
    pub fn choose(&self, bits: f64) -> Vec<usize> {
        let all: Vec<usize> = (0..self.lengths.len()).collect();
        let blocks = self.errors.chunks_exact(self.lengths.len().max(1));
        let slope = self.slope(&all, bits * blocks.len() as f64);
        let cost =
            |number: usize, error: u64| error.saturating_add(slope * self.lengths[number] as u64);
        let chosen = blocks.map(|errors| {
            let costs = errors
                .iter()
                .zip(0..)
                .map(|(&error, number)| (cost(number, error), number));
            costs.min().map_or(0, |(_, number)| number)
        });
        chosen.collect()
    }

    /// What the blocks take at a slope, if some of the lengths may be used.
    fn total(&self, used: &[usize], slope: u64) -> Total {
        let mut total = Total::default();
        for errors in self.errors.chunks_exact(self.lengths.len().max(1)) {
            let costs = used.iter().map(|&number| {
                let (bits, error) = (self.lengths[number] as u64, errors[number]);
                (error.saturating_add(slope * bits), bits, error)
            });
            if let Some((_, bits, error)) = costs.min() {
                total.bits += bits;
                total.error = total.error.saturating_add(error);
            }
        }
        total
    }

    /// The smallest slope at which the blocks have at most these bits, if some of the lengths may be used.
    fn slope(&self, used: &[usize], bits: f64) -> u64 {
        let (mut too_many, mut few_enough) = (0, STEEPEST);
        if self.total(used, 0).bits as f64 <= bits {
            return 0;
        }
        while few_enough - too_many > 1 + too_many / 512 {
            let middle = too_many + (few_enough - too_many) / if too_many == 0 { 16 } else { 2 };
            let middle = middle.max(too_many + 1);
            if self.total(used, middle).bits as f64 <= bits {
                few_enough = middle;
            } else {
                too_many = middle;
            }
        }
        few_enough
    }

    /// The lengths and the slope with the least error, given the bits of a block on average, its length code included.
    pub fn for_bits(&self, bits: f64) -> Allocation {
        self.best(|used, code_bits| {
            let blocks = self.errors.len() / self.lengths.len().max(1);
            let target = (bits - code_bits).max(0.0) * blocks as f64;
            let slope = self.slope(used, target);
            let total = self.total(used, slope);
            // What is above or below the target is charged.
            let missed = (total.bits as f64 - target) * slope as f64;
            (slope, total.error as f64 + missed)
        })
    }

    /// The lengths with the least cost at a slope.
    pub fn for_slope(&self, slope: u64) -> Allocation {
        self.best(|used, code_bits| {
            let blocks = self.errors.len() / self.lengths.len().max(1);
            let total = self.total(used, slope);
            let bits = total.bits as f64 + code_bits * blocks as f64;
            (slope, total.error as f64 + bits * slope as f64)
        })
    }

    /// The best set of lengths by `evaluate`, which returns a slope and a cost.
    fn best(&self, evaluate: impl Fn(&[usize], f64) -> (u64, f64)) -> Allocation {
        let mut best: Option<(f64, Allocation)> = None;
        let count = self.lengths.len();
        let most = count.min(LATENT_LENGTHS);
        for set in 1_u32..1 << count {
            let size = set.count_ones() as usize;
            // A code of some bits is used for as many lengths as it can stand for.
            if size > most || !(size.is_power_of_two() || size == most) {
                continue;
            }
            let used: Vec<usize> = (0..count)
                .filter(|&number| set >> number & 1 == 1)
                .collect();
            let code_bits = f64::from(code_bits(size));
            let (slope, cost) = evaluate(&used, code_bits);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                let lengths = used.iter().map(|&number| self.lengths[number]).collect();
                best = Some((cost, Allocation { lengths, slope }));
            }
        }
        best.expect("there is a length").1
    }
}

/// The bits of a length code, given the number of lengths.
pub const fn code_bits(lengths: usize) -> u32 {
    lengths.next_power_of_two().ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks with errors at 10, 20 and 40 bits.
    fn errors(blocks: &[[u64; 3]]) -> ErrorsByLength {
        ErrorsByLength {
            lengths: vec![10, 20, 40],
            errors: blocks.as_flattened().to_vec(),
        }
    }

    #[test]
    fn bits_go_where_they_reduce_the_error_most() {
        let blocks = errors(&[[1000, 900, 890], [5000, 2000, 1000], [9000, 8900, 100]]);
        let all = [0, 1, 2];
        for (slope, bits) in [
            (0, 120),
            (1, 100),
            (9, 100),
            (11, 90),
            (49, 90),
            (51, 70),
            (310, 30),
        ] {
            assert_eq!(blocks.total(&all, slope).bits, bits, "{slope}");
        }
        for bits in [30, 45, 70, 95, 100, 120_u64] {
            let slope = blocks.slope(&all, bits as f64);
            assert!(blocks.total(&all, slope).bits <= bits, "{bits}");
        }
        assert_eq!(blocks.choose(90.0 / 3.0), [0, 2, 2]);
        assert_eq!(blocks.choose(70.0 / 3.0), [0, 1, 2]);
        assert_eq!(blocks.slope(&all, 120.0), 0);
        assert!(
            blocks.slope(&all, 29.0) >= STEEPEST / 2,
            "fewer bits are not possible"
        );
    }

    #[test]
    fn blocks_that_are_alike_need_no_length_code() {
        let alike = errors(&[[1000, 500, 400]; 8]);
        let allocation = alike.for_bits(20.0);
        assert_eq!(allocation.lengths, [20]);
        let mixed = errors(&[[1000, 999, 998], [90_000, 60_000, 100]]);
        assert_eq!(mixed.for_bits(26.0).lengths, [10, 40]);
        assert_eq!(mixed.for_slope(100).lengths, [10, 40]);
        assert_eq!(mixed.for_slope(100_000).lengths, [10]);
    }

    #[test]
    fn a_code_stands_for_up_to_a_power_of_two_of_lengths() {
        let bits = [1, 2, 3, 4, 5, 8].map(code_bits);
        assert_eq!(bits, [0, 1, 2, 2, 3, 3]);
    }
}
