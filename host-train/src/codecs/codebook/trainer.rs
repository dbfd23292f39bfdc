//! Trains a codebook: a search finds the indices, all parameters are trained jointly, unused codewords are revived, and the last
//! part of training uses rounded tables.
//!
//! The encoder's search finds the indices of a pool of several batches at once, on all cores. The device then trains on these
//! batches in a few passes, before the next pool is sampled. The indices of a pool depend on the parameters at its start, so a
//! checkpoint is possible only between two pools.

use anyhow::Result;
use burn::module::AutodiffModule;
use burn::optim::AdamWConfig;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use nice_data::random::split_mix;
use nice_data::{BlockId, BlockSet, progress};
use nice_decode::format::Stage;
use nice_decode::{BLOCK_SAMPLES, Orientation};
use nice_encode::Picture;
use nice_encode::codebook::allocation::ErrorsByLength;
use nice_encode::codebook::coordinates::PART;
use nice_encode::codebook::{BeamSearch, Codebook, Coordinates, DIMENSIONS, coordinates};
use rayon::prelude::*;

use super::config::CodebookConfig;
use super::float::{self, fine_chroma_error};
use super::kmeans;
use super::parameters::{BatchIndices, Constants, Parameters, Rounding, UsedIndices};
use super::quantize::quantize;
use crate::checkpoint::{Adam, Checkpoint};
use crate::data::batches::Order;
use crate::log::Log;
use crate::run::Run;
use crate::training::{self, End, Trainer};

/// The number of blocks from which the first codewords are made.
const START_BLOCKS: u64 = 1 << 17;

/// The width of the beam for validation and for the demo picture.
const VALIDATION_BEAM: usize = 8;

/// The progress after which the codebook is rounded in the search and in the forward pass.
const ROUNDED_FROM: f64 = 0.7;

/// The progress up to which unused codewords are revived.
const REVIVED_UNTIL: f64 = 0.6;

/// One in so many blocks is trained in the adaptive layout, the others in the fixed layout.
const ADAPTIVE_SHARE: usize = 4;

/// The bits of a block on average, in the adaptive layout, that blocks are encoded with in turn.
const AVERAGE_BITS: [f64; 5] = [20.0, 32.0, 44.0, 44.0, 60.0];

/// The relative difference between a revived codeword and the one that it is copied from.
const REVIVED_SPREAD: f32 = 0.1;

/// The number of samples of a block, by which its squared error is divided.
const SAMPLES: f64 = BLOCK_SAMPLES as f64;

/// The trainer of a codebook.
struct CodebookTrainer<'a, B: AutodiffBackend> {
    run: &'a Run,
    config: &'a CodebookConfig,
    stages: &'a [Stage],
    steps: u64,
    constants: Constants<B>,
    pool: Option<Pool<B>>,
    device: &'a B::Device,
}

/// Batches with their indices.
struct Pool<B: AutodiffBackend> {
    number: u64,
    batches: Vec<Batch<B>>,
    rounding: Option<Rounding<B>>,
}

/// Blocks with their indices, on the device.
struct Batch<B: AutodiffBackend> {
    blocks: Tensor<B, 2>,
    /// The weights of the blocks, 1 on average, `[batch, 1]`.
    weights: Tensor<B, 2>,
    indices: BatchIndices<B>,
    /// The mean squared error of the fine chroma, which no codeword can hold.
    fine_chroma_error: f64,
}

