//! The background: sky, sun, clouds, mountains, the woods on the far shore, and the lake that mirrors them.

use super::canvas::{Color, Point, add, blend, hex, lit};
use nice_data::synthetic::noise::{fractal, lerp, noise, random_at, smoothstep, wave};

/// The line at which the lake meets its far shore.
pub(super) const SHORE: f32 = 302.0;
/// Where the sun stands.
pub(super) const SUN: Point = (318.0, 196.0);

/// The color of the view at a point, without what stands on the near shore.
pub(super) fn view(point: Point) -> Color {
    let shore = SHORE + 0.9 * noise(point.0 / 23.0, 0.0, 21) + 0.5 * noise(point.0 / 4.0, 0.0, 22);
    if point.1 < shore {
        land(point)
    } else {
        lake(point)
    }
}

/// Everything above the water.
fn land(point: Point) -> Color {
    if let Some(wood) = wood(point) {
        return wood;
    }
    let air = sky(point);
    mountains(point, air).unwrap_or(air)
}

/// On which side the sun is: 1 if it is on the right, -1 if it is on the left, and something between close to it.
fn sunward(x: f32) -> f32 {
    ((SUN.0 - x) / 70.0).clamp(-1.0, 1.0)
}

fn sky((x, y): Point) -> Color {
    let height = ((SHORE - y) / SHORE).clamp(0.0, 1.0);
    let low = blend(hex(0xf6d6a8), hex(0xa9c4d8), smoothstep(0.05, 0.5, height));
    let air = blend(low, hex(0x3a6aa8), smoothstep(0.3, 1.05, height));
    let (dx, dy) = (x - SUN.0, (y - SUN.1) * 1.3);
    let far = dx * dx + dy * dy;
    let warmth = 1.0 / (1.0 + far / (150.0 * 150.0));
    let glow = add(
        lit(hex(0xffd694), 1.5 / (1.0 + far / (30.0 * 30.0))),
        lit(hex(0xffc48c), 0.36 * warmth),
    );
    let disc = lit(
        hex(0xfff2cc),
        2.6 * (1.0 - smoothstep(7.0, 17.0, far.sqrt())),
    );
    let mut color = add(add(air, glow), disc);

    // Thin high streaks.
    let streak = fractal(x * 0.006 + y * 0.011, y * 0.034 - x * 0.004, 5, 31);
    let veil = smoothstep(0.05, 0.75, streak) * smoothstep(0.1, 0.5, height) * 0.38;
    color = blend(color, blend(hex(0xf3eee9), hex(0xffe0b4), warmth), veil);

    // Heaps of cloud on a plane overhead, smaller toward the horizon.
    let away = 100.0 / (SHORE - y + 62.0);
    let (u, v) = ((x - 384.0) * away * 0.015 + 0.35, away * 4.2 + 0.15);
    let bend = 0.22 * noise(u * 2.1, v * 2.1, 47);
    let (u, v) = (u + bend, v - bend);
    let heap = |u: f32, v: f32, octaves: u32| {
        let (mut sum, mut strength, mut scale) = (0.0, 0.36, 3.0);
        for octave in 0..octaves {
            let bulge = noise(u * scale + octave as f32, v * scale, 59 + octave).abs();
            sum += strength * (0.36 - bulge);
            strength *= 0.55;
            scale *= 2.07;
        }
        sum
    };
    let large = fractal(u * 0.95, v * 0.95, 3, 53) - 0.06;
    let body = large + if large > -0.5 { heap(u, v, 5) } else { 0.0 };
    let thickness = smoothstep(0.0, 0.42, body);
    if thickness > 0.0 {
        let side = sunward(x);
        let (tu, tv) = (u + 0.07 * side, v + 0.09);
        let towards = fractal(tu * 0.95, tv * 0.95, 3, 53) - 0.06 + heap(tu, tv, 4);
        let bright = (0.62 + (body - towards) * 1.15
            - 0.42 * smoothstep(0.1, 0.9, body) * (1.0 - warmth))
            .clamp(0.0, 1.0);
        let shade = blend(hex(0x8b96ad), hex(0xcfa68c), warmth);
        let light = blend(hex(0xfdf6ec), hex(0xffe9bd), warmth * 1.2);
        let cloud = lit(blend(shade, light, bright), 1.0 + 0.5 * warmth);
        color = blend(
            color,
            cloud,
            thickness * lerp(0.30, 0.95, smoothstep(0.02, 0.3, height)),
        );
    }
    color
}

