//! Encodes and decodes with a codebook in floating point, and measures the error.

use anyhow::Result;
use burn::tensor::Tensor;
use nice_decode::BLOCK_SAMPLES;
use nice_decode::format::Stage;
use nice_encode::codebook::{Codebook, Coordinates, DIMENSIONS, StageIndex, coordinates};
use nice_encode::{Picture, block};
use rayon::prelude::*;

use super::backend::{CodebookBackend, CodebookTensors, Differences, download, fixed_stages};
use super::blocks::Blocks;
use crate::tensors::Values;

/// A codebook of zeros, with gains of one.
pub fn zeros(stages: &[Stage]) -> Codebook {
    let codewords =
        |stage: &Stage, base| vec![[0.0; DIMENSIONS]; stage.codewords(base).unwrap_or_default()];
    let base = codewords(&stages[0], true);
    Codebook {
        gains: vec![1.0; base.len()],
        base,
        residuals: stages[1..]
            .iter()
            .map(|stage| codewords(stage, false))
            .collect(),
        stages: stages.to_vec(),
    }
}

/// A codeword as an index uses it: oriented and, if the index says so, negated.
pub fn apply(codeword: &Coordinates, index: StageIndex) -> Coordinates {
    let oriented = coordinates::oriented(codeword, index.orientation);
    if index.negative {
        oriented.map(|value| -value)
    } else {
        oriented
    }
}

/// Blocks in the fixed layout.
#[derive(Clone, Debug)]
pub struct Encoded<B: CodebookBackend> {
    blocks: Blocks<B>,
    compared: Differences<B>,
}

impl<B: CodebookBackend> Encoded<B> {
    /// Encodes blocks with a beam of this width.
    pub fn new(codebook: &CodebookTensors<B>, blocks: &Blocks<B>, beam: usize) -> Self {
        let stages = fixed_stages(&codebook.stages);
        let coordinates = blocks.coordinates.clone();
        let indices = B::search(codebook, coordinates.clone(), beam, stages).of_length(stages);
        let weights = blocks.fine_chroma.ones_like();
        Self {
            compared: B::compare(codebook, coordinates, weights, indices),
            blocks: blocks.clone(),
        }
    }

    /// The planar blocks, decoded, rounded and clamped to bytes.
    pub fn decode(&self) -> Vec<u8> {
        let decoded: Tensor<B, 2> =
            self.blocks.coordinates.clone() + self.compared.differences.clone() / 2.0;
        let decoded = download(decoded);
        decoded
            .par_iter()
            .flat_map_iter(coordinates::to_block)
            .collect()
    }

    /// The mean squared error, with samples in 0..1 that are not clamped.
    pub fn mean_squared_error(&self) -> f64 {
        let errors = self.compared.errors.clone() + self.blocks.fine_chroma.clone();
        let errors = Values::from_device(errors).values;
        let sum: f64 = errors.iter().map(|&error| f64::from(error)).sum();
        sum / (errors.len() * BLOCK_SAMPLES) as f64
    }
}

/// A picture that is encoded and decoded in floating point, rounded and clamped to bytes.
///
/// # Errors
///
/// Never, for a picture that has pixels.
pub fn decode_picture<B: CodebookBackend>(
    codebook: &CodebookTensors<B>,
    picture: &Picture,
    beam: usize,
) -> Result<Picture> {
    let blocks = Blocks::of_planar(&block::grid(picture), &codebook.base.device());
    let decoded = Encoded::new(codebook, &blocks, beam).decode();
    block::assemble(picture.width(), picture.height(), &decoded)
}
