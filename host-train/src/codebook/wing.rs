//! Training a codebook: searched codes, joint steps of all tables, dead rows revived, and the last part with rounded tables.
//!
//! Codes are searched for a pool of some batches at once, with the search that the encoder has, on all cores; then these
//! batches are stepped through a few times, on the device that trains, before the next pool is drawn. The codes of a pool
//! are a function of the parameters at its start, so a run is saved between pools only.

use anyhow::Result;
use burn::module::AutodiffModule;
use burn::optim::AdamWConfig;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use nice_decode::format::Stage;
use rayon::prelude::*;
use tools::blocks::{self, BLOCK_BYTES};
use tools::codebook::{Coordinates, DIMENSIONS, Picks, Search, Tables, coordinates};
use tools::dataset::{BlockSet, Pick};
use tools::picture::Picture;

use super::config::CodebookConfig;
use super::kmeans::{self, signed};
use super::module::{Codebook, Codes, Constants, Rounding};
use super::quantize::quantize;
use crate::batches::Order;
use crate::checkpoint::{Adam, Checkpoint};
use crate::shuffle::mix;
use crate::train::{self, End, Job, Wing, validation};

/// Blocks that the first tables are made from.
const START_BLOCKS: u64 = 1 << 17;

/// Partial sums that the search keeps when it validates and when it shows a picture.
const VALIDATION_BEAM: usize = 8;

/// From this share of the steps on, what is searched and stepped with are the rounded tables.
const ROUNDED_FROM: f64 = 0.7;

/// From this share of the steps on, rows that nobody uses are left alone.
const REVIVED_UNTIL: f64 = 0.6;

/// By how much the samples of a revived row differ from those of the row that it shares the work of.
const REVIVED_SPREAD: f32 = 0.1;

/// Samples of a block, by which the error of a block is divided.
const SAMPLES: f64 = BLOCK_BYTES as f64;

/// A codebook in training.
struct Training<'a, B: AutodiffBackend> {
    job: &'a Job<'a>,
    config: CodebookConfig,
    stages: Vec<Stage>,
    steps: u64,
    constants: Constants<B>,
    pool: Option<Pool<B>>,
    device: &'a B::Device,
}

/// Batches with their codes.
struct Pool<B: AutodiffBackend> {
    number: u64,
    batches: Vec<Batch<B>>,
    rounding: Option<Rounding<B>>,
}

/// Blocks with their codes, on the device.
struct Batch<B: AutodiffBackend> {
    blocks: Tensor<B, 2>,
    codes: Codes<B>,
    /// Mean squared error of what the rows cannot hold.
    outside: f64,
}

/// Trains a codebook until the last step, from the start or from a checkpoint, and says why it ended and with what.
pub fn train<B: AutodiffBackend>(
    job: &Job,
    config: CodebookConfig,
    from: Option<Checkpoint>,
    device: &B::Device,
) -> Result<(End, Checkpoint)> {
    let stages = config.size.stages().to_vec();
    let wing = Training {
        job,
        config,
        steps: job
            .config
            .length
            .steps(job.data.train.len() as u64, job.config.batch),
        constants: Constants::<B>::new(device),
        pool: None,
        device,
        stages,
    };
    let module = match &from {
        // Whatever the shapes are filled with, the checkpoint has the values.
        Some(_) => Codebook::new(&empty(&wing.stages), device),
        None => wing.start(),
    };
    train::train(job, wing, module, from, device)
}

/// Tables of zeros.
pub fn empty(stages: &[Stage]) -> Tables {
    let rows = |stage: &Stage, base| vec![[0.0; DIMENSIONS]; stage.rows(base).unwrap_or_default()];
    Tables {
        base: rows(&stages[0], true),
        gains: vec![1.0; stages[0].rows(true).unwrap_or_default()],
        residuals: stages[1..].iter().map(|stage| rows(stage, false)).collect(),
        stages: stages.to_vec(),
    }
}

/// Picked blocks, each turned by its nonce, in coordinates.
fn gather(set: &BlockSet, picks: &[Pick]) -> (Vec<Coordinates>, Vec<f64>) {
    picks
        .par_chunks(256)
        .flat_map_iter(|picks| {
            let mut bytes = vec![0; picks.len() * BLOCK_BYTES];
            set.gather(picks, &mut bytes);
            let blocks: Vec<_> = bytes
                .as_chunks()
                .0
                .iter()
                .zip(picks)
                .map(|(block, pick)| {
                    let x = coordinates::of_block(block);
                    let outside = outside(block, &x);
                    (
                        coordinates::turned(&x, (mix(pick.nonce) & 7) as u8),
                        outside,
                    )
                })
                .collect();
            blocks
        })
        .unzip()
}

