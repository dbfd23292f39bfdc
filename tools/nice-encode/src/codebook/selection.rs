//! The choice among the latents that the search has found for each block.
//!
//! The squared error of a block is blind to what people see first. For [`Tune::Looks`], the cost of a candidate therefore has
//! further terms, which depend on the neighboring blocks as they are at the time: the [visible error](super::visible_error), and what
//! the deblocking filter [changes in the squared error](super::deblocked_error), if the picture will be shown deblocked.
//!
//! Where latents have several lengths, the cost is multiplied by a weight of the block, which says how much its own activity
//! [masks](super::masking) its errors, and each bit costs the slope more.
//!
//! The first choice is the candidate with the least cost without the further terms. Then two passes go over all blocks, and each
//! takes the candidate with the least cost given its neighbors. Two blocks are never neighbors if both their rows and their columns
//! have the same parity, so a pass takes these four sets one after the other, each in parallel. Everything is computed with integers,
//! so that the result is the same on every machine and with any number of threads.

use multiversion::multiversion;
use nice_decode::format::DeblockTables;
use nice_decode::{AdaptiveLatent, BLOCK_SAMPLES, Model};
use rayon::prelude::*;

use super::deblocked_error::{Borders, OriginalBorders, SIDES};
use super::masking::FULL_WEIGHT;
use super::visible_error::{Cells, Surroundings};
use crate::options::Tune;
use crate::psnr::inline_squared_error;

/// The number of passes over all blocks.
const PASSES: usize = 2;

/// The number of sets of blocks without neighbors among them.
const SETS: usize = 4;

/// The cost of a squared error of one level in one sample of a block that is not masked. The slope is in the same unit.
const COST_UNIT: u64 = 64 * FULL_WEIGHT as u64;

/// A latent that the search has found for a block, with the error of the block that it decodes to.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    latent: AdaptiveLatent,
    squared_error: u32,
}

impl Candidate {
    /// A latent, with the samples of the block (red, green and blue of each pixel) and of what the latent decodes to.
    #[inline(always)]
    pub(super) fn new(
        latent: AdaptiveLatent,
        block: &[u8; BLOCK_SAMPLES],
        decoded: &[u8; BLOCK_SAMPLES],
    ) -> Self {
        Self {
            latent,
            squared_error: inline_squared_error(block, decoded),
        }
    }
}

/// The latents that the search has found for a block.
#[derive(Clone, Debug)]
pub struct BlockCandidates {
    /// The samples of the block: red, green and blue of each pixel.
    pub(super) block: [u8; BLOCK_SAMPLES],
    /// The weight of its errors.
    pub(super) weight: u32,
    /// The latents.
    pub(super) candidates: Vec<Candidate>,
}

impl BlockCandidates {
    /// The cost of a candidate without regard to the neighbors, given the cost of a bit.
    fn cost_alone(&self, candidate: &Candidate, slope: u64) -> u64 {
        let error = u64::from(candidate.squared_error) * 64;
        error * u64::from(self.weight) + slope * candidate.latent.length() as u64
    }

    /// The candidate with the least cost without regard to the neighbors.
    pub fn best_alone(&self, slope: u64) -> AdaptiveLatent {
        let costs = self.candidates.iter();
        let best = costs.min_by_key(|candidate| self.cost_alone(candidate, slope));
        best.expect("each block has a candidate").latent
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

/// The squared error of a block, with samples in 0..1, that is worth a bit at a slope and a weight.
#[inline(always)]
pub(super) fn error_worth_a_bit(slope: u64, weight: u32) -> f32 {
    slope as f32 / (64.0 * weight.max(1) as f32 * 255.0 * 255.0)
}

/// The slope at which a bit costs as much as this squared error of one sample, in squared levels.
pub fn slope(squared_error: f64) -> u64 {
    (squared_error * COST_UNIT as f64).clamp(0.0, (1_u64 << 40) as f64) as u64
}

/// The latent that has been chosen for a block, with all of what it decodes to that the choice for the neighbors depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    latent: AdaptiveLatent,
    cells: Cells,
    borders: Borders,
}

impl Choice {
    /// The latent.
    pub fn latent(&self) -> AdaptiveLatent {
        self.latent
    }

