//! Training the network: its batches, its loss, and how it is validated.

use anyhow::Result;
use burn::module::AutodiffModule;
use burn::optim::AdamWConfig;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{ElementConversion, Tensor};
use tools::picture::Picture;

use super::finish::decode_float;
use super::network::{Network, NetworkConfig, SAMPLES};
use crate::batches::{Feed, upload};
use crate::checkpoint::{Adam, Checkpoint};
use crate::train::{self, End, Job, Wing, validation};

/// Blocks that are validated at once.
const VALIDATION_BATCH: usize = 8192;

/// The network in training.
struct Training<'a, B: AutodiffBackend> {
    job: &'a Job<'a>,
    feed: Feed<B>,
    device: &'a B::Device,
}

/// Trains a network until the last step, from the start or from a checkpoint, and says why it ended and with what.
pub fn train<B: AutodiffBackend>(
    job: &Job,
    sizes: NetworkConfig,
    from: Option<Checkpoint>,
    device: &B::Device,
) -> Result<(End, Checkpoint)> {
    let order = job.order();
    let first = from.as_ref().map_or(0, |from| from.progress.step);
    std::thread::scope(|scope| {
        let feed = match job.data.train.resident() {
            Some(bytes) if job.residency.on_device(&job.data.train, job.gpu)? => {
                Feed::resident(bytes, order, first, device)
            }
            _ => Feed::streamed(&job.data.train, order, first, job.gpu, scope),
        };
        let network = sizes.init::<B>(job.config.seed, device);
        let wing = Training { job, feed, device };
        train::train(job, wing, network, from, device)
    })
}

impl<B: AutodiffBackend> Wing<B> for Training<'_, B> {
    type Module = Network<B>;

    fn optimizer(&self) -> Adam<B, Network<B>> {
        AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_weight_decay(0.01)
            .init()
    }

    fn loss(&mut self, module: &mut Network<B>, _step: u64) -> Result<(Tensor<B, 1>, f64)> {
        Ok((module.loss(self.feed.next(self.device)?), 1.0))
    }

    fn validate(&self, module: &Network<B>) -> Result<f64> {
        let blocks = validation(self.job.data)?;
        Ok(mean_squared_error(&module.valid(), blocks, self.device))
    }

    fn decode(&self, module: &Network<B>, picture: &Picture) -> Result<Picture> {
        decode_float(&module.valid(), picture, self.device)
    }
}

/// Mean squared error of the network over blocks, samples in 0..1, decoded samples not clamped.
pub fn mean_squared_error<B: Backend>(
    network: &Network<B>,
    blocks: &[u8],
    device: &B::Device,
) -> f64 {
    let sum: f64 = blocks
        .chunks(VALIDATION_BATCH * SAMPLES)
        .map(|chunk| {
            let x = upload::<B>(chunk, device); // [blocks, 192]
            let error = network.decode(network.bits(x.clone())) - x; // [blocks, 192]
            error.powi_scalar(2).sum().into_scalar().elem::<f64>()
        })
        .sum();
    sum / blocks.len() as f64
}
