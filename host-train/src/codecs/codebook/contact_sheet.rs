//! The codewords of each stage as a contact sheet, with how often they are used and what the stage contributes.

use anyhow::Result;
use nice_decode::BLOCK_SAMPLES;
use nice_encode::codebook::{BeamSearch, Codebook, Coordinates, coordinates};
use nice_encode::{Picture, block};
use rayon::prelude::*;

use super::float::apply;
use crate::history::decibels;
use crate::report::{CodebookReport, StageReport};

/// The number of codewords side by side in a contact sheet.
const COLUMNS: usize = 32;

/// The distance from one codeword to the next in pixels.
const PITCH: usize = 9;

/// The width of the beam when the uses are counted.
const BEAM: usize = 8;

/// The report on a codebook, measured on planar blocks.
///
/// # Errors
///
/// Never, unless the codebook has no codewords.
pub fn report(codebook: &Codebook, planar: &[u8]) -> Result<CodebookReport> {
    let (planar, _) = planar.as_chunks::<BLOCK_SAMPLES>();
    let x: Vec<Coordinates> = planar.par_iter().map(coordinates::of_block).collect();
    let stages = codebook.stages.len();
    let indices = BeamSearch::new(codebook).indices_of_stages(&x, BEAM, stages);
    let mut stages = Vec::new();
    let mut residuals = x.clone();
    for (number, (stage, codewords)) in codebook.stages.iter().zip(codebook.codewords()).enumerate()
    {
        let mut uses = vec![0; codewords.len()];
        for (residual, indices) in residuals.iter_mut().zip(&indices) {
            let index = indices[number];
            uses[usize::from(index.codeword)] += 1;
            let gain = match number {
                0 => 1.0,
                _ => codebook.gains[usize::from(indices[0].codeword)],
            };
            let codeword = apply(&codewords[usize::from(index.codeword)], index);
            for (residual, sample) in residual.iter_mut().zip(codeword) {
                *residual -= gain * sample;
            }
        }
        let error: f64 = planar
            .iter()
            .zip(&x)
            .zip(&residuals)
            .map(|((block, x), residual)| {
                coordinates::fine_chroma_error(block, x)
                    + residual
                        .iter()
                        .map(|value| f64::from(value * value))
                        .sum::<f64>()
            })
            .sum();
        stages.push(StageReport {
            bits: stage.bits,
            contact_sheet: contact_sheet(codewords, number == 0)?,
            uses,
            psnr: decibels(error / (planar.len() * BLOCK_SAMPLES) as f64),
        });
    }
    Ok(CodebookReport {
        stages,
        gains: codebook.gains.clone(),
    })
}

/// All codewords of a stage. Residuals are shown on gray, amplified so that almost all samples are within the range.
fn contact_sheet(codewords: &[Coordinates], base: bool) -> Result<Picture> {
    let columns = COLUMNS.min(codewords.len());
    let lines = codewords.len().div_ceil(columns);
    let (width, height) = (columns * PITCH - 1, lines * PITCH - 1);
    let gray: Coordinates =
        coordinates::of_planes(&std::array::from_fn(|at| if at < 64 { 128.0 } else { 0.0 }));
    let amplification = if base { 1.0 } else { amplification(codewords) };
    let mut rgb = vec![255; width * height * 3];
    for (at, codeword) in codewords.iter().enumerate() {
        let shown: Coordinates =
            std::array::from_fn(|i| amplification * codeword[i] + if base { 0.0 } else { gray[i] });
        let block = block::planar_to_interleaved(&coordinates::to_block(&shown));
        for (y, line) in block.as_chunks::<24>().0.iter().enumerate() {
            let to = ((at / columns * PITCH + y) * width + at % columns * PITCH) * 3;
            rgb[to..to + 24].copy_from_slice(line);
        }
    }
    Picture::new(width as u32, height as u32, rgb)
}

/// The factor that brings 98 % of the luma samples within the range.
fn amplification(codewords: &[Coordinates]) -> f32 {
    let mut magnitudes: Vec<f32> = codewords
        .iter()
        .flat_map(|codeword| coordinates::to_planes(codeword)[..64].to_vec())
        .map(f32::abs)
        .collect();
    let at = magnitudes.len() * 98 / 100;
    match magnitudes.is_empty() {
        true => 1.0,
        false => {
            let (_, magnitude, _) = magnitudes.select_nth_unstable_by(at, f32::total_cmp);
            127.0 / magnitude.max(f32::MIN_POSITIVE)
        }
    }
}
