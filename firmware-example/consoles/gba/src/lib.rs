//! What is specific to the Game Boy Advance: startup, screen and counter. `picture`'s `main.rs` says what each item is for.
#![no_std]

mod screen;
mod start;

pub use screen::{CYCLES_PER_FRAME, HEIGHT, STRIDE, VIDEO, WIDTH, halt, initialize};
pub use timers::{read_counter, start_counter};
