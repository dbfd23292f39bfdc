//! The upper screen of the console; the lower one is black. GBATEK describes the registers.

/// The width of the screen in pixels.
pub const WIDTH: usize = 256;

/// The height of the screen in pixels.
pub const HEIGHT: usize = 192;

/// The pixels from one line to the next.
pub const STRIDE: usize = WIDTH;

/// Bank A of video memory, as the processor sees it.
pub const VIDEO: *mut u32 = 0x0680_0000 as *mut u32;

/// Display control of the first graphics engine.
const DISPLAY_CONTROL: *mut u32 = 0x0400_0000 as *mut u32;
/// Display control of the second graphics engine, and its first color, that of the background.
const LOWER_DISPLAY_CONTROL: *mut u32 = 0x0400_1000 as *mut u32;
const LOWER_BACKGROUND: *mut u16 = 0x0500_0400 as *mut u16;
/// What bank A of video memory is used for.
const BANK_A_CONTROL: *mut u8 = 0x0400_0240 as *mut u8;
/// Power of screens and graphics engines.
const POWER_CONTROL: *mut u16 = 0x0400_0304 as *mut u16;

/// Initializes the console.
pub fn initialize() {
    // SAFETY: these are registers and video memory of the console, and nothing else uses them.
    unsafe {
        // Both screens and both engines, of which the first is shown on the upper screen.
        POWER_CONTROL.write_volatile(1 | 1 << 1 | 1 << 9 | 1 << 15);
        // The lower screen shows the background only.
        LOWER_DISPLAY_CONTROL.write_volatile(1 << 16);
        LOWER_BACKGROUND.write_volatile(0);
        // Bank A belongs to the processor.
        BANK_A_CONTROL.write_volatile(1 << 7);
        for word in 0..STRIDE * HEIGHT / 2 {
            VIDEO.add(word).write_volatile(0);
        }
        // The upper screen shows bank A as it is, 256 x 192 pixels of 15 bits.
        DISPLAY_CONTROL.write_volatile(2 << 16);
    }
}

/// Stops the program.
pub fn halt() -> ! {
    loop {
        // SAFETY: it only reads a register.
        let _: u32 = unsafe { DISPLAY_CONTROL.read_volatile() };
    }
}
