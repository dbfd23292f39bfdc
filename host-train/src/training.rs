//! The training loop: optimizer steps, with validation, checkpoints and a progress bar.
//!
//! Each kind of codec provides a [`Trainer`].

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use burn::module::AutodiffModule;
use burn::optim::{GradientsParams, Optimizer};
use burn::tensor::{ElementConversion, Tensor};
use indicatif::ProgressBar;
use nice_data::{picture_file, progress};
use nice_encode::{Picture, files};

use crate::adam::Adam;
use crate::checkpoint::{Checkpoint, Progress, optimizer_from_tensors, optimizer_to_tensors};
use crate::device::TrainingBackend;
use crate::history::{self, Row, decibels};
use crate::interrupt;
use crate::log::Log;
use crate::run::Run;
use crate::tensorboard::EventWriter;
use crate::tensors::{self, Tensors};

/// The interval between checkpoints: the most work that a killed run loses.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(30);

/// The number of steps between two reads of the loss from a GPU. Each read waits until the GPU has finished its work.
const GPU_READ_INTERVAL: u64 = 25;

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All steps are done.
    Finished,
    /// The user requested to stop; the run can be resumed from its checkpoint.
    Interrupted,
}

/// What a step of training learns from a batch.
pub struct Step<B: TrainingBackend> {
    /// The mean squared error, with samples in 0..1, `[1]`.
    pub squared_error: Tensor<B::InnerBackend, 1>,
    /// The gradients of the parameters.
    pub gradients: GradientsParams,
}

/// The part of training that depends on the kind of codec.
pub trait Trainer<B: TrainingBackend> {
    /// The parameters.
    type Module: AutodiffModule<B>;

    /// The optimizer, in its initial state.
    fn optimizer(&self) -> Adam<B, Self::Module>;

    /// The error of step `step` (from 0) on a batch that the trainer chooses, and its gradients. The trainer may change the parameters
    /// first.
    ///
    /// # Errors
    ///
    /// When there is no batch.
    fn step(&mut self, module: &mut Self::Module, step: u64) -> Result<Step<B>>;

    /// Whether a run that is resumed from a checkpoint after `step` steps has the same result as one that is not interrupted.
    fn can_checkpoint(&self, _step: u64) -> bool {
        true
    }

    /// The mean squared error on the validation blocks, with samples in 0..1 that are not clamped.
    ///
    /// # Errors
    ///
    /// When there are no validation blocks.
    fn validate(&self, module: &Self::Module) -> Result<f64>;

    /// A picture that is encoded and decoded with the parameters.
    ///
    /// # Errors
    ///
    /// When the picture cannot be decoded.
    fn decode(&self, module: &Self::Module, picture: &Picture) -> Result<Picture>;
}

/// Trains up to the last step, from the initial parameters in `module` or from a checkpoint.
///
/// # Errors
///
/// When the loss is not finite, a file cannot be written, or the checkpoint belongs to another codec.
pub fn train<B: TrainingBackend, T: Trainer<B>>(
    run: &Run,
    trainer: T,
    mut module: T::Module,
    checkpoint: Option<Checkpoint>,
    device: &B::Device,
    log: &mut Log<'_>,
) -> Result<(End, Checkpoint)> {
    let config = &run.config;
    let mut optimizer = trainer.optimizer();
    let (progress, best) = match checkpoint {
        None => {
            let progress = Progress {
                config: config.clone(),
                blocks: run.train_blocks(),
                data_checksum: run.data.checksum(),
                step: 0,
                loss_sum: 0.0,
                loss_count: 0,
                best_loss: None,
                history: Vec::new(),
                seconds: 0.0,
            };
            (progress, Tensors::new())
        }
        Some(checkpoint) => {
            module = tensors::into_module(module, &checkpoint.parameters)?;
            optimizer = optimizer_from_tensors(optimizer, &module, &checkpoint.optimizer, device)?;
            let progress = Progress {
                config: config.clone(),
                ..checkpoint.progress
            };
            (progress, checkpoint.best)
        }
    };
    let first = progress.step;
    let session = Session {
        run,
        steps: run.steps(),
        tensorboard: EventWriter::create(run.folder.path(), first)?,
        pending_loss: None,
        best,
        timed_until: Instant::now(),
        row_seconds: progress.seconds,
        row_step: first,
        last_checkpoint: Instant::now(),
        progress,
    };
    session.train(trainer, module, optimizer, log)
}

/// A run in this process, from its start or from a checkpoint.
struct Session<'a, B: TrainingBackend> {
    run: &'a Run,
    steps: u64,
    tensorboard: EventWriter,
    progress: Progress,
    best: Tensors,
    /// The sum of the losses that have not been read from the device, `[1]`, and their number.
    pending_loss: Option<(Tensor<B::InnerBackend, 1>, u64)>,
    /// The time up to which `progress.seconds` counts.
    timed_until: Instant,
    /// `progress.seconds` and the step at the beginning of the current row of the history.
    row_seconds: f64,
    row_step: u64,
    last_checkpoint: Instant,
}

