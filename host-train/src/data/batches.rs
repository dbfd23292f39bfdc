//! Batches of samples in shuffled order, for a network.
//!
//! A set that fits into the memory of the device stays there as bytes, out of which batches are cut; otherwise they are gathered by
//! another thread, a few batches ahead.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use anyhow::{Result, anyhow, ensure};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use nice_data::{BlockId, BlockSet};
use nice_decode::BLOCK_SAMPLES;

use super::order::Order;
use super::resident::{self, CutBlocks, PlaceFeed, ResidentSet, SCALE};

/// The number of batches that are gathered ahead.
const AHEAD: usize = 4;

/// Where the training blocks are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Residency {
    /// On a GPU if half of its memory has room for them, otherwise streamed.
    #[default]
    Auto,
    /// On the device.
    Device,
    /// Gathered in the background, batch by batch.
    Stream,
}

impl Residency {
    /// Whether a set of blocks is held on the device. `memory` is that of a GPU, in bytes.
    pub fn on_device(self, set: &BlockSet, memory: Option<u64>) -> Result<bool> {
        let bytes = resident::bytes_of(set) as u64;
        match self {
            Self::Auto => {
                Ok(memory.is_some_and(|memory| bytes <= memory / 2) && bytes < u32::MAX.into())
            }
            Self::Stream => Ok(false),
            Self::Device => {
                let room = memory.unwrap_or(u64::MAX).min(u32::MAX.into());
                ensure!(
                    bytes < room,
                    "--residency device needs room for {bytes} bytes of blocks, but there is room for {room}; omit the option"
                );
                Ok(true)
            }
        }
    }
}

/// The batches of a run, one for each step.
pub enum Feed<'a, B: Backend> {
    /// The set is on the device.
    Resident {
        /// The set.
        set: ResidentSet<'a, B>,
        /// The places of the next batches in it.
        places: PlaceFeed,
    },
    /// Another thread gathers the batches.
    Streamed {
        /// The next batches, `[batch, 192]`.
        batches: Receiver<TensorData>,
    },
}

impl<'a, B: CutBlocks> Feed<'a, B> {
    /// Copies the set to the device. The first batch is that of `step`.
    pub fn resident<'scope>(
        set: &'a BlockSet,
        order: Order,
        step: u64,
        device: &B::Device,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self
    where
        'a: 'scope,
    {
        let set = ResidentSet::new(set, device);
        let places = set.feed(order, step, scope);
        Self::Resident { set, places }
    }

    /// Gathers batches on a thread of `scope`, starting with that of `step`. The thread ends when this is dropped.
    pub fn streamed<'scope>(
        blocks: &'scope BlockSet,
        order: Order,
        step: u64,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self {
        let (sender, batches) = sync_channel(AHEAD);
        scope.spawn(move || {
            for step in step.. {
                let ids: Vec<BlockId> = order.batch(step).collect();
                let mut bytes = vec![0; ids.len() * BLOCK_SAMPLES];
                blocks.gather(&ids, &mut bytes);
                if sender.send(samples(&bytes)).is_err() {
                    break; // Training has ended.
                }
            }
        });
        Self::Streamed { batches }
    }

    /// The batch of the next step, with samples in 0..1: `[batch, 192]`.
    ///
    /// # Errors
    ///
    /// When the thread that prepares batches has ended.
    pub fn next(&mut self, device: &B::Device) -> Result<Tensor<B, 2>> {
        match self {
            Self::Resident { set, places } => {
                Ok(B::cut_samples(set.bytes(), places.next(1, device)?))
            }
            Self::Streamed { batches } => {
                let data = batches
                    .recv()
                    .map_err(|_| anyhow!("the thread that gathers batches has ended"))?;
                Ok(Tensor::from_data(data, device))
            }
        }
    }
}

/// Bytes of planar blocks as samples in 0..1, `[blocks, 192]`.
fn samples(bytes: &[u8]) -> TensorData {
    let samples: Vec<f32> = bytes.iter().map(|&b| f32::from(b) * SCALE).collect();
    TensorData::new(samples, [bytes.len() / BLOCK_SAMPLES, BLOCK_SAMPLES])
}

/// Copies planar blocks of bytes to the device, as samples in 0..1: `[blocks, 192]`.
pub fn upload<B: Backend>(bytes: &[u8], device: &B::Device) -> Tensor<B, 2> {
    Tensor::from_data(samples(bytes), device)
}
