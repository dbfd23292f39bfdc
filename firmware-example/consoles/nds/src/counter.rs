//! Cycles of the main processor, which runs at twice the frequency of the bus.

pub use timers::start_counter;

/// The processor cycles of a frame: 263 lines of 355 dots, each 6 cycles of the bus.
pub const CYCLES_PER_FRAME: u32 = 2 * 263 * 355 * 6;

/// Stops counting, and returns the cycles since [`start_counter`].
pub fn read_counter() -> u32 {
    2 * timers::read_counter()
}
