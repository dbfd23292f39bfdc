//! The chart of a comparison: a labeled dot for every codec, by bits per pixel on a logarithmic axis and by quality.

use nice_report::axis::{Axis, step};
use nice_report::{Anchor, Color, Drawing};

/// A dot of the chart.
#[derive(Clone, Debug)]
pub(super) struct Dot<'a> {
    /// The bits per pixel; only dots above 0 are drawn.
    pub bpp: f64,
    /// The quality; only dots with a finite quality are drawn.
    pub quality: f64,
    /// The text beside the dot.
    pub label: &'a str,
    /// The curve that it is on. Of the dots of a curve, only the last has a label, which is the name of the curve.
    pub curve: Option<&'a str>,
    /// The colors of its border and of its inside.
    pub colors: [Color; 2],
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = WIDTH - 12.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = HEIGHT - 50.0;

/// The approximate width of a letter of a label.
const LETTER: f64 = 7.4;

/// The smallest vertical distance between two labels.
const LINE: f64 = 18.0;

/// The distance of a label from its dot.
const GAP: f64 = 22.0;

/// Dots within this factor of the smallest bits per pixel have their labels on the left.
const CLOSE: f64 = 1.1;

/// Bits per pixel with a grid line.
const GRID: [f64; 14] = [
    0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0,
];

/// The chart; none if there is no dot to draw. `quality` is the label of the vertical axis.
pub(super) fn draw(dots: &[Dot<'_>], quality: &str) -> Option<Drawing> {
    let dots: Vec<&Dot> = dots
        .iter()
        .filter(|dot| dot.bpp > 0.0 && dot.bpp.is_finite() && dot.quality.is_finite())
        .collect();
    if dots.is_empty() {
        return None;
    }
    let range = |value: fn(&Dot) -> f64| {
        dots.iter()
            .map(|dot| value(dot))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), v| {
                (least.min(v), most.max(v))
            })
    };
    let (least, most) = range(|dot| dot.bpp);
    let on_left = |dot: &Dot| dot.bpp <= least * CLOSE;
    let label_room = |chosen: &dyn Fn(&Dot) -> bool| {
        let letters = dots.iter().filter(|dot| chosen(dot));
        let letters = letters.map(|dot| dot.label.chars().count()).max();
        letters.map_or(GAP, |letters| {
            (letters as f64 * LETTER + GAP + 8.0).min((RIGHT - LEFT) * 0.42)
        })
    };
    let horizontal = Axis {
        from: least.log2(),
        to: most.log2().max(least.log2() + 0.25),
        start: LEFT + label_room(&on_left),
        end: RIGHT - label_room(&|dot| dot.bpp >= most / CLOSE && !on_left(dot)),
    };
    let (worst, best) = range(|dot| dot.quality);
    let step = step((best - worst).max(1e-3), 5);
    let vertical = Axis {
        from: ((worst - step * 0.3) / step).floor() * step,
        to: ((best + step * 0.3) / step).ceil() * step,
        start: BOTTOM,
        end: TOP,
    };

    let mut chart = Drawing::new(WIDTH, HEIGHT, &format!("{quality} by bits per pixel"));
    draw_axes(&mut chart, &horizontal, &vertical, step, quality);
    for curve in curves(&dots) {
        let points: Vec<(f64, f64)> = curve
            .iter()
            .map(|dot| {
                let x = horizontal.position(dot.bpp.log2());
                (x, vertical.position(dot.quality))
            })
            .collect();
        let [border, inside] = curve[0].colors;
        chart.line(&points, 2.0, border);
        for center in points {
            chart.circle(center, 3.5, inside, (border, 1.5));
        }
    }
    let labeled: Vec<&Dot> = dots
        .iter()
        .copied()
        .filter(|dot| is_labeled(dot, &dots))
        .collect();
    for left in [true, false] {
        let mut side: Vec<&&Dot> = labeled.iter().filter(|dot| on_left(dot) == left).collect();
        side.sort_by(|a, b| b.quality.total_cmp(&a.quality));
        let ideal: Vec<f64> = side
            .iter()
            .map(|dot| vertical.position(dot.quality))
            .collect();
        for (dot, label_y) in side.iter().zip(separated(&ideal)) {
            let center = (
                horizontal.position(dot.bpp.log2()),
                vertical.position(dot.quality),
            );
            let (direction, anchor) = if left {
                (-1.0, Anchor::End)
            } else {
                (1.0, Anchor::Start)
            };
            let label_x = center.0 + direction * GAP;
            let leader = [center, (label_x - direction * 4.0, label_y)];
            chart.line(&leader, 1.0, Color::Muted);
            let [border, inside] = dot.colors;
            chart.circle(center, 5.5, inside, (border, 2.5));
            let label = dot.curve.unwrap_or(dot.label);
            chart.text(label, (label_x, label_y), 13.0, Color::Ink, anchor);
        }
    }
    Some(chart)
}

/// The dots of each curve, by bits per pixel.
fn curves<'d, 'a>(dots: &[&'d Dot<'a>]) -> Vec<Vec<&'d Dot<'a>>> {
    let mut curves: Vec<Vec<&Dot>> = Vec::new();
    for &dot in dots.iter().filter(|dot| dot.curve.is_some()) {
        match curves.iter_mut().find(|curve| curve[0].curve == dot.curve) {
            Some(curve) => curve.push(dot),
            None => curves.push(vec![dot]),
        }
    }
    for curve in &mut curves {
        curve.sort_by(|a, b| a.bpp.total_cmp(&b.bpp));
    }
    curves
}

