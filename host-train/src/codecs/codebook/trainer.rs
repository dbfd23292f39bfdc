//! Trains a codebook: a search finds the indices, all parameters are trained jointly, unused codewords are revived, and the last
//! part of training uses rounded tables.
//!
//! The search finds the indices of a pool of several batches at once. The device then trains on these batches in a few passes,
//! before the next pool is sampled. The indices of a pool depend on the parameters at its start, so a checkpoint is possible only
//! between two pools.

use anyhow::Result;
use burn::module::AutodiffModule;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use nice_data::random::split_mix;
use nice_data::{BlockId, progress};
use nice_decode::BLOCK_SAMPLES;
use nice_decode::format::Stage;
use nice_encode::Picture;
use nice_encode::codebook::Codebook;
use nice_encode::codebook::coordinates::{PART, PARTS};

use super::backend::{CodebookBackend, CodebookTensors};
use super::blocks::Blocks;
use super::config::CodebookConfig;
use super::parameters::{Batch, Parameters, Rounding};
use super::quantize::quantize;
use super::revive::revive;
use super::{float, kmeans, lengths};
use crate::adam::{Adam, AdamW};
use crate::checkpoint::Checkpoint;
use crate::data::order::Order;
use crate::data::resident::{PlaceFeed, ResidentSet};
use crate::device::TrainingBackend;
use crate::log::Log;
use crate::run::Run;
use crate::training::{self, End, Step, Trainer};

/// The number of blocks from which the first codewords are made.
const START_BLOCKS: u64 = 1 << 17;

/// The width of the beam for validation and for the demo picture.
const VALIDATION_BEAM: usize = 8;

/// The progress after which the codebook is rounded in the search and in what blocks decode to.
const ROUNDED_FROM: f64 = 0.7;

/// The progress up to which unused codewords are revived.
const REVIVED_UNTIL: f64 = 0.6;

/// The number of samples of a block, by which its squared error is divided.
const SAMPLES: f64 = BLOCK_SAMPLES as f64;

/// The trainer of a codebook.
struct CodebookTrainer<'a, B: TrainingBackend> {
    run: &'a Run,
    /// The blocks, if they are on the device, and the places of those of the next pools.
    resident: Option<(ResidentSet<'a, B::InnerBackend>, PlaceFeed)>,
    config: &'a CodebookConfig,
    stages: &'a [Stage],
    steps: u64,
    pool: Option<Pool<B::InnerBackend>>,
    device: &'a B::Device,
}

/// Batches with their indices.
struct Pool<B: Backend> {
    number: u64,
    /// All of its blocks.
    blocks: Batch<B>,
    /// The squared errors of their fine chroma, `[blocks]`.
    fine_chroma: Tensor<B, 1>,
    rounding: Option<Rounding<B>>,
}

/// Trains a codebook up to the last step: from a checkpoint, from the codewords of another one, or from k-means.
///
/// # Errors
///
/// Those of [`training::train`].
pub fn train<B: TrainingBackend>(
    run: &Run,
    config: &CodebookConfig,
    start: Option<&Codebook>,
    checkpoint: Option<Checkpoint>,
    device: &B::Device,
    log: &mut Log<'_>,
) -> Result<(End, Checkpoint)> {
    let blocks = &run.data.splits.train;
    let execution = &run.execution;
    let on_device = execution
        .residency
        .on_device(blocks, execution.gpu_memory)?;
    let first = checkpoint
        .as_ref()
        .map_or(0, |checkpoint| checkpoint.progress.step);
    let first_pool = first / (config.pool * config.passes);
    std::thread::scope(|scope| {
        let resident = on_device.then(|| {
            let set = ResidentSet::new(blocks, device);
            let feed = set.feed(run.order(), first_pool * config.pool, scope);
            (set, feed)
        });
        let trainer = CodebookTrainer::<B> {
            run,
            resident,
            config,
            stages: config.layout.stages(),
            steps: run.steps(),
            pool: None,
            device,
        };
        let parameters = match (&checkpoint, start) {
            // Only the shapes matter; the checkpoint has the values.
            (Some(_), _) => Parameters::new(&float::zeros(trainer.stages), device),
            (None, Some(codebook)) => Parameters::new(codebook, device),
            (None, None) => trainer.start(),
        };
        training::train(run, trainer, parameters, checkpoint, device, log)
    })
}

