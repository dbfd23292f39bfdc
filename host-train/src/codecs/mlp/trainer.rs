//! The trainer of a network.

use anyhow::Result;
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use nice_encode::Picture;

use super::float;
use super::network::{Network, NetworkConfig};
use crate::adam::{Adam, AdamW};
use crate::checkpoint::Checkpoint;
use crate::data::batches::Feed;
use crate::device::TrainingBackend;
use crate::log::Log;
use crate::run::Run;
use crate::training::{self, End, Step, Trainer};

/// The trainer of a network.
struct NetworkTrainer<'a, B: TrainingBackend> {
    run: &'a Run,
    feed: Feed<'a, B::InnerBackend>,
    device: &'a B::Device,
}

/// Trains a network up to the last step, from random parameters or from a checkpoint.
///
/// # Errors
///
/// Those of [`training::train`].
pub fn train<B: TrainingBackend>(
    run: &Run,
    config: NetworkConfig,
    checkpoint: Option<Checkpoint>,
    device: &B::Device,
    log: &mut Log<'_>,
) -> Result<(End, Checkpoint)> {
    let order = run.order();
    let blocks = &run.data.splits.train;
    let execution = &run.execution;
    let on_device = execution
        .residency
        .on_device(blocks, execution.gpu_memory)?;
    let first = checkpoint
        .as_ref()
        .map_or(0, |checkpoint| checkpoint.progress.step);
    std::thread::scope(|scope| {
        let feed = match on_device {
            true => Feed::resident(blocks, order, first, device, scope),
            false => Feed::streamed(blocks, order, first, scope),
        };
        let network = config.init::<B>(run.config.seed, device);
        let trainer = NetworkTrainer { run, feed, device };
        training::train(run, trainer, network, checkpoint, device, log)
    })
}

impl<B: TrainingBackend> Trainer<B> for NetworkTrainer<'_, B> {
    type Module = Network<B>;

    fn optimizer(&self) -> Adam<B, Network<B>> {
        Adam::from(AdamW {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
        })
    }

    fn step(&mut self, module: &mut Network<B>, _step: u64) -> Result<Step<B>> {
        let blocks = Tensor::from_inner(self.feed.next(self.device)?); // [batch, 192]
        let loss = module.loss(blocks); // [1]
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
