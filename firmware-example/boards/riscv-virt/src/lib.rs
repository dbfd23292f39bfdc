//! The machine that QEMU calls virt, with a RISC-V that has multiplications and short instructions, and nothing else.
#![no_std]

pub use pictures::Shown;
pub use riscv_rt::entry;
pub use semihosted::exit;
pub use semihosted::large::{CACHE, HEIGHT, MODELS, SHOWN, Screen, WIDTH, display};

use core::sync::atomic::{AtomicU32, Ordering};

/// What [`counted`] counts.
pub const UNIT: &str = "instructions";

static STARTED: AtomicU32 = AtomicU32::new(0);

/// Starts to count.
pub fn start() {
    STARTED.store(instructions(), Ordering::Relaxed);
}

/// How many instructions have run since [`start`].
pub fn counted() -> u32 {
    instructions().wrapping_sub(STARTED.load(Ordering::Relaxed))
}

/// The low half of the processor's own count.
fn instructions() -> u32 {
    riscv::register::minstret::read() as u32
}

/// Where the stack ends for now.
pub fn stack_pointer() -> usize {
    let here: usize;
    // SAFETY: it only reads a register.
    unsafe { core::arch::asm!("mv {}, sp", out(reg) here, options(nomem, nostack)) };
    here
}
