//! The charts of a report: bit means, bars, and the loss curve.

use nice_report::axis::{Axis, log_ticks, ticks};
use nice_report::{Anchor, Color, Drawing};

use super::bit_use::{is_unused, unused_bits};
use super::contents::{LossPoint, RatePoint};
use super::text::thousands;

const WIDTH: f64 = 840.0;

/// The size of a heading, of a legend, and of the labels of ticks.
const HEADING: f64 = 17.0;
const LEGEND: f64 = 14.0;
const LABEL: f64 = 13.0;

/// The vertical position of headings and legends.
const HEADING_LINE: f64 = 24.0;

/// The width of a character of a legend.
const CHARACTER: f64 = 7.6;

/// The area of the data.
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Plot {
    /// The vertical axis from `from` at the bottom to `to`.
    fn vertical(&self, from: f64, to: f64) -> Axis {
        Axis {
            from,
            to,
            start: self.bottom,
            end: self.top,
        }
    }

    /// Draws the horizontal axis, and writes its name below.
    fn draw_base(&self, chart: &mut Drawing, name: &str) {
        let base = [(self.left, self.bottom), (self.right, self.bottom)];
        chart.line(&base, 1.0, Color::Muted);
        let middle = ((self.left + self.right) / 2.0, self.bottom + 37.0);
        chart.text(name, middle, LABEL, Color::Muted, Anchor::Middle);
    }
}

/// A chart with a heading.
fn chart(height: f64, heading: &str) -> Drawing {
    let mut chart = Drawing::new(WIDTH, height, heading);
    let at = (16.0, HEADING_LINE);
    chart.text(heading, at, HEADING, Color::Ink, Anchor::Start);
    chart
}

/// A bar for the mean of each latent bit, with a line at 0.5, the ideal. Unused bits are red.
pub(super) fn bit_means(means: &[f32]) -> Drawing {
    let mut chart = chart(320.0, "Mean of each latent bit on the validation blocks");
    let plot = Plot {
        left: 46.0,
        right: WIDTH - 16.0,
        top: 52.0,
        bottom: 268.0,
    };
    let axis = plot.vertical(0.0, 1.0);
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = axis.position(tick);
        chart.line(&[(plot.left, y), (plot.right, y)], 1.0, Color::Line);
        let at = (plot.left - 10.0, y);
        chart.text(&tick.to_string(), at, LABEL, Color::Muted, Anchor::End);
    }
    // The bits of a byte form a group.
    let count = means.len().max(1);
    let gaps = (count - 1) / 8;
    let slot = (plot.right - plot.left - 8.0 * gaps as f64) / count as f64;
    for (bit, &mean) in means.iter().enumerate() {
        let x = plot.left + slot * bit as f64 + 8.0 * (bit / 8) as f64;
        let height = if mean.is_finite() {
            f64::from(mean.clamp(0.0, 1.0))
        } else {
            0.0
        };
        let color = if is_unused(mean) {
            Color::Red
        } else {
            Color::Blue
        };
        // Even a mean of 0 gets a visible bar.
        let top = axis.position(height).min(plot.bottom - 3.0);
        let corners = ((x + slot * 0.12, top), (x + slot * 0.88, plot.bottom));
        chart.rect(corners.0, corners.1, color);
        if bit % 8 == 0 || bit + 1 == count {
            let at = (x + slot / 2.0, plot.bottom + 17.0);
            chart.text(&bit.to_string(), at, LABEL, Color::Muted, Anchor::Middle);
        }
    }
    plot.draw_base(&mut chart, "bit");
    let half = axis.position(0.5);
    let line = [(plot.left, half), (plot.right, half)];
    chart.dashed_line(&line, 2.0, Color::Orange);
    let unused = unused_bits(means).len();
    let mut legend = plot.right;
    if unused > 0 {
        let text = format!("unused: {unused}");
        let at = (legend, HEADING_LINE);
        chart.text(&text, at, LEGEND, Color::Red, Anchor::End);
        legend -= text.len() as f64 * CHARACTER + 24.0;
    }
    let at = (legend, HEADING_LINE);
    chart.text("ideal: 0.5", at, LEGEND, Color::Orange, Anchor::End);
    chart
}

