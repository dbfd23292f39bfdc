//! From tables in floating point to the bytes of a decoder model, by `FORMAT.md`.

use anyhow::{Context, Result};
use nice_decode::format::{Body, Boundary, Codebook, MAX_SHIFT, MIN_SHIFT, Model};
use tools::codebook::Tables;
use tools::codebook::coordinates::{self, Coordinates};
use tools::codebook::tables::{BASE_OFFSETS, RESIDUAL_DIVISORS, RESIDUAL_OFFSET, plane};

/// The share of the samples of the residual rows that a byte is made to hold; the few larger ones are cut off.
const HELD: f64 = 0.9995;

/// Steps between the scales of rows that are possible, in an octave: so that scales do not change with every change of a row.
const SCALES: f64 = 4.0;

/// The tables of a codebook as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantized {
    stages: Vec<u8>,
    shift: u8,
    base: Vec<u8>,
    gains: Vec<u8>,
    rows: Vec<u8>,
}

/// Rounds tables to bytes.
pub fn quantize(tables: &Tables) -> Quantized {
    let residuals: Vec<f32> = tables
        .residuals
        .iter()
        .flatten()
        .flat_map(|row| {
            let row = coordinates::to_row(row);
            (0..row.len()).map(move |at| row[at] * RESIDUAL_DIVISORS[plane(at)])
        })
        .collect();
    let scale = scale(&residuals);
    let largest = tables
        .gains
        .iter()
        .copied()
        .fold(f32::MIN_POSITIVE, f32::max)
        / scale;
    let shift = (255.0 / largest)
        .log2()
        .floor()
        .clamp(f32::from(MIN_SHIFT), f32::from(MAX_SHIFT));
    let unit = shift.exp2();
    Quantized {
        stages: tables
            .stages
            .iter()
            .flat_map(|stage| stage.to_bytes())
            .collect(),
        shift: shift as u8,
        base: tables.base.iter().flat_map(base_bytes).collect(),
        gains: tables
            .gains
            .iter()
            .map(|gain| byte(gain / scale * unit))
            .collect(),
        rows: residuals
            .iter()
            .map(|value| byte(value * scale + RESIDUAL_OFFSET))
            .collect(),
    }
}

impl Quantized {
    /// The tables that these bytes stand for.
    pub fn tables(&self) -> Tables {
        Tables::of_model(&self.codebook(None))
    }

    /// The bytes of a model file.
    pub fn to_file(&self, name: &str, boundary: Option<Boundary<'_>>) -> Result<Vec<u8>> {
        tools::model_file::to_bytes(&Model {
            name,
            body: Body::Codebook(self.codebook(boundary)),
        })
        .context("the tables cannot be made into a decoder")
    }

    fn codebook<'a>(&'a self, boundary: Option<Boundary<'a>>) -> Codebook<'a> {
        Codebook {
            stages: &self.stages,
            shift: self.shift,
            base: &self.base,
            gains: &self.gains,
            rows: &self.rows,
            boundary,
        }
    }
}

fn base_bytes(row: &Coordinates) -> impl Iterator<Item = u8> {
    let row = coordinates::to_row(row);
    (0..row.len()).map(move |at| byte(row[at] + BASE_OFFSETS[plane(at)]))
}

/// What makes almost all samples of the residual rows fit into a byte.
fn scale(residuals: &[f32]) -> f32 {
    let mut sizes: Vec<f32> = residuals.iter().map(|value| value.abs()).collect();
    let at = ((sizes.len() as f64 * HELD) as usize).min(sizes.len().saturating_sub(1));
    let held = match sizes.is_empty() {
        true => 1.0,
        false => *sizes.select_nth_unstable_by(at, f32::total_cmp).1,
    };
    let exact = f64::from(RESIDUAL_OFFSET) / f64::from(held.max(f32::MIN_POSITIVE));
    ((exact.log2() * SCALES).floor() / SCALES).exp2() as f32
}

fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