impl<B: TrainingBackend> Session<'_, B> {
    fn train<T: Trainer<B>>(
        mut self,
        mut trainer: T,
        mut module: T::Module,
        mut optimizer: Adam<B, T::Module>,
        log: &mut Log<'_>,
    ) -> Result<(End, Checkpoint)> {
        let config = &self.run.config;
        let read_interval = if self.run.execution.gpu_memory.is_some() {
            GPU_READ_INTERVAL
        } else {
            1
        };
        let bar = progress::bar(self.steps, "training");
        bar.set_position(self.progress.step);
        let mut unsaved = false;
        while self.progress.step < self.steps {
            let rate = config
                .schedule
                .rate(config.learning_rate, self.progress.step, self.steps);
            let Step {
                squared_error,
                gradients,
            } = trainer.step(&mut module, self.progress.step)?;
            self.pending_loss = Some(match self.pending_loss.take() {
                None => (squared_error, 1),
                Some((sum, count)) => (sum + squared_error, count + 1),
            });
            module = optimizer.step(rate, module, gradients);
            self.progress.step += 1;

            let step = self.progress.step;
            let validate = step.is_multiple_of(config.validate_every) || step == self.steps;
            if validate || step.is_multiple_of(read_interval) {
                self.read_losses()?;
                self.show_progress(&bar);
            }
            if validate {
                let row = self.validate(&trainer, &module, rate)?;
                bar.suspend(|| log.line(&row.to_string()))?;
                unsaved = true;
            }
            if step < self.steps && !trainer.can_checkpoint(step) {
                continue;
            }
            let stop = interrupt::requested() && step < self.steps;
            if unsaved || stop || self.last_checkpoint.elapsed() >= CHECKPOINT_INTERVAL {
                self.read_losses()?;
                self.write_checkpoint(&module, &optimizer)?;
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

    /// Reads the losses from the device, and stops the run if they are not finite.
    fn read_losses(&mut self) -> Result<()> {
        let Some((sum, count)) = self.pending_loss.take() else {
            return Ok(());
        };
        let sum: f64 = sum.into_scalar().elem();
        if !sum.is_finite() {
            let kept = match self.progress.best_loss {
                Some(loss) => format!(
                    "the best weights so far ({:.2} dB) are in {}",
                    decibels(loss),
                    self.run.folder.weights().display()
                ),
                None => "there are no good weights yet".to_owned(),
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

    /// Adds the time since the last call to the time of training.
    fn update_time(&mut self) {
        self.progress.seconds += self.timed_until.elapsed().as_secs_f64();
        self.timed_until = Instant::now();
    }

    /// The training blocks per second since the previous row of the history.
    fn blocks_per_second(&self) -> f64 {
        let steps = self.progress.step - self.row_step;
        let seconds = self.progress.seconds - self.row_seconds;
        (steps * self.run.config.batch) as f64 / seconds.max(1e-9)
    }

    /// The mean training loss since the last validation.
    fn mean_loss(&self) -> f64 {
        self.progress.loss_sum / self.progress.loss_count as f64
    }

    fn show_progress(&mut self, bar: &ProgressBar) {
        self.update_time();
        bar.set_position(self.progress.step);
        if !bar.is_hidden() {
            let loss = self.mean_loss();
            bar.set_message(format!(
                "training  loss {loss:.6}  {:.2} dB  {:.0} blocks/s",
                decibels(loss),
                self.blocks_per_second()
            ));
        }
    }

    fn validate<T: Trainer<B>>(
        &mut self,
        trainer: &T,
        module: &T::Module,
        learning_rate: f64,
    ) -> Result<Row> {
        self.update_time();
        let validation_loss = trainer.validate(module)?;
        let row = Row {
            step: self.progress.step,
            train_loss: self.mean_loss(),
            validation_loss,
            learning_rate,
            seconds: self.progress.seconds,
            blocks_per_second: self.blocks_per_second(),
        };
        self.progress.history.push(row);
        (self.progress.loss_sum, self.progress.loss_count) = (0.0, 0);
        let best_loss = self.progress.best_loss;
        if validation_loss.is_finite() && best_loss.is_none_or(|best| validation_loss < best) {
            self.progress.best_loss = Some(validation_loss);
            self.best = tensors::of_module(module);
            self.run.write_weights(&self.best)?;
        }
        let demo = trainer.decode(module, &self.run.data.demo.picture)?;
        self.write_events(&row, &demo)?;
        let metrics = history::csv(&self.progress.history);
        files::write_atomically(&self.run.folder.metrics(), metrics.as_bytes())?;
        // The time of validation is not counted.
        self.timed_until = Instant::now();
        (self.row_seconds, self.row_step) = (self.progress.seconds, self.progress.step);
        Ok(row)
    }

    /// Writes the figures and the demo picture of a validation for TensorBoard.
    fn write_events(&mut self, row: &Row, demo: &Picture) -> Result<()> {
        let step = i64::try_from(row.step)?;
        for (tag, value) in [
            ("loss", row.validation_loss),
            ("loss/train", row.train_loss),
            ("psnr", decibels(row.validation_loss)),
            ("learning_rate", row.learning_rate),
        ] {
            self.tensorboard.scalar(tag, step, value as f32)?;
        }
        let png = picture_file::to_png(demo)?;
        self.tensorboard
            .image("demo", step, &png, demo.width(), demo.height())?;
        self.tensorboard.flush()
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

    fn write_checkpoint<M: AutodiffModule<B>>(
        &mut self,
        module: &M,
        optimizer: &Adam<B, M>,
    ) -> Result<()> {
        self.update_time();
        self.checkpoint(module, optimizer)?
            .write(&self.run.folder.checkpoint())?;
        self.last_checkpoint = Instant::now();
        Ok(())
    }
}
