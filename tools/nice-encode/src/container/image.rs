//! The image file `.nice`: written from its size, the id of its model and its latents, and read back.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use nice_decode::format::{
    ADAPTIVE_LAYOUT, CHECKSUM_BYTES, FIXED_LAYOUT, GROUP_BLOCKS, IMAGE_HEADER_BYTES, IMAGE_MAGIC,
    IMAGE_VERSION, LATENT_LENGTHS, SEGMENT_GROUPS,
};
use nice_decode::{AdaptiveLatent, Image, LATENT_BITS, Latent, ModelId};

use super::file_type::FileType;
use crate::block;
use crate::codebook::allocation::code_bits;
use crate::latents::Latents;

/// The bytes of an image file in the fixed layout that are not latents.
pub const OVERHEAD_BYTES: usize = IMAGE_HEADER_BYTES + CHECKSUM_BYTES;

/// The bytes of an image file.
///
/// # Errors
///
/// When a side is 0, the number of latents is not the number of blocks, they have more than 8 lengths, or they do not fit into a
/// file.
pub fn to_bytes(width: u32, height: u32, model: ModelId, latents: &Latents) -> Result<Vec<u8>> {
    ensure!(
        width > 0 && height > 0,
        "an image of {width} x {height} pixels is empty"
    );
    let blocks = block::along(width) as u64 * block::along(height) as u64;
    ensure!(
        blocks == latents.blocks() as u64,
        "an image of {width} x {height} pixels has {blocks} blocks, not {}",
        latents.blocks()
    );
    let (layout, latents) = match latents {
        Latents::Fixed(latents) => (FIXED_LAYOUT, latents.as_flattened().to_vec()),
        Latents::Adaptive(latents) => (ADAPTIVE_LAYOUT, adaptive_body(latents)?),
    };
    let mut bytes = Vec::with_capacity(OVERHEAD_BYTES + latents.len());
    bytes.extend(IMAGE_MAGIC);
    bytes.extend([IMAGE_VERSION, layout, 0, 0]);
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(model.get().to_le_bytes());
    bytes.extend(latents);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Ok(bytes)
}

/// The lengths of latents, in increasing order.
fn lengths(latents: &[AdaptiveLatent]) -> Vec<usize> {
    let lengths: BTreeSet<usize> = latents.iter().map(|latent| latent.length()).collect();
    lengths.into_iter().collect()
}

/// The lengths, the index and the groups of latents in the adaptive layout.
fn adaptive_body(latents: &[AdaptiveLatent]) -> Result<Vec<u8>> {
    let lengths = lengths(latents);
    ensure!(
        lengths.len() <= LATENT_LENGTHS,
        "the latents have {} lengths, but an image can have at most {LATENT_LENGTHS}",
        lengths.len()
    );
    let code_bits = code_bits(lengths.len()) as usize;
    let (mut segments, mut offsets, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    let mut segment = 0;
    for (number, latents) in latents.chunks(GROUP_BLOCKS).enumerate() {
        if number.is_multiple_of(SEGMENT_GROUPS) {
            segment = groups.len();
            let offset = u32::try_from(segment);
            let offset = offset.context("the latents do not fit into a file of 4 GiB")?;
            segments.extend(offset.to_le_bytes());
        }
        // A segment has at most 4096 blocks, each with at most 99 bits.
        offsets.extend(((groups.len() - segment) as u16).to_le_bytes());
        let mut bits = BitWriter(&mut groups, 0);
        for latent in latents {
            let code = lengths.iter().position(|&length| length == latent.length());
            bits.write(&[code.unwrap_or_default() as u8], code_bits);
        }
        bits.align();
        for latent in latents {
            bits.write(&latent.to_bytes(), latent.length());
        }
    }
    let mut body = vec![0; LATENT_LENGTHS];
    for (to, length) in body.iter_mut().zip(lengths) {
        *to = length as u8;
    }
    body.extend([segments, offsets, groups].concat());
    Ok(body)
}

/// Writes bits after each other, the lowest bit of a byte first. The number is that of the bits in the last byte, 0 if it is full.
struct BitWriter<'a>(&'a mut Vec<u8>, usize);

impl BitWriter<'_> {
    /// Writes the lowest `count` bits of some bytes.
    fn write(&mut self, bytes: &[u8], count: usize) {
        for bit in 0..count {
            if self.1 == 0 {
                self.0.push(0);
            }
            if let Some(last) = self.0.last_mut() {
                *last |= (bytes[bit / 8] >> (bit % 8) & 1) << self.1;
            }
            self.1 = (self.1 + 1) % 8;
        }
    }

    /// Goes to the next byte.
    fn align(&mut self) {
        self.1 = 0;
    }
}

