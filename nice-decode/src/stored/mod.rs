//! Images that are not in memory but on an SD card, a flash chip or in a file system.

pub(crate) mod decoder;
pub(crate) mod error;
mod file;
pub(crate) mod image;
mod latents;
pub(crate) mod read_at;
