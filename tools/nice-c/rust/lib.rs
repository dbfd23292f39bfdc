//! The functions of `nice.h` for tests in Rust, which compare them with `nice-decode`.
//!
//! Programs in Rust use `nice-decode`.

#![allow(unsafe_code, reason = "calls C")]

mod functions;
mod values;
mod wrappers;

pub use functions::*;
pub use values::{Deblocker, Format, Image, Model, Region, Status};
pub use wrappers::{OpenDeblocker, OpenImage, OpenModel, Read, ReaderImage};
