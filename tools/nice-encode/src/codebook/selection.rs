//! The choice among the latents that the search has found for each block, with the neighboring blocks in view.
//!
//! The squared error of a block is blind to what people see first: errors at low frequencies, which reach across blocks. The cost
//! of a candidate therefore has further terms, of the error averaged over squares that overlap the block and its neighbors as they
//! are at the time:
//!
//! ```text
//! sum of e^2  +  24 * sum of Y^2  +  4 * sum of (R - G)^2  +  2 * sum of (B - Y)^2  +  48 * sum of Z^2
//! ```
//!
//! `e` is decoded minus original, sample by sample. `Y` (0.26 R + 0.66 G + 0.08 B), `R - G` and `B - Y` are means of `e` over 4 x 4
//! pixels, every 2 pixels: 25 squares touch the inside of a block. `Z` is the mean of `Y` over 8 x 8 pixels, every 4 pixels: 9 squares.
//!
//! Where latents have several lengths, the cost is multiplied by a weight of the block, and each bit costs the slope more. The
//! weight is the smaller, the more the block's own activity masks its errors: it is proportional to `(activity + 200)^-0.25`, where
//! `activity` is 3 times the sum of the squared deviations of luma from its mean.
//!
//! The first choice is the candidate with the least cost without the further terms. Then two passes go over all blocks, and each
//! takes the candidate with the least cost given its neighbors. Two blocks are never neighbors if both their rows and their columns have the same
//! parity, so a pass takes these four sets one after the other, each in parallel. Everything is computed with integers, so that
//! the result is the same on every machine and with any number of threads.

use nice_decode::{AdaptiveLatent, BLOCK_SAMPLES};
use rayon::prelude::*;

use crate::psnr::inline_squared_error;

/// The number of passes over all blocks.
const PASSES: usize = 2;

/// The samples of a line of a block.
const LINE: usize = 24;

/// The cells of 2 x 2 pixels along the side of a block.
const CELLS: usize = 4;

/// The weights of `Y^2`, `(R - G)^2` and `(B - Y)^2`.
const CHANNEL_WEIGHTS: [u64; 3] = [24, 4, 2];

/// The weight of `Z^2`.
const WIDE_WEIGHT: u64 = 48;

/// The weight of a block whose errors are not masked.
pub const FULL_WEIGHT: u32 = 64;

/// The activity at which a masked block has [`FULL_WEIGHT`] as well.
const TYPICAL_ACTIVITY: f64 = 20_000.0;

/// What is added to the activity.
const LEAST_ACTIVITY: u64 = 200;

/// The cost of a squared error of one level in one sample of a block that is not masked. The slope is in the same unit.
const COST_UNIT: u64 = 64 * FULL_WEIGHT as u64;

/// Errors averaged over the cells of a block, in sixteenths of a level: line by line, for each channel (`Y`, `R - G`, `B - Y`).
type Cells = [[[i16; CELLS]; CELLS]; 3];

/// The cells around and in a block: 2 more on each side.
type Surroundings = [[[i16; CELLS + 4]; CELLS + 4]; 3];

/// A latent that the search has found for a block, with the error of the block that it decodes to.
#[derive(Clone, Debug)]
pub struct Candidate {
    latent: AdaptiveLatent,
    squared_error: u32,
    cells: Cells,
}

impl Candidate {
    /// A latent, with the samples of the block (red, green and blue of each pixel) and of what the latent decodes to.
    #[inline(always)]
    pub(super) fn new(
        latent: AdaptiveLatent,
        block: &[u8; BLOCK_SAMPLES],
        decoded: &[u8; BLOCK_SAMPLES],
    ) -> Self {
        // The sums of the errors of two lines.
        let mut sums = [[0_i16; LINE]; CELLS];
        let lines = block.as_chunks::<LINE>().0.iter();
        for (y, (block, decoded)) in lines.zip(decoded.as_chunks::<LINE>().0).enumerate() {
            for (sum, (&block, &decoded)) in sums[y / 2].iter_mut().zip(block.iter().zip(decoded)) {
                *sum += i16::from(decoded) - i16::from(block);
            }
        }
        let mut cells = [[[0; CELLS]; CELLS]; 3];
        for (y, sums) in sums.iter().enumerate() {
            for (x, pixels) in sums.as_chunks::<6>().0.iter().enumerate() {
                let [r, g, b, r_odd, g_odd, b_odd] = pixels.map(i32::from);
                let (r, g, b) = (r + r_odd, g + g_odd, b + b_odd);
                // A mean in sixteenths is 4 times the sum; the weights are in 256ths.
                let luma = (67 * r + 169 * g + 20 * b) >> 6;
                cells[0][y][x] = luma as i16;
                cells[1][y][x] = (4 * (r - g)) as i16;
                cells[2][y][x] = (4 * b - luma) as i16;
            }
        }
        let squared_error = inline_squared_error(block, decoded);
        Self {
            latent,
            squared_error,
            cells,
        }
    }