/// A bar for each value, from 0 to the largest. `below` is the text under the bars: at the left, in the middle, at the right.
pub(super) fn bars(values: &[f64], heading: &str, below: [&str; 3]) -> Drawing {
    let mut chart = chart(220.0, heading);
    let plot = Plot {
        left: 16.0,
        right: WIDTH - 16.0,
        top: 52.0,
        bottom: 184.0,
    };
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let axis = plot.vertical(0.0, finite().fold(f64::MIN_POSITIVE, f64::max));
    let slot = (plot.right - plot.left) / values.len().max(1) as f64;
    let gap = if slot > 3.0 { 0.12 * slot } else { 0.0 };
    for (at, value) in values.iter().enumerate() {
        if value.is_finite() && *value > 0.0 {
            let x = plot.left + slot * at as f64;
            let from = (x + gap, axis.position(*value));
            chart.rect(from, (x + slot - gap, plot.bottom), Color::Blue);
        }
    }
    let base = [(plot.left, plot.bottom), (plot.right, plot.bottom)];
    chart.line(&base, 1.0, Color::Muted);
    let middle = (plot.left + plot.right) / 2.0;
    let anchors = [
        (plot.left, Anchor::Start),
        (middle, Anchor::Middle),
        (plot.right, Anchor::End),
    ];
    for (text, (x, anchor)) in below.into_iter().zip(anchors) {
        let at = (x, plot.bottom + 17.0);
        chart.text(text, at, LABEL, Color::Muted, anchor);
    }
    chart
}

/// The training and the validation loss by step, on a logarithmic axis with the PSNR on the right. The best validation loss is
/// marked. `None` if no loss can be drawn.
pub(super) fn loss_curve(points: &[LossPoint]) -> Option<Drawing> {
    let train = series(points, |point| point.train);
    let validation = series(points, |point| point.validation);
    let all = || train.iter().chain(&validation);
    all().next()?;
    let lowest = all().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let highest = all().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let last = all().map(|p| p.0).fold(0.0, f64::max).max(1.0);
    // In decades, with a margin; the axis spans at least a tenth of a decade.
    let (low, high) = (lowest.log10(), highest.log10());
    let margin = ((high - low) * 0.06)
        .max((0.1 - (high - low)) / 2.0)
        .max(0.01);
    let (low, high) = (low - margin, high + margin);

    let mut chart = chart(360.0, "Loss");
    let plot = Plot {
        left: 70.0,
        right: WIDTH - 64.0,
        top: 76.0,
        bottom: 308.0,
    };
    let vertical = plot.vertical(low, high);
    let horizontal = Axis {
        from: 0.0,
        to: last,
        start: plot.left,
        end: plot.right,
    };
    let position =
        |&(step, loss): &(f64, f64)| (horizontal.position(step), vertical.position(loss.log10()));
    let label = |chart: &mut Drawing, text: &str, at, anchor| {
        chart.text(text, at, LABEL, Color::Muted, anchor);
    };
    for tick in log_ticks(low, high) {
        let y = vertical.position(tick.log10());
        chart.line(&[(plot.left, y), (plot.right, y)], 1.0, Color::Line);
        label(&mut chart, &short(tick), (plot.left - 10.0, y), Anchor::End);
    }
    label(
        &mut chart,
        "MSE",
        (plot.left - 10.0, plot.top - 18.0),
        Anchor::End,
    );
    for db in ticks(-10.0 * high, -10.0 * low, 5) {
        let y = vertical.position(-db / 10.0);
        chart.line(&[(plot.right, y), (plot.right + 5.0, y)], 1.0, Color::Muted);
        let text = ((db * 100.0).round() / 100.0).to_string();
        label(&mut chart, &text, (plot.right + 10.0, y), Anchor::Start);
    }
    label(
        &mut chart,
        "dB",
        (plot.right + 10.0, plot.top - 18.0),
        Anchor::Start,
    );
    for step in ticks(0.0, last, 6) {
        if step.fract() == 0.0 {
            let x = horizontal.position(step);
            let tick = [(x, plot.bottom), (x, plot.bottom + 5.0)];
            chart.line(&tick, 1.0, Color::Muted);
            let text = thousands(step as u64);
            label(&mut chart, &text, (x, plot.bottom + 17.0), Anchor::Middle);
        }
    }
    plot.draw_base(&mut chart, "step");

    let mut legend = plot.right;
    for (name, line, color) in [
        ("validation", &validation, Color::Blue),
        ("training", &train, Color::Orange),
    ] {
        if line.is_empty() {
            continue;
        }
        let line: Vec<_> = line.iter().map(position).collect();
        chart.line(&line, 2.0, color);
        if line.len() <= 40 {
            for &point in &line {
                chart.circle(point, 2.5, color, (color, 1.0));
            }
        }
        let at = (legend, HEADING_LINE);
        chart.text(name, at, LEGEND, Color::Ink, Anchor::End);
        legend -= name.len() as f64 * CHARACTER + 8.0;
        let sample = [(legend - 20.0, HEADING_LINE), (legend, HEADING_LINE)];
        chart.line(&sample, 3.0, color);
        legend -= 44.0;
    }
    if let Some(best) = validation.iter().min_by(|a, b| a.1.total_cmp(&b.1)) {
        let (step, loss) = *best;
        let psnr = -10.0 * loss.log10();
        let step = thousands(step as u64);
        let text = format!("best {} = {psnr:.2} dB at step {step}", short(loss));
        let at = (plot.left, HEADING_LINE);
        chart.text(&text, at, LEGEND, Color::Muted, Anchor::Start);
        chart.circle(position(best), 5.5, Color::Blue, (Color::Card, 1.5));
    }
    Some(chart)
}

