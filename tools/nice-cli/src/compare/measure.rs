//! The figures of a comparison: each picture's, and those of all pictures together.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use super::codec::{Coded, JpegFacts, Way};
use crate::picture::Picture;
use crate::psnr::Pooled;

/// All that was measured.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Comparison {
    /// The effort that NICE made.
    pub effort: u32,
    /// How many threads encoded.
    pub threads: usize,
    /// How many pictures were coded.
    pub pictures: usize,
    /// How many pixels they have.
    pub pixels: u64,
    /// Every codec, once for each way in which its files are decoded.
    pub coders: Vec<Figures>,
    /// The codecs that could not be compared, with the reason.
    pub absent: Vec<String>,
    /// What lay in the folders and could not be read, with the reason.
    pub skipped: Vec<String>,
}

/// What was measured of one codec.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    /// Which codec it is.
    #[serde(flatten)]
    pub way: Way,
    /// Bits a pixel, over all pictures, of all that was stored.
    pub bpp: f64,
    /// The mean squared error over all samples of all pictures, in 8-bit steps squared.
    pub mse: f64,
    /// The PSNR of that error in dB; infinite (`null` in JSON) without any error.
    pub pooled_psnr_db: f64,
    /// The mean of the PSNRs of the pictures.
    pub mean_psnr_db: f64,
    /// The mean SSIMULACRA2 of the pictures; none where all are too small for it.
    pub ssimulacra2: Option<f64>,
    /// Millions of pixels encoded a second, on all threads that the encoder can use.
    pub encode_mpixel_per_s: f64,
    /// Millions of pixels decoded a second on one core.
    pub decode_mpixel_per_s: f64,
    /// Every picture.
    pub images: Vec<PictureFigures>,
}

/// What was measured of one codec on one picture.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PictureFigures {
    /// Where it is.
    pub path: String,
    /// Columns of pixels.
    pub width: u32,
    /// Rows of pixels.
    pub height: u32,
    /// How many bytes it takes.
    pub bytes: usize,
    /// Bits a pixel.
    pub bpp: f64,
    /// The PSNR in dB; infinite (`null` in JSON) without any error.
    pub psnr_db: f64,
    /// SSIMULACRA2, 100 at best; none where a side has fewer than 8 pixels.
    pub ssimulacra2: Option<f64>,
    /// The time that encoding took.
    pub encode_s: f64,
    /// The time that decoding took on one core.
    pub decode_s: f64,
    /// What there is to say of a JPEG.
    #[serde(flatten)]
    pub jpeg: Option<JpegFacts>,
}

/// The figures of a codec while pictures are still to come.
#[derive(Debug)]
pub(super) struct Tally {
    way: Way,
    error: Pooled,
    bytes: usize,
    encode: Duration,
    decode: Duration,
    images: Vec<PictureFigures>,
}

impl Tally {
    /// Nothing measured yet.
    pub(super) fn new(way: Way) -> Self {
        Self {
            way,
            error: Pooled::new(),
            bytes: 0,
            encode: Duration::ZERO,
            decode: Duration::ZERO,
            images: Vec::new(),
        }
    }

    /// Adds a picture that was coded, with its [`ssimulacra2()`].
    pub(super) fn add(
        &mut self,
        path: &Path,
        picture: &Picture,
        coded: &Coded,
        ssimulacra2: Option<f64>,
    ) {
        let error = Pooled::of(picture.rgb(), coded.decoded.rgb());
        self.error.merge(&error);
        self.bytes += coded.bytes;
        self.encode += coded.encode;
        self.decode += coded.decode;
        self.images.push(PictureFigures {
            path: path.display().to_string(),
            width: picture.width(),
            height: picture.height(),
            bytes: coded.bytes,
            bpp: coded.bytes as f64 * 8.0 / pixels(picture),
            psnr_db: error.db(),
            ssimulacra2,
            encode_s: coded.encode.as_secs_f64(),
            decode_s: coded.decode.as_secs_f64(),
            jpeg: coded.jpeg,
        });
    }

    /// The figures of all pictures together.
    pub(super) fn finish(self) -> Figures {
        let pixels = self.error.samples() as f64 / 3.0;
        let speed = |time: Duration| pixels / 1e6 / time.as_secs_f64().max(1e-9);
        Figures {
            bpp: self.bytes as f64 * 8.0 / pixels,
            mse: self.error.mse(),
            pooled_psnr_db: self.error.db(),
            mean_psnr_db: mean(self.images.iter().map(|image| image.psnr_db)).unwrap_or(f64::NAN),
            ssimulacra2: mean(self.images.iter().filter_map(|image| image.ssimulacra2)),
            encode_mpixel_per_s: speed(self.encode),
            decode_mpixel_per_s: speed(self.decode),
            way: self.way,
            images: self.images,
        }
    }
}

