//! Decodes NICE pictures: every 8 x 8 RGB block in 48 bits, with integers only.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod block;
mod crc;
mod decoder;
mod error;
pub mod format;
mod image;
mod latent;
mod model_id;
mod network;
mod picture;
mod pixel;

pub use block::{BLOCK, BLOCK_SAMPLES};
pub use crc::crc32;
pub use decoder::{Decoder, Kind};
pub use error::{ImageError, LayerName, ModelError, OutOfRange, RowError, Table, WrongModel};
pub use format::MAX_HIDDEN;
pub use image::Image;
pub use latent::{LATENT_BITS, LATENT_BYTES, Latent};
pub use model_id::ModelId;
pub use picture::Picture;
pub use pixel::{Pixel, Rgb565Be, Rgb565Le, Rgb888};
