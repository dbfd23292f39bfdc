//! The tables of a codebook in floating point, in the coordinates in which they are searched.

use nice_decode::format::{
    CHROMA_SAMPLES, CODEWORD_BYTES, CodebookTables, GAIN_SHIFTS, LUMA_SAMPLES, Stage,
};

use super::coordinates::{self, Coordinates, DIMENSIONS};

/// The tables of a codebook: a block is a base codeword plus its gain times the sum of one residual codeword of each stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Codebook {
    /// The stages, the base first.
    pub stages: Vec<Stage>,
    /// The codewords of the base.
    pub base: Vec<Coordinates>,
    /// The gain of every base codeword.
    pub gains: Vec<f32>,
    /// The codewords of the residual stages, stage after stage.
    pub residuals: Vec<Vec<Coordinates>>,
}

/// The offset of the bytes of a base codeword from the samples that they stand for: luma, chroma 1, chroma 2.
pub const BASE_OFFSETS: [f32; 3] = [0.0, 128.0, 128.0];

/// The divisors that bring the bytes of a residual codeword to the unit of a sample: luma, chroma 1, chroma 2.
pub const RESIDUAL_DIVISORS: [f32; 3] = [1.0, 2.0, 4.0];

/// The byte of a model that stands for a gain of one.
pub const GAIN_UNIT: f32 = (1_u32 << GAIN_SHIFTS[0]) as f32;

/// The plane of sample `at` of the planes, which follow one another: 0 is luma, 1 and 2 are chroma.
pub const fn plane(at: usize) -> usize {
    if at < LUMA_SAMPLES {
        0
    } else {
        1 + (at - LUMA_SAMPLES) / CHROMA_SAMPLES
    }
}

/// The index in the bytes of a codeword, where the two chroma samples of a site are neighbors, of sample `at` of the planes.
pub const fn byte(at: usize) -> usize {
    match plane(at) {
        0 => at,
        plane => LUMA_SAMPLES + (at - LUMA_SAMPLES) % CHROMA_SAMPLES * 2 + plane - 1,
    }
}

/// The number of codewords of each stage, the base first; 0 if a codebook cannot have the stage.
pub fn codeword_counts(stages: &[Stage]) -> impl Iterator<Item = usize> {
    let stages = stages.iter().enumerate();
    stages.map(|(number, stage)| stage.codewords(number == 0).unwrap_or_default())
}

impl Codebook {
    /// The tables of a model file that the decoder accepts.
    pub fn from_tables(tables: &CodebookTables<'_>) -> Self {
        let (pairs, _) = tables.stages.as_chunks();
        let stages: Vec<Stage> = pairs.iter().map(|&pair| Stage::from_bytes(pair)).collect();
        let mut rest = tables.codewords.as_chunks::<CODEWORD_BYTES>().0;
        let mut codewords = |stage: usize, sample: &dyn Fn(usize, f32) -> f32| {
            let count = stages[stage].codewords(stage == 0).unwrap_or_default();
            let (codewords, after) = rest.split_at(count.min(rest.len()));
            rest = after;
            let codewords = codewords.iter().map(|codeword| {
                let planes: [f32; DIMENSIONS] =
                    std::array::from_fn(|at| sample(plane(at), f32::from(codeword[byte(at)])));
                coordinates::of_planes(&planes)
            });
            codewords.collect::<Vec<Coordinates>>()
        };
        Self {
            base: codewords(0, &|plane, byte| byte - BASE_OFFSETS[plane]),
            residuals: (1..)
                .zip(tables.peaks)
                .map(|(stage, &peak)| {
                    codewords(stage, &|plane, byte| {
                        (byte - 0.5 * f32::from(peak)) / RESIDUAL_DIVISORS[plane]
                    })
                })
                .collect(),
            gains: tables
                .gains
                .iter()
                .map(|&gain| f32::from(gain) / GAIN_UNIT)
                .collect(),
            stages,
        }
    }

    /// The codewords of all stages, the base first.
    pub fn codewords(&self) -> impl Iterator<Item = &Vec<Coordinates>> {
        std::iter::once(&self.base).chain(&self.residuals)
    }
}
