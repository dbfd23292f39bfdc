//! The screen of the console. GBATEK describes the registers.

/// The width of the screen in pixels.
pub const WIDTH: usize = 240;

/// The height of the screen in pixels.
pub const HEIGHT: usize = 160;

/// The pixels from one line to the next.
pub const STRIDE: usize = WIDTH;

/// Video memory.
pub const VIDEO: *mut u32 = 0x0600_0000 as *mut u32;

/// The processor cycles of a frame: 228 lines of 1,232 cycles, including the lines of the vertical blank.
pub const CYCLES_PER_FRAME: u32 = 228 * 1232;

/// Display control.
const DISPLAY_CONTROL: *mut u16 = 0x0400_0000 as *mut u16;
/// Wait states of the cartridge.
const WAIT_CONTROL: *mut u16 = 0x0400_0204 as *mut u16;

/// Initializes the console.
pub fn initialize() {
    // SAFETY: these are registers of the console, and nothing else uses them.
    unsafe {
        // The fastest setting of the cartridge: 3 cycles for a new address, 1 for the next one, and prefetch.
        WAIT_CONTROL.write_volatile(0x4317);
        // Mode 3 and its only layer: 240 x 160 pixels of 15 bits.
        DISPLAY_CONTROL.write_volatile(3 | 1 << 10);
    }
}

/// Stops the program.
pub fn halt() -> ! {
    loop {
        // SAFETY: it only reads a register.
        let _: u16 = unsafe { DISPLAY_CONTROL.read_volatile() };
    }
}
