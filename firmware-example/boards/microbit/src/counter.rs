//! The counter of instructions, which take one nanosecond each.

/// What the counter counts.
pub const COUNTER_UNIT: &str = "instructions";

/// The nanoseconds of two ticks: the core clock runs at 16 MHz.
const NANOSECONDS_OF_TWO_TICKS: u64 = 125;

/// The instructions since [`start_counter`](systick::start_counter), rounded down to whole ticks.
pub fn read_counter() -> u32 {
    (u64::from(systick::elapsed_ticks()) * NANOSECONDS_OF_TWO_TICKS / 2) as u32
}
