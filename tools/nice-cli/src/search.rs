//! The options of the search for latents, for all commands that encode.

use std::fmt;

use nice_encode::{DEFAULT_EFFORT, MAX_EFFORT, Options, Rate};
use serde::Serialize;

/// The bits per pixel of a file, at most, unless another rate is requested.
const DEFAULT_BITS_PER_PIXEL: f64 = 0.75;

/// The options of the search.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// The effort of the search for latents: 0 is the fastest, 4 the best
    #[arg(long, value_name = "N", default_value_t = DEFAULT_EFFORT, value_parser = clap::value_parser!(u32).range(0..=i64::from(MAX_EFFORT)))]
    pub(crate) effort: u32,

    /// What to encode for; a network is always encoded for PSNR
    #[arg(long, value_enum, default_value_t = Tune::Looks)]
    pub(crate) tune: Tune,

    /// Whether the picture will be shown deblocked, as "nicec decode" shows it
    #[arg(long, value_enum, value_name = "YES|NO", default_value_t = YesNo::Yes, hide_possible_values = true)]
    pub(crate) deblocked: YesNo,

    /// Give each block as many bits as it needs, so that the file has at most N bits per pixel; 0.75 by default. In very small pictures,
    /// up to about 40 x 40 pixels, blocks get three quarters of that, and the header of the file comes on top
    #[arg(long, value_name = "N", value_parser = bits_per_pixel, group = "rate")]
    pub(crate) bpp: Option<f64>,

    /// Give each block as many bits as it needs for a quality from 0, a small file, to 100
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(0..=100), group = "rate")]
    pub(crate) quality: Option<u8>,

    /// Give every block 48 bits, 0.75 bits per pixel, so that each is at a known offset in the file
    #[arg(long, group = "rate")]
    pub(crate) fixed: bool,
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

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum YesNo {
    /// It is so.
    Yes,
    /// It is not.
    No,
}

impl SearchArgs {
    /// The options of the encoder.
    pub(crate) fn options(&self) -> Options {
        let rate = match (self.bpp, self.quality) {
            (Some(bits), _) => Rate::BitsPerPixel(bits),
            (None, Some(quality)) => Rate::Quality(quality.into()),
            (None, None) if self.fixed => Rate::Fixed,
            (None, None) => Rate::BitsPerPixel(DEFAULT_BITS_PER_PIXEL),
        };
        Options {
            tune: self.tune.into(),
            rate,
            deblocked: self.deblocked == YesNo::Yes,
            effort: self.effort,
        }
    }
}

/// Parses a number of bits per pixel.
fn bits_per_pixel(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(bits) if f64::is_finite(bits) && bits > 0.0 => Ok(bits),
        _ => Err("bits per pixel are a number above 0, such as 0.75".to_owned()),
    }
}

impl From<Tune> for nice_encode::Tune {
    fn from(tune: Tune) -> Self {
        match tune {
            Tune::Looks => Self::Looks,
            Tune::Psnr => Self::Psnr,
        }
    }
}

impl From<nice_encode::Tune> for Tune {
    fn from(tune: nice_encode::Tune) -> Self {
        match tune {
            nice_encode::Tune::Looks => Self::Looks,
            nice_encode::Tune::Psnr => Self::Psnr,
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
