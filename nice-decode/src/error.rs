//! What can be wrong: every error of this crate, each carrying the value that offended.

use core::fmt;

use crate::format::{
    CHECKSUM_BYTES, MAX_BIAS, MAX_HIDDEN, MAX_MAP_SHIFT, MAX_MIRRORS, MAX_MULTIPLIER,
    MAX_NAME_BYTES, MAX_POST_SHIFT, MAX_PRE_SHIFT, MAX_STAGE_BITS, MAX_STAGES, MAX_THRESHOLDS,
    MAX_TOPS, MIN_WEIGHT,
};
use crate::latent::LATENT_BITS;
use crate::{ModelId, Region};

/// Which of the two layers of a network an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LayerName {
    /// From the latent bits to the hidden units.
    First,
    /// From the hidden units to the samples.
    Second,
}

/// Which table of a layer an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Table {
    /// The weights, one byte each.
    Weights,
    /// The biases, four bytes each.
    Bias,
    /// The multipliers, two bytes each.
    Multiplier,
}

/// Which table of a codebook an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CodebookTable {
    /// The tops, one byte for each residual stage.
    Tops,
    /// The gains, one byte for each base row.
    Gains,
    /// The rows of all stages.
    Rows,
    /// The maps of the filter of the borders.
    Maps,
}

/// Which thresholds of the filter of the borders an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Thresholds {
    /// Those of the step across the border.
    Steps,
    /// Those of the activity on both sides.
    Activities,
}

/// Why some bytes are not a decoder model that this crate can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ModelError {
    /// The file does not begin as a decoder model does.
    NotAModel {
        /// Its first four bytes, or zeros where it is shorter.
        magic: [u8; 4],
    },
    /// The file is a picture, not a model.
    IsAPicture,
    /// The file is of a version that came after this crate.
    NewerVersion {
        /// The version in the file.
        found: u8,
        /// The newest version that this crate reads.
        supported: u8,
    },
    /// The file is of a version that no release has known.
    UnknownVersion {
        /// The version in the file.
        found: u8,
    },
    /// The file ends before its tables do.
    Truncated {
        /// How many bytes there are.
        found: usize,
    },
    /// There are bytes after the end of the file.
    TrailingBytes {
        /// How many.
        extra: usize,
    },
    /// The checksum does not fit the rest: the file is damaged.
    Checksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of what is in the file.
        computed: u32,
    },
    /// The checksum fits, but the body is not one that this version has.
    Malformed {
        /// How many bytes the body has.
        body: usize,
    },
    /// The name is empty or too long.
    NameLength {
        /// Its length in bytes.
        found: usize,
    },
    /// The name has a character that is not printable ASCII.
    NameByte {
        /// The offending byte.
        found: u8,
    },
    /// The latent has a number of bits that this version does not know.
    LatentBits {
        /// The number in the file.
        found: u8,
    },
    /// There are no hidden units, or too many.
    Hidden {
        /// The number in the file.
        found: u16,
    },
    /// A table has a length that does not fit the network's size.
    TableLength {
        /// The layer that the table belongs to.
        layer: LayerName,
        /// The table.
        table: Table,
        /// Its length in bytes.
        found: usize,
        /// The length in bytes that it has to have.
        expected: usize,
    },
    /// The shift before the multiplication is too large.
    PreShift {
        /// The layer.
        layer: LayerName,
        /// The shift in the file.
        found: u8,
    },
    /// The shift after the multiplication is zero or too large.
    PostShift {
        /// The layer.
        layer: LayerName,
        /// The shift in the file.
        found: u8,
    },
    /// A weight is -128, which could make a sum overflow.
    Weight {
        /// The layer.
        layer: LayerName,
        /// Which weight of the layer.
        index: usize,
    },
    /// A bias is so large that a sum could overflow.
    Bias {
        /// The layer.
        layer: LayerName,
        /// Which row of the layer.
        index: usize,
        /// The bias in the file.
        found: i32,
    },
    /// A multiplier is so large that a product could overflow.
    Multiplier {
        /// The layer.
        layer: LayerName,
        /// Which row of the layer.
        index: usize,
        /// The multiplier in the file.
        found: u16,
    },
    /// The file is of a version that has no body of this kind, or has it otherwise.
    BodyVersion {
        /// The version in the file.
        found: u8,
        /// The version that files with such a body have.
        expected: u8,
    },
    /// A codebook has no stages, too many, or half of one.
    Stages {
        /// How many bytes its list of stages has, two a stage.
        found: usize,
    },
    /// A stage of a codebook has too many bits, or too few for the ways in which its rows are turned.
    Stage {
        /// Which stage; 0 is the base.
        index: usize,
        /// Its bits.
        bits: u8,
        /// The ways in which its rows can be mirrored.
        mirrors: u8,
    },
    /// The stages of a codebook have more or fewer bits than a latent.
    StageBits {
        /// How many they have.
        found: usize,
    },
    /// The tops of a codebook's stages are so large that a sum of rows could overflow.
    Tops {
        /// What they are together.
        found: usize,
    },
    /// A row of a codebook has a byte above the top of its stage.
    AboveTop {
        /// Which stage; 0 is the base, which has no top.
        stage: usize,
        /// The largest byte in its rows.
        found: u8,
        /// Its top.
        top: u8,
    },
    /// The rows of a codebook do not begin where they have to in the file, or not after zeros.
    Padding {
        /// How many bytes there are before them, and how many of those are zeros.
        found: [usize; 2],
        /// How many zeros there have to be.
        expected: usize,
    },
    /// A table of a codebook has a length that does not fit its stages.
    CodebookLength {
        /// The table.
        table: CodebookTable,
        /// Its length in bytes.
        found: usize,
        /// The length in bytes that it has to have.
        expected: usize,
    },
    /// There are too many thresholds, or they do not rise.
    Thresholds {
        /// Which of the two kinds.
        which: Thresholds,
        /// How many there are.
        found: usize,
    },
    /// The maps of the filter of the borders have no bits below the point, or too many.
    MapShift {
        /// The number in the file.
        found: u8,
    },
}

