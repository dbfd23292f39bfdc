//! The counter of instructions, which take one nanosecond each.

/// What the counter counts.
pub const COUNTER_UNIT: &str = "instructions";

/// The nanoseconds of a tick: the core clock runs at 25 MHz.
const NANOSECONDS_PER_TICK: u32 = 40;

/// The instructions since [`start_counter`](systick::start_counter), rounded down to whole ticks.
pub fn read_counter() -> u32 {
    systick::elapsed_ticks() * NANOSECONDS_PER_TICK
}
