//! Counts cycles with the timers, which are the same in the Game Boy Advance and the Nintendo DS.
#![no_std]

mod counter;

pub use counter::{read_counter, start_counter};