/// Why some bytes are not a picture that this crate can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ImageError {
    /// The file does not begin as a picture does.
    NotAPicture {
        /// Its first four bytes, or zeros where it is shorter.
        magic: [u8; 4],
    },
    /// The file is a decoder model, not a picture.
    IsAModel,
    /// The file is of a version that came after this crate.
    NewerVersion {
        /// The version in the file.
        found: u8,
        /// The newest version that this crate reads.
        supported: u8,
    },
    /// The file is of a version that no release has known.
    UnknownVersion {
        /// The version in the file.
        found: u8,
    },
    /// The three bytes after the version are not zero.
    Reserved {
        /// The three bytes.
        found: [u8; 3],
    },
    /// The picture has no pixels.
    Empty {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// The file ends before its codes do.
    Truncated {
        /// How many bytes there are.
        found: usize,
        /// How many bytes a picture of this size has; `None` where not even the header is there.
        expected: Option<u64>,
    },
    /// There are bytes after the end of the file.
    TrailingBytes {
        /// How many.
        extra: usize,
    },
    /// The checksum does not fit the rest: the file is damaged.
    Checksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of what is in the file.
        computed: u32,
    },
}

/// A picture was opened with a model that it was not made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct WrongModel {
    /// The model that the picture was made with.
    pub picture: ModelId,
    /// The model that it was opened with.
    pub model: ModelId,
}

/// The memory that a decoder was lent is too short for what was to be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MemoryTooShort {
    /// Its length in bytes.
    pub found: usize,
    /// The least that it can be.
    pub needed: usize,
}

/// A block was asked for that the picture does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OutOfRange {
    /// No block has this index.
    Index {
        /// The index that was asked for.
        index: usize,
        /// How many blocks there are.
        blocks: usize,
    },
    /// The pixel is outside the picture.
    Pixel {
        /// The column of the pixel that was asked for.
        x: u32,
        /// The line of the pixel that was asked for.
        y: u32,
        /// The width of the picture.
        width: u32,
        /// The height of the picture.
        height: u32,
    },
}

/// A row of blocks or a region of the picture cannot be decoded into these lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LinesError {
    /// The picture has no such row of blocks.
    OutOfRange {
        /// The row that was asked for.
        row: u32,
        /// How many rows of blocks there are.
        rows: u32,
    },
    /// The region reaches outside of what can be decoded.
    Outside {
        /// The region that was asked for.
        region: Region,
        /// The whole: that of the picture, or that for which the borders are smoothed.
        whole: Region,
    },
    /// A line does not fit between the start of a line and the start of the next.
    Stride {
        /// The distance in bytes that was given.
        found: usize,
        /// The least that it can be: the bytes of a line.
        needed: usize,
    },
    /// The lines do not fit into the buffer.
    Buffer {
        /// The length of the buffer in bytes.
        found: usize,
        /// The least that it can be.
        needed: usize,
    },
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Second => "second",
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Weights => "weights",
            Self::Bias => "biases",
            Self::Multiplier => "multipliers",
        })
    }
}

