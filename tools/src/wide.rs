//! The hot loops, compiled once more for wider registers; which of them runs is decided when the program does.
//!
//! The results are the same whichever is chosen: integers are exact, and the floating-point sums of the encoder are
//! taken in one order and never fused, however many of them run side by side.

// `multiversion` calls the version for a processor feature after asking for that feature, and such a call is `unsafe`
// in what it expands to. This is the only file of the crate in which it may be.
#![allow(unsafe_code)]

use multiversion::multiversion;
use nice_decode::{BLOCK_SAMPLES, Decoder, Latent, Picture, Rgb888, RowError};

use crate::blocks::BLOCK_BYTES;
use crate::encoder::EncoderNetwork;
use crate::search;

/// As [`EncoderNetwork::encode_inline`].
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn encode(
    network: &EncoderNetwork,
    blocks: &[[u8; BLOCK_BYTES]],
    latents: &mut [Latent],
) {
    network.encode_inline(blocks, latents);
}

/// As [`search::improve_inline`].
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn improve(
    decoder: &Decoder,
    blocks: &[[u8; BLOCK_SAMPLES]],
    latents: &mut [Latent],
    effort: u32,
) {
    for (block, latent) in blocks.iter().zip(latents) {
        search::improve_inline(decoder, block, latent, effort);
    }
}

/// As [`Picture::row_inline`].
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn decode_row(
    picture: &Picture,
    row: u32,
    lines: &mut [u8],
    stride: usize,
) -> Result<(), RowError> {
    picture.row_inline::<Rgb888>(row, lines, stride)
}
