//! The training loop: one step after another, with validation, checkpoints and a bar along the way.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use burn::module::AutodiffModule;
use burn::optim::{AdamWConfig, GradientsParams, Optimizer};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{ElementConversion, Tensor};
use indicatif::ProgressBar;
use tools::dataset::Splits;
use tools::picture::Picture;

use crate::batches::{Feed, Order, Residency, upload};
use crate::checkpoint::{Adam, Checkpoint, Progress, optimizer_from_tensors, optimizer_to_tensors};
use crate::config::RunConfig;
use crate::finish;
use crate::history::{self, Row, decibels};
use crate::interrupt;
use crate::network::{Network, SAMPLES};
use crate::run_folder::RunFolder;
use crate::tensorboard::EventWriter;
use crate::tensors::{self, Tensors};

/// Blocks that are validated at once.
const VALIDATION_BATCH: usize = 8192;

/// The longest stretch of work that a killed run loses.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// What to train, on what, and where it leaves its results.
pub struct Job<'a> {
    /// What the run was asked to do.
    pub config: &'a RunConfig,
    /// Where it leaves its results.
    pub folder: &'a RunFolder,
    /// The blocks to train and validate on.
    pub data: &'a Splits,
    /// The picture whose decoding TensorBoard shows.
    pub demo: &'a Picture,
    /// Where the training blocks wait.
    pub residency: Residency,
    /// Whether the device works on its own while the program goes on, so that reading a loss makes it wait.
    pub gpu: bool,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All steps are done.
    Finished,
    /// Someone asked to stop; the checkpoint holds the rest.
    Interrupted,
}

/// Trains until the last step, from the start or from a checkpoint, and says why it ended and with what.
pub fn train<B: AutodiffBackend>(
    job: &Job,
    from: Option<Checkpoint>,
    device: &B::Device,
) -> Result<(End, Checkpoint)> {
    let config = job.config;
    let mut network = config.network.init::<B>(config.seed, device);
    let mut optimizer: Adam<B, Network<B>> = AdamWConfig::new()
        .with_epsilon(1e-8)
        .with_weight_decay(0.01)
        .init();
    let blocks = job.data.train.len() as u64;
    let (progress, best) = match from {
        None => {
            let progress = Progress {
                config: config.clone(),
                blocks,
                step: 0,
                loss_sum: 0.0,
                loss_count: 0,
                best_loss: None,
                history: Vec::new(),
                seconds: 0.0,
            };
            (progress, Tensors::new())
        }
        Some(from) => {
            if from.progress.blocks != blocks {
                bail!(
                    "the run was trained on {} blocks and {} now holds {blocks}; put the old data back, \
                     or start a new run",
                    from.progress.blocks,
                    config.data,
                );
            }
            network = tensors::into_module(network, &from.parameters)?;
            optimizer = optimizer_from_tensors(optimizer, &network, &from.optimizer, device)?;
            (
                Progress {
                    config: config.clone(),
                    ..from.progress
                },
                from.best,
            )
        }
    };
    let order = Order {
        blocks,
        batch: config.batch,
        seed: config.seed,
    };
    let first = progress.step;
    std::thread::scope(|scope| {
        let feed = match job.data.train.resident() {
            Some(bytes) if job.residency.on_device(&job.data.train, job.gpu)? => {
                Feed::resident(bytes, order, first, device)
            }
            _ => Feed::streamed(&job.data.train, order, first, job.gpu, scope),
        };
        let session = Session {
            job,
            device,
            steps: config.length.steps(blocks, config.batch),
            board: EventWriter::create(job.folder.path(), first)?,
            pending: None,
            best,
            since: Instant::now(),
            row_started: progress.seconds,
            row_step: first,
            saved: Instant::now(),
            progress,
        };
        session.run(network, optimizer, feed)
    })
}

/// A run while it runs.
struct Session<'a, B: AutodiffBackend> {
    job: &'a Job<'a>,
    device: &'a B::Device,
    steps: u64,
    board: EventWriter,
    progress: Progress,
    best: Tensors,
    /// Sum of the losses that the device has not been asked for yet, `[1]`.
    pending: Option<(Tensor<B::InnerBackend, 1>, u64)>,
    /// When `progress.seconds` was brought up to date.
    since: Instant,
    /// What `progress.seconds` was, and the step, when the current row of the history began.
    row_started: f64,
    row_step: u64,
    saved: Instant,
}

