//! Fits the deblocking filter by least squares, on training pictures that are encoded and decoded with the model.

use anyhow::{Context, Result};
use nalgebra::{SMatrix, SVector};
use nice_data::progress;
use nice_decode::BLOCK_SIDE;
use nice_decode::format::DeblockTables;
use nice_encode::{Encoder, Picture, Tune, measure};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The number of samples that are corrected on each side of an edge.
const REACH: usize = BLOCK_SIDE / 2;

/// The number of samples from which each correction is computed.
const TAPS: usize = 2 * REACH;

/// The thresholds of the step at the edge.
const STEPS: &[u8] = &[3, 7, 12, 20, 36];

/// The thresholds of the activity beside it.
const ACTIVITIES: &[u8] = &[4, 10, 20, 40, 80];

/// The fraction bits of a coefficient.
const SHIFT: u8 = 7;

/// The largest number of pictures that are used, and the largest width and height of each.
const PICTURES: usize = 120;
const SIDE: u32 = 384;

/// The effort with which they are encoded.
const EFFORT: u32 = 1;

/// The ridge regularization: the fewer samples a class has, the less its map changes them.
const RIDGE: f64 = 2000.0;

/// A fitted filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FittedFilter {
    maps: Vec<u8>,
}

impl FittedFilter {
    /// The tables for a model.
    pub fn tables(&self) -> DeblockTables<'_> {
        DeblockTables {
            steps: STEPS,
            activities: ACTIVITIES,
            shift: SHIFT,
            maps: &self.maps,
        }
    }
}

/// The corrections of the first [`REACH`] samples, a row of coefficients for each.
type Map = SMatrix<f64, REACH, TAPS>;

/// The sums of the normal equations of a class.
#[derive(Clone, Default)]
struct NormalEquations {
    /// The products of the samples with each other.
    squares: SMatrix<f64, TAPS, TAPS>,
    /// The products of the samples with the errors of the first samples.
    targets: SMatrix<f64, TAPS, REACH>,
}

/// Fits the filter for a model without one; `None` if there are no pictures.
///
/// # Errors
///
/// When the model cannot encode, or the equations cannot be solved.
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
    let classes = (STEPS.len() + 1) * (ACTIVITIES.len() + 1);
    let mut equations = vec![NormalEquations::default(); classes];
    for &index in order.iter().take(PICTURES) {
        let picture = &pictures[index];
        let (width, height) = (picture.width().min(SIDE), picture.height().min(SIDE));
        let x = random.random_range(0..=picture.width() - width);
        let y = random.random_range(0..=picture.height() - height);
        let picture = picture.crop(x, y, width, height)?;
        let decoded =
            measure::encode(&encoder, &picture, Tune::Psnr, EFFORT)?.decode(&encoder, false)?;
        add_edges(&picture, &decoded.picture, &mut equations);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut maps = Vec::new();
    for equations in &equations {
        maps.extend(rounded(&solve(equations)?));
    }
    Ok(Some(FittedFilter { maps }))
}

/// Adds all lines of samples across all edges between blocks of a picture.
fn add_edges(picture: &Picture, decoded: &Picture, equations: &mut [NormalEquations]) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut add = |position: &dyn Fn(usize) -> (usize, usize), channel: usize| {
        let samples = |picture: &Picture| -> [u8; TAPS] {
            std::array::from_fn(|i| {
                let (x, y) = position(i);
                picture.rgb()[(y * width + x) * 3 + channel]
            })
        };
        add_samples(&samples(picture), &samples(decoded), equations);
    };
    let edges = |side: usize| (BLOCK_SIDE..side.saturating_sub(REACH - 1)).step_by(BLOCK_SIDE);
    for channel in 0..3 {
        for edge in edges(width) {
            for y in 0..height {
                add(&|i| (edge - REACH + i, y), channel);
            }
        }
        for edge in edges(height) {
            for x in 0..width {
                add(&|i| (x, edge - REACH + i), channel);
            }
        }
    }
}

