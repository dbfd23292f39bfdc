//! The display.

use semihosted::MemoryDisplay;
use static_cell::ConstStaticCell;

/// The width of the display in pixels.
pub const WIDTH: usize = 96;

/// The height of the display in pixels.
pub const HEIGHT: usize = 64;

/// A display in RAM.
pub type Display = MemoryDisplay<WIDTH, HEIGHT, { 2 * WIDTH * HEIGHT }>;

static DISPLAY: ConstStaticCell<Display> = ConstStaticCell::new(Display::new());

/// Takes the display. Panics if it was taken before.
pub fn display() -> &'static mut Display {
    DISPLAY.take()
}
