//! What stands on the near shore: meadow, path, house, sign, trees, and a boat on the lake.

use super::backdrop::SHORE;
use super::canvas::{
    Canvas, Color, HEIGHT, Point, add, blend, coverage, hex, lit, to_polygon, to_segment,
};
use nice_data::synthetic::letters;
use nice_data::synthetic::noise::{Random, fractal, lerp, noise, random_at, smoothstep};

/// Light of the sky on what the sun does not reach.
const SHADE: f32 = 0.62;

/// Paints everything, from far to near.
pub(super) fn paint(canvas: &mut Canvas) {
    boat(canvas, (452.0, 327.0));
    meadow(canvas);
    let mut random = Random::new(48);
    shrub(canvas, &mut random, (742.0, 402.0), (34.0, 44.0), 900);
    conifer(canvas, &mut random, (724.0, 424.0), 190.0);
    grass(canvas, &mut random, 380.0, 420.0);
    shadow(
        canvas,
        &[
            (470.0, 408.0),
            (560.0, 420.0),
            (702.0, 424.0),
            (800.0, 462.0),
            (720.0, 476.0),
            (560.0, 432.0),
        ],
    );
    house(canvas);
    shrub(canvas, &mut random, (468.0, 402.0), (22.0, 17.0), 520);
    shrub(canvas, &mut random, (708.0, 424.0), (24.0, 22.0), 520);
    grass(canvas, &mut random, 420.0, 456.0);
    shadow(
        canvas,
        &[
            (60.0, 452.0),
            (112.0, 448.0),
            (70.0, 482.0),
            (-40.0, 520.0),
            (-60.0, 470.0),
        ],
    );
    tree(canvas, &mut random);
    grass(canvas, &mut random, 456.0, 484.0);
    shadow(
        canvas,
        &[
            (224.0, 484.0),
            (430.0, 484.0),
            (442.0, 496.0),
            (228.0, 496.0),
        ],
    );
    sign(canvas);
    grass(canvas, &mut random, 482.0, 530.0);
}

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

