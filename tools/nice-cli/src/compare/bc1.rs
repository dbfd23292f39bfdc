//! BC1, a texture format of GPUs with 4 bits per pixel, in a comparison.

use anyhow::Result;
use nice_encode::Picture;
use nice_encode::measure::timed;
use rayon::ThreadPool;
use texpresso::{Algorithm, COLOUR_WEIGHTS_UNIFORM, Format, Params};

use super::codec::{Codec, CodecResult, Family, Variant};

/// BC1, with the best color fit of the encoder.
pub(super) struct Bc1<'a> {
    /// The threads for decoding: one.
    pub one_core: &'a ThreadPool,
}

impl Codec for Bc1<'_> {
    fn variants(&self) -> Vec<Variant> {
        vec![Variant {
            name: "BC1".to_owned(),
            curve: None,
            family: Family::Bc1,
            random_access: true,
            about: "texpresso's iterative cluster fit for squared error".to_owned(),
        }]
    }

    fn run(&self, picture: &Picture, _budget: usize) -> Result<Vec<CodecResult>> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let rgba: Vec<u8> = picture
            .rgb()
            .as_chunks::<3>()
            .0
            .iter()
            .flat_map(|&[r, g, b]| [r, g, b, 255])
            .collect();
        let params = Params {
            algorithm: Algorithm::IterativeClusterFit,
            weights: COLOUR_WEIGHTS_UNIFORM,
            weigh_colour_by_alpha: false,
        };
        let mut file = vec![0; Format::Bc1.compressed_size(width, height)];
        let ((), encode_time) =
            timed(|| Format::Bc1.compress(&rgba, width, height, params, &mut file));
        let (decoded, decode_time) = self.one_core.install(|| {
            timed(|| {
                let mut rgba = vec![0; rgba.len()];
                Format::Bc1.decompress(&file, width, height, &mut rgba);
                rgba
            })
        });
        let rgb = decoded
            .as_chunks::<4>()
            .0
            .iter()
            .flat_map(|&[r, g, b, _]| [r, g, b]);
        Ok(vec![CodecResult {
            bytes: file.len(),
            encode_time,
            decode_time,
            decoded: Picture::new(picture.width(), picture.height(), rgb.collect())?,
            jpeg: None,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_any_size_is_decoded_closely_from_four_bits_per_pixel() {
        let one_core = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .unwrap();
        let codec = Bc1 {
            one_core: &one_core,
        };
        for (width, height) in [(1, 1), (4, 4), (17, 6), (16, 9)] {
            let rgb: Vec<u8> = (0..width * height)
                .flat_map(|at| [(at % width * 9) as u8, 90, (at / width * 11) as u8])
                .collect();
            let picture = Picture::new(width, height, rgb).unwrap();
            let coded = codec.run(&picture, 0).unwrap().remove(0);
            assert_eq!(
                coded.bytes,
                (width.div_ceil(4) * height.div_ceil(4) * 8) as usize
            );
            let error = nice_encode::psnr::PooledError::between(picture.rgb(), coded.decoded.rgb());
            assert!(error.psnr() > 25.0, "{width} x {height}: {}", error.psnr());
        }
    }
}
