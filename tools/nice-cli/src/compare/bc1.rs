//! BC1, the texture format that graphics cards read at 4 bits a pixel, as one of the codecs that are compared.

use anyhow::Result;
use rayon::ThreadPool;
use texpresso::{Algorithm, COLOUR_WEIGHTS_UNIFORM, Format, Params};

use super::codec::{Codec, Coded, Family, Way, timed};
use crate::picture::Picture;

/// BC1, its colours fitted as well as the coder can.
pub(super) struct Bc1<'a> {
    /// Where it is decoded.
    pub one_core: &'a ThreadPool,
}

impl Codec for Bc1<'_> {
    fn ways(&self) -> Vec<Way> {
        vec![Way {
            name: "BC1".to_owned(),
            family: Family::Bc1,
            random_access: true,
            about: "texpresso's iterative cluster fit for squared error".to_owned(),
        }]
    }

    fn code(&self, picture: &Picture) -> Result<Vec<Coded>> {
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
        let ((), encode) = timed(|| Format::Bc1.compress(&rgba, width, height, params, &mut file));
        let (decoded, decode) = self.one_core.install(|| {
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
        Ok(vec![Coded {
            bytes: file.len(),
            encode,
            decode,
            decoded: Picture::new(picture.width(), picture.height(), rgb.collect())?,
            jpeg: None,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_any_size_comes_back_close_at_four_bits_a_pixel_of_its_blocks() {
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
            let coded = codec.code(&picture).unwrap().remove(0);
            assert_eq!(
                coded.bytes,
                (width.div_ceil(4) * height.div_ceil(4) * 8) as usize
            );
            let error = crate::psnr::Pooled::of(picture.rgb(), coded.decoded.rgb());
            assert!(error.db() > 25.0, "{width} x {height}: {}", error.db());
        }
    }
}
