//! The contents of the files as types, for programs that write models. A program that only decodes needs none of this.
//!
//! A `.nicem` file is [`MODEL_MAGIC`], [`MODEL_VERSION`], the [postcard](https://docs.rs/postcard) encoding of a
//! [`ModelFile`], and the CRC-32 of all of that, little-endian. `FORMAT.md` in the repository defines both files byte by byte,
//! and the arithmetic that gives the numbers their meaning.
//!
//! All tables are byte slices, so that a model in flash is used in place: postcard stores a byte slice as a length and the
//! bytes themselves, which can be borrowed, but an array of integers as one variable-length number after another, which
//! cannot.

use serde::{Deserialize, Serialize};

/// The first four bytes of a model file.
pub const MODEL_MAGIC: [u8; 4] = *b"NICM";

/// The version of the model file that this crate reads.
pub const MODEL_VERSION: u8 = 1;

/// The first four bytes of an image file.
pub const IMAGE_MAGIC: [u8; 4] = *b"NICE";

/// The version of the image file that this crate reads.
pub const IMAGE_VERSION: u8 = 1;

/// The bytes of the header of an image file. In the fixed layout, the latents follow it.
pub const IMAGE_HEADER_BYTES: usize = 20;

/// The byte of an image file in the fixed layout, in which every latent has 48 bits.
pub const FIXED_LAYOUT: u8 = 0;

/// The byte of an image file in the adaptive layout, in which latents have several lengths.
pub const ADAPTIVE_LAYOUT: u8 = 1;

/// The number of lengths that latents of the adaptive layout can have. Their lengths in bits, one byte each, follow the header.
pub const LATENT_LENGTHS: usize = 8;

/// The most bits of a latent of the adaptive layout.
pub const MAX_ADAPTIVE_BITS: usize = 96;

/// The blocks of a group, which is what the index of the adaptive layout finds.
pub const GROUP_BLOCKS: usize = 64;

/// The groups of a segment. An index has the offset of each segment, and the offset of each group in its segment.
pub const SEGMENT_GROUPS: usize = 64;

/// The bytes of the checksum at the end of either file.
pub const CHECKSUM_BYTES: usize = 4;

/// The longest name of a model, in bytes.
pub const MAX_NAME_BYTES: usize = 32;

/// The most hidden units of a network.
pub const MAX_HIDDEN: usize = 512;

/// The largest magnitude of a bias, 2^24.
pub const MAX_BIAS: i32 = 1 << 24;

/// The largest multiplier, 2^15 - 1.
pub const MAX_MULTIPLIER: u16 = 32_767;

/// The largest shift before the multiplication.
pub const MAX_PRE_SHIFT: u8 = 15;

/// The largest shift after the multiplication; the smallest is 1.
pub const MAX_POST_SHIFT: u8 = 30;

/// The smallest weight. The byte 0x80, which would be -128, is refused.
pub const MIN_WEIGHT: i8 = -127;

/// The luma samples of a codeword: one for every pixel.
pub const LUMA_SAMPLES: usize = 64;

/// The samples of each chroma plane of a codeword: one for every site of 2 x 2 pixels.
pub const CHROMA_SAMPLES: usize = 16;

/// The bytes of a codeword: 8 lines of 8 luma samples, then 4 lines of 4 chroma sites with two samples each.
pub const CODEWORD_BYTES: usize = LUMA_SAMPLES + 2 * CHROMA_SAMPLES;

/// The most stages of a codebook.
pub const MAX_STAGES: usize = 12;

/// The most bits of a stage.
pub const MAX_STAGE_BITS: u8 = 16;

/// The most bits of a stage that select an orientation: flip vertical, flip horizontal, transpose.
pub const MAX_ORIENTATION_BITS: u8 = 3;

/// The largest sum of the peaks of a codebook's residual stages, so that a sum of their samples fits into a byte.
pub const MAX_PEAK_SUM: usize = 255;