/// Trains a codebook up to the last step: from a checkpoint, from the codewords of another one, or from k-means.
///
/// # Errors
///
/// Those of [`training::train`].
pub fn train<B: AutodiffBackend>(
    run: &Run,
    config: &CodebookConfig,
    start: Option<&Codebook>,
    checkpoint: Option<Checkpoint>,
    device: &B::Device,
    log: &mut Log<'_>,
) -> Result<(End, Checkpoint)> {
    let trainer = CodebookTrainer {
        run,
        config,
        stages: config.layout.stages(),
        steps: run.steps(),
        constants: Constants::<B>::new(device),
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
}

/// The coordinates of some blocks of a set, each in an orientation that its nonce determines, and their fine chroma errors.
fn gather(set: &BlockSet, ids: &[BlockId]) -> (Vec<Coordinates>, Vec<f64>) {
    ids.par_chunks(256)
        .flat_map_iter(|ids| {
            let mut bytes = vec![0; ids.len() * BLOCK_SAMPLES];
            set.gather(ids, &mut bytes);
            let blocks: Vec<_> = bytes
                .as_chunks()
                .0
                .iter()
                .zip(ids)
                .map(|(block, id)| {
                    let x = coordinates::of_block(block);
                    let error = fine_chroma_error(block, &x);
                    let orientation = Orientation::from_bits(split_mix(id.nonce) as u8);
                    (coordinates::oriented(&x, orientation), error)
                })
                .collect();
            blocks
        })
        .unzip()
}

impl<B: AutodiffBackend> CodebookTrainer<'_, B> {
    /// The first codewords, from k-means.
    fn start(&self) -> Parameters<B> {
        let order = Order {
            batch: START_BLOCKS.min(self.run.train_blocks().max(1)),
            ..self.run.order()
        };
        let ids: Vec<BlockId> = order.batch(0).collect();
        let (blocks, _) = gather(&self.run.data.splits.train, &ids);
        let bar = progress::bar(
            kmeans::steps(self.stages.len()),
            "first codewords (k-means)",
        );
        let codebook = kmeans::start(self.stages, &blocks, self.run.config.seed, &bar);
        bar.finish_and_clear();
        Parameters::new(&codebook, self.device)
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
    fn sample(&self, parameters: &mut Parameters<B>, step: u64, number: u64) -> Result<Pool<B>> {
        let order = self.run.order();
        let ids: Vec<BlockId> = (0..self.config.pool)
            .flat_map(|batch| order.batch(number * self.config.pool + batch))
            .collect();
        let (blocks, errors) = gather(&self.run.data.splits.train, &ids);
        let progress = self.progress(step);
        let beam = self.config.beam
            * if progress < 0.5 {
                1
            } else if progress < 0.85 {
                2
            } else {
                4
            };
        let weights = weights(&blocks, self.config.masking);
        let mut codebook = parameters.codebook(self.stages);
        let (indices, rounding) = if progress >= ROUNDED_FROM {
            let rounded = quantize(&codebook).codebook();
            let indices = find_lengths(&BeamSearch::new(&rounded), &blocks, &weights, beam);
            let rounding = Rounding::new(&codebook, &rounded, self.device);
            (indices, Some(rounding))
        } else {
            let indices = find_lengths(&BeamSearch::new(&codebook), &blocks, &weights, beam);
            if progress < REVIVED_UNTIL
                && revive(&mut codebook, &indices, split_mix(order.seed ^ number)) > 0
            {
                *parameters = parameters.replaced(&codebook, self.device);
            }
            (indices, None)
        };
        let batch = order.batch as usize;
        let batches = blocks
            .chunks(batch)
            .zip(indices.chunks(batch))
            .zip(errors.chunks(batch).zip(weights.chunks(batch)))
            .map(|((blocks, indices), (errors, weights))| Batch {
                blocks: upload(blocks, self.device),
                weights: Tensor::from_data(
                    TensorData::new(weights.to_vec(), [weights.len(), 1]),
                    self.device,
                ),
                indices: BatchIndices::new(indices, self.stages, self.device),
                fine_chroma_error: errors.iter().sum::<f64>() / (errors.len() as f64 * SAMPLES),
            })
            .collect();
        Ok(Pool {
            number,
            batches,
            rounding,
        })
    }
}

/// Copies coordinates to the device, `[blocks, 96]`.
fn upload<B: Backend>(blocks: &[Coordinates], device: &B::Device) -> Tensor<B, 2> {
    let data = TensorData::new(blocks.as_flattened().to_vec(), [blocks.len(), DIMENSIONS]);
    Tensor::from_data(data, device)
}

/// The indices of blocks as an encoder finds them. Most blocks are in the fixed layout; one in [`ADAPTIVE_SHARE`] uses as many stages as
/// each is worth when blocks have so many bits on average.
fn find_lengths(
    search: &BeamSearch,
    blocks: &[Coordinates],
    weights: &[f32],
    beam: usize,
) -> Vec<UsedIndices> {
    let ends = search.ends();
    let sums = search.sums_by_length(blocks, beam);
    let errors = ErrorsByLength::of_sums(&sums, weights, &ends);
    let fixed = search.fixed_stages();
    let adaptive: Vec<Vec<usize>> = AVERAGE_BITS
        .iter()
        .map(|&bits| errors.choose(bits))
        .collect();
    let stages = |at: usize| match at % ADAPTIVE_SHARE {
        0 => adaptive[at / ADAPTIVE_SHARE % adaptive.len()][at] + 1,
        _ => fixed,
    };
    let blocks = sums.iter().enumerate().map(|(at, sums)| {
        let stages = stages(at);
        UsedIndices {
            indices: sums[stages - 1].indices,
            stages,
        }
    });
    blocks.collect()
}

/// The weights of blocks, 1 on average: the more activity masks the errors of a block, the smaller its weight. A weight is
/// proportional to `(activity + 200)^-masking`, where the activity is the squared deviation of luma from its mean, as in the encoder.
fn weights(blocks: &[Coordinates], masking: f64) -> Vec<f32> {
    let weights: Vec<f64> = blocks
        .iter()
        .map(|block| {
            let luma = block
                .as_chunks::<PART>()
                .0
                .iter()
                .flat_map(|part| &part[..16]);
            let squares: f64 = luma.map(|value| f64::from(value * value)).sum();
            // The coordinates that are even under both flips have the mean.
            let sum: f64 = block[..16].iter().map(|&value| f64::from(value)).sum();
            let activity = (squares - sum * sum / 16.0).max(0.0) * 255.0 * 255.0;
            (activity + 200.0).powf(-masking)
        })
        .collect();
    let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
    weights
        .iter()
        .map(|weight| (weight / mean) as f32)
        .collect()
}

/// Replaces unused codewords by variations of those that are used most, and returns their number.
fn revive(codebook: &mut Codebook, blocks: &[UsedIndices], seed: u64) -> usize {
    let mut revived = 0;
    for (number, stage) in codebook.stages.clone().iter().enumerate() {
        let mut uses = vec![0_u32; stage.codewords(number == 0).unwrap_or_default()];
        for block in blocks.iter().filter(|block| number < block.stages) {
            uses[usize::from(block.indices[number].codeword)] += 1;
        }
        let mut most_used: Vec<usize> = (0..uses.len()).collect();
        most_used.sort_by_key(|&codeword| std::cmp::Reverse(uses[codeword]));
        let unused = (0..uses.len()).filter(|&codeword| uses[codeword] == 0);
        for (nth, codeword) in unused.enumerate() {
            let from = most_used[nth % most_used.len()];
            let codewords = match number {
                0 => &mut codebook.base,
                _ => &mut codebook.residuals[number - 1],
            };
            let mut random = split_mix(seed ^ split_mix((number << 16 | codeword) as u64));
            codewords[codeword] = codewords[from].map(|value| {
                random = split_mix(random);
                let sign = if random & 1 == 0 { 1.0 } else { -1.0 };
                value * (1.0 + sign * REVIVED_SPREAD)
            });
            if number == 0 {
                codebook.gains[codeword] = codebook.gains[from];
            }
            revived += 1;
        }
    }
    revived
}

impl<B: AutodiffBackend> Trainer<B> for CodebookTrainer<'_, B> {
    type Module = Parameters<B>;

    fn optimizer(&self) -> Adam<B, Parameters<B>> {
        AdamWConfig::new()
            .with_beta_2(0.99)
            .with_epsilon(1e-12)
            .with_weight_decay(0.0)
            .init()
    }

    fn loss(&mut self, module: &mut Parameters<B>, step: u64) -> Result<(Tensor<B, 1>, f64)> {
        let number = step / self.pool_steps();
        if self.pool.as_ref().is_none_or(|pool| pool.number != number) {
            self.pool = Some(self.sample(module, step, number)?);
        }
        let pool = self.pool.as_ref().expect("sampled just above");
        let batch = &pool.batches[(step % self.config.pool) as usize];
        let loss = module.loss(
            batch.blocks.clone(),
            batch.weights.clone(),
            batch.indices.clone(),
            &self.constants,
            pool.rounding.as_ref(),
        );
        // The fine chroma is a part of the error that no step changes.
        Ok((loss + batch.fine_chroma_error * SAMPLES, 1.0 / SAMPLES))
    }

    fn can_checkpoint(&self, step: u64) -> bool {
        step.is_multiple_of(self.pool_steps())
    }

    fn validate(&self, module: &Parameters<B>) -> Result<f64> {
        // What is exported is rounded.
        let codebook = quantize(&module.valid().codebook(self.stages)).codebook();
        let blocks = self.run.validation_blocks()?;
        let indices = float::search(&codebook, blocks, VALIDATION_BEAM);
        Ok(float::mean_squared_error(&codebook, blocks, &indices))
    }

    fn decode(&self, module: &Parameters<B>, picture: &Picture) -> Result<Picture> {
        let codebook = module.valid().codebook(self.stages);
        float::decode_picture(&codebook, picture, VALIDATION_BEAM)
    }
}