/// The bytes of a file in the adaptive layout that are neither latents nor their length codes, given the number of blocks.
pub fn adaptive_overhead_bytes(blocks: usize) -> usize {
    let groups = blocks.div_ceil(GROUP_BLOCKS);
    OVERHEAD_BYTES + LATENT_LENGTHS + 4 * groups.div_ceil(SEGMENT_GROUPS) + 2 * groups
}

/// The bytes of a file in the adaptive layout with these latents.
pub fn adaptive_bytes(latents: &[AdaptiveLatent]) -> usize {
    let code_bits = code_bits(lengths(latents).len()) as usize;
    let groups = latents.chunks(GROUP_BLOCKS).map(|latents| {
        let bits: usize = latents.iter().map(|latent| latent.length()).sum();
        (latents.len() * code_bits).div_ceil(8) + bits.div_ceil(8)
    });
    adaptive_overhead_bytes(latents.len()) + groups.sum::<usize>()
}

/// Reads a file that must be an image; [`parse`] checks its contents.
///
/// # Errors
///
/// When the file cannot be read or has another type.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    FileType::Image.read(path)
}

/// The image in the bytes of a file; errors name its `path`.
///
/// # Errors
///
/// When the bytes are not a valid image.
pub fn parse<'a>(bytes: &'a [u8], path: &Path) -> Result<Image<'a>> {
    Image::from_bytes(bytes).with_context(|| format!("cannot use the image {}", path.display()))
}

/// The bits of an image per pixel. In the fixed layout, those of the latents: 0.75, and more where blocks reach over the edge. In the
/// adaptive layout, those of the whole file.
pub fn bits_per_pixel(image: &Image<'_>, file_bytes: usize) -> f64 {
    let fixed = image.fixed_latents().map(<[Latent]>::len);
    let bits = counted_bits(fixed, file_bytes);
    bits as f64 / (f64::from(image.width()) * f64::from(image.height()))
}

/// The bits that [`bits_per_pixel`] counts, given the number of latents in the fixed layout, or none, and the bytes of the file.
pub fn counted_bits(fixed_latents: Option<usize>, file_bytes: usize) -> usize {
    fixed_latents.map_or(8 * file_bytes, |latents| LATENT_BITS * latents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_reads_what_is_written() {
        let latents: Vec<Latent> = (0..6).map(|i| [i, 1, 2, 3, 4, 0xff]).collect();
        let fixed = Latents::Fixed(latents.clone());
        let bytes = to_bytes(17, 9, ModelId::new(0xdead_beef), &fixed).unwrap();
        assert_eq!(bytes.len(), OVERHEAD_BYTES + 36);
        let image = Image::from_bytes(&bytes).unwrap();
        assert_eq!((image.width(), image.height()), (17, 9));
        assert_eq!(image.model_id(), ModelId::new(0xdead_beef));
        assert_eq!(image.fixed_latents(), Some(&latents[..]));
        assert_eq!(bits_per_pixel(&image, bytes.len()), 288.0 / 153.0);
    }

    #[test]
    fn the_decoder_reads_latents_of_several_lengths() {
        for lengths in [
            &[24][..],
            &[12, 96],
            &[1, 12, 13],
            &[12, 24, 36, 48, 60, 72, 84, 96],
        ] {
            // More than one segment.
            let (width, height) = (600, 480);
            let latents: Vec<AdaptiveLatent> = (0..75 * 60_usize)
                .map(|block| {
                    let bytes = std::array::from_fn(|at| (block * 37 + at * 91) as u8);
                    AdaptiveLatent::new(&bytes, lengths[block * block % lengths.len()])
                })
                .collect();
            let adaptive = Latents::Adaptive(latents.clone());
            let bytes = to_bytes(width, height, ModelId::new(1), &adaptive).unwrap();
            assert_eq!(bytes.len(), adaptive_bytes(&latents));
            let image = Image::from_bytes(&bytes).unwrap();
            assert!(image.latents().eq(latents));
            let bits = (8 * bytes.len()) as f64;
            assert_eq!(bits_per_pixel(&image, bytes.len()), bits / 288_000.0);
        }
    }

    #[test]
    fn more_than_8_lengths_are_refused() {
        let latents = (1..10).map(|length| AdaptiveLatent::new(&[0; 12], length));
        let error = to_bytes(
            72,
            8,
            ModelId::new(1),
            &Latents::Adaptive(latents.collect()),
        );
        assert!(error.unwrap_err().to_string().contains("9 lengths"));
    }

    #[test]
    fn a_number_of_latents_that_does_not_match_the_size_is_refused() {
        for (width, height, count) in [(0, 8, 0), (8, 0, 0), (8, 8, 2), (9, 8, 1), (8, 8, 0)] {
            let latents = Latents::Fixed(vec![[0; 6]; count]);
            assert!(to_bytes(width, height, ModelId::new(1), &latents).is_err());
        }
    }
}
