//! The smallest program that decodes a block. It must contain nothing that can panic and no floating point.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
use firmware_example::{LATENT, SMALL_NETWORK};
use nice_decode::Model;

/// Decodes a block.
#[entry]
fn main() -> ! {
    // `black_box` hides the model and the latent; otherwise the compiler would remove code that these do not need.
    let Ok(model) = Model::from_bytes(black_box(SMALL_NETWORK)) else {
        exit(false)
    };
    let mut block = [0; 192];
    model.block(&black_box(LATENT), &mut block);
    black_box(&block);
    exit(true)
}
