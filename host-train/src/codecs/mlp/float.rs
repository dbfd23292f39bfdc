//! Encodes and decodes with a network in floating point, and measures the error.

use anyhow::Result;
use burn::tensor::backend::Backend;
use nice_decode::BLOCK_SAMPLES;
use nice_encode::psnr::PooledError;
use nice_encode::{Picture, block};

use super::network::Network;
use crate::data::batches::upload;
use crate::tensors::Values;

/// The number of blocks that are decoded together.
const BATCH: usize = 8192;

/// A picture that is encoded and decoded in floating point, rounded and clamped to bytes.
///
/// # Errors
///
/// Never, for a picture that has pixels.
pub fn decode_picture<B: Backend>(
    network: &Network<B>,
    picture: &Picture,
    device: &B::Device,
) -> Result<Picture> {
    let blocks: Vec<u8> = block::grid(picture)
        .chunks(BATCH * BLOCK_SAMPLES)
        .flat_map(|blocks| decode_blocks(network, blocks, device))
        .collect();
    block::assemble(picture.width(), picture.height(), &blocks)
}

/// Planar blocks that are encoded and decoded, rounded and clamped to bytes.
fn decode_blocks<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> Vec<u8> {
    let x = upload::<B>(blocks, device); // [blocks, 192]
    let y = network.decode(network.bits(x)); // [blocks, 192]
    Values::from_device(y)
        .values
        .iter()
        .map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8)
        .collect()
}

/// The error of planar blocks that are encoded and decoded, rounded and clamped to bytes.
pub fn error<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> PooledError {
    let mut error = PooledError::new();
    for blocks in blocks.chunks(BATCH * BLOCK_SAMPLES) {
        let decoded = decode_blocks(network, blocks, device);
        error.merge(&PooledError::between(blocks, &decoded));
    }
    error
}

/// The mean squared error of planar blocks, with samples in 0..1 that are not clamped.
pub fn mean_squared_error<B: Backend>(
    network: &Network<B>,
    blocks: &[u8],
    device: &B::Device,
) -> f64 {
    let sum: f64 = blocks
        .chunks(BATCH * BLOCK_SAMPLES)
        .map(|blocks| {
            let x = upload::<B>(blocks, device); // [blocks, 192]
            let error = network.decode(network.bits(x.clone())) - x; // [blocks, 192]
            // A sum over both dimensions would add in an order that differs from run to run on a GPU.
            let errors = Values::from_device(error.powi_scalar(2).sum_dim(1)); // [blocks, 1]
            errors.values.into_iter().map(f64::from).sum::<f64>()
        })
        .sum();
    sum / blocks.len() as f64
}
