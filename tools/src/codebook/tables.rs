//! The tables of a codebook in floating point, in the coordinates in which they are searched.

use nice_decode::format::{CHROMA_SAMPLES, Codebook, GAIN_SHIFTS, LUMA_SAMPLES, ROW_BYTES, Stage};

use super::coordinates::{self, Coordinates, DIMENSIONS};

/// The tables of a codebook: a block is a base row plus its gain times the sum of a residual row a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    /// The stages, that of the base first.
    pub stages: Vec<Stage>,
    /// The base rows.
    pub base: Vec<Coordinates>,
    /// The gain of every base row.
    pub gains: Vec<f32>,
    /// The residual rows, stage after stage.
    pub residuals: Vec<Vec<Coordinates>>,
}

/// What a byte of a base row stands for less its value: luma, and the two chroma planes.
pub const BASE_OFFSETS: [f32; 3] = [0.0, 128.0, 128.0];

/// By how much the bytes of the planes of a residual row are to be divided before they are of one unit.
pub const RESIDUAL_DIVISORS: [f32; 3] = [1.0, 2.0, 4.0];

/// What a gain of one is in the byte of a model.
pub const GAIN_UNIT: f32 = (1_u32 << GAIN_SHIFTS[0]) as f32;

/// The plane that a value belongs to, of a row with one plane after another: 0 for luma, 1 and 2 for chroma.
pub const fn plane(at: usize) -> usize {
    if at < LUMA_SAMPLES {
        0
    } else {
        1 + (at - LUMA_SAMPLES) / CHROMA_SAMPLES
    }
}

/// Which byte of a row in a model such a value is: there the two chroma samples of a place stand together.
pub const fn byte(at: usize) -> usize {
    match plane(at) {
        0 => at,
        plane => LUMA_SAMPLES + (at - LUMA_SAMPLES) % CHROMA_SAMPLES * 2 + plane - 1,
    }
}

impl Tables {
    /// The tables of a model that the decoder has accepted.
    pub fn of_model(codebook: &Codebook<'_>) -> Self {
        let (pairs, _) = codebook.stages.as_chunks();
        let stages: Vec<Stage> = pairs.iter().map(|&pair| Stage::from_bytes(pair)).collect();
        let mut rest = codebook.rows.as_chunks::<ROW_BYTES>().0;
        let mut rows = |stage: usize, value: &dyn Fn(usize, f32) -> f32| -> Vec<Coordinates> {
            let count = stages[stage].rows(stage == 0).unwrap_or_default();
            let (rows, after) = rest.split_at(count.min(rest.len()));
            rest = after;
            let rows = rows.iter().map(|row| {
                let values: [f32; DIMENSIONS] =
                    std::array::from_fn(|at| value(plane(at), f32::from(row[byte(at)])));
                coordinates::of_row(&values)
            });
            rows.collect()
        };
        Self {
            base: rows(0, &|plane, byte| byte - BASE_OFFSETS[plane]),
            residuals: (1..)
                .zip(codebook.tops)
                .map(|(stage, &top)| {
                    rows(stage, &|plane, byte| {
                        (byte - 0.5 * f32::from(top)) / RESIDUAL_DIVISORS[plane]
                    })
                })
                .collect(),
            gains: codebook
                .gains
                .iter()
                .map(|&gain| f32::from(gain) / GAIN_UNIT)
                .collect(),
            stages,
        }
    }
}
