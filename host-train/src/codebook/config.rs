//! The sizes of a codebook, and how it is trained.

use std::fmt;
use std::str::FromStr;

use nice_decode::format::Stage;
use serde::{Deserialize, Serialize};

/// The sizes that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// At most 40 KiB.
    S,
    /// At most 300 KiB.
    M,
}

impl Size {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::S, Self::M];

    /// The stages, that of the base first: bits, and ways to mirror a row.
    ///
    /// More bits in fewer stages are better and take more memory; all ways to mirror a row make that of an eighth as many
    /// rows. What was tried beside these stands in `host-train/EXPERIMENTS.md`.
    pub fn stages(self) -> Vec<Stage> {
        let bits: &[u8] = match self {
            Self::S => &[10, 11, 10, 9, 8],
            Self::M => &[12, 12, 12, 12],
        };
        bits.iter()
            .map(|&bits| Stage { bits, mirrors: 3 })
            .collect()
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "s" => Ok(Self::S),
            "m" => Ok(Self::M),
            _ => Err("the sizes of a codebook are s and m".to_owned()),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S => "s",
            Self::M => "m",
        })
    }
}

/// What decides the result of training a codebook beside what every run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodebookConfig {
    /// The stages of the model.
    pub size: Size,
    /// Batches whose codes are searched at once.
    pub pool: u64,
    /// How often these batches are stepped through before others are searched.
    pub passes: u64,
    /// Partial sums that the search keeps at first; twice as many from the middle on, four times at the end.
    pub beam: usize,
}

impl CodebookConfig {
    /// What is taken when nobody says otherwise.
    pub const fn new(size: Size) -> Self {
        Self {
            size,
            pool: 4,
            passes: 4,
            beam: 8,
        }
    }
}
