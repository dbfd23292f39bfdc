//! A run frozen between two steps: parameters, optimizer, best parameters so far, and the counters beside them.
//!
//! The order of the blocks and their offsets are pure functions of seed and step, so no random state has to be
//! kept: what is here is all there is, and a run that goes on from it does what it would have done anyway.

use std::path::Path;

use anyhow::{Context, Result, bail};
use burn::module::AutodiffModule;
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::record::AdaptorRecord;
use burn::optim::{AdamW, AdamWState, AdaptiveMomentumState, Optimizer};
use burn::tensor::backend::AutodiffBackend;
use serde::{Deserialize, Serialize};

use crate::config::RunConfig;
use crate::history::Row;
use crate::tensors::{self, Tensors, Values, find, put_under, under};

/// The counters of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What the run was asked to do.
    pub config: RunConfig,
    /// Blocks in the training set, to notice another one.
    pub blocks: u64,
    /// Optimizer steps done.
    pub step: u64,
    /// Sum of the training losses since the last validation.
    pub loss_sum: f64,
    /// How many losses that sum holds.
    pub loss_count: u64,
    /// Validation loss of the best parameters, once there are some.
    pub best_loss: Option<f64>,
    /// What was measured so far.
    pub history: Vec<Row>,
    /// Seconds trained so far.
    pub seconds: f64,
}

/// What a run needs to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// The counters.
    pub progress: Progress,
    /// The parameters.
    pub parameters: Tensors,
    /// The optimizer's state.
    pub optimizer: Tensors,
    /// The parameters of the best validation so far; empty before the first.
    pub best: Tensors,
}

impl Checkpoint {
    /// Writes the checkpoint, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut all = Tensors::new();
        put_under(&mut all, "parameters", &self.parameters);
        put_under(&mut all, "optimizer", &self.optimizer);
        put_under(&mut all, "best", &self.best);
        tensors::write(path, &all, &serde_json::to_string(&self.progress)?)
    }

    /// Reads a checkpoint.
    pub fn read(path: &Path) -> Result<Self> {
        let (all, text) = tensors::read(path)?;
        let progress = serde_json::from_str(&text).with_context(|| {
            format!(
                "{}: not a checkpoint of this version of host-train",
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

/// AdamW over the module `M`.
pub type Adam<B, M> = OptimizerAdaptor<AdamW, M, B>;

/// The state of the optimizer, by parameter: `NAME.first`, `NAME.second` (moments) and `NAME.time` (updates done).
pub fn optimizer_to_tensors<B, M>(optimizer: &Adam<B, M>, module: &M) -> Result<Tensors>
where
    B: AutodiffBackend,
    M: AutodiffModule<B>,
{
    fn put<B: AutodiffBackend, const D: usize>(
        all: &mut Tensors,
        name: &str,
        record: AdaptorRecord<AdamW, B>,
    ) {
        let momentum = record.into_state::<D>().momentum;
        // Exact: below 2^24 updates a count is an f32; two halves of it always are.
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
    for (name, id, rank) in tensors::identities(module) {
        let Some(record) = records.get(&id).cloned() else {
            continue;
        };
        match rank {
            1 => put::<B, 1>(&mut all, &name, record),
            2 => put::<B, 2>(&mut all, &name, record),
            _ => bail!("parameter {name} has rank {rank}, which no checkpoint holds"),
        }
    }
    Ok(all)
}

/// `optimizer` in the state that [`optimizer_to_tensors`] took.
pub fn optimizer_from_tensors<B, M>(
    optimizer: Adam<B, M>,
    module: &M,
    all: &Tensors,
    device: &B::Device,
) -> Result<Adam<B, M>>
where
    B: AutodiffBackend,
    M: AutodiffModule<B>,
{
    fn get<B: AutodiffBackend, const D: usize>(
        all: &Tensors,
        name: &str,
        device: &B::Device,
    ) -> Result<AdaptorRecord<AdamW, B>> {
        let time = &find(all, &format!("{name}.time"))?.values;
        let [high, low] = time[..] else {
            bail!("{name}.time does not hold a count")
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
    for (name, id, rank) in tensors::identities(module) {
        let record = match rank {
            1 => get::<B, 1>(all, &name, device)?,
            2 => get::<B, 2>(all, &name, device)?,
            _ => bail!("parameter {name} has rank {rank}, which no checkpoint holds"),
        };
        records.insert(id, record);
    }
    Ok(optimizer.load_record(records))
}
