//! Arm's DSP instructions (Armv7E-M: Cortex-M4 and M7), which work on two 16-bit or four 8-bit lanes of a 32-bit word, as
//! safe functions, and three loops of a NICE decoder written with them in assembly.
//!
//! Each function is defined by its counterpart in [`portable`], which is plain Rust. Targets without the instructions use
//! that definition, so a program computes the same results everywhere and can be tested on any host. [`AVAILABLE`] tells
//! which of the two is compiled in: without the instructions it is usually better not to pack values into lanes at all.
//!
//! A word holds two 16-bit lanes, the first in its low half, or four 8-bit lanes, the first in its lowest byte. Single
//! instructions are functions named as in the architecture's manual. A name that ends in `_ror8` rotates its last operand
//! right by 8 bits first, so it reads bytes 1 and 3 where the plain instruction reads bytes 0 and 2.
//!
//! ```
//! use nice_dsp::{smlad, sxtb16, sxtb16_ror8};
//!
//! // Four weights in one word, and their four factors in the order in which the bytes are extended.
//! let weights = u32::from_le_bytes([3, -5_i8 as u8, 7, 11]);
//! let lanes = |low: i16, high: i16| u32::from(low as u16) | u32::from(high as u16) << 16;
//! let (even, odd) = (lanes(100, 300), lanes(200, -400));
//! let sum = smlad(sxtb16(weights), even, 1_000);
//! let sum = smlad(sxtb16_ror8(weights), odd, sum);
//! assert_eq!(sum, 1_000 + 3 * 100 + 7 * 300 - 5 * 200 + 11 * -400);
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | [`dense`] | the sums of a dense layer: rows of 8-bit weights times 16-bit values |
//! | [`orient`] | flips and transposes a codeword while adding it to a sum |
//! | [`pixels`] | turns the sums of a block into pixels of a display format |
//!
//! No function can fail, and none has an effect besides its result: the processor flags `Q` and `GE` that some instructions
//! set cannot be read through this crate.

#![no_std]
#![allow(unsafe_code)] // inline assembly is the purpose of this crate

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod block;
pub mod dense;
mod instructions;
pub mod orient;
pub mod pixels;

pub use block::BLOCK_WORDS;
pub use instructions::{
    AVAILABLE, portable, sadd16, shadd16, shsub16, smlad, ssub16, sxtab16, sxtab16_ror8, sxtb16,
    sxtb16_ror8, usat16, uxtab16, uxtab16_ror8,
};