fn meadow(canvas: &mut Canvas) {
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
fn grass(canvas: &mut Canvas, random: &mut Random, from: f32, to: f32) {
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
            // Tufts, and none of them high before the sign.
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
fn shadow(canvas: &mut Canvas, corners: &[Point]) {
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

/// A wooden house, red with white trim; the sun lights its left side.
fn house(canvas: &mut Canvas) {
    // Corners of the side wall and of the front, at the ground and under the roof.
    let (back, corner, right) = ((462.0, 405.0), (560.0, 419.0), (702.0, 424.0));
    let (back_top, corner_top, right_top) = ((462.0, 334.0), (560.0, 327.0), (702.0, 324.0));
    let peak = (631.0, 254.0);

    chimney(canvas);
    // The side wall.
    canvas.polygon(&[back, corner, corner_top, back_top], |point| {
        let (u, v) = in_wall(point, back, corner, back_top, corner_top);
        let warm = lerp(0.95, 1.12, u);
        let mut color = lit(planks(u * 9.0, v * 10.0, 1), warm);
        color = shade_under_eave(color, v, 0.16);
        for window in [0.20, 0.62] {
            if let Some(pane) = window_at((u - window) / 0.22, (v - 0.34) / 0.42, 21, point, false)
            {
                color = pane;
            }
        }
        footing(color, u * 9.0, v, point)
    });
    // The front with its gable.
    canvas.polygon(&[corner, right, right_top, peak, corner_top], |point| {
        let (u, v) = in_wall(point, corner, right, corner_top, right_top);
        let mut color = lit(planks(u * 13.0, v * 10.0, 2), SHADE * lerp(1.0, 0.86, u));
        // The eaves keep the light of the sky from the gable's edges.
        let edge = to_segment(point, corner_top, peak)
            .0
            .min(to_segment(point, peak, right_top).0);
        color = lit(color, lerp(0.55, 1.0, smoothstep(0.0, 15.0, edge)));
        for (window, lamp) in [(0.10, false), (0.72, true)] {
            if let Some(pane) = window_at((u - window) / 0.19, (v - 0.34) / 0.40, 22, point, lamp) {
                color = lit(pane, if lamp { 0.95 } else { 0.72 });
            }
        }
        if let Some(pane) = window_at((u - 0.425) / 0.145, (v - 1.16) / 0.27, 23, point, true) {
            color = lit(pane, 0.85);
        }
        if let Some(door) = door((u - 0.415) / 0.17, v / 0.70, point) {
            color = door;
        }
        footing(color, u * 13.0, v, point)
    });
    let white = hex(0xe9e4d8);
    // Boards on the corners.
    canvas.stroke(
        corner,
        corner_top,
        (4.6, 4.4),
        (lit(white, 0.85), lit(white, 0.95)),
    );
    canvas.stroke(
        (700.0, 423.0),
        (700.0, 326.0),
        (4.0, 4.0),
        (lit(white, 0.42), lit(white, 0.5)),
    );
    canvas.stroke(
        (463.5, 404.0),
        (463.5, 336.0),
        (3.2, 3.2),
        (lit(white, 0.9), lit(white, 0.9)),
    );
    roof(canvas);
    // The step before the door.
    canvas.polygon(
        &[
            (614.0, 422.0),
            (650.0, 423.0),
            (653.0, 429.0),
            (611.0, 428.0),
        ],
        |(x, y)| {
            lit(
                hex(0xa39c90),
                (if y < 425.5 { 0.95 } else { 0.5 }) + 0.2 * noise(x * 0.8, y * 0.9, 24),
            )
        },
    );
}

/// Share of the way across and up a wall with upright sides.
fn in_wall(
    (x, y): Point,
    left: Point,
    right: Point,
    left_top: Point,
    right_top: Point,
) -> (f32, f32) {
    let u = (x - left.0) / (right.0 - left.0);
    let (low, high) = (lerp(left.1, right.1, u), lerp(left_top.1, right_top.1, u));
    (u, (low - y) / (low - high))
}

/// Weathered red boards, one a unit upwards.
fn planks(along: f32, up: f32, seed: u32) -> Color {
    let board = up.floor();
    let within = up - board;
    let tint = random_at(board as i32, seed as i32, 31);
    let grain = fractal(along * 1.5 + tint * 40.0, up * 9.0, 3, 32 + seed);
    let worn = smoothstep(0.25, 0.8, fractal(along * 0.8, up * 0.5, 4, 33 + seed));
    let paint = blend(hex(0x8e2f24), hex(0xa8463a), tint);
    let color = blend(paint, hex(0x9c7a66), worn * 0.4);
    let gap = if within < 0.12 {
        0.42
    } else if within > 0.9 {
        1.12
    } else {
        1.0
    };
    lit(color, gap * (0.95 + 0.26 * grain))
}

fn shade_under_eave(color: Color, v: f32, depth: f32) -> Color {
    lit(
        color,
        lerp(1.0, 0.42, smoothstep(1.0 - depth, 1.0 - depth + 0.03, v)),
    )
}

/// Stones at the foot of a wall.
fn footing(color: Color, along: f32, v: f32, (x, y): Point) -> Color {
    if v > 0.075 {
        return lit(color, lerp(0.72, 1.0, smoothstep(0.07, 0.3, v)));
    }
    let stone = random_at((along * 1.6).floor() as i32, (v * 27.0).floor() as i32, 34);
    lit(
        hex(0x8b8780),
        0.35 + 0.3 * stone + 0.2 * noise(x * 0.7, y * 0.9, 35),
    )
}

/// A window with a white frame, in its own coordinates from 0 to 1.
fn window_at(u: f32, v: f32, seed: u32, (x, y): Point, lamp: bool) -> Option<Color> {
    let border = 0.13;
    if !(-border..1.0 + border).contains(&u) || !(-border..1.0 + border).contains(&v) {
        return None;
    }
    let white = lit(hex(0xece7dc), 0.92 + 0.12 * noise(x * 0.9, y * 0.9, seed));
    let inside = (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v);
    if !inside {
        // The sill throws a little shade.
        return Some(lit(white, if v < 0.0 { 0.72 } else { 1.0 }));
    }
    let bar = (u - 0.5).abs() < 0.055 || (v - 0.36).abs() < 0.04 || (v - 0.70).abs() < 0.04;
    if bar {
        return Some(lit(white, 0.9));
    }
    if lamp {
        let curtain = smoothstep(0.20, 0.10, 0.5 - (u - 0.5).abs());
        let glow = 1.0 - 0.9 * ((u - 0.45) * (u - 0.45) + (v - 0.6) * (v - 0.6));
        let warm = lit(blend(hex(0xffd27a), hex(0xff9c48), 1.0 - glow), 1.25 * glow);
        return Some(blend(warm, hex(0xd8b48a), curtain * 0.7));
    }
    let cloud = fractal(x / 16.0, y / 9.0, 3, seed);
    let mirror = blend(
        hex(0x31424f),
        hex(0xb9cbd6),
        (0.25 + 0.6 * v + 0.35 * cloud).clamp(0.0, 1.0),
    );
    let edge = if u < 0.07 || v > 0.94 { 0.45 } else { 0.9 };
    Some(lit(mirror, edge))
}

fn door(u: f32, v: f32, (x, y): Point) -> Option<Color> {
    if !(-0.14..1.14).contains(&u) || !(0.0..1.08).contains(&v) {
        return None;
    }
    if !(0.0..1.0).contains(&u) || v > 1.0 {
        return Some(lit(hex(0xece7dc), 0.66 + 0.08 * noise(x, y, 41)));
    }
    let knob = ((u - 0.86) * 0.5) * ((u - 0.86) * 0.5) + (v - 0.44) * (v - 0.44);
    if knob < 0.0006 {
        return Some(hex(0xe7c766));
    }
    let panel = |low: f32, high: f32| {
        let (u, v) = (
            (u - 0.5).abs() - 0.34,
            (v - (low + high) / 2.0).abs() - (high - low) / 2.0,
        );
        u.max(v)
    };
    let nearest = panel(0.08, 0.46).min(panel(0.54, 0.92));
    let light = if nearest < -0.03 {
        1.0
    } else if nearest < 0.0 {
        0.55
    } else {
        0.86
    };
    Some(lit(
        hex(0x2f6a63),
        light * SHADE * (0.95 + 0.2 * noise(x * 0.5, y * 2.0, 42)),
    ))
}

fn roof(canvas: &mut Canvas) {
    let (eave, eave_back) = ((545.0, 343.0), (446.0, 347.0));
    let (ridge_back, ridge) = ((524.0, 256.0), (633.0, 246.0));
    canvas.polygon(&[eave, eave_back, ridge_back, ridge], |(x, y)| {
        // The fraction of the way up the slope, and along it.
        let (dx, dy) = (x - eave.0, y - eave.1);
        let (ux, uy) = (eave_back.0 - eave.0, eave_back.1 - eave.1);
        let (vx, vy) = (ridge.0 - eave.0, ridge.1 - eave.1);
        let area = ux * vy - uy * vx;
        let along = (dx * vy - dy * vx) / area;
        let up = (ux * dy - uy * dx) / area;
        let row = (up * 14.0).floor();
        let within = up * 14.0 - row;
        let point = along * 15.0 + 0.5 * (row / 2.0 - (row / 2.0).floor()) * 2.0;
        let tile = random_at(point.floor() as i32, row as i32, 51);
        let across = point - point.floor();
        let moss = smoothstep(0.1, 0.7, fractal(along * 5.0, up * 6.0, 4, 52)) * 0.6;
        let slate = blend(
            blend(hex(0x5c5f66), hex(0x8b857d), tile),
            hex(0x66703c),
            moss,
        );
        let gap = if within < 0.16 || across < 0.08 {
            0.45
        } else {
            0.8 + 0.3 * within
        };
        let glance = 1.05 + 0.25 * smoothstep(0.3, 1.0, up);
        lit(
            slate,
            gap * glance * (0.95 + 0.25 * noise(x * 0.9, y * 0.9, 53)),
        )
    });
    let white = hex(0xece7dc);
    // Ridge, gutter, and the boards along the gable.
    canvas.stroke(
        ridge_back,
        ridge,
        (3.0, 3.4),
        (lit(hex(0x6a6763), 1.0), lit(hex(0x6a6763), 1.1)),
    );
    canvas.stroke(
        eave,
        eave_back,
        (3.0, 2.6),
        (lit(white, 1.0), lit(white, 0.95)),
    );
    canvas.stroke(
        ridge,
        (714.0, 341.0),
        (6.4, 6.4),
        (lit(white, 0.62), lit(white, 0.55)),
    );
    canvas.stroke(
        (634.0, 243.5),
        (716.0, 339.0),
        (2.4, 2.4),
        (hex(0x4c4d52), hex(0x3d3e44)),
    );
    canvas.stroke(
        ridge,
        eave,
        (6.0, 6.0),
        (lit(white, 0.85), lit(white, 0.95)),
    );
}

fn chimney(canvas: &mut Canvas) {
    for (corners, light) in [
        (
            [
                (568.0, 218.0),
                (580.0, 218.0),
                (580.0, 290.0),
                (568.0, 290.0),
            ],
            1.1,
        ),
        (
            [
                (580.0, 218.0),
                (594.0, 219.0),
                (594.0, 290.0),
                (580.0, 290.0),
            ],
            0.6,
        ),
    ] {
        canvas.polygon(&corners, |(x, y)| {
            let row = (y / 4.0).floor();
            let at = x / 7.0 + 0.5 * (row / 2.0 - (row / 2.0).floor()) * 2.0;
            let joint = y / 4.0 - row < 0.22 || at - at.floor() < 0.14;
            let brick = blend(
                hex(0x93523c),
                hex(0xb5775a),
                random_at(at.floor() as i32, row as i32, 55),
            );
            lit(
                if joint { hex(0xa79c8d) } else { brick },
                light * (0.95 + 0.2 * noise(x, y, 56)),
            )
        });
    }
    canvas.polygon(
        &[
            (565.0, 214.0),
            (597.0, 215.0),
            (597.0, 220.0),
            (565.0, 219.0),
        ],
        |(x, _)| lit(hex(0x8d867c), if x < 580.0 { 1.0 } else { 0.55 }),
    );
    // Smoke, drawn away by the wind.
    canvas.cover((560.0, 60.0), (768.0, 215.0), |(x, y)| {
        let rise = (215.0 - y) / 150.0;
        let middle = 581.0 + 92.0 * rise * rise + 16.0 * rise * fractal(y / 38.0, 0.0, 3, 57);
        let half = 4.0 + 27.0 * rise;
        let wisp = 0.55 + 0.8 * fractal(x / 15.0, y / 19.0, 4, 58);
        let fraction = smoothstep(1.0, 0.0, (x - middle).abs() / half)
            * wisp
            * 0.42
            * smoothstep(0.98, 0.2, rise);
        (hex(0xdcd6d0), fraction.clamp(0.0, 1.0))
    });
}

/// A sign on two posts.
fn sign(canvas: &mut Canvas) {
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

/// The great tree on the left: trunk, branches, and some thousand leaves in clusters.
fn tree(canvas: &mut Canvas, random: &mut Random) {
    let mut tips = Vec::new();
    let mut limbs = Vec::new();
    grow(
        random,
        (96.0, 458.0),
        (0.02, -1.0),
        104.0,
        23.0,
        0,
        &mut limbs,
        &mut tips,
    );
    // Roots.
    for (dx, width) in [(-17.0, 8.0), (-7.0, 10.0), (9.0, 9.0), (18.0, 6.0)] {
        canvas.stroke(
            (96.0, 440.0),
            (96.0 + dx, 464.0),
            (14.0, width * 0.4),
            (hex(0x4a3b2c), hex(0x3a3024)),
        );
    }
    for &(from, to, widths) in &limbs {
        bark(canvas, from, to, widths);
    }
    // Leaves hang about the tips; those behind are painted first, darker.
    let mut leaves = Vec::new();
    for &(x, y) in &tips {
        let (size, shift) = (random.range(12.0, 25.0), random.normal() * 0.6);
        for _ in 0..(size * 6.0) as u32 {
            let (dx, dy, dz) = (
                random.normal() * 0.55,
                random.normal() * 0.42,
                random.normal() * 0.5,
            );
            let point = (x + dx * size, y + dy * size + dx * dx * 2.5);
            leaves.push((dz + shift, point, (dx, dy), random.bits()));
        }
    }
    leaves.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (depth, point, (dx, dy), bits) in leaves {
        let mut own = Random::new(u64::from(bits));
        // The sun stands low on the right; the crown shades itself on the left and below.
        let crown =
            0.6 * smoothstep(-60.0, 230.0, point.0) + 0.35 * smoothstep(320.0, 70.0, point.1);
        let hollow = fractal(point.0 / 30.0, point.1 / 24.0, 3, 72);
        let light = 0.02 + 0.42 * crown + 0.26 * dx - 0.34 * dy
            + 0.16 * depth
            + 0.34 * hollow
            + 0.09 * own.normal();
        let shade = blend(hex(0x1b2a14), hex(0x4b6828), (light * 2.0).clamp(0.0, 1.0));
        let sunny = blend(
            hex(0x7a9037),
            hex(0xd9bd62),
            smoothstep(0.6, 1.1, light + 0.15 * own.unit()),
        );
        let color = blend(shade, sunny, smoothstep(0.38, 0.9, light));
        let color = if own.unit() < 0.03 {
            blend(color, hex(0xa8722e), 0.5)
        } else {
            color
        };
        let axis = own.range(-1.0, 1.0);
        let axis = (axis, (1.0 - axis * axis).sqrt());
        let long = own.range(1.2, 2.5);
        canvas.leaf(point, axis, long, long * own.range(0.38, 0.62), color);
    }
}

type Limb = (Point, Point, (f32, f32));

/// Lets a branch grow and divide.
#[expect(clippy::too_many_arguments, reason = "the state of a growing branch")]
fn grow(
    random: &mut Random,
    from: Point,
    towards: Point,
    length: f32,
    width: f32,
    level: u32,
    limbs: &mut Vec<Limb>,
    tips: &mut Vec<Point>,
) {
    const PIECES: u32 = 4;
    let (mut at, mut along, mut thick) = (from, towards, width);
    for _ in 0..PIECES {
        let bend = random.normal() * if level == 0 { 0.05 } else { 0.13 };
        // Branches strive upwards.
        along = unit((along.0 - along.1 * bend, along.1 + along.0 * bend - 0.05));
        let next = (
            at.0 + along.0 * length / PIECES as f32,
            at.1 + along.1 * length / PIECES as f32,
        );
        let thinner = thick * if level == 0 { 0.93 } else { 0.88 };
        limbs.push((at, next, (thick, thinner)));
        (at, thick) = (next, thinner);
        if level >= 2 {
            tips.push(at);
        }
    }
    if level == 5 || thick < 0.7 {
        return;
    }
    let forks = if level < 2 { 3 } else { 2 };
    for fork in 0..forks {
        let spread =
            (fork as f32 - (forks - 1) as f32 / 2.0) * if level == 0 { 0.62 } else { 0.80 };
        let turn = spread + random.normal() * 0.17;
        let next = unit((along.0 - along.1 * turn, along.1 + along.0 * turn));
        let (longer, thinner) = (random.range(0.64, 0.80), random.range(0.58, 0.72));
        grow(
            random,
            at,
            next,
            length * longer,
            thick * thinner,
            level + 1,
            limbs,
            tips,
        );
    }
}

fn unit((x, y): Point) -> Point {
    let length = (x * x + y * y).sqrt().max(1e-6);
    (x / length, y / length)
}

/// A piece of trunk or branch, lit from the right, with furrows.
fn bark(canvas: &mut Canvas, from: Point, to: Point, widths: (f32, f32)) {
    let reach = widths.0;
    let low = (from.0.min(to.0) - reach, from.1.min(to.1) - reach);
    let high = (from.0.max(to.0) + reach, from.1.max(to.1) + reach);
    let (dx, dy) = unit((to.0 - from.0, to.1 - from.1));
    canvas.cover(low, high, |point| {
        let (distance, along) = to_segment(point, from, to);
        let half = lerp(widths.0, widths.1, along) / 2.0;
        let fraction = coverage(distance - half);
        if fraction <= 0.0 {
            return ([0.0; 3], 0.0);
        }
        let across = ((point.0 - from.0) * -dy + (point.1 - from.1) * dx) / half.max(0.4);
        let furrow = fractal(point.0 * 0.42, point.1 * 0.09, 3, 71);
        let light = 0.46 + 0.42 * across.clamp(-1.0, 1.0) + 0.65 * furrow;
        (
            lit(
                blend(hex(0x4d3d2e), hex(0xa98a62), light.clamp(0.0, 1.0)),
                0.45 + 0.5 * light.max(0.0),
            ),
            fraction,
        )
    });
}

/// A round bush of leaves.
fn shrub(
    canvas: &mut Canvas,
    random: &mut Random,
    foot: Point,
    (wide, high): (f32, f32),
    leaves: u32,
) {
    let middle = (foot.0, foot.1 - high * 0.45);
    for leaf in 0..leaves {
        let depth = leaf as f32 / leaves as f32;
        let (dx, dy) = (random.normal() * 0.42, random.normal() * 0.34);
        let point = (
            middle.0 + dx * wide,
            (middle.1 + dy * high).min(foot.1 + 2.0),
        );
        let light = 0.15 + 0.45 * depth - 0.35 * dx - 0.4 * dy + 0.12 * random.normal();
        let dark = blend(hex(0x1f3016), hex(0x4d6b2a), (light * 1.7).clamp(0.0, 1.0));
        let color = blend(dark, hex(0xa3a648), smoothstep(0.45, 1.0, light));
        let axis = random.range(-1.0, 1.0);
        let long = random.range(1.3, 2.6);
        canvas.leaf(
            point,
            (axis, (1.0 - axis * axis).sqrt()),
            long,
            long * 0.5,
            color,
        );
    }
}

/// A tall fir: whorls of hanging boughs, each of many needles.
fn conifer(canvas: &mut Canvas, random: &mut Random, foot: Point, high: f32) {
    canvas.stroke(
        foot,
        (foot.0, foot.1 - high),
        (6.0, 0.8),
        (hex(0x3d3126), hex(0x3d3126)),
    );
    let whorls = 30;
    for whorl in 0..whorls {
        let up = 0.09 + 0.91 * whorl as f32 / whorls as f32;
        let reach = high * 0.23 * (1.02 - up);
        for bough in 0..9 {
            let swing = (bough as f32 / 8.0) * 2.0 - 1.0 + random.normal() * 0.1;
            let root = (foot.0, foot.1 - high * up + random.normal() * 1.5);
            let tip = (
                root.0 + swing * reach,
                root.1 + reach * 0.32 + (1.0 - swing.abs()) * reach * 0.2,
            );
            for needle in 0..14 {
                let out = (needle as f32 + random.unit()) / 14.0;
                let at = (
                    lerp(root.0, tip.0, out),
                    lerp(root.1, tip.1, out * out) - 1.0,
                );
                let light = 0.30 - 0.30 * swing + 0.25 * out + 0.14 * random.normal();
                let leaf = blend(hex(0x172a1b), hex(0x5d7440), light.clamp(0.0, 1.0));
                let axis = unit((swing + random.normal() * 0.5, 0.7 + 0.3 * random.normal()));
                canvas.leaf(at, axis, random.range(1.6, 3.6), 0.8, leaf);
            }
        }
    }
}

/// A small sailing boat, with its image in the water.
fn boat(canvas: &mut Canvas, (x, y): Point) {
    for (flip, strength) in [(-0.85, 0.5), (1.0, 1.0)] {
        let point = |dx: f32, dy: f32| {
            let sway = if flip < 0.0 {
                1.6 * noise(dx * 0.3, dy * 0.35, 81)
            } else {
                0.0
            };
            (x + dx + sway, y - dy * flip)
        };
        let water = hex(0x8fa0a4);
        let tone = |color: Color, light: f32| blend(water, lit(color, light), strength);
        let sail = |corners: &[Point], light: f32| {
            let corners: Vec<Point> = corners.iter().map(|&(dx, dy)| point(dx, dy)).collect();
            (corners, light)
        };
        let (main, light) = sail(&[(1.0, 6.0), (1.0, 41.0), (17.0, 8.0)], 0.92);
        canvas.polygon(&main, |(px, py)| {
            let seam = ((py - y) / 6.0).abs();
            tone(
                hex(0xf6efe0),
                light
                    * (0.9 + 0.012 * (px - x))
                    * if seam - seam.floor() < 0.14 {
                        0.88
                    } else {
                        1.0
                    },
            )
        });
        let (jib, light) = sail(&[(-1.0, 6.0), (-0.5, 36.0), (-12.0, 7.0)], 0.75);
        canvas.polygon(&jib, |_| tone(hex(0xf1e2c6), light));
        canvas.stroke(
            point(0.0, 2.0),
            point(0.0, 44.0),
            (1.2, 0.8),
            (tone(hex(0x5b4632), 1.0), tone(hex(0x5b4632), 1.0)),
        );
        let (hull, _) = sail(
            &[(-15.0, 4.5), (17.0, 4.0), (12.0, -1.0), (-11.0, -1.0)],
            1.0,
        );
        canvas.polygon(&hull, |(_, py)| {
            tone(
                if (py - y).abs() > 3.2 {
                    hex(0xd9d2c3)
                } else {
                    hex(0x234a63)
                },
                0.8,
            )
        });
    }
    debug_assert!(y > SHORE);
}
