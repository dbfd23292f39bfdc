//! What the boards with room have in common: both models, with pictures for a display of 320 x 240 pixels.

use nice_decode::models;
use pictures::Shown;
use static_cell::ConstStaticCell;

use crate::Display;

/// The models that there is flash for, with pictures made with them.
pub const MODELS: &[Shown] = &[pictures::large(models::M), pictures::small(models::S)];

/// What the demonstrations show: the best of them.
pub const SHOWN: Shown = MODELS[0];

/// Sets and ways of a cache of blocks that there is memory for.
pub const CACHE: (usize, usize) = (32, 2);

/// Columns of the display.
pub const WIDTH: usize = 320;

/// Lines of the display.
pub const HEIGHT: usize = 240;

/// The display, in memory.
pub type Screen = Display<WIDTH, HEIGHT, { 2 * WIDTH * HEIGHT }>;

static DISPLAY: ConstStaticCell<Screen> = ConstStaticCell::new(Display::new());

/// The display. It can be had once.
pub fn display() -> &'static mut Screen {
    DISPLAY.take()
}
