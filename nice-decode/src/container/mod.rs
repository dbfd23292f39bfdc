//! The two files: their magic numbers, versions and checksums, and how they are read.

pub(crate) mod checksum;
pub(crate) mod groups;
pub(crate) mod header;
pub(crate) mod id;
pub(crate) mod image;
pub(crate) mod model;
pub(crate) mod source;
