//! Arm MPS2 with the AN386 image, a Cortex-M4F with 4 MB of RAM, as emulated by QEMU.
#![no_std]

mod counter;

pub use cortex_m_rt::entry;
pub use counter::{COUNTER_UNIT, read_counter};
pub use pictures::Assets;
pub use semihosted::exit;
pub use semihosted::large::{
    ALL_ASSETS, ASSETS, CACHE_SETS, CACHE_WAYS, Display, HEIGHT, WIDTH, display,
};
pub use systick::{stack_pointer, start_counter};
