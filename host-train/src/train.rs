//! The training loop: one step after another, with validation, checkpoints and a bar along the way.
//!
//! What is trained is a [`Wing`]: the network and the codebook go through the same loop.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use burn::module::AutodiffModule;
use burn::optim::{GradientsParams, Optimizer};
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::{ElementConversion, Tensor};
use indicatif::ProgressBar;
use tools::dataset::Splits;
use tools::picture::Picture;

use crate::batches::{Order, Residency};
use crate::checkpoint::{Adam, Checkpoint, Progress, optimizer_from_tensors, optimizer_to_tensors};
use crate::config::RunConfig;
use crate::finish;
use crate::history::{self, Row, decibels};
use crate::interrupt;
use crate::run_folder::RunFolder;
use crate::tensorboard::EventWriter;
use crate::tensors::{self, Tensors};

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

/// What is trained: how it starts, what a step costs it, and how good it is.
pub trait Wing<B: AutodiffBackend> {
    /// The parameters.
    type Module: AutodiffModule<B>;

    /// The optimizer at the start.
    fn optimizer(&self) -> Adam<B, Self::Module>;

    /// What is minimised at step `step` (from 0), on a batch that the wing takes for itself, and by how much that has to be
    /// multiplied to be the mean squared error of samples in 0..1. It may change the parameters before that.
    fn loss(&mut self, module: &mut Self::Module, step: u64) -> Result<(Tensor<B, 1>, f64)>;

    /// Whether a run that is saved after `step` steps goes on from there as if nothing had been.
    fn can_rest(&self, _step: u64) -> bool {
        true
    }

    /// Mean squared error over the validation blocks, samples in 0..1, decoded samples not clamped.
    fn validate(&self, module: &Self::Module) -> Result<f64>;

    /// A picture as it is decoded with these parameters.
    fn decode(&self, module: &Self::Module, picture: &Picture) -> Result<Picture>;
}

impl Job<'_> {
    /// Which blocks each step sees.
    pub fn order(&self) -> Order {
        Order {
            blocks: self.data.train.len() as u64,
            batch: self.config.batch,
            seed: self.config.seed,
        }
    }
}

/// Trains until the last step, from the start or from a checkpoint, and says why it ended and with what.
///
/// `module` has the parameters to start with; those of a checkpoint take their place.
pub fn train<B: AutodiffBackend, W: Wing<B>>(
    job: &Job,
    wing: W,
    mut module: W::Module,
    from: Option<Checkpoint>,
    device: &B::Device,
) -> Result<(End, Checkpoint)> {
    let config = job.config;
    let mut optimizer = wing.optimizer();
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
            module = tensors::into_module(module, &from.parameters)?;
            optimizer = optimizer_from_tensors(optimizer, &module, &from.optimizer, device)?;
            (
                Progress {
                    config: config.clone(),
                    ..from.progress
                },
                from.best,
            )
        }
    };
    let first = progress.step;
    let session = Session {
        job,
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
    session.run(wing, module, optimizer)
}

/// A run while it runs.
struct Session<'a, B: AutodiffBackend> {
    job: &'a Job<'a>,
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
    fn run<W: Wing<B>>(
        mut self,
        mut wing: W,
        mut module: W::Module,
        mut optimizer: Adam<B, W::Module>,
    ) -> Result<(End, Checkpoint)> {
        let config = self.job.config;
        // Asking a GPU for a loss waits for all it has to do, so it is asked now and then.
        let read_every = if self.job.gpu { 25 } else { 1 };
        let bar = tools::progress::bar(self.steps, "training");
        bar.set_position(self.progress.step);
        let mut unsaved = false;
        while self.progress.step < self.steps {
            let rate = config
                .schedule
                .rate(config.learning_rate, self.progress.step, self.steps);
            let (loss, scale) = wing.loss(&mut module, self.progress.step)?; // [1]
            let value = loss.clone().inner() * scale;
            self.pending = Some(match self.pending.take() {
                None => (value, 1),
                Some((sum, count)) => (sum + value, count + 1),
            });
            let gradients = GradientsParams::from_grads(loss.backward(), &module);
            module = optimizer.step(rate, module, gradients);
            self.progress.step += 1;

            let step = self.progress.step;
            let validate = step.is_multiple_of(config.validate_every) || step == self.steps;
            if validate || step.is_multiple_of(read_every) {
                self.read_losses()?;
                self.show(&bar);
            }
            if validate {
                self.validate(&wing, &module, rate, &bar)?;
                unsaved = true;
            }
            if step < self.steps && !wing.can_rest(step) {
                continue;
            }
            let stop = interrupt::asked() && step < self.steps;
            if unsaved || stop || self.saved.elapsed() >= SAVE_EVERY {
                self.read_losses()?;
                self.save(&module, &optimizer)?;
                unsaved = false;
            }
            if stop {
                bar.finish_and_clear();
                return Ok((End::Interrupted, self.checkpoint(&module, &optimizer)?));
            }
        }
        bar.finish_and_clear();
        Ok((End::Finished, self.checkpoint(&module, &optimizer)?))
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

    fn validate<W: Wing<B>>(
        &mut self,
        wing: &W,
        module: &W::Module,
        rate: f64,
        bar: &ProgressBar,
    ) -> Result<()> {
        self.clock();
        let blocks_per_second = self.blocks_per_second();
        let loss = wing.validate(module)?;
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
            self.best = tensors::of_module(module);
            finish::write_weights(self.job.folder, self.job.config, &self.best)?;
        }
        let demo = wing.decode(module, self.job.demo)?;
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

    fn checkpoint<M: AutodiffModule<B>>(
        &self,
        module: &M,
        optimizer: &Adam<B, M>,
    ) -> Result<Checkpoint> {
        Ok(Checkpoint {
            progress: self.progress.clone(),
            parameters: tensors::of_module(module),
            optimizer: optimizer_to_tensors(optimizer, module)?,
            best: self.best.clone(),
        })
    }

    fn save<M: AutodiffModule<B>>(&mut self, module: &M, optimizer: &Adam<B, M>) -> Result<()> {
        self.clock();
        self.checkpoint(module, optimizer)?
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
