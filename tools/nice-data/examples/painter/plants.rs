//! The plants: the great tree, shrubs and a conifer.

use super::canvas::{Canvas, Point, blend, coverage, hex, lit, to_segment};
use nice_data::synthetic::noise::{Random, fractal, lerp, smoothstep};

/// The big tree on the left: trunk, branches, and thousands of leaves in clusters.
pub(super) fn tree(canvas: &mut Canvas, random: &mut Random) {
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
    // Leaves hang around the tips; those behind are painted first, and darker.
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
        // Branches tend upward.
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
pub(super) fn shrub(
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
pub(super) fn conifer(canvas: &mut Canvas, random: &mut Random, foot: Point, high: f32) {
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
