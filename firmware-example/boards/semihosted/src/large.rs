//! What the boards with megabytes of memory have in common: both models, and a display of 320 x 240 pixels.

use nice_decode::pretrained;
use pictures::Assets;
use static_cell::ConstStaticCell;

use crate::display::MemoryDisplay;

/// The assets for every model that the flash has room for.
pub const ALL_ASSETS: &[Assets] = &[
    pictures::large(pretrained::M),
    pictures::small(pretrained::S),
];

/// The assets of the demonstrations, those for the best model.
pub const ASSETS: Assets = ALL_ASSETS[0];

/// The sets of the block cache.
pub const CACHE_SETS: usize = 32;

/// The ways of the block cache.
pub const CACHE_WAYS: usize = 2;

/// The width of the display in pixels.
pub const WIDTH: usize = 320;

/// The height of the display in pixels.
pub const HEIGHT: usize = 240;

/// A display in RAM.
pub type Display = MemoryDisplay<WIDTH, HEIGHT, { 2 * WIDTH * HEIGHT }>;

static DISPLAY: ConstStaticCell<Display> = ConstStaticCell::new(Display::new());

/// Takes the display. Panics if it was taken before.
pub fn display() -> &'static mut Display {
    DISPLAY.take()
}
