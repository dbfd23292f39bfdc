//! The codebook in integers: a block is a base codeword plus a gain times the sum of a few residual codewords.
//!
//! This is a residual quantizer with a gain, also called additive or composite (Juang and Gray, "Multiple stage vector
//! quantization for speech coding", 1982; Babenko and Lempitsky, "Additive quantization for extreme vector compression",
//! 2014). Two things make its tables small. Every codeword is used in all its orientations and, in residual stages, negated,
//! since images have no preference among them. And a codeword has a luma sample for every pixel, but chroma samples only for
//! every site of 2 x 2 pixels.
//!
//! Decoding a block takes the [`index`] of each stage from the latent, [orients](orient) the codewords, adds them up, and
//! converts the sums to pixels ([`ycc`](crate::ycc)). There are three variants: [`scalar`] for registers of 64 bits and more,
//! [`swar`] for registers of 32 bits, and [`texel`](mod@texel) for a single pixel. [`expand`](mod@expand) trades memory for
//! speed.

mod expand;
mod index;
mod orient;
mod scalar;
pub(crate) mod swar;
pub(crate) mod tables;
mod texel;

pub(crate) use expand::{expand, expanded_codewords};
#[cfg(test)]
pub(crate) use scalar::decode as decode_scalar;
pub(crate) use scalar::decode_reduced as decode_reduced_scalar;
pub(crate) use texel::{texel, texel_reduced};

use crate::block::{BLOCK_SAMPLES, LINE_SAMPLES, Orientation};
use crate::latent::AdaptiveLatent;
use crate::output::format::Rgb888;
use crate::output::format::sealed::WritePixels;
use tables::Codebook;

/// Decodes a block, and gives `sink` its lines: the number of the line, and its samples. With `luma`, red, green and blue are equal to
/// luma, but not with SWAR, for which [`swar::decode`] decodes luma.
#[inline(always)]
pub(crate) fn decode_lines(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    luma: bool,
    sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    if crate::swar::PREFERRED {
        decode_lines_swar(codebook, latent, sink);
    } else {
        scalar::decode(codebook, latent, luma, sink);
    }
}

/// [`decode_lines`] by way of [`decode_block_swar`].
#[inline(always)]
pub(crate) fn decode_lines_swar(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    let mut block = [0; BLOCK_SAMPLES];
    decode_block_swar(codebook, latent, &mut block);
    for (y, line) in block.as_chunks().0.iter().enumerate() {
        sink(y, line);
    }
}

/// Decodes a block to red, green and blue with SWAR.
#[inline(never)]
pub(crate) fn decode_block_swar(
    codebook: &Codebook<'_>,
    latent: &AdaptiveLatent,
    block: &mut [u8; BLOCK_SAMPLES],
) {
    let mut work = swar::Workspace::NEW;
    swar::decode::<false>(codebook, latent, &mut work, Orientation::IDENTITY);
    Rgb888::write_block(&work.block, block, LINE_SAMPLES);
}
