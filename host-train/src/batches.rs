//! Batches in the order of the shuffle, made without work on the training thread.
//!
//! Which blocks a step sees is a pure function of the seed and the step. A set that fits stays on the device as
//! bytes and is gathered there by index; any other is gathered on a thread of its own, some batches ahead.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use anyhow::{Result, anyhow};
use burn::tensor::backend::Backend;
use burn::tensor::{DType, Int, Tensor, TensorData};
use tools::dataset::{BlockSet, Pick};

use crate::mlp::network::SAMPLES;
use crate::shuffle::{Permutation, mix};

/// Batches that wait between the thread that gathers and the one that trains.
const AHEAD: usize = 4;

/// Where the blocks of a run wait to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Residency {
    /// On a GPU if the set is fixed and below 16 GiB, streamed otherwise.
    #[default]
    Auto,
    /// All of the set on the device.
    Device,
    /// Gathered in the background and handed over batch by batch.
    Stream,
}

impl Residency {
    /// The largest set that `auto` puts on a GPU, in bytes.
    const LARGEST: usize = 16 << 30;

    /// Whether `blocks` are to lie on the device.
    pub fn on_device(self, blocks: &BlockSet, gpu: bool) -> Result<bool> {
        let bytes = blocks.resident();
        match self {
            Self::Auto => Ok(gpu && bytes.is_some_and(|bytes| bytes.len() <= Self::LARGEST)),
            Self::Stream => Ok(false),
            Self::Device if bytes.is_some() => Ok(true),
            Self::Device => Err(anyhow!(
                "--residency device needs fixed blocks, and those cut from pictures move; \
                 make a set with `nice dataset build`, or leave the option out"
            )),
        }
    }
}

/// Which blocks each step sees.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Blocks in the set.
    pub blocks: u64,
    /// Blocks a step.
    pub batch: u64,
    /// Decides the shuffle and the offsets.
    pub seed: u64,
}

impl Order {
    /// The blocks of step `step` (from 0): epoch after epoch, each block once in each, batches always full.
    pub fn picks(&self, step: u64) -> impl Iterator<Item = Pick> {
        let Self {
            blocks,
            batch,
            seed,
        } = *self;
        let mut shuffled: Option<(u64, Permutation)> = None;
        (0..batch).map(move |place| {
            let place = step * batch + place;
            let (epoch, place) = (place / blocks, place % blocks);
            let epoch_seed = mix(seed ^ mix(epoch));
            if shuffled.as_ref().is_none_or(|(of, _)| *of != epoch) {
                shuffled = Some((epoch, Permutation::new(blocks, epoch_seed)));
            }
            let index = shuffled.as_ref().expect("made just above").1.at(place);
            Pick {
                index,
                nonce: mix(epoch_seed ^ mix(index)),
            }
        })
    }
}

/// A source of batches, one a step.
pub enum Feed<B: Backend> {
    /// The whole set lies on the device.
    Resident {
        /// The set, `[blocks, 192]`, a byte a sample.
        blocks: Tensor<B, 2, Int>,
        /// Which blocks each step sees.
        order: Order,
        /// The next step.
        step: u64,
    },
    /// Batches arrive from the thread that gathers them.
    Streamed {
        /// The batches to come, `[batch, 192]`.
        batches: Receiver<TensorData>,
    },
}

impl<B: Backend> Feed<B> {
    /// Puts the whole set, `bytes`, on the device; batches start at step `step`.
    pub fn resident(bytes: &[u8], order: Order, step: u64, device: &B::Device) -> Self {
        let data = TensorData::new(bytes.to_vec(), [bytes.len() / SAMPLES, SAMPLES]);
        let blocks = Tensor::from_data(data, (device, DType::U8)); // [blocks, 192], bytes
        Self::Resident {
            blocks,
            order,
            step,
        }
    }

    /// Gathers on a thread of `scope`, from step `step` on; the thread ends when this is dropped.
    ///
    /// A GPU gets bytes and makes samples of them itself; a CPU backend gets samples ready to use.
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
                let picks: Vec<Pick> = order.picks(step).collect();
                let mut bytes = vec![0; picks.len() * SAMPLES];
                blocks.gather(&picks, &mut bytes);
                let shape = [picks.len(), SAMPLES];
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
                    break; // Nobody trains any more.
                }
            }
        });
        Self::Streamed { batches }
    }

    /// The batch of the next step, samples in 0..1: `[batch, 192]`.
    pub fn next(&mut self, device: &B::Device) -> Result<Tensor<B, 2>> {
        match self {
            Self::Resident {
                blocks,
                order,
                step,
            } => {
                let index: Vec<i32> = order
                    .picks(*step)
                    .map(|pick| i32::try_from(pick.index))
                    .collect::<Result<_, _>>()?;
                *step += 1;
                let count = index.len();
                let index = Tensor::<B, 1, Int>::from_data(TensorData::new(index, [count]), device); // [batch]
                Ok(samples(blocks.clone().select(0, index))) // [batch, 192]
            }
            Self::Streamed { batches } => {
                let data = batches
                    .recv()
                    .map_err(|_| anyhow!("the thread that gathers blocks ended early"))?;
                Ok(to_device(data, device))
            }
        }
    }
}

const SCALE: f32 = 1.0 / 255.0;

/// Bytes to samples in 0..1, on the device: `[n, 192]` to `[n, 192]`.
fn samples<B: Backend>(bytes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
    bytes.float() * SCALE
}

/// Bytes or ready samples, on the device as samples in 0..1.
fn to_device<B: Backend>(data: TensorData, device: &B::Device) -> Tensor<B, 2> {
    match data.dtype {
        DType::U8 => samples(Tensor::from_data(data, (device, DType::U8))),
        _ => Tensor::from_data(data, device),
    }
}

/// A run of blocks, flat planar bytes, on the device as samples in 0..1: `[blocks, 192]`.
pub fn upload<B: Backend>(bytes: &[u8], device: &B::Device) -> Tensor<B, 2> {
    let samples: Vec<f32> = bytes.iter().map(|&b| f32::from(b) * SCALE).collect();
    Tensor::from_data(
        TensorData::new(samples, [bytes.len() / SAMPLES, SAMPLES]),
        device,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_shows_every_block_once_whatever_the_batch() {
        let order = Order {
            blocks: 100,
            batch: 32,
            seed: 5,
        };
        let mut seen: Vec<u64> = (0..25)
            .flat_map(|step| order.picks(step))
            .map(|pick| pick.index)
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
    fn a_set_smaller_than_a_batch_fills_it_from_several_epochs() {
        let order = Order {
            blocks: 3,
            batch: 8,
            seed: 0,
        };
        assert_eq!(order.picks(0).count(), 8);
        assert!(order.picks(0).all(|pick| pick.index < 3));
    }

    #[test]
    fn a_step_sees_the_same_blocks_whenever_it_is_asked_for_and_offsets_change_with_the_epoch() {
        let order = Order {
            blocks: 10,
            batch: 10,
            seed: 9,
        };
        let picks = |step| {
            let mut picks: Vec<_> = order.picks(step).map(|p| (p.index, p.nonce)).collect();
            picks.sort_unstable();
            picks
        };
        assert_eq!(picks(4), picks(4));
        assert!(
            picks(0)
                .iter()
                .zip(picks(1))
                .all(|(one, two)| one.0 == two.0 && one.1 != two.1)
        );
    }
}
