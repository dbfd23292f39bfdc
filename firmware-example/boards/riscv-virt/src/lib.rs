//! The machine that QEMU calls virt, with a RISC-V that has multiplications and short instructions, and nothing else.
#![no_std]

pub use pictures::Shown;
pub use riscv_rt::entry;
pub use semihosted::exit;

use core::sync::atomic::{AtomicU32, Ordering};

use nice_decode::models;
use semihosted::Display;
use static_cell::ConstStaticCell;

/// The models that there is flash for, with pictures made with them.
pub const MODELS: &[Shown] = &[pictures::large(models::M), pictures::small(models::S)];

/// What the demonstrations show: the best of them.
pub const SHOWN: Shown = MODELS[0];

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

/// Sets and ways of a cache of blocks that there is memory for.
pub const CACHE: (usize, usize) = (32, 2);

/// Columns of the display.
pub const WIDTH: usize = 320;

/// Lines of the display.
pub const HEIGHT: usize = 240;

/// The display, in memory.
pub type Screen = Display<WIDTH, HEIGHT, { 2 * WIDTH * HEIGHT }>;

static DISPLAY: ConstStaticCell<Screen> = ConstStaticCell::new(Display::new());

/// The display. It can be had once.
pub fn display() -> &'static mut Screen {
    DISPLAY.take()
}
