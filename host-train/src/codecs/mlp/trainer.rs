//! The trainer of a network.

use anyhow::Result;
use burn::module::AutodiffModule;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::backend::AutodiffBackend;
use nice_encode::Picture;

use super::float;
use super::network::{Network, NetworkConfig};
use crate::checkpoint::{Adam, Checkpoint};
use crate::data::batches::Feed;
use crate::log::Log;
use crate::run::Run;
use crate::training::{self, End, Step, Trainer};

/// The trainer of a network.
struct NetworkTrainer<'a, B: AutodiffBackend> {
    run: &'a Run,
    feed: Feed<B>,
    device: &'a B::Device,
}

/// Trains a network up to the last step, from random parameters or from a checkpoint.
///
/// # Errors
///
/// Those of [`training::train`].
pub fn train<B: AutodiffBackend>(
    run: &Run,
    config: NetworkConfig,
    checkpoint: Option<Checkpoint>,
    device: &B::Device,
    log: &mut Log<'_>,
) -> Result<(End, Checkpoint)> {
    let order = run.order();
    let blocks = &run.data.splits.train;
    let (gpu, residency) = (run.execution.gpu, run.execution.residency);
    let first = checkpoint
        .as_ref()
        .map_or(0, |checkpoint| checkpoint.progress.step);
    std::thread::scope(|scope| {
        let feed = match blocks.fixed() {
            Some(bytes) if residency.on_device(blocks, gpu)? => {
                Feed::resident(bytes, order, first, device)
            }
            _ => Feed::streamed(blocks, order, first, gpu, scope),
        };
        let network = config.init::<B>(run.config.seed, device);
        let trainer = NetworkTrainer { run, feed, device };
        training::train(run, trainer, network, checkpoint, device, log)
    })
}

impl<B: AutodiffBackend> Trainer<B> for NetworkTrainer<'_, B> {
    type Module = Network<B>;

    fn optimizer(&self) -> Adam<B, Network<B>> {
        AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_weight_decay(0.01)
            .init()
    }

    fn step(&mut self, module: &mut Network<B>, _step: u64) -> Result<Step<B>> {
        let loss = module.loss(self.feed.next(self.device)?); // [1]
        Ok(Step {
            squared_error: loss.clone().inner(),
            gradients: GradientsParams::from_grads(loss.backward(), module),
        })
    }

    fn validate(&self, module: &Network<B>) -> Result<f64> {
        let blocks = self.run.validation_blocks()?;
        Ok(float::mean_squared_error(
            &module.valid(),
            blocks,
            self.device,
        ))
    }

    fn decode(&self, module: &Network<B>, picture: &Picture) -> Result<Picture> {
        float::decode_picture(&module.valid(), picture, self.device)
    }
}
