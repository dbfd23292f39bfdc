//! The two files: their magic numbers, versions and checksums, and how they are read.

pub(crate) mod checksum;
mod groups;
mod header;
pub(crate) mod id;
pub(crate) mod image;
pub(crate) mod model;
