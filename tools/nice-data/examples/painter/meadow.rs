//! The near shore: its edge, the path, meadow and grass, and shadows on the ground.

use super::canvas::{Canvas, HEIGHT, Point, add, blend, coverage, hex, lit, to_polygon};
use nice_data::synthetic::noise::{Random, fractal, lerp, noise, smoothstep};

/// The line of the near shore.
fn bank(x: f32) -> f32 {
    let bay = (x - 290.0) / 122.0;
    400.0 + 34.0 / (1.0 + bay * bay * bay * bay) - 9.0 * smoothstep(380.0, 600.0, x)
        + 4.0 * noise(x / 37.0, 0.0, 201)
        + 1.6 * noise(x / 7.0, 3.0, 202)
}

/// The middle of the path and half its width.
fn path(y: f32) -> (f32, f32) {
    let near = ((y - 421.0) / (512.0 - 421.0)).clamp(0.0, 1.3);
    let middle = 634.0 - 118.0 * near * (0.55 + 0.45 * near) + 9.0 * noise(y / 24.0, 1.0, 203);
    (middle, lerp(9.0, 50.0, near * (0.6 + 0.4 * near)))
}

/// How much of a point is path.
fn on_path((x, y): Point) -> f32 {
    let (middle, half) = path(y);
    let rough = 1.0 + 0.22 * fractal(x / 11.0, y / 6.0, 3, 204);
    smoothstep(1.0, 0.8, (x - middle).abs() / (half * rough)) * smoothstep(420.0, 424.0, y)
}

pub(super) fn meadow(canvas: &mut Canvas) {
    canvas.cover((0.0, 380.0), (768.0, HEIGHT as f32), |point| {
        let (x, y) = point;
        let edge = bank(x);
        let fraction = coverage(edge - y);
        if fraction <= 0.0 {
            return ([0.0; 3], 0.0);
        }
        let depth = 70.0 / (y - 336.0);
        let (u, v) = ((x - 384.0) * depth * 0.04, depth * 9.0);
        let patch = fractal(u * 0.5, v * 0.8, 4, 205);
        let fine = fractal(u * 6.0, v * 9.0, 3, 206);
        let dry = smoothstep(-0.2, 0.6, patch);
        let green = blend(hex(0x42571f), hex(0x8f9346), dry);
        let grass = lit(green, 0.72 + 0.45 * fine);
        let stone = noise(u * 22.0, v * 26.0, 207);
        let sand = lit(
            blend(hex(0x8a7454), hex(0xc4ad86), 0.5 + fine * 0.7),
            0.85 + 0.35 * stone,
        );
        let mut color = blend(grass, sand, on_path(point));
        // Wet sand at the water.
        let wet = smoothstep(5.0, 0.5, y - edge);
        color = blend(color, lit(hex(0x6b604a), 0.7 + 0.4 * stone), wet);
        (color, fraction)
    });
}

/// Blades of grass and flowers with their feet between two heights, the far ones first.
pub(super) fn grass(canvas: &mut Canvas, random: &mut Random, from: f32, to: f32) {
    let mut y = from;
    while y < to {
        let near = ((y - 380.0) / 140.0).clamp(0.0, 1.0);
        let count = lerp(620.0, 150.0, near) as u32;
        for _ in 0..count {
            let x = random.range(-4.0, 772.0);
            let foot = y + random.unit() * 1.2;
            let kind = random.unit();
            let (tall, lean, tone) = (
                random.range(0.5, 1.3),
                random.normal() * 0.34,
                random.unit(),
            );
            if foot < bank(x) + 2.5 || on_path((x, foot)) > 0.25 {
                continue;
            }
            // The grass grows in tufts, and stays low in front of the sign.
            let tuft = 0.75 + 0.9 * noise(x / 19.0, foot / 9.0, 208);
            let low = if (216.0..440.0).contains(&x) {
                0.55
            } else {
                1.0
            };
            let high = lerp(2.4, 17.0, near * near) * tall * tuft.max(0.3) * low;
            let tip = (x + lean * high + high * 0.12, foot - high);
            let dry = smoothstep(
                -0.35,
                0.6,
                noise(x / 60.0, foot / 26.0, 209) + tone * 0.5 - 0.25,
            );
            let leaf = blend(hex(0x5c7a28), hex(0xb3a658), dry);
            let color = lit(leaf, 0.55 + 0.6 * tone);
            let width = lerp(0.55, 1.7, near);
            let meadow = smoothstep(0.0, 0.5, noise(x / 40.0, foot / 17.0, 212));
            if kind < 0.998 - 0.03 * meadow {
                // Bent at the middle; the tips catch the sun.
                let middle = (x + lean * high * 0.30, foot - high * 0.58);
                let root = lit(color, 0.42);
                canvas.stroke(
                    (x, foot),
                    middle,
                    (width, width * 0.85),
                    (root, lit(color, 0.9)),
                );
                let bright = add(lit(color, 1.15), lit(hex(0xffdc96), 0.08));
                canvas.stroke(
                    middle,
                    tip,
                    (width * 0.85, width * 0.25),
                    (lit(color, 0.9), bright),
                );
            } else {
                let petals = match (noise(x / 45.0, foot / 20.0, 211) * 4.0 + tone * 2.0) as i32 {
                    ..=-1 => hex(0xd8433a),
                    0 => hex(0xf4f1e6),
                    1 => hex(0xf0c03c),
                    _ => hex(0x8a6fc4),
                };
                let size = lerp(0.7, 2.9, near);
                canvas.stroke(
                    (x, foot),
                    tip,
                    (width * 0.7, width * 0.5),
                    (lit(color, 0.5), color),
                );
                for side in [(1.0, 0.0), (0.6, 0.8), (-0.6, 0.8)] {
                    canvas.leaf(
                        tip,
                        side,
                        size,
                        size * 0.45,
                        lit(petals, 0.7 + 0.4 * random.unit()),
                    );
                }
                canvas.leaf(tip, (1.0, 0.0), size * 0.35, size * 0.3, hex(0x9a6b20));
            }
        }
        y += 1.0;
    }
}

/// A soft shadow on the ground.
pub(super) fn shadow(canvas: &mut Canvas, corners: &[Point]) {
    let low = corners.iter().fold((f32::MAX, f32::MAX), |low, c| {
        (low.0.min(c.0), low.1.min(c.1))
    });
    let high = corners.iter().fold((f32::MIN, f32::MIN), |high, c| {
        (high.0.max(c.0), high.1.max(c.1))
    });
    canvas.cover(
        (low.0 - 12.0, low.1 - 8.0),
        (high.0 + 12.0, high.1 + 12.0),
        |point| {
            let depth = -to_polygon(point, corners);
            (hex(0x141a18), 0.62 * smoothstep(-7.0, 6.0, depth))
        },
    );
}
