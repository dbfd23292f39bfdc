//! A chart as SVG: a labelled dot for every codec, bits a pixel across on a logarithmic scale, and quality upwards.

use std::fmt::Write as _;

use crate::html::escape;

/// A dot to draw.
#[derive(Clone, Debug)]
pub(super) struct Dot<'a> {
    /// Bits a pixel; only what is above 0 is drawn.
    pub bpp: f64,
    /// The quality; only what is finite is drawn.
    pub quality: f64,
    /// What stands beside it.
    pub label: &'a str,
    /// Its class, which gives it its colour.
    pub class: &'a str,
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = WIDTH - 12.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = HEIGHT - 50.0;

/// How wide a letter of a label is, and how far apart labels stand at least.
const LETTER: f64 = 7.4;
const LINE: f64 = 18.0;

/// How far a label stands from its dot.
const GAP: f64 = 22.0;

/// Dots within this factor of the least bits a pixel stand together, their labels to the left.
const TOGETHER: f64 = 1.1;

/// The chart, or nothing where there is nothing to draw; `quality` names the axis upwards.
pub(super) fn svg(dots: &[Dot<'_>], quality: &str) -> String {
    let dots: Vec<&Dot> = dots
        .iter()
        .filter(|dot| dot.bpp > 0.0 && dot.bpp.is_finite() && dot.quality.is_finite())
        .collect();
    let range = |value: fn(&Dot) -> f64| {
        dots.iter()
            .map(|dot| value(dot))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), v| {
                (least.min(v), most.max(v))
            })
    };
    if dots.is_empty() {
        return String::new();
    }
    let (least, most) = range(|dot| dot.bpp);
    let on_left = |dot: &Dot| dot.bpp <= least * TOGETHER;
    let room = |chosen: &dyn Fn(&Dot) -> bool| {
        let widest = dots.iter().filter(|dot| chosen(dot));
        let letters = widest.map(|dot| dot.label.chars().count()).max();
        letters.map_or(GAP, |letters| {
            (letters as f64 * LETTER + GAP + 8.0).min((RIGHT - LEFT) * 0.42)
        })
    };
    let across = Scale {
        from: least.log2(),
        to: most.log2().max(least.log2() + 0.25),
        low: LEFT + room(&on_left),
        high: RIGHT - room(&|dot| dot.bpp >= most / TOGETHER && !on_left(dot)),
    };
    let (worst, best) = range(|dot| dot.quality);
    let step = step((best - worst).max(1e-3));
    let upwards = Scale {
        from: ((worst - step * 0.3) / step).floor() * step,
        to: ((best + step * 0.3) / step).ceil() * step,
        low: BOTTOM,
        high: TOP,
    };

    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{} against bits a pixel\">\n",
        escape(quality)
    );
    let mut level = upwards.from;
    while level <= upwards.to + step * 0.01 {
        let y = upwards.at(level);
        let decimals = usize::from(step < 1.0);
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{level:.decimals$}</text>",
            LEFT - 8.0,
            y + 4.5
        );
        level += step;
    }
    let mut last = f64::NEG_INFINITY;
    for bpp in [
        0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0,
    ] {
        let x = across.at(f64::log2(bpp));
        if !(LEFT + 8.0..=RIGHT - 8.0).contains(&x) || x < last + 38.0 {
            continue;
        }
        last = x;
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{x:.1} {TOP}V{BOTTOM}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{bpp}</text>",
            BOTTOM + 18.0
        );
    }
    let _ = writeln!(
        svg,
        "<path class=\"axis\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\"/>\n<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">bits a pixel</text>\n<text class=\"name\" transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        (LEFT + RIGHT) / 2.0,
        HEIGHT - 10.0,
        (TOP + BOTTOM) / 2.0,
        escape(quality)
    );

    for left in [true, false] {
        let mut side: Vec<&&Dot> = dots.iter().filter(|dot| on_left(dot) == left).collect();
        side.sort_by(|a, b| b.quality.total_cmp(&a.quality));
        let ideal: Vec<f64> = side.iter().map(|dot| upwards.at(dot.quality)).collect();
        for (dot, label_y) in side.iter().zip(apart(&ideal)) {
            let (x, y) = (across.at(dot.bpp.log2()), upwards.at(dot.quality));
            let (towards, anchor) = if left { (-1.0, "end") } else { (1.0, "start") };
            let label_x = x + towards * GAP;
            let _ = writeln!(
                svg,
                "<g class=\"{}\"><path class=\"lead\" d=\"M{x:.1} {y:.1}L{:.1} {label_y:.1}\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5.5\"/><text x=\"{label_x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text></g>",
                escape(dot.class),
                label_x - towards * 4.0,
                label_y + 4.5,
                escape(dot.label)
            );
        }
    }
    svg + "</svg>"
}

/// Where values lie on the page.
struct Scale {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
}

impl Scale {
    fn at(&self, value: f64) -> f64 {
        self.low + (value - self.from) / (self.to - self.from) * (self.high - self.low)
    }
}

/// A round step with which a range has three to eight lines.
fn step(range: f64) -> f64 {
    let rough = range / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let rounds = [1.0, 2.0, 5.0, 10.0];
    let round = rounds.into_iter().find(|round| round * power >= rough);
    round.unwrap_or(10.0) * power
}

/// Heights near to those that are wished for, which grow, at least a line apart and all on the chart if they fit.
fn apart(ideal: &[f64]) -> Vec<f64> {
    let mut heights = ideal.to_vec();
    for _ in 0..50 {
        // Every pair that is too close goes apart by as much up as down, so that a group stays around its dots.
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
            class: "nice",
        }
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
        assert_eq!(chart.matches("<circle").count(), 3);
        assert!(chart.contains("a &lt;b&gt; &amp; &quot;c&quot;"), "{chart}");
        assert!(chart.contains("PSNR &lt;dB&gt;"), "{chart}");
        assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
        for place in chart.split("cx=\"").skip(1) {
            let x: f64 = place.split('"').next().unwrap().parse().unwrap();
            assert!((LEFT..=RIGHT).contains(&x), "{x}");
        }
    }

    #[test]
    fn one_dot_or_none_makes_no_trouble() {
        assert_eq!(svg(&[], "PSNR"), "");
        let chart = svg(&[dot("a", 0.75, 25.0)], "PSNR");
        assert!(
            chart.contains("<circle") && !chart.contains("NaN"),
            "{chart}"
        );
    }

    #[test]
    fn labels_go_apart_and_keep_their_order() {
        let heights = apart(&[100.0, 101.0, 102.0, 300.0]);
        for pair in heights.windows(2) {
            assert!(pair[1] - pair[0] > LINE - 0.5, "{heights:?}");
        }
        assert!((heights[1] - 101.0).abs() < 1.0, "{heights:?}");
        assert_eq!(heights[3], 300.0);
    }

    #[test]
    fn steps_are_round() {
        for (range, round) in [(10.0, 2.0), (11.0, 5.0), (0.9, 0.2), (100.0, 20.0)] {
            assert!((step(range) - round).abs() < 1e-9, "{range}");
        }
    }
}
