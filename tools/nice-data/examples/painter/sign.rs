//! The sign, with letters of two sizes.

use super::canvas::{Canvas, Color, Point, blend, hex, lit};
use nice_data::synthetic::letters;
use nice_data::synthetic::noise::{fractal, lerp, smoothstep};

/// A sign on two posts.
pub(super) fn sign(canvas: &mut Canvas) {
    let (left, top, right, bottom) = (222.0, 420.0, 434.0, 474.0);
    for post in [left + 18.0, right - 18.0] {
        canvas.polygon(
            &[
                (post - 4.0, top - 7.0),
                (post + 4.0, top - 7.0),
                (post + 4.0, 492.0),
                (post - 4.0, 492.0),
            ],
            |(x, y)| {
                let round = 1.0 - (x - post).abs() / 6.5;
                lit(
                    hex(0x7d6549),
                    round * (0.9 + 0.5 * fractal(x * 0.9, y * 0.08, 3, 61)),
                )
            },
        );
    }
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    canvas.polygon(&corners, |(x, y)| {
        let edge = (x - left).min(right - x).min(y - top).min(bottom - y);
        let grain = fractal(x * 0.045, y * 0.8, 4, 62);
        if edge < 4.0 {
            let light = if y - top < 4.0 {
                1.2
            } else if bottom - y < 4.0 {
                0.6
            } else {
                0.9
            };
            return lit(hex(0x7a5a3a), light * (0.95 + 0.35 * grain));
        }
        // Three boards, painted.
        let board = (y - top) / 18.0;
        let gap = if board - board.floor() < 0.06 && y - top > 8.0 {
            0.80
        } else {
            1.0
        };
        let shade = lerp(0.70, 1.0, smoothstep(4.0, 9.0, edge))
            * lerp(0.9, 1.04, (x - left) / (right - left));
        let paint = blend(
            hex(0xf1e8d2),
            hex(0xd9cba9),
            0.5 + 0.5 * fractal(x / 34.0, y / 15.0, 3, 63),
        );
        lit(paint, gap * shade * (0.93 + 0.09 * grain))
    });
    let ink = hex(0x1d3344);
    let middle = (left + right) / 2.0;
    write(canvas, "NICE 48 BITS", (middle, top + 11.0), 16.0, 2.9, ink);
    write(
        canvas,
        "8 X 8 PIXELS, ALWAYS 6 BYTES",
        (middle, top + 37.0),
        7.0,
        1.1,
        hex(0x6a2d22),
    );
    for nail in [
        (left + 9.0, top + 9.0),
        (right - 9.0, top + 9.0),
        (left + 9.0, bottom - 9.0),
        (right - 9.0, bottom - 9.0),
    ] {
        canvas.leaf(nail, (1.0, 0.0), 1.3, 1.3, hex(0x4a4640));
    }
}

/// Writes a line of letters around a middle.
fn write(
    canvas: &mut Canvas,
    text: &str,
    (middle, top): Point,
    height: f32,
    width: f32,
    color: Color,
) {
    let (strokes, length) = letters::line(text, height);
    let left = middle - length / 2.0;
    for [from, to] in strokes {
        let point = |(x, y): Point| (left + x, top + y);
        canvas.stroke(point(from), point(to), (width, width), (color, color));
    }
}
