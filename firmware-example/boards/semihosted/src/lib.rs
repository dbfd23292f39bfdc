//! What the boards in QEMU have in common: semihosting passes the log, files and the exit code to the host, and the display is
//! a framebuffer in RAM.
#![no_std]

mod display;
mod exit;
pub mod large;

pub use display::MemoryDisplay;
pub use exit::exit;
