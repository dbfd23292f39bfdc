//! A codec in a comparison: its variants, and how it encodes and decodes a picture.

use std::time::Duration;

use anyhow::Result;
use nice_encode::Picture;
use nice_report::Color;
use serde::Serialize;

/// A codec in a comparison.
pub(super) trait Codec {
    /// The ways in which its files are decoded; most codecs have one.
    fn variants(&self) -> Vec<Variant>;

    /// Encodes a picture, and decodes it in each of the [`variants`](Self::variants). The file of the first codec, which is NICE,
    /// has `budget` bytes; for that codec itself it is 0.
    fn run(&self, picture: &Picture, budget: usize) -> Result<Vec<CodecResult>>;
}

/// A codec, and how its files are decoded: a row of the table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Variant {
    /// The name, which is unique.
    pub name: String,
    /// The curve that it is a point of, if the codec is compared at several rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<String>,
    /// The family, by which it is colored.
    pub family: Family,
    /// Whether any pixel can be decoded from its block alone or, if deblocked, from the blocks around it.
    pub random_access: bool,
    /// The settings of the codec.
    pub about: String,
}

/// The family of a codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Family {
    Nice,
    Deblocked,
    Jpeg,
    Bc1,
    Astc,
}

impl Family {
    /// The colors of the border and of the inside of its marks.
    pub(super) fn colors(self) -> [Color; 2] {
        match self {
            Self::Nice => [Color::Blue; 2],
            Self::Deblocked => [Color::Blue, Color::Card],
            Self::Jpeg => [Color::Orange; 2],
            Self::Bc1 => [Color::Violet; 2],
            Self::Astc => [Color::Green; 2],
        }
    }
}

/// A picture that was encoded and decoded.
#[derive(Clone, Debug)]
pub(super) struct CodecResult {
    /// The bytes of the file.
    pub bytes: usize,
    /// The time that encoding took, on all threads that the encoder can use.
    pub encode_time: Duration,
    /// The time that decoding took, on one core.
    pub decode_time: Duration,
    /// The decoded picture.
    pub decoded: Picture,
    /// Details of a JPEG.
    pub jpeg: Option<JpegDetails>,
}

/// Details of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct JpegDetails {
    /// The quality, 1 to 100.
    pub quality: u8,
    /// Whether the file is not larger than the NICE file. If no JPEG is small enough, the one of quality 1 is used.
    pub within_budget: bool,
    /// Millions of pixels per second that libjpeg-turbo decodes of it, on one core.
    pub libjpeg_turbo_decode_mpixel_per_s: Option<f64>,
}
