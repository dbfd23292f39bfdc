//! What a run was asked to do, as it is kept in its folder and needed to go on with it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codebook::config::{CodebookConfig, Layout};
use crate::mlp::network::NetworkConfig;

/// The kind of codec to train.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// The notebook's network.
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
                "the architectures are: codebook:s, codebook:m, codebook:BITS/MIRRORS,..., mlp"
                    .to_owned(),
            ),
        }
    }
}

impl Architecture {
    /// A name for a run: letters, digits and lines.
    pub fn name(&self) -> String {
        match self {
            Self::Mlp => "mlp".to_owned(),
            Self::Codebook(layout) => format!("codebook-{layout}").replace([',', '/'], "-"),
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

/// The codec to train, with its sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodecConfig {
    /// The notebook's network.
    Mlp(NetworkConfig),
    /// A codebook.
    Codebook(CodebookConfig),
}

/// How long to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// So many optimizer steps.
    Steps(u64),
    /// So many times through the training set.
    Epochs(u64),
}

impl Length {
    /// Optimizer steps over a set of `blocks` in batches of `batch`; at least one.
    pub fn steps(self, blocks: u64, batch: u64) -> u64 {
        match self {
            Self::Steps(steps) => steps,
            Self::Epochs(epochs) => epochs.saturating_mul(blocks).div_ceil(batch).max(1),
        }
    }
}

/// How the learning rate moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The same rate throughout, as in the notebook.
    #[default]
    Constant,
    /// Up along a cosine for the first 30 %, then down along another to almost nothing.
    OneCycle,
    /// Down along a cosine to a hundredth.
    Cosine,
}

impl Schedule {
    /// The learning rate of step `step` (from 0) of `steps`, for the given peak.
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

/// Everything that decides the result of a run, apart from the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    /// The name of the run and of the model it makes.
    pub name: String,
    /// The codec, with its sizes.
    pub codec: CodecConfig,
    /// Where training blocks come from, as typed.
    pub data: String,
    /// Where validation blocks come from, as typed; from `data` if not given.
    pub validation: Option<String>,
    /// The picture shown in the report, as typed; the project's own if not given.
    pub demo: Option<String>,
    /// Decides the start, the shuffle and the offsets.
    pub seed: u64,
    /// Blocks a step.
    pub batch: u64,
    /// How long to train.
    pub length: Length,
    /// Peak learning rate of AdamW.
    pub learning_rate: f64,
    /// How the rate moves.
    pub schedule: Schedule,
    /// Steps between validations.
    pub validate_every: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_every_block_once_and_a_last_part_of_a_batch_counts() {
        assert_eq!(Length::Epochs(16).steps(4096 * 3, 4096), 48);
        assert_eq!(Length::Epochs(1).steps(4097, 4096), 2);
        assert_eq!(Length::Epochs(0).steps(4097, 4096), 1);
        assert_eq!(Length::Steps(7).steps(1, 4096), 7);
    }

    #[test]
    fn one_cycle_rises_to_its_peak_and_falls_to_almost_nothing() {
        let rates: Vec<f64> = (0..1001)
            .map(|step| Schedule::OneCycle.rate(1e-2, step, 1001))
            .collect();
        assert!((rates[0] - 4e-4).abs() < 1e-9);
        assert!((rates[300] - 1e-2).abs() < 1e-6);
        assert!(rates[1000] < 1e-7);
        assert!(rates[..=300].is_sorted() && rates[300..].iter().rev().is_sorted());
    }

    #[test]
    fn cosine_falls_from_its_peak_to_a_hundredth() {
        let rates: Vec<f64> = (0..101)
            .map(|step| Schedule::Cosine.rate(1e-2, step, 101))
            .collect();
        assert!((rates[0] - 1e-2).abs() < 1e-9 && (rates[100] - 1e-4).abs() < 1e-9);
        assert!(rates.iter().rev().is_sorted());
    }

    #[test]
    fn architectures_are_read_as_they_are_written() {
        for text in ["mlp", "codebook:s", "codebook:m"] {
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
