//! What the host does for the demonstrations: it starts QEMU, shows the log, keeps what was on the display, and checks both.

pub mod demonstration;
pub mod expected;
pub mod frame;
pub mod log;
pub mod machine;
