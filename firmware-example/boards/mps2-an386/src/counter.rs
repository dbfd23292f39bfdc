//! The counter of instructions.

/// What the counter counts.
pub const COUNTER_UNIT: &str = "instructions";

/// The core clock in hertz.
const FREQUENCY: u32 = 25_000_000;

/// The instructions since [`start_counter`](systick::start_counter), rounded down to a multiple of 40.
pub fn read_counter() -> u32 {
    systick::elapsed_nanoseconds(FREQUENCY)
}
