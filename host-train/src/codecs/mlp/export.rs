//! Exports a network: its integer decoder, its encoder, and its quality in floating point.

use anyhow::{Context, Result};
use burn::tensor::backend::Backend;
use nice_data::BlockId;
use nice_decode::BLOCK_SAMPLES;

use super::network::NetworkConfig;
use super::{float, quantize};
use crate::data::order::Order;
use crate::export::Artifacts;
use crate::run::Run;
use crate::tensors::{self, Tensors};

/// The number of training blocks on which the quantizer is calibrated.
const CALIBRATION: u64 = 16_384;

/// Makes the artifacts from trained or imported weights.
///
/// # Errors
///
/// When the weights do not match the configuration, or cannot be quantized.
pub fn artifacts<B: Backend>(
    run: &Run,
    config: NetworkConfig,
    weights: &Tensors,
    device: &B::Device,
) -> Result<Artifacts> {
    let encoder = quantize::encoder(weights)?;
    let latents = encoder.encode_all(&calibration_blocks(run));
    let model = quantize::decoder(weights, &latents)
        .context("the network cannot be exported")?
        .to_file(&run.config.name)?;
    let network = tensors::into_module(config.init::<B>(run.config.seed, device), weights)?;
    let validation = run.validation_blocks()?;
    Ok(Artifacts {
        model,
        encoder: Some(encoder),
        architecture: format!(
            "mlp: encoder 192-{e}-{e}-{bits}, decoder {bits}-{d}-{d}-192",
            e = config.encoder_hidden,
            d = config.decoder_hidden,
            bits = config.bits,
        ),
        optimizer: "AdamW, betas 0.9 and 0.999, eps 1e-8, decay 0.01",
        float_name: "float".to_owned(),
        float_psnr: float::error(&network, validation, device).psnr(),
        validation_loss: float::mean_squared_error(&network, validation, device),
        float_demo: float::decode_picture(&network, &run.data.demo.picture, device)?,
        codebook: None,
    })
}

/// Some training blocks, sampled like those of a batch.
fn calibration_blocks(run: &Run) -> Vec<u8> {
    let order = Order {
        batch: CALIBRATION.min(run.train_blocks()),
        ..run.order()
    };
    let ids: Vec<BlockId> = order.batch(0).collect();
    let mut bytes = vec![0; ids.len() * BLOCK_SAMPLES];
    run.data.splits.train.gather(&ids, &mut bytes);
    bytes
}
