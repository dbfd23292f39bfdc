//! Cycles of the processor, from the clock of the system.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::module::sceKernelGetSystemTimeLow;

/// The frequency of the processor in MHz, unless a program changes it.
const MEGAHERTZ: u32 = 222;

/// The processor cycles of a frame, of which there are 59.94 in a second.
pub const CYCLES_PER_FRAME: u32 = (MEGAHERTZ as u64 * 100_000_000 / 5_994) as u32;

/// When the counter was started, in microseconds.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// The clock of the system in microseconds.
fn now() -> u32 {
    // SAFETY: a function of the system without arguments.
    unsafe { sceKernelGetSystemTimeLow() }
}

/// Starts to count cycles.
pub fn start_counter() {
    STARTED.store(now(), Ordering::Relaxed);
}

/// The cycles since [`start_counter`].
pub fn read_counter() -> u32 {
    now().wrapping_sub(STARTED.load(Ordering::Relaxed)) * MEGAHERTZ
}
