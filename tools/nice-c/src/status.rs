//! The status that functions return, and its text.

use core::ffi::{CStr, c_char};

use nice_decode::{ImageError, ModelError, ModelMismatchError, OutOfBoundsError, OutputError};

/// The result of a function. nice_status_text() describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// No error.
    Ok = 0,
    /// A pointer is null, or a length is more than half of the address space.
    Argument = 1,
    /// The model, image or deblocker is not open.
    NotOpen = 2,
    /// There is no pixel format with this number.
    Format = 3,
    /// The file is not a model.
    NotAModel = 4,
    /// The model has a version that this library does not read.
    UnsupportedModel = 5,
    /// The file of the model ends too early.
    TruncatedModel = 6,
    /// The model is damaged: its checksum does not match.
    DamagedModel = 7,
    /// The model has invalid contents, or other bytes follow its end.
    InvalidModel = 8,
    /// The file is not an image.
    NotAnImage = 9,
    /// The image has a version that this library does not read.
    UnsupportedImage = 10,
    /// The file of the image ends too early.
    TruncatedImage = 11,
    /// The image is damaged: its checksum does not match.
    DamagedImage = 12,
    /// The image has no pixels or reserved bytes that are not zero, or other bytes follow its end.
    InvalidImage = 13,
    /// The image was encoded for another model.
    ModelMismatch = 14,
    /// The block, pixel, row of blocks or region is outside the image, or the region is outside
    /// the one that the deblocker was opened for.
    OutOfBounds = 15,
    /// The stride is shorter than a line.
    Stride = 16,
    /// The buffer or the memory is too short.
    Buffer = 17,
    /// An error that has no other status.
    Other = 18,
}

impl Status {
    /// All statuses, in the order of their numbers.
    const ALL: [Self; 19] = [
        Self::Ok,
        Self::Argument,
        Self::NotOpen,
        Self::Format,
        Self::NotAModel,
        Self::UnsupportedModel,
        Self::TruncatedModel,
        Self::DamagedModel,
        Self::InvalidModel,
        Self::NotAnImage,
        Self::UnsupportedImage,
        Self::TruncatedImage,
        Self::DamagedImage,
        Self::InvalidImage,
        Self::ModelMismatch,
        Self::OutOfBounds,
        Self::Stride,
        Self::Buffer,
        Self::Other,
    ];

    /// The status of an operation.
    pub(crate) fn of(operation: impl FnOnce() -> Result<(), Self>) -> Self {
        match operation() {
            Ok(()) => Self::Ok,
            Err(status) => status,
        }
    }

    /// The text of the status.
    const fn text(self) -> &'static CStr {
        match self {
            Self::Ok => c"no error",
            Self::Argument => c"a pointer is null or a length is too large",
            Self::NotOpen => c"the model, image or deblocker is not open",
            Self::Format => c"unknown pixel format",
            Self::NotAModel => c"not a NICE model",
            Self::UnsupportedModel => c"the version of the model is not supported",
            Self::TruncatedModel => c"the model is truncated",
            Self::DamagedModel => c"the model is damaged: its checksum does not match",
            Self::InvalidModel => c"the model is invalid",
            Self::NotAnImage => c"not a NICE image",
            Self::UnsupportedImage => c"the version of the image is not supported",
            Self::TruncatedImage => c"the image is truncated",
            Self::DamagedImage => c"the image is damaged: its checksum does not match",
            Self::InvalidImage => c"the image is invalid",
            Self::ModelMismatch => c"the image was encoded for another model",
            Self::OutOfBounds => c"the block, pixel, row or region is out of bounds",
            Self::Stride => c"the stride is shorter than a line",
            Self::Buffer => c"the buffer or memory is too short",
            Self::Other => c"unspecified error",
        }
    }
}

const _: () = {
    let mut number = 0;
    while number < Status::ALL.len() {
        assert!(Status::ALL[number] as usize == number);
        number += 1;
    }
};

impl From<ModelError> for Status {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::NotAModel { .. } => Self::NotAModel,
            ModelError::Version { .. } => Self::UnsupportedModel,
            ModelError::Truncated { .. } => Self::TruncatedModel,
            ModelError::Checksum { .. } => Self::DamagedModel,
            _ => Self::InvalidModel,
        }
    }
}

impl From<ImageError> for Status {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NotAnImage { .. } => Self::NotAnImage,
            ImageError::Version { .. } => Self::UnsupportedImage,
            ImageError::Truncated { .. } => Self::TruncatedImage,
            ImageError::Checksum { .. } => Self::DamagedImage,
            _ => Self::InvalidImage,
        }
    }
}

impl From<ModelMismatchError> for Status {
    fn from(_: ModelMismatchError) -> Self {
        Self::ModelMismatch
    }
}

impl From<OutOfBoundsError> for Status {
    fn from(_: OutOfBoundsError) -> Self {
        Self::OutOfBounds
    }
}

impl From<OutputError> for Status {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Row { .. } | OutputError::Region { .. } => Self::OutOfBounds,
            OutputError::Stride { .. } => Self::Stride,
            OutputError::Buffer { .. } => Self::Buffer,
            _ => Self::Other,
        }
    }
}

/// The text of a nice_status: a constant string in English, for any number.
#[unsafe(no_mangle)]
pub extern "C" fn nice_status_text(status: u32) -> *const c_char {
    let text = match Status::ALL.get(status as usize) {
        Some(status) => status.text(),
        None => c"unknown status",
    };
    text.as_ptr()
}