/// The squared error of the fine chroma of a block, which no row can hold, samples in 0..1.
pub fn outside(block: &[u8; BLOCK_BYTES], x: &Coordinates) -> f64 {
    let all: u32 = block.iter().map(|&sample| u32::from(sample).pow(2)).sum();
    let held: f64 = x.iter().map(|x| f64::from(*x).powi(2)).sum();
    (f64::from(all) / (255.0 * 255.0) - held).max(0.0)
}

impl<B: AutodiffBackend> Training<'_, B> {
    /// The first tables.
    fn start(&self) -> Codebook<B> {
        let blocks = self.job.data.train.len() as u64;
        let order = Order {
            batch: START_BLOCKS.min(blocks.max(1)),
            ..self.job.order()
        };
        let picks: Vec<Pick> = order.picks(0).collect();
        let (blocks, _) = gather(&self.job.data.train, &picks);
        let bar = tools::progress::bar(kmeans::steps(self.stages.len()), "first tables (k-means)");
        let tables = kmeans::start(&self.stages, &blocks, self.job.config.seed, &bar);
        bar.finish_and_clear();
        Codebook::new(&tables, self.device)
    }

    /// How much of the training is behind a step, 0 to 1.
    fn share(&self, step: u64) -> f64 {
        step as f64 / self.steps.max(1) as f64
    }

    /// Draws the next pool and finds its codes.
    fn draw(&self, module: &mut Codebook<B>, step: u64, number: u64) -> Result<Pool<B>> {
        let order = self.job.order();
        let picks: Vec<Pick> = (0..self.config.pool)
            .flat_map(|batch| order.picks(number * self.config.pool + batch))
            .collect();
        let (blocks, outside) = gather(&self.job.data.train, &picks);
        let share = self.share(step);
        let beam = self.config.beam
            * if share < 0.5 {
                1
            } else if share < 0.85 {
                2
            } else {
                4
            };
        let mut tables = module.tables(&self.stages);
        let (codes, rounding) = if share >= ROUNDED_FROM {
            let rounded = quantize(&tables).tables();
            let codes = Search::new(&rounded).picks(&blocks, beam);
            (codes, Some(Rounding::new(&tables, &rounded, self.device)))
        } else {
            let codes = Search::new(&tables).picks(&blocks, beam);
            if share < REVIVED_UNTIL && revive(&mut tables, &codes, mix(order.seed ^ number)) > 0 {
                *module = Codebook::replaced(module, &tables, self.device);
            }
            (codes, None)
        };
        let batch = order.batch as usize;
        let batches = blocks
            .chunks(batch)
            .zip(codes.chunks(batch))
            .zip(outside.chunks(batch))
            .map(|((blocks, codes), outside)| Batch {
                blocks: upload(blocks, self.device),
                codes: Codes::new(codes, &self.stages, self.device),
                outside: outside.iter().sum::<f64>() / (outside.len() as f64 * SAMPLES),
            })
            .collect();
        Ok(Pool {
            number,
            batches,
            rounding,
        })
    }
}

/// Coordinates on the device, `[blocks, 96]`.
fn upload<B: Backend>(blocks: &[Coordinates], device: &B::Device) -> Tensor<B, 2> {
    let data = TensorData::new(blocks.as_flattened().to_vec(), [blocks.len(), DIMENSIONS]);
    Tensor::from_data(data, device)
}

/// Gives rows that nobody used a part of the work of the rows that were used most; says how many there were.
fn revive(tables: &mut Tables, codes: &[Picks], seed: u64) -> usize {
    let mut revived = 0;
    for (index, stage) in tables.stages.clone().iter().enumerate() {
        let mut used = vec![0_u32; stage.rows(index == 0).unwrap_or_default()];
        for picks in codes {
            used[usize::from(picks[index].row)] += 1;
        }
        let mut busiest: Vec<usize> = (0..used.len()).collect();
        busiest.sort_by_key(|&row| std::cmp::Reverse(used[row]));
        let dead = (0..used.len()).filter(|&row| used[row] == 0);
        for (nth, row) in dead.enumerate() {
            let from = busiest[nth % busiest.len()];
            let rows = match index {
                0 => &mut tables.base,
                _ => &mut tables.residuals[index - 1],
            };
            let mut random = mix(seed ^ mix((index << 16 | row) as u64));
            rows[row] = rows[from].map(|value| {
                random = mix(random);
                let sign = if random & 1 == 0 { 1.0 } else { -1.0 };
                value * (1.0 + sign * REVIVED_SPREAD)
            });
            if index == 0 {
                tables.gains[row] = tables.gains[from];
            }
            revived += 1;
        }
    }
    revived
}