/// Two ranges with snow, the farther one paler.
fn mountains((x, y): Point, air: Color) -> Option<Color> {
    let ranges = [
        // The line of the foot, the height of the peaks, the width of a mountain, the seed, the haze.
        (290.0, 118.0, 140.0, 5, 0.26),
        (272.0, 108.0, 122.0, 9, 0.52),
    ];
    for (foot, peak, width, seed, haze) in ranges {
        let along = x / width + seed as f32;
        let ridge = 1.0 - (fractal(along, 0.5, 6, seed)).abs() * 1.35;
        let broad = 0.45
            + 0.75 * noise(x / 260.0, 7.0 + seed as f32, seed).abs()
            + 0.14 * wave(x / 700.0 + 0.1);
        // The ranges are low in the middle, where the sun goes down.
        let gap = 0.40 + 0.60 * smoothstep(20.0, 215.0, (x - SUN.0 - 16.0).abs());
        let top = foot - peak * ridge.max(0.1) * broad.max(0.25) * gap;
        if y < top {
            continue;
        }
        let depth = y - top;
        // Ribs run down from the ridge; their sides are light or dark.
        let rib = |dx: f32, dy: f32| {
            let (x, y) = (
                x + dx + (depth + dy) * 0.35 * noise(x / 40.0, 3.0, seed),
                depth + dy,
            );
            1.0 - fractal(x * 0.03, y * 0.017 + 20.0, 6, seed + 2).abs() * 1.6
        };
        let slope = (rib(1.2, 0.5) - rib(-1.2, -0.5)) * sunward(x);
        let light = (0.55 - slope * 2.1).clamp(0.12, 1.25);
        let snow_line = 20.0
            + 26.0 * noise(x / 30.0, y / 17.0, seed + 4)
            + 12.0 * noise(x / 6.0, y / 5.0, seed);
        let snow = smoothstep(8.0, -8.0, depth - snow_line - (270.0 - foot + peak * 0.12));
        let rock = blend(
            hex(0x4d5468),
            hex(0x837a78),
            0.5 + noise(x / 9.0, y / 7.0, 61),
        );
        let forest = smoothstep(
            foot - 62.0,
            foot - 22.0,
            y + 14.0 * fractal(x / 24.0, y / 18.0, 4, 77),
        );
        let ground = blend(rock, hex(0x37503c), forest * 0.85);
        let color = lit(
            blend(ground, hex(0xf2f1f4), snow * (1.0 - forest)),
            light * 0.85,
        );
        // More haze low down, and warmer near the sun.
        let far = (x - SUN.0).abs();
        let warm = blend(
            hex(0xa9bcd2),
            hex(0xf8d7aa),
            1.0 / (1.0 + far * far / (190.0 * 190.0)),
        );
        let haze = (haze + 0.3 * smoothstep(foot - 70.0, foot, y)).min(0.93);
        let color = blend(color, warm, haze);
        return Some(blend(color, air, 0.5 * smoothstep(1.2, 0.0, depth)));
    }
    None
}

