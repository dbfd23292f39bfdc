//! The configuration of a run, which is kept in its folder and in its checkpoint.

use std::fmt;
use std::str::FromStr;

use nice_decode::format::MAX_NAME_BYTES;
use serde::{Deserialize, Serialize};

use crate::codecs::codebook::config::{CodebookConfig, Layout};
use crate::codecs::mlp::network::NetworkConfig;

/// The kind of codec to train.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// A network of dense layers.
    Mlp,
    /// A codebook with these stages.
    Codebook(Layout),
}

impl FromStr for Architecture {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "mlp" => Ok(Self::Mlp),
            Some(("codebook", size)) => size.parse().map(Self::Codebook),
            _ => Err(
                "the architectures are: codebook:xs, codebook:s, codebook:m, codebook:BITS/ORIENTATION_BITS,..., mlp"
                    .to_owned(),
            ),
        }
    }
}

impl Architecture {
    /// The default name of a run: letters, digits and hyphens.
    pub fn name(&self) -> String {
        match self {
            Self::Mlp => "mlp".to_owned(),
            Self::Codebook(layout) => {
                let name = format!("codebook-{layout}").replace([',', '/'], "-");
                if name.len() <= MAX_NAME_BYTES {
                    name
                } else {
                    format!("codebook-{}-stages", layout.stages().len())
                }
            }
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mlp => f.write_str("mlp"),
            Self::Codebook(size) => write!(f, "codebook:{size}"),
        }
    }
}

/// The codec to train, and its sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodecConfig {
    /// A network of dense layers.
    Mlp(NetworkConfig),
    /// A codebook.
    Codebook(CodebookConfig),
}

/// The length of the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// A number of optimizer steps.
    Steps(u64),
    /// A number of passes over the training set.
    Epochs(u64),
}

impl Length {
    /// The number of optimizer steps for a set of `blocks` in batches of `batch`, at least one.
    pub fn steps(self, blocks: u64, batch: u64) -> u64 {
        match self {
            Self::Steps(steps) => steps,
            Self::Epochs(epochs) => epochs.saturating_mul(blocks).div_ceil(batch).max(1),
        }
    }
}

/// The schedule of the learning rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Constant.
    #[default]
    Constant,
    /// Up to the peak along a cosine for the first 30 %, then down to almost 0.
    OneCycle,
    /// From the peak down to a hundredth, along a cosine.
    Cosine,
}

impl Schedule {
    /// The learning rate of step `step` (from 0) of `steps`.
    ///
    /// The one-cycle policy (Smith and Topin, "Super-Convergence", 2018) starts at 1/25 of the peak and ends at
    /// 1/250,000 of it.
    pub fn rate(self, peak: f64, step: u64, steps: u64) -> f64 {
        let (start, end) = match self {
            Self::Constant => return peak,
            Self::OneCycle => (peak / 25.0, peak / 250_000.0),
            Self::Cosine => (peak, peak / 100.0),
        };
        let last = steps.saturating_sub(1).max(1) as f64;
        let at = (step as f64 / last).min(1.0);
        let cosine = |from: f64, to: f64, t: f64| {
            to + (from - to) * 0.5 * (1.0 + (std::f64::consts::PI * t).cos())
        };
        if self == Self::Cosine {
            cosine(start, end, at)
        } else if at < 0.3 {
            cosine(start, peak, at / 0.3)
        } else {
            cosine(peak, end, (at - 0.3) / 0.7)
        }
    }
}

/// Everything that determines the result of a run, except the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    /// The name of the run and of its model.
    pub name: String,
    /// The codec and its sizes.
    pub codec: CodecConfig,
    /// The source of the training blocks, as given on the command line: several are pictures and folders of pictures.
    pub data: Vec<String>,
    /// The source of the validation blocks, as given on the command line; by default a part of `data`.
    pub validation: Option<String>,
    /// The demo picture in the report, as given on the command line; by default that of NICE.
    pub demo: Option<String>,
    /// Whether pictures that are cut off are read as far as they go.
    pub allow_truncated: bool,
    /// The most pixels that a picture may have, in millions.
    pub max_megapixels: u32,
    /// The seed of the initial parameters, the shuffle and the random positions.
    pub seed: u64,
    /// The number of blocks in a batch.
    pub batch: u64,
    /// The length of the training.
    pub length: Length,
    /// The peak learning rate.
    pub learning_rate: f64,
    /// The schedule of the learning rate.
    pub schedule: Schedule,
    /// The number of steps between two validations.
    pub validate_every: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_has_every_block_once_and_ends_with_a_full_batch() {
        assert_eq!(Length::Epochs(16).steps(4096 * 3, 4096), 48);
        assert_eq!(Length::Epochs(1).steps(4097, 4096), 2);
        assert_eq!(Length::Epochs(0).steps(4097, 4096), 1);
        assert_eq!(Length::Steps(7).steps(1, 4096), 7);
    }

    #[test]
    fn one_cycle_rises_to_the_peak_and_falls_to_almost_0() {
        let rates: Vec<f64> = (0..1001)
            .map(|step| Schedule::OneCycle.rate(1e-2, step, 1001))
            .collect();
        assert!((rates[0] - 4e-4).abs() < 1e-9);
        assert!((rates[300] - 1e-2).abs() < 1e-6);
        assert!(rates[1000] < 1e-7);
        assert!(rates[..=300].is_sorted() && rates[300..].iter().rev().is_sorted());
    }

    #[test]
    fn cosine_falls_from_the_peak_to_a_hundredth() {
        let rates: Vec<f64> = (0..101)
            .map(|step| Schedule::Cosine.rate(1e-2, step, 101))
            .collect();
        assert!((rates[0] - 1e-2).abs() < 1e-9 && (rates[100] - 1e-4).abs() < 1e-9);
        assert!(rates.iter().rev().is_sorted());
    }

    #[test]
    fn architectures_are_parsed_and_printed_alike() {
        for text in ["mlp", "codebook:xs", "codebook:s", "codebook:m"] {
            assert_eq!(text.parse::<Architecture>().unwrap().to_string(), text);
        }
        for wrong in ["", "codebook", "codebook:", "codebook:x", "MLP", "mlp:s"] {
            assert!(wrong.parse::<Architecture>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn constant_is_constant() {
        assert!((0..10).all(|step| Schedule::Constant.rate(1e-3, step, 10) == 1e-3));
    }
}
