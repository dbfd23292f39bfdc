//! The figures of a comparison, of each picture and of all pictures together.

use std::path::Path;
use std::time::Duration;

use nice_encode::Picture;
use nice_encode::measure::megapixels_per_second;
use nice_encode::psnr::PooledError;
use serde::Serialize;

use super::codec::{CodecResult, JpegDetails, Variant};
use crate::search::{SearchArgs, Tune};
use crate::ssimulacra2::mean;

/// The figures of a comparison.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Comparison {
    /// The effort of NICE.
    pub effort: u32,
    /// What NICE was tuned for.
    pub tune: Tune,
    /// The number of threads that encode.
    pub threads: usize,
    /// The number of pictures.
    pub pictures: usize,
    /// The number of their pixels.
    pub pixels: u64,
    /// The figures of each variant of each codec.
    pub coders: Vec<Figures>,
    /// Codecs that are not installed, with the reason.
    pub absent: Vec<String>,
    /// What is to be told about the pictures.
    #[serde(flatten)]
    pub told: PictureNotes,
}

/// What is to be told about the pictures.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PictureNotes {
    /// Files and folders that could not be read, with the reason.
    pub skipped: Vec<String>,
    /// How some of them were read.
    pub notes: Vec<String>,
}

/// The figures of a variant of a codec, over all pictures.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    /// The variant.
    #[serde(flatten)]
    pub variant: Variant,
    /// The bits of the files per pixel, over all pictures.
    pub bpp: f64,
    /// The mean squared error over all samples of all pictures, in 8-bit steps squared.
    pub mse: f64,
    /// The PSNR of that error in dB; infinite (`null` in JSON) without any error.
    pub pooled_psnr_db: f64,
    /// The mean of the PSNRs of the pictures.
    pub mean_psnr_db: f64,
    /// The mean SSIMULACRA2 of the pictures; none if all are too small for it.
    pub ssimulacra2: Option<f64>,
    /// The same without the first 3 columns and lines of each picture.
    pub ssimulacra2_shifted: Option<f64>,
    /// Millions of pixels per second that the encoder encodes, on all threads that it can use.
    pub encode_mpixel_per_s: f64,
    /// Millions of pixels per second that the decoder decodes on one core.
    pub decode_mpixel_per_s: f64,
    /// The figures of each picture.
    pub images: Vec<PictureFigures>,
}

/// The figures of a codec on a picture.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PictureFigures {
    /// The path.
    pub path: String,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The bytes of the file.
    pub bytes: usize,
    /// The bits of the file per pixel.
    pub bpp: f64,
    /// The PSNR in dB; infinite (`null` in JSON) without any error.
    pub psnr_db: f64,
    /// SSIMULACRA2, 100 at best; none if a side has fewer than 8 pixels.
    pub ssimulacra2: Option<f64>,
    /// The same without the first 3 columns and lines.
    pub ssimulacra2_shifted: Option<f64>,
    /// The seconds that encoding took.
    pub encode_s: f64,
    /// The seconds that decoding took on one core.
    pub decode_s: f64,
    /// Details of a JPEG.
    #[serde(flatten)]
    pub jpeg: Option<JpegDetails>,
}

impl Comparison {
    /// A comparison of some codecs on the same pictures.
    pub(super) fn new(
        search: SearchArgs,
        coders: Vec<Figures>,
        absent: Vec<String>,
        told: PictureNotes,
    ) -> Self {
        let images = coders.first().map_or(&[][..], |figures| &figures.images);
        let pixels = |image: &PictureFigures| u64::from(image.width) * u64::from(image.height);
        Self {
            effort: search.effort,
            tune: search.tune,
            threads: rayon::current_num_threads(),
            pictures: images.len(),
            pixels: images.iter().map(pixels).sum(),
            coders,
            absent,
            told,
        }
    }
}

/// Collects the figures of a codec, picture by picture.
#[derive(Debug)]
pub(super) struct Tally {
    variant: Variant,
    error: PooledError,
    bytes: usize,
    encode_time: Duration,
    decode_time: Duration,
    images: Vec<PictureFigures>,
}

impl Tally {
    /// No pictures yet.
    pub(super) fn new(variant: Variant) -> Self {
        Self {
            variant,
            error: PooledError::new(),
            bytes: 0,
            encode_time: Duration::ZERO,
            decode_time: Duration::ZERO,
            images: Vec::new(),
        }
    }

