//! The surface that the demo picture is painted on: linear light, finer than the picture, averaged down at the end.

use rayon::prelude::*;

use nice_data::synthetic::noise::{lerp, random_at};
use nice_encode::Picture;

/// Width of the picture.
pub(super) const WIDTH: usize = 768;
/// Height of the picture.
pub(super) const HEIGHT: usize = 512;
/// The canvas is this much finer than the picture, each way.
const FINER: usize = 2;
const ACROSS: usize = WIDTH * FINER;
const DOWN: usize = HEIGHT * FINER;

/// A color in linear light.
pub(super) type Color = [f32; 3];

/// A point in the picture, in its pixels.
pub(super) type Point = (f32, f32);

/// The color of a hexadecimal code as used on web pages, with a gamma of 2.
pub(super) const fn hex(code: u32) -> Color {
    let r = ((code >> 16) & 255) as f32 / 255.0;
    let g = ((code >> 8) & 255) as f32 / 255.0;
    let b = (code & 255) as f32 / 255.0;
    [r * r, g * g, b * b]
}

/// A mix of two colors: `a` at 0, `b` at 1.
pub(super) fn blend(a: Color, b: Color, fraction: f32) -> Color {
    [
        lerp(a[0], b[0], fraction),
        lerp(a[1], b[1], fraction),
        lerp(a[2], b[2], fraction),
    ]
}

/// A color under more or less light.
pub(super) fn lit(color: Color, light: f32) -> Color {
    color.map(|channel| channel * light)
}

