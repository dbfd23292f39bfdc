//! Where decoded pixels go: size and orientation, regions of an image, pixel formats, and the lines of a buffer.

pub(crate) mod format;
mod pack;
pub(crate) mod region;
pub(crate) mod transform;
pub(crate) mod write;