impl<B: TrainingBackend> CodebookTrainer<'_, B> {
    /// The first codewords, from k-means.
    fn start(&self) -> Parameters<B> {
        let order = Order {
            batch: START_BLOCKS.min(self.run.train_blocks().max(1)),
            ..self.run.order()
        };
        let ids: Vec<BlockId> = order.batch(0).collect();
        let blocks = match &self.resident {
            Some((set, _)) => Blocks::cut(set.bytes(), set.places(&ids, self.device)),
            None => self.gather(&ids),
        };
        let blocks = blocks.coordinates;
        let bar = progress::bar(
            kmeans::steps(self.stages.len()),
            "first codewords (k-means)",
        );
        let codebook = kmeans::start(self.stages, blocks, self.run.config.seed, &bar);
        bar.finish_and_clear();
        Parameters::new(&codebook.to_codebook(), self.device)
    }

    /// Some blocks for training, which are not on the device.
    fn gather(&self, ids: &[BlockId]) -> Blocks<B::InnerBackend> {
        Blocks::gather(&self.run.data.splits.train, ids, self.device)
    }

    /// The progress of training at a step, from 0 to 1.
    fn progress(&self, step: u64) -> f64 {
        step as f64 / self.steps.max(1) as f64
    }

    /// The number of steps that use a pool.
    fn pool_steps(&self) -> u64 {
        self.config.pool * self.config.passes
    }

    /// Samples the next pool and searches for its indices.
    fn sample(
        &self,
        parameters: &mut Parameters<B>,
        step: u64,
        number: u64,
    ) -> Result<Pool<B::InnerBackend>> {
        let order = self.run.order();
        let count = self.config.pool;
        let Blocks {
            coordinates: blocks,
            fine_chroma,
        } = match &self.resident {
            Some((set, places)) => Blocks::cut(set.bytes(), places.next(count, self.device)?),
            None => {
                let batches = (0..count).map(|batch| number * count + batch);
                let ids: Vec<BlockId> = batches.flat_map(|batch| order.batch(batch)).collect();
                self.gather(&ids)
            }
        };
        let progress = self.progress(step);
        let beam = self.config.beam
            * if progress < 0.5 {
                1
            } else if progress < 0.85 {
                2
            } else {
                4
            };
        let weights = weights(blocks.clone(), self.config.masking); // [blocks]
        let codebook = parameters.valid().tensors(self.stages);
        let rounded = (progress >= ROUNDED_FROM).then(|| {
            let rounded = quantize(&codebook.to_codebook()).codebook();
            CodebookTensors::new(&rounded, self.device)
        });
        let searched = rounded.as_ref().unwrap_or(&codebook);
        let sums = B::InnerBackend::search(searched, blocks.clone(), beam, self.stages.len());
        let indices = lengths::choose(&sums, weights.clone(), self.stages);
        let blocks = Batch {
            blocks,
            weights,
            indices,
        };
        if progress < REVIVED_UNTIL {
            let uses = uses(self.stages, &blocks);
            if uses.contains(&0.0) {
                let mut codebook = codebook.to_codebook();
                revive(&mut codebook, &uses, split_mix(order.seed ^ number));
                *parameters = parameters.replaced(&codebook, self.device);
            }
        }
        Ok(Pool {
            number,
            blocks,
            fine_chroma,
            rounding: rounded.map(|rounded| Rounding::new(&codebook, &rounded)),
        })
    }
}