/// The fraction bits of the product of a gain and a residual: for luma, chroma 1 and chroma 2.
pub const GAIN_SHIFTS: [u32; 3] = [6, 7, 8];

/// The alignment of the codewords in the file, in bytes: they are read a word at a time.
pub const CODEWORD_ALIGNMENT: usize = 4;

/// The most thresholds of the deblocking filter.
pub const MAX_THRESHOLDS: usize = 7;

/// The largest strength of the deblocking filter.
pub const MAX_STRENGTH: u8 = 127;

/// The fraction bits of the product of a step and a strength.
pub const DEBLOCK_SHIFT: u32 = 8;

/// The contents of a model file: a name, and the tables that turn a latent into a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile<'a> {
    /// The name of the model: 1 to [`MAX_NAME_BYTES`] printable ASCII characters.
    pub name: &'a str,
    /// The tables.
    #[serde(borrow)]
    pub tables: ModelTables<'a>,
}

/// The tables of a model, by the kind of its codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ModelTables<'a> {
    /// Two dense layers with a leaky rectifier between them.
    #[serde(borrow)]
    Network(NetworkTables<'a>),
    /// A base codeword plus a gain times the sum of a few residual codewords.
    #[serde(borrow)]
    Codebook(CodebookTables<'a>),
}

/// The tables of a codebook: each stage takes an index from the latent, and that selects a codeword of the stage.
///
/// A residual codeword is negated by subtracting each byte from the peak of its stage. With `sum` the sum of the residual
/// codewords for a sample, `peaks` the sum of the peaks of their stages, and `gain` the gain of the base codeword, the residual is
/// `(gain * sum + (((1 << s) - gain * peaks) >> 1)) >> s`, where `s` is one of [`GAIN_SHIFTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodebookTables<'a> {
    /// The stages, two bytes each (see [`Stage`]), the base first: 1 to [`MAX_STAGES`]. The first few of them have
    /// [`LATENT_BITS`](crate::LATENT_BITS) bits in total, which are those of the fixed layout. All together have at most
    /// [`MAX_ADAPTIVE_BITS`].
    pub stages: &'a [u8],
    /// The peak of every residual stage, the largest byte that its codewords may have; at most [`MAX_PEAK_SUM`] in total.
    pub peaks: &'a [u8],
    /// The gain of every base codeword, one byte each.
    pub gains: &'a [u8],
    /// The deblocking filter, if there is one.
    #[serde(borrow)]
    pub deblock: Option<DeblockTables<'a>>,
    /// As few zeros as it takes to align the codewords to [`CODEWORD_ALIGNMENT`] in the file.
    pub padding: &'a [u8],
    /// The codewords, [`CODEWORD_BYTES`] each, stage after stage, the base first. In the base, luma is stored as it is and both
    /// chroma samples plus 128; a byte of a residual codeword stands for itself minus half of its stage's peak.
    pub codewords: &'a [u8],
}

/// A stage of a codebook: how many bits of a latent its index has, and how many of these select an orientation.
///
/// From the lowest bit up, an index has one bit that negates the codeword (in residual stages only), `orientation_bits` bits
/// of an [`Orientation`](crate::Orientation), of which the higher bits are 0, and the number of the codeword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Stage {
    /// The bits of an index: 1 to [`MAX_STAGE_BITS`].
    pub bits: u8,
    /// The bits of an index that select an orientation: 0 to [`MAX_ORIENTATION_BITS`].
    pub orientation_bits: u8,
}

impl Stage {
    /// The stage that two bytes of a model stand for.
    #[inline(always)]
    #[must_use]
    pub const fn from_bytes([bits, orientation_bits]: [u8; 2]) -> Self {
        Self {
            bits,
            orientation_bits,
        }
    }