/// Adds samples across an edge, in both directions, since the maps are symmetric.
fn add_samples(original: &[u8; TAPS], decoded: &[u8; TAPS], equations: &mut [NormalEquations]) {
    let NormalEquations { squares, targets } = &mut equations[class(decoded)];
    let mean = decoded.iter().map(|&s| f64::from(s)).sum::<f64>() / TAPS as f64;
    for backward in [false, true] {
        let at = |i: usize| if backward { TAPS - 1 - i } else { i };
        let samples = SVector::<f64, TAPS>::from_fn(|i, _| f64::from(decoded[at(i)]) - mean);
        let errors = SVector::<f64, REACH>::from_fn(|i, _| {
            f64::from(original[at(i)]) - f64::from(decoded[at(i)])
        });
        *squares += samples * samples.transpose();
        *targets += samples * errors.transpose();
    }
}

/// The class of samples across an edge, as `FORMAT.md` defines it.
fn class(samples: &[u8; TAPS]) -> usize {
    let difference = |i: usize| u16::from(samples[i].abs_diff(samples[i + 1]));
    let activity: u16 = [0, 1, 2, 4, 5, 6].into_iter().map(difference).sum();
    let reached = |thresholds: &[u8], value: u16| {
        thresholds
            .iter()
            .filter(|&&threshold| value >= u16::from(threshold))
            .count()
    };
    reached(STEPS, difference(3)) * (ACTIVITIES.len() + 1) + reached(ACTIVITIES, activity)
}

/// The map with the least squared error.
fn solve(equations: &NormalEquations) -> Result<Map> {
    let regularized = equations.squares + SMatrix::identity() * RIDGE;
    let cholesky = regularized
        .cholesky()
        .context("the deblocking filter cannot be fitted: its equations are singular")?;
    let mut map = cholesky.solve(&equations.targets).transpose();
    // The mean was subtracted from the samples, which is the same as coefficients that sum to zero.
    for mut row in map.row_iter_mut() {
        let mean = row.mean();
        row.add_scalar_mut(-mean);
    }
    Ok(map)
}

/// A map as bytes. Each row sums to zero, so that a flat area is unchanged.
fn rounded(map: &Map) -> Vec<u8> {
    let unit = f64::from(1_u32 << SHIFT);
    let mut bytes = Vec::with_capacity(REACH * TAPS);
    for row in map.row_iter() {
        let exact = row.map(|value| (value * unit).clamp(-120.0, 120.0));
        let mut rounded = exact.map(|value| value.round() as i32);
        let mut sum = rounded.sum();
        while sum != 0 {
            let step = sum.signum();
            // The coefficient with the largest rounding error in this direction is changed.
            let error = |i: usize| f64::from(step) * (f64::from(rounded[i]) - exact[i]);
            let at = (0..TAPS)
                .max_by(|&a, &b| error(a).total_cmp(&error(b)))
                .expect("there are coefficients");
            rounded[at] -= step;
            sum -= step;
        }
        bytes.extend(rounded.iter().map(|&value| value as i8 as u8));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_explains_the_errors_exactly_is_found() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        // The error of each of the first samples is a quarter of its difference from the sample two places on.
        let mut equations = NormalEquations::default();
        for _ in 0..2000 {
            let samples = SVector::<f64, TAPS>::from_fn(|_, _| random.random_range(-100.0..100.0));
            let samples = samples.add_scalar(-samples.mean());
            let errors =
                SVector::<f64, REACH>::from_fn(|i, _| 0.25 * (samples[i + 2] - samples[i]));
            equations.squares += samples * samples.transpose();
            equations.targets += samples * errors.transpose();
        }
        let bytes = rounded(&solve(&equations).unwrap());
        for (i, row) in bytes.as_chunks::<TAPS>().0.iter().enumerate() {
            let row = row.map(|byte| i32::from(byte as i8));
            assert_eq!(row.iter().sum::<i32>(), 0);
            assert!(
                (row[i] + 32).abs() <= 1 && (row[i + 2] - 32).abs() <= 1,
                "{row:?}"
            );
        }
    }

    #[test]
    fn a_class_without_samples_changes_nothing() {
        let bytes = rounded(&solve(&NormalEquations::default()).unwrap());
        assert_eq!(bytes, [0; REACH * TAPS]);
    }
}
