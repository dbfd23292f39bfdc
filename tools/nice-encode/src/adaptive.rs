//! Encodes a picture in the adaptive layout: each block gets as many bits as it needs.

use std::ops::Range;

use nice_decode::{AdaptiveLatent, BLOCK_SIDE};
use rayon::prelude::*;

use crate::block;
use crate::codebook::allocation::{Allocation, ErrorsByLength};
use crate::codebook::{self, BeamSearch, BlockCandidates, Choice, Lengths, Selector};
use crate::container::image;
use crate::neighbors::{CANDIDATES, choose_in_rows};
use crate::options::Tune;
use crate::picture::Picture;
use crate::tasks::tasks;

/// The number of blocks, spread over the picture, from which the slope and the lengths are estimated.
const SAMPLED: usize = 1024;

/// The width of the beam for these blocks, as a fraction of the requested width.
const SAMPLE_FRACTION: usize = 4;

/// The squared error that is worth a bit at quality 0.
const WORTH_AT_QUALITY_0: f64 = 6000.0;

/// In so many steps of quality the squared error that is worth a bit is halved.
const QUALITIES_PER_HALVING: u32 = 10;

/// How often a slope is tried to find the one at which a file has the requested size.
const TRIALS: usize = 8;

/// The squared error that is worth a bit at the largest slope.
const STEEPEST: f64 = 1e6;

/// How often the range of slopes is halved, on a logarithmic scale: it ends within a few parts in ten thousand.
const HALVINGS: usize = 17;

/// The part of the requested size with which the search for a slope is content.
const CLOSE_ENOUGH: f64 = 0.996;

/// The part of the requested bits that blocks get at least, if the file's header and index take more than the others, as in very small
/// pictures. The file then has more bits than requested.
const LEAST_PART: f64 = 0.75;

/// A search for latents of several lengths.
pub(crate) struct AdaptiveSearch<'a> {
    /// The search in the codebook.
    pub search: &'a BeamSearch,
    /// The picture.
    pub picture: &'a Picture,
    /// The choice among what the search finds.
    pub selector: Selector<'a>,
    /// The width of the beam.
    pub width: usize,
}

