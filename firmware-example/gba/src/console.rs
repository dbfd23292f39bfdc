//! The parts of the console that are needed here: screen, clock, and the log of mGBA.
//!
//! Their registers are described in GBATEK, the log of mGBA in its source (`src/gba/extra/` and `include/mgba/internal/`).

use core::fmt::{self, Write};

/// Columns of the screen.
pub const WIDTH: usize = 240;

/// Cycles of the processor in one frame of the screen: 228 lines of 1,232 cycles, those above and below the screen included.
pub const CYCLES_A_FRAME: u32 = 228 * 1232;

/// How the screen is used; here, mode 3 with its one layer: 240 x 160 colours of 15 bits.
const DISPLAY_CONTROL: *mut u16 = 0x0400_0000 as *mut u16;
/// How long the cartridge takes.
const WAIT_CONTROL: *mut u16 = 0x0400_0204 as *mut u16;
/// Two timers, each a count and how it counts.
const TIMERS: *mut u16 = 0x0400_0100 as *mut u16;
/// The screen.
const VIDEO: *mut u32 = 0x0600_0000 as *mut u32;
/// The log of mGBA: whether it is there, the text, and how to send it.
const LOG_ENABLE: *mut u16 = 0x04FF_F780 as *mut u16;
const LOG_TEXT: *mut u8 = 0x04FF_F600 as *mut u8;
const LOG_SEND: *mut u16 = 0x04FF_F700 as *mut u16;

/// What the log of mGBA takes in one go.
const LOG_BYTES: usize = 255;

/// Bytes in a row of blocks.
const ROW: usize = WIDTH * 8 * 2;

/// Screen and clock.
pub struct Console {
    /// A row of blocks on its way to the screen: video memory takes nothing smaller than 16 bits.
    lines: [u32; ROW / 4],
}

impl Console {
    /// Makes the console ready.
    pub fn take() -> Self {
        // SAFETY: these are registers of the console, and nobody else uses them.
        unsafe {
            // The cartridge as fast as it can: 3 cycles at a new address, 1 at the next, read ahead.
            WAIT_CONTROL.write_volatile(0x4317);
            DISPLAY_CONTROL.write_volatile(3 | 1 << 10);
        }
        Self {
            lines: [0; ROW / 4],
        }
    }

    /// The lines of a row of blocks, and how many bytes there are from one to the next.
    pub fn lines(&mut self) -> (&mut [u8], usize) {
        // SAFETY: any bytes will do, and they are as many.
        let lines = unsafe { core::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), ROW) };
        (lines, 2 * WIDTH)
    }

    /// Puts the lines of a row of blocks on the screen.
    #[inline(never)]
    #[unsafe(link_section = ".iwram.show")]
    pub fn show(&self, row: usize) {
        for (index, &two) in self.lines.iter().enumerate() {
            // SAFETY: the screen has 20 rows, and the caller no others.
            unsafe { VIDEO.add(row % 20 * (ROW / 4) + index).write_volatile(two) };
        }
    }

    /// Starts to count cycles, from zero.
    pub fn start_clock(&mut self) {
        // SAFETY: these are registers of the console, and nobody else uses them.
        unsafe {
            for timer in [0, 1] {
                TIMERS.add(2 * timer + 1).write_volatile(0);
                TIMERS.add(2 * timer).write_volatile(0);
            }
            // The second counts how often the first has gone round.
            TIMERS.add(3).write_volatile(1 << 7 | 1 << 2);
            TIMERS.add(1).write_volatile(1 << 7);
        }
    }

    /// The cycles since [`start_clock`](Self::start_clock).
    pub fn clock(&mut self) -> u32 {
        // SAFETY: as above. Stopped, they do not change between the two reads.
        unsafe {
            TIMERS.add(1).write_volatile(0);
            u32::from(TIMERS.add(2).read_volatile()) << 16 | u32::from(TIMERS.read_volatile())
        }
    }
}

/// Writes a line to the log of mGBA, if that is where this runs.
pub fn print(line: fmt::Arguments<'_>) {
    // SAFETY: where mGBA has these registers the console has nothing.
    unsafe {
        LOG_ENABLE.write_volatile(0xC0DE);
        if LOG_ENABLE.read_volatile() != 0x1DEA {
            return;
        }
    }
    let mut text = Text { used: 0 };
    let _ = text.write_fmt(line);
    // SAFETY: as above. The level is that of information.
    unsafe { LOG_SEND.write_volatile(1 << 8 | 3) };
}

/// The text of a line of the log.
struct Text {
    used: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.used == LOG_BYTES {
                return Err(fmt::Error);
            }
            // SAFETY: the text has room for so many bytes.
            unsafe { LOG_TEXT.add(self.used).write_volatile(byte) };
            self.used += 1;
        }
        Ok(())
    }
}

/// Waits for ever.
pub fn halt() -> ! {
    loop {
        // SAFETY: it only reads a register.
        let _: u16 = unsafe { DISPLAY_CONTROL.read_volatile() };
    }
}
