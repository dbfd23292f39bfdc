//! What the programs of this folder have in common: test data, measurements, the panic handler, and exiting on an error.
//!
//! Each program is written once for all boards. A board is a crate in `boards`; `Cargo.toml` selects it by target. It has
//! these items:
//!
//! * `entry`, the attribute of `main`,
//! * a logger for `defmt`, which the linker finds,
//! * `exit`, which ends the program,
//! * `start_counter`, `read_counter` and `COUNTER_UNIT`, a counter of instructions or cycles,
//! * `stack_pointer`,
//! * `ASSETS`, the model and images of the demonstrations, and `ALL_ASSETS`, those for every model that the flash has room for,
//! * `display`, a draw target for embedded-graphics with `WIDTH` x `HEIGHT` pixels; its `present` ends a frame,
//! * `CACHE_SETS` and `CACHE_WAYS`, the size of the largest block cache that the RAM has room for.
#![no_std]

mod checksum;
mod measure;
mod panic;
mod result;
mod test_data;

pub use checksum::CRC_32;
pub use measure::{cost, stack_usage};
pub use result::or_exit;
pub use test_data::{IMAGE, LARGE_NETWORK, LATENT, SMALL_NETWORK};
