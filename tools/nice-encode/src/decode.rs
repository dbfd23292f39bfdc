//! Decodes whole images on all threads.

use anyhow::{Result, anyhow};
use nice_decode::{BLOCK_SIDE, Deblocker, Decoder, Image, Model, OutputError, Region, Rgb888};
use rayon::prelude::*;

use crate::picture::Picture;

/// The number of rows that a thread deblocks in one task; it decodes one more above them and one below.
const DEBLOCKED_ROWS: usize = 16;

/// The number of blocks from which it pays to expand the model first; see [`Model::expand`].
pub const WORTH_EXPANDING: usize = 10_000;

/// Decodes an image, deblocked if that is requested and the model has a filter.
///
/// # Errors
///
/// When the image was encoded with another model, or is too large for the memory.
pub fn decode_image(model: &Model<'_>, image: &Image<'_>, deblock: bool) -> Result<Picture> {
    decode_picture(&Decoder::new(model, image)?, deblock)
}

/// Decodes the picture that a decoder shows, which may be reduced and turned, deblocked if that is requested and the model has a filter.
///
/// # Errors
///
/// When it is too large for the memory.
pub fn decode_picture(decoder: &Decoder<'_, '_>, deblock: bool) -> Result<Picture> {
    let (width, height) = (decoder.width(), decoder.height());
    let too_large = || anyhow!("{width} x {height} pixels do not fit into memory");
    let stride = usize::try_from(u64::from(width) * 3).map_err(|_| too_large())?;
    let samples = stride.checked_mul(height as usize).ok_or_else(too_large)?;
    let mut rgb = Vec::new();
    rgb.try_reserve_exact(samples).map_err(|_| too_large())?;
    rgb.resize(samples, 0);
    decode_into(decoder, &mut rgb, deblock)?;
    Picture::new(width, height, rgb)
}

/// [`decode_image`] into samples of red, green and blue, line after line.
///
/// # Errors
///
/// When there are fewer samples than the image has.
pub fn decode_into(
    decoder: &Decoder<'_, '_>,
    rgb: &mut [u8],
    deblock: bool,
) -> Result<(), OutputError> {
    let image = decoder.bounds();
    let stride = image.width as usize * 3;
    if deblock && decoder.model().has_deblocking() {
        for_each_strip(rgb, image, DEBLOCKED_ROWS, |strip, lines| {
            let mut memory = vec![0; Deblocker::memory_bytes(decoder, strip)];
            Deblocker::new(decoder, strip, &mut memory)?.region::<Rgb888>(strip, lines, stride)
        })
    } else {
        for_each_strip(rgb, image, 1, |strip, lines| {
            decoder.region::<Rgb888>(strip, lines, stride)
        })
    }
}

/// Calls `decode` with strips of `rows` rows and their lines, on all threads.
fn for_each_strip(
    rgb: &mut [u8],
    image: Region,
    rows: usize,
    decode: impl Fn(Region, &mut [u8]) -> Result<(), OutputError> + Sync,
) -> Result<(), OutputError> {
    let height = rows * BLOCK_SIDE;
    rgb.par_chunks_mut(image.width as usize * 3 * height)
        .enumerate()
        .try_for_each(|(task, lines)| {
            let y = (task * height) as u32;
            let strip = Region {
                y,
                height: (image.height - y).min(height as u32),
                ..image
            };
            decode(strip, lines)
        })
}
