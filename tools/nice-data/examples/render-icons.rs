//! Renders icons of 64 x 64 pixels to a folder, always the same: shapes in flat colors and gradients, smooth at their edges.
//!
//! `cargo run --release -p nice-data --example render-icons -- FOLDER [COUNT]`

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use nice_data::picture_file;
use nice_encode::Picture;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The side of an icon in pixels.
const SIDE: u32 = 64;

/// The samples along the side of a pixel, whose mean it is.
const SAMPLES: u32 = 4;

/// A color: red, green and blue in 0..=1.
type Color = [f32; 3];

/// A shape, in units of the side of the icon.
enum Shape {
    /// A disk, or a ring with a hole of some radius.
    Disk {
        center: [f32; 2],
        radius: f32,
        hole: f32,
    },
    /// A rectangle with round corners, turned.
    Rectangle {
        center: [f32; 2],
        half: [f32; 2],
        corner: f32,
        angle: f32,
    },
    /// A line with round ends.
    Line {
        from: [f32; 2],
        to: [f32; 2],
        width: f32,
    },
    /// A regular star.
    Star {
        center: [f32; 2],
        radius: f32,
        depth: f32,
        points: f32,
        angle: f32,
    },
}

/// A shape with its colors, from its upper to its lower end.
struct Part {
    shape: Shape,
    colors: [Color; 2],
}

impl Shape {
    /// Whether a point is within the shape.
    fn contains(&self, [x, y]: [f32; 2]) -> bool {
        match *self {
            Self::Disk {
                center,
                radius,
                hole,
            } => {
                let distance = (x - center[0]).hypot(y - center[1]);
                distance <= radius && distance >= hole
            }
            Self::Rectangle {
                center,
                half,
                corner,
                angle,
            } => {
                let (dx, dy) = (x - center[0], y - center[1]);
                let (sin, cos) = angle.sin_cos();
                let outside = |along: f32, half: f32| (along.abs() - half + corner).max(0.0);
                let x = outside(dx * cos + dy * sin, half[0]);
                let y = outside(dy * cos - dx * sin, half[1]);
                x.hypot(y) <= corner
            }
            Self::Line { from, to, width } => {
                let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
                let length = (dx * dx + dy * dy).max(1e-6);
                let at = ((x - from[0]) * dx + (y - from[1]) * dy) / length;
                let at = at.clamp(0.0, 1.0);
                (x - from[0] - at * dx).hypot(y - from[1] - at * dy) <= width
            }
            Self::Star {
                center,
                radius,
                depth,
                points,
                angle,
            } => {
                let (dx, dy) = (x - center[0], y - center[1]);
                let turn =
                    ((dy.atan2(dx) - angle) * points / std::f32::consts::TAU).rem_euclid(1.0);
                dx.hypot(dy) <= radius * (1.0 - depth * (1.0 - (2.0 * turn - 1.0).abs()))
            }
        }
    }
}

/// A random color: one of a few hues, light or dark, or gray.
fn color(random: &mut ChaCha8Rng) -> Color {
    let (hue, light) = (
        random.random_range(0..12),
        random.random_range(0.15..1.0_f32),
    );
    if random.random_bool(0.25) {
        return [light; 3];
    }
    let channel = |shift: i32| {
        let distance = ((hue + shift) % 12 - 6).abs() as f32 / 6.0;
        light * (1.4 * distance - 0.2).clamp(0.05, 1.0)
    };
    [channel(6), channel(10), channel(2)]
}

/// A random part of an icon.
fn part(random: &mut ChaCha8Rng) -> Part {
    let point =
        |random: &mut ChaCha8Rng| [random.random_range(0.2..0.8), random.random_range(0.2..0.8)];
    let center = point(random);
    let shape = match random.random_range(0..5) {
        0 => {
            let radius = random.random_range(0.06..0.35);
            let hole = if random.random_bool(0.4) {
                radius * random.random_range(0.4..0.8)
            } else {
                0.0
            };
            Shape::Disk {
                center,
                radius,
                hole,
            }
        }
        1 | 2 => {
            let half: [f32; 2] = [
                random.random_range(0.04..0.35),
                random.random_range(0.04..0.35),
            ];
            let corner = half[0].min(half[1]) * random.random_range(0.05..0.9);
            let angle = if random.random_bool(0.7) {
                0.0
            } else {
                random.random_range(0.0..1.6)
            };
            Shape::Rectangle {
                center,
                half,
                corner,
                angle,
            }
        }
        3 => Shape::Line {
            from: center,
            to: point(random),
            width: random.random_range(0.01..0.06),
        },
        _ => Shape::Star {
            center,
            radius: random.random_range(0.1..0.35),
            depth: random.random_range(0.3..0.7),
            points: random.random_range(4..9) as f32,
            angle: random.random_range(0.0..6.0),
        },
    };
    let first = color(random);
    let second = if random.random_bool(0.5) {
        first
    } else {
        first.map(|value| value * 0.6)
    };
    Part {
        shape,
        colors: [first, second],
    }
}

/// The icon with a number.
fn icon(number: u64) -> Result<Picture> {
    let mut random = ChaCha8Rng::seed_from_u64(number);
    let background = if random.random_bool(0.6) {
        [1.0; 3]
    } else {
        color(&mut random)
    };
    let parts: Vec<Part> = (0..random.random_range(2..8))
        .map(|_| part(&mut random))
        .collect();
    let color_at = |at: [f32; 2]| {
        let covering = parts.iter().rev().find(|part| part.shape.contains(at));
        covering.map_or(background, |part| {
            let [from, to] = part.colors;
            std::array::from_fn(|channel| from[channel] + (to[channel] - from[channel]) * at[1])
        })
    };
    let scale = 1.0 / (SIDE * SAMPLES) as f32;
    let mut rgb = Vec::with_capacity((SIDE * SIDE * 3) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let mut sum = [0.0; 3];
            for sample in 0..SAMPLES * SAMPLES {
                let column = x * SAMPLES + sample % SAMPLES;
                let line = y * SAMPLES + sample / SAMPLES;
                let color = color_at([(column as f32 + 0.5) * scale, (line as f32 + 0.5) * scale]);
                for (sum, value) in sum.iter_mut().zip(color) {
                    *sum += value;
                }
            }
            rgb.extend(sum.map(|sum| (sum * 255.0 / (SAMPLES * SAMPLES) as f32).round() as u8));
        }
    }
    Picture::new(SIDE, SIDE, rgb)
}

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1);
    let folder: PathBuf = args.next().context("give a folder for the icons")?.into();
    let count = match args.next() {
        None => 400,
        Some(text) => text
            .to_string_lossy()
            .parse()
            .context("the count is a number")?,
    };
    ensure!(
        args.next().is_none(),
        "give a folder and, if you like, a count"
    );
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    for number in 0..count {
        picture_file::write_png(&folder.join(format!("{number:04}.png")), &icon(number)?)?;
    }
    println!("{count} icons are in {}", folder.display());
    Ok(())
}
