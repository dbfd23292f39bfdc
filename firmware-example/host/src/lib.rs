//! What the host does for the demonstrations: it starts QEMU and mGBA, shows the log, keeps what was on the display, and checks both.

pub mod cartridge;
pub mod demonstration;
pub mod expected;
pub mod frame;
pub mod log;
pub mod machine;
