//! A run: its configuration, its data, its folder, and how it is computed.

use anyhow::{Context, Result, bail};
use nice_data::picture_file::ReadOptions;
use nice_data::{BlockId, OpenOptions, Source, Splits, demo, open, open_picture};
use nice_decode::BLOCK_SAMPLES;
use nice_encode::Picture;

use crate::config::RunConfig;
use crate::data::batches::Residency;
use crate::data::order::Order;
use crate::run_folder::RunFolder;
use crate::tensors::{self, Tensors};

/// The demo picture of a run.
#[derive(Clone, Debug)]
pub struct DemoPicture {
    /// What the picture is.
    pub name: String,
    /// The picture.
    pub picture: Picture,
}

/// The data of a run.
#[derive(Debug)]
pub struct RunData {
    /// The blocks for training and for validation.
    pub splits: Splits,
    /// The demo picture.
    pub demo: DemoPicture,
}

impl RunData {
    /// Opens the data that a configuration names.
    ///
    /// # Errors
    ///
    /// When a source is invalid or cannot be read.
    pub fn open(config: &RunConfig) -> Result<Self> {
        let parse = |text: &str| {
            text.parse::<Source>()
                .with_context(|| format!("the data source {text:?} is invalid"))
        };
        let options = OpenOptions {
            seed: config.seed,
            reading: ReadOptions {
                allow_truncated: config.allow_truncated,
                max_megapixels: config.max_megapixels,
                ..ReadOptions::default()
            },
            ..OpenOptions::default()
        };
        let demo = match &config.demo {
            None => DemoPicture {
                name: "the demo picture of NICE".to_owned(),
                picture: demo::picture()?,
            },
            Some(path_or_url) => DemoPicture {
                name: path_or_url.clone(),
                picture: open_picture(path_or_url, &options)
                    .context("the demo picture cannot be used")?,
            },
        };
        let validation = config.validation.as_deref().map(parse).transpose()?;
        let data = Source::from_arguments(&config.data)
            .with_context(|| format!("the data source {} is invalid", config.data.join(" ")))?;
        let splits = open(&data, validation.as_ref(), &options)?;
        Ok(Self { splits, demo })
    }

    /// A checksum of some of the blocks for training, by which other data are noticed.
    pub fn checksum(&self) -> u32 {
        /// The number of blocks, which are spread over the set.
        const BLOCKS: u64 = 1024;
        let train = &self.splits.train;
        let count = train.len() as u64;
        let taken = count.min(BLOCKS);
        let ids: Vec<BlockId> = (0..taken)
            .map(|number| BlockId {
                index: (u128::from(number) * u128::from(count) / u128::from(taken)) as u64,
                nonce: 0,
            })
            .collect();
        let mut bytes = vec![0; ids.len() * BLOCK_SAMPLES];
        train.gather(&ids, &mut bytes);
        crc32fast::hash(&bytes)
    }
}

/// How a run is computed and measured. The trained model depends only on the configuration and the machine.
#[derive(Clone, Debug)]
pub struct Execution {
    /// The line that describes the device.
    pub device: String,
    /// The memory of a GPU, in bytes; `None` on the CPU. A GPU computes asynchronously, so that reading a loss waits for it.
    pub gpu_memory: Option<u64>,
    /// Where the training blocks are held.
    pub residency: Residency,
    /// The command line.
    pub command: String,
    /// The effort of encoding when the decoder model is measured.
    pub effort: u32,
}

/// A run.
#[derive(Debug)]
pub struct Run {
    /// The configuration.
    pub config: RunConfig,
    /// The data.
    pub data: RunData,
    /// The folder for the results.
    pub folder: RunFolder,
    /// How it is computed.
    pub execution: Execution,
}

impl Run {
    /// The number of blocks for training.
    pub fn train_blocks(&self) -> u64 {
        self.data.splits.train.len() as u64
    }

    /// The number of optimizer steps.
    pub fn steps(&self) -> u64 {
        self.config
            .length
            .steps(self.train_blocks(), self.config.batch)
    }

    /// The order in which training uses the blocks.
    pub fn order(&self) -> Order {
        Order {
            blocks: self.train_blocks(),
            batch: self.config.batch,
            seed: self.config.seed,
        }
    }

    /// The blocks for validation.
    ///
    /// # Errors
    ///
    /// When they are not fixed.
    pub fn validation_blocks(&self) -> Result<&[u8]> {
        let validation = &self.data.splits.validation;
        match validation.fixed() {
            Some(bytes) => Ok(bytes),
            None => bail!(
                "the validation blocks are not fixed: {}",
                validation.description()
            ),
        }
    }

    /// Writes float weights, with the configuration.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write_weights(&self, weights: &Tensors) -> Result<()> {
        let config = serde_json::to_string(&self.config)?;
        tensors::write(&self.folder.weights(), weights, &config)
    }
}
