//! The painter of the demo picture: a lake in the evening.
//!
//! Sky and water are smooth; woods, leaves and grass are busy; the house has straight edges; the sign has letters of two sizes;
//! and there is film grain everywhere. The picture stands in for a photograph, and the project owns all rights in it.

mod backdrop;
mod canvas;
mod foreground;
mod house;
mod limits;
mod meadow;
mod plants;
mod sign;

use nice_encode::Picture;

pub(crate) use limits::limits;

/// Paints the demo picture, 768 x 512 pixels, always the same.
pub(crate) fn demo() -> Picture {
    let mut canvas = canvas::Canvas::new(backdrop::view);
    foreground::paint(&mut canvas);
    canvas.develop(GRAIN)
}

/// The strength of the film grain in the midtones, in levels of 8 bits.
const GRAIN: f32 = 2.0;
