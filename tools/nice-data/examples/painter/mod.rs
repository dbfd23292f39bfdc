//! The painter of the demo picture: a lake in the evening.
//!
//! Sky and water are smooth, woods, leaves and grass are busy, the house has straight edges, the sign has letters of two sizes,
//! and there is film grain everywhere. It is used like a photograph, and all rights in it are ours.

mod backdrop;
mod canvas;
mod foreground;
mod limits;

use nice_encode::Picture;

pub(crate) use limits::limits;

/// Paints the demo picture, 768 x 512 pixels, always the same.
pub(crate) fn demo() -> Picture {
    let mut canvas = canvas::Canvas::new(backdrop::view);
    foreground::paint(&mut canvas);
    canvas.develop(GRAIN)
}

/// The strength of the film grain, in levels of 8 bits, in the middle colors.
const GRAIN: f32 = 2.0;
