//! Where decoded pixels go: size and orientation, regions of an image, pixel formats, and the lines of a buffer.

pub(crate) mod format;
pub(crate) mod gray;
mod pack;
pub(crate) mod region;
pub(crate) mod transform;
pub(crate) mod write;
