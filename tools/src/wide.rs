//! The hot loops, compiled once more for wider registers; which of them runs is decided when the program does.
//!
//! The results are the same whichever is chosen: integers are exact, and the floating-point sums of the encoder are
//! taken in one order and never fused, however many of them run side by side.

use multiversion::multiversion;
use multiversion::target::target_cfg_f;
use nice_decode::{BLOCK, BLOCK_SAMPLES, Decoder, Latent, LinesError, Picture, Rgb888};

use crate::blocks::{self, BLOCK_BYTES};
use crate::codebook::coordinates::{self, Coordinates, DIMENSIONS};
use crate::codebook::search::{Beam, Lane, pair_products_inline};
use crate::codebook::{Picks, Search};
use crate::encoder::EncoderNetwork;
use crate::search::{self, Decode};

/// As [`EncoderNetwork::encode_inline`].
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn encode(
    network: &EncoderNetwork,
    blocks: &[[u8; BLOCK_BYTES]],
    latents: &mut [Latent],
) {
    network.encode_inline(blocks, latents);
}

/// A decoder in registers of at most 32 bytes.
struct Narrow<'a>(&'a Decoder<'a>);

/// A decoder in registers of 64 bytes.
struct Wide<'a>(&'a Decoder<'a>);

impl Decode for Narrow<'_> {
    #[inline(always)]
    fn decode(&self, latent: &Latent, to: &mut [u8; BLOCK_SAMPLES]) {
        self.0.block_inline(latent, to);
    }
}

impl Decode for Wide<'_> {
    #[inline(always)]
    fn decode(&self, latent: &Latent, to: &mut [u8; BLOCK_SAMPLES]) {
        self.0.block_inline_wide(latent, to);
    }
}

/// As [`search::improve_inline`], for any number of blocks.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn improve(
    decoder: &Decoder,
    blocks: &[[u8; BLOCK_SAMPLES]],
    latents: &mut [Latent],
    effort: u32,
) {
    for (block, latent) in blocks.iter().zip(latents) {
        if target_cfg_f!(target_feature = "avx512bw") {
            search::improve_inline(&Wide(decoder), block, latent, effort);
        } else {
            search::improve_inline(&Narrow(decoder), block, latent, effort);
        }
    }
}

/// As [`Picture::row_inline`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn decode_row(
    picture: &Picture,
    row: u32,
    lines: &mut [u8],
    stride: usize,
) -> Result<(), LinesError> {
    if target_cfg_f!(target_feature = "avx512bw") {
        picture.row_inline_wide::<Rgb888>(row, lines, stride)
    } else {
        picture.row_inline::<Rgb888>(row, lines, stride)
    }
}

/// As [`Picture::smooth`] over some rows, one after the other.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn smooth_rows(
    picture: &Picture,
    first: u32,
    lines: &mut [u8],
    stride: usize,
    work: &mut [u8],
) -> Result<(), LinesError> {
    let mut smooth = picture.smooth(work)?;
    for (row, lines) in (first..).zip(lines.chunks_mut(stride * BLOCK)) {
        smooth.row_inline::<Rgb888>(row, lines, stride)?;
    }
    Ok(())
}

/// The latents of planar blocks, from a search that keeps `width` partial sums; of what it finds, the one with which the
/// decoder comes closest.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn search(
    search: &Search,
    decoder: &Decoder,
    blocks: &[[u8; BLOCK_BYTES]],
    latents: &mut [Latent],
    width: usize,
) {
    let mut beam = Beam::default();
    let mut decoded = [0; BLOCK_SAMPLES];
    for (block, latent) in blocks.iter().zip(latents) {
        let found = search.find(&coordinates::of_block(block), width, &mut beam);
        let block = blocks::planar_to_interleaved(block);
        let mut best = u32::MAX;
        for item in found {
            let other = search.latent(&item.picks);
            decoder.block_inline(&other, &mut decoded);
            let error = search::squared_error(&block, &decoded);
            if error < best {
                best = error;
                *latent = other;
            }
        }
    }
}

/// The picks for blocks given by their coordinates, from a search that keeps `width` partial sums.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn picks(search: &Search, blocks: &[Coordinates], picks: &mut [Picks], width: usize) {
    let mut beam = Beam::default();
    for (block, picks) in blocks.iter().zip(picks) {
        if let Some(best) = search.find(block, width, &mut beam).first() {
            *picks = best.picks;
        }
    }
}

/// As [`pair_products_inline`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
pub(crate) fn pair_products(panels: &[[Lane; DIMENSIONS]], row: &Coordinates, to: &mut [Lane]) {
    pair_products_inline(panels, row, to);
}