    /// A latent for a block with these borders.
    #[inline(always)]
    fn new(
        latent: AdaptiveLatent,
        block: &[u8; BLOCK_SAMPLES],
        borders: OriginalBorders,
        model: &Model<'_>,
    ) -> Self {
        let mut decoded = [0; BLOCK_SAMPLES];
        model.block(latent, &mut decoded);
        Self {
            latent,
            cells: Cells::new(block, &decoded),
            borders: Borders::new(borders, &decoded),
        }
    }
}

/// Chooses among the candidates of the blocks of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Selector<'a> {
    /// The decoder.
    pub model: &'a Model<'a>,
    /// The deblocking filter, if the picture will be shown deblocked.
    pub deblocking: Option<DeblockTables<'a>>,
    /// What the choice makes as small as it can.
    pub tune: Tune,
    /// The width of the picture in blocks.
    pub columns: usize,
}

impl Selector<'_> {
    /// Chooses among the candidates of each block of some rows of the picture. `above` holds what has been chosen for the row above
    /// them; it is empty if there is none. A bit costs `slope`.
    ///
    /// # Panics
    ///
    /// When a block has no candidate, or the blocks are not whole rows.
    pub fn select(&self, blocks: &[BlockCandidates], above: &[Choice], slope: u64) -> Vec<Choice> {
        let columns = self.columns;
        assert_eq!(
            blocks.len() % columns.max(1),
            0,
            "rows of blocks are not complete"
        );
        let alone = |block: &BlockCandidates| {
            let borders = OriginalBorders::new(&block.block);
            Choice::new(block.best_alone(slope), &block.block, borders, self.model)
        };
        let mut chosen: Vec<Choice> = blocks.par_iter().with_min_len(64).map(alone).collect();
        let passes = match self.tune {
            Tune::Psnr => 0,
            Tune::Looks => PASSES,
        };
        let rows = blocks.len() / columns.max(1);
        // When the choice for a block last became another one: the number of the set, counted over all passes.
        let mut changed_at = vec![0; blocks.len()];
        for set in 0..passes * SETS {
            let (odd_row, odd_column) = (set / 2 % 2, set % 2);
            let updates: Vec<(usize, Choice)> = (odd_row..rows)
                .into_par_iter()
                .step_by(2)
                .flat_map_iter(|row| {
                    let (chosen, changed_at) = (&chosen, &changed_at);
                    let columns = (odd_column..columns).step_by(2);
                    columns.filter_map(move |column| {
                        let at = row * self.columns + column;
                        let neighbors = self.neighbors(chosen, above, row, column);
                        // The choice is made again if a neighbor has changed since.
                        let seen = (set + 1).saturating_sub(SETS);
                        let outdated = self
                            .around(row, column, rows)
                            .any(|at| changed_at[at] > seen);
                        if set >= SETS && !outdated {
                            return None;
                        }
                        let best = best_among_neighbors(self, &blocks[at], slope, &neighbors);
                        (best.latent != chosen[at].latent).then_some((at, best))
                    })
                })
                .collect();
            for (at, choice) in updates {
                chosen[at] = choice;
                changed_at[at] = set + 1;
            }
        }
        chosen
    }

    /// The offsets of a block and its neighbors among those of some rows.
    fn around(&self, row: usize, column: usize, rows: usize) -> impl Iterator<Item = usize> {
        let columns = self.columns;
        let side = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
        side(row, rows)
            .flat_map(move |row| side(column, columns).map(move |column| row * columns + column))
    }

    /// What has been chosen around a block, with the row above the first one.
    fn neighbors<'a>(
        &self,
        chosen: &'a [Choice],
        above: &'a [Choice],
        row: usize,
        column: usize,
    ) -> Neighbors<'a> {
        let columns = self.columns;
        std::array::from_fn(|dy| {
            let line = match (row + dy).checked_sub(1) {
                Some(row) => chosen.get(row * columns..(row + 1) * columns),
                None => Some(above),
            };
            std::array::from_fn(|dx| line?.get((column + dx).checked_sub(1)?))
        })
    }
}

