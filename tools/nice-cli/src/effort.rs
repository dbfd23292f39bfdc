//! The option `--effort`, for all commands that encode.

use nice_encode::DEFAULT_EFFORT;

/// The effort of the search for latents.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Effort {
    /// The effort of the search for latents: 0 is the fastest, 4 the best
    #[arg(long = "effort", value_name = "N", default_value_t = DEFAULT_EFFORT)]
    pub(crate) level: u32,
}
