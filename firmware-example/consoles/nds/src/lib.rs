//! What is specific to the Nintendo DS: startup, screen and counter. `picture`'s `main.rs` says what each item is for.
#![no_std]

mod counter;
mod screen;
mod start;

pub use counter::{CYCLES_PER_FRAME, read_counter, start_counter};
pub use screen::{HEIGHT, STRIDE, VIDEO, WIDTH, halt, initialize};
