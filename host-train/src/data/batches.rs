//! Batches in shuffled order.
//!
//! The blocks of a step depend only on the seed and the step. A set that fits into the memory of the device stays there as bytes,
//! and batches are gathered by index; otherwise they are gathered by another thread, a few batches ahead.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use anyhow::{Result, anyhow};
use burn::tensor::backend::Backend;
use burn::tensor::{DType, Int, Tensor, TensorData};
use nice_data::random::split_mix;
use nice_data::{BlockId, BlockSet};
use nice_decode::BLOCK_SAMPLES;

use super::shuffle::Permutation;

/// The number of batches that are gathered ahead.
const AHEAD: usize = 4;

/// Where the training blocks are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Residency {
    /// On a GPU if the set is fixed and not larger than 16 GiB, otherwise streamed.
    #[default]
    Auto,
    /// On the device.
    Device,
    /// Gathered in the background, batch by batch.
    Stream,
}

impl Residency {
    /// The largest set that `auto` holds on a GPU, in bytes.
    const LARGEST: usize = 16 << 30;

    /// Whether a set of blocks is held on the device.
    pub fn on_device(self, blocks: &BlockSet, gpu: bool) -> Result<bool> {
        let bytes = blocks.fixed();
        match self {
            Self::Auto => Ok(gpu && bytes.is_some_and(|bytes| bytes.len() <= Self::LARGEST)),
            Self::Stream => Ok(false),
            Self::Device if bytes.is_some() => Ok(true),
            Self::Device => Err(anyhow!(
                "--residency device needs fixed blocks, but these are cut from pictures at random positions; \
                 make a .bin file with `nicec dataset build`, or omit the option"
            )),
        }
    }
}

/// The order in which training uses the blocks.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The number of blocks in the set.
    pub blocks: u64,
    /// The number of blocks in a batch.
    pub batch: u64,
    /// The seed of the shuffle and of the random positions.
    pub seed: u64,
}

impl Order {
    /// The blocks of step `step` (from 0). Each epoch has every block once, and all batches are full.
    pub fn batch(&self, step: u64) -> impl Iterator<Item = BlockId> {
        let Self {
            blocks,
            batch,
            seed,
        } = *self;
        let mut shuffled: Option<(u64, Permutation)> = None;
        (0..batch).map(move |position| {
            let position = step * batch + position;
            let (epoch, position) = (position / blocks, position % blocks);
            let epoch_seed = split_mix(seed ^ split_mix(epoch));
            if shuffled.as_ref().is_none_or(|(of, _)| *of != epoch) {
                shuffled = Some((epoch, Permutation::new(blocks, epoch_seed)));
            }
            let index = shuffled.as_ref().expect("made just above").1.at(position);
            BlockId {
                index,
                nonce: split_mix(epoch_seed ^ split_mix(index)),
            }
        })
    }
}

/// The batches of a run, one for each step.
pub enum Feed<B: Backend> {
    /// The set is on the device.
    Resident {
        /// The set, `[blocks, 192]`, one byte for each sample.
        blocks: Tensor<B, 2, Int>,
        /// The order of the blocks.
        order: Order,
        /// The next step.
        step: u64,
    },
    /// Another thread gathers the batches.
    Streamed {
        /// The next batches, `[batch, 192]`.
        batches: Receiver<TensorData>,
    },
}

impl<B: Backend> Feed<B> {
    /// Copies the set to the device. The first batch is that of `step`.
    pub fn resident(bytes: &[u8], order: Order, step: u64, device: &B::Device) -> Self {
        let data = TensorData::new(bytes.to_vec(), [bytes.len() / BLOCK_SAMPLES, BLOCK_SAMPLES]);
        let blocks = Tensor::from_data(data, (device, DType::U8)); // [blocks, 192], bytes
        Self::Resident {
            blocks,
            order,
            step,
        }
    }