impl<B: AutodiffBackend> Session<'_, B> {
    fn run(
        mut self,
        mut network: Network<B>,
        mut optimizer: Adam<B, Network<B>>,
        mut feed: Feed<B>,
    ) -> Result<(End, Checkpoint)> {
        let config = self.job.config;
        // Asking a GPU for a loss waits for all it has to do, so it is asked now and then.
        let read_every = if self.job.gpu { 25 } else { 1 };
        let bar = tools::progress::bar(self.steps, "training");
        bar.set_position(self.progress.step);
        while self.progress.step < self.steps {
            let rate = config
                .schedule
                .rate(config.learning_rate, self.progress.step, self.steps);
            let loss = network.loss(feed.next(self.device)?); // [1]
            let value = loss.clone().inner();
            self.pending = Some(match self.pending.take() {
                None => (value, 1),
                Some((sum, count)) => (sum + value, count + 1),
            });
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(rate, network, gradients);
            self.progress.step += 1;

            let step = self.progress.step;
            let validate = step.is_multiple_of(config.validate_every) || step == self.steps;
            if validate || step.is_multiple_of(read_every) {
                self.read_losses()?;
                self.show(&bar);
            }
            if validate {
                self.validate(&network, rate, &bar)?;
            }
            let stop = interrupt::asked() && step < self.steps;
            if validate || stop || self.saved.elapsed() >= SAVE_EVERY {
                self.read_losses()?;
                self.save(&network, &optimizer)?;
            }
            if stop {
                bar.finish_and_clear();
                return Ok((End::Interrupted, self.checkpoint(&network, &optimizer)?));
            }
        }
        bar.finish_and_clear();
        Ok((End::Finished, self.checkpoint(&network, &optimizer)?))
    }

    /// Asks the device for the losses it holds and stops the run if they are not numbers.
    fn read_losses(&mut self) -> Result<()> {
        let Some((sum, count)) = self.pending.take() else {
            return Ok(());
        };
        let sum: f64 = sum.into_scalar().elem();
        if !sum.is_finite() {
            let kept = match self.progress.best_loss {
                Some(loss) => format!(
                    "the best weights so far ({:.2} dB) are kept in {}",
                    decibels(loss),
                    self.job.folder.weights().display()
                ),
                None => "there were no weights worth keeping yet".to_owned(),
            };
            bail!(
                "the loss is no longer a finite number at step {}; {kept}; try a smaller --learning-rate",
                self.progress.step
            );
        }
        self.progress.loss_sum += sum;
        self.progress.loss_count += count;
        Ok(())
    }

    fn clock(&mut self) {
        self.progress.seconds += self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
    }

    fn blocks_per_second(&self) -> f64 {
        let steps = self.progress.step - self.row_step;
        let seconds = self.progress.seconds - self.row_started;
        (steps * self.job.config.batch) as f64 / seconds.max(1e-9)
    }

    fn show(&mut self, bar: &ProgressBar) {
        self.clock();
        bar.set_position(self.progress.step);
        if !bar.is_hidden() {
            let loss = self.progress.loss_sum / self.progress.loss_count as f64;
            bar.set_message(format!(
                "training  loss {loss:.6}  {:.2} dB  {:.0} blocks/s",
                decibels(loss),
                self.blocks_per_second()
            ));
        }
    }

    fn validate(&mut self, network: &Network<B>, rate: f64, bar: &ProgressBar) -> Result<()> {
        self.clock();
        let blocks_per_second = self.blocks_per_second();
        let network = network.valid();
        let loss = mean_squared_error(&network, validation(self.job.data)?, self.device);
        let row = Row {
            step: self.progress.step,
            train_loss: self.progress.loss_sum / self.progress.loss_count as f64,
            validation_loss: loss,
            learning_rate: rate,
            seconds: self.progress.seconds,
            blocks_per_second,
        };
        self.progress.history.push(row);
        (self.progress.loss_sum, self.progress.loss_count) = (0.0, 0);
        if loss.is_finite() && self.progress.best_loss.is_none_or(|best| loss < best) {
            self.progress.best_loss = Some(loss);
            self.best = tensors::of_module(&network);
            finish::write_weights(self.job.folder, self.job.config, &self.best)?;
        }
        let demo = finish::decode_float(&network, self.job.demo, self.device)?;
        let step = i64::try_from(row.step)?;
        self.board
            .scalar("loss", step, row.validation_loss as f32)?;
        self.board
            .scalar("loss/train", step, row.train_loss as f32)?;
        self.board
            .scalar("psnr", step, decibels(row.validation_loss) as f32)?;
        self.board.scalar("learning_rate", step, rate as f32)?;
        self.board.image(
            "demo",
            step,
            &demo.to_png_bytes()?,
            demo.width(),
            demo.height(),
        )?;
        self.board.flush()?;
        let metrics = history::csv(&self.progress.history);
        tools::files::write_atomically(&self.job.folder.metrics(), metrics.as_bytes())?;
        bar.println(format!(
            "[{}] loss {:.6}  validation {loss:.6}  {:.2} dB",
            row.step,
            row.train_loss,
            decibels(loss)
        ));
        // Validating is not training.
        self.since = Instant::now();
        (self.row_started, self.row_step) = (self.progress.seconds, self.progress.step);
        Ok(())
    }

    fn checkpoint(
        &self,
        network: &Network<B>,
        optimizer: &Adam<B, Network<B>>,
    ) -> Result<Checkpoint> {
        Ok(Checkpoint {
            progress: self.progress.clone(),
            parameters: tensors::of_module(network),
            optimizer: optimizer_to_tensors(optimizer, network)?,
            best: self.best.clone(),
        })
    }

    fn save(&mut self, network: &Network<B>, optimizer: &Adam<B, Network<B>>) -> Result<()> {
        self.clock();
        self.checkpoint(network, optimizer)?
            .write(&self.job.folder.checkpoint())?;
        self.saved = Instant::now();
        Ok(())
    }
}

/// The validation blocks, which are fixed bytes whatever they come from.
pub fn validation(data: &Splits) -> Result<&[u8]> {
    match data.validation.resident() {
        Some(bytes) => Ok(bytes),
        None => bail!(
            "the validation blocks are not fixed: {}",
            data.validation.describe()
        ),
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

/// Mean of each latent bit over blocks.
pub fn bit_means<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> Vec<f32> {
    let mut sums: Vec<f64> = Vec::new();
    for chunk in blocks.chunks(VALIDATION_BATCH * SAMPLES) {
        let counts = network.bits(upload::<B>(chunk, device)).sum_dim(0); // [1, bits]
        let counts = tensors::Values::from_device(counts).values;
        sums.resize(counts.len(), 0.0);
        sums.iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum += f64::from(count));
    }
    let blocks = blocks.len() / SAMPLES;
    sums.iter()
        .map(|sum| (sum / blocks as f64) as f32)
        .collect()
}
