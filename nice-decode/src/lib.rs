//! Decodes NICE pictures on anything that can multiply integers: no standard library, no heap, no
//! floating point, no `unsafe`, and nothing that can panic.
//!
//! NICE is a codec that was learned. It cuts a picture into blocks of 8 x 8 RGB pixels and turns
//! each into a *latent* of 48 bits, and those bits are all that is stored: 0.75 bit a pixel, at a
//! place that is known beforehand, so that any block can be decoded without the others. What turns
//! the bits back into pixels is a *decoder model*, a file of tables that a training program writes.
//! This crate reads both files and does the arithmetic.
//!
//! # A picture
//!
//! ```
//! use nice_decode::{Decoder, Image, Rgb888};
//!
//! // On a microcontroller both lie in flash, and stay there.
//! static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
//! static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
//!
//! let decoder = Decoder::from_bytes(MODEL)?;
//! let image = Image::from_bytes(PICTURE)?;
//! let picture = decoder.open(&image)?;
//!
//! // The whole of it, 8 lines at a time.
//! let stride = 3 * image.width() as usize;
//! let mut pixels = vec![0; stride * image.height() as usize];
//! for (row, lines) in pixels.chunks_mut(8 * stride).enumerate() {
//!     picture.row::<Rgb888>(row as u32, lines, stride)?;
//! }
//!
//! // Or only the block in which the pixel in column 20 and line 9 lies.
//! let mut block = [0; 192];
//! picture.block_at(20, 9, &mut block)?;
//! let (x, y) = (20 % 8, 9 % 8);
//! assert_eq!(block[(y * 8 + x) * 3..][..3], pixels[9 * stride + 20 * 3..][..3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A display, eight lines at a time
//!
//! A row of blocks can be decoded straight into what a display takes, and a picture of any size
//! needs only 8 lines of memory:
//!
//! ```
//! # use nice_decode::{Decoder, Image, Rgb565Be};
//! # fn send(_: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
//! # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
//! # let decoder = Decoder::from_trusted_bytes(MODEL)?;
//! # let image = Image::from_trusted_bytes(PICTURE)?;
//! let picture = decoder.open(&image)?;
//! let mut lines = [0; 8 * 64 * 2];
//! let stride = 64 * 2;
//! for row in 0..image.blocks_high() {
//!     picture.row::<Rgb565Be>(row, &mut lines, stride)?;
//!     send(&lines);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # One code
//!
//! Codes can come from anywhere. A block of 48 bits has 192 samples:
//!
//! ```
//! # use nice_decode::Decoder;
//! # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
//! let decoder = Decoder::from_bytes(MODEL)?;
//! let mut block = [0; 192];
//! decoder.block(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xAB], &mut block);
//! let [red, green, blue] = block[(2 * 8 + 5) * 3..][..3] else { unreachable!() }; // line 2, column 5
//! # assert_eq!(block[..3], [108, 83, 79]);
//! # let _ = (red, green, blue);
//! # Ok::<(), nice_decode::ModelError>(())
//! ```
//!
//! # Shapes, units, ranges
//!
//! | what | type | meaning |
//! | --- | --- | --- |
//! | [`Latent`] | `[u8; 6]` | 48 bits; bit `i` is bit `i % 8` of byte `i / 8` |
//! | a block | `[u8; 192]` | 8 lines of 8 pixels of red, green, blue: sample `(y * 8 + x) * 3 + channel`, 0 to 255, in the colours (sRGB, as a rule) of the pictures that the model was trained on |
//! | lines | `[u8]` | `stride` bytes from one to the next, [`Pixel::BYTES`] a pixel: [`Rgb888`], [`Rgb565Le`], [`Rgb565Be`] |
//! | width, height | `u32` | pixels, 1 to 2^32 - 1; where they are no multiples of 8, blocks reach over the edge and are cropped |
//! | a block's index | `usize` | row after row from the top, from left to right in a row |
//! | [`ModelId`] | 32 bits | the checksum at the end of the model's file |
//!
//! # What can go wrong, and when
//!
//! Everything that comes from a file is checked once, at the door: [`Decoder::from_bytes`] and
//! [`Image::from_bytes`] refuse what is of another kind, from a newer version, cut short, too long
//! or damaged, and, in a model, whatever could make a sum overflow. [`Decoder::open`] refuses a
//! picture that was made with another model. After that [`Decoder::block`] cannot fail, and
//! [`Picture::row`] can only if it is given a row that is not there or a buffer that is too small.
//! The errors carry the value that offended, and implement `Display` and [`core::error::Error`].
//!
//! | error | from |
//! | --- | --- |
//! | [`ModelError`] | [`Decoder::from_bytes`], [`Decoder::from_trusted_bytes`] |
//! | [`ImageError`] | [`Image::from_bytes`], [`Image::from_trusted_bytes`] |
//! | [`WrongModel`] | [`Decoder::open`] |
//! | [`OutOfRange`] | [`Picture::block`], [`Picture::block_at`] |
//! | [`RowError`] | [`Picture::row`] |
//!
//! # What it takes
//!
//! A [`Decoder`] has less than 64 bytes where pointers have four, and borrows the model's tables:
//! about 62 KB at 256 hidden units. Decoding takes less than 1.5 KiB of stack, whatever the size of
//! the model and of the picture. With `h` hidden units a block takes 192 `h` multiply-adds (8 bits
//! by 16, added up in 32) and about 24 `h` additions.
//!
//! # The arithmetic
//!
//! All numbers are integers and all roundings are laid down, so that every decoder in the world
//! shows the same pixels. `FORMAT.md` in the repository has the files byte by byte and the
//! arithmetic step by step; [`mod@format`] has the same as types.
//!
//! # Features
//!
//! * `model-s`, `model-m` (off by default): the pretrained models, in [`models`].
//! * `defmt` (off by default): `defmt::Format` for every public type, errors included.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

#[cfg(test)]
extern crate std;

mod block;
mod boundary;
mod codebook;
mod crc;
mod decoder;
mod error;
pub mod format;
mod image;
mod latent;
mod model_id;
pub mod models;
mod network;
mod picture;
mod pixel;
mod smooth;
#[cfg(test)]
mod tests;

pub use block::{BLOCK, BLOCK_SAMPLES};
pub use crc::crc32;
pub use decoder::{Decoder, Kind};
pub use error::{
    CodebookTable, ImageError, LayerName, ModelError, OutOfRange, RowError, Table, Thresholds,
    WrongModel,
};
pub use format::{MAX_HIDDEN, Stage};
pub use image::Image;
pub use latent::{LATENT_BITS, LATENT_BYTES, Latent};
pub use model_id::ModelId;
pub use picture::Picture;
pub use pixel::{Pixel, Rgb565Be, Rgb565Le, Rgb888};
pub use smooth::Smooth;
