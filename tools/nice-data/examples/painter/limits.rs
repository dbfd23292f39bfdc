//! Four panels of what a codec for photographs is bad at: small letters, thin lines in strong colors, fine stripes, noise.

use super::canvas::{coverage, to_segment};
use nice_data::synthetic::{letters, noise};
use nice_encode::Picture;

/// The side of a panel.
const SIDE: u32 = 128;

/// Renders the panels side by side, always the same.
pub fn limits() -> Picture {
    let text: Vec<_> = (0..8_u8)
        .flat_map(|at| {
            let (strokes, _) = letters::line(LINES[usize::from(at) % LINES.len()], 7.0);
            let (left, top) = (6.0, 8.0 + 15.0 * f32::from(at));
            strokes
                .into_iter()
                .map(move |ends| ends.map(|(x, y)| (x + left, y + top)))
        })
        .collect();
    let rgb = (0..SIDE)
        .flat_map(|y| (0..4 * SIDE).map(move |x| (x, y)))
        .flat_map(|(x, y)| match x / SIDE {
            0 => letter(&text, x as f32 + 0.5, y as f32 + 0.5),
            1 => lines(x % SIDE, y),
            2 => stripes(x % SIDE, y),
            _ => [1, 2, 3].map(|seed| (noise::hash(x as i32, y as i32, seed) >> 24) as u8),
        })
        .collect();
    Picture::new(4 * SIDE, SIDE, rgb).expect("three samples a pixel")
}

const LINES: [&str; 3] = ["SMALL LETTERS", "0123456789", "ON A SCREEN"];

/// Dark letters on white.
fn letter(strokes: &[letters::Stroke], x: f32, y: f32) -> [u8; 3] {
    let ink = strokes
        .iter()
        .map(|[from, to]| coverage(to_segment((x, y), *from, *to).0 - 0.5))
        .fold(0.0, f32::max);
    [(255.0 - 235.0 * ink) as u8; 3]
}

/// Frames one pixel wide in strong colors on gray.
fn lines(x: u32, y: u32) -> [u8; 3] {
    let ring = x.min(y).min(SIDE - 1 - x).min(SIDE - 1 - y);
    match (ring % 9, ring / 9 % 3) {
        (4, 0) => [255, 0, 0],
        (4, 1) => [0, 200, 0],
        (4, _) => [0, 0, 255],
        _ => [214, 214, 214],
    }
}

/// Stripes that become finer toward the right and tilt toward the bottom.
fn stripes(x: u32, y: u32) -> [u8; 3] {
    let (x, y) = (x as f32, y as f32);
    let turns = x * x / 900.0 + y * x / 700.0;
    [(128.0 + 110.0 * noise::wave(turns)) as u8; 3]
}
