//! The house: walls, windows, door, roof and chimney.

use super::canvas::{Canvas, Color, Point, blend, hex, lit, to_segment};
use nice_data::synthetic::noise::{fractal, lerp, noise, random_at, smoothstep};

/// The light of the sky where the sun does not reach.
const SHADE: f32 = 0.62;

/// A wooden house, red with white trim; the sun lights its left side.
pub(super) fn house(canvas: &mut Canvas) {
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
    // The step in front of the door.
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

/// The fractions of the way across and up a wall with vertical sides.
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

/// Weathered red boards, one per unit of height.
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