impl fmt::Display for CodebookTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tops => "tops",
            Self::Gains => "gains",
            Self::Rows => "rows",
            Self::Maps => "maps",
        })
    }
}

impl fmt::Display for Thresholds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steps => "step",
            Self::Activities => "activity",
        })
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotAModel { magic } => {
                write!(
                    f,
                    "not a decoder model: it begins with \"{}\" instead of \"NICM\"",
                    magic.escape_ascii()
                )
            }
            Self::IsAPicture => {
                f.write_str("this is a picture, where a decoder model was expected")
            }
            Self::NewerVersion { found, supported } => newer(f, "decoder model", found, supported),
            Self::UnknownVersion { found } => unknown(f, "decoder model", found),
            Self::Truncated { found } => write!(
                f,
                "the decoder model is cut short: it ends after {found} bytes"
            ),
            Self::TrailingBytes { extra } => trailing(f, "decoder model", extra),
            Self::Checksum { stored, computed } => checksum(f, "decoder model", stored, computed),
            Self::Malformed { body } => write!(
                f,
                "the decoder model's body of {body} bytes is not one of version {} or before, though its checksum fits",
                crate::format::MODEL_VERSION
            ),
            Self::NameLength { found } => {
                write!(
                    f,
                    "the model's name has {found} bytes; it has to have 1 to {MAX_NAME_BYTES}"
                )
            }
            Self::NameByte { found } => {
                write!(
                    f,
                    "the model's name has the byte 0x{found:02x}, which is not printable ASCII"
                )
            }
            Self::LatentBits { found } => {
                write!(
                    f,
                    "the model's latent has {found} bits; only {LATENT_BITS} are supported"
                )
            }
            Self::Hidden { found } => {
                write!(
                    f,
                    "the model has {found} hidden units; it has to have 1 to {MAX_HIDDEN}"
                )
            }
            Self::TableLength {
                layer,
                table,
                found,
                expected,
            } => {
                write!(
                    f,
                    "the {table} of the model's {layer} layer take {found} bytes; they have to take {expected}"
                )
            }
            Self::PreShift { layer, found } => write!(
                f,
                "the model's {layer} layer shifts by {found} before it multiplies; it may by 0 to {MAX_PRE_SHIFT}"
            ),
            Self::PostShift { layer, found } => write!(
                f,
                "the model's {layer} layer shifts by {found} after it multiplies; it may by 1 to {MAX_POST_SHIFT}"
            ),
            Self::Weight { layer, index } => {
                write!(
                    f,
                    "weight {index} of the model's {layer} layer is -128; the least it may be is {MIN_WEIGHT}"
                )
            }
            Self::Bias {
                layer,
                index,
                found,
            } => write!(
                f,
                "bias {index} of the model's {layer} layer is {found}; it may be -{MAX_BIAS} to {MAX_BIAS}"
            ),
            Self::Multiplier {
                layer,
                index,
                found,
            } => write!(
                f,
                "multiplier {index} of the model's {layer} layer is {found}; it may be 0 to {MAX_MULTIPLIER}"
            ),
            Self::BodyVersion { found, expected } => write!(
                f,
                "the decoder model is of version {found} and has a body of version {expected}"
            ),
            Self::Stages { found } => write!(
                f,
                "the model's list of stages has {found} bytes; it has to have 2 for each of 1 to {MAX_STAGES} stages"
            ),
            Self::Stage {
                index,
                bits,
                mirrors,
            } => write!(
                f,
                "stage {index} of the model has {bits} bits and {mirrors} mirrors; it may have 1 to {MAX_STAGE_BITS} bits, \
                 enough for its mirrors, of which there are at most {MAX_MIRRORS}"
            ),
            Self::StageBits { found } => write!(
                f,
                "the stages of the model have {found} bits together; they have to have {LATENT_BITS}"
            ),
            Self::Tops { found } => write!(
                f,
                "the tops of the model's stages are {found} together; they may be {MAX_TOPS}"
            ),
            Self::AboveTop { stage, found, top } => write!(
                f,
                "stage {stage} of the model has a row with a byte of {found}, above its top of {top}"
            ),
            Self::Padding {
                found: [bytes, zeros],
                expected,
            } => write!(
                f,
                "{bytes} bytes, {zeros} of them zero, stand before the rows of the model instead of {expected} zeros"
            ),
            Self::CodebookLength {
                table,
                found,
                expected,
            } => write!(
                f,
                "the {table} of the model take {found} bytes; they have to take {expected}"
            ),
            Self::Thresholds { which, found } => write!(
                f,
                "the model's {found} {which} thresholds are more than {MAX_THRESHOLDS} or do not rise"
            ),
            Self::MapShift { found } => write!(
                f,
                "the model's maps have {found} bits below the point; they may have 1 to {MAX_MAP_SHIFT}"
            ),
        }
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotAPicture { magic } => {
                write!(
                    f,
                    "not a NICE picture: it begins with \"{}\" instead of \"NICE\"",
                    magic.escape_ascii()
                )
            }
            Self::IsAModel => f.write_str("this is a decoder model, where a picture was expected"),
            Self::NewerVersion { found, supported } => newer(f, "picture", found, supported),
            Self::UnknownVersion { found } => unknown(f, "picture", found),
            Self::Reserved { found: [a, b, c] } => {
                write!(
                    f,
                    "the picture's reserved bytes are {a:02x} {b:02x} {c:02x} instead of zero"
                )
            }
            Self::Empty { width, height } => {
                write!(f, "the picture is {width} x {height}: it has no pixels")
            }
            Self::Truncated {
                found,
                expected: Some(expected),
            } => write!(
                f,
                "the picture is cut short or its size is wrong: it has {found} bytes where that size takes {expected}"
            ),
            Self::Truncated {
                found,
                expected: None,
            } => {
                write!(
                    f,
                    "the picture is cut short: it ends after {found} bytes, within its header"
                )
            }
            Self::TrailingBytes { extra } => trailing(f, "picture", extra),
            Self::Checksum { stored, computed } => checksum(f, "picture", stored, computed),
        }
    }
}

