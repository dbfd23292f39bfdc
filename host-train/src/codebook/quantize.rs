//! From tables in floating point to the bytes of a decoder model, by `FORMAT.md`.

use anyhow::{Context, Result};
use nice_decode::format::{Body, Boundary, Codebook, MAX_TOPS, Model, ROW_BYTES};
use tools::codebook::Tables;
use tools::codebook::coordinates::{self, Coordinates};
use tools::codebook::tables::{BASE_OFFSETS, GAIN_UNIT, RESIDUAL_DIVISORS, byte, plane};

/// The share of the samples of a stage's rows that are kept as large as they are; the few larger ones are cut off.
const HELD: f64 = 0.999;

/// Steps between the sizes of rows that are possible, in an octave: so that scales do not change with every change of a row.
const SIZES: f64 = 8.0;

/// The tables of a codebook as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantized {
    stages: Vec<u8>,
    tops: Vec<u8>,
    gains: Vec<u8>,
    rows: Vec<u8>,
}

/// Rounds tables to bytes.
pub fn quantize(tables: &Tables) -> Quantized {
    let residuals: Vec<Vec<Values>> = tables
        .residuals
        .iter()
        .map(|rows| rows.iter().map(residual_values).collect())
        .collect();
    // A sum has to fit into a byte, and so has the largest gain: the stages share the room of a sum by the size of their rows.
    let sizes: Vec<f32> = residuals.iter().map(|rows| size(rows)).collect();
    let room = sizes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let largest = tables.gains.iter().copied().fold(0.0, f32::max);
    let scale = (MAX_TOPS as f32 / (2.0 * room)).max(largest * GAIN_UNIT / f32::from(u8::MAX));
    let tops: Vec<u8> = sizes
        .iter()
        .map(|size| (2.0 * size * scale).min(MAX_TOPS as f32 * size / room) as u8)
        .collect();

    let base = tables.base.iter().map(|row| {
        let row = coordinates::to_row(row);
        std::array::from_fn(|at| row[at] + BASE_OFFSETS[plane(at)])
    });
    let mut rows: Vec<u8> = base.flat_map(|row| bytes(&row, u8::MAX)).collect();
    for (residuals, &top) in residuals.iter().zip(&tops) {
        let middle = 0.5 * f32::from(top);
        for row in residuals {
            rows.extend(bytes(&row.map(|value| value * scale + middle), top));
        }
    }
    Quantized {
        stages: tables
            .stages
            .iter()
            .flat_map(|stage| stage.to_bytes())
            .collect(),
        tops,
        gains: tables
            .gains
            .iter()
            .map(|gain| rounded(gain / scale * GAIN_UNIT, u8::MAX))
            .collect(),
        rows,
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
            tops: &self.tops,
            gains: &self.gains,
            boundary,
            padding: &[],
            rows: &self.rows,
        }
    }
}

/// The values of a row, one plane after another.
type Values = [f32; ROW_BYTES];

/// The values of a residual row, all of one unit.
fn residual_values(row: &Coordinates) -> Values {
    let row = coordinates::to_row(row);
    std::array::from_fn(|at| row[at] * RESIDUAL_DIVISORS[plane(at)])
}

/// The bytes of a row in the order of a model, none above the top.
fn bytes(values: &Values, top: u8) -> [u8; ROW_BYTES] {
    let mut bytes = [0; ROW_BYTES];
    for (at, &value) in values.iter().enumerate() {
        bytes[byte(at)] = rounded(value, top);
    }
    bytes
}

/// What almost all values of some rows are at most.
fn size(rows: &[Values]) -> f32 {
    let mut sizes: Vec<f32> = rows.as_flattened().iter().map(|v| v.abs()).collect();
    let at = ((sizes.len() as f64 * HELD) as usize).min(sizes.len().saturating_sub(1));
    let held = match sizes.is_empty() {
        true => 1.0,
        false => *sizes.select_nth_unstable_by(at, f32::total_cmp).1,
    };
    let exact = f64::from(held.max(f32::MIN_POSITIVE));
    ((exact.log2() * SIZES).ceil() / SIZES).exp2() as f32
}

fn rounded(value: f32, top: u8) -> u8 {
    value.round().clamp(0.0, f32::from(top)) as u8
}
