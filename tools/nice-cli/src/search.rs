//! The options of the search for latents, for all commands that encode.

use std::fmt;

use nice_encode::DEFAULT_EFFORT;
use serde::Serialize;

/// The options of the search.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// The effort of the search for latents: 0 is the fastest, 4 the best
    #[arg(long, value_name = "N", default_value_t = DEFAULT_EFFORT)]
    pub(crate) effort: u32,

    /// What to encode for; a network is always encoded for PSNR
    #[arg(long, value_enum, default_value_t = Tune::Psnr)]
    pub(crate) tune: Tune,
}

/// What the search is tuned for.
#[derive(Clone, Copy, Debug, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tune {
    /// The smallest squared error
    Psnr,
    /// What people see, which is mostly errors at low frequencies
    Looks,
}

impl From<Tune> for nice_encode::Tune {
    fn from(tune: Tune) -> Self {
        match tune {
            Tune::Looks => Self::Looks,
            Tune::Psnr => Self::Psnr,
        }
    }
}

impl fmt::Display for Tune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Looks => "looks",
            Self::Psnr => "psnr",
        })
    }
}
