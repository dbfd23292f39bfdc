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

/// The newest version of the decoder model file that this crate reads. It reads version 1 too; version 2 was a codebook of
/// another arrangement, which no release has read.
pub const MODEL_VERSION: u8 = 3;

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
    /// Two dense layers with a leaky rectifier between them; since version 1.
    #[serde(borrow)]
    Network(Network<'a>),
    /// A base row, plus a gain times the sum of a few residual rows; since version 3.
    #[serde(borrow)]
    Codebook(Codebook<'a>),
}

impl Body<'_> {
    /// The version of the file that has this kind of body first, and that it is written as.
    #[must_use]
    pub const fn version(&self) -> u8 {
        match self {
            Self::Network(_) => 1,
            Self::Codebook(_) => 3,
        }
    }
}

/// Luma samples of a row of a codebook: one for every pixel.
pub const LUMA_SAMPLES: usize = 64;

/// Samples of either chroma plane of a row: one for every 2 x 2 pixels.
pub const CHROMA_SAMPLES: usize = 16;

/// The bytes of a row of a codebook: 8 lines of 8 luma samples, then 4 lines of 4 places with two chroma samples each.
pub const ROW_BYTES: usize = LUMA_SAMPLES + 2 * CHROMA_SAMPLES;

/// The most stages that a codebook may have.
pub const MAX_STAGES: usize = 12;

/// The most bits that a stage may have.
pub const MAX_STAGE_BITS: u8 = 16;

/// The most ways to mirror a row that a stage may have: upside down, left to right, transposed.
pub const MAX_MIRRORS: u8 = 3;

/// The largest sum that the tops of a codebook's residual stages may have, so that a sum of their bytes is a byte.
pub const MAX_TOPS: usize = 255;

/// How many bits a product of a gain and a sum has below the point: for luma, for the first chroma sample, and for the second.
pub const GAIN_SHIFTS: [u32; 3] = [6, 7, 8];

/// What the place of a codebook's rows in the file is a multiple of, in bytes: they are read a word at a time.
pub const ROW_ALIGNMENT: usize = 4;

/// The most bits that a coefficient of the filter of the borders may have below the point.
pub const MAX_MAP_SHIFT: u8 = 12;

/// The most thresholds of either kind that the filter of the borders may have.
pub const MAX_THRESHOLDS: usize = 7;

/// The bytes of a map of the filter of the borders: half of an 8 x 8 matrix, whose other half is the same backwards.
pub const MAP_BYTES: usize = 32;

/// A codebook: the 48 bits of a latent pick one row in every stage.
///
/// A residual row is negated by taking each byte from the top of its stage. With `sum` the sum of the residual rows' bytes
/// for a sample, `tops` that of the stages' tops, and `gain` that of the base row, the residual is
/// `(gain * sum + ((1 << s) - gain * tops >> 1)) >> s`, where `s` is one of [`GAIN_SHIFTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codebook<'a> {
    /// The stages, two bytes each (see [`Stage`]), the base first; 1 to [`MAX_STAGES`] of them, with
    /// [`LATENT_BITS`](crate::LATENT_BITS) bits together.
    pub stages: &'a [u8],
    /// The top of every residual stage, which no byte of its rows is above; at most [`MAX_TOPS`] together.
    pub tops: &'a [u8],
    /// The gain of every base row, a byte each.
    pub gains: &'a [u8],
    /// The filter of the borders between blocks, for those who want it.
    #[serde(borrow)]
    pub boundary: Option<Boundary<'a>>,
    /// As few zeros as it takes for the rows to lie at a multiple of [`ROW_ALIGNMENT`] in the file.
    pub padding: &'a [u8],
    /// The rows, [`ROW_BYTES`] each, one stage after another, the base first. In the base, luma is as it is, and both chroma
    /// samples are 128 more; a byte of a residual row stands for itself less half of the top of its stage.
    pub rows: &'a [u8],
}

/// What stands between a count and the rows of a codebook, if without it the rows would begin `before` bytes into the file.
#[must_use]
pub const fn padding(before: usize) -> &'static [u8] {
    const ZEROS: [u8; ROW_ALIGNMENT] = [0; ROW_ALIGNMENT];
    let (_, missing) = ZEROS.split_at(ROW_ALIGNMENT - before.wrapping_neg() % ROW_ALIGNMENT);
    missing
}

/// A stage of a codebook: how many bits of a latent it has, and how its rows can be turned.
///
/// The lowest of its bits say how the row is turned: negated (in all but the first stage, the base), then, as far as
/// `mirrors` goes, upside down, left to right, and transposed after all that. The others are the number of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Stage {
    /// Bits of a latent: 1 to [`MAX_STAGE_BITS`].
    pub bits: u8,
    /// How many of the three ways to mirror a row it has: 0 to [`MAX_MIRRORS`].
    pub mirrors: u8,
}

impl Stage {
    /// The stage that these two bytes of a model stand for.
    #[inline(always)]
    #[must_use]
    pub const fn from_bytes([bits, mirrors]: [u8; 2]) -> Self {
        Self { bits, mirrors }
    }

    /// The two bytes of a model that stand for the stage.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.bits, self.mirrors]
    }

    /// How many rows the stage has, as the base of a codebook or as one of its residuals; `None` if there can be no
    /// such stage.
    #[inline(always)]
    #[must_use]
    pub const fn rows(self, base: bool) -> Option<usize> {
        let turns = self.mirrors.saturating_add(if base { 0 } else { 1 });
        if self.mirrors > MAX_MIRRORS
            || self.bits == 0
            || self.bits > MAX_STAGE_BITS
            || self.bits < turns
        {
            return None;
        }
        Some(1_usize.wrapping_shl(self.bits.wrapping_sub(turns) as u32))
    }
}

/// A filter of the borders between blocks: every 8 samples across a border, 4 on each side, are corrected by one of a
/// few linear maps.
///
/// Which one is decided by the step between the two samples at the border and by the activity, the sum of the
/// differences between neighbours on both sides: how many thresholds of either kind are at most as large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boundary<'a> {
    /// Thresholds of the step, rising: at most [`MAX_THRESHOLDS`].
    pub steps: &'a [u8],
    /// Thresholds of the activity, rising: at most [`MAX_THRESHOLDS`].
    pub activities: &'a [u8],
    /// How many bits a coefficient has below the point: 1 to [`MAX_MAP_SHIFT`].
    pub shift: u8,
    /// The maps, [`MAP_BYTES`] each, for every class of the step one for every class of the activity: what the first 4
    /// samples get from all 8, as two's complement bytes. The last 4 get the same backwards.
    pub maps: &'a [u8],
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
