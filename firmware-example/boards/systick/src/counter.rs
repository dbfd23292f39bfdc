//! SysTick as a counter of ticks. With `-icount shift=0` QEMU runs one instruction each nanosecond, so that ticks count
//! instructions.

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

/// The ticks of the core clock since [`start_counter`]. The timer wraps around after 2^24 ticks.
pub fn elapsed_ticks() -> u32 {
    RELOAD - SYST::get_current() & RELOAD
}

/// The stack pointer.
pub fn stack_pointer() -> usize {
    cortex_m::register::msp::read() as usize
}
