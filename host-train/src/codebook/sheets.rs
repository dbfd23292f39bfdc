//! The rows of a codebook as pictures, how often they are used, and what every stage adds.

use anyhow::Result;
use rayon::prelude::*;
use tools::blocks::{self, BLOCK_BYTES};
use tools::codebook::coordinates::{self, Coordinates};
use tools::codebook::{Search, Tables};
use tools::picture::Picture;

use super::kmeans::signed;
use super::wing::outside;
use crate::history::decibels;
use crate::report::{self, StageShown};

/// Tiles in a line of a sheet.
const ACROSS: usize = 32;

/// The side of a tile, with the gap to the next.
const PITCH: usize = 9;

/// Partial sums that the search keeps.
const BEAM: usize = 8;

/// What there is to show of tables, used on planar blocks.
pub fn show(tables: &Tables, planar: &[u8]) -> Result<report::Tables> {
    let (planar, _) = planar.as_chunks::<BLOCK_BYTES>();
    let x: Vec<Coordinates> = planar.par_iter().map(coordinates::of_block).collect();
    let picks = Search::new(tables).picks(&x, BEAM);
    let mut stages = Vec::new();
    let mut rest = x.clone();
    for (index, stage) in tables.stages.iter().enumerate() {
        let rows = match index {
            0 => &tables.base,
            _ => &tables.residuals[index - 1],
        };
        let mut used = vec![0; rows.len()];
        for (rest, picks) in rest.iter_mut().zip(&picks) {
            let pick = picks[index];
            used[usize::from(pick.row)] += 1;
            let gain = match index {
                0 => 1.0,
                _ => tables.gains[usize::from(picks[0].row)],
            };
            for (rest, row) in rest
                .iter_mut()
                .zip(signed(&rows[usize::from(pick.row)], pick))
            {
                *rest -= gain * row;
            }
        }
        let error: f64 = planar
            .iter()
            .zip(&x)
            .zip(&rest)
            .map(|((block, x), rest)| {
                outside(block, x)
                    + rest
                        .iter()
                        .map(|value| f64::from(value * value))
                        .sum::<f64>()
            })
            .sum();
        stages.push(StageShown {
            bits: stage.bits,
            sheet: sheet(rows, index == 0)?,
            used,
            db: decibels(error / (planar.len() * BLOCK_BYTES) as f64),
        });
    }
    Ok(report::Tables {
        stages,
        gains: tables.gains.clone(),
    })
}

/// All rows as tiles; residuals are shown on grey, amplified so that almost all of them fit.
fn sheet(rows: &[Coordinates], base: bool) -> Result<Picture> {
    let across = ACROSS.min(rows.len());
    let down = rows.len().div_ceil(across);
    let (width, height) = (across * PITCH - 1, down * PITCH - 1);
    let grey: Coordinates =
        coordinates::of_row(&std::array::from_fn(|at| if at < 64 { 128.0 } else { 0.0 }));
    let amplify = if base { 1.0 } else { amplification(rows) };
    let mut rgb = vec![255; width * height * 3];
    for (at, row) in rows.iter().enumerate() {
        let shown: Coordinates =
            std::array::from_fn(|i| amplify * row[i] + if base { 0.0 } else { grey[i] });
        let block = blocks::planar_to_interleaved(&coordinates::to_block(&shown));
        for (y, line) in block.as_chunks::<24>().0.iter().enumerate() {
            let to = ((at / across * PITCH + y) * width + at % across * PITCH) * 3;
            rgb[to..to + 24].copy_from_slice(line);
        }
    }
    Picture::new(width as u32, height as u32, rgb)
}

/// What makes 98 % of the samples fit.
fn amplification(rows: &[Coordinates]) -> f32 {
    let mut sizes: Vec<f32> = rows
        .iter()
        .flat_map(|row| coordinates::to_row(row)[..64].to_vec())
        .map(f32::abs)
        .collect();
    let at = sizes.len() * 98 / 100;
    match sizes.is_empty() {
        true => 1.0,
        false => {
            127.0
                / sizes
                    .select_nth_unstable_by(at, f32::total_cmp)
                    .1
                    .max(f32::MIN_POSITIVE)
        }
    }
}
