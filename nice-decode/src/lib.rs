//! A decoder for NICE images on anything that can multiply integers: no standard library, no heap, no floating point, no
//! `unsafe`, and nothing that can panic.
//!
//! NICE is a learned image codec. It divides an image into blocks of 8 x 8 RGB pixels and codes each as a *latent*, without the
//! others. In the *fixed layout* every latent has 48 bits, 0.75 bits a pixel, at a known offset. In the *adaptive layout* each has as
//! many bits as its block needs, and an index finds it: better images at the same size. A *model*, a file of tables that a training
//! program writes, turns latents back into pixels. This crate reads both files and does the arithmetic; a program need not know which
//! layout an image has.
//!
//! There are two kinds of model, and a program need not know which it has. A *network* multiplies the bits of the latent by two
//! layers of weights. A *codebook* uses them as indices of a few codewords, which are flipped, transposed and added up. The
//! codebook is much faster; it can also decode [a single pixel](#a-texel) and [deblock](#deblocking).
//!
//! # An image
//!
//! ```
//! use nice_decode::{Decoder, Image, Model, Rgb888};
//!
//! // On a microcontroller both are in flash, and stay there.
//! static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
//!
//! let model = Model::from_bytes(MODEL)?;
//! let image = Image::from_bytes(IMAGE)?;
//! let decoder = Decoder::new(&model, &image)?;
//!
//! let stride = 3 * image.width() as usize;
//! let mut pixels = vec![0; stride * image.height() as usize];
//! decoder.region::<Rgb888>(image.region(), &mut pixels, stride)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A display, eight lines at a time
//!
//! A row of blocks is decoded straight into what a display takes, so an image of any size needs memory for only 8 lines:
//!
//! ```
//! # use nice_decode::{Decoder, Image, Model, Rgb565Be};
//! # fn send(_: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
//! # let model = Model::from_trusted_bytes(MODEL)?;
//! # let image = Image::from_trusted_bytes(IMAGE)?;
//! let decoder = Decoder::new(&model, &image)?;
//! let mut lines = [0; 8 * 64 * 2];
//! let stride = 64 * 2;
//! for row in 0..image.blocks_high() {
//!     decoder.row::<Rgb565Be>(row, &mut lines, stride)?;
//!     send(&lines);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A region
//!
//! [`Decoder::region`] decodes any rectangle of an image, and only the blocks that it touches, into a buffer with any stride:
//! into the middle of a framebuffer, for example. [`Region::strips`] divides a region where rows of blocks end, so that with
//! memory for 8 lines no block is decoded twice:
//!
//! ```
//! # use nice_decode::{Decoder, Image, Model, Region, Rgb565Be, Rgb565Le};
//! # fn send(_: Region, _: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
//! # let decoder = Decoder::new(&Model::from_trusted_bytes(MODEL)?, &Image::from_trusted_bytes(IMAGE)?)?;
//! let region = Region { x: 13, y: 5, width: 20, height: 12 };
//!
//! // To column 60 and line 100 of a framebuffer of 160 x 120 pixels.
//! let mut frame = vec![0; 160 * 120 * 2];
//! decoder.region::<Rgb565Le>(region, &mut frame[(100 * 160 + 60) * 2..], 160 * 2)?;
//!
//! // To a display, strip by strip.
//! let mut lines = [0; 8 * 20 * 2];
//! for strip in region.strips() {
//!     decoder.region::<Rgb565Be>(strip, &mut lines, 20 * 2)?;
//!     send(strip, &lines[..strip.height as usize * 20 * 2]);
//! }
//! # assert_eq!(frame[(111 * 160 + 79) * 2 + 1], lines[19 * 2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Smaller, turned and gray
//!
//! A decoder can show its image at 1/2, 1/4 or 1/8 of its size ([`Decoder::reduced`]) and in any [`Orientation`]
//! ([`Decoder::turned`]). Rows, regions and texels are those of that picture. A row has 4, 2 or 1 lines of a reduced picture, and the
//! first row of a turned picture may have fewer than the others, so [`Decoder::row_region`] and [`Decoder::strips`] say where rows are.
//! The [`PixelFormat`]s of gray have 8, 4, 2 or 1 bits a pixel; with a codebook, only luma is decoded for them.
//!
//! ```
//! # use nice_decode::{Decoder, Dithered, Gray1Msb, Image, Model, Orientation, PixelFormat, Scale};
//! # fn send(_: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
//! # let (model, image) = (Model::from_bytes(MODEL)?, Image::from_bytes(IMAGE)?);
//! // For electronic paper that is mounted sideways: black and white, dithered, eight pixels in a byte.
//! let decoder = Decoder::new(&model, &image)?.reduced(Scale::Half).turned(Orientation::ROTATE_90);
//! let stride = Gray1Msb::line_bytes(decoder.width() as usize);
//! let mut lines = [0; 8 * 2];
//! for row in 0..decoder.rows() {
//!     decoder.row::<Dithered<Gray1Msb>>(row, &mut lines, stride)?;
//!     send(&lines[..stride * decoder.row_region(row)?.height as usize]);
//! }
//! # assert_eq!((stride, decoder.height()), (2, 23));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A block
//!
//! Latents can come from anywhere. [`Model::block`] decodes one of 48 bits, or an [`AdaptiveLatent`] of any length, to 192 samples:
//!
//! ```
//! # use nice_decode::Model;
//! # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! let model = Model::from_bytes(MODEL)?;
//! let mut block = [0; 192];
//! model.block(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xAB], &mut block);
//! let [red, green, blue] = block[(2 * 8 + 5) * 3..][..3] else { unreachable!() }; // line 2, column 5
//! # assert_eq!(block[..3], [108, 83, 79]);
//! # let _ = (red, green, blue);
//! # Ok::<(), nice_decode::ModelError>(())
//! ```
//!
//! # A texel
//!
//! [`Decoder::texel`] and [`Model::texel`] decode a single pixel, as texture sampling needs it. With a codebook they read three
//! bytes of each of its few codewords; with a network they decode the whole block.
//!
//! ```
//! # use nice_decode::{Decoder, Image, Model};
//! # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
//! # let image = Image::from_trusted_bytes(IMAGE)?;
//! # let decoder = Decoder::new(&Model::from_trusted_bytes(MODEL)?, &image)?;
//! let [red, green, blue] = decoder.texel(20, 9)?;
//! # let mut block = [0; 192];
//! # decoder.block(image.block_index(20, 9).unwrap(), &mut block)?;
//! # assert_eq!([red, green, blue], block[(8 + 4) * 3..][..3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Deblocking
//!
//! Steps can be visible where blocks meet. A codebook can come with a filter that reduces them ([`Model::has_deblocking`]). A
//! [`Deblocker`] decodes rows of blocks and regions like a [`Decoder`], but filtered, in memory that the caller lends. The filter
//! changes only the samples beside an edge.
//!
//! ```
//! # use nice_decode::{Deblocker, Decoder, Image, Model, Rgb565Be};
//! # fn send(_: &[u8]) {}
//! # static MODEL: &[u8] = include_bytes!("../tests/data/model.nicem");
//! # static IMAGE: &[u8] = include_bytes!("../tests/data/image.nice");
//! # let image = Image::from_trusted_bytes(IMAGE)?;
//! # let decoder = Decoder::new(&Model::from_trusted_bytes(MODEL)?, &image)?;
//! let mut memory = [0; 384 * 8]; // 384 bytes for each block in a row, here 64 pixels
//! let mut deblocker = Deblocker::new(&decoder, image.region(), &mut memory)?;
//! let mut lines = [0; 8 * 64 * 2];
//! for row in 0..image.blocks_high() {
//!     deblocker.row::<Rgb565Be>(row, &mut lines, 64 * 2)?;
//!     send(&lines);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From a card
//!
//! An image on an SD card, a flash chip or in a file system need not be loaded. A [`StoredDecoder`] reads the latents of the blocks that it
//! decodes, by the trait [`ReadAt`], into a few bytes that the caller lends. The model stays in flash. With the feature `embedded-io`, a file of
//! [embedded-sdmmc](https://docs.rs/embedded-sdmmc) can be read, for example:
//!
#![cfg_attr(feature = "embedded-io", doc = "```")]
#![cfg_attr(not(feature = "embedded-io"), doc = "```ignore")]
//! use nice_decode::{IoFile, Model, Rgb565Be, StoredDecoder, StoredImage};
//! # use embedded_sdmmc::{BlockDevice, Directory, Mode, TimeSource};
//! # fn send(_: &[u8]) {}
//!
//! /// Sends a picture of at most 320 pixels in width to a display, eight lines at a time.
//! fn show<D: BlockDevice, T: TimeSource>(
//!     folder: &Directory<'_, D, T, 4, 4, 1>,
//!     name: &str,
//!     model: &Model<'_>,
//! ) -> Result<(), Box<dyn core::error::Error>> {
//!     let file = folder.open_file_in_dir(name, Mode::ReadOnly)?;
//!     let mut buffer = [0; 512];
//!     let image = StoredImage::open(IoFile::new(file)?, &mut buffer)?;
//!     let mut decoder = StoredDecoder::new(model, image)?;
//!     let mut lines = [0; 8 * 320 * 2];
//!     for row in 0..decoder.rows() {
//!         decoder.row::<Rgb565Be>(row, &mut lines, 320 * 2)?;
//!         send(&lines);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Layouts, units and ranges
//!
//! | what | type | layout |
//! | --- | --- | --- |
//! | [`Latent`] | `[u8; 6]` | 48 bits; bit `i` is bit `i % 8` of byte `i / 8` |
//! | [`AdaptiveLatent`] | 16 bytes | 0 to 96 bits, in the same order |
//! | a block | `[u8; 192]` | 8 lines of 8 pixels of red, green, blue: sample `(y * 8 + x) * 3 + channel`, 0 to 255, in the color space of the images that the model was trained on, usually sRGB |
//! | a texel | `[u8; 3]` | red, green, blue, 0 to 255; its column and line are those of the image in [`Decoder::texel`], and taken modulo 8 in [`Model::texel`] |
//! | lines | `[u8]` | `stride` bytes from one to the next, [`PixelFormat::BITS`] a pixel: [`Rgb888`], [`Bgr888`], [`Xrgb8888`], [`Rgb565Le`], [`Rgb565Be`], [`Bgr555Le`], [`Gray8`], and with several pixels in a byte [`Gray4Msb`], [`Gray2Msb`], [`Gray1Msb`] and the same with `Lsb`; those with two bytes, or with less than one, can be [`Dithered`] |
//! | a [`Region`] | four `u32` | column and line of its upper left pixel, width and height in pixels; it may be empty |
//! | memory of a [`Deblocker`] | `[u8]` | at least [`Deblocker::memory_bytes`]: 384 bytes for each column of blocks |
//! | width, height | `u32` | pixels, 1 to 2^32 - 1; the last blocks may extend beyond the edge, and are cropped |
//! | a block index | `usize` | row after row from the top, from left to right in a row |
//! | [`ModelId`] | 32 bits | the checksum at the end of the model file |
//!
//! # Errors
//!
//! Everything that comes from a file is checked once, when it is opened: [`Model::from_bytes`] and [`Image::from_bytes`] refuse
//! files of another kind or version, files that are truncated, too long or damaged, and models with which a sum could overflow.
//! [`Decoder::new`] refuses an image that was encoded for another model. After that, [`Model::block`] and
//! [`Model::texel`] cannot fail, and a decoder only fails if it is given something outside the image or a buffer that is too
//! small. Errors carry the value that caused them, and implement `Display` and [`core::error::Error`].
//!
//! | error | from |
//! | --- | --- |
//! | [`ModelError`] | [`Model::from_bytes`], [`Model::from_trusted_bytes`] |
//! | [`ImageError`] | [`Image::from_bytes`], [`Image::from_trusted_bytes`] |
//! | [`ModelMismatchError`] | [`Decoder::new`] |
//! | [`OutOfBoundsError`] | [`Decoder::block`], [`Decoder::texel`] |
//! | [`OutputError`] | [`Decoder::row`], [`Decoder::region`], [`Deblocker`] |
//! | [`MemoryError`] | [`Model::expand`] |
//! | [`StorageError`] | [`StoredImage`], [`StoredDecoder`] |
//!
//! # Cost
//!
//! A [`Model`] takes less than 64 bytes where pointers have four, and borrows its tables. Decoding takes a fixed amount of stack,
//! whatever the size of the model and of the image: about 0.7 KiB for a row with a codebook on a Cortex-M, 1.7 KiB with a
//! network, and up to 0.5 KiB more for a region that cuts through blocks or for deblocking.
//!
//! | model | tables | a block takes |
//! | --- | --- | --- |
//! | a network with `h` hidden units | about 240 `h` bytes, 62 KB for 256 | 192 `h` multiply-adds (8 by 16 bits, summed in 32 bits) and about 24 `h` additions |
//! | a codebook, size s: stages of 10, 11, 10, 9 and 8 bits, and 4 more of 8 bits | 42 KB | a codeword of 96 bytes for each stage, all but the first added up, and 96 multiplications |
//! | a codebook, size m: 4 stages of 12 bits, and 5 more of 9 bits | 139 KB | the same |
//!
//! In the fixed layout a block has the first five stages of s, or the first four of m; in the adaptive layout it has as many as it
//! needs. A texel takes three bytes of each codeword and three multiplications. To find a texel, a region or a row in the adaptive
//! layout, two offsets and at most 63 length codes are read, which takes a few instructions for each code. On a host, [`Model::expand`] makes a codebook twice as
//! fast, in about a megabyte of memory for size m.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `model-xs`, `model-s`, `model-m` | the pretrained models, in [`pretrained`] |
//! | `cache` | `BlockCache`, texels from a cache of decoded blocks |
//! | `embedded-graphics` | `Drawing`, an image as a drawable of embedded-graphics |
//! | `embedded-io` | `IoFile`, images in files that implement `Read` and `Seek` of embedded-io |
//! | `embedded-storage` | `FlashFile`, images in flash chips and partitions that implement `ReadStorage` of embedded-storage |
//! | `dsp` | Arm's DSP instructions where the target has them (Cortex-M4 and M7): networks are more than twice as fast and codebooks a quarter faster, for a few KB of flash; the pixels are the same. The instructions are in the crate `nice-dsp`, so that nothing here is `unsafe` |
//! | `std` | on x86-64, the best of AVX-512, AVX2 and SSE2, chosen at run time; it needs Rust 1.89, and everything else 1.88 |
//! | `defmt` | `defmt::Format` for all public types, errors included |
//!
//! None is enabled by default.
//!
//! # The format
//!
//! All numbers are integers and all roundings are specified, so every decoder shows the same pixels. `FORMAT.md` in the
//! repository defines the files byte by byte and the arithmetic step by step. The module [`mod@format`] has the contents of the
//! files as types, for programs that write models.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(test, feature = "std"))]
extern crate std;

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod adapters;
mod aligned;
mod block;
mod codebook;
mod container;
mod deblock;
mod decoder;
mod error;
pub mod format;
mod latent;
mod model;
mod network;
mod output;
pub mod pretrained;
mod stored;
mod swar;
#[cfg(test)]
mod tests;
mod ycc;

