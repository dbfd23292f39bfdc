//! Counts instructions with the timer that every Cortex-M has in QEMU, started with `-icount shift=0`: then an instruction
//! takes one nanosecond.
#![no_std]

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SYST};

/// The timer counts down in 24 bits.
const TOP: u32 = 0x00FF_FFFF;

/// Starts to count.
pub fn start() {
    // SAFETY: nothing else in these programs uses the peripherals.
    let mut timer = unsafe { Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(TOP);
    timer.clear_current();
    timer.enable_counter();
}

/// The ticks since [`start`], as long as they are fewer than 2^24.
pub fn ticks() -> u32 {
    TOP - SYST::get_current() & TOP
}

/// Where the stack ends for now.
pub fn stack_pointer() -> usize {
    cortex_m::register::msp::read() as usize
}
