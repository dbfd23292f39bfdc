//! What a piece of code costs: how many instructions it takes, and how much stack.

use core::hint::black_box;
use core::ptr;

/// How many bytes below the stack pointer are watched: well over what is expected.
const WATCHED: usize = 8 * 1024;

/// What is not touched below the stack pointer: room for this code's own pushes.
const MARGIN: usize = 64;

/// What unused stack is painted with.
const PAINT: u32 = 0xC0DE_D00D;

/// How many instructions it takes to call this, or whatever the board counts ([`board::UNIT`]).
pub fn count(code: impl FnOnce()) -> u32 {
    board::start();
    code();
    board::counted()
}

/// How many bytes of stack it takes to call this: everything that the code pushes, return address included.
#[inline(never)]
pub fn stack(mut code: impl FnMut()) -> usize {
    let top = board::stack_pointer() & !3;
    let bottom = top - WATCHED;
    for address in (bottom..top - MARGIN).step_by(4) {
        // SAFETY: this is memory of the stack that nobody uses yet: `MARGIN` bytes and more below
        // the stack pointer, with the board's memory below it.
        unsafe { ptr::write_volatile(address as *mut u32, PAINT) };
    }
    black_box(&mut code)();
    let mut address = bottom;
    // SAFETY: as above; it was written a moment ago.
    while address < top && unsafe { ptr::read_volatile(address as *const u32) } == PAINT {
        address += 4;
    }
    top - address
}
