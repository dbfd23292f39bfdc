//! Decodes NICE pictures on anything that can multiply integers: no standard library, no heap, no
//! floating point, no `unsafe`, and nothing that can panic.
//!
//! NICE is a codec that was learned. It cuts a picture into blocks of 8 x 8 RGB pixels and turns
//! each into a *latent* of 48 bits, and those bits are all that is stored: 0.75 bit a pixel, at a
//! place that is known beforehand, so that any block can be decoded without the others. What turns
//! the bits back into pixels is a *decoder model*, a file of tables that a training program writes.
//! This crate reads both files and does the arithmetic.
//!
//! There are two kinds of model, and a program need not know which it has: a *network* multiplies the bits
//! by two layers of weights; a *codebook* looks up a few rows by them, which are turned and added up. The
//! codebook is much the faster of the two, and can also decode [a single pixel](#one-texel) and
//! [smooth the borders](#the-borders-between-blocks) between blocks.
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
//! # A region
//!
//! [`Picture::region`] decodes any rectangle of a picture, and only the blocks that it touches, into a buffer whose lines
//! lie as far apart as the caller likes: into the middle of a framebuffer, say. [`Region::strips`] cuts a region where rows
//! of blocks end, so that with 8 lines of memory no block is decoded twice:
//!
//! ```
//! # use nice_decode::{Decoder, Image, Region, Rgb565Be, Rgb565Le};
//! # fn send(_: Region, _: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
//! # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
//! # let decoder = Decoder::from_trusted_bytes(MODEL)?;
//! # let image = Image::from_trusted_bytes(PICTURE)?;
//! let picture = decoder.open(&image)?;
//! let region = Region { x: 13, y: 5, width: 20, height: 12 };
//!
//! // To column 60 and line 100 of a framebuffer of 160 x 120 pixels.
//! let mut frame = vec![0; 160 * 120 * 2];
//! picture.region::<Rgb565Le>(region, &mut frame[(100 * 160 + 60) * 2..], 160 * 2)?;
//!
//! // Or to a display, strip by strip.
//! let mut lines = [0; 8 * 20 * 2];
//! for strip in region.strips() {
//!     picture.region::<Rgb565Be>(strip, &mut lines, 20 * 2)?;
//!     send(strip, &lines[..strip.height as usize * 20 * 2]);
//! }
//! # assert_eq!(frame[(111 * 160 + 79) * 2 + 1], lines[19 * 2]);
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
//! # One texel
//!
//! [`Picture::texel`] and [`Decoder::texel`] decode one pixel alone, as a texture needs it. With a codebook
//! they read three bytes of each of its few rows; with a network they decode the whole block.
//!
//! ```
//! # use nice_decode::{Decoder, Image};
//! # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
//! # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
//! # let decoder = Decoder::from_trusted_bytes(MODEL)?;
//! # let image = Image::from_trusted_bytes(PICTURE)?;
//! let picture = decoder.open(&image)?;
//! let [red, green, blue] = picture.texel(20, 9)?;
//! # let mut block = [0; 192];
//! # picture.block_at(20, 9, &mut block)?;
//! # assert_eq!([red, green, blue], block[(8 + 4) * 3..][..3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The borders between blocks
//!
//! Where two blocks meet a step may be seen. A codebook can bring a filter that makes it smaller
//! ([`Decoder::smooths`]). [`Picture::smooth`] decodes rows of blocks and regions as [`Picture`] does, but filtered,
//! in a buffer that it is lent; with a model without a filter it shows them as they are. It costs 48 multiplications
//! a pixel. Where only a region is shown, [`Picture::smooth_region`] needs less of a buffer.
//!
//! ```
//! # use nice_decode::{Decoder, Image, Rgb565Be};
//! # fn send(_: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
//! # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
//! # let decoder = Decoder::from_trusted_bytes(MODEL)?;
//! # let image = Image::from_trusted_bytes(PICTURE)?;
//! let picture = decoder.open(&image)?;
//! let mut work = [0; 384 * 8]; // 384 bytes for each block in a row; this is enough for 64 pixels
//! let mut smooth = picture.smooth(&mut work)?;
//! let mut lines = [0; 8 * 64 * 2];
//! for row in 0..image.blocks_high() {
//!     smooth.row::<Rgb565Be>(row, &mut lines, 64 * 2)?;
//!     send(&lines);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Shapes, units, ranges
//!
//! | what | type | meaning |
//! | --- | --- | --- |
//! | [`Latent`] | `[u8; 6]` | 48 bits; bit `i` is bit `i % 8` of byte `i / 8` |
//! | a block | `[u8; 192]` | 8 lines of 8 pixels of red, green, blue: sample `(y * 8 + x) * 3 + channel`, 0 to 255, in the colours (sRGB, as a rule) of the pictures that the model was trained on |
//! | a pixel | `[u8; 3]` | red, green, blue, 0 to 255; its column and line are pixels of the picture for [`Picture::texel`], and taken modulo 8 for [`Decoder::texel`] |
//! | lines | `[u8]` | `stride` bytes from one to the next, [`Pixel::BYTES`] a pixel: [`Rgb888`], [`Bgr888`], [`Xrgb8888`], [`Rgb565Le`], [`Rgb565Be`], [`Bgr555Le`], and the last three [`Dithered`] |
//! | a [`Region`] | four `u32` | column and line of its upper left pixel, width and height in pixels; it may be empty |
//! | what [`Picture::smooth`] works in | `[u8]` | at least [`Picture::smooth_bytes`]: 384 for every block in a row of blocks |
//! | what [`Picture::smooth_region`] works in | `[u8]` | at least [`Picture::smooth_region_bytes`]: 384 for every column of blocks that matters to the region |
//! | a [`Stage`] of a codebook | two `u8` | its bits, 1 to 16 (all stages have 48 together), and its mirrors, 0 to 3 |
//! | width, height | `u32` | pixels, 1 to 2^32 - 1; where they are no multiples of 8, blocks reach over the edge and are cropped |
//! | a block's index | `usize` | row after row from the top, from left to right in a row |
//! | [`ModelId`] | 32 bits | the checksum at the end of the model's file |
//!
//! # What can go wrong, and when
//!
//! Everything that comes from a file is checked once, at the door: [`Decoder::from_bytes`] and
//! [`Image::from_bytes`] refuse what is of another kind, from a newer version, cut short, too long
//! or damaged, and, in a model, whatever could make a sum overflow. [`Decoder::open`] refuses a
//! picture that was made with another model. After that [`Decoder::block`] and [`Decoder::texel`] cannot
//! fail, and [`Picture::region`], [`Smooth::region`] and the rows can only if they are given a region or a row that is
//! not there or a buffer that is too small.
//! The errors carry the value that offended, and implement `Display` and [`core::error::Error`].
//!
//! | error | from |
//! | --- | --- |
//! | [`ModelError`] | [`Decoder::from_bytes`], [`Decoder::from_trusted_bytes`] |
//! | [`ImageError`] | [`Image::from_bytes`], [`Image::from_trusted_bytes`] |
//! | [`WrongModel`] | [`Decoder::open`] |
//! | [`MemoryTooShort`] | [`Decoder::unfold`] |
//! | [`OutOfRange`] | [`Picture::block`], [`Picture::block_at`], [`Picture::texel`] |
//! | [`LinesError`] | [`Picture::row`], [`Picture::region`], [`Picture::smooth`], [`Picture::smooth_region`], [`Smooth::row`], [`Smooth::region`] |
//!
//! # What it takes
//!
//! A [`Decoder`] has less than 64 bytes where pointers have four, and borrows the model's tables. Decoding
//! takes a fixed amount of stack, whatever the size of the model and of the picture: less than 1.6 KiB with a
//! network on a Cortex-M, and about 1 KiB with a codebook, half a KiB more where a region cuts through blocks or is
//! smoothed. Only smoothing needs memory beside that, which the caller lends.
//!
//! | model | tables | a block takes |
//! | --- | --- | --- |
//! | a network with `h` hidden units | about 240 `h` bytes, 62 KB at 256 | 192 `h` multiply-adds (8 bits by 16, added up in 32) and about 24 `h` additions |
//! | a codebook, size S: stages of 10, 11, 10, 9 and 8 bits | about 37 KB | 5 rows of 96 bytes, 4 of them added up, and 96 multiplications |
//! | a codebook, size M: 4 stages of 12 bits | about 124 KB | 4 rows of 96 bytes, 3 of them added up, and 96 multiplications |
//!
//! On a host, [`Decoder::unfold`] makes a codebook twice as fast, in up to a megabyte of memory.
//!
//! A single texel takes three bytes of each row of a codebook and three multiplications. `firmware-example`'s `count`
//! counts the instructions of all that on a Cortex-M.
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
//! * `cache` (off by default): `BlockCache`, texels out of a few decoded blocks that are kept in RAM.
//! * `embedded-graphics` (off by default): `Drawing`, a picture as embedded-graphics draws it.
//! * `dsp` (off by default): the instructions of a Cortex-M4 or M7 for several numbers at once, for some KB of flash. Networks become
//!   more than twice as fast, codebooks by a quarter; the same samples, and elsewhere the same program as without. They are
//!   in `nice-dsp`, so that nothing here is `unsafe`.
//! * `defmt` (off by default): `defmt::Format` for every public type, errors included.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

