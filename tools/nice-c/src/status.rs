//! How things went: a number for C, and what it says.

use core::ffi::CStr;

use nice_decode::{ImageError, LinesError, ModelError, OutOfRange, WrongModel};

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// Well.
    Ok = 0,
    /// A pointer is null, or a length is more than half of all memory.
    Argument = 1,
    /// The model or picture has not been opened.
    NotOpen = 2,
    /// There is no such format of pixels.
    Format = 3,
    /// The file is no decoder model.
    NotAModel = 4,
    /// The model is from a newer program.
    NewerModel = 5,
    /// The model is cut short.
    TruncatedModel = 6,
    /// The model is damaged: its checksum is wrong.
    DamagedModel = 7,
    /// The model is not as it should be: too long, or with a table or a number that cannot be.
    InvalidModel = 8,
    /// The file is no picture.
    NotAPicture = 9,
    /// The picture is from a newer program.
    NewerPicture = 10,
    /// The picture is cut short.
    TruncatedPicture = 11,
    /// The picture is damaged: its checksum is wrong.
    DamagedPicture = 12,
    /// The picture is not as it should be: too long, empty, or with bytes that are not known.
    InvalidPicture = 13,
    /// The picture was made with another model.
    WrongModel = 14,
    /// There is no such block, pixel, row of blocks or region in the picture.
    OutOfRange = 15,
    /// Lines are closer to each other than they are long.
    Stride = 16,
    /// The lines do not fit into the buffer.
    Buffer = 17,
    /// Something else, from a newer version of the library.
    Other = 18,
}

impl Status {
    /// All of them, by their numbers.
    pub(crate) const ALL: [Self; 19] = [
        Self::Ok,
        Self::Argument,
        Self::NotOpen,
        Self::Format,
        Self::NotAModel,
        Self::NewerModel,
        Self::TruncatedModel,
        Self::DamagedModel,
        Self::InvalidModel,
        Self::NotAPicture,
        Self::NewerPicture,
        Self::TruncatedPicture,
        Self::DamagedPicture,
        Self::InvalidPicture,
        Self::WrongModel,
        Self::OutOfRange,
        Self::Stride,
        Self::Buffer,
        Self::Other,
    ];

    /// What it says.
    const fn text(self) -> &'static CStr {
        match self {
            Self::Ok => c"it went well",
            Self::Argument => c"a pointer is null or a length impossible",
            Self::NotOpen => c"the model or picture has not been opened",
            Self::Format => c"there is no such format of pixels",
            Self::NotAModel => c"the file is no decoder model",
            Self::NewerModel => c"the model is from a newer program",
            Self::TruncatedModel => c"the model is cut short",
            Self::DamagedModel => c"the model is damaged",
            Self::InvalidModel => c"the model is not as it should be",
            Self::NotAPicture => c"the file is no picture",
            Self::NewerPicture => c"the picture is from a newer program",
            Self::TruncatedPicture => c"the picture is cut short",
            Self::DamagedPicture => c"the picture is damaged",
            Self::InvalidPicture => c"the picture is not as it should be",
            Self::WrongModel => c"the picture was made with another model",
            Self::OutOfRange => c"the picture has no such block, pixel, row or region",
            Self::Stride => c"lines are closer to each other than they are long",
            Self::Buffer => c"the lines do not fit into the buffer",
            Self::Other => c"something that this library has no number for",
        }
    }
}

/// What a number says.
pub(crate) fn text(status: u32) -> &'static CStr {
    match Status::ALL.get(status as usize) {
        Some(status) => status.text(),
        None => c"there is no such status",
    }
}

/// How something went.
pub(crate) fn of(done: impl FnOnce() -> Result<(), Status>) -> Status {
    match done() {
        Ok(()) => Status::Ok,
        Err(status) => status,
    }
}

impl From<ModelError> for Status {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::NotAModel { .. } | ModelError::IsAPicture => Self::NotAModel,
            ModelError::NewerVersion { .. } => Self::NewerModel,
            ModelError::Truncated { .. } => Self::TruncatedModel,
            ModelError::Checksum { .. } => Self::DamagedModel,
            _ => Self::InvalidModel,
        }
    }
}

impl From<ImageError> for Status {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NotAPicture { .. } | ImageError::IsAModel => Self::NotAPicture,
            ImageError::NewerVersion { .. } => Self::NewerPicture,
            ImageError::Truncated { .. } => Self::TruncatedPicture,
            ImageError::Checksum { .. } => Self::DamagedPicture,
            _ => Self::InvalidPicture,
        }
    }
}

impl From<WrongModel> for Status {
    fn from(_: WrongModel) -> Self {
        Self::WrongModel
    }
}

impl From<OutOfRange> for Status {
    fn from(_: OutOfRange) -> Self {
        Self::OutOfRange
    }
}

impl From<LinesError> for Status {
    fn from(error: LinesError) -> Self {
        match error {
            LinesError::OutOfRange { .. } | LinesError::Outside { .. } => Self::OutOfRange,
            LinesError::Stride { .. } => Self::Stride,
            LinesError::Buffer { .. } => Self::Buffer,
            _ => Self::Other,
        }
    }
}
