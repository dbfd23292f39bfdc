//! Blocks that are cut on all cores of the CPU.

use burn::tensor::{Int, Tensor, TensorData};
use burn_flex::Flex;
use nice_decode::{BLOCK_SAMPLES, BLOCK_SIDE, Orientation};
use nice_encode::codebook::{Coordinates, DIMENSIONS, coordinates};
use rayon::prelude::*;

use super::{CutBlocks, DeviceBytes, PLACE, SCALE};

impl CutBlocks for Flex {
    fn cut_samples(bytes: &DeviceBytes<Self>, places: Tensor<Self, 2, Int>) -> Tensor<Self, 2> {
        let device = places.device();
        let blocks = cut(bytes, places, |block, _| {
            block.map(|byte| f32::from(byte) * SCALE)
        });
        let samples = blocks.into_flattened();
        let shape = [samples.len() / BLOCK_SAMPLES, BLOCK_SAMPLES];
        Tensor::from_data(TensorData::new(samples, shape), &device)
    }

    fn cut_coordinates(
        bytes: &DeviceBytes<Self>,
        places: Tensor<Self, 2, Int>,
    ) -> (Tensor<Self, 2>, Tensor<Self, 1>) {
        let device = places.device();
        let blocks = cut(bytes, places, |block, orientation| {
            let x = coordinates::of_block(&block);
            let fine_chroma = coordinates::fine_chroma_error(&block, &x);
            (coordinates::oriented(&x, orientation), fine_chroma as f32)
        });
        let (coordinates, fine_chroma): (Vec<Coordinates>, Vec<f32>) = blocks.into_iter().unzip();
        let shape = [coordinates.len(), DIMENSIONS];
        let coordinates = TensorData::new(coordinates.into_flattened(), shape);
        (
            Tensor::from_data(coordinates, &device),
            Tensor::from_data(TensorData::from(&fine_chroma[..]), &device),
        )
    }
}

/// Cuts planar blocks and converts them, each with the orientation of its place.
fn cut<T: Send>(
    bytes: &DeviceBytes<Flex>,
    places: Tensor<Flex, 2, Int>,
    convert: impl Fn([u8; BLOCK_SAMPLES], Orientation) -> T + Sync,
) -> Vec<T> {
    let (pixel, channel) = (bytes.pixel as usize, bytes.channel as usize);
    let words = bytes.words.clone().into_primitive();
    let words: &[i32] = words.storage();
    let places: Vec<i32> = places.into_data().iter().collect();
    let (places, _) = places.as_chunks::<PLACE>();
    let blocks = places
        .par_iter()
        .with_min_len(256)
        .map(|&[offset, line, orientation]| {
            let (offset, line) = (offset.cast_unsigned() as usize, line as usize);
            let block = std::array::from_fn(|at| {
                let (plane, at) = (
                    at / (BLOCK_SIDE * BLOCK_SIDE),
                    at % (BLOCK_SIDE * BLOCK_SIDE),
                );
                let (y, x) = (at / BLOCK_SIDE, at % BLOCK_SIDE);
                let at = offset + y * line + x * pixel + plane * channel;
                words[at / 4].to_le_bytes()[at % 4]
            });
            convert(block, Orientation::from_bits(orientation as u8))
        });
    blocks.collect()
}
