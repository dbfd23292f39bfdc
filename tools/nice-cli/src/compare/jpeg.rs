//! JPEG in a comparison: with the highest quality at which its files are not larger than those of NICE.

use std::io::Cursor;

use anyhow::{Context, Result};
use image::DynamicImage;
use image::codecs::jpeg::JpegDecoder;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use nice_encode::Picture;
use nice_encode::measure::timed;

use super::codec::{Codec, CodecResult, Family, JpegDetails, Variant};
use super::program::Program;

/// How many qualities above the one that was found are tried as well, since a file can be smaller than one of lower quality.
const PROBED: u8 = 3;

/// JPEG with 4:2:0 chroma subsampling.
pub(super) struct Jpeg {
    /// The benchmark of libjpeg-turbo, if it is installed.
    pub tjbench: Option<Program>,
    /// The largest number of bits per pixel, if it is not that of NICE.
    pub bits_per_pixel: Option<f64>,
}

/// The Huffman tables of a JPEG file. The coefficients do not depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HuffmanTables {
    /// Those of the JPEG standard.
    Standard,
    /// Optimized for the picture. With them the encoder writes one scan for each channel, which zune-jpeg 0.5.15 (the JPEG
    /// decoder of `image`) decodes incorrectly.
    Optimized,
}

impl Codec for Jpeg {
    fn variants(&self) -> Vec<Variant> {
        let (name, budget) = match self.bits_per_pixel {
            None => ("JPEG".to_owned(), "the NICE file".to_owned()),
            Some(bits) => (
                format!("JPEG, {bits} bpp"),
                format!("{bits} bits per pixel"),
            ),
        };
        vec![Variant {
            name,
            curve: self.bits_per_pixel.map(|_| "JPEG".to_owned()),
            family: Family::Jpeg,
            random_access: false,
            about: format!(
                "4:2:0, optimized Huffman tables, the highest quality with a file that is not larger than {budget}"
            ),
        }]
    }

    fn run(&self, picture: &Picture, budget: usize) -> Result<Vec<CodecResult>> {
        let budget = match self.bits_per_pixel {
            None => budget,
            Some(bits) => (bits * picture.pixels() as f64 / 8.0) as usize,
        };
        let (quality, within_budget) = largest_quality(budget, |quality| {
            Ok(encode(picture, quality, HuffmanTables::Optimized)?.len())
        })?;
        let (file, encode_time) = timed(|| encode(picture, quality, HuffmanTables::Optimized));
        let file = file?;
        let readable = encode(picture, quality, HuffmanTables::Standard)?;
        let (decoded, decode_time) =
            timed(|| DynamicImage::from_decoder(JpegDecoder::new(Cursor::new(&readable))?));
        let decoded = decoded.context("cannot decode the JPEG")?;
        let (width, height) = (decoded.width(), decoded.height());
        Ok(vec![CodecResult {
            bytes: file.len(),
            encode_time,
            decode_time,
            decoded: Picture::new(width, height, decoded.into_rgb8().into_raw())?,
            jpeg: Some(JpegDetails {
                quality,
                within_budget,
                libjpeg_turbo_decode_mpixel_per_s: self
                    .tjbench
                    .as_ref()
                    .and_then(|tjbench| libjpeg_turbo(tjbench, &file)),
            }),
        }])
    }
}

/// The picture as a JPEG file.
fn encode(picture: &Picture, quality: u8, tables: HuffmanTables) -> Result<Vec<u8>> {
    let side = |pixels: u32| {
        u16::try_from(pixels)
            .context("a JPEG has at most 65,535 pixels on each side; give smaller pictures")
    };
    let mut file = Cursor::new(Vec::new());
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(tables == HuffmanTables::Optimized);
    encoder
        .encode(
            picture.rgb(),
            side(picture.width())?,
            side(picture.height())?,
            ColorType::Rgb,
        )
        .context("cannot encode the picture as JPEG")?;
    Ok(file.into_inner())
}

