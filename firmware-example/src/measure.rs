//! What a piece of code costs: how many instructions it takes, and how much stack.

use core::hint::black_box;
use core::ptr;

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SYST};
use cortex_m::register::msp;

/// How many bytes below the stack pointer are watched: well over what is expected.
const WATCHED: usize = 8 * 1024;

/// What is not touched below the stack pointer: room for this code's own pushes.
const MARGIN: usize = 64;

/// What unused stack is painted with.
const PAINT: u32 = 0xC0DE_D00D;

/// The instructions to one tick of the timer, in QEMU with `-icount shift=0`: an instruction takes
/// one nanosecond, and the timer runs at 25 MHz.
const INSTRUCTIONS_PER_TICK: u32 = 40;

/// How many times the code runs to count its instructions.
const RUNS: u32 = 16;

/// The cost of a piece of code.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Instructions, in QEMU with `-icount shift=0`; elsewhere it means nothing.
    pub instructions: u32,
    /// Bytes of stack: everything that the code pushes, return address included.
    pub stack: usize,
}

/// Measures the cost of calling this.
pub fn cost(mut code: impl FnMut()) -> Cost {
    let stack = stack(&mut code);
    // SAFETY: nothing else in these programs uses the peripherals.
    let mut timer = unsafe { Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(0x00FF_FFFF);
    timer.clear_current();
    timer.enable_counter();
    let before = SYST::get_current();
    for _ in 0..RUNS {
        code();
    }
    let after = SYST::get_current();
    let ticks = before.wrapping_sub(after) & 0x00FF_FFFF;
    Cost {
        instructions: ticks * INSTRUCTIONS_PER_TICK / RUNS,
        stack,
    }
}

/// How far below its caller's this pushes the stack.
#[inline(never)]
fn stack(code: &mut impl FnMut()) -> usize {
    let top = msp::read() as usize & !3;
    let bottom = top - WATCHED;
    for address in (bottom..top - MARGIN).step_by(4) {
        // SAFETY: this is memory of the stack that nobody uses yet: `MARGIN` bytes and more below
        // the stack pointer, with all of the board's memory below it.
        unsafe { ptr::write_volatile(address as *mut u32, PAINT) };
    }
    black_box(code)();
    let mut address = bottom;
    // SAFETY: as above; it was written a moment ago.
    while address < top && unsafe { ptr::read_volatile(address as *const u32) } == PAINT {
        address += 4;
    }
    top - address
}