/// How many blocks use each codeword.
fn uses<B: CodebookBackend>(stages: &[Stage], batch: &Batch<B>) -> Vec<f32> {
    let device = batch.blocks.device();
    let factors = Tensor::ones(batch.indices.indices.shape(), &device);
    let (blocks, ones) = (batch.blocks.clone(), batch.weights.ones_like());
    let sums = B::sum_by_codeword(stages, blocks, factors, ones, batch.indices.clone());
    crate::tensors::Values::from_device(sums.scalars).values
}

/// The weights of blocks, 1 on average, `[blocks]`: the more activity masks the errors of a block, the smaller its weight. A weight is
/// proportional to `(activity + 200)^-masking`, where the activity is the squared deviation of luma from its mean, as in the encoder.
fn weights<B: Backend>(blocks: Tensor<B, 2>, masking: f64) -> Tensor<B, 1> {
    let [count, _] = blocks.dims();
    let parts = blocks
        .reshape([count, PARTS, PART])
        .slice([0..count, 0..PARTS, 0..16]); // [blocks, 4, 16], luma
    let squares = parts.clone().powi_scalar(2).sum_dim(2).sum_dim(1); // [blocks, 1, 1]
    // The coordinates that are even under both flips have the mean.
    let sum = parts.slice([0..count, 0..1]).sum_dim(2); // [blocks, 1, 1]
    let activity = (squares - sum.powi_scalar(2) / 16.0).clamp_min(0.0) * (255.0 * 255.0);
    let weights = (activity + 200.0).powf_scalar(-masking).reshape([count]);
    weights.clone() / weights.mean()
}

impl<B: TrainingBackend> Trainer<B> for CodebookTrainer<'_, B> {
    type Module = Parameters<B>;

    fn optimizer(&self) -> Adam<B, Parameters<B>> {
        Adam::from(AdamW {
            beta_1: 0.9,
            beta_2: 0.99,
            epsilon: 1e-12,
            weight_decay: 0.0,
        })
    }

    fn step(&mut self, module: &mut Parameters<B>, step: u64) -> Result<Step<B>> {
        let number = step / self.pool_steps();
        if self.pool.as_ref().is_none_or(|pool| pool.number != number) {
            self.pool = Some(self.sample(module, step, number)?);
        }
        let pool = self.pool.as_ref().expect("sampled just above");
        let batch = self.run.config.batch as usize;
        let start = (step % self.config.pool) as usize * batch;
        let blocks = start..start + batch;
        let batch = Batch {
            blocks: pool
                .blocks
                .blocks
                .clone()
                .narrow(0, blocks.start, blocks.len()),
            weights: pool
                .blocks
                .weights
                .clone()
                .narrow(0, blocks.start, blocks.len()),
            indices: pool.blocks.indices.slice(blocks.clone()),
        };
        let (error, gradients) = module.gradients(&batch, self.stages, pool.rounding.as_ref());
        // The fine chroma is a part of the error that no step changes.
        let fine_chroma = pool
            .fine_chroma
            .clone()
            .narrow(0, blocks.start, blocks.len())
            .mean();
        Ok(Step {
            squared_error: (error + fine_chroma) / SAMPLES,
            gradients,
        })
    }

    fn can_checkpoint(&self, step: u64) -> bool {
        step.is_multiple_of(self.pool_steps())
    }

    fn validate(&self, module: &Parameters<B>) -> Result<f64> {
        // What is exported is rounded.
        let codebook = quantize(&module.valid().codebook(self.stages)).codebook();
        let codebook = CodebookTensors::<B::InnerBackend>::new(&codebook, self.device);
        let blocks = self.run.validation_blocks()?;
        let blocks = Blocks::of_planar(blocks, self.device);
        Ok(float::Encoded::new(&codebook, &blocks, VALIDATION_BEAM).mean_squared_error())
    }

    fn decode(&self, module: &Parameters<B>, picture: &Picture) -> Result<Picture> {
        let codebook = module.valid().tensors(self.stages);
        float::decode_picture(&codebook, picture, VALIDATION_BEAM)
    }
}
