//! The BBC micro:bit, an nRF51 with a Cortex-M0, 256 KB of flash and 16 KB of memory, as QEMU has it. The display is one of
//! those of 96 x 64 pixels, and takes most of the memory.
#![no_std]

pub use cortex_m_rt::entry;
pub use pictures::Shown;
pub use semihosted::exit;
pub use systick::{stack_pointer, start};

use nice_decode::models;
use semihosted::Display;
use static_cell::ConstStaticCell;

/// The models that there is flash for, with pictures made with them.
pub const MODELS: &[Shown] = &[pictures::small(models::S)];

/// What the demonstrations show: the best of them.
pub const SHOWN: Shown = MODELS[0];

/// What [`counted`] counts.
pub const UNIT: &str = "instructions";

/// Nanoseconds, and so instructions, to the ticks of the timer, which runs at 16 MHz.
const PER_TICKS: (u64, u64) = (125, 2);

/// How many instructions have run since [`start`], to the next 63.
pub fn counted() -> u32 {
    let (instructions, ticks) = PER_TICKS;
    (u64::from(systick::ticks()) * instructions / ticks) as u32
}

/// Sets and ways of a cache of blocks that there is memory for.
pub const CACHE: (usize, usize) = (4, 1);

/// Columns of the display.
pub const WIDTH: usize = 96;

/// Lines of the display.
pub const HEIGHT: usize = 64;

/// The display, in memory.
pub type Screen = Display<WIDTH, HEIGHT, { 2 * WIDTH * HEIGHT }>;

static DISPLAY: ConstStaticCell<Screen> = ConstStaticCell::new(Display::new());

/// The display. It can be had once.
pub fn display() -> &'static mut Screen {
    DISPLAY.take()
}