    /// Gathers batches on a thread of `scope`, starting with that of `step`. The thread ends when this is dropped.
    ///
    /// A GPU gets bytes and converts them to samples itself; a CPU backend gets samples.
    pub fn streamed<'scope>(
        blocks: &'scope BlockSet,
        order: Order,
        step: u64,
        gpu: bool,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self {
        let (sender, batches) = sync_channel(AHEAD);
        scope.spawn(move || {
            for step in step.. {
                let ids: Vec<BlockId> = order.batch(step).collect();
                let mut bytes = vec![0; ids.len() * BLOCK_SAMPLES];
                blocks.gather(&ids, &mut bytes);
                let shape = [ids.len(), BLOCK_SAMPLES];
                let batch = if gpu {
                    TensorData::new(bytes, shape)
                } else {
                    TensorData::new(
                        bytes
                            .iter()
                            .map(|&b| f32::from(b) * SCALE)
                            .collect::<Vec<f32>>(),
                        shape,
                    )
                };
                if sender.send(batch).is_err() {
                    break; // Training has ended.
                }
            }
        });
        Self::Streamed { batches }
    }

    /// The batch of the next step, with samples in 0..1: `[batch, 192]`.
    pub fn next(&mut self, device: &B::Device) -> Result<Tensor<B, 2>> {
        match self {
            Self::Resident {
                blocks,
                order,
                step,
            } => {
                let index: Vec<i32> = order
                    .batch(*step)
                    .map(|id| i32::try_from(id.index))
                    .collect::<Result<_, _>>()?;
                *step += 1;
                let count = index.len();
                let index = Tensor::<B, 1, Int>::from_data(TensorData::new(index, [count]), device); // [batch]
                Ok(samples(blocks.clone().select(0, index))) // [batch, 192]
            }
            Self::Streamed { batches } => {
                let data = batches
                    .recv()
                    .map_err(|_| anyhow!("the thread that gathers batches has ended"))?;
                Ok(to_device(data, device))
            }
        }
    }
}

/// The factor from bytes to samples in 0..1.
const SCALE: f32 = 1.0 / 255.0;

/// Converts bytes to samples in 0..1, on the device: `[n, 192]` to `[n, 192]`.
fn samples<B: Backend>(bytes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
    bytes.float() * SCALE
}

/// Copies bytes or samples to the device, as samples in 0..1.
fn to_device<B: Backend>(data: TensorData, device: &B::Device) -> Tensor<B, 2> {
    match data.dtype {
        DType::U8 => samples(Tensor::from_data(data, (device, DType::U8))),
        _ => Tensor::from_data(data, device),
    }
}

/// Copies planar blocks of bytes to the device, as samples in 0..1: `[blocks, 192]`.
pub fn upload<B: Backend>(bytes: &[u8], device: &B::Device) -> Tensor<B, 2> {
    let samples: Vec<f32> = bytes.iter().map(|&b| f32::from(b) * SCALE).collect();
    Tensor::from_data(
        TensorData::new(samples, [bytes.len() / BLOCK_SAMPLES, BLOCK_SAMPLES]),
        device,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_has_every_block_once_whatever_the_batch() {
        let order = Order {
            blocks: 100,
            batch: 32,
            seed: 5,
        };
        let mut seen: Vec<u64> = (0..25)
            .flat_map(|step| order.batch(step))
            .map(|id| id.index)
            .collect();
        assert_eq!(seen.len(), 800);
        for epoch in seen.chunks_mut(100) {
            epoch.sort_unstable();
            assert!(
                epoch
                    .iter()
                    .enumerate()
                    .all(|(i, &index)| index == i as u64)
            );
        }
    }

    #[test]
    fn a_batch_larger_than_the_set_is_filled_from_several_epochs() {
        let order = Order {
            blocks: 3,
            batch: 8,
            seed: 0,
        };
        assert_eq!(order.batch(0).count(), 8);
        assert!(order.batch(0).all(|id| id.index < 3));
    }

    #[test]
    fn the_blocks_of_a_step_never_change_and_positions_change_with_the_epoch() {
        let order = Order {
            blocks: 10,
            batch: 10,
            seed: 9,
        };
        let ids = |step| {
            let mut ids: Vec<_> = order.batch(step).map(|id| (id.index, id.nonce)).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(4), ids(4));
        assert!(
            ids(0)
                .iter()
                .zip(ids(1))
                .all(|(one, two)| one.0 == two.0 && one.1 != two.1)
        );
    }
}
