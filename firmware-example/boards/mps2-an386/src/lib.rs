//! Arm's MPS2 board with the AN386 image, a Cortex-M4F with 4 MB of memory, as QEMU has it.
#![no_std]

pub use cortex_m_rt::entry;
pub use pictures::Shown;
pub use semihosted::exit;
pub use semihosted::large::{CACHE, HEIGHT, MODELS, SHOWN, Screen, WIDTH, display};
pub use systick::{stack_pointer, start};

/// What [`counted`] counts.
pub const UNIT: &str = "instructions";

/// Nanoseconds, and so instructions, to the ticks of the timer, which runs at 25 MHz.
const PER_TICKS: (u64, u64) = (40, 1);

/// How many instructions have run since [`start`], to the next 40.
pub fn counted() -> u32 {
    let (instructions, ticks) = PER_TICKS;
    (u64::from(systick::ticks()) * instructions / ticks) as u32
}
