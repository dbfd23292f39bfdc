//! The stages of a codebook, and the options of its training.

use std::fmt;
use std::str::FromStr;

use nice_decode::LATENT_BITS;
use nice_decode::format::{
    MAX_ADAPTIVE_BITS, MAX_ORIENTATION_BITS, MAX_STAGE_BITS, MAX_STAGES, Stage, stage_ends,
};
use serde::{Deserialize, Serialize};

/// The stages of a codebook, parsed from the name of a size or from a list.
///
/// More bits in fewer stages give better quality but need more memory; with all orientations, an eighth of the codewords
/// suffices. See `host-train/EXPERIMENTS.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Layout(Vec<Stage>);

/// The layouts with a name: a model xs takes 12 KB, s 42 KB, and m 139 KB. The first six, five and four stages are those of the fixed
/// layout.
const NAMED: [(&str, &str); 3] = [
    ("xs", "8/3,8/3,8/3,8/3,8/3,8/3,6/3,6/3"),
    ("s", "10/3,11/3,10/3,9/3,8/3,8/3,8/3,8/3,8/3"),
    ("m", "12/3,12/3,12/3,12/3,9/3,9/3,9/3,9/3,9/3"),
];

impl Layout {
    /// The layout s.
    pub fn small() -> Self {
        NAMED[1].1.parse().expect("it is a valid layout")
    }

    /// A layout of some stages, the base first.
    ///
    /// # Errors
    ///
    /// When a codebook cannot have these stages.
    pub fn new(stages: Vec<Stage>) -> Result<Self, String> {
        let ends: Vec<usize> = stage_ends(stages.iter().copied()).collect();
        let bits = ends.last().copied().unwrap_or_default();
        if !ends.contains(&LATENT_BITS) || bits > MAX_ADAPTIVE_BITS || stages.len() > MAX_STAGES {
            return Err(format!(
                "a codebook has at most {MAX_STAGES} stages with at most {MAX_ADAPTIVE_BITS} bits in total, and some of the first have \
                 {LATENT_BITS} bits together; {} has {} stages that end after {ends:?} bits",
                list(&stages),
                stages.len()
            ));
        }
        for (at, stage) in stages.iter().enumerate() {
            if stage.codewords(at == 0).is_none() {
                return Err(format!(
                    "stage {at} cannot have {} bits, {} of them for an orientation: a stage has at most {MAX_STAGE_BITS} bits, \
                     at most {MAX_ORIENTATION_BITS} of them for the orientation and, after the first stage, one for the sign",
                    stage.bits, stage.orientation_bits
                ));
            }
        }
        Ok(Self(stages))
    }

    /// The stages, the base first.
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
            let (bits, orientation_bits) = text.split_once('/')?;
            Some(Stage {
                bits: bits.parse().ok()?,
                orientation_bits: orientation_bits.parse().ok()?,
            })
        };
        let stages: Option<Vec<Stage>> = text.split(',').map(stage).collect();
        let stages = stages.ok_or_else(|| {
            "the stages of a codebook are xs, s, m, or a list of BITS/ORIENTATION_BITS such as 12/3,12/3,12/3,12/3".to_owned()
        })?;
        Self::new(stages)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = list(&self.0);
        match NAMED.iter().find(|(_, stages)| *stages == list) {
            Some((name, _)) => f.write_str(name),
            None => f.write_str(&list),
        }
    }
}

/// Stages as a list of `BITS/ORIENTATION_BITS`.
fn list(stages: &[Stage]) -> String {
    let stage = |stage: &Stage| format!("{}/{}", stage.bits, stage.orientation_bits);
    stages.iter().map(stage).collect::<Vec<_>>().join(",")
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

/// The options of training a codebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodebookConfig {
    /// The stages.
    pub layout: Layout,
    /// The number of batches whose indices are searched together.
    pub pool: u64,
    /// The number of passes over these batches before the next ones are searched.
    pub passes: u64,
    /// The initial width of the beam; it is doubled in the middle of training, and again near the end.
    pub beam: usize,
    /// The exponent with which the activity of a block reduces its weight; 0 gives all blocks the same weight.
    #[serde(default)]
    pub masking: f64,
}

/// The default of [`CodebookConfig::pool`].
pub const POOL: u64 = 4;

/// The default of [`CodebookConfig::passes`].
pub const PASSES: u64 = 4;

/// The default of [`CodebookConfig::masking`], which is that of the encoder.
pub const MASKING: f64 = 0.25;

/// The default of [`CodebookConfig::beam`].
pub const BEAM: u64 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_parsed_and_printed_alike_and_have_48_bits() {
        for text in [
            "s",
            "m",
            "8/0,8/0,8/0,8/0,8/0,8/0",
            "12/3,13/3,12/2,11/1",
            "12/3,12/3,12/3,12/3,12/3,12/3",
        ] {
            let layout: Layout = text.parse().unwrap();
            assert_eq!(layout.to_string(), text);
        }
        for wrong in [
            "",
            "l",
            "12/3",
            "12/3,12/3,12/3,11/3,12/3",
            "16/3,16/3,16/3,16/3,16/3,16/3,16/3",
            "16/3,16/3,17/3",
            "16/3,16/3,16/4",
            "1/3,15/3,16/3,16/3",
            "48",
        ] {
            assert!(wrong.parse::<Layout>().is_err(), "{wrong}");
        }
    }
}
