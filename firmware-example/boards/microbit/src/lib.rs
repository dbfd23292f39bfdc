//! BBC micro:bit, an nRF51 with a Cortex-M0, 256 KB of flash and 16 KB of RAM, as emulated by QEMU. The display has 96 x 64
//! pixels, and its framebuffer takes most of the RAM.
#![no_std]

mod assets;
mod counter;
mod display;

pub use assets::{ALL_ASSETS, ASSETS, CACHE_SETS, CACHE_WAYS};
pub use cortex_m_rt::entry;
pub use counter::{COUNTER_UNIT, read_counter};
pub use display::{Display, HEIGHT, WIDTH, display};
pub use pictures::Assets;
pub use semihosted::exit;
pub use systick::{stack_pointer, start_counter};