impl fmt::Display for WrongModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the picture was made with model {}, not with model {}",
            self.picture, self.model
        )
    }
}

impl fmt::Display for MemoryTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the memory has {} bytes, but {} are needed",
            self.found, self.needed
        )
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Index { index, blocks } => {
                write!(f, "there is no block {index}: the picture has {blocks}")
            }
            Self::Pixel {
                x,
                y,
                width,
                height,
            } => {
                write!(
                    f,
                    "pixel ({x}, {y}) is outside the picture of {width} x {height}"
                )
            }
        }
    }
}

impl fmt::Display for LinesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfRange { row, rows } => {
                write!(f, "there is no row of blocks {row}: the picture has {rows}")
            }
            Self::Outside { region, whole } => {
                write!(f, "the region, {region}, is not within {whole}")
            }
            Self::Stride { found, needed } => {
                write!(
                    f,
                    "lines lie {found} bytes apart, but a line takes {needed}"
                )
            }
            Self::Buffer { found, needed } => {
                write!(f, "the buffer has {found} bytes, but {needed} are needed")
            }
        }
    }
}

/// Says that a file comes from a newer program.
fn newer(f: &mut fmt::Formatter<'_>, what: &str, found: u8, supported: u8) -> fmt::Result {
    write!(
        f,
        "the {what} is of version {found}, newer than version {supported}, the newest known here"
    )
}

/// Says that a file is of a version that never was.
fn unknown(f: &mut fmt::Formatter<'_>, what: &str, found: u8) -> fmt::Result {
    write!(
        f,
        "the {what} is of version {found}, which no release has known"
    )
}

/// Says that something follows the end of a file.
fn trailing(f: &mut fmt::Formatter<'_>, what: &str, extra: usize) -> fmt::Result {
    write!(
        f,
        "{extra} bytes follow the {what}'s last {CHECKSUM_BYTES}, its checksum"
    )
}

/// Says that a file is damaged.
fn checksum(f: &mut fmt::Formatter<'_>, what: &str, stored: u32, computed: u32) -> fmt::Result {
    write!(
        f,
        "the {what} is damaged: its checksum says {stored:08x}, its bytes say {computed:08x}"
    )
}

impl core::error::Error for ModelError {}
impl core::error::Error for ImageError {}
impl core::error::Error for WrongModel {}

impl core::error::Error for MemoryTooShort {}
impl core::error::Error for OutOfRange {}
impl core::error::Error for LinesError {}