/// Light added to light.
pub(super) fn add(a: Color, b: Color) -> Color {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// The painting.
pub(super) struct Canvas {
    samples: Vec<Color>,
}

impl Canvas {
    /// A canvas with the color that `paint` has for each point.
    pub(super) fn new(paint: impl Fn(Point) -> Color + Sync) -> Self {
        let mut samples = vec![[0.0; 3]; ACROSS * DOWN];
        samples
            .par_chunks_mut(ACROSS)
            .enumerate()
            .for_each(|(row, line)| {
                for (column, sample) in line.iter_mut().enumerate() {
                    *sample = paint(center(column, row));
                }
            });
        Self { samples }
    }

    /// Lets `paint` say, for each point in the rectangle, which color covers it, and how much.
    pub(super) fn cover(
        &mut self,
        from: Point,
        to: Point,
        paint: impl Fn(Point) -> (Color, f32) + Sync,
    ) {
        let span = |from: f32, to: f32, size: usize| {
            let first = (from * FINER as f32).floor().clamp(0.0, size as f32) as usize;
            let last = (to * FINER as f32).ceil().clamp(0.0, size as f32) as usize;
            (first, last.max(first))
        };
        let (left, right) = span(from.0, to.0, ACROSS);
        let (top, bottom) = span(from.1, to.1, DOWN);
        let rows = &mut self.samples[top * ACROSS..bottom * ACROSS];
        let line = |(row, line): (usize, &mut [Color])| {
            for (column, sample) in line.iter_mut().enumerate().take(right).skip(left) {
                let (color, fraction) = paint(center(column, top + row));
                if fraction > 0.0 {
                    *sample = blend(*sample, color, fraction.min(1.0));
                }
            }
        };
        // Small areas are not worth the cost of several threads.
        if (right - left) * (bottom - top) < 20_000 {
            rows.chunks_mut(ACROSS).enumerate().for_each(line);
        } else {
            rows.par_chunks_mut(ACROSS).enumerate().for_each(line);
        }
    }

    /// A line with round ends that narrows from one width to another.
    pub(super) fn stroke(
        &mut self,
        from: Point,
        to: Point,
        widths: (f32, f32),
        colors: (Color, Color),
    ) {
        let reach = widths.0.max(widths.1) / 2.0 + 0.5;
        let low = (from.0.min(to.0) - reach, from.1.min(to.1) - reach);
        let high = (from.0.max(to.0) + reach, from.1.max(to.1) + reach);
        self.cover(low, high, |point| {
            let (distance, along) = to_segment(point, from, to);
            let half = lerp(widths.0, widths.1, along) / 2.0;
            (blend(colors.0, colors.1, along), coverage(distance - half))
        });
    }

    /// An ellipse of one color, turned so that its long axis points along `axis`, which has unit length.
    pub(super) fn leaf(&mut self, at: Point, axis: Point, long: f32, short: f32, color: Color) {
        let reach = long + 0.5;
        self.cover(
            (at.0 - reach, at.1 - reach),
            (at.0 + reach, at.1 + reach),
            |point| {
                let (dx, dy) = (point.0 - at.0, point.1 - at.1);
                let along = (dx * axis.0 + dy * axis.1) / long;
                let across = (dx * axis.1 - dy * axis.0) / short;
                let distance = ((along * along + across * across).sqrt() - 1.0) * short;
                (color, coverage(distance))
            },
        );
    }

    /// Paints the inside of a polygon, with smooth edges.
    pub(super) fn polygon(&mut self, corners: &[Point], paint: impl Fn(Point) -> Color + Sync) {
        let bound = |pick: fn(&Point) -> f32, start: f32, best: fn(f32, f32) -> f32| {
            corners.iter().map(pick).fold(start, best)
        };
        let low = (
            bound(|c| c.0, f32::MAX, f32::min) - 1.0,
            bound(|c| c.1, f32::MAX, f32::min) - 1.0,
        );
        let high = (
            bound(|c| c.0, f32::MIN, f32::max) + 1.0,
            bound(|c| c.1, f32::MIN, f32::max) + 1.0,
        );
        self.cover(low, high, |point| {
            let fraction = coverage(to_polygon(point, corners));
            if fraction > 0.0 {
                (paint(point), fraction)
            } else {
                ([0.0; 3], 0.0)
            }
        });
    }

    /// The picture, with film grain.
    pub(super) fn develop(&self, grain: f32) -> Picture {
        // The filter of a lens, 1 3 3 1 each way on the finer canvas.
        const TAPS: [f32; 4] = [0.125, 0.375, 0.375, 0.125];
        let mut rgb = vec![0; WIDTH * HEIGHT * 3];
        rgb.par_chunks_mut(WIDTH * 3)
            .enumerate()
            .for_each(|(row, line)| {
                for (column, pixel) in line.chunks_exact_mut(3).enumerate() {
                    let mut sum = [0.0; 3];
                    for (down, weight_down) in TAPS.iter().enumerate() {
                        let y = (row * FINER + down).saturating_sub(1).min(DOWN - 1);
                        for (across, weight_across) in TAPS.iter().enumerate() {
                            let x = (column * FINER + across).saturating_sub(1).min(ACROSS - 1);
                            let weight = weight_down * weight_across;
                            sum = add(sum, lit(self.samples[y * ACROSS + x], weight));
                        }
                    }
                    let (x, y) = (column as i32, row as i32);
                    let shade = vignette(column, row);
                    let common = speck(x, y, 11);
                    for (channel, (out, light)) in pixel.iter_mut().zip(sum).enumerate() {
                        let value = shoulder(light * shade).sqrt();
                        // Strongest in the midtones, weak in black and white, as on film.
                        let strength = grain * (0.35 + 2.6 * value * (1.0 - value));
                        let speck = 0.8 * common + 0.45 * speck(x, y, 12 + channel as u32);
                        *out = (value * 255.0 + speck * strength + 0.5).clamp(0.0, 255.0) as u8;
                    }
                }
            });
        Picture::new(WIDTH as u32, HEIGHT as u32, rgb)
            .expect("the samples of the picture are as many as it needs")
    }
}

/// How much of a sample is covered by a shape whose edge is `distance` away; the distance is negative inside the shape.
pub(super) fn coverage(distance: f32) -> f32 {
    (0.5 - distance * FINER as f32 / 1.4).clamp(0.0, 1.0)
}

/// Distance to a straight line, and how far along it the nearest point is, from 0 to 1.
pub(super) fn to_segment(point: Point, from: Point, to: Point) -> (f32, f32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).max(1e-6);
    let along = (((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length).clamp(0.0, 1.0);
    let (x, y) = (point.0 - from.0 - dx * along, point.1 - from.1 - dy * along);
    ((x * x + y * y).sqrt(), along)
}

/// Distance to the edge of a polygon, negative inside.
pub(super) fn to_polygon(point: Point, corners: &[Point]) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut from = corners[corners.len() - 1];
    for &to in corners {
        nearest = nearest.min(to_segment(point, from, to).0);
        if (from.1 > point.1) != (to.1 > point.1)
            && point.0 < (to.0 - from.0) * (point.1 - from.1) / (to.1 - from.1) + from.0
        {
            inside = !inside;
        }
        from = to;
    }
    if inside { -nearest } else { nearest }
}

fn center(column: usize, row: usize) -> Point {
    (
        (column as f32 + 0.5) / FINER as f32,
        (row as f32 + 0.5) / FINER as f32,
    )
}

/// Compresses light that is too strong for the film, so that it stays below 1.
fn shoulder(light: f32) -> f32 {
    const KNEE: f32 = 0.7;
    if light <= KNEE {
        return light.max(0.0);
    }
    let over = (light - KNEE) / (1.0 - KNEE);
    KNEE + (1.0 - KNEE) * over / (1.0 + over)
}

/// The corners get a little less light.
fn vignette(column: usize, row: usize) -> f32 {
    let x = column as f32 / WIDTH as f32 - 0.5;
    let y = row as f32 / HEIGHT as f32 - 0.5;
    1.06 - 0.42 * (x * x + y * y)
}

/// Grain with a standard deviation of 1 that is a little coarser than a pixel.
fn speck(x: i32, y: i32, seed: u32) -> f32 {
    let one = |x: i32, y: i32| random_at(x, y, seed) + random_at(x, y, seed ^ 0x5555) - 1.0;
    one(x, y) * 2.0 + one(x + 1, y) + one(x, y + 1)
}
