//! The first tables of a codebook: k-means, stage after stage, on what the stages before leave over.
//!
//! For the residual stages that is k-means on residuals divided by the gain of their base row, each weighted by the square of
//! that gain, and every cell is a row in all its turns (Lloyd, "Least squares quantization in PCM", 1982).

use nice_decode::format::Stage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tools::codebook::coordinates::{self, PART};
use tools::codebook::{Coordinates, DIMENSIONS, Pick, Search, Tables};

/// How often rows are moved to the middle of their cells.
const ITERATIONS: usize = 8;

/// The smallest gain that a base row starts with.
const LEAST_GAIN: f32 = 4e-3;

/// The first tables, for blocks like these.
pub fn start(
    stages: &[Stage],
    blocks: &[Coordinates],
    seed: u64,
    bar: &indicatif::ProgressBar,
) -> Tables {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut rest = blocks.to_vec();
    let mut gains = vec![1.0; blocks.len()];
    let mut tables = Tables {
        stages: stages.to_vec(),
        base: Vec::new(),
        gains: Vec::new(),
        residuals: Vec::new(),
    };
    for (index, stage) in stages.iter().enumerate() {
        let count = stage.rows(index == 0).unwrap_or_default();
        let (rows, picks) = cluster(*stage, index == 0, count, &rest, &gains, &mut random, bar);
        for ((rest, pick), gain) in rest.iter_mut().zip(&picks).zip(&gains) {
            let row = signed(&rows[usize::from(pick.row)], *pick);
            for (rest, row) in rest.iter_mut().zip(row) {
                *rest -= row * if index == 0 { 1.0 } else { *gain };
            }
        }
        if index == 0 {
            tables.gains = spreads(&rest, &picks, count);
            for (gain, pick) in gains.iter_mut().zip(&picks) {
                *gain = tables.gains[usize::from(pick.row)];
            }
            tables.base = rows;
        } else {
            tables.residuals.push(rows);
        }
    }
    tables
}

/// The rows of one stage, and what is picked of them for every block.
fn cluster(
    stage: Stage,
    base: bool,
    count: usize,
    rest: &[Coordinates],
    gains: &[f32],
    random: &mut ChaCha8Rng,
    bar: &indicatif::ProgressBar,
) -> (Vec<Coordinates>, Vec<Pick>) {
    let points: Vec<Coordinates> = rest
        .iter()
        .zip(gains)
        .map(|(rest, gain)| {
            if base {
                *rest
            } else {
                rest.map(|value| value / gain)
            }
        })
        .collect();
    let mut rows: Vec<Coordinates> = (0..count)
        .map(|_| points[random.random_range(0..points.len())])
        .collect();
    for _ in 0..ITERATIONS {
        let picks = nearest(stage, base, &rows, &points);
        let mut sums = vec![[0.0_f64; DIMENSIONS]; count];
        let mut weights = vec![0.0_f64; count];
        for ((point, pick), gain) in points.iter().zip(&picks).zip(gains) {
            let weight = if base { 1.0 } else { f64::from(gain * gain) };
            let row = usize::from(pick.row);
            weights[row] += weight;
            for (sum, value) in sums[row].iter_mut().zip(turned_back(point, *pick)) {
                *sum += weight * f64::from(value);
            }
        }
        for ((row, sum), weight) in rows.iter_mut().zip(&sums).zip(&weights) {
            *row = if *weight > 0.0 {
                sum.map(|sum| (sum / weight) as f32)
            } else {
                points[random.random_range(0..points.len())]
            };
        }
        bar.inc(1);
    }
    let picks = nearest(stage, base, &rows, &points);
    (rows, picks)
}

/// How many steps of a bar [`start`] takes for so many stages.
pub const fn steps(stages: usize) -> u64 {
    (stages * ITERATIONS) as u64
}

/// The nearest row to every point, as it is turned.
fn nearest(stage: Stage, base: bool, rows: &[Coordinates], points: &[Coordinates]) -> Vec<Pick> {
    // A residual stage is searched behind a base of one row that is all 0.
    let nothing = Stage {
        bits: 0,
        mirrors: 0,
    };
    let tables = if base {
        Tables {
            stages: vec![stage],
            base: rows.to_vec(),
            gains: vec![1.0; rows.len()],
            residuals: Vec::new(),
        }
    } else {
        Tables {
            stages: vec![nothing, stage],
            base: vec![[0.0; DIMENSIONS]],
            gains: vec![1.0],
            residuals: vec![rows.to_vec()],
        }
    };
    let at = usize::from(!base);
    Search::new(&tables)
        .picks(points, 1)
        .iter()
        .map(|picks| picks[at])
        .collect()
}

/// The root of the mean square of what every base row leaves over.
fn spreads(rest: &[Coordinates], picks: &[Pick], count: usize) -> Vec<f32> {
    let mut sums = vec![(0.0_f64, 0_u32); count];
    for (rest, pick) in rest.iter().zip(picks) {
        let (sum, number) = &mut sums[usize::from(pick.row)];
        *sum += rest
            .iter()
            .map(|value| f64::from(value * value))
            .sum::<f64>();
        *number += 1;
    }
    sums.iter()
        .map(|(sum, number)| {
            let mean = sum / (f64::from((*number).max(1)) * DIMENSIONS as f64);
            (mean.sqrt() as f32).max(LEAST_GAIN)
        })
        .collect()
}

/// A row turned and negated as picked.
pub fn signed(row: &Coordinates, pick: Pick) -> Coordinates {
    let turned = coordinates::turned(row, pick.turn);
    if pick.negative {
        turned.map(|value| -value)
    } else {
        turned
    }
}

/// A point as the row that was picked for it would have to be.
fn turned_back(point: &Coordinates, pick: Pick) -> Coordinates {
    let point = if pick.turn & 4 == 0 {
        *point
    } else {
        coordinates::transposed(point)
    };
    let negative = if pick.negative { -1.0 } else { 1.0 };
    std::array::from_fn(|at| negative * coordinates::sign(pick.turn, at / PART) * point[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_back_undoes_turning() {
        let row: Coordinates = std::array::from_fn(|at| at as f32);
        for turn in 0..8 {
            for negative in [false, true] {
                let pick = Pick {
                    row: 0,
                    turn,
                    negative,
                };
                assert_eq!(turned_back(&signed(&row, pick), pick), row);
            }
        }
    }

    #[test]
    fn blocks_that_are_turned_copies_of_a_few_are_found_again() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let shapes: [Coordinates; 3] =
            std::array::from_fn(|_| std::array::from_fn(|_| random.random_range(-0.1..0.1)));
        let blocks: Vec<Coordinates> = (0..600)
            .map(|at| coordinates::turned(&shapes[at % 3], random.random_range(0..8)))
            .collect();
        let stages = [
            Stage {
                bits: 7,
                mirrors: 3,
            },
            Stage {
                bits: 5,
                mirrors: 3,
            },
        ];
        let tables = start(&stages, &blocks, 1, &indicatif::ProgressBar::hidden());
        let search = Search::new(&tables);
        let mut beam = tools::codebook::search::Beam::default();
        for block in &blocks {
            let error = search.find(block, 4, &mut beam)[0].error;
            assert!(error.abs() < 1e-4, "{error}");
        }
    }
}
