//! The errors of this crate. Each carries the value that caused it.

use core::fmt;
use core::ops::RangeInclusive;

use crate::container::id::ModelId;
use crate::format::{IMAGE_MAGIC, IMAGE_VERSION, MODEL_MAGIC, MODEL_VERSION};
use crate::output::region::Region;

/// One of the two layers of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NetworkLayer {
    /// From the latent bits to the hidden units.
    First,
    /// From the hidden units to the samples.
    Second,
}

/// A single number in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ModelField {
    /// The length of the name in bytes.
    NameLength,
    /// The bits of a latent; in a codebook, those of the first stages that have 48 bits together, or more.
    LatentBits,
    /// The bits of all stages of a codebook together.
    AllStageBits,
    /// The hidden units of a network.
    HiddenUnits,
    /// The shift of a layer before its multiplication.
    PreShift(NetworkLayer),
    /// The shift of a layer after its multiplication.
    PostShift(NetworkLayer),
    /// The number of stages of a codebook.
    Stages,
    /// The bits of a stage of a codebook, by its number; 0 is the base.
    StageBits(u8),
    /// The orientation bits of a stage of a codebook, by its number; 0 is the base.
    OrientationBits(u8),
    /// The sum of the peaks of a codebook's residual stages.
    PeakSum,
    /// The number of thresholds of the deblocking filter.
    DeblockThresholds,
}

/// A table of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ModelTable {
    /// The characters of the name.
    Name,
    /// The weights of a layer, one byte each.
    Weights(NetworkLayer),
    /// The biases of a layer, four bytes each.
    Biases(NetworkLayer),
    /// The multipliers of a layer, two bytes each.
    Multipliers(NetworkLayer),
    /// The stages of a codebook, two bytes each.
    Stages,
    /// The peaks of the residual stages, one byte each.
    Peaks,
    /// The gains of the base codewords, one byte each.
    Gains,
    /// The zeros before the codewords.
    Padding,
    /// The codewords of all stages.
    Codewords,
    /// The thresholds of the deblocking filter.
    DeblockThresholds,
    /// The strengths of the deblocking filter.
    DeblockStrengths,
}

/// Why some bytes are not a model that this crate can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ModelError {
    /// The file does not begin like a model.
    NotAModel {
        /// Its first four bytes, or zeros where it is shorter.
        magic: [u8; 4],
    },
    /// The file has a version that this crate does not read.
    Version {
        /// The version in the file.
        found: u8,
    },
    /// The file ends too early.
    Truncated {
        /// Its length in bytes.
        found: usize,
    },
    /// Bytes follow the end of the contents.
    TrailingBytes {
        /// The number of bytes after the end.
        extra: usize,
    },
    /// The checksum does not match: the file is damaged.
    Checksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of the file's contents.
        computed: u32,
    },
    /// The checksum matches, but the contents cannot be parsed.
    Malformed {
        /// The length of the contents in bytes.
        body: usize,
    },
    /// A number is outside its range.
    Field {
        /// Which number.
        field: ModelField,
        /// Its value.
        found: u32,
        /// The smallest allowed value.
        min: u32,
        /// The largest allowed value.
        max: u32,
    },
    /// A table has the wrong length.
    TableLength {
        /// Which table.
        table: ModelTable,
        /// Its length in bytes.
        found: usize,
        /// The length in bytes that it must have.
        expected: usize,
    },
    /// A table has a value outside its range.
    TableValue {
        /// Which table.
        table: ModelTable,
        /// The index of the value.
        index: usize,
        /// The value.
        found: i32,
        /// The smallest allowed value.
        min: i32,
        /// The largest allowed value.
        max: i32,
    },
}