/// What has been chosen for the 3 x 3 blocks around a block, as far as they are in the picture.
type Neighbors<'a> = [[Option<&'a Choice>; 3]; 3];

/// The candidate with the least cost among its neighbors; the first one of several.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn best_among_neighbors(
    selector: &Selector,
    block: &BlockCandidates,
    slope: u64,
    neighbors: &Neighbors,
) -> Choice {
    let around = Surroundings::new(|dy, dx| neighbors[dy][dx].map(|choice| &choice.cells));
    let [[_, top, _], [left, _, right], [_, bottom, _]] = *neighbors;
    let beside: [_; SIDES] = [top, bottom, left, right];
    let borders = OriginalBorders::new(&block.block);
    let mut best: Option<(i64, Choice)> = None;
    for candidate in &block.candidates {
        let choice = Choice::new(candidate.latent, &block.block, borders, selector.model);
        let mut squared_error = i64::from(candidate.squared_error);
        if let Some(filter) = &selector.deblocking {
            for (side, neighbor) in beside.iter().enumerate() {
                let change =
                    |neighbor: &Choice| choice.borders.change(side, &neighbor.borders, filter);
                squared_error += i64::from(neighbor.map_or(0, change));
            }
        }
        let error = squared_error * 64 + around.error(&choice.cells) as i64;
        let bits = slope as i64 * candidate.latent.length() as i64;
        let cost = error * i64::from(block.weight) + bits;
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, choice));
        }
    }
    best.expect("each block has a candidate").1
}

#[cfg(test)]
mod tests {
    use nice_decode::format::{
        CODEWORD_BYTES, CodebookTables, LUMA_SAMPLES, ModelFile, ModelTables, Stage,
    };

    use super::*;
    use crate::container::model;

    /// The luma of the first codeword of the base.
    const DARKEST: u8 = 84;

    /// A codebook whose base has 32 constant gray codewords, one level from another, and whose residual stages change nothing.
    fn grays() -> Vec<u8> {
        let stages = [(8, 3), (10, 3), (10, 3), (10, 3), (10, 3)];
        let stages = stages.map(|(bits, orientation_bits)| Stage {
            bits,
            orientation_bits,
        });
        let codewords = (0..32).flat_map(|level| {
            let luma = [DARKEST + level; LUMA_SAMPLES];
            luma.into_iter().chain([128; CODEWORD_BYTES - LUMA_SAMPLES])
        });
        let residuals = 4 * 64 * CODEWORD_BYTES;
        let codewords: Vec<u8> = codewords.chain(std::iter::repeat_n(0, residuals)).collect();
        model::to_bytes(&ModelFile {
            name: "grays",
            tables: ModelTables::Codebook(CodebookTables {
                stages: stages.map(|stage| stage.to_bytes()).as_flattened(),
                peaks: &[0; 4],
                gains: &[0; 32],
                deblock: None,
                padding: &[],
                codewords: &codewords,
            }),
        })
        .unwrap()
    }

    /// The latent of a gray block.
    fn latent(gray: u8) -> AdaptiveLatent {
        AdaptiveLatent::from(&[(gray - DARKEST) << 3, 0, 0, 0, 0, 0])
    }

    /// Candidates of constant gray for a block.
    fn candidates(block: [u8; BLOCK_SAMPLES], grays: &[u8]) -> BlockCandidates {
        let candidate = |&gray: &u8| Candidate::new(latent(gray), &block, &[gray; BLOCK_SAMPLES]);
        BlockCandidates {
            block,
            weight: FULL_WEIGHT,
            candidates: grays.iter().map(candidate).collect(),
        }
    }

    /// Candidates of constant gray for a block that is 100 everywhere.
    fn for_100(grays: &[u8]) -> BlockCandidates {
        candidates([100; BLOCK_SAMPLES], grays)
    }

