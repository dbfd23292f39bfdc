//! How many bits each block gets: rate-distortion optimization by Lagrangian cost (Shoham and Gersho, "Efficient bit allocation
//! for an arbitrary set of quantizers", 1988).
//!
//! With a cost of each bit, the *slope*, every block takes the length with the least sum of weighted squared error and cost of its
//! bits. The higher the slope, the fewer bits. From the least error of some blocks at each length follow the slope at which they
//! have some bits on average, and the lengths that serve them best: an image can have 1, 2, 4 or 8 of them, and with fewer, the
//! codes that say which one a block has are shorter.

use nice_decode::format::LATENT_LENGTHS;
use rayon::prelude::*;

use super::selection::BlockCandidates;

/// The slope above which no block takes more bits than it must.
const STEEPEST: u64 = 1 << 40;

/// The number of sets of lengths that are compared in detail.
const COMPARED: usize = 12;

/// The least weighted squared errors of some blocks, for each length of their latents in bits.
#[derive(Clone, Debug)]
pub struct ErrorsByLength {
    lengths: Vec<usize>,
    /// Block after block, for each length.
    errors: Vec<u64>,
}

/// Lengths that latents may have, and the slope at which they have the requested bits.
#[derive(Clone, Debug, Default, PartialEq)]
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
        let all: Vec<usize> = (0..self.lengths.len()).collect();
        let target = |used: &[usize]| {
            let bits = bits - f64::from(code_bits(used.len()));
            bits.max(0.0) * self.blocks() as f64
        };
        let slope = |used: &[usize]| self.slope(used, target(used));
        // Those that are best at the slope that all of them have, in more detail.
        let sets = self.sets_by_cost(slope(&all));
        let candidates = sets.into_par_iter().take(COMPARED).map(|used| {
            let slope = slope(&used);
            let total = self.total(&used, slope);
            // If no set has few enough bits, the one that exceeds them least.
            let excess = (total.bits as f64 - target(&used)).max(0.0) as u64;
            (excess, total.error, used, slope)
        });
        let best = candidates.min();
        best.map_or_else(Allocation::default, |(_, _, used, slope)| {
            self.allocation(&used, slope)
        })
    }

    /// The lengths with the least cost at a slope.
    pub fn for_slope(&self, slope: u64) -> Allocation {
        let best = self.sets_by_cost(slope).into_iter().next();
        self.allocation(&best.unwrap_or_default(), slope)
    }

    /// An allocation, given the numbers of its lengths.
    fn allocation(&self, used: &[usize], slope: u64) -> Allocation {
        Allocation {
            lengths: used.iter().map(|&number| self.lengths[number]).collect(),
            slope,
        }
    }

    /// The number of blocks.
    fn blocks(&self) -> usize {
        self.errors.len() / self.lengths.len().max(1)
    }

    /// The numbers of the lengths of each possible set, by their cost at a slope, that of the length codes included.
    fn sets_by_cost(&self, slope: u64) -> Vec<Vec<usize>> {
        let count = self.lengths.len();
        let most = count.min(LATENT_LENGTHS);
        let sets = (1_u32..1 << count).filter(|set| {
            // A code of some bits is used for as many lengths as it can stand for.
            let size = set.count_ones() as usize;
            size == most || size < most && size.is_power_of_two()
        });
        let numbers = |set: u32| {
            (0..count)
                .filter(|&number| set >> number & 1 == 1)
                .collect()
        };
        let sets: Vec<Vec<usize>> = sets.map(numbers).collect();
        let costs = sets.into_par_iter().map(|used| {
            let Total { bits, error } = self.total(&used, slope);
            let codes = self.blocks() as u64 * u64::from(code_bits(used.len()));
            (
                error.saturating_add(slope.saturating_mul(bits + codes)),
                used,
            )
        });
        let mut costs: Vec<(u64, Vec<usize>)> = costs.collect();
        costs.sort_unstable();
        costs.into_iter().map(|(_, used)| used).collect()
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
