//! The checkpoint of a run between two steps: parameters, optimizer state, best parameters, and counters.
//!
//! The order of the blocks and their positions depend only on the seed and the step, so there is no random state to keep: a
//! resumed run has the same results as one that was never interrupted.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use burn::module::AutodiffModule;
use burn::optim::record::AdaptorRecord;
use burn::optim::{AdamWState, AdaptiveMomentumState, Optimizer};
use serde::{Deserialize, Serialize};

use crate::adam::{Adam, AdamW};
use crate::config::RunConfig;
use crate::device::TrainingBackend;
use crate::history::Row;
use crate::run::RunData;
use crate::tensors::{self, Tensors, Values, find, put_under, under};

/// The counters of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The configuration of the run.
    pub config: RunConfig,
    /// The number of blocks in the training set; if it differs when a run is resumed, the data has changed.
    pub blocks: u64,
    /// A checksum of some of them, for the same purpose.
    pub data_checksum: u32,
    /// The optimizer steps so far.
    pub step: u64,
    /// The sum of the training losses since the last validation.
    pub loss_sum: f64,
    /// The number of losses in that sum.
    pub loss_count: u64,
    /// The validation loss of the best parameters; `None` before the first validation.
    pub best_loss: Option<f64>,
    /// The history so far.
    pub history: Vec<Row>,
    /// The seconds of training so far.
    pub seconds: f64,
}

impl Progress {
    /// Checks that the run was trained on these data, which are called `source`.
    ///
    /// # Errors
    ///
    /// When it was trained on others.
    pub fn check_data(&self, data: &RunData, source: &str) -> Result<()> {
        let blocks = data.splits.train.len() as u64;
        ensure!(
            self.blocks == blocks,
            "the run was trained on {} blocks, but {source} has {blocks}; give the data that it was trained on with --data, or start a \
             new run",
            self.blocks
        );
        ensure!(
            self.data_checksum == data.checksum(),
            "the run was trained on other blocks than those of {source}; give the data that it was trained on with --data, or start a \
             new run"
        );
        Ok(())
    }
}

/// Everything that is needed to resume a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// The counters.
    pub progress: Progress,
    /// The parameters.
    pub parameters: Tensors,
    /// The state of the optimizer.
    pub optimizer: Tensors,
    /// The parameters with the best validation loss; empty before the first validation.
    pub best: Tensors,
}

impl Checkpoint {
    /// Writes the checkpoint, completely or not at all.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut all = Tensors::new();
        put_under(&mut all, "parameters", &self.parameters);
        put_under(&mut all, "optimizer", &self.optimizer);
        put_under(&mut all, "best", &self.best);
        tensors::write(path, &all, &serde_json::to_string(&self.progress)?)
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not a checkpoint.
    pub fn read(path: &Path) -> Result<Self> {
        let (all, text) = tensors::read(path)?;
        let progress = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} is not a checkpoint of this version of host-train",
                path.display()
            )
        })?;
        Ok(Self {
            progress,
            parameters: under(&all, "parameters"),
            optimizer: under(&all, "optimizer"),
            best: under(&all, "best"),
        })
    }
}

/// The state of the optimizer by parameter: the moments `NAME.first` and `NAME.second`, and the number of updates `NAME.time`.
///
/// # Errors
///
/// When a parameter has a rank other than 1 or 2.
pub fn optimizer_to_tensors<B, M>(optimizer: &Adam<B, M>, module: &M) -> Result<Tensors>
where
    B: TrainingBackend,
    M: AutodiffModule<B>,
{
    fn put<B: TrainingBackend, const D: usize>(
        all: &mut Tensors,
        name: &str,
        record: AdaptorRecord<AdamW, B>,
    ) {
        let momentum = record.into_state::<D>().momentum;
        // In two parts, since an f32 only holds counts up to 2^24 exactly.
        let (high, low) = (momentum.time >> 16, momentum.time & 0xffff);
        all.insert(
            format!("{name}.time"),
            Values::new(&[2], vec![high as f32, low as f32]),
        );
        all.insert(
            format!("{name}.first"),
            Values::from_device(momentum.moment_1),
        );
        all.insert(
            format!("{name}.second"),
            Values::from_device(momentum.moment_2),
        );
    }
    let records = optimizer.to_record();
    let mut all = Tensors::new();
    for (name, id, rank) in tensors::ids(module) {
        let Some(record) = records.get(&id).cloned() else {
            continue;
        };
        match rank {
            1 => put::<B, 1>(&mut all, &name, record),
            2 => put::<B, 2>(&mut all, &name, record),
            _ => bail!("parameter {name} has rank {rank}, which a checkpoint cannot hold"),
        }
    }
    Ok(all)
}

/// The optimizer with the state that [`optimizer_to_tensors`] returned.
///
/// # Errors
///
/// When the state of a parameter is missing or invalid.
pub fn optimizer_from_tensors<B, M>(
    optimizer: Adam<B, M>,
    module: &M,
    all: &Tensors,
    device: &B::Device,
) -> Result<Adam<B, M>>
where
    B: TrainingBackend,
    M: AutodiffModule<B>,
{
    fn get<B: TrainingBackend, const D: usize>(
        all: &Tensors,
        name: &str,
        device: &B::Device,
    ) -> Result<AdaptorRecord<AdamW, B>> {
        let time = &find(all, &format!("{name}.time"))?.values;
        let [high, low] = time[..] else {
            bail!("{name}.time is not a count")
        };
        let first = find(all, &format!("{name}.first"))?.to_device::<B::InnerBackend, D>(device);
        let second = find(all, &format!("{name}.second"))?.to_device::<B::InnerBackend, D>(device);
        let momentum =
            AdaptiveMomentumState::new(((high as usize) << 16) | low as usize, first, second);
        Ok(AdaptorRecord::from_state::<D>(AdamWState::new(momentum)))
    }
    if all.is_empty() {
        return Ok(optimizer);
    }
    let mut records = optimizer.to_record();
    for (name, id, rank) in tensors::ids(module) {
        let record = match rank {
            1 => get::<B, 1>(all, &name, device)?,
            2 => get::<B, 2>(all, &name, device)?,
            _ => bail!("parameter {name} has rank {rank}, which a checkpoint cannot hold"),
        };
        records.insert(id, record);
    }
    Ok(optimizer.load_record(records))
}
