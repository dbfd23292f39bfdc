//! The parts of the console that this program uses: screen, timers, and the log of mGBA.
//!
//! GBATEK describes the registers of the console. Those of mGBA's log are in its source (`src/gba/extra/` and
//! `include/mgba/internal/`).

use core::fmt::{self, Write};

/// The width of the screen in pixels.
pub const WIDTH: usize = 240;

/// The processor cycles of a frame: 228 lines of 1,232 cycles, including the lines of the vertical blank.
pub const CYCLES_PER_FRAME: u32 = 228 * 1232;

/// Display control.
const DISPLAY_CONTROL: *mut u16 = 0x0400_0000 as *mut u16;
/// Wait states of the cartridge.
const WAIT_CONTROL: *mut u16 = 0x0400_0204 as *mut u16;
/// The timers, each with a count and a control register.
const TIMERS: *mut u16 = 0x0400_0100 as *mut u16;
/// Video memory.
const VIDEO: *mut u32 = 0x0600_0000 as *mut u32;
/// The log of mGBA: the register that enables it, the text, and the register that sends it.
const LOG_ENABLE: *mut u16 = 0x04FF_F780 as *mut u16;
const LOG_TEXT: *mut u8 = 0x04FF_F600 as *mut u8;
const LOG_SEND: *mut u16 = 0x04FF_F700 as *mut u16;

/// The longest text that the log of mGBA takes at once.
const LOG_BYTES: usize = 255;

/// The bytes of a row of blocks.
const ROW_BYTES: usize = WIDTH * 8 * 2;

/// Screen and timers.
pub struct Console {
    /// A row of blocks that is being decoded. It is not decoded directly to video memory, which cannot be written by byte.
    lines: [u32; ROW_BYTES / 4],
}

impl Console {
    /// Initializes the console.
    pub fn take() -> Self {
        // SAFETY: these are registers of the console, and nothing else uses them.
        unsafe {
            // The fastest setting of the cartridge: 3 cycles for a new address, 1 for the next one, and prefetch.
            WAIT_CONTROL.write_volatile(0x4317);
            // Mode 3 and its only layer: 240 x 160 pixels of 15 bits.
            DISPLAY_CONTROL.write_volatile(3 | 1 << 10);
        }
        Self {
            lines: [0; ROW_BYTES / 4],
        }
    }

    /// The lines of a row of blocks, and their stride in bytes.
    pub fn lines(&mut self) -> (&mut [u8], usize) {
        // SAFETY: it has this many bytes, and all values are valid.
        let lines =
            unsafe { core::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), ROW_BYTES) };
        (lines, 2 * WIDTH)
    }

    /// Copies the lines of a row of blocks to the screen.
    #[inline(never)]
    #[unsafe(link_section = ".iwram.present_row")]
    pub fn present_row(&self, row: usize) {
        for (index, &two_pixels) in self.lines.iter().enumerate() {
            // SAFETY: the screen has 20 rows of blocks.
            unsafe {
                VIDEO
                    .add(row % 20 * (ROW_BYTES / 4) + index)
                    .write_volatile(two_pixels)
            };
        }
    }

    /// Starts to count cycles.
    pub fn start_counter(&mut self) {
        // SAFETY: these are registers of the console, and nothing else uses them.
        unsafe {
            for timer in [0, 1] {
                TIMERS.add(2 * timer + 1).write_volatile(0);
                TIMERS.add(2 * timer).write_volatile(0);
            }
            // The second timer counts the overflows of the first one.
            TIMERS.add(3).write_volatile(1 << 7 | 1 << 2);
            TIMERS.add(1).write_volatile(1 << 7);
        }
    }

    /// Stops counting, and returns the cycles since [`start_counter`](Self::start_counter).
    pub fn read_counter(&mut self) -> u32 {
        // SAFETY: as above. Once the timers are stopped they do not change between the two reads.
        unsafe {
            TIMERS.add(1).write_volatile(0);
            u32::from(TIMERS.add(2).read_volatile()) << 16 | u32::from(TIMERS.read_volatile())
        }
    }
}

/// Writes a line to the log of mGBA. Does nothing on a real console.
pub fn log(line: fmt::Arguments<'_>) {
    // SAFETY: a real console has nothing at these addresses.
    unsafe {
        LOG_ENABLE.write_volatile(0xC0DE);
        if LOG_ENABLE.read_volatile() != 0x1DEA {
            return;
        }
    }
    let mut text = LogText { length: 0 };
    let _ = text.write_fmt(line);
    // SAFETY: as above. Level 3 is information.
    unsafe { LOG_SEND.write_volatile(1 << 8 | 3) };
}

/// The text register of the log.
struct LogText {
    /// The number of bytes that have been written.
    length: usize,
}

impl Write for LogText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.length == LOG_BYTES {
                return Err(fmt::Error);
            }
            // SAFETY: the register has room for `LOG_BYTES` bytes.
            unsafe { LOG_TEXT.add(self.length).write_volatile(byte) };
            self.length += 1;
        }
        Ok(())
    }
}

/// Stops the program.
pub fn halt() -> ! {
    loop {
        // SAFETY: it only reads a register.
        let _: u16 = unsafe { DISPLAY_CONTROL.read_volatile() };
    }
}