    /// The latent.
    pub fn latent(&self) -> AdaptiveLatent {
        self.latent
    }
}

/// The latents that the search has found for a block.
#[derive(Clone, Debug)]
pub struct BlockCandidates {
    /// The weight of its errors.
    pub(super) weight: u32,
    /// The latents.
    pub(super) candidates: Vec<Candidate>,
}

impl BlockCandidates {
    /// Candidates of a block whose errors are not masked.
    pub(super) const fn unmasked(candidates: Vec<Candidate>) -> Self {
        Self {
            weight: FULL_WEIGHT,
            candidates,
        }
    }

    /// The candidate with a number.
    pub fn candidate(&self, number: usize) -> &Candidate {
        &self.candidates[number]
    }

    /// The cost of a candidate without regard to the neighbors, given the cost of a bit.
    fn cost_alone(&self, candidate: &Candidate, slope: u64) -> u64 {
        let error = u64::from(candidate.squared_error) * 64;
        error * u64::from(self.weight) + slope * candidate.latent.length() as u64
    }

    /// The weighted squared error of the best candidate of a length in bits.
    pub(super) fn least_error(&self, length: usize) -> Option<u64> {
        let candidates = self.candidates.iter();
        let of_length = candidates.filter(|candidate| candidate.latent.length() == length);
        of_length
            .map(|candidate| self.cost_alone(candidate, 0))
            .min()
    }
}

/// The weight of a planar block by its activity.
#[inline(always)]
pub(super) fn weight(block: &[u8; BLOCK_SAMPLES]) -> u32 {
    let (planes, _) = block.as_chunks::<64>();
    let (mut sum, mut squares) = (0_u64, 0_u64);
    for ((&red, &green), &blue) in planes[0].iter().zip(&planes[1]).zip(&planes[2]) {
        let luma = u64::from(red) + u64::from(green) + u64::from(blue);
        sum += luma;
        squares += luma * luma;
    }
    // Luma is a third of the sum of the channels.
    let activity = (squares - sum * sum / 64) / 3;
    // The fourth root in 256ths.
    let root = ((activity + LEAST_ACTIVITY) << 32).isqrt().isqrt();
    let typical = (TYPICAL_ACTIVITY + LEAST_ACTIVITY as f64).sqrt().sqrt();
    let scale = (typical * 256.0 * f64::from(FULL_WEIGHT)) as u64;
    (scale / root.max(1)) as u32
}

/// The squared error of a block, with samples in 0..1, that is worth a bit at a slope and a weight.
#[inline(always)]
pub(super) fn error_worth_a_bit(slope: u64, weight: u32) -> f32 {
    slope as f32 / (64.0 * weight.max(1) as f32 * 255.0 * 255.0)
}

/// The slope at which a bit costs as much as this squared error of one sample, in squared levels.
pub fn slope(squared_error: f64) -> u64 {
    (squared_error * COST_UNIT as f64).clamp(0.0, (1_u64 << 40) as f64) as u64
}

/// Chooses among the candidates of each block by their weighted squared errors and lengths alone, given the cost of a bit; returns
/// the number of the candidate.
///
/// # Panics
///
/// When a block has no candidate.
pub fn select_alone(blocks: &[BlockCandidates], slope: u64) -> Vec<usize> {
    let best = |block: &BlockCandidates| {
        let costs = block.candidates.iter();
        let costs = costs.map(|candidate| block.cost_alone(candidate, slope));
        let best = costs.zip(0..).min();
        best.expect("each block has a candidate").1
    };
    blocks.par_iter().with_min_len(64).map(best).collect()
}

