//! What stands on the near shore and the lake, from far to near: boat, meadow, house, sign and plants.

use super::backdrop::SHORE;
use super::canvas::{Canvas, Color, Point, blend, hex, lit};
use super::house::house;
use super::meadow::{grass, meadow, shadow};
use super::plants::{conifer, shrub, tree};
use super::sign::sign;
use nice_data::synthetic::noise::{Random, noise};

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

/// A small sailboat, with its reflection in the water.
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
