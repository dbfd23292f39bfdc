//! The C interface of `nice-decode`. `include/nice.h` is generated from this crate.
//!
//! Nothing in it allocates and nothing in it panics. The library for a device is compiled with `panic = "abort"`, and on a
//! host a panic in an `extern "C"` function aborts the program, so a panic could not unwind into C either.
//!
//! # Safety
//!
//! The same rules hold for the pointers of all functions, so the functions do not repeat them:
//!
//! - A pointer may be null. The function then returns [`Status::Argument`], or whatever it documents.
//! - A pointer that is not null points to a structure, which is initialized unless the function opens it, or to as many bytes
//!   as the length or the function says.
//! - Nothing else writes to these while the function runs, and if the function writes to them, nothing else reads them.
//! - What a structure is opened with (the bytes of a file, the memory of a deblocker) stays where it is as long as the
//!   structure is used.

#![cfg_attr(not(feature = "std"), no_std)]
#![allow(unsafe_code, reason = "C passes pointers")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the rules are those of the crate; C has no section on safety"
)]

mod bytes;
mod deblock;
mod decode;
mod format;
mod image;
mod model;
#[cfg(not(feature = "std"))]
mod panic;
mod region;
mod status;
mod storage;

pub use deblock::{Deblocker, nice_deblock_bytes, nice_deblock_region, nice_deblocker_open};
pub use decode::{nice_decode_block, nice_decode_region, nice_decode_row, nice_texel};
pub use format::{Format, nice_format_bytes};
pub use image::{
    Image, nice_image_blocks, nice_image_has_deblocking, nice_image_open, nice_image_region,
};
pub use model::{Model, nice_model_open};
pub use region::{Region, nice_next_strip};
pub use status::{Status, nice_status_text};
