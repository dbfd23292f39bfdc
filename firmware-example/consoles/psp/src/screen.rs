//! The screen of the console.

use crate::module::{sceDisplaySetFrameBuf, sceDisplaySetMode, sceKernelSleepThread};

/// The width of the screen in pixels.
pub const WIDTH: usize = 480;

/// The height of the screen in pixels.
pub const HEIGHT: usize = 272;

/// The pixels from one line to the next, a power of two.
pub const STRIDE: usize = 512;

/// Video memory, at the address where it is not cached.
pub const VIDEO: *mut u32 = 0x4400_0000 as *mut u32;

/// The screen mode of the console's own display.
const LCD: u32 = 0;
/// The pixel format: 5 bits of red, green and blue, from the lowest bit.
const BGR555: u32 = 1;
/// The new frame buffer is shown when the next frame begins.
const NEXT_FRAME: u32 = 1;

/// Initializes the console.
pub fn initialize() {
    // SAFETY: nothing else uses the screen, and video memory has 2 MiB.
    unsafe {
        for word in 0..STRIDE * HEIGHT / 2 {
            VIDEO.add(word).write_volatile(0);
        }
        sceDisplaySetMode(LCD, WIDTH as u32, HEIGHT as u32);
        sceDisplaySetFrameBuf(VIDEO, STRIDE as u32, BGR555, NEXT_FRAME);
    }
}

/// Stops the program.
pub fn halt() -> ! {
    loop {
        // SAFETY: a function of the system without arguments.
        unsafe { sceKernelSleepThread() };
    }
}
