//! What a codec is to a comparison: a name or more, and a way from a picture to bytes and back, with the time it takes.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use crate::picture::Picture;

/// A codec that is compared with others.
pub(super) trait Codec {
    /// The ways in which its files are decoded; most know one.
    fn ways(&self) -> Vec<Way>;

    /// Encodes a picture once and decodes it in each of the [`ways`](Self::ways).
    fn code(&self, picture: &Picture) -> Result<Vec<Coded>>;
}

/// A row of the comparison: a codec, and how its files are decoded.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Way {
    /// What it is called in a table; no two are called the same.
    pub name: String,
    /// Which codecs it is to be drawn like.
    pub family: Family,
    /// Whether pixels can be had from a file of it without those before them.
    pub random_access: bool,
    /// How it was coded, for a note.
    pub about: String,
}

/// Which codecs are drawn alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Family {
    Nice,
    Smoothed,
    Jpeg,
    Bc1,
    Astc,
}

impl Family {
    /// The class of its marks on the page.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Nice => "nice",
            Self::Smoothed => "smoothed",
            Self::Jpeg => "jpeg",
            Self::Bc1 => "bc1",
            Self::Astc => "astc",
        }
    }
}

/// A picture that was encoded and decoded.
#[derive(Clone, Debug)]
pub(super) struct Coded {
    /// How many bytes it takes.
    pub bytes: usize,
    /// The time that encoding took, on all threads that the encoder can use.
    pub encode: Duration,
    /// The time that decoding took on one core.
    pub decode: Duration,
    /// What came out.
    pub decoded: Picture,
    /// What there is to say of a JPEG.
    pub jpeg: Option<JpegFacts>,
}

/// What there is to say of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct JpegFacts {
    /// The quality, 1 to 100.
    pub quality: u8,
    /// Whether it takes no more bytes than the NICE file; where no JPEG does, that of quality 1 counts.
    pub within_budget: bool,
    /// Millions of pixels a second that libjpeg-turbo decodes of it, on one core.
    pub libjpeg_turbo_decode_mpixel_per_s: Option<f64>,
}

/// What `work` gives, and the time it took.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