/// Why some bytes are not an image that this crate can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ImageError {
    /// The file does not begin like an image.
    NotAnImage {
        /// Its first four bytes, or zeros where it is shorter.
        magic: [u8; 4],
    },
    /// The file has a version that this crate does not read.
    Version {
        /// The version in the file.
        found: u8,
    },
    /// The image has a layout that this crate does not read.
    Layout {
        /// The number of the layout.
        found: u8,
    },
    /// The two bytes after the layout are not zero.
    Reserved {
        /// The two bytes.
        found: [u8; 2],
    },
    /// The lengths of the latents are not between 1 and 96 bits, each longer than the one before, and then zeros.
    Lengths {
        /// The lengths in bits.
        found: [u8; 8],
    },
    /// The index says that a group of blocks begins where it does not.
    GroupOffset {
        /// The number of the group.
        group: usize,
        /// Where it should begin according to the index, in bytes from the first group.
        found: usize,
        /// Where the group before it ends.
        expected: usize,
    },
    /// The length code of a block stands for no length.
    LengthCode {
        /// The index of the block.
        block: usize,
    },
    /// The image has no pixels.
    Empty {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// The file ends too early.
    Truncated {
        /// Its length in bytes.
        found: usize,
        /// The length in bytes that an image with this header has, or has at least; `None` if it is not known.
        expected: Option<u64>,
    },
    /// Bytes follow the end of the contents.
    TrailingBytes {
        /// The number of bytes after the end.
        extra: usize,
    },
    /// The checksum does not match: the file is damaged.
    Checksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of the file's contents.
        computed: u32,
    },
}

/// An image was combined with a model that it was not encoded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ModelMismatchError {
    /// The image names another model.
    Id {
        /// The model that the image was encoded for.
        expected: ModelId,
        /// The model that was given.
        found: ModelId,
    },
    /// The image names the model, but has latents of a length with which no stage of the model ends.
    Length {
        /// The length in bits.
        found: u8,
    },
}

/// A block or pixel is outside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OutOfBoundsError {
    /// There is no block with this index.
    Block {
        /// The index.
        index: usize,
        /// The number of blocks of the image.
        blocks: usize,
    },
    /// There is no such pixel.
    Pixel {
        /// The column of the pixel.
        x: u32,
        /// The line of the pixel.
        y: u32,
        /// The width of the image.
        width: u32,
        /// The height of the image.
        height: u32,
    },
}

/// A row of blocks or a region cannot be written into the given buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OutputError {
    /// There is no such row of blocks.
    Row {
        /// The row.
        row: u32,
        /// The number of rows of blocks.
        rows: u32,
    },
    /// The region is not within the bounds.
    Region {
        /// The region.
        region: Region,
        /// The bounds: those of the image, or those of a `Deblocker`.
        bounds: Region,
    },
    /// The stride is shorter than a line.
    Stride {
        /// The stride in bytes.
        found: usize,
        /// The bytes of a line.
        needed: usize,
    },
    /// The buffer is too short.
    Buffer {
        /// The length of the buffer in bytes.
        found: usize,
        /// The length in bytes that is needed.
        needed: usize,
    },
}

/// The memory that was lent to [`Model::expand`](crate::Model::expand) is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct MemoryError {
    /// Its length in bytes.
    pub found: usize,
    /// The length in bytes that is needed.
    pub needed: usize,
}

impl ModelField {
    /// Checks the number against its range.
    pub(crate) fn check(
        self,
        found: usize,
        allowed: RangeInclusive<usize>,
    ) -> Result<(), ModelError> {
        if allowed.contains(&found) {
            Ok(())
        } else {
            Err(ModelError::Field {
                field: self,
                found: found as u32,
                min: *allowed.start() as u32,
                max: *allowed.end() as u32,
            })
        }
    }
}

impl ModelTable {
    /// The table as `count` items of `N` bytes.
    pub(crate) fn items<const N: usize>(
        self,
        bytes: &[u8],
        count: usize,
    ) -> Result<&[[u8; N]], ModelError> {
        match bytes.as_chunks::<N>() {
            (items, []) if items.len() == count => Ok(items),
            _ => Err(ModelError::TableLength {
                table: self,
                found: bytes.len(),
                expected: N * count,
            }),
        }
    }