/// Chooses among the candidates of each block of some rows of a picture, which is `columns` blocks wide, with their neighbors in
/// view; returns the number of the candidate. `above` holds what has been chosen for the row above them; it is empty if there is
/// none. A bit costs `slope`.
///
/// # Panics
///
/// When a block has no candidate, or the blocks are not whole rows.
pub fn select(
    blocks: &[BlockCandidates],
    columns: usize,
    above: &[Candidate],
    slope: u64,
) -> Vec<usize> {
    assert_eq!(
        blocks.len() % columns.max(1),
        0,
        "rows of blocks are not complete"
    );
    let mut chosen = select_alone(blocks, slope);
    let rows = blocks.len() / columns.max(1);
    for _ in 0..PASSES {
        for (odd_row, odd_column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let updates: Vec<(usize, usize)> = (odd_row..rows)
                .into_par_iter()
                .step_by(2)
                .flat_map_iter(|row| {
                    let chosen = &chosen;
                    (odd_column..columns).step_by(2).map(move |column| {
                        let at = row * columns + column;
                        let cells = |dy: usize, dx: usize| {
                            // Row and column are counted from one above and to the left.
                            let (row, column) = (row + dy, column + dx);
                            if column == 0 || row > rows || column > columns {
                                return None;
                            }
                            let Some(row) = row.checked_sub(1) else {
                                return above.get(column - 1).map(|candidate| &candidate.cells);
                            };
                            let at = row * columns + column - 1;
                            Some(&blocks[at].candidates[chosen[at]].cells)
                        };
                        (at, best_among_neighbors(&blocks[at], slope, cells))
                    })
                })
                .collect();
            for (at, number) in updates {
                chosen[at] = number;
            }
        }
    }
    chosen
}

/// The candidate with the least cost; `neighbor` returns the cells of the neighbors, by row and column from 0 to 2.
fn best_among_neighbors<'a>(
    block: &BlockCandidates,
    slope: u64,
    neighbor: impl Fn(usize, usize) -> Option<&'a Cells>,
) -> usize {
    let around = surroundings(neighbor);
    let costs = block.candidates.iter().map(|candidate| {
        let bits = candidate.latent.length() as u64;
        cost(candidate, &around) * u64::from(block.weight) + slope * bits
    });
    let best = costs
        .enumerate()
        .min_by_key(|&(number, cost)| (cost, number));
    best.map_or(0, |(number, _)| number)
}

/// The cells of the neighbors around a block.
fn surroundings<'a>(neighbor: impl Fn(usize, usize) -> Option<&'a Cells>) -> Surroundings {
    let mut around: Surroundings = [[[0; CELLS + 4]; CELLS + 4]; 3];
    for dy in 0..3 {
        for dx in 0..3 {
            if let Some(cells) = neighbor(dy, dx).filter(|_| (dy, dx) != (1, 1)) {
                for (around, cells) in around.iter_mut().zip(cells) {
                    for (y, line) in cells.iter().enumerate() {
                        for (x, &cell) in line.iter().enumerate() {
                            // The neighbor above ends where the block begins, at cell 2.
                            let (y, x) = (CELLS * dy + y, CELLS * dx + x);
                            if (2..CELLS + 6).contains(&y) && (2..CELLS + 6).contains(&x) {
                                around[y - 2][x - 2] = cell;
                            }
                        }
                    }
                }
            }
        }
    }
    around
}

/// The cost of a candidate among its neighbors, in 64ths.
fn cost(candidate: &Candidate, around: &Surroundings) -> u64 {
    let mut cost = u64::from(candidate.squared_error) * 64;
    for (channel, weight) in CHANNEL_WEIGHTS.into_iter().enumerate() {
        let mut cells = around[channel];
        for (to, from) in cells[2..].iter_mut().zip(&candidate.cells[channel]) {
            to[2..2 + CELLS].copy_from_slice(from);
        }
        let sums = sums_of_2_x_2(&cells);
        cost += weight * u64::from(squared_means(&sums));
        if channel == 0 {
            cost += WIDE_WEIGHT * u64::from(squared_wide_means(&sums));
        }
    }
    cost
}

