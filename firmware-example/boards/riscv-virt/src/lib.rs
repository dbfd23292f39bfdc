//! QEMU's machine virt, with a RISC-V core that has multiplication and compressed instructions but no other extensions.
#![no_std]

mod counter;

pub use counter::{COUNTER_UNIT, read_counter, stack_pointer, start_counter};
pub use pictures::Assets;
pub use riscv_rt::entry;
pub use semihosted::exit;
pub use semihosted::large::{
    ALL_ASSETS, ASSETS, CACHE_SETS, CACHE_WAYS, Display, HEIGHT, WIDTH, display,
};
