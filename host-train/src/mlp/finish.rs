//! What becomes of a network's weights: its decoder, its encoder, and what they are worth in floating point.

use anyhow::{Context, Result};
use burn::tensor::backend::Backend;
use tools::blocks;
use tools::picture::Picture;
use tools::psnr::Pooled;

use super::network::{Network, NetworkConfig, SAMPLES};
use super::{quantize, wing};
use crate::batches::upload;
use crate::finish::{self, Finish, Made, Summary, some_blocks, write_weights};
use crate::tensors::{self, Tensors};
use crate::train::validation;

/// Training blocks that the quantizer looks at.
const CALIBRATION: u64 = 16_384;

/// Blocks that are decoded in floats at once.
const FLOAT_BATCH: usize = 8192;

/// Makes the decoder and encoder files of `weights`, measures them, and writes the report.
pub fn finish<B: Backend>(
    run: &Finish,
    sizes: NetworkConfig,
    weights: &Tensors,
    device: &B::Device,
) -> Result<Summary> {
    write_weights(run.folder, run.config, weights)?;
    let encoder = quantize::encoder(weights)?;
    let latents = encoder.encode_all(&some_blocks(run, CALIBRATION));
    let file = quantize::decoder(weights, &latents)
        .context("the weights cannot be made into a decoder")?
        .to_file(&run.config.name)?;
    let network = tensors::into_module(sizes.init::<B>(run.config.seed, device), weights)?;
    let validation = validation(run.data)?;
    let made = Made {
        file: &file,
        encoder: Some(encoder),
        arch: format!(
            "mlp: encoder 192-{e}-{e}-{bits}, decoder {bits}-{d}-{d}-192",
            e = sizes.encoder_hidden,
            d = sizes.decoder_hidden,
            bits = sizes.bits,
        ),
        optimizer: "AdamW, betas 0.9 and 0.999, eps 1e-8, decay 0.01",
        float_name: "float".to_owned(),
        float_db: float_error(&network, validation, device).db(),
        validation_loss: wing::mean_squared_error(&network, validation, device),
        demo_float: decode_float(&network, run.demo.1, device)?,
        tables: None,
    };
    finish::finish(run, made)
}

/// A picture as the float network decodes it, rounded and clamped to bytes.
pub fn decode_float<B: Backend>(
    network: &Network<B>,
    picture: &Picture,
    device: &B::Device,
) -> Result<Picture> {
    let grid = blocks::grid(picture);
    let decoded: Vec<u8> = grid
        .chunks(FLOAT_BATCH * SAMPLES)
        .flat_map(|chunk| float_blocks(network, chunk, device))
        .collect();
    blocks::assemble(picture.width(), picture.height(), &decoded)
}

fn float_blocks<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> Vec<u8> {
    let x = upload::<B>(blocks, device); // [blocks, 192]
    let y = network.decode(network.bits(x)); // [blocks, 192]
    let samples = tensors::Values::from_device(y).values;
    samples
        .iter()
        .map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8)
        .collect()
}

/// Error of the float network over blocks, its samples rounded and clamped to bytes.
pub fn float_error<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> Pooled {
    let mut pooled = Pooled::new();
    for chunk in blocks.chunks(FLOAT_BATCH * SAMPLES) {
        pooled.merge(&Pooled::of(chunk, &float_blocks(network, chunk, device)));
    }
    pooled
}
