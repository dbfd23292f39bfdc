//! The counter of cycles, which is part of the processor's trace unit (DWT).

use cortex_m::Peripherals;
use cortex_m::peripheral::DWT;

/// What the counter counts.
pub const COUNTER_UNIT: &str = "cycles";

/// Starts the counter.
pub fn start_counter() {
    // SAFETY: nothing else in these programs uses the counter.
    let mut peripherals = unsafe { Peripherals::steal() };
    peripherals.DCB.enable_trace();
    peripherals.DWT.set_cycle_count(0);
    peripherals.DWT.enable_cycle_counter();
}

/// The cycles since [`start_counter`].
pub fn read_counter() -> u32 {
    DWT::cycle_count()
}

/// The stack pointer.
pub fn stack_pointer() -> usize {
    cortex_m::register::msp::read() as usize
}
