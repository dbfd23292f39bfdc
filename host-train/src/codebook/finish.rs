//! What becomes of a codebook's tables: its decoder, what they are worth in floating point, and what there is to show.

use anyhow::Result;
use burn::tensor::backend::Backend;
use tools::coder::beam_width;
use tools::psnr::Pooled;

use super::config::CodebookConfig;
use super::module::Codebook;
use super::quantize::quantize;
use super::wing::{decode_float, empty, float_blocks, mean_squared_error, search};
use super::{boundary, sheets};
use crate::finish::{self, Finish, Made, Summary, write_weights};
use crate::tensors::{self, Tensors};
use crate::train::validation;

/// Makes the decoder file of `weights`, measures it, and writes the report.
pub fn finish<B: Backend>(
    run: &Finish,
    config: &CodebookConfig,
    weights: &Tensors,
    device: &B::Device,
) -> Result<Summary> {
    write_weights(run.folder, run.config, weights)?;
    let stages = config.size.stages();
    let module = tensors::into_module(Codebook::<B>::new(&empty(stages), device), weights)?;
    let tables = module.tables(stages);
    let quantized = quantize(&tables);
    let plain = quantized.to_file(&run.config.name, None)?;
    let filter = boundary::fit(&plain, run.data.train.pictures(), run.config.seed)?;
    let file = match &filter {
        None => plain,
        Some(filter) => quantized.to_file(&run.config.name, Some(filter.borrow()))?,
    };
    let validation = validation(run.data)?;
    let beam = beam_width(run.effort);
    let picks = search(&tables, validation, beam);
    let bits: Vec<String> = stages.iter().map(|stage| stage.bits.to_string()).collect();
    let made = Made {
        file: &file,
        encoder: None,
        arch: format!(
            "codebook {}: stages of {} bits, {} rows of 96 bytes",
            config.size,
            bits.join(" + "),
            tables.base.len() + tables.residuals.iter().map(Vec::len).sum::<usize>(),
        ),
        optimizer: "Adam, betas 0.9 and 0.99, eps 1e-12; the last 30 % with rounded tables",
        float_name: format!("float, effort {}", run.effort),
        float_db: Pooled::of(validation, &float_blocks(&tables, &picks)).db(),
        validation_loss: mean_squared_error(&tables, validation, &picks),
        demo_float: decode_float(&tables, run.demo.1, beam)?,
        tables: Some(sheets::show(&quantized.tables(), validation)?),
    };
    finish::finish(run, made)
}