    /// The two bytes of a model that stand for the stage.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.bits, self.orientation_bits]
    }

    /// The number of codewords of the stage, as the base of a codebook or as a residual stage; `None` if no such stage is
    /// possible.
    #[inline(always)]
    #[must_use]
    pub const fn codewords(self, base: bool) -> Option<usize> {
        let used = self
            .orientation_bits
            .saturating_add(if base { 0 } else { 1 });
        if self.orientation_bits > MAX_ORIENTATION_BITS
            || self.bits == 0
            || self.bits > MAX_STAGE_BITS
            || self.bits < used
        {
            return None;
        }
        Some(1_usize.wrapping_shl(self.bits.wrapping_sub(used) as u32))
    }
}

/// The bits of the first stages together, for each number of stages: the lengths that a latent can have.
///
/// ```
/// use nice_decode::format::{Stage, stage_ends};
///
/// let stages = [12, 12, 9].map(|bits| Stage { bits, orientation_bits: 3 });
/// assert!(stage_ends(stages).eq([12, 24, 33]));
/// ```
pub fn stage_ends(stages: impl IntoIterator<Item = Stage>) -> impl Iterator<Item = usize> {
    stages.into_iter().scan(0_usize, |end, stage| {
        *end = end.wrapping_add(stage.bits.into());
        Some(*end)
    })
}

/// The tables of a deblocking filter: the two samples beside the edge between two blocks are moved towards each other.
///
/// With the samples `a`, `b`, `c`, `d` across the edge, which is between `b` and `c`, the step is `3 * (c - b) - (d - a)`, clamped to
/// the limit in magnitude: twice the part of `c - b` that the gradients `b - a` and `d - c` do not explain. The activity is
/// `|b - a| + |d - c|`. The number of thresholds that are not above it selects the strength. `b` becomes larger and `c` smaller by
/// `(step * strength + 128) >> 8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeblockTables<'a> {
    /// The thresholds of the activity, strictly increasing: at most [`MAX_THRESHOLDS`].
    pub thresholds: &'a [u8],
    /// The strengths, one more than there are thresholds: each at most [`MAX_STRENGTH`].
    pub strengths: &'a [u8],
    /// The largest magnitude of the step.
    pub limit: u8,
}

/// The tables of a network of two dense layers in fixed point: latent bits, hidden units, samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkTables<'a> {
    /// The bits of a latent: [`LATENT_BITS`](crate::LATENT_BITS), 48.
    pub bits: u8,
    /// The number of hidden units: 1 to [`MAX_HIDDEN`].
    pub hidden: u16,
    /// The slope of the rectifier below zero, in units of 1/65536: 655 is the usual 0.01.
    pub slope: u16,
    /// From the latent bits to the hidden units. Weights are stored latent bit after latent bit: the weight from bit `i` to
    /// unit `j` is `weights[i * hidden + j]`. The layer has `hidden` rows.
    #[serde(borrow)]
    pub first: LayerTables<'a>,
    /// From the hidden units to the samples. Weights are stored sample after sample: the weight from unit `j` to sample `k` is
    /// `weights[k * hidden + j]`, where `k = (y * 8 + x) * 3 + channel`. The layer has 192 rows.
    #[serde(borrow)]
    pub second: LayerTables<'a>,
}

/// The tables of a dense layer: the weights and biases of its sums, and how the sums are scaled to the range of what follows.
///
/// A layer has one row for each of its outputs. The sum of row `r` becomes `(clamp(sum >> pre, -32768, 32767) *
/// multiplier[r] + (1 << (post - 1))) >> post`, where `>>` rounds down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerTables<'a> {
    /// The shift before the multiplication: 0 to [`MAX_PRE_SHIFT`].
    pub pre: u8,
    /// The shift after the multiplication: 1 to [`MAX_POST_SHIFT`].
    pub post: u8,
    /// The weights as two's complement bytes, [`MIN_WEIGHT`] to 127.
    pub weights: &'a [u8],
    /// One bias for each row, four bytes each, little-endian two's complement, at most [`MAX_BIAS`] in magnitude.
    pub bias: &'a [u8],
    /// One multiplier for each row, two bytes each, little-endian, at most [`MAX_MULTIPLIER`].
    pub multiplier: &'a [u8],
}
