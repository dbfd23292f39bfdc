//! Fits a codebook to pictures of one kind within a given time: starts from a trained model, and keeps that model if nothing is won.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use nice_decode::format::ModelTables;
use nice_decode::{Codec, Model};
use nice_encode::codebook::Codebook;
use nice_encode::{Encoder, container, measure};
use serde::Serialize;

use crate::checkpoint::Checkpoint;
use crate::codecs::codebook::config::{CodebookConfig, Layout};
use crate::codecs::codebook::{export, trainer};
use crate::config::Length;
use crate::device::TrainingBackend;
use crate::export::Artifacts;
use crate::log::Log;
use crate::run::Run;
use crate::training::End;

/// The share of the time that is spent on training; the rest is for reading, exporting and judging.
const TRAINING_SHARE: f64 = 0.9;

/// The number of steps from which the time of a step is estimated.
const TRIAL_STEPS: u64 = 32;

/// How much longer a step takes on average than one of the first ones, since the beam becomes wider.
const LATER_STEPS: f64 = 1.1;

/// The smallest gain in dB for which a model is replaced.
const LEAST_GAIN: f64 = 0.05;

/// What fitting has won.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gain {
    /// The name of the model at the start.
    pub from: String,
    /// Its PSNR on the validation blocks, in dB: integer decoder, fixed layout.
    pub before_db: f64,
    /// That of the fitted model.
    pub after_db: f64,
    /// Whether the model at the start was kept, since nothing was won.
    pub kept: bool,
}

/// A model to start from.
pub struct Start {
    /// The bytes of its file.
    pub file: Vec<u8>,
    /// Its name.
    pub name: String,
    /// Its codebook.
    pub codebook: Codebook,
}

impl Start {
    /// A model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// When it is not a codebook.
    pub fn new(file: Vec<u8>) -> Result<Self> {
        let model = Model::from_bytes(&file)?;
        let name = model.name().to_owned();
        let Some(ModelTables::Codebook(tables)) = container::model::tables(&file) else {
            bail!(
                "the model \"{name}\" is a {}, but only a {} can be fitted",
                model.codec(),
                Codec::Codebook
            );
        };
        let codebook = Codebook::from_tables(&tables);
        Ok(Self {
            file,
            name,
            codebook,
        })
    }

    /// The stages as a layout for training.
    ///
    /// # Errors
    ///
    /// When training does not know such stages.
    pub fn layout(&self) -> Result<Layout> {
        Layout::new(self.codebook.stages.clone()).map_err(anyhow::Error::msg)
    }
}

/// Trains from a model for about `seconds`, and returns the artifacts of the better of the two, with its gain, and the run as it was trained;
/// `None` if the user interrupted it.
///
/// # Errors
///
/// Those of training.
pub fn fit<B: TrainingBackend>(
    run: &mut Run,
    config: &CodebookConfig,
    start: &Start,
    seconds: f64,
    device: &B::Device,
    log: &mut Log<'_>,
) -> Result<Option<(Artifacts, Gain, Checkpoint)>> {
    let begin = Instant::now();
    let validation = run.validation_blocks()?;
    let effort = run.execution.effort;
    let encoder = Encoder::for_codebook(&start.file)?;
    let (before, _) = measure::measure_blocks(&encoder, validation, effort);
    log.line(&format!(
        "the model \"{}\" has {:.3} dB on the validation blocks",
        start.name,
        before.psnr()
    ))?;

    // The schedules need the number of steps, so the time of a step is measured first.
    run.config.length = Length::Steps(TRIAL_STEPS);
    let trial = Instant::now();
    let (end, _) = trainer::train::<B>(
        run,
        config,
        Some(&start.codebook),
        None,
        device,
        &mut Log::silent(),
    )?;
    if end == End::Interrupted {
        return Ok(None);
    }
    let step = trial.elapsed().as_secs_f64() / TRIAL_STEPS as f64 * LATER_STEPS;
    let left = (seconds - begin.elapsed().as_secs_f64()).max(0.0) * TRAINING_SHARE;
    let steps = ((left / step) as u64).max(TRIAL_STEPS);
    run.config.length = Length::Steps(steps);
    log.line(&format!("training for {steps} steps"))?;
    let (end, checkpoint) =
        trainer::train::<B>(run, config, Some(&start.codebook), None, device, log)?;
    if end == End::Interrupted {
        return Ok(None);
    }

    let mut artifacts = export::artifacts::<B::InnerBackend>(run, config, &checkpoint.best, device)
        .context("cannot export the fitted model")?;
    let fitted = Encoder::for_codebook(&artifacts.model)?;
    let (after, _) = measure::measure_blocks(&fitted, run.validation_blocks()?, effort);
    let gain = Gain {
        from: start.name.clone(),
        before_db: before.psnr(),
        after_db: after.psnr(),
        kept: after.psnr() < before.psnr() + LEAST_GAIN,
    };
    if gain.kept {
        artifacts.model.clone_from(&start.file);
    }
    Ok(Some((artifacts, gain, checkpoint)))
}
