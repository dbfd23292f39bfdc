//! Encodes a picture in the adaptive layout: each block gets as many bits as it needs.

use nice_decode::{AdaptiveLatent, BLOCK_SAMPLES, Model};

use crate::block;
use crate::codebook::allocation::{Allocation, ErrorsByLength};
use crate::codebook::{
    self, BeamSearch, BlockCandidates, Candidate, Lengths, select, select_alone,
};
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
const TRIALS: usize = 12;

/// The part of the requested size with which the search for a slope is content.
const CLOSE_ENOUGH: f64 = 0.996;

/// A search for latents of several lengths.
pub(crate) struct AdaptiveSearch<'a> {
    /// The decoder of the codebook.
    pub model: &'a Model<'a>,
    /// The search in the codebook.
    pub search: &'a BeamSearch,
    /// The picture.
    pub picture: &'a Picture,
    /// What the encoder makes as small as it can.
    pub tune: Tune,
    /// The width of the beam.
    pub width: usize,
}

impl AdaptiveSearch<'_> {
    /// The latents of a file with at most so many bits for a pixel, if that is possible.
    pub fn for_bits_per_pixel(
        &self,
        bits_per_pixel: f64,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<AdaptiveLatent> {
        let target = (bits_per_pixel * self.picture.pixels() as f64 / 8.0).max(0.0) as usize;
        let blocks = block::count(self.picture);
        let overhead = image::adaptive_overhead_bytes(blocks);
        let bits = target.saturating_sub(overhead) as f64 * 8.0 / blocks as f64;
        let allocation = self.sample(0).for_bits(bits);
        // The slope that is found in the end differs a little from the estimate.
        let slopes = [5, 8, 13].map(|eighths| allocation.slope * eighths / 8);
        let lengths = self.lengths(&allocation, slopes);
        let candidates = tasks(0..blocks, progress, self.cut(), |blocks| {
            self.search
                .adaptive_candidates(self.model, blocks, self.width, &lengths)
        });

        let mut best: Option<(usize, Vec<AdaptiveLatent>)> = None;
        let mut slope = allocation.slope;
        let (mut above, mut below): (Option<Trial>, Option<Trial>) = (None, None);
        for _ in 0..TRIALS {
            let latents = self.choose(&candidates, slope);
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
            if fits {
                below = Some((slope, bytes));
                if bytes as f64 >= target as f64 * CLOSE_ENOUGH {
                    break;
                }
            } else {
                above = Some((slope, bytes));
            }
            let next = if let (Some(above), Some(below)) = (above, below) {
                between(above, below, target)
            } else {
                let ratio = bytes as f64 / target.max(1) as f64;
                let factor = (ratio * ratio).clamp(0.25, 16.0);
                (slope as f64 * factor * if fits { 0.98 } else { 1.02 }) as u64
            };
            if next == slope || next > codebook::slope(1e8) {
                break;
            }
            slope = next;
        }
        best.map(|(_, latents)| latents).unwrap_or_default()
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
        let candidates = |range| {
            tasks(range, progress, self.cut(), |blocks| {
                self.search
                    .adaptive_candidates(self.model, blocks, self.width, &lengths)
            })
        };
        let columns = block::along(self.picture.width());
        let per_block = lengths.kept + allocation.lengths.len();
        let rows_at_once = CANDIDATES / per_block / columns;
        let blocks = block::count(self.picture);
        choose_in_rows(blocks, columns, rows_at_once, candidates, |rows, above| {
            self.select(rows, above, slope)
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
        let cut = self.cut();
        let candidates = tasks(
            0..sampled,
            &|_| {},
            |at| cut(at * blocks / sampled),
            |blocks| {
                self.search
                    .adaptive_candidates(self.model, blocks, width, &lengths)
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
        let (kept, masked) = match self.tune {
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

    /// The numbers of the candidates of some rows that are chosen at a slope, given what has been chosen for the row above them.
    fn select(&self, rows: &[BlockCandidates], above: &[Candidate], slope: u64) -> Vec<usize> {
        match self.tune {
            Tune::Psnr => select_alone(rows, slope),
            Tune::Looks => select(rows, block::along(self.picture.width()), above, slope),
        }
    }

    /// The latents that are chosen at a slope.
    fn choose(&self, candidates: &[BlockCandidates], slope: u64) -> Vec<AdaptiveLatent> {
        let chosen = self.select(candidates, &[], slope);
        let chosen = candidates.iter().zip(chosen);
        chosen
            .map(|(block, number)| block.candidate(number).latent())
            .collect()
    }

    /// Cuts a planar block out of the picture, by its index.
    fn cut(&self) -> impl Fn(usize) -> [u8; BLOCK_SAMPLES] + Sync {
        |at| {
            let mut block = [0; BLOCK_SAMPLES];
            block::cut(self.picture, at, &mut block);
            block
        }
    }
}

/// A slope, and the bytes of the file at it.
type Trial = (u64, usize);

/// A slope between one with too many bytes and one with few enough, where the size that is requested is likely.
fn between(above: Trial, below: Trial, target: usize) -> u64 {
    let ((low, most), (high, least)) = (above, below);
    // A little below the target, since a size above it is of no use.
    let wanted = target as f64 * (1.0 + CLOSE_ENOUGH) / 2.0;
    let part = (most as f64 - wanted) / (most - least).max(1) as f64;
    let slope = low as f64 + (high as f64 - low as f64) * part.clamp(0.05, 0.95);
    (slope as u64).clamp(low.min(high), high.max(low))
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
    fn a_bit_costs_less_at_a_higher_quality() {
        for quality in 0..100 {
            assert!(slope_of_quality(quality) > slope_of_quality(quality + 1));
        }
        assert_eq!(slope_of_quality(20), slope_of_quality(10) / 2);
        assert_eq!(slope_of_quality(101), slope_of_quality(100));
    }

    #[test]
    fn the_next_slope_is_between_the_two() {
        assert_eq!(between((1000, 200), (2000, 100), 150), 1503);
        assert!(between((1000, 200), (2000, 100), 100) < 2000);
        assert!(between((1000, 200), (2000, 100), 200) > 1000);
        assert_eq!(between((7, 200), (8, 100), 150), 7);
    }
}