    /// Adds the result for a picture, with its [`scores`](crate::ssimulacra2::scores).
    pub(super) fn add(
        &mut self,
        path: &Path,
        picture: &Picture,
        result: &CodecResult,
        [ssimulacra2, ssimulacra2_shifted]: [Option<f64>; 2],
    ) {
        let error = PooledError::between(picture.rgb(), result.decoded.rgb());
        self.error.merge(&error);
        self.bytes += result.bytes;
        self.encode_time += result.encode_time;
        self.decode_time += result.decode_time;
        self.images.push(PictureFigures {
            path: path.display().to_string(),
            width: picture.width(),
            height: picture.height(),
            bytes: result.bytes,
            bpp: result.bytes as f64 * 8.0 / picture.pixels() as f64,
            psnr_db: error.psnr(),
            ssimulacra2,
            ssimulacra2_shifted,
            encode_s: result.encode_time.as_secs_f64(),
            decode_s: result.decode_time.as_secs_f64(),
            jpeg: result.jpeg,
        });
    }

    /// The figures of all pictures together.
    pub(super) fn into_figures(self) -> Figures {
        let pixels = self.error.samples() / 3;
        Figures {
            bpp: self.bytes as f64 * 8.0 / pixels as f64,
            mse: self.error.mse(),
            pooled_psnr_db: self.error.psnr(),
            mean_psnr_db: mean(self.images.iter().map(|image| image.psnr_db)).unwrap_or(f64::NAN),
            ssimulacra2: mean(self.images.iter().filter_map(|image| image.ssimulacra2)),
            ssimulacra2_shifted: mean(
                self.images
                    .iter()
                    .filter_map(|image| image.ssimulacra2_shifted),
            ),
            encode_mpixel_per_s: megapixels_per_second(pixels, self.encode_time),
            decode_mpixel_per_s: megapixels_per_second(pixels, self.decode_time),
            variant: self.variant,
            images: self.images,
        }
    }
}

impl Figures {
    /// A summary of the JPEGs of all pictures; none for another codec.
    pub(super) fn jpegs(&self) -> Option<JpegSummary> {
        let details: Vec<JpegDetails> = self.images.iter().filter_map(|image| image.jpeg).collect();
        let qualities = || details.iter().map(|jpeg| jpeg.quality);
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
        Some(JpegSummary {
            lowest_quality: qualities().min()?,
            highest_quality: qualities().max()?,
            over_budget: details.iter().filter(|jpeg| !jpeg.within_budget).count(),
            libjpeg_turbo_decode_mpixel_per_s: time.map(|time| pixels / time),
        })
    }
}

/// A summary of the JPEGs of all pictures.
#[derive(Clone, Copy, Debug)]
pub(super) struct JpegSummary {
    /// The lowest quality.
    pub lowest_quality: u8,
    /// The highest quality.
    pub highest_quality: u8,
    /// The number of files that are larger than the NICE file even with quality 1.
    pub over_budget: usize,
    /// Millions of pixels per second that libjpeg-turbo decodes.
    pub libjpeg_turbo_decode_mpixel_per_s: Option<f64>,
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
    fn large_pictures_have_more_weight_in_pooled_figures_but_not_in_means() {
        let mut tally = Tally::new(Variant {
            name: "x".to_owned(),
            curve: None,
            family: Family::Jpeg,
            random_access: false,
            about: String::new(),
        });
        let details = |quality| {
            Some(JpegDetails {
                quality,
                within_budget: quality > 1,
                libjpeg_turbo_decode_mpixel_per_s: Some(f64::from(quality)),
            })
        };
        for (width, add, bytes, quality) in [(10, 2, 100, 1), (30, 6, 100, 3)] {
            let result = CodecResult {
                bytes,
                encode_time: Duration::from_secs(1),
                decode_time: Duration::from_millis(500),
                decoded: picture(width, 10, add),
                jpeg: details(quality),
            };
            let original = picture(width, 10, 0);
            tally.add(
                Path::new("a.png"),
                &original,
                &result,
                [Some(f64::from(add)), None],
            );
        }
        let figures = tally.into_figures();
        assert_eq!(figures.bpp, 4.0);
        assert_eq!(figures.mse, (100.0 * 4.0 + 300.0 * 36.0) / 400.0);
        let decibels = |mse: f64| 10.0 * (255.0 * 255.0 / mse).log10();
        assert_eq!(figures.pooled_psnr_db, decibels(figures.mse));
        assert_eq!(figures.mean_psnr_db, (decibels(4.0) + decibels(36.0)) / 2.0);
        assert_eq!(figures.ssimulacra2, Some(4.0));
        assert!((figures.encode_mpixel_per_s - 200e-6).abs() < 1e-12);
        assert!((figures.decode_mpixel_per_s - 400e-6).abs() < 1e-12);
        let jpegs = figures.jpegs().unwrap();
        assert_eq!((jpegs.lowest_quality, jpegs.highest_quality), (1, 3));
        assert_eq!(jpegs.over_budget, 1);
        assert_eq!(jpegs.libjpeg_turbo_decode_mpixel_per_s, Some(2.0));
    }
}
