//! The log: a text in memory, which the emulator's front end finds by the marker before it.

use core::cell::UnsafeCell;
use core::fmt::{self, Write};

/// The bytes of the text. What does not fit is dropped.
const TEXT_BYTES: usize = 492;

/// The log, as `libretro/headless.c` reads it.
#[repr(C)]
struct Log {
    marker: [u8; 16],
    length: u32,
    text: [u8; TEXT_BYTES],
}

/// The log in memory.
struct Shared(UnsafeCell<Log>);

// SAFETY: these programs have one thread and no interrupts.
unsafe impl Sync for Shared {}

static LOG: Shared = Shared(UnsafeCell::new(Log {
    marker: *b"the log of NICE:",
    length: 0,
    text: [0; TEXT_BYTES],
}));

/// Writes a line to the log.
pub fn log(line: fmt::Arguments<'_>) {
    let _ = Text.write_fmt(format_args!("{line}\n"));
}

/// The text of the log.
struct Text;

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let log = LOG.0.get();
        for &byte in text.as_bytes() {
            // SAFETY: nothing else uses the log. It is volatile since the emulator reads it.
            unsafe {
                let length = (&raw const (*log).length).read_volatile();
                if length as usize >= TEXT_BYTES {
                    return Err(fmt::Error);
                }
                let text: *mut u8 = (&raw mut (*log).text).cast();
                text.add(length as usize).write_volatile(byte);
                (&raw mut (*log).length).write_volatile(length + 1);
            }
        }
        Ok(())
    }
}