/// Rows of conifers on the hills of the far shore, the nearest first.
fn wood((x, y): Point) -> Option<Color> {
    const ROWS: i32 = 8;
    for row in (0..ROWS).rev() {
        let near = row as f32 / (ROWS - 1) as f32;
        // The foot of the row: a hill on the left and one on the right.
        let hill = 46.0 * smoothstep(300.0, -40.0, x) + 58.0 * smoothstep(390.0, 800.0, x);
        let foot =
            SHORE - (1.0 - near) * (5.0 + hill) - 1.5 + 3.0 * noise(x / 60.0, row as f32 * 3.3, 91);
        let width = lerp(4.6, 7.5, near);
        let tallest = lerp(15.0, 30.0, near);
        if y < foot - tallest * 1.15 {
            continue;
        }
        let cell = (x / width).floor() as i32;
        let mut hit: Option<(f32, f32, i32)> = None;
        for tree in cell - 1..=cell + 1 {
            let middle = (tree as f32 + 0.5 + 0.7 * (random_at(tree, row, 5) - 0.5)) * width;
            let high = tallest * (0.55 + 0.6 * random_at(tree, row, 6));
            let down = (y - (foot - high)) / high;
            if !(0.0..1.0).contains(&down) {
                continue;
            }
            // Tiers of branches.
            let tier = down * 6.0 + random_at(tree, row, 7);
            let half = high * 0.235 * (down + 0.04) * (0.72 + 0.42 * (tier - tier.floor()));
            let rough = 1.0 + 0.5 * noise(x * 0.9, y * 0.9, row as u32);
            let across = (x - middle) / (half * rough + 0.2);
            if across.abs() < 1.0 && hit.is_none_or(|(best, ..)| down < best) {
                hit = Some((down, across, tree));
            }
        }
        let solid = y > foot - tallest * 0.16;
        if hit.is_none() && !solid {
            continue;
        }
        let (down, across, tree) = hit.unwrap_or((0.8, 0.0, cell));
        let side = sunward(x);
        let light = 0.62 + 0.5 * across * side - 0.45 * down
            + 0.55 * noise(x * 0.7, y * 0.8, 17 + row as u32);
        let kind = random_at(tree, row, 8);
        let leaf = if kind > 0.86 {
            hex(0x8f7a35)
        } else {
            blend(hex(0x2c4a2c), hex(0x4c6a35), kind)
        };
        let color = lit(leaf, light.clamp(0.18, 1.4));
        let far = (x - SUN.0).abs();
        let warm = 1.0 / (1.0 + far * far / (150.0 * 150.0));
        let haze = lerp(0.50, 0.10, near) + 0.22 * warm * (1.0 - 0.5 * near);
        return Some(blend(
            color,
            blend(hex(0x9fb2c4), hex(0xf2cf9d), warm),
            haze,
        ));
    }
    None
}

fn lake((x, y): Point) -> Color {
    let near = ((y - SHORE) / (512.0 - SHORE)).clamp(0.0, 1.0);
    // Ripples, finer toward the far shore.
    let distance = 46.0 / (y - SHORE + 9.0);
    let (u, v) = ((x - 384.0) * distance * 0.02, distance * 11.0);
    let long = fractal(u * 1.3, v * 1.6, 4, 101);
    let short = noise(u * 8.0, v * 8.0, 103) + 0.5 * noise(u * 17.0, v * 19.0, 104);
    let calm = 0.35 + 0.65 * smoothstep(-0.35, 0.35, noise(x / 210.0, y / 23.0, 107));
    let lift = (long * 0.8 + short * 0.55) * calm;
    let reach = 3.0 + 34.0 * near;
    let mirror = (
        (x + lift * 5.0 * (0.3 + near)).clamp(0.0, 767.0),
        (SHORE - 0.6 - (y - SHORE) * 1.02 - lift * reach).clamp(0.0, SHORE - 0.6),
    );
    let sky = land(mirror);
    let deep = blend(hex(0x2d4c52), hex(0x14303c), near);
    let steep = (0.20 + 0.46 * near - 0.30 * lift).clamp(0.08, 0.85);
    let mut color = blend(lit(sky, 0.92), deep, steep);
    // Glitter under the sun.
    let off = (x - SUN.0) / (14.0 + 60.0 * near);
    let spark = smoothstep(0.18, 0.62, short * 0.9 + long * 0.5) / (1.0 + off * off * off * off);
    color = add(color, lit(hex(0xffdca0), 0.85 * spark * (1.0 - 0.6 * near)));
    // A line of light where water meets land.
    blend(color, hex(0xb9c2b8), 0.16 * smoothstep(2.2, 0.4, y - SHORE))
}
