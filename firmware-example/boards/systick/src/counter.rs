//! SysTick as a counter of instructions: with `-icount shift=0`, QEMU runs one instruction each nanosecond.

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SYST};

/// The highest value of the timer, which counts down in 24 bits.
const RELOAD: u32 = 0x00FF_FFFF;

/// Starts the counter.
pub fn start_counter() {
    // SAFETY: nothing else in these programs uses the peripherals.
    let mut timer = unsafe { Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(RELOAD);
    timer.clear_current();
    timer.enable_counter();
}

/// The nanoseconds since [`start_counter`], rounded down to ticks of a core clock of `frequency` hertz. The timer wraps around
/// after 2^24 ticks.
pub fn elapsed_nanoseconds(frequency: u32) -> u32 {
    let ticks = RELOAD - SYST::get_current() & RELOAD;
    (u64::from(ticks) * 1_000_000_000 / u64::from(frequency)) as u32
}

/// The stack pointer.
pub fn stack_pointer() -> usize {
    cortex_m::register::msp::read() as usize
}
