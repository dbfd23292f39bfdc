//! What the demonstrations share: the panic, what they measure with, and how they end.
//!
//! Each program of this folder is one demonstration, written once for all boards. A board is a crate in `boards`, and which
//! one it is follows from the target, in `Cargo.toml`. Its items are
//!
//! * `entry`, the attribute of `main`,
//! * a logger for `defmt`, which the linker finds,
//! * `exit`, which ends the program,
//! * `start`, `counted` and `UNIT`, a count of instructions,
//! * `stack_pointer`,
//! * `MODELS`, as many as it has flash for, with pictures, and `SHOWN`, the one that the demonstrations show,
//! * `display`, something to draw on with embedded-graphics, `WIDTH` x `HEIGHT` pixels; what is complete on it is `shown`.
#![no_std]

mod measure;
mod panic;

pub use measure::{count, stack};

use nice_decode::Latent;

/// A decoder model made by a formula so that it can be small: its blocks are coloured noise. The smallest programs have it.
pub static MODEL: &[u8] = nice_decode::include_model!("../model.nicem");

/// Another that is made by a formula, as large as the notebook's network: 256 hidden units.
pub static NETWORK: &[u8] = nice_decode::include_model!("../network.nicem");

/// The picture of 45 x 19 pixels in the folder, made with the first model.
pub static PICTURE: &[u8] = include_bytes!("../picture.nice");

/// The code of a block, with about as many bits set as are usual.
pub const CODE: Latent = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB];

/// What is in the result, or the end: an error is logged and ends the program as a failure.
pub fn or_exit<T, E: defmt::Format>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => {
            defmt::println!("{}", error);
            board::exit(false)
        }
    }
}
