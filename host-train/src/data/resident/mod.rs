//! Training blocks that lie on the device as bytes: batches are cut out of them there.

mod cpu;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod gpu;

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use anyhow::{Result, anyhow};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use nice_data::{BlockId, BlockSet};
use nice_decode::{BLOCK_SAMPLES, BLOCK_SIDE};

use crate::data::order::{Order, orientation};

/// The number of batches whose places are computed ahead.
const AHEAD: usize = 4;

/// The factor from bytes to samples in 0..1.
pub const SCALE: f32 = 1.0 / 255.0;

/// The numbers of a place: the offset of the first pixel, the distance between two lines, and an orientation.
const PLACE: usize = 3;

/// The bytes of pictures or of planar blocks.
#[derive(Clone, Debug)]
pub struct DeviceBytes<B: Backend> {
    /// The bytes, four in a number, the first one lowest, `[numbers]`. Not all GPUs can address single bytes.
    pub words: Tensor<B, 1, Int>,
    /// The distance between two pixels of a line, in bytes.
    pub pixel: u32,
    /// The distance between two channels of a pixel, in bytes.
    pub channel: u32,
}

/// A backend that cuts blocks.
pub trait CutBlocks: Backend {
    /// The samples of blocks, in 0..1 and planar, `[blocks, 192]`, given their places, `[blocks, 3]`. The orientation is not used.
    fn cut_samples(bytes: &DeviceBytes<Self>, places: Tensor<Self, 2, Int>) -> Tensor<Self, 2>;

    /// The coordinates of blocks in which a codebook is trained, `[blocks, 96]`, given their places, `[blocks, 3]`, and the squared
    /// errors of their fine chroma, `[blocks]`.
    fn cut_coordinates(
        bytes: &DeviceBytes<Self>,
        places: Tensor<Self, 2, Int>,
    ) -> (Tensor<Self, 2>, Tensor<Self, 1>);
}

/// A set of blocks on the device.
pub struct ResidentSet<'a, B: Backend> {
    set: &'a BlockSet,
    bytes: DeviceBytes<B>,
    /// Where each picture begins in the bytes; none if the blocks are fixed.
    starts: Vec<u32>,
}

/// The bytes that a set takes on the device.
pub fn bytes_of(set: &BlockSet) -> usize {
    match set.fixed() {
        Some(bytes) => bytes.len(),
        None => set
            .pictures()
            .iter()
            .map(|picture| picture.rgb().len())
            .sum(),
    }
}

impl<'a, B: Backend> ResidentSet<'a, B> {
    /// Copies a set to the device. It has at most [`u32::MAX`] bytes.
    pub fn new(set: &'a BlockSet, device: &B::Device) -> Self {
        let mut words = Vec::with_capacity(bytes_of(set).div_ceil(4) + 1);
        let mut rest = Vec::with_capacity(4);
        let mut starts = Vec::new();
        let (pixel, channel) = match set.fixed() {
            Some(bytes) => {
                push(bytes, &mut words, &mut rest);
                (1, (BLOCK_SIDE * BLOCK_SIDE) as u32)
            }
            None => {
                for picture in set.pictures() {
                    starts.push((words.len() * 4 + rest.len()) as u32);
                    push(picture.rgb(), &mut words, &mut rest);
                }
                (3, 1)
            }
        };
        rest.resize(4, 0);
        words.extend(number(&rest));
        Self {
            set,
            bytes: DeviceBytes {
                words: Tensor::from_data(TensorData::from(&words[..]), device),
                pixel,
                channel,
            },
            starts,
        }
    }

    /// The bytes on the device.
    pub fn bytes(&self) -> &DeviceBytes<B> {
        &self.bytes
    }

    /// The places of blocks, `[blocks, 3]`.
    pub fn places(&self, ids: &[BlockId], device: &B::Device) -> Tensor<B, 2, Int> {
        to_device(places(self.set, &self.starts, ids.iter().copied()), device)
    }

    /// Computes the places of batches on a thread of `scope`, starting with batch `first`. The thread ends when the feed is dropped.
    pub fn feed<'scope>(
        &self,
        order: Order,
        first: u64,
        scope: &'scope Scope<'scope, '_>,
    ) -> PlaceFeed
    where
        'a: 'scope,
    {
        let (sender, batches) = sync_channel(AHEAD);
        let (set, starts) = (self.set, self.starts.clone());
        scope.spawn(move || {
            for batch in first.. {
                if sender
                    .send(places(set, &starts, order.batch(batch)))
                    .is_err()
                {
                    break; // Training has ended.
                }
            }
        });
        PlaceFeed { batches }
    }
}

/// The places of batches, one after the other.
pub struct PlaceFeed {
    batches: Receiver<Vec<i32>>,
}

impl PlaceFeed {
    /// The places of the next batches together, `[blocks, 3]`.
    ///
    /// # Errors
    ///
    /// When the thread that computes them has ended.
    pub fn next<B: Backend>(&self, batches: u64, device: &B::Device) -> Result<Tensor<B, 2, Int>> {
        let mut all = Vec::new();
        for _ in 0..batches {
            let next = self.batches.recv();
            all.extend(next.map_err(|_| anyhow!("the thread that draws blocks has ended"))?);
        }
        Ok(to_device(all, device))
    }
}

fn to_device<B: Backend>(places: Vec<i32>, device: &B::Device) -> Tensor<B, 2, Int> {
    let blocks = places.len() / PLACE;
    Tensor::from_data(TensorData::new(places, [blocks, PLACE]), device)
}

/// The places of blocks, one after the other.
fn places(set: &BlockSet, starts: &[u32], ids: impl Iterator<Item = BlockId>) -> Vec<i32> {
    let places = ids.flat_map(|id| {
        let (offset, line) = match set.position(id) {
            None => (id.index as u32 * BLOCK_SAMPLES as u32, BLOCK_SIDE as u32),
            Some(at) => {
                let line = set.pictures()[at.picture].width() * 3;
                (starts[at.picture] + at.y * line + at.x * 3, line)
            }
        };
        [offset, line, orientation(id).bits().into()].map(u32::cast_signed)
    });
    places.collect()
}

/// Adds bytes to numbers of four bytes; `rest` are those of the last number, which is not complete.
fn push(bytes: &[u8], words: &mut Vec<i32>, rest: &mut Vec<u8>) {
    let missing = if rest.is_empty() { 0 } else { 4 - rest.len() };
    let (head, tail) = bytes.split_at(missing.min(bytes.len()));
    rest.extend(head);
    if rest.len() == 4 {
        words.extend(number(rest));
        rest.clear();
    }
    let (whole, end) = tail.as_chunks::<4>();
    words.extend(whole.iter().map(|bytes| i32::from_le_bytes(*bytes)));
    rest.extend(end);
}

/// Four bytes as a number.
fn number(bytes: &[u8]) -> Option<i32> {
    bytes.first_chunk().map(|bytes| i32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_follow_one_another_in_the_numbers_however_long_their_parts_are() {
        let bytes: Vec<u8> = (0..100).collect();
        let mut words = Vec::new();
        let mut rest = Vec::new();
        let mut from = 0;
        for length in [1, 2, 3, 4, 5, 0, 6, 1, 1, 30, 47] {
            push(&bytes[from..from + length], &mut words, &mut rest);
            from += length;
        }
        let found: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!((from, found, rest.len()), (100, bytes, 0));
    }
}
