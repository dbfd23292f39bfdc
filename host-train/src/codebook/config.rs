//! The sizes of a codebook, and how it is trained.

use std::fmt;
use std::str::FromStr;

use nice_decode::LATENT_BITS;
use nice_decode::format::{MAX_MIRRORS, MAX_STAGE_BITS, MAX_STAGES, Stage};
use serde::{Deserialize, Serialize};

/// The stages of a codebook, by the name of a size or one by one.
///
/// More bits in fewer stages are better and take more memory; all ways to mirror a row make that of an eighth as many rows.
/// What was tried stands in `host-train/EXPERIMENTS.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Layout(Vec<Stage>);

/// The layouts that have a name: at most 40 KiB, and at most 300 KiB.
const NAMED: [(&str, &str); 2] = [
    ("s", "10/3,11/3,10/3,9/3,8/3"),
    ("m", "12/3,12/3,12/3,12/3"),
];

impl Layout {
    /// The smallest layout that has a name.
    pub fn small() -> Self {
        NAMED[0].1.parse().expect("it is a layout")
    }

    /// The stages, that of the base first.
    pub fn stages(&self) -> &[Stage] {
        &self.0
    }
}

impl FromStr for Layout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, stages)) = NAMED.iter().find(|(name, _)| *name == text) {
            return stages.parse();
        }
        let stage = |text: &str| -> Option<Stage> {
            let (bits, mirrors) = text.split_once('/')?;
            Some(Stage {
                bits: bits.parse().ok()?,
                mirrors: mirrors.parse().ok()?,
            })
        };
        let stages: Option<Vec<Stage>> = text.split(',').map(stage).collect();
        let stages = stages.ok_or_else(|| {
            "the stages of a codebook are s, m, or a list of BITS/MIRRORS such as 12/3,12/3,12/3,12/3".to_owned()
        })?;
        let bits: usize = stages.iter().map(|stage| usize::from(stage.bits)).sum();
        if bits != LATENT_BITS || stages.len() > MAX_STAGES {
            return Err(format!(
                "the stages of a codebook have {LATENT_BITS} bits together, and there are at most {MAX_STAGES}; these {} have {bits}",
                stages.len()
            ));
        }
        for (at, stage) in stages.iter().enumerate() {
            if stage.rows(at == 0).is_none() {
                return Err(format!(
                    "stage {at} cannot have {} bits and {} mirrors: at most {MAX_STAGE_BITS} bits, at most {MAX_MIRRORS} \
                     mirrors, and a bit for each of these and, after the first stage, for the sign",
                    stage.bits, stage.mirrors
                ));
            }
        }
        Ok(Self(stages))
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = |stage: &Stage| format!("{}/{}", stage.bits, stage.mirrors);
        let list = self.0.iter().map(stage).collect::<Vec<_>>().join(",");
        match NAMED.iter().find(|(_, stages)| *stages == list) {
            Some((name, _)) => f.write_str(name),
            None => f.write_str(&list),
        }
    }
}

impl From<Layout> for String {
    fn from(layout: Layout) -> Self {
        layout.to_string()
    }
}

impl TryFrom<String> for Layout {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// What decides the result of training a codebook beside what every run has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodebookConfig {
    /// The stages of the model.
    pub size: Layout,
    /// Batches whose codes are searched at once.
    pub pool: u64,
    /// How often these batches are stepped through before others are searched.
    pub passes: u64,
    /// Partial sums that the search keeps at first; twice as many from the middle on, four times at the end.
    pub beam: usize,
}

/// [`CodebookConfig::pool`] when nobody says otherwise.
pub const POOL: u64 = 4;

/// [`CodebookConfig::passes`] when nobody says otherwise.
pub const PASSES: u64 = 4;

/// [`CodebookConfig::beam`] when nobody says otherwise.
pub const BEAM: u64 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_read_as_they_are_written_and_have_48_bits() {
        for text in ["s", "m", "8/0,8/0,8/0,8/0,8/0,8/0", "12/3,13/3,12/2,11/1"] {
            let layout: Layout = text.parse().unwrap();
            assert_eq!(layout.to_string(), text);
        }
        for wrong in [
            "",
            "l",
            "12/3",
            "16/3,16/3,17/3",
            "16/3,16/3,16/4",
            "1/3,15/3,16/3,16/3",
            "48",
        ] {
            assert!(wrong.parse::<Layout>().is_err(), "{wrong}");
        }
    }
}
