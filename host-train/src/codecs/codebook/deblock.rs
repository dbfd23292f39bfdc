//! Fits the deblocking filter by least squares, on training pictures that are encoded and decoded with the model.

use anyhow::Result;
use nice_data::progress;
use nice_decode::BLOCK_SIDE;
use nice_decode::format::{DEBLOCK_SHIFT, DeblockTables, MAX_STRENGTH};
use nice_encode::{Encoder, Options, Picture, Rate, Tune, measure};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The number of samples across an edge that the filter depends on.
const TAPS: usize = 4;

/// The thresholds of the activity beside the edge.
const THRESHOLDS: &[u8] = &[2, 5, 10, 20, 40];

/// The largest magnitude of the step at the edge.
const LIMIT: u8 = 80;

/// The largest number of pictures that are used, and the largest width and height of each.
const PICTURES: usize = 120;
const SIDE: u32 = 384;

/// How they are encoded.
const OPTIONS: Options = Options {
    tune: Tune::Looks,
    rate: Rate::BitsPerPixel(0.75),
    deblocked: false,
    effort: 1,
};

/// A fitted filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FittedFilter {
    strengths: [u8; THRESHOLDS.len() + 1],
}

impl FittedFilter {
    /// The tables for a model.
    pub fn tables(&self) -> DeblockTables<'_> {
        DeblockTables {
            thresholds: THRESHOLDS,
            strengths: &self.strengths,
            limit: LIMIT,
        }
    }
}

/// The sums from which the strength of a class follows: the one that moves two samples beside an edge closest to the original.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// The squares of the steps.
    squares: f64,
    /// The products of the steps with half the difference of the errors of the two samples.
    products: f64,
}

/// Fits the filter for a model without one; `None` if there are no pictures.
///
/// # Errors
///
/// When the model cannot encode.
pub fn fit(model: &[u8], pictures: &[Picture], seed: u64) -> Result<Option<FittedFilter>> {
    if pictures.is_empty() {
        return Ok(None);
    }
    let encoder = Encoder::for_codebook(model)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..pictures.len()).collect();
    order.shuffle(&mut random);
    let bar = progress::bar(
        order.len().min(PICTURES) as u64,
        "fitting the deblocking filter",
    );
    let mut sums = [Sums::default(); THRESHOLDS.len() + 1];
    for &index in order.iter().take(PICTURES) {
        let picture = &pictures[index];
        let (width, height) = (picture.width().min(SIDE), picture.height().min(SIDE));
        let x = random.random_range(0..=picture.width() - width);
        let y = random.random_range(0..=picture.height() - height);
        let picture = picture.crop(x, y, width, height)?;
        let decoded = measure::encode(&encoder, &picture, &OPTIONS)?.decode(&encoder, false)?;
        add_edges(&picture, &decoded.picture, &mut sums);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Some(FittedFilter {
        strengths: sums.map(strength),
    }))
}

/// Adds all lines of samples across all edges between blocks of a picture.
fn add_edges(picture: &Picture, decoded: &Picture, sums: &mut [Sums]) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut add = |position: &dyn Fn(usize) -> (usize, usize), channel: usize| {
        let samples = |picture: &Picture| -> [u8; TAPS] {
            std::array::from_fn(|i| {
                let (x, y) = position(i);
                picture.rgb()[(y * width + x) * 3 + channel]
            })
        };
        add_samples(samples(picture), samples(decoded), sums);
    };
    let edges = |side: usize| (BLOCK_SIDE..side.saturating_sub(1)).step_by(BLOCK_SIDE);
    for channel in 0..3 {
        for edge in edges(width) {
            for y in 0..height {
                add(&|i| (edge - TAPS / 2 + i, y), channel);
            }
        }
        for edge in edges(height) {
            for x in 0..width {
                add(&|i| (x, edge - TAPS / 2 + i), channel);
            }
        }
    }
}

/// Adds samples across an edge.
fn add_samples(original: [u8; TAPS], decoded: [u8; TAPS], sums: &mut [Sums]) {
    let [a, b, c, d] = decoded.map(i32::from);
    let step = (3 * (c - b) - (d - a)).clamp(-i32::from(LIMIT), LIMIT.into());
    let activity = (b - a).abs() + (d - c).abs();
    let reached = THRESHOLDS
        .iter()
        .filter(|&&threshold| activity >= threshold.into());
    let Sums { squares, products } = &mut sums[reached.count()];
    let [_, before, after, _] = original.map(i32::from);
    *squares += f64::from(step * step);
    *products += f64::from(step * ((before - b) - (after - c))) / 2.0;
}

/// The strength with the least squared error.
fn strength(sums: Sums) -> u8 {
    let strength = sums.products / sums.squares.max(1.0) * f64::from(1_u32 << DEBLOCK_SHIFT);
    strength.round().clamp(0.0, MAX_STRENGTH.into()) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strength_that_explains_the_errors_is_found() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut sums = [Sums::default(); THRESHOLDS.len() + 1];
        for _ in 0..20_000 {
            let center = random.random_range(90..130_u8);
            let decoded: [u8; TAPS] =
                std::array::from_fn(|_| center + random.random_range(0..20_u8));
            let [a, b, c, d] = decoded.map(i32::from);
            let step = 3 * (c - b) - (d - a);
            let change = (step * 32 + 128) >> 8;
            let original = [a, b + change, c - change, d].map(|sample| sample as u8);
            if step.abs() <= LIMIT.into() {
                add_samples(original, decoded, &mut sums);
            }
        }
        let strengths = sums.map(strength);
        let found = |strength: &u8| (31..=33).contains(strength);
        assert!(strengths[1..5].iter().all(found), "{strengths:?}");
    }

    #[test]
    fn a_class_without_samples_changes_nothing() {
        assert_eq!(strength(Sums::default()), 0);
    }
}