impl<B: AutodiffBackend> Wing<B> for Training<'_, B> {
    type Module = Codebook<B>;

    fn optimizer(&self) -> Adam<B, Codebook<B>> {
        AdamWConfig::new()
            .with_beta_2(0.99)
            .with_epsilon(1e-12)
            .with_weight_decay(0.0)
            .init()
    }

    fn loss(&mut self, module: &mut Codebook<B>, step: u64) -> Result<(Tensor<B, 1>, f64)> {
        let pool_steps = self.config.pool * self.config.passes;
        let number = step / pool_steps;
        if self.pool.as_ref().is_none_or(|pool| pool.number != number) {
            self.pool = Some(self.draw(module, step, number)?);
        }
        let pool = self.pool.as_ref().expect("drawn just above");
        let batch = &pool.batches[(step % self.config.pool) as usize];
        let loss = module.loss(
            batch.blocks.clone(),
            batch.codes.clone(),
            &self.constants,
            pool.rounding.as_ref(),
        );
        // The fine chroma is a part of the error that no step changes.
        Ok((loss + batch.outside * SAMPLES, 1.0 / SAMPLES))
    }

    fn can_rest(&self, step: u64) -> bool {
        step.is_multiple_of(self.config.pool * self.config.passes)
    }

    fn validate(&self, module: &Codebook<B>) -> Result<f64> {
        let tables = module.valid().tables(&self.stages);
        let blocks = validation(self.job.data)?;
        let picks = search(&tables, blocks, VALIDATION_BEAM);
        Ok(mean_squared_error(&tables, blocks, &picks))
    }

    fn decode(&self, module: &Codebook<B>, picture: &Picture) -> Result<Picture> {
        let tables = module.valid().tables(&self.stages);
        decode_float(&tables, picture, VALIDATION_BEAM)
    }
}

/// The picks for planar blocks, from a search that keeps `beam` partial sums.
pub fn search(tables: &Tables, planar: &[u8], beam: usize) -> Vec<Picks> {
    let (planar, _) = planar.as_chunks::<BLOCK_BYTES>();
    let x: Vec<Coordinates> = planar.par_iter().map(coordinates::of_block).collect();
    Search::new(tables).picks(&x, beam)
}

/// Mean squared error of what was picked for planar blocks, samples in 0..1, decoded samples not clamped.
pub fn mean_squared_error(tables: &Tables, blocks: &[u8], picks: &[Picks]) -> f64 {
    let (planar, _) = blocks.as_chunks::<BLOCK_BYTES>();
    let errors: Vec<f64> = planar
        .par_chunks(1024)
        .zip(picks.par_chunks(1024))
        .map(|(planar, picks)| {
            let mut sum = 0.0;
            for (block, picks) in planar.iter().zip(picks) {
                let x = coordinates::of_block(block);
                let decoded = decoded(tables, picks);
                let error = x
                    .iter()
                    .zip(&decoded)
                    .map(|(x, y)| f64::from(x - y).powi(2))
                    .sum::<f64>();
                sum += error + outside(block, &x);
            }
            sum
        })
        .collect();
    errors.iter().sum::<f64>() / blocks.len() as f64
}

/// The block that picks stand for, in coordinates.
pub fn decoded(tables: &Tables, picks: &Picks) -> Coordinates {
    let base = usize::from(picks[0].row);
    let mut block = signed(&tables.base[base], picks[0]);
    for (rows, pick) in tables.residuals.iter().zip(&picks[1..]) {
        let row = signed(&rows[usize::from(pick.row)], *pick);
        for (sample, row) in block.iter_mut().zip(row) {
            *sample += tables.gains[base] * row;
        }
    }
    block
}

/// A picture as tables in floating point decode it, rounded and clamped to bytes.
pub fn decode_float(tables: &Tables, picture: &Picture, beam: usize) -> Result<Picture> {
    let picks = search(tables, &blocks::grid(picture), beam);
    let decoded = float_blocks(tables, &picks);
    blocks::assemble(picture.width(), picture.height(), &decoded)
}

/// The planar blocks that picks stand for in floating point, rounded and clamped to bytes.
pub fn float_blocks(tables: &Tables, picks: &[Picks]) -> Vec<u8> {
    picks
        .par_iter()
        .flat_map_iter(|picks| coordinates::to_block(&decoded(tables, picks)))
        .collect()
}
