//! The surface that the demo picture is painted on: linear light, finer than the picture, averaged down at the end.

use rayon::prelude::*;

use super::noise::{chance, mix};
use crate::picture::Picture;

/// Width of the picture.
pub(super) const WIDTH: usize = 768;
/// Height of the picture.
pub(super) const HEIGHT: usize = 512;
/// The canvas is this much finer than the picture, each way.
const FINER: usize = 2;
const ACROSS: usize = WIDTH * FINER;
const DOWN: usize = HEIGHT * FINER;

/// A colour in linear light.
pub(super) type Colour = [f32; 3];

/// A place in the picture, in its pixels.
pub(super) type Place = (f32, f32);

/// The colour of a hexadecimal code as used on web pages, with a gamma of 2.
pub(super) const fn hex(code: u32) -> Colour {
    let r = ((code >> 16) & 255) as f32 / 255.0;
    let g = ((code >> 8) & 255) as f32 / 255.0;
    let b = (code & 255) as f32 / 255.0;
    [r * r, g * g, b * b]
}

/// From one colour to another.
pub(super) fn blend(a: Colour, b: Colour, share: f32) -> Colour {
    [
        mix(a[0], b[0], share),
        mix(a[1], b[1], share),
        mix(a[2], b[2], share),
    ]
}

/// A colour under more or less light.
pub(super) fn lit(colour: Colour, light: f32) -> Colour {
    colour.map(|channel| channel * light)
}

/// Light added to light.
pub(super) fn add(a: Colour, b: Colour) -> Colour {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// The painting.
pub(super) struct Canvas {
    samples: Vec<Colour>,
}

impl Canvas {
    /// A canvas with the colour that `paint` has for each place.
    pub(super) fn new(paint: impl Fn(Place) -> Colour + Sync) -> Self {
        let mut samples = vec![[0.0; 3]; ACROSS * DOWN];
        samples
            .par_chunks_mut(ACROSS)
            .enumerate()
            .for_each(|(row, line)| {
                for (column, sample) in line.iter_mut().enumerate() {
                    *sample = paint(centre(column, row));
                }
            });
        Self { samples }
    }

    /// Lets `paint` say, for each place in the rectangle, which colour covers it, and how much.
    pub(super) fn cover(
        &mut self,
        from: Place,
        to: Place,
        paint: impl Fn(Place) -> (Colour, f32) + Sync,
    ) {
        let span = |from: f32, to: f32, size: usize| {
            let first = (from * FINER as f32).floor().clamp(0.0, size as f32) as usize;
            let last = (to * FINER as f32).ceil().clamp(0.0, size as f32) as usize;
            (first, last.max(first))
        };
        let (left, right) = span(from.0, to.0, ACROSS);
        let (top, bottom) = span(from.1, to.1, DOWN);
        let rows = &mut self.samples[top * ACROSS..bottom * ACROSS];
        let line = |(row, line): (usize, &mut [Colour])| {
            for (column, sample) in line.iter_mut().enumerate().take(right).skip(left) {
                let (colour, share) = paint(centre(column, top + row));
                if share > 0.0 {
                    *sample = blend(*sample, colour, share.min(1.0));
                }
            }
        };
        // Small things are not worth handing out.
        if (right - left) * (bottom - top) < 20_000 {
            rows.chunks_mut(ACROSS).enumerate().for_each(line);
        } else {
            rows.par_chunks_mut(ACROSS).enumerate().for_each(line);
        }
    }

    /// A line with round ends that narrows from one width to another.
    pub(super) fn stroke(
        &mut self,
        from: Place,
        to: Place,
        widths: (f32, f32),
        colours: (Colour, Colour),
    ) {
        let reach = widths.0.max(widths.1) / 2.0 + 0.5;
        let low = (from.0.min(to.0) - reach, from.1.min(to.1) - reach);
        let high = (from.0.max(to.0) + reach, from.1.max(to.1) + reach);
        self.cover(low, high, |place| {
            let (distance, along) = to_segment(place, from, to);
            let half = mix(widths.0, widths.1, along) / 2.0;
            (
                blend(colours.0, colours.1, along),
                coverage(distance - half),
            )
        });
    }

    /// An ellipse of one colour, turned so that its long axis points along `axis`, which has unit length.
    pub(super) fn leaf(&mut self, at: Place, axis: Place, long: f32, short: f32, colour: Colour) {
        let reach = long + 0.5;
        self.cover(
            (at.0 - reach, at.1 - reach),
            (at.0 + reach, at.1 + reach),
            |place| {
                let (dx, dy) = (place.0 - at.0, place.1 - at.1);
                let along = (dx * axis.0 + dy * axis.1) / long;
                let across = (dx * axis.1 - dy * axis.0) / short;
                let distance = ((along * along + across * across).sqrt() - 1.0) * short;
                (colour, coverage(distance))
            },
        );
    }

    /// Paints the inside of a polygon, with smooth edges.
    pub(super) fn polygon(&mut self, corners: &[Place], paint: impl Fn(Place) -> Colour + Sync) {
        let bound = |pick: fn(&Place) -> f32, start: f32, best: fn(f32, f32) -> f32| {
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
        self.cover(low, high, |place| {
            let share = coverage(to_polygon(place, corners));
            if share > 0.0 {
                (paint(place), share)
            } else {
                ([0.0; 3], 0.0)
            }
        });
    }

    /// The picture, with the grain of a film.
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
                        // Most in the middle tones, little in black and white, as on film.
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

/// How much of a sample something covers whose edge is `distance` away, negative inside.
pub(super) fn coverage(distance: f32) -> f32 {
    (0.5 - distance * FINER as f32 / 1.4).clamp(0.0, 1.0)
}

/// Distance to a straight line, and how far along it the nearest point is, from 0 to 1.
pub(super) fn to_segment(place: Place, from: Place, to: Place) -> (f32, f32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).max(1e-6);
    let along = (((place.0 - from.0) * dx + (place.1 - from.1) * dy) / length).clamp(0.0, 1.0);
    let (x, y) = (place.0 - from.0 - dx * along, place.1 - from.1 - dy * along);
    ((x * x + y * y).sqrt(), along)
}

/// Distance to the edge of a polygon, negative inside.
pub(super) fn to_polygon(place: Place, corners: &[Place]) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut from = corners[corners.len() - 1];
    for &to in corners {
        nearest = nearest.min(to_segment(place, from, to).0);
        if (from.1 > place.1) != (to.1 > place.1)
            && place.0 < (to.0 - from.0) * (place.1 - from.1) / (to.1 - from.1) + from.0
        {
            inside = !inside;
        }
        from = to;
    }
    if inside { -nearest } else { nearest }
}

fn centre(column: usize, row: usize) -> Place {
    (
        (column as f32 + 0.5) / FINER as f32,
        (row as f32 + 0.5) / FINER as f32,
    )
}

/// Bends light that is too strong for the film below 1.
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

/// Grain of deviation 1 that is a little coarser than a pixel.
fn speck(x: i32, y: i32, seed: u32) -> f32 {
    let one = |x: i32, y: i32| chance(x, y, seed) + chance(x, y, seed ^ 0x5555) - 1.0;
    one(x, y) * 2.0 + one(x + 1, y) + one(x, y + 1)
}
