//! The counter of instructions, which is built into the processor.

use core::sync::atomic::{AtomicU32, Ordering};

/// What the counter counts.
pub const COUNTER_UNIT: &str = "instructions";

static START: AtomicU32 = AtomicU32::new(0);

/// Starts the counter.
pub fn start_counter() {
    START.store(instructions(), Ordering::Relaxed);
}

/// The instructions since [`start_counter`].
pub fn read_counter() -> u32 {
    instructions().wrapping_sub(START.load(Ordering::Relaxed))
}

/// The low half of the processor's counter.
fn instructions() -> u32 {
    riscv::register::minstret::read() as u32
}

/// The stack pointer.
pub fn stack_pointer() -> usize {
    let stack_pointer: usize;
    // SAFETY: it only reads a register.
    unsafe { core::arch::asm!("mv {}, sp", out(reg) stack_pointer, options(nomem, nostack)) };
    stack_pointer
}