/// The sums over 2 x 2 cells: the first is that of the cells in the first two lines and columns. The last line and column are
/// meaningless.
#[inline(always)]
fn sums_of_2_x_2(cells: &[[i16; CELLS + 4]; CELLS + 4]) -> [[i16; CELLS + 4]; CELLS + 4] {
    let mut sums = [[0; CELLS + 4]; CELLS + 4];
    for (y, sums) in sums.iter_mut().enumerate().take(CELLS + 3) {
        let both: [i16; CELLS + 4] = std::array::from_fn(|x| cells[y][x] + cells[y + 1][x]);
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = both[x] + both[(x + 1) % (CELLS + 4)];
        }
    }
    sums
}

/// The sum of squared means over 2 x 2 cells, in 64ths: at every cell from the last one before the block, 5 x 5 means.
#[inline(always)]
fn squared_means(sums: &[[i16; CELLS + 4]; CELLS + 4]) -> u32 {
    let mut total = 0;
    for line in &sums[1..CELLS + 2] {
        for (x, sum) in line.iter().enumerate() {
            // The mean in eighths, rounded. The others are computed as well, since whole lines are faster.
            let mean = if (1..CELLS + 2).contains(&x) {
                (sum + 4) >> 3
            } else {
                0
            };
            total += i32::from(mean) * i32::from(mean);
        }
    }
    total as u32
}