/// Whether a dot has a label: it is on no curve, or the last of its curve.
fn is_labeled(dot: &Dot<'_>, dots: &[&Dot<'_>]) -> bool {
    dot.curve.is_none()
        || dots
            .iter()
            .all(|other| other.curve != dot.curve || other.bpp <= dot.bpp)
}

/// Draws both axes with their grid.
fn draw_axes(chart: &mut Drawing, horizontal: &Axis, vertical: &Axis, step: f64, quality: &str) {
    let decimals = usize::from(step < 1.0);
    let levels = ((vertical.to - vertical.from) / step).round() as u32;
    for level in (0..=levels).map(|level| vertical.from + f64::from(level) * step) {
        let y = vertical.position(level);
        chart.line(&[(LEFT, y), (RIGHT, y)], 1.0, Color::Line);
        let text = format!("{level:.decimals$}");
        chart.text(&text, (LEFT - 8.0, y), 12.0, Color::Muted, Anchor::End);
    }
    let mut last = f64::NEG_INFINITY;
    for bpp in GRID {
        let x = horizontal.position(bpp.log2());
        if !(LEFT + 8.0..=RIGHT - 8.0).contains(&x) || x < last + 38.0 {
            continue;
        }
        last = x;
        chart.line(&[(x, TOP), (x, BOTTOM)], 1.0, Color::Line);
        let at = (x, BOTTOM + 14.0);
        chart.text(&bpp.to_string(), at, 12.0, Color::Muted, Anchor::Middle);
    }
    let frame = [(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)];
    chart.line(&frame, 1.0, Color::Muted);
    let middle = ((LEFT + RIGHT) / 2.0, HEIGHT - 14.0);
    chart.text("bits per pixel", middle, 12.0, Color::Muted, Anchor::Middle);
    chart.vertical_text(quality, (14.0, (TOP + BOTTOM) / 2.0), 12.0, Color::Muted);
}

/// Heights close to the ideal ones (which must increase), at least a line apart, and all on the chart if they fit.
fn separated(ideal: &[f64]) -> Vec<f64> {
    let mut heights = ideal.to_vec();
    for _ in 0..50 {
        // Two heights that are too close are moved by the same distance up and down, so that a group stays around its dots.
        for at in 1..heights.len() {
            let missing = LINE - (heights[at] - heights[at - 1]);
            if missing > 0.0 {
                heights[at - 1] -= missing / 2.0;
                heights[at] += missing / 2.0;
            }
        }
        for height in &mut heights {
            *height = height.clamp(TOP + 4.0, BOTTOM - 6.0);
        }
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(label: &str, bpp: f64, quality: f64) -> Dot<'_> {
        Dot {
            bpp,
            quality,
            label,
            curve: None,
            colors: [Color::Blue; 2],
        }
    }

    #[test]
    fn the_dots_of_a_curve_are_connected_and_labeled_once() {
        let on_curve = |label, bpp, quality| Dot {
            curve: Some("JPEG"),
            ..dot(label, bpp, quality)
        };
        let chart = svg(
            &[
                on_curve("1", 1.0, 30.0),
                on_curve("0.5", 0.5, 28.0),
                dot("alone", 0.75, 29.0),
            ],
            "PSNR",
        );
        assert_eq!(chart.matches(">JPEG<").count(), 1, "{chart}");
        assert!(!chart.contains(">0.5</text>") || chart.matches(">0.5<").count() == 1);
        assert!(chart.contains(">alone<"), "{chart}");
    }

    fn svg(dots: &[Dot<'_>], quality: &str) -> String {
        draw(dots, quality).unwrap().svg().into_string()
    }

    #[test]
    fn every_dot_is_on_the_chart_with_its_label_escaped() {
        let chart = svg(
            &[
                dot("a <b> & \"c\"", 0.75, 25.0),
                dot("d", 0.75, 25.1),
                dot("e", 4.0, 36.0),
                dot("lossless", 12.0, f64::INFINITY),
                dot("nothing", 0.0, 10.0),
            ],
            "PSNR <dB>",
        );
        // The inside and the border of three dots.
        assert_eq!(chart.matches("<circle").count(), 2 * 3);
        assert!(chart.contains("a &lt;b&gt; &amp; &quot;c&quot;"), "{chart}");
        assert!(chart.contains("PSNR &lt;dB&gt;"), "{chart}");
        assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
        for position in chart.split("cx=\"").skip(1) {
            let x: f64 = position.split('"').next().unwrap().parse().unwrap();
            assert!((LEFT..=RIGHT).contains(&x), "{x}");
        }
    }

    #[test]
    fn a_chart_can_have_one_dot_but_not_none() {
        assert!(draw(&[], "PSNR").is_none());
        let chart = svg(&[dot("a", 0.75, 25.0)], "PSNR");
        assert!(
            chart.contains("<circle") && !chart.contains("NaN"),
            "{chart}"
        );
    }

    #[test]
    fn labels_are_separated_and_keep_their_order() {
        let heights = separated(&[100.0, 101.0, 102.0, 300.0]);
        for pair in heights.windows(2) {
            assert!(pair[1] - pair[0] > LINE - 0.5, "{heights:?}");
        }
        assert!((heights[1] - 101.0).abs() < 1.0, "{heights:?}");
        assert_eq!(heights[3], 300.0);
    }
}
