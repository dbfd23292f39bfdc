//! The host side of the firmware example: starts QEMU and mGBA, prints the log, keeps the frames of the display, and checks
//! both.

pub mod cartridge;
pub mod demonstration;
pub mod expected;
pub mod frame;
pub mod log;
pub mod machine;
