//! The blocks that a codebook is trained on, as coordinates on the device.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use nice_data::{BlockId, BlockSet};
use nice_decode::BLOCK_SAMPLES;
use nice_encode::codebook::{Coordinates, coordinates};
use rayon::prelude::*;

use super::backend::upload;
use crate::data::order::orientation;
use crate::data::resident::{CutBlocks, DeviceBytes};

/// Some blocks.
#[derive(Clone, Debug)]
pub struct Blocks<B: Backend> {
    /// Their coordinates, `[blocks, 96]`.
    pub coordinates: Tensor<B, 2>,
    /// The squared errors of their fine chroma, which no codeword can hold, `[blocks]`.
    pub fine_chroma: Tensor<B, 1>,
}

impl<B: Backend> Blocks<B> {
    /// Planar blocks of bytes.
    pub fn of_planar(planar: &[u8], device: &B::Device) -> Self {
        let (planar, _) = planar.as_chunks::<BLOCK_SAMPLES>();
        let blocks = planar.par_iter().map(|block| {
            let x = coordinates::of_block(block);
            (x, coordinates::fine_chroma_error(block, &x) as f32)
        });
        Self::on_device(blocks.unzip(), device)
    }

    /// Blocks that are cut on the device out of bytes, given their places, `[blocks, 3]`.
    pub fn cut(bytes: &DeviceBytes<B>, places: Tensor<B, 2, Int>) -> Self
    where
        B: CutBlocks,
    {
        let (coordinates, fine_chroma) = B::cut_coordinates(bytes, places);
        Self {
            coordinates,
            fine_chroma,
        }
    }

    /// Some blocks of a set, each in an orientation that its nonce determines, gathered on all threads.
    pub fn gather(set: &BlockSet, ids: &[BlockId], device: &B::Device) -> Self {
        let blocks = ids.par_chunks(256).flat_map_iter(|ids| {
            let mut bytes = vec![0; ids.len() * BLOCK_SAMPLES];
            set.gather(ids, &mut bytes);
            let blocks: Vec<_> = bytes
                .as_chunks()
                .0
                .iter()
                .zip(ids)
                .map(|(block, id)| {
                    let x = coordinates::of_block(block);
                    let error = coordinates::fine_chroma_error(block, &x) as f32;
                    (coordinates::oriented(&x, orientation(*id)), error)
                })
                .collect();
            blocks
        });
        Self::on_device(blocks.unzip(), device)
    }

    fn on_device(blocks: (Vec<Coordinates>, Vec<f32>), device: &B::Device) -> Self {
        let (coordinates, fine_chroma) = blocks;
        Self {
            coordinates: upload(&coordinates, device),
            fine_chroma: Tensor::from_data(TensorData::from(&fine_chroma[..]), device),
        }
    }
}
