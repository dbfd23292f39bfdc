//! JPEG as one of the codecs that are compared: at the quality at which it takes the bytes of a NICE file.

use std::io::Cursor;

use anyhow::{Context, Result};
use image::ImageFormat;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::codec::{Codec, Coded, Family, JpegFacts, Way, timed};
use super::nice;
use super::program::Program;
use crate::picture::Picture;

/// How many qualities above the one that was found are tried as well: a file can be smaller than one of less quality.
const PROBED: u8 = 3;

/// JPEG with its chroma halved both ways, as cameras write it.
pub(super) struct Jpeg {
    /// The benchmark of libjpeg-turbo, where it is installed.
    pub tjbench: Option<Program>,
}

/// The tables of codes in a JPEG file; the coefficients are the same with either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tables {
    /// Those that the standard suggests.
    Suggested,
    /// The best for this picture. The encoder writes one scan for each channel with them, which zune-jpeg 0.5.15 (what
    /// `image` reads JPEG with) decodes to something else.
    Optimised,
}

impl Codec for Jpeg {
    fn ways(&self) -> Vec<Way> {
        vec![Way {
            name: "JPEG".to_owned(),
            family: Family::Jpeg,
            random_access: false,
            about: "4:2:0, optimised Huffman tables, the largest quality that takes no more bytes than the NICE file"
                .to_owned(),
        }]
    }

    fn code(&self, picture: &Picture) -> Result<Vec<Coded>> {
        let (quality, within_budget) = largest_quality(nice::file_bytes(picture), |quality| {
            Ok(encode(picture, quality, Tables::Optimised)?.len())
        })?;
        let (file, taken) = timed(|| encode(picture, quality, Tables::Optimised));
        let file = file?;
        let readable = encode(picture, quality, Tables::Suggested)?;
        let (decoded, decode) =
            timed(|| image::load_from_memory_with_format(&readable, ImageFormat::Jpeg));
        let decoded = decoded.context("cannot decode the JPEG that was made of it")?;
        let (width, height) = (decoded.width(), decoded.height());
        Ok(vec![Coded {
            bytes: file.len(),
            encode: taken,
            decode,
            decoded: Picture::new(width, height, decoded.into_rgb8().into_raw())?,
            jpeg: Some(JpegFacts {
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
fn encode(picture: &Picture, quality: u8, tables: Tables) -> Result<Vec<u8>> {
    let side = |pixels: u32| {
        u16::try_from(pixels).context("a JPEG has at most 65,535 pixels a side; give smaller parts")
    };
    let mut file = Cursor::new(Vec::new());
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(tables == Tables::Optimised);
    encoder
        .encode(
            picture.rgb(),
            side(picture.width())?,
            side(picture.height())?,
            ColorType::Rgb,
        )
        .context("cannot make a JPEG of it")?;
    Ok(file.into_inner())
}

/// The largest quality at which `size` is within the budget, and true; or 1 and false if there is none.
///
/// Sizes grow with the quality but for little waves, so this is a search by halves, and then a look at those just above.
fn largest_quality(budget: usize, mut size: impl FnMut(u8) -> Result<usize>) -> Result<(u8, bool)> {
    // Below `low` or at it all fits, as far as is known; at `high` nothing does.
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

/// Millions of pixels a second that libjpeg-turbo decodes of a file, if its benchmark says so.
fn libjpeg_turbo(tjbench: &Program, file: &[u8]) -> Option<f64> {
    let folder = tempfile::tempdir().ok()?;
    std::fs::write(folder.path().join("picture.jpg"), file).ok()?;
    let said = tjbench
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
    throughput(&said)
}

/// The figure in what `tjbench` says of decoding a file.
fn throughput(said: &str) -> Option<f64> {
    let (_, decoding) = said.split_once("Decompress")?;
    let (_, figure) = decoding.split_once("Throughput:")?;
    figure.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::psnr::Pooled;

    /// Smooth light with something finer on it.
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
        let size = |quality| Ok(encode(&picture, quality, Tables::Optimised)?.len());
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
    fn sizes_that_go_down_for_once_are_seen_through() {
        // 40 is the largest that fits, behind two that do not.
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
    fn a_picture_that_is_too_small_for_any_jpeg_is_coded_all_the_same() {
        let coded = Jpeg { tjbench: None }.code(&picture(8, 8)).unwrap();
        let facts = coded[0].jpeg.unwrap();
        assert_eq!((facts.quality, facts.within_budget), (1, false));
        assert_eq!(coded[0].decoded.width(), 8);
    }

    #[test]
    fn what_is_decoded_is_close_to_what_was_encoded() {
        // A picture that is smooth in light and colour, of a size that fills no block.
        let rgb = (0..101_u32 * 67).flat_map(|at| {
            let (x, y) = (at % 101, at / 101);
            [x * 2, 200 - y * 2, 40 + x].map(|v| v as u8)
        });
        let smooth = Picture::new(101, 67, rgb.collect()).unwrap();
        let coded = Jpeg { tjbench: None }.code(&smooth).unwrap().remove(0);
        let error = Pooled::of(smooth.rgb(), coded.decoded.rgb());
        assert!(error.db() > 28.0, "{} at {:?}", error.db(), coded.jpeg);
        assert!(coded.bytes <= nice::file_bytes(&smooth));
    }

    #[test]
    fn a_side_that_no_jpeg_has_is_an_error() {
        let wide = Picture::new(65_536, 1, vec![0; 65_536 * 3]).unwrap();
        let error = format!("{:#}", encode(&wide, 50, Tables::Optimised).unwrap_err());
        assert!(error.contains("65,535"), "{error}");
    }

    #[test]
    fn the_figure_of_tjbench_is_found() {
        let said = ">>>>>  JPEG 4:2:0 --> BGR (Top-down)  <<<<<\n\nImage size: 512 x 512\n\
            Decompress    --> Frame rate:         1472.4 fps\n                  Throughput:         385.99 Megapixels/sec\n";
        assert_eq!(throughput(said), Some(385.99));
        assert_eq!(throughput("Decompress --> out of order"), None);
    }
}