impl Figures {
    /// What there is to say of the JPEGs of all pictures; none of another codec.
    pub(super) fn jpegs(&self) -> Option<Jpegs> {
        let facts: Vec<JpegFacts> = self.images.iter().filter_map(|image| image.jpeg).collect();
        let qualities = || facts.iter().map(|jpeg| jpeg.quality);
        let time: Option<f64> = self
            .images
            .iter()
            .map(|image| {
                let speed = image.jpeg?.libjpeg_turbo_decode_mpixel_per_s?;
                Some(f64::from(image.width) * f64::from(image.height) / speed)
            })
            .sum();
        let pixels: f64 = self
            .images
            .iter()
            .map(|image| f64::from(image.width) * f64::from(image.height))
            .sum();
        Some(Jpegs {
            least_quality: qualities().min()?,
            most_quality: qualities().max()?,
            over_budget: facts.iter().filter(|jpeg| !jpeg.within_budget).count(),
            libjpeg_turbo_decode_mpixel_per_s: time.map(|time| pixels / time),
        })
    }
}

/// What there is to say of the JPEGs of all pictures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jpegs {
    /// The smallest quality.
    pub least_quality: u8,
    /// The largest quality.
    pub most_quality: u8,
    /// How many take more bytes than the NICE file even at quality 1.
    pub over_budget: usize,
    /// Millions of pixels a second that libjpeg-turbo decodes.
    pub libjpeg_turbo_decode_mpixel_per_s: Option<f64>,
}

/// How close a picture comes to another of the same size to human eyes, 100 at best; none where a side has fewer than 8
/// pixels.
pub(super) fn ssimulacra2(original: &Picture, decoded: &Picture) -> Option<f64> {
    let linear = |picture: &Picture| {
        let samples = picture.rgb().as_chunks::<3>().0.iter();
        Rgb::new(
            samples
                .map(|pixel| pixel.map(|v| f32::from(v) / 255.0))
                .collect(),
            picture.width() as usize,
            picture.height() as usize,
            TransferCharacteristic::SRGB,
            ColorPrimaries::BT709,
        )
        .ok()
    };
    compute_frame_ssimulacra2(linear(original)?, linear(decoded)?).ok()
}

fn pixels(picture: &Picture) -> f64 {
    f64::from(picture.width()) * f64::from(picture.height())
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::codec::Family;

    fn picture(width: u32, height: u32, add: u8) -> Picture {
        let rgb = (0..width * height * 3).map(|at| (at % 200) as u8 + add);
        Picture::new(width, height, rgb.collect()).unwrap()
    }

    #[test]
    fn large_pictures_weigh_more_in_what_is_pooled_and_not_in_means() {
        let mut tally = Tally::new(Way {
            name: "x".to_owned(),
            family: Family::Jpeg,
            random_access: false,
            about: String::new(),
        });
        let facts = |quality| {
            Some(JpegFacts {
                quality,
                within_budget: quality > 1,
                libjpeg_turbo_decode_mpixel_per_s: Some(f64::from(quality)),
            })
        };
        for (width, add, bytes, quality) in [(10, 2, 100, 1), (30, 6, 100, 3)] {
            let coded = Coded {
                bytes,
                encode: Duration::from_secs(1),
                decode: Duration::from_millis(500),
                decoded: picture(width, 10, add),
                jpeg: facts(quality),
            };
            let original = picture(width, 10, 0);
            tally.add(Path::new("a.png"), &original, &coded, Some(f64::from(add)));
        }
        let figures = tally.finish();
        assert_eq!(figures.bpp, 4.0);
        assert_eq!(figures.mse, (100.0 * 4.0 + 300.0 * 36.0) / 400.0);
        let decibels = |mse: f64| 10.0 * (255.0 * 255.0 / mse).log10();
        assert_eq!(figures.pooled_psnr_db, decibels(figures.mse));
        assert_eq!(figures.mean_psnr_db, (decibels(4.0) + decibels(36.0)) / 2.0);
        assert_eq!(figures.ssimulacra2, Some(4.0));
        assert!((figures.encode_mpixel_per_s - 200e-6).abs() < 1e-12);
        assert!((figures.decode_mpixel_per_s - 400e-6).abs() < 1e-12);
        let jpegs = figures.jpegs().unwrap();
        assert_eq!((jpegs.least_quality, jpegs.most_quality), (1, 3));
        assert_eq!(jpegs.over_budget, 1);
        assert_eq!(jpegs.libjpeg_turbo_decode_mpixel_per_s, Some(2.0));
    }

    #[test]
    fn what_is_the_same_has_the_best_score_and_a_small_picture_none() {
        let same = picture(40, 30, 0);
        assert!(ssimulacra2(&same, &same).unwrap() > 99.9);
        assert!(ssimulacra2(&same, &picture(40, 30, 50)).unwrap() < 99.0);
        assert_eq!(ssimulacra2(&picture(7, 30, 0), &picture(7, 30, 0)), None);
    }
}