impl AdaptiveSearch<'_> {
    /// The latents of a file with at most so many bits for a pixel, if that is possible and the picture is not very small.
    pub fn for_bits_per_pixel(
        &self,
        bits_per_pixel: f64,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<AdaptiveLatent> {
        let blocks = block::count(self.picture);
        let overhead = image::adaptive_overhead_bytes(blocks);
        let target = target_bytes(bits_per_pixel, self.picture.pixels(), blocks);
        let bits = target.saturating_sub(overhead) as f64 * 8.0 / blocks as f64;
        let allocation = self.sample(0).for_bits(bits);
        // The slope that is found in the end differs a little from the estimate.
        let slopes = [5, 8, 13].map(|eighths| allocation.slope * eighths / 8);
        let lengths = self.lengths(&allocation, slopes);
        let candidates = self.candidates(0..blocks, progress, &lengths);

        let mut best: Option<(usize, Vec<AdaptiveLatent>)> = None;
        let mut slope = self.slope_for(&candidates, target);
        // A slope at which a file has too many bytes, and one at which it does not.
        let (mut low, mut high) = (0, 2 * codebook::slope(STEEPEST));
        for _ in 0..TRIALS {
            let chosen = self.selector.select(&candidates, &[], slope);
            let latents: Vec<AdaptiveLatent> = chosen.iter().map(Choice::latent).collect();
            let bytes = image::adaptive_bytes(&latents);
            let fits = bytes <= target;
            let better = best
                .as_ref()
                .is_none_or(|&(found, _)| match found <= target {
                    true => fits && bytes > found,
                    false => bytes < found,
                });
            if better {
                best = Some((bytes, latents));
            }
            if fits && bytes as f64 >= target as f64 * CLOSE_ENOUGH {
                break;
            }
            if fits {
                high = slope;
            } else {
                low = slope;
            }
            // The choice with the neighbors in view takes more or fewer bytes than that without, at nearby slopes to the same extent.
            let wanted = target as f64 * (1.0 + CLOSE_ENOUGH) / 2.0;
            let alone = self.bytes_alone(&candidates, slope) as f64;
            let next = self.slope_for(&candidates, (alone * wanted / bytes as f64) as usize);
            slope = if low < next && next < high {
                next
            } else {
                geometric_mean(low.max(1), high)
            };
            if slope <= low || high <= slope {
                break;
            }
        }
        best.map(|(_, latents)| latents).unwrap_or_default()
    }

    /// The candidates of some blocks of the picture.
    fn candidates(
        &self,
        blocks: Range<usize>,
        progress: &(dyn Fn(u64) + Sync),
        lengths: &Lengths,
    ) -> Vec<BlockCandidates> {
        let cut = |at| block::cut(self.picture, at);
        tasks(blocks, progress, cut, |blocks| {
            self.search
                .adaptive_candidates(self.selector.model, blocks, self.width, lengths)
        })
    }

    /// The least slope at which a file has so many bytes at most, if blocks are chosen without regard to their neighbors; a large one
    /// if there is none.
    fn slope_for(&self, candidates: &[BlockCandidates], bytes: usize) -> u64 {
        let (mut low, mut high) = (1, codebook::slope(STEEPEST));
        for _ in 0..HALVINGS {
            let middle = geometric_mean(low, high);
            if self.bytes_alone(candidates, middle) > bytes {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// The bytes of a file whose blocks are chosen without regard to their neighbors.
    fn bytes_alone(&self, candidates: &[BlockCandidates], slope: u64) -> usize {
        let latents = candidates.par_iter().with_min_len(256);
        let latents: Vec<_> = latents.map(|block| block.best_alone(slope)).collect();
        image::adaptive_bytes(&latents)
    }

    /// The latents at a quality from 0 to 100.
    pub fn for_quality(
        &self,
        quality: u32,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<AdaptiveLatent> {
        let slope = slope_of_quality(quality);
        let allocation = self.sample(slope).for_slope(slope);
        let lengths = self.lengths(&allocation, [slope; 3]);
        let candidates = |range| self.candidates(range, progress, &lengths);
        let columns = self.selector.columns;
        let per_block = lengths.kept + allocation.lengths.len();
        let rows_at_once = CANDIDATES / per_block / columns;
        let blocks = block::count(self.picture);
        choose_in_rows(blocks, columns, rows_at_once, candidates, |rows, above| {
            self.selector.select(rows, above, slope)
        })
    }

    /// The least errors of some blocks of the picture at each length that the model has, as far as they are worth a slope.
    fn sample(&self, least_slope: u64) -> ErrorsByLength {
        let blocks = block::count(self.picture);
        let sampled = blocks.min(SAMPLED);
        let all = Allocation {
            lengths: self.search.ends(),
            slope: 0,
        };
        let lengths = Lengths {
            kept: 0,
            ..self.lengths(&all, [least_slope; 3])
        };
        let width = self.width.div_ceil(SAMPLE_FRACTION);
        let candidates = tasks(
            0..sampled,
            &|_| {},
            |at| block::cut(self.picture, at * blocks / sampled),
            |blocks| {
                self.search
                    .adaptive_candidates(self.selector.model, blocks, width, &lengths)
            },
        );
        ErrorsByLength::new(&candidates, &all.lengths)
    }

    /// The lengths of an allocation, for the search.
    fn lengths(&self, allocation: &Allocation, slopes: [u64; 3]) -> Lengths {
        let mut ends = [false; nice_decode::format::MAX_STAGES];
        for (ends, end) in ends.iter_mut().zip(self.search.ends()) {
            *ends = allocation.lengths.contains(&end);
        }
        let (kept, masked) = match self.selector.tune {
            Tune::Psnr => (2, false),
            Tune::Looks => (self.width / 2, true),
        };
        Lengths {
            ends,
            slopes,
            kept,
            masked,
        }
    }
}

/// The bytes that a file may have.
fn target_bytes(bits_per_pixel: f64, pixels: u64, blocks: usize) -> usize {
    let requested = bits_per_pixel * pixels as f64 / 8.0;
    let of_blocks = bits_per_pixel * (blocks * BLOCK_SIDE * BLOCK_SIDE) as f64 / 8.0;
    let least = image::adaptive_overhead_bytes(blocks) as f64 + (LEAST_PART * of_blocks).ceil();
    requested.max(least) as usize
}

/// The geometric mean of two slopes.
fn geometric_mean(low: u64, high: u64) -> u64 {
    (u128::from(low) * u128::from(high)).isqrt() as u64
}

/// The cost of a bit at a quality from 0 to 100: halved every few steps.
fn slope_of_quality(quality: u32) -> u64 {
    let mut worth = WORTH_AT_QUALITY_0;
    let quality = quality.min(100);
    for _ in 0..quality / QUALITIES_PER_HALVING {
        worth /= 2.0;
    }
    // Between two halvings the slope is linear, which needs no power of a fraction.
    let part = f64::from(quality % QUALITIES_PER_HALVING) / f64::from(QUALITIES_PER_HALVING);
    codebook::slope(worth * (1.0 - 0.5 * part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_large_slopes_is_between_them() {
        let steepest = codebook::slope(STEEPEST);
        let mean = geometric_mean(steepest, 2 * steepest);
        assert!(steepest < mean && mean < 2 * steepest);
        assert_eq!(geometric_mean(4, 9), 6);
    }

    #[test]
    fn the_header_takes_no_more_than_a_quarter_from_the_blocks() {
        // As requested where the header is small.
        assert_eq!(target_bytes(0.75, 320 * 240, 1200), 7200);
        assert_eq!(target_bytes(0.75, 48 * 48, 36), 216);
        // 38 bytes of header and index, and 36 bits for every block.
        assert_eq!(target_bytes(0.75, 8 * 8, 1), 38 + 5);
        assert_eq!(target_bytes(0.75, 32 * 32, 16), 38 + 72);
        // Blocks that reach over the edge count as a whole.
        assert_eq!(target_bytes(0.75, 10 * 10, 4), 38 + 18);
        // More pixels never mean fewer bytes.
        let targets = (1..100).map(|side: usize| {
            let blocks = side.div_ceil(8).pow(2);
            target_bytes(0.5, (side * side) as u64, blocks)
        });
        assert!(targets.is_sorted());
    }

    #[test]
    fn a_bit_costs_less_at_a_higher_quality() {
        for quality in 0..100 {
            assert!(slope_of_quality(quality) > slope_of_quality(quality + 1));
        }
        assert_eq!(slope_of_quality(20), slope_of_quality(10) / 2);
        assert_eq!(slope_of_quality(101), slope_of_quality(100));
    }
}
