//! Adapters to other ways of using an image: as a texture with a cache, and as a drawable of embedded-graphics.

#[cfg(feature = "cache")]
pub(crate) mod cache;
#[cfg(feature = "embedded-graphics")]
pub(crate) mod embedded_graphics;
