//! Adapters to other ways of using an image: as a texture with a cache, as a drawable of embedded-graphics, and in storage.

#[cfg(feature = "cache")]
pub(crate) mod cache;
#[cfg(feature = "embedded-graphics")]
pub(crate) mod embedded_graphics;
#[cfg(feature = "embedded-io")]
pub(crate) mod embedded_io;
#[cfg(feature = "embedded-storage")]
pub(crate) mod embedded_storage;
