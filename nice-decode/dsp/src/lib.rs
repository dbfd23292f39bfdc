//! Instructions for several numbers in one register, as Arm's processors with the DSP extension have them (Armv7E-M: Cortex-M4
//! and M7), each as a safe function.
//!
//! What a function means is its definition in [`plain`], which every other target uses in its place: a program gives the same
//! numbers everywhere, and can be tested on any host. [`AVAILABLE`] says which it is, since a program that does not have the
//! instructions is better off without packing its numbers.
//!
//! A word of 32 bits stands for two numbers of 16 bits, the first in its low half, the second in its high half; or for four
//! bytes, numbered from the lowest. The functions are named like the instructions in the architecture's manual. Those that end
//! in `_ror8` first rotate their last word by 8 bits to the right, so that they read the bytes 1 and 3 where the others
//! read the bytes 0 and 2.
//!
//! ```
//! use nice_dsp::{smlad, sxtb16, sxtb16_ror8};
//!
//! // Four weights in a word, and what they are multiplied by in the order in which they come out of it.
//! let weights = u32::from_le_bytes([3, -5_i8 as u8, 7, 11]);
//! let word = |low: i16, high: i16| u32::from(low as u16) | u32::from(high as u16) << 16;
//! let (even, odd) = (word(100, 300), word(200, -400));
//! let sum = smlad(sxtb16(weights), even, 1_000);
//! let sum = smlad(sxtb16_ror8(weights), odd, sum);
//! assert_eq!(sum, 1_000 + 3 * 100 + 7 * 300 - 5 * 200 + 11 * -400);
//! ```
//!
//! None of these functions can fail, and none leaves a trace outside of its result: what an instruction says in the flags
//! `Q` and `GE` of the processor cannot be read through this crate.

#![no_std]
#![allow(unsafe_code)] // the instructions are what this crate is

mod instructions;
pub mod pixels;
pub mod plain;
mod rows;
pub mod turns;

pub use instructions::{
    AVAILABLE, sadd16, shadd16, shsub16, smlad, ssub16, sxtab16, sxtab16_ror8, sxtb16, sxtb16_ror8,
    usat16, uxtab16, uxtab16_ror8,
};
pub use rows::{add_two, rows};