/// The points of a curve that can be drawn on a logarithmic axis.
fn series(points: &[LossPoint], value: impl Fn(&LossPoint) -> f64) -> Vec<(f64, f64)> {
    points
        .iter()
        .map(|point| (point.step as f64, value(point)))
        .filter(|(_, loss)| loss.is_finite() && *loss > 0.0)
        .collect()
}

/// A loss with three significant digits.
fn short(loss: f64) -> String {
    let digits = (2.0 - loss.log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{loss:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The PSNR by bits per pixel in the adaptive layout, and in the fixed layout; none without two finite points.
pub(super) fn rates(points: &[RatePoint], fixed: RatePoint) -> Option<Drawing> {
    let is_finite =
        |point: &&RatePoint| point.bits_per_pixel.is_finite() && point.psnr_db.is_finite();
    let points: Vec<&RatePoint> = points.iter().filter(is_finite).collect();
    let fixed = Some(&fixed).filter(is_finite);
    if points.len() < 2 {
        return None;
    }
    let all = || points.iter().copied().chain(fixed);
    let highest = all()
        .map(|point| point.psnr_db)
        .fold(f64::NEG_INFINITY, f64::max);
    let lowest = all()
        .map(|point| point.psnr_db)
        .fold(f64::INFINITY, f64::min);
    let most = all().map(|point| point.bits_per_pixel).fold(0.0, f64::max);
    let margin = ((highest - lowest) * 0.06).max(0.1);

    let mut chart = chart(320.0, "PSNR of the demo picture by bits per pixel");
    let plot = Plot {
        left: 56.0,
        right: WIDTH - 24.0,
        top: 52.0,
        bottom: 268.0,
    };
    let (low, high) = (lowest - margin, highest + margin);
    let vertical = plot.vertical(low, high);
    let horizontal = Axis {
        from: 0.0,
        to: most * 1.04,
        start: plot.left,
        end: plot.right,
    };
    for tick in ticks(low, high, 5) {
        let y = vertical.position(tick);
        chart.line(&[(plot.left, y), (plot.right, y)], 1.0, Color::Line);
        let text = ((tick * 100.0).round() / 100.0).to_string();
        chart.text(
            &text,
            (plot.left - 10.0, y),
            LABEL,
            Color::Muted,
            Anchor::End,
        );
    }
    for tick in ticks(0.0, most * 1.04, 6) {
        let x = horizontal.position(tick);
        let text = ((tick * 100.0).round() / 100.0).to_string();
        let at = (x, plot.bottom + 17.0);
        chart.text(&text, at, LABEL, Color::Muted, Anchor::Middle);
    }
    plot.draw_base(&mut chart, "bits per pixel");
    let position = |point: &RatePoint| {
        let x = horizontal.position(point.bits_per_pixel);
        (x, vertical.position(point.psnr_db))
    };
    let line: Vec<(f64, f64)> = points.iter().copied().map(position).collect();
    chart.line(&line, 2.0, Color::Blue);
    for center in line {
        chart.circle(center, 3.5, Color::Blue, (Color::Blue, 1.0));
    }
    if let Some(fixed) = fixed {
        let center = position(fixed);
        chart.circle(center, 5.5, Color::Card, (Color::Orange, 2.5));
        let at = (center.0 + 12.0, center.1 + 14.0);
        chart.text("fixed", at, LEGEND, Color::Orange, Anchor::Start);
    }
    Some(chart)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The heights of the rectangles with a color.
    fn heights(chart: &Drawing, color: &str) -> Vec<f64> {
        let svg = chart.svg().into_string();
        let class = format!("<rect class=\"fill-{color}\"");
        svg.lines()
            .filter(|line| line.starts_with(&class))
            .map(|line| {
                let (_, height) = line.split_once(" height=\"").unwrap();
                height.split('"').next().unwrap().parse().unwrap()
            })
            .collect()
    }

    #[test]
    fn a_bar_is_as_high_as_its_mean() {
        let bars = heights(&bit_means(&[0.25, 0.5, 1.0]), "blue");
        assert_eq!(bars, [54.0, 108.0]);
        assert_eq!(heights(&bit_means(&[0.25; 48]), "blue"), [54.0; 48]);
    }

    #[test]
    fn unused_bits_are_red_and_only_they() {
        let mut means = [0.5; 48];
        assert_eq!(heights(&bit_means(&means), "red").len(), 0);
        means[7] = 0.0;
        assert_eq!(heights(&bit_means(&means), "red"), [3.0]);
    }

    #[test]
    fn charts_are_drawn_whatever_the_numbers_are() {
        for means in [
            &[f32::NAN; 48][..],
            &[2.0, -1.0, f32::INFINITY],
            &[0.5],
            &[],
        ] {
            bit_means(means);
        }
        bars(&[f64::NAN, 0.0], "", ["", "", ""]);
        let bad = LossPoint {
            step: 0,
            train: f64::NAN,
            validation: f64::INFINITY,
        };
        let good = LossPoint {
            step: 1,
            train: 0.5,
            validation: 0.5,
        };
        let huge = LossPoint {
            step: u64::MAX,
            train: 1e-300,
            validation: 1e300,
        };
        for points in [&[good][..], &[bad, good], &[good, good], &[bad, good, huge]] {
            let chart = loss_curve(points).unwrap().svg().into_string();
            assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
        }
    }

    #[test]
    fn there_is_no_loss_curve_without_a_positive_loss() {
        let bad = LossPoint {
            step: 0,
            train: f64::NAN,
            validation: 0.0,
        };
        assert!(loss_curve(&[bad]).is_none());
    }

    #[test]
    fn losses_have_three_significant_digits() {
        assert_eq!(short(0.003), "0.003");
        assert_eq!(short(0.012_345), "0.0123");
    }
}
