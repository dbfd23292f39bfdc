//! Measures the encoding and decoding of pictures and of blocks: time, bytes, error.

use std::time::{Duration, Instant};

use anyhow::Result;
use nice_decode::{BLOCK_SAMPLES, Image, Latent};
use rayon::prelude::*;

use crate::block;
use crate::container;
use crate::decode::decode_image;
use crate::encoder::Encoder;
use crate::options::Options;
use crate::picture::Picture;
use crate::psnr::PooledError;

/// The result of a call, and the time that it took.
pub fn timed<T>(call: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = call();
    (result, start.elapsed())
}

/// Millions of pixels per second.
pub fn megapixels_per_second(pixels: u64, time: Duration) -> f64 {
    pixels as f64 / 1e6 / time.as_secs_f64().max(1e-9)
}

/// A picture that was encoded.
#[derive(Clone, Debug)]
pub struct EncodedImage {
    /// The bytes of the image file.
    pub file: Vec<u8>,
    /// The number of blocks.
    pub blocks: usize,
    /// The bits of the image, as [`bits_per_pixel`](container::image::bits_per_pixel) counts them.
    pub bits: usize,
    /// The time that encoding took.
    pub encode_time: Duration,
}

/// A picture that was encoded and decoded again.
#[derive(Clone, Debug)]
pub struct DecodedImage {
    /// The decoded picture.
    pub picture: Picture,
    /// The time that decoding took.
    pub decode_time: Duration,
}

/// Encodes a picture to the bytes of an image file.
///
/// # Errors
///
/// When the picture cannot be encoded.
pub fn encode(encoder: &Encoder<'_>, picture: &Picture, options: &Options) -> Result<EncodedImage> {
    let (latents, encode_time) = timed(|| encoder.encode_picture(picture, options));
    let (width, height) = (picture.width(), picture.height());
    let file = container::image::to_bytes(width, height, encoder.model().id(), &latents)?;
    Ok(EncodedImage {
        bits: container::image::counted_bits(latents.fixed().map(<[Latent]>::len), file.len()),
        file,
        blocks: latents.blocks(),
        encode_time,
    })
}

impl EncodedImage {
    /// Decodes the image file again.
    ///
    /// # Errors
    ///
    /// When the file cannot be decoded.
    pub fn decode(&self, encoder: &Encoder<'_>, deblock: bool) -> Result<DecodedImage> {
        let image = Image::from_bytes(&self.file)?;
        let (picture, decode_time) = timed(|| decode_image(encoder.model(), &image, deblock));
        Ok(DecodedImage {
            picture: picture?,
            decode_time,
        })
    }
}

/// Encodes and decodes planar blocks of 192 bytes each, and returns their squared error and their latents.
///
/// # Panics
///
/// When the length of `blocks` is not a multiple of 192.
pub fn measure_blocks(
    encoder: &Encoder<'_>,
    blocks: &[u8],
    effort: u32,
) -> (PooledError, Vec<Latent>) {
    let latents = encoder.encode_blocks(blocks, effort);
    let error = blocks
        .as_chunks::<BLOCK_SAMPLES>()
        .0
        .par_iter()
        .zip(&latents)
        .map(|(block, latent)| {
            let mut decoded = [0; BLOCK_SAMPLES];
            encoder.model().block(latent, &mut decoded);
            PooledError::between(&block::planar_to_interleaved(block), &decoded)
        })
        .reduce(PooledError::new, |mut sum, other| {
            sum.merge(&other);
            sum
        });
    (error, latents)
}
