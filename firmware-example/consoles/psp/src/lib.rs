//! What is specific to the PlayStation Portable: startup, screen and counter. `picture`'s `main.rs` says what each item is for.
#![no_std]
#![feature(asm_experimental_arch)]

mod counter;
mod module;
mod screen;

pub use counter::{CYCLES_PER_FRAME, read_counter, start_counter};
pub use screen::{HEIGHT, STRIDE, VIDEO, WIDTH, halt, initialize};
