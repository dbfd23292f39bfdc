//! Encodes and decodes with a codebook in floating point, and measures the error.

use anyhow::Result;
use nice_decode::format::{Stage, stage_ends};
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS};
use nice_encode::codebook::{
    BeamSearch, Codebook, Coordinates, DIMENSIONS, Indices, StageIndex, coordinates,
};
use nice_encode::{Picture, block};
use rayon::prelude::*;

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

/// The number of the first stages that have the 48 bits of the fixed layout.
fn fixed_stages(stages: &[Stage]) -> usize {
    let ends = stage_ends(stages.iter().copied());
    ends.take_while(|&end| end <= LATENT_BITS).count()
}

/// The coordinates of a block in the fixed layout, given its indices.
pub fn decode(codebook: &Codebook, indices: &Indices) -> Coordinates {
    let stages = fixed_stages(&codebook.stages);
    let base = usize::from(indices[0].codeword);
    let mut block = apply(&codebook.base[base], indices[0]);
    for (codewords, index) in codebook.residuals.iter().zip(&indices[1..stages]) {
        let residual = apply(&codewords[usize::from(index.codeword)], *index);
        for (sample, residual) in block.iter_mut().zip(residual) {
            *sample += codebook.gains[base] * residual;
        }
    }
    block
}

/// The indices of planar blocks in the fixed layout, from a search with a beam of this width.
pub fn search(codebook: &Codebook, planar: &[u8], beam: usize) -> Vec<Indices> {
    let (planar, _) = planar.as_chunks::<BLOCK_SAMPLES>();
    let x: Vec<Coordinates> = planar.par_iter().map(coordinates::of_block).collect();
    BeamSearch::new(codebook).indices(&x, beam)
}

/// The planar blocks with these indices, rounded and clamped to bytes.
pub fn decode_blocks(codebook: &Codebook, indices: &[Indices]) -> Vec<u8> {
    indices
        .par_iter()
        .flat_map_iter(|indices| coordinates::to_block(&decode(codebook, indices)))
        .collect()
}

/// A picture that is encoded and decoded in floating point, rounded and clamped to bytes.
///
/// # Errors
///
/// Never, for a picture that has pixels.
pub fn decode_picture(codebook: &Codebook, picture: &Picture, beam: usize) -> Result<Picture> {
    let indices = search(codebook, &block::grid(picture), beam);
    let blocks = decode_blocks(codebook, &indices);
    block::assemble(picture.width(), picture.height(), &blocks)
}

/// The squared error of the fine chroma of a block, with samples in 0..1. Fine chroma is the difference between the chroma of a
/// pixel and the mean of its site, which no codeword can hold.
pub fn fine_chroma_error(block: &[u8; BLOCK_SAMPLES], x: &Coordinates) -> f64 {
    let all: u32 = block.iter().map(|&sample| u32::from(sample).pow(2)).sum();
    let held: f64 = x.iter().map(|x| f64::from(*x).powi(2)).sum();
    (f64::from(all) / (255.0 * 255.0) - held).max(0.0)
}

/// The mean squared error of planar blocks with these indices, with samples in 0..1 that are not clamped.
pub fn mean_squared_error(codebook: &Codebook, blocks: &[u8], indices: &[Indices]) -> f64 {
    let (planar, _) = blocks.as_chunks::<BLOCK_SAMPLES>();
    let errors: Vec<f64> = planar
        .par_chunks(1024)
        .zip(indices.par_chunks(1024))
        .map(|(planar, indices)| {
            let mut sum = 0.0;
            for (block, indices) in planar.iter().zip(indices) {
                let x = coordinates::of_block(block);
                let decoded = decode(codebook, indices);
                let error = x
                    .iter()
                    .zip(&decoded)
                    .map(|(x, y)| f64::from(x - y).powi(2))
                    .sum::<f64>();
                sum += error + fine_chroma_error(block, &x);
            }
            sum
        })
        .collect();
    errors.iter().sum::<f64>() / blocks.len() as f64
}
