//! Drawings as PNG files, in the colors of a light page.

use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::drawing::Drawing;
use crate::palette::chart_css;

/// The font, which is part of the program, so that charts look the same on every machine.
static FONT: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    Arc::new(fonts)
});

/// The bytes of a PNG file of a drawing, `scale` times its natural size.
///
/// # Errors
///
/// When the drawing is empty or too large.
pub fn png(drawing: &Drawing, scale: f32) -> Result<Vec<u8>> {
    let css = chart_css(|color| color.light().to_owned());
    let fonts = Arc::clone(&FONT);
    let family = fonts.faces().next().and_then(|face| face.families.first());
    let options = Options {
        font_family: family.map_or_else(String::new, |(name, _)| name.clone()),
        fontdb: Arc::clone(&fonts),
        ..Options::default()
    };
    let tree = Tree::from_str(&drawing.document(&css), &options)
        .context("the drawing is not a valid SVG")?;
    let (width, height) = drawing.size();
    let pixels = |length: f64| (length as f32 * scale).round() as u32;
    let mut pixmap =
        Pixmap::new(pixels(width), pixels(height)).context("the drawing has no pixels")?;
    pixmap.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    pixmap
        .encode_png()
        .context("cannot encode the drawing as PNG")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::Anchor;
    use crate::palette::Color;

    /// The number of pixels of a drawing that are not white.
    fn drawn(draw: impl Fn(&mut Drawing)) -> usize {
        let mut drawing = Drawing::new(40.0, 20.0, "");
        draw(&mut drawing);
        let png = png(&drawing, 2.0).unwrap();
        let pixmap = Pixmap::decode_png(&png).unwrap();
        assert_eq!((pixmap.width(), pixmap.height()), (80, 40));
        let painted = |pixel: &&[u8; 4]| **pixel != [255; 4];
        pixmap
            .data()
            .as_chunks::<4>()
            .0
            .iter()
            .filter(painted)
            .count()
    }

    #[test]
    fn shapes_and_letters_are_drawn_at_their_size() {
        assert_eq!(drawn(|_| {}), 0);
        assert_eq!(
            drawn(|drawing| drawing.rect((1.0, 1.0), (4.0, 3.0), Color::Blue)),
            6 * 4
        );
        let line = drawn(|drawing| drawing.line(&[(0.0, 10.0), (40.0, 10.0)], 2.0, Color::Red));
        assert_eq!(line, 80 * 4);
        let letter =
            drawn(|drawing| drawing.text("B", (20.0, 10.0), 16.0, Color::Ink, Anchor::Middle));
        assert!((50..400).contains(&letter), "{letter}");
    }
}
