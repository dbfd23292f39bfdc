//! Drawings as SVG, with the colors of the palette.

use maud::{Markup, PreEscaped, html};

use crate::palette::Color;

/// The part of a text that is at its position, horizontally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The left end.
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

impl Anchor {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A drawing. Positions are counted from the upper left corner, to the right and down, in CSS pixels at its natural size.
#[derive(Clone, Debug)]
pub struct Drawing {
    width: f64,
    height: f64,
    label: String,
    elements: String,
}

impl Drawing {
    /// An empty drawing of this size. The label describes it for screen readers.
    pub fn new(width: f64, height: f64, label: &str) -> Self {
        Self {
            width,
            height,
            label: label.to_owned(),
            elements: String::new(),
        }
    }

    /// Width and height.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    fn push(&mut self, element: Markup) {
        self.elements += &element.0;
        self.elements.push('\n');
    }

    /// Fills the rectangle between two corners.
    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), color: Color) {
        self.push(html! {
            rect class=(fill(color)) x=(px(from.0)) y=(px(from.1))
                width=(px(to.0 - from.0)) height=(px(to.1 - from.1)) {}
        });
    }

    /// Draws a line through points.
    pub fn line(&mut self, points: &[(f64, f64)], width: f64, color: Color) {
        self.stroke(points, width, color, None);
    }

    /// Draws a dashed line through points.
    pub fn dashed_line(&mut self, points: &[(f64, f64)], width: f64, color: Color) {
        self.stroke(points, width, color, Some("5 4"));
    }

    fn stroke(&mut self, points: &[(f64, f64)], width: f64, color: Color, dashes: Option<&str>) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{},{}", px(*x), px(*y)))
            .collect();
        self.push(html! {
            polyline class={ "stroke-" (color.name()) } points=(points.join(" ")) stroke-width=(px(width))
                stroke-linejoin="round" stroke-dasharray=[dashes] {}
        });
    }

    /// Draws a filled circle with a border.
    pub fn circle(
        &mut self,
        center: (f64, f64),
        radius: f64,
        inside: Color,
        (border, border_width): (Color, f64),
    ) {
        let (x, y, radius) = (px(center.0), px(center.1), px(radius));
        self.push(html! { circle class=(fill(inside)) cx=(x) cy=(y) r=(radius) {} });
        self.push(html! {
            circle class={ "stroke-" (border.name()) } cx=(x) cy=(y) r=(radius)
                stroke-width=(px(border_width)) {}
        });
    }

    /// Writes a text. Horizontally, its anchor is at the position; vertically, its middle is.
    pub fn text(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: f64,
        color: Color,
        anchor: Anchor,
    ) {
        self.push(html! {
            text class=(fill(color)) x=(px(x)) y=(px(y + BASELINE * size)) font-size=(px(size))
                text-anchor=(anchor.name()) { (text) }
        });
    }

    /// Writes a text from bottom to top, its middle at the position.
    pub fn vertical_text(&mut self, text: &str, (x, y): (f64, f64), size: f64, color: Color) {
        let transform = format!("translate({} {}) rotate(-90)", px(x), px(y));
        self.push(html! {
            text class=(fill(color)) transform=(transform) y=(px(BASELINE * size)) font-size=(px(size))
                text-anchor="middle" { (text) }
        });
    }

    /// The drawing for a page, which scales it to the width of its container.
    pub fn svg(&self) -> Markup {
        html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (px(self.width)) " " (px(self.height)) }
                role="img" aria-label=(self.label) {
                (PreEscaped(&self.elements))
            }
        }
    }

    /// The drawing as an SVG document with the given style.
    #[cfg(feature = "png")]
    pub(crate) fn document(&self, css: &str) -> String {
        let (width, height) = (px(self.width), px(self.height));
        html! {
            svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
                style { (PreEscaped(css)) }
                (PreEscaped(&self.elements))
            }
        }
        .into_string()
    }
}

/// The distance of the baseline of a text from its middle, as a fraction of its size.
const BASELINE: f64 = 0.35;

/// The class that fills with a color.
fn fill(color: Color) -> String {
    format!("fill-{}", color.name())
}

/// A length with at most two decimals.
fn px(length: f64) -> String {
    let rounded = (length * 100.0).round() / 100.0;
    // Without the sign of a negative zero.
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_label_are_escaped_and_lengths_are_short() {
        let mut drawing = Drawing::new(10.0, 5.5, "a & b");
        drawing.text("<c>", (1.0 / 3.0, 1.0), 10.0, Color::Ink, Anchor::End);
        let svg = drawing.svg().into_string();
        assert!(svg.contains("viewBox=\"0 0 10 5.5\""), "{svg}");
        assert!(svg.contains("aria-label=\"a &amp; b\""), "{svg}");
        assert!(
            svg.contains("x=\"0.33\"") && svg.contains("&lt;c&gt;"),
            "{svg}"
        );
    }

    #[test]
    fn only_a_dashed_line_has_dashes() {
        let mut drawing = Drawing::new(10.0, 10.0, "");
        drawing.line(&[(0.0, 0.0), (1.0, 2.0)], 1.0, Color::Blue);
        assert!(!drawing.svg().into_string().contains("dasharray"));
        drawing.dashed_line(&[(0.0, 0.0), (1.0, 2.0)], 1.0, Color::Blue);
        assert!(drawing.svg().into_string().contains("dasharray"));
    }
}
