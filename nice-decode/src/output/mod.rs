//! Where decoded pixels go: regions of an image, pixel formats, and the lines of a buffer.

pub(crate) mod format;
mod pack;
pub(crate) mod region;
pub(crate) mod write;
