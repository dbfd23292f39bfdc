//! The smallest program that decodes a block: nothing that can panic, no float, is to be found in
//! it.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
use firmware_example::{CODE, MODEL};
use nice_decode::Decoder;

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    // The compiler is not told which model and which code: it could otherwise leave out what this
    // one does not need.
    let Ok(decoder) = Decoder::from_bytes(black_box(MODEL)) else {
        exit(false)
    };
    let mut block = [0; 192];
    decoder.block(&black_box(CODE), &mut block);
    black_box(&block);
    exit(true)
}