/// The highest quality at which `size` is within the budget, and true; or 1 and false if there is none.
///
/// Sizes almost always grow with the quality, so this is a binary search, followed by a look at the next qualities.
fn largest_quality(budget: usize, mut size: impl FnMut(u8) -> Result<usize>) -> Result<(u8, bool)> {
    // Files up to `low` are small enough, as far as is known; files from `high` on are too large.
    let (mut low, mut high) = (0, 101);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if size(middle)? <= budget {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mut probed = low + 1;
    while probed <= 100 && probed <= low + PROBED {
        if size(probed)? <= budget {
            low = probed;
        }
        probed += 1;
    }
    Ok((low.max(1), low > 0))
}

/// Millions of pixels per second that libjpeg-turbo decodes of a file, by its benchmark.
fn libjpeg_turbo(tjbench: &Program, file: &[u8]) -> Option<f64> {
    let folder = tempfile::tempdir().ok()?;
    std::fs::write(folder.path().join("picture.jpg"), file).ok()?;
    let output = tjbench
        .run(
            folder.path(),
            &[
                "picture.jpg",
                "-nowrite",
                "-benchtime",
                "0.5",
                "-warmup",
                "0.1",
            ],
        )
        .ok()?;
    throughput(&output)
}

/// The decoding speed in the output of `tjbench`.
fn throughput(output: &str) -> Option<f64> {
    let (_, decoding) = output.split_once("Decompress")?;
    let (_, figure) = decoding.split_once("Throughput:")?;
    figure.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_encode::psnr::PooledError;

    const JPEG: Jpeg = Jpeg {
        tjbench: None,
        bits_per_pixel: None,
    };

    /// A smooth picture with fine detail.
    fn picture(width: u32, height: u32) -> Picture {
        let rgb = (0..width * height * 3).map(|at| {
            let (x, y, channel) = (at / 3 % width, at / 3 / width, at % 3);
            (x * 3 + y * 2 + channel * 40 + (x * x * 7 + y * y * 13) % 32) as u8
        });
        Picture::new(width, height, rgb.collect()).unwrap()
    }

    #[test]
    fn a_jpeg_is_never_larger_than_the_budget_and_the_next_quality_is() {
        let picture = picture(70, 50);
        let size = |quality| Ok(encode(&picture, quality, HuffmanTables::Optimized)?.len());
        let (least, most) = (size(1).unwrap(), size(100).unwrap());
        for budget in (least..most + 50).step_by(37) {
            let (quality, fits) = largest_quality(budget, size).unwrap();
            assert!(fits && size(quality).unwrap() <= budget, "{budget}");
            assert!(
                quality == 100 || size(quality + 1).unwrap() > budget,
                "{budget}: {quality}"
            );
        }
        assert_eq!(largest_quality(least - 1, size).unwrap(), (1, false));
    }

    #[test]
    fn a_size_that_decreases_with_the_quality_is_found() {
        // 40 is the highest quality that fits, above two that do not.
        let size = |quality: u8| {
            Ok(match quality {
                38 | 39 => 500,
                40 => 300,
                quality => usize::from(quality) * 10,
            })
        };
        assert_eq!(largest_quality(375, size).unwrap(), (40, true));
        assert_eq!(largest_quality(9, |_| Ok(10)).unwrap(), (1, false));
        assert_eq!(largest_quality(10, |_| Ok(10)).unwrap(), (100, true));
    }

    #[test]
    fn a_picture_that_is_too_small_for_the_budget_is_encoded_with_quality_1() {
        let coded = JPEG.run(&picture(8, 8), 30).unwrap();
        let details = coded[0].jpeg.unwrap();
        assert_eq!((details.quality, details.within_budget), (1, false));
        assert_eq!(coded[0].decoded.width(), 8);
    }

    #[test]
    fn the_decoded_picture_is_close_to_the_original() {
        // A picture with smooth luma and chroma, and a size that is not a multiple of a block.
        let rgb = (0..101_u32 * 67).flat_map(|at| {
            let (x, y) = (at % 101, at / 101);
            [x * 2, 200 - y * 2, 40 + x].map(|v| v as u8)
        });
        let smooth = Picture::new(101, 67, rgb.collect()).unwrap();
        let coded = JPEG.run(&smooth, 726).unwrap().remove(0);
        let error = PooledError::between(smooth.rgb(), coded.decoded.rgb());
        assert!(error.psnr() > 28.0, "{} at {:?}", error.psnr(), coded.jpeg);
        assert!(coded.bytes <= 726);
    }

    #[test]
    fn a_side_that_is_too_long_for_jpeg_is_an_error() {
        let wide = Picture::new(65_536, 1, vec![0; 65_536 * 3]).unwrap();
        let error = format!(
            "{:#}",
            encode(&wide, 50, HuffmanTables::Optimized).unwrap_err()
        );
        assert!(error.contains("65,535"), "{error}");
    }

    #[test]
    fn the_speed_in_the_output_of_tjbench_is_found() {
        let output = ">>>>>  JPEG 4:2:0 --> BGR (Top-down)  <<<<<\n\nImage size: 512 x 512\n\
            Decompress    --> Frame rate:         1472.4 fps\n                  Throughput:         385.99 Megapixels/sec\n";
        assert_eq!(throughput(output), Some(385.99));
        assert_eq!(throughput("Decompress --> out of order"), None);
    }
}
