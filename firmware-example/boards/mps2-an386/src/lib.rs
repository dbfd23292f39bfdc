//! Arm's MPS2 board with the AN386 image, a Cortex-M4F with 4 MB of memory, as QEMU has it.
#![no_std]

pub use cortex_m_rt::entry;
pub use pictures::Shown;
pub use semihosted::exit;
pub use systick::{stack_pointer, start};

use nice_decode::models;
use semihosted::Display;
use static_cell::ConstStaticCell;

/// The models that there is flash for, with pictures made with them.
pub const MODELS: &[Shown] = &[pictures::large(models::M), pictures::small(models::S)];

/// What the demonstrations show: the best of them.
pub const SHOWN: Shown = MODELS[0];

/// What [`counted`] counts.
pub const UNIT: &str = "instructions";

/// Nanoseconds, and so instructions, to the ticks of the timer, which runs at 25 MHz.
const PER_TICKS: (u64, u64) = (40, 1);

/// How many instructions have run since [`start`], to the next 40.
pub fn counted() -> u32 {
    let (instructions, ticks) = PER_TICKS;
    (u64::from(systick::ticks()) * instructions / ticks) as u32
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