    /// Checks that no value of the table is outside its range.
    pub(crate) fn check(
        self,
        values: impl Iterator<Item = i32>,
        allowed: RangeInclusive<i32>,
    ) -> Result<(), ModelError> {
        for (index, found) in values.enumerate() {
            if !allowed.contains(&found) {
                return Err(ModelError::TableValue {
                    table: self,
                    index,
                    found,
                    min: *allowed.start(),
                    max: *allowed.end(),
                });
            }
        }
        Ok(())
    }
}

impl fmt::Display for NetworkLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first layer",
            Self::Second => "second layer",
        })
    }
}

impl fmt::Display for ModelField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameLength => f.write_str("the length of the name"),
            Self::LatentBits => f.write_str("the number of latent bits"),
            Self::AllStageBits => f.write_str("the number of bits of all stages"),
            Self::HiddenUnits => f.write_str("the number of hidden units"),
            Self::PreShift(layer) => write!(f, "the first shift of the {layer}"),
            Self::PostShift(layer) => write!(f, "the second shift of the {layer}"),
            Self::Stages => f.write_str("the number of stages"),
            Self::StageBits(stage) => write!(f, "the number of bits of stage {stage}"),
            Self::OrientationBits(stage) => {
                write!(f, "the number of orientation bits of stage {stage}")
            }
            Self::PeakSum => f.write_str("the sum of the peaks"),
            Self::DeblockThresholds => {
                f.write_str("the number of thresholds of the deblocking filter")
            }
        }
    }
}

impl fmt::Display for ModelTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::Weights(layer) => write!(f, "weights of the {layer}"),
            Self::Biases(layer) => write!(f, "biases of the {layer}"),
            Self::Multipliers(layer) => write!(f, "multipliers of the {layer}"),
            Self::Stages => f.write_str("stages"),
            Self::Peaks => f.write_str("peaks"),
            Self::Gains => f.write_str("gains"),
            Self::Padding => f.write_str("padding"),
            Self::Codewords => f.write_str("codewords"),
            Self::DeblockThresholds => f.write_str("thresholds of the deblocking filter"),
            Self::DeblockStrengths => f.write_str("strengths of the deblocking filter"),
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotAModel { magic: IMAGE_MAGIC } => {
                f.write_str("this is a NICE image, but a model is needed")
            }
            Self::NotAModel { magic } => write!(
                f,
                "not a NICE model: it begins with \"{}\" instead of \"NICM\"",
                magic.escape_ascii()
            ),
            Self::Version { found } => version(f, "model", found, MODEL_VERSION),
            Self::Truncated { found } => {
                write!(f, "the model is truncated: it ends after {found} bytes")
            }
            Self::TrailingBytes { extra } => trailing(f, "model", extra),
            Self::Checksum { stored, computed } => checksum(f, "model", stored, computed),
            Self::Malformed { body } => write!(
                f,
                "the {body} bytes of the model's contents cannot be parsed although the checksum matches"
            ),
            Self::Field {
                field,
                found,
                min,
                max,
            } => {
                write!(f, "{field} of the model is {found}; ")?;
                range(f, min, max)
            }
            Self::TableLength {
                table,
                found,
                expected,
            } => write!(
                f,
                "the model has {found} bytes of {table} instead of {expected}"
            ),
            Self::TableValue {
                table,
                index,
                found,
                min,
                max,
            } => {
                write!(f, "value {index} of the model's {table} is {found}; ")?;
                range(f, min, max)
            }
        }
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotAnImage { magic: MODEL_MAGIC } => {
                f.write_str("this is a NICE model, but an image is needed")
            }
            Self::NotAnImage { magic } => write!(
                f,
                "not a NICE image: it begins with \"{}\" instead of \"NICE\"",
                magic.escape_ascii()
            ),
            Self::Version { found } => version(f, "image", found, IMAGE_VERSION),
            Self::Layout { found } => {
                write!(f, "the image has layout {found}, which is not supported")
            }
            Self::Reserved { found: [a, b] } => write!(
                f,
                "the reserved bytes of the image are {a:02x} {b:02x} instead of zero"
            ),
            Self::Lengths { found } => {
                f.write_str("the image has latents of the lengths")?;
                for length in found {
                    write!(f, " {length}")?;
                }
                f.write_str(", which must increase from 1 to at most 96, with zeros after them")
            }
            Self::GroupOffset {
                group,
                found,
                expected,
            } => write!(
                f,
                "the index of the image says that group {group} begins at byte {found}, but it begins at byte {expected}"
            ),
            Self::LengthCode { block } => {
                write!(
                    f,
                    "the length code of block {block} of the image is not used"
                )
            }
            Self::Empty { width, height } => {
                write!(f, "the image is {width} x {height} and has no pixels")
            }
            Self::Truncated {
                found,
                expected: Some(expected),
            } => write!(
                f,
                "the image is truncated or its size is wrong: it has {found} bytes instead of {expected}"
            ),
            Self::Truncated {
                found,
                expected: None,
            } => write!(f, "the image is truncated: it ends after {found} bytes"),
            Self::TrailingBytes { extra } => trailing(f, "image", extra),
            Self::Checksum { stored, computed } => checksum(f, "image", stored, computed),
        }
    }
}