#[cfg(test)]
extern crate std;

mod aligned;
mod block;
mod boundary;
#[cfg(feature = "cache")]
mod cache;
mod codebook;
mod crc;
mod decoder;
#[cfg(feature = "embedded-graphics")]
mod drawing;
mod error;
pub mod format;
mod frame;
mod halves;
mod image;
mod latent;
mod model_id;
pub mod models;
mod narrow;
mod network;
#[cfg(feature = "dsp")]
mod pairs;
mod picture;
mod pixel;
mod region;
mod smooth;
#[cfg(test)]
mod tests;
mod tones;
mod unfold;

pub use aligned::Aligned;
pub use block::{BLOCK, BLOCK_SAMPLES};
#[cfg(feature = "cache")]
pub use cache::BlockCache;
pub use crc::crc32;
pub use decoder::{Decoder, Kind};
#[cfg(feature = "embedded-graphics")]
pub use drawing::Drawing;
pub use error::{
    CodebookTable, ImageError, LayerName, LinesError, MemoryTooShort, ModelError, OutOfRange,
    Table, Thresholds, WrongModel,
};
pub use format::{MAX_HIDDEN, Stage};
pub use image::Image;
pub use latent::{LATENT_BITS, LATENT_BYTES, Latent};
pub use model_id::ModelId;
pub use picture::Picture;
pub use pixel::{Bgr555Le, Bgr888, Dithered, Pixel, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888};
pub use region::{Region, Strips};
pub use smooth::Smooth;
