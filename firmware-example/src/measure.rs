//! The cost of a piece of code: its instructions and its stack usage.

use core::hint::black_box;
use core::ptr;

/// The bytes below the stack pointer that are painted, far more than any expected usage.
const PAINTED: usize = 8 * 1024;

/// The bytes directly below the stack pointer that are not painted, since this function may push registers there.
const MARGIN: usize = 64;

/// The pattern that unused stack is painted with.
const PATTERN: u32 = 0xC0DE_D00D;

/// The instructions that a call takes, or whatever the board counts ([`board::COUNTER_UNIT`]).
pub fn cost(code: impl FnOnce()) -> u32 {
    board::start_counter();
    code();
    board::read_counter()
}

/// The bytes of stack that a call takes, including its return address: the stack is painted before the call, and searched
/// for the deepest byte that has changed after it.
#[inline(never)]
pub fn stack_usage(mut code: impl FnMut()) -> usize {
    let top = board::stack_pointer() & !3;
    let bottom = top - PAINTED;
    for address in (bottom..top - MARGIN).step_by(4) {
        // SAFETY: this is stack memory that is not in use yet, `MARGIN` bytes and more below the stack pointer and within the
        // board's RAM.
        unsafe { ptr::write_volatile(address as *mut u32, PATTERN) };
    }
    black_box(&mut code)();
    let mut address = bottom;
    // SAFETY: as above; it has just been written.
    while address < top && unsafe { ptr::read_volatile(address as *const u32) } == PATTERN {
        address += 4;
    }
    top - address
}