#[cfg(feature = "cache")]
pub use adapters::cache::BlockCache;
#[cfg(feature = "embedded-graphics")]
pub use adapters::embedded_graphics::{Drawing, DrawnColor};
#[cfg(feature = "embedded-io")]
pub use adapters::embedded_io::IoFile;
#[cfg(feature = "embedded-storage")]
pub use adapters::embedded_storage::FlashFile;
pub use aligned::Aligned;
pub use block::{BLOCK_SAMPLES, BLOCK_SIDE, Orientation};
pub use container::id::ModelId;
pub use container::image::{Image, Layout};
pub use deblock::deblocker::Deblocker;
pub use decoder::Decoder;
pub use error::{
    ImageError, MemoryError, ModelError, ModelField, ModelMismatchError, ModelTable, NetworkLayer,
    OutOfBoundsError, OutputError,
};
pub use latent::{AdaptiveLatent, LATENT_BITS, LATENT_BYTES, Latent};
pub use model::{Codec, Model};
pub use output::format::{
    Bgr555Le, Bgr888, Dithered, PixelFormat, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888,
};
pub use output::gray::{Gray1Lsb, Gray1Msb, Gray2Lsb, Gray2Msb, Gray4Lsb, Gray4Msb, Gray8};
pub use output::region::{Region, Strips};
pub use output::transform::Scale;
pub use stored::decoder::StoredDecoder;
pub use stored::error::StorageError;
pub use stored::image::StoredImage;
pub use stored::read_at::ReadAt;
