//! The images for the flash of the boards. A program links only those that it uses.
//!
//! The build script encodes the pictures in the folder `slides`. The others are test vectors, which
//! `cargo run --release -p nice-data --example firmware-pictures` encodes.
#![no_std]

mod assets;

pub use assets::{Assets, large, small};