/// The sum of squared means over 4 x 4 cells, in 64ths: at every other cell from the second one before the block, 3 x 3 means.
#[inline(always)]
fn squared_wide_means(sums: &[[i16; CELLS + 4]; CELLS + 4]) -> u32 {
    let mut total = 0;
    for y in [0, 2, 4] {
        for x in [0, 2, 4] {
            let (upper, lower) = (&sums[y], &sums[y + 2]);
            let sum = [upper[x], upper[x + 2], lower[x], lower[x + 2]].map(i32::from);
            // The mean in eighths, rounded.
            let mean = (sum.iter().sum::<i32>() + 16) >> 5;
            total += mean * mean;
        }
    }
    total as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A candidate with a constant error of red, green and blue.
    fn constant(number: u8, error: [i16; 3]) -> Candidate {
        let block = [100; BLOCK_SAMPLES];
        let decoded = std::array::from_fn(|at| (100 + error[at % 3]) as u8);
        Candidate::new(AdaptiveLatent::from(&[number; 6]), &block, &decoded)
    }

    #[test]
    fn the_cost_is_that_of_the_formula() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        // Errors of 3 x 3 blocks.
        let mut errors = [[[0_i16; 3]; 24]; 24];
        for error in errors.as_flattened_mut().as_flattened_mut() {
            *error = random.random_range(-60..60);
        }
        let candidate = |row: usize, column: usize| {
            let decoded = std::array::from_fn(|at| {
                let (y, x, channel) = (at / 24, at % 24 / 3, at % 3);
                (120 + errors[8 * row + y][8 * column + x][channel]) as u8
            });
            Candidate::new(
                AdaptiveLatent::from(&[0; 6]),
                &[120; BLOCK_SAMPLES],
                &decoded,
            )
        };
        let all: Vec<Candidate> = (0..9).map(|at| candidate(at / 3, at % 3)).collect();
        let around = surroundings(|dy, dx| Some(&all[3 * dy + dx].cells));
        let found = cost(&all[4], &around) as f64 / 64.0;

        let mean = |y: usize, x: usize, side: usize, value: &dyn Fn([f64; 3]) -> f64| -> f64 {
            let pixels = errors[y..][..side]
                .iter()
                .flat_map(|line| &line[x..][..side]);
            let sum: f64 = pixels.map(|pixel| value(pixel.map(f64::from))).sum();
            sum / (side * side) as f64
        };
        let luma = |[r, g, b]: [f64; 3]| 0.26 * r + 0.66 * g + 0.08 * b;
        let mut expected = 0.0;
        for line in &errors[8..16] {
            for pixel in &line[8..16] {
                expected += pixel
                    .map(|e| f64::from(e) * f64::from(e))
                    .iter()
                    .sum::<f64>();
            }
        }
        for y in (6..=14).step_by(2) {
            for x in (6..=14).step_by(2) {
                expected += 24.0 * mean(y, x, 4, &luma).powi(2);
                expected += 4.0 * mean(y, x, 4, &|[r, g, _]| r - g).powi(2);
                expected += 2.0 * mean(y, x, 4, &|pixel| pixel[2] - luma(pixel)).powi(2);
            }
        }
        for y in [4, 8, 12] {
            for x in [4, 8, 12] {
                expected += 48.0 * mean(y, x, 8, &luma).powi(2);
            }
        }
        assert!((found / expected - 1.0).abs() < 0.01, "{found} {expected}");
    }

    #[test]
    fn a_block_takes_the_error_that_its_neighbors_compensate() {
        // Alone, the darker candidate has the smaller error, but the neighbors are too dark as well.
        let block = BlockCandidates::unmasked;
        let middle = block(vec![constant(0, [-5; 3]), constant(1, [6; 3])]);
        let mut blocks = vec![block(vec![constant(2, [-6; 3])]); 9];
        blocks[4] = middle.clone();
        assert_eq!(select(&blocks, 3, &[], 0)[4], 1);
        assert_eq!(select(&[middle], 1, &[], 0), [0]);
        // The row above counts as well.
        let equal = block(vec![constant(0, [-5; 3]), constant(1, [5; 3])]);
        let above = [constant(2, [-6; 3])];
        assert_eq!(select(std::slice::from_ref(&equal), 1, &[], 0), [0]);
        assert_eq!(select(&[equal], 1, &above, 0), [1]);
    }

    #[test]
    fn of_equal_candidates_the_first_is_taken() {
        let candidates = vec![constant(0, [3; 3]), constant(1, [3; 3])];
        let blocks = vec![BlockCandidates::unmasked(candidates); 12];
        assert_eq!(select(&blocks, 4, &[], 0), [0; 12]);
    }

    /// Candidates of 12 and 48 bits with constant errors.
    fn two_lengths(short: i16, long: i16) -> BlockCandidates {
        let candidate = |length, error| {
            let latent = AdaptiveLatent::new(&[0; 12], length);
            Candidate {
                latent,
                ..constant(0, [error; 3])
            }
        };
        BlockCandidates::unmasked(vec![candidate(12, short), candidate(48, long)])
    }

    #[test]
    fn a_longer_latent_is_taken_if_it_is_worth_its_bits() {
        // 36 bits more reduce the squared error by 192 * (25 - 16).
        let block = two_lengths(5, 4);
        let worth = 192.0 * 9.0 / 36.0;
        for (slope, expected) in [(slope(worth * 0.99), 1), (slope(worth * 1.01), 0)] {
            assert_eq!(
                select_alone(std::slice::from_ref(&block), slope),
                [expected]
            );
        }
        let masked = BlockCandidates {
            weight: FULL_WEIGHT / 2,
            ..block
        };
        assert_eq!(select_alone(&[masked], slope(worth * 0.51)), [0]);
    }

    #[test]
    fn the_least_error_of_a_length_is_that_of_its_best_candidate() {
        let mut block = two_lengths(5, 4);
        block.candidates.extend(two_lengths(6, 3).candidates);
        assert_eq!(block.least_error(12), Some(25 * 192 * COST_UNIT));
        assert_eq!(block.least_error(48), Some(9 * 192 * COST_UNIT));
        assert_eq!(block.least_error(24), None);
    }

    #[test]
    fn the_weight_is_smaller_where_there_is_more_activity() {
        assert_eq!(weight(&[77; BLOCK_SAMPLES]), 203);
        let stripes = |height: u8| std::array::from_fn(|at| 100 + height * (at % 2) as u8);
        // 3 * 64 * (height / 2)^2
        assert_eq!(weight(&stripes(20)), FULL_WEIGHT);
        assert_eq!(weight(&stripes(155)), 23);
        assert!(weight(&stripes(4)) > weight(&stripes(8)));
    }
}