    /// The latents that are chosen in a picture that is so many blocks wide.
    fn select(
        blocks: &[BlockCandidates],
        columns: usize,
        above: &[BlockCandidates],
        deblocking: Option<DeblockTables<'_>>,
    ) -> Vec<AdaptiveLatent> {
        let file = grays();
        let selector = Selector {
            model: &Model::from_bytes(&file).unwrap(),
            deblocking,
            tune: Tune::Looks,
            columns,
        };
        let above = selector.select(above, &[], 0);
        let chosen = selector.select(blocks, &above, 0);
        chosen.iter().map(Choice::latent).collect()
    }

    #[test]
    fn a_block_takes_the_error_that_its_neighbors_compensate() {
        // Alone, the darker candidate has the smaller error, but the neighbors are too dark as well.
        let middle = for_100(&[95, 106]);
        let mut blocks = vec![for_100(&[94]); 9];
        blocks[4] = middle.clone();
        assert_eq!(select(&blocks, 3, &[], None)[4], latent(106));
        assert_eq!(select(&[middle], 1, &[], None), [latent(95)]);
        // The row above counts as well.
        let equal = [for_100(&[95, 105])];
        assert_eq!(select(&equal, 1, &[], None), [latent(95)]);
        assert_eq!(select(&equal, 1, &[for_100(&[94])], None), [latent(105)]);
    }

    #[test]
    fn deblocking_decides_between_errors_of_the_same_size() {
        // The neighbor is decoded to 103, as it should be.
        let neighbor = candidates([103; BLOCK_SAMPLES], &[103]);
        let filter = |strengths| DeblockTables {
            thresholds: &[],
            strengths,
            limit: 80,
        };
        let chosen =
            |grays: &[u8], filter| select(&[for_100(grays), neighbor.clone()], 2, &[], filter)[0];
        let grays = [103, 97];
        assert_eq!(chosen(&grays, Some(filter(&[0]))), chosen(&grays, None));
        // 97 becomes 98, which is better, and 103 becomes 102.
        assert_eq!(chosen(&[103, 97], Some(filter(&[20]))), latent(97));
        // 97 becomes 102, which is better, but 103 becomes 98.
        assert_eq!(chosen(&[97, 103], Some(filter(&[100]))), latent(103));
    }

    #[test]
    fn of_equal_candidates_the_first_is_taken() {
        let blocks = vec![for_100(&[103, 103]); 12];
        assert_eq!(select(&blocks, 4, &[], None), [latent(103); 12]);
    }

    /// Candidates of 12 and 48 bits with constant errors.
    fn two_lengths(short: u32, long: u32) -> BlockCandidates {
        let candidate = |length, error: u32| Candidate {
            latent: AdaptiveLatent::new(&[0; 12], length),
            squared_error: 192 * error * error,
        };
        BlockCandidates {
            block: [0; BLOCK_SAMPLES],
            weight: FULL_WEIGHT,
            candidates: vec![candidate(12, short), candidate(48, long)],
        }
    }

    #[test]
    fn a_longer_latent_is_taken_if_it_is_worth_its_bits() {
        // 36 bits more reduce the squared error by 192 * (25 - 16).
        let block = two_lengths(5, 4);
        let worth = 192.0 * 9.0 / 36.0;
        assert_eq!(block.best_alone(slope(worth * 0.99)).length(), 48);
        assert_eq!(block.best_alone(slope(worth * 1.01)).length(), 12);
        let masked = BlockCandidates {
            weight: FULL_WEIGHT / 2,
            ..block
        };
        assert_eq!(masked.best_alone(slope(worth * 0.51)).length(), 12);
    }

    #[test]
    fn the_least_error_of_a_length_is_that_of_its_best_candidate() {
        let mut block = two_lengths(5, 4);
        block.candidates.extend(two_lengths(6, 3).candidates);
        assert_eq!(block.least_error(12), Some(25 * 192 * COST_UNIT));
        assert_eq!(block.least_error(48), Some(9 * 192 * COST_UNIT));
        assert_eq!(block.least_error(24), None);
    }
}
