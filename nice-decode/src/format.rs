//! The shape of a decoder model file: what is written is exactly what is read.
//!
//! A program that makes models fills in a [`Model`], and writes [`MODEL_MAGIC`], [`MODEL_VERSION`],
//! the postcard encoding of the `Model`, and the [`crc32`](crate::crc32()) of everything so far,
//! little-endian. `FORMAT.md` in the repository has the same in bytes, and the arithmetic that
//! gives the numbers their meaning.
//!
//! Every array is a slice of bytes, so that a model in flash is used where it lies: postcard stores
//! a byte slice as a length and the bytes themselves, and that can be borrowed, whereas it stores
//! an array of integers as one variable-length number after another, which cannot.

use serde::{Deserialize, Serialize};

/// The first four bytes of a decoder model file.
pub const MODEL_MAGIC: [u8; 4] = *b"NICM";

/// The version of the decoder model file that this crate reads.
pub const MODEL_VERSION: u8 = 1;

/// The first four bytes of a picture file.
pub const PICTURE_MAGIC: [u8; 4] = *b"NICE";

/// The version of the picture file that this crate reads.
pub const PICTURE_VERSION: u8 = 1;

/// The length in bytes of a picture file's header; the codes follow it.
pub const PICTURE_HEADER_BYTES: usize = 20;

/// The length in bytes of the checksum at the end of either file.
pub const CHECKSUM_BYTES: usize = 4;

/// The longest name that a model may have, in bytes.
pub const MAX_NAME_BYTES: usize = 32;

/// The most hidden units that a network may have.
pub const MAX_HIDDEN: usize = 512;

/// The largest magnitude that a bias may have, 2^24.
pub const MAX_BIAS: i32 = 1 << 24;

/// The largest multiplier, 2^15 - 1.
pub const MAX_MULTIPLIER: u16 = 32_767;

/// The largest shift before the multiplication.
pub const MAX_PRE_SHIFT: u8 = 15;

/// The largest shift after the multiplication; the smallest is 1.
pub const MAX_POST_SHIFT: u8 = 30;

/// The smallest weight; the byte 0x80, which would be -128, is refused.
pub const MIN_WEIGHT: i8 = -127;

/// A decoder model: a name, and what turns a latent into a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model<'a> {
    /// What people call the model: 1 to [`MAX_NAME_BYTES`] printable ASCII characters.
    pub name: &'a str,
    /// The tables.
    #[serde(borrow)]
    pub body: Body<'a>,
}

/// The tables of a model, by the kind of decoder that they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Body<'a> {
    /// Two dense layers with a leaky rectifier between them.
    #[serde(borrow)]
    Network(Network<'a>),
}

/// A network of two dense layers in fixed point: latent bits, hidden units, samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network<'a> {
    /// How many bits a latent has: [`LATENT_BITS`](crate::LATENT_BITS), 48, and nothing else.
    pub bits: u8,
    /// How many hidden units there are: 1 to [`MAX_HIDDEN`].
    pub hidden: u16,
    /// The slope of the rectifier below zero, in units of 1/65536: 655 is the usual 0.01.
    pub slope: u16,
    /// From the latent bits to the hidden units. Its weights stand one latent bit after another:
    /// the weight from bit `i` to unit `j` is `weights[i * hidden + j]`. It has `hidden` rows.
    #[serde(borrow)]
    pub first: Layer<'a>,
    /// From the hidden units to the samples. Its weights stand one sample after another: the weight
    /// from unit `j` to sample `k` is `weights[k * hidden + j]`, where `k = (y * 8 + x) * 3 +
    /// channel`. It has 192 rows.
    #[serde(borrow)]
    pub second: Layer<'a>,
}

/// One dense layer: weights and biases of the sum, and how the sum is scaled back to the range of
/// the next stage.
///
/// A layer has as many rows as it has outputs. The sum of row `r` becomes `(clamp(sum >> pre,
/// -32768, 32767) * multiplier[r] + (1 << (post - 1))) >> post`, where `>>` rounds down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer<'a> {
    /// The shift before the multiplication: 0 to [`MAX_PRE_SHIFT`].
    pub pre: u8,
    /// The shift after the multiplication: 1 to [`MAX_POST_SHIFT`].
    pub post: u8,
    /// Weights as two's complement bytes, [`MIN_WEIGHT`] to 127.
    pub weights: &'a [u8],
    /// One bias a row, four bytes each, little-endian two's complement, at most [`MAX_BIAS`] in
    /// magnitude.
    pub bias: &'a [u8],
    /// One multiplier a row, two bytes each, little-endian, at most [`MAX_MULTIPLIER`].
    pub multiplier: &'a [u8],
}