impl fmt::Display for ModelMismatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { expected, found } => write!(
                f,
                "the image was encoded for model {expected}, not for model {found}"
            ),
            Self::Length { found } => write!(
                f,
                "the image has latents of {found} bits, but no stage of its model ends there"
            ),
        }
    }
}

impl fmt::Display for OutOfBoundsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Block { index, blocks } => {
                write!(f, "block {index} is outside the image of {blocks} blocks")
            }
            Self::Pixel {
                x,
                y,
                width,
                height,
            } => write!(
                f,
                "pixel ({x}, {y}) is outside the image of {width} x {height} pixels"
            ),
        }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Row { row, rows } => {
                write!(f, "row {row} is outside the image of {rows} rows of blocks")
            }
            Self::Region { region, bounds } => {
                write!(f, "the region, {region}, is not within {bounds}")
            }
            Self::Stride { found, needed } => write!(
                f,
                "the stride is {found} bytes, but a line has {needed} bytes"
            ),
            Self::Buffer { found, needed } => {
                write!(f, "the buffer has {found} bytes, but {needed} are needed")
            }
        }
    }
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the memory has {} bytes, but {} are needed",
            self.found, self.needed
        )
    }
}

/// Writes that a version is not supported.
fn version(f: &mut fmt::Formatter<'_>, what: &str, found: u8, supported: u8) -> fmt::Result {
    let newer = if found > supported {
        ", which is newer"
    } else {
        ""
    };
    write!(
        f,
        "the {what} has version {found}{newer}; only version {supported} is supported"
    )
}

/// Writes that something follows the end of a file.
fn trailing(f: &mut fmt::Formatter<'_>, what: &str, extra: usize) -> fmt::Result {
    write!(f, "{extra} bytes follow the end of the {what}")
}

/// Writes that a file is damaged.
fn checksum(f: &mut fmt::Formatter<'_>, what: &str, stored: u32, computed: u32) -> fmt::Result {
    write!(
        f,
        "the {what} is damaged: its checksum is {stored:08x}, that of its contents {computed:08x}"
    )
}

/// Writes a range of allowed values.
fn range<T: fmt::Display + PartialEq>(f: &mut fmt::Formatter<'_>, min: T, max: T) -> fmt::Result {
    if min == max {
        write!(f, "it must be {min}")
    } else {
        write!(f, "it must be between {min} and {max}")
    }
}

impl core::error::Error for ModelError {}
impl core::error::Error for ImageError {}
impl core::error::Error for ModelMismatchError {}
impl core::error::Error for OutOfBoundsError {}
impl core::error::Error for OutputError {}
impl core::error::Error for MemoryError {}
