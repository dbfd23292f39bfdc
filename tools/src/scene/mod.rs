//! The project's own demo picture: a lake in the evening, rendered, with all that a codec finds hard or easy.
//!
//! Sky and water are smooth, woods, leaves and grass are busy, the house has straight edges, the sign has letters of two
//! sizes, and film grain lies over everything. It stands in for a photograph where one is shown, and nobody else holds
//! rights in it.

mod backdrop;
mod canvas;
mod foreground;
pub(crate) mod letters;
mod limits;
pub(crate) mod noise;

use crate::picture::Picture;

pub use limits::limits;

/// Renders the demo picture, 768 x 512 pixels, always the same.
pub fn demo() -> Picture {
    let mut canvas = canvas::Canvas::new(backdrop::view);
    foreground::paint(&mut canvas);
    canvas.develop(GRAIN)
}

/// Strength of the film grain, in levels of 8 bits, in the middle tones.
const GRAIN: f32 = 2.0;

/// The demo picture as the PNG file that stands beside this source, made by the example `render-pictures`.
pub fn demo_png() -> &'static [u8] {
    include_bytes!("../../pictures/demo.png")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_picture_is_what_is_rendered() {
        let committed = Picture::from_encoded(demo_png(), "demo.png").unwrap();
        let rendered = demo();
        assert_eq!((committed.width(), committed.height()), (768, 512));
        assert_eq!((rendered.width(), rendered.height()), (768, 512));
        let worst = committed
            .rgb()
            .iter()
            .zip(rendered.rgb())
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        assert!(
            worst <= Some(2),
            "run the example render-pictures: a sample differs by {worst:?}"
        );
    }

    #[test]
    fn the_panels_are_what_is_rendered() {
        let committed = include_bytes!("../../pictures/limits.png");
        let committed = Picture::from_encoded(committed, "limits.png").unwrap();
        let worst = (committed
            .rgb()
            .iter()
            .zip(limits().rgb())
            .map(|(a, b)| a.abs_diff(*b)))
        .max();
        assert!(
            worst <= Some(2),
            "run the example render-pictures: a sample differs by {worst:?}"
        );
    }

    #[test]
    fn it_is_rendered_the_same_each_time() {
        assert_eq!(demo(), demo());
    }
}
