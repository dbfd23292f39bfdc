//! The project's own images, for the flash of the boards. `cargo run --release -p nice-data --example firmware-pictures` renders
//! and encodes them. A program links only those that it uses.
#![no_std]

mod assets;

pub use assets::{Assets, Slide, large, small};
