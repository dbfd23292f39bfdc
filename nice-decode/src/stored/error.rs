//! Why an image in storage cannot be opened or decoded.

use core::fmt;

use crate::error::{ImageError, OutputError};

/// Why an image in storage cannot be opened or decoded; `E` is the error of [`ReadAt`](crate::ReadAt).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StorageError<E> {
    /// The file cannot be read.
    Read(E),
    /// The file is not an image, or is truncated or damaged.
    Image(ImageError),
    /// The pixels cannot be written into the given buffer. Nothing has been read or written then.
    Output(OutputError),
}

impl<E> From<ImageError> for StorageError<E> {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl<E> From<OutputError> for StorageError<E> {
    fn from(error: OutputError) -> Self {
        Self::Output(error)
    }
}

impl<E: fmt::Display> fmt::Display for StorageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the image cannot be read: {error}"),
            Self::Image(error) => error.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for StorageError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::Image(_) | Self::Output(_) => None,
        }
    }
}
