//! The host side of the firmware example: starts QEMU and the emulators of game consoles, prints the log, keeps the frames of
//! the display, and checks both.

pub mod cartridge;
pub mod console;
pub mod demonstration;
pub mod emulator;
pub mod expected;
pub mod frame;
pub mod log;
pub mod machine;
