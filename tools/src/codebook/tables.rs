//! The tables of a codebook in floating point, in the coordinates in which they are searched.

use nice_decode::format::{self, Codebook, ROW_BYTES, Stage};

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

/// What a byte of a residual row stands for less its value.
pub const RESIDUAL_OFFSET: f32 = 127.5;

/// By how much the bytes of the planes of a residual row are to be divided before they are of one unit.
pub const RESIDUAL_DIVISORS: [f32; 3] = [1.0, 2.0, 4.0];

/// The plane that a byte of a row belongs to: 0 for luma, 1 and 2 for chroma.
pub const fn plane(at: usize) -> usize {
    if at < format::LUMA_SAMPLES {
        0
    } else {
        1 + (at - format::LUMA_SAMPLES) / format::CHROMA_SAMPLES
    }
}

impl Tables {
    /// The tables of a model that the decoder has accepted.
    pub fn of_model(codebook: &Codebook<'_>) -> Self {
        let rows = |bytes: &[u8], value: fn(usize, f32) -> f32| -> Vec<Coordinates> {
            let (rows, _) = bytes.as_chunks::<ROW_BYTES>();
            rows.iter()
                .map(|row| {
                    let values: [f32; DIMENSIONS] =
                        std::array::from_fn(|at| value(plane(at), f32::from(row[at])));
                    coordinates::of_row(&values)
                })
                .collect()
        };
        let (pairs, _) = codebook.stages.as_chunks();
        let stages: Vec<Stage> = pairs.iter().map(|&pair| Stage::from_bytes(pair)).collect();
        let unit = (1_u32 << codebook.shift) as f32;
        let mut all = rows(codebook.rows, |plane, byte| {
            (byte - RESIDUAL_OFFSET) / RESIDUAL_DIVISORS[plane]
        });
        let mut residuals = Vec::new();
        for stage in stages.iter().skip(1) {
            let rest = all.split_off(stage.rows(false).unwrap_or_default().min(all.len()));
            residuals.push(std::mem::replace(&mut all, rest));
        }
        Self {
            base: rows(codebook.base, |plane, byte| byte - BASE_OFFSETS[plane]),
            gains: codebook
                .gains
                .iter()
                .map(|&gain| f32::from(gain) / unit)
                .collect(),
            residuals,
            stages,
        }
    }
}
