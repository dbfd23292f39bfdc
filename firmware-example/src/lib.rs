//! What the programs of this folder share: the board, the log, the end, and the data that they
//! decode.
//!
//! The board is the one that QEMU calls `mps2-an386`, a Cortex-M4F; the log goes to whoever runs
//! it, by semihosting. `cargo run --release` here runs `decode`; `cargo run --release --bin NAME`
//! another.
#![no_std]

mod end;
mod measure;

pub use cortex_m_rt::entry;
pub use cortex_m_semihosting::hprintln as log;
pub use end::{failure, success};
pub use measure::{Cost, cost};

use nice_decode::Latent;

/// The decoder model, made by a formula so that it can be small: its blocks are coloured noise. A
/// real one takes the place of this file just so.
pub static MODEL: &[u8] = include_bytes!("../model.nicem");

/// The picture of 45 x 19 pixels in the folder, made with that model.
pub static PICTURE: &[u8] = include_bytes!("../picture.nice");

/// The code of a block, with about as many bits set as are usual.
pub const CODE: Latent = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB];
