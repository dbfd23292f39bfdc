//! Exports a codebook: its decoder model, its quality in floating point, and what the report shows about it.

use anyhow::Result;
use nice_encode::beam_width;
use nice_encode::psnr::PooledError;

use super::backend::{CodebookBackend, CodebookTensors};
use super::blocks::Blocks;
use super::config::CodebookConfig;
use super::parameters::Parameters;
use super::quantize::quantize;
use super::{contact_sheet, deblock, float};
use crate::export::Artifacts;
use crate::run::Run;
use crate::tensors::{self, Tensors};

/// Makes the artifacts from trained weights.
///
/// # Errors
///
/// When the weights do not match the configuration.
pub fn artifacts<B: CodebookBackend>(
    run: &Run,
    config: &CodebookConfig,
    weights: &Tensors,
    device: &B::Device,
) -> Result<Artifacts> {
    let stages = config.layout.stages();
    let zeros = Parameters::<B>::new(&float::zeros(stages), device);
    let codebook = tensors::into_module(zeros, weights)?.codebook(stages);
    let bytes = quantize(&codebook);
    let unfiltered = bytes.to_file(&run.config.name, None)?;
    let pictures = run.data.splits.train.pictures();
    let model = match deblock::fit(&unfiltered, pictures, run.config.seed)? {
        None => unfiltered,
        Some(filter) => bytes.to_file(&run.config.name, Some(filter.tables()))?,
    };
    let validation = run.validation_blocks()?;
    let effort = run.execution.effort;
    let beam = beam_width(effort);
    let tensors = CodebookTensors::<B>::new(&codebook, device);
    let blocks = Blocks::of_planar(validation, device);
    let encoded = float::Encoded::new(&tensors, &blocks, beam);
    let bits: Vec<String> = stages.iter().map(|stage| stage.bits.to_string()).collect();
    Ok(Artifacts {
        model,
        encoder: None,
        architecture: format!(
            "codebook {}: stages of {} bits, {} codewords of 96 bytes",
            config.layout,
            bits.join(" + "),
            codebook.codewords().map(Vec::len).sum::<usize>(),
        ),
        optimizer: "Adam, betas 0.9 and 0.99, eps 1e-12; rounded in the last 30 % of the steps",
        float_name: format!("float, effort {effort}"),
        float_psnr: PooledError::between(validation, &encoded.decode()).psnr(),
        validation_loss: encoded.mean_squared_error(),
        float_demo: float::decode_picture(&tensors, &run.data.demo.picture, beam)?,
        codebook: Some(contact_sheet::report(&bytes.codebook(), validation)?),
    })
}
