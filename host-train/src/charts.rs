//! The charts of a training run, drawn as PNG: bit means, loss curve, and the difference of two pictures.

use std::sync::OnceLock;

use anyhow::{Result, anyhow, ensure};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde::Serialize;
use tools::picture::Picture;

use crate::report::is_dead;

/// How much [`difference`] amplifies.
pub const AMPLIFIED: u8 = 4;

/// Charts are laid out in units of which the PNG has this many pixels a side, so that they are crisp on fine screens.
const SCALE: u32 = 2;
/// They are drawn this much larger still and averaged down, which smooths all edges.
const SMOOTH: u32 = 2;
const WIDTH: i32 = 840;

/// Colours to draw in: for a light page or a dark one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on white.
    Light,
    /// Light ink on near-black.
    Dark,
}

/// The loss at one moment of training; a value that is no number is left out of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LossPoint {
    /// Optimiser steps taken so far.
    pub step: u64,
    /// Mean squared error, on samples in 0..1, over the training batches since the point before.
    pub train: f64,
    /// Mean squared error, on samples in 0..1, over the validation blocks.
    pub validation: f64,
}

/// A bar for the mean of each latent bit, with a line at 0.5, where a fully used bit stands. Dead bits are marked red.
pub fn bit_means(means: &[f32], theme: Theme) -> Result<Vec<u8>> {
    ensure!(!means.is_empty(), "no bit means to draw");
    let mut canvas = Canvas::new(320);
    let colours = Colours::of(theme);
    let plot = Frame {
        left: 46,
        right: WIDTH - 16,
        top: 52,
        bottom: 268,
    };
    canvas.draw(theme, |pen| {
        pen.heading("Mean of each latent bit on the validation set", colours)?;
        for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let y = plot.y(tick);
            if tick != 0.5 {
                pen.line((plot.left, y), (plot.right, y), colours.grid, 1)?;
            }
            pen.text(
                &format!("{tick}"),
                (plot.left - 10, y),
                13,
                colours.muted,
                HPos::Right,
                VPos::Center,
            )?;
        }
        // Bits stand in groups of eight, a byte of the code each.
        let count = means.len();
        let gaps = (count - 1) / 8;
        let slot = (f64::from(plot.right - plot.left) - 8.0 * gaps as f64) / count as f64;
        for (bit, &mean) in means.iter().enumerate() {
            let x = f64::from(plot.left) + slot * bit as f64 + 8.0 * (bit / 8) as f64;
            let (left, right) = (x + slot * 0.12, x + slot * 0.88);
            let height = if mean.is_finite() {
                f64::from(mean.clamp(0.0, 1.0))
            } else {
                0.0
            };
            let top = f64::from(plot.bottom) - f64::from(plot.bottom - plot.top) * height;
            let colour = if is_dead(mean) {
                colours.bad
            } else {
                colours.main
            };
            // A dead bit of mean 0 still leaves a mark.
            pen.fill(
                (left, top.min(f64::from(plot.bottom) - 3.0)),
                (right, f64::from(plot.bottom)),
                colour,
            )?;
            if bit % 8 == 0 || bit + 1 == count {
                let middle = (x + slot / 2.0).round() as i32;
                pen.text(
                    &bit.to_string(),
                    (middle, plot.bottom + 10),
                    13,
                    colours.muted,
                    HPos::Center,
                    VPos::Top,
                )?;
            }
        }
        pen.line(
            (plot.left, plot.bottom),
            (plot.right, plot.bottom),
            colours.muted,
            1,
        )?;
        pen.dashes(plot.left, plot.right, plot.y(0.5), colours.accent)?;
        let dead = means.iter().filter(|&&mean| is_dead(mean)).count();
        let mut legend = plot.right;
        if dead > 0 {
            let text = format!("dead: {dead}");
            legend -= pen.text(
                &text,
                (legend, 24),
                14,
                colours.bad,
                HPos::Right,
                VPos::Center,
            )? + 24;
        }
        pen.text(
            "fully used: 0.5",
            (legend, 24),
            14,
            colours.accent,
            HPos::Right,
            VPos::Center,
        )?;
        let middle = (plot.left + plot.right) / 2;
        pen.text(
            "bit",
            (middle, plot.bottom + 30),
            13,
            colours.muted,
            HPos::Center,
            VPos::Top,
        )?;
        Ok(())
    })?;
    canvas.png()
}

/// A bar for each value, side by side, from zero up to the largest; the first and the last are named below, and in between
/// what they are.
pub fn bars(values: &[f64], heading: &str, below: [&str; 3], theme: Theme) -> Result<Vec<u8>> {
    ensure!(!values.is_empty(), "no bars to draw");
    let mut canvas = Canvas::new(220);
    let colours = Colours::of(theme);
    let plot = Frame {
        left: 16,
        right: WIDTH - 16,
        top: 52,
        bottom: 184,
    };
    let largest = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .fold(f64::MIN_POSITIVE, f64::max);
    canvas.draw(theme, |pen| {
        pen.heading(heading, colours)?;
        let slot = f64::from(plot.right - plot.left) / values.len() as f64;
        let gap = if slot > 3.0 { 0.12 * slot } else { 0.0 };
        for (at, value) in values.iter().enumerate() {
            let x = f64::from(plot.left) + slot * at as f64;
            let share = if value.is_finite() {
                (value / largest).max(0.0)
            } else {
                0.0
            };
            let top = f64::from(plot.bottom) - f64::from(plot.bottom - plot.top) * share;
            pen.fill(
                (x + gap, top),
                (x + slot - gap, f64::from(plot.bottom)),
                colours.main,
            )?;
        }
        pen.line(
            (plot.left, plot.bottom),
            (plot.right, plot.bottom),
            colours.muted,
            1,
        )?;
        let places = [
            (plot.left, HPos::Left),
            ((plot.left + plot.right) / 2, HPos::Center),
            (plot.right, HPos::Right),
        ];
        for (text, (x, across)) in below.into_iter().zip(places) {
            pen.text(
                text,
                (x, plot.bottom + 10),
                13,
                colours.muted,
                across,
                VPos::Top,
            )?;
        }
        Ok(())
    })?;
    canvas.png()
}

/// Training and validation loss by step, mean squared error on a logarithmic axis, which is the same as PSNR on a linear
/// one: that stands on the right. The best validation loss is marked.
pub fn loss_curve(points: &[LossPoint], theme: Theme) -> Result<Vec<u8>> {
    let train = series(points, |point| point.train);
    let validation = series(points, |point| point.validation);
    let all = || train.iter().chain(&validation);
    ensure!(all().next().is_some(), "no loss to draw");
    let lowest = all().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let highest = all().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let last = all().map(|p| p.0).fold(0.0, f64::max);
    // Decades, with a margin, and never less than a tenth of one.
    let (low, high) = (lowest.log10(), highest.log10());
    let margin = ((high - low) * 0.06)
        .max((0.1 - (high - low)) / 2.0)
        .max(0.01);
    let (low, high) = (low - margin, high + margin);

    let mut canvas = Canvas::new(360);
    let colours = Colours::of(theme);
    let plot = Frame {
        left: 70,
        right: WIDTH - 64,
        top: 76,
        bottom: 308,
    };
    let place = |&(step, loss): &(f64, f64)| {
        let x = f64::from(plot.left) + f64::from(plot.right - plot.left) * step / last.max(1.0);
        (
            x.round() as i32,
            plot.y((loss.log10() - low) / (high - low)),
        )
    };
    canvas.draw(theme, |pen| {
        pen.heading("Loss", colours)?;
        let best = validation.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some(&(step, loss)) = best {
            let db = -10.0 * loss.log10();
            let text = format!(
                "best {} = {db:.2} dB at step {}",
                short(loss),
                thousands(step as u64)
            );
            pen.text(
                &text,
                (plot.left, 24),
                14,
                colours.muted,
                HPos::Left,
                VPos::Center,
            )?;
        }
        for tick in log_ticks(low, high) {
            let y = plot.y((tick.log10() - low) / (high - low));
            pen.line((plot.left, y), (plot.right, y), colours.grid, 1)?;
            pen.text(
                &short(tick),
                (plot.left - 10, y),
                13,
                colours.muted,
                HPos::Right,
                VPos::Center,
            )?;
        }
        pen.text(
            "MSE",
            (plot.left - 10, plot.top - 18),
            13,
            colours.muted,
            HPos::Right,
            VPos::Center,
        )?;
        for db in ticks(-10.0 * high, -10.0 * low, 5) {
            let y = plot.y((-db / 10.0 - low) / (high - low));
            pen.line((plot.right, y), (plot.right + 5, y), colours.muted, 1)?;
            let text = format!("{}", (db * 100.0).round() / 100.0);
            pen.text(
                &text,
                (plot.right + 10, y),
                13,
                colours.muted,
                HPos::Left,
                VPos::Center,
            )?;
        }
        pen.text(
            "dB",
            (plot.right + 10, plot.top - 18),
            13,
            colours.muted,
            HPos::Left,
            VPos::Center,
        )?;
        for step in ticks(0.0, last.max(1.0), 6) {
            if step.fract() != 0.0 {
                continue;
            }
            let (x, _) = place(&(step, highest));
            pen.line((x, plot.bottom), (x, plot.bottom + 5), colours.muted, 1)?;
            let text = thousands(step as u64);
            pen.text(
                &text,
                (x, plot.bottom + 10),
                13,
                colours.muted,
                HPos::Center,
                VPos::Top,
            )?;
        }
        pen.line(
            (plot.left, plot.bottom),
            (plot.right, plot.bottom),
            colours.muted,
            1,
        )?;
        let middle = (plot.left + plot.right) / 2;
        pen.text(
            "step",
            (middle, plot.bottom + 30),
            13,
            colours.muted,
            HPos::Center,
            VPos::Top,
        )?;

        let mut legend = plot.right;
        for (name, line, colour) in [
            ("validation", &validation, colours.main),
            ("training", &train, colours.accent),
        ] {
            if line.is_empty() {
                continue;
            }
            let path: Vec<_> = line.iter().map(place).collect();
            pen.path(&path, colour)?;
            if path.len() <= 40 {
                for &point in &path {
                    pen.dot(point, 3.0, colour)?;
                }
            }
            legend -= pen.text(
                name,
                (legend, 24),
                14,
                colours.ink,
                HPos::Right,
                VPos::Center,
            )? + 8;
            pen.line((legend - 20, 24), (legend, 24), colour, 3)?;
            legend -= 44;
        }
        if let Some(best) = best {
            let at = place(best);
            pen.dot(at, 6.5, colours.paper)?;
            pen.dot(at, 5.0, colours.main)?;
        }
        Ok(())
    })?;
    canvas.png()
}

/// The absolute difference of two pictures of one size, sample by sample, [`AMPLIFIED`] times as large and cut off at
/// 255. Black is no difference.
pub fn difference(a: &Picture, b: &Picture) -> Result<Picture> {
    let sizes = [a.width(), a.height(), b.width(), b.height()];
    ensure!(
        (sizes[0], sizes[1]) == (sizes[2], sizes[3]),
        "pictures of different sizes have no difference: {}x{} and {}x{}",
        sizes[0],
        sizes[1],
        sizes[2],
        sizes[3]
    );
    let samples = a
        .rgb()
        .iter()
        .zip(b.rgb())
        .map(|(&a, &b)| a.abs_diff(b).saturating_mul(AMPLIFIED));
    Picture::new(a.width(), a.height(), samples.collect())
}

/// The points of one curve that can stand on a logarithmic axis.
fn series(points: &[LossPoint], value: impl Fn(&LossPoint) -> f64) -> Vec<(f64, f64)> {
    points
        .iter()
        .map(|point| (point.step as f64, value(point)))
        .filter(|(_, loss)| loss.is_finite() && *loss > 0.0)
        .collect()
}

/// Round numbers in `low..=high`, about `count` of them.
fn ticks(low: f64, high: f64, count: u32) -> Vec<f64> {
    let rough = (high - low) / f64::from(count);
    let decade = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|m| m * decade)
        .into_iter()
        .find(|&s| s >= rough)
        .unwrap_or(rough);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(|i| i as f64 * step).collect()
}

/// Round numbers in `10^low..=10^high`, at least three where there are that many of two digits.
fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    const CHOICES: [&[f64]; 6] = [
        &[1.0],
        &[1.0, 3.0],
        &[1.0, 2.0, 5.0],
        &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
        &[
            1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0,
        ],
        &[
            1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2,
            3.4, 3.6, 3.8, 4.0, 4.2, 4.4, 4.6, 4.8, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0,
            9.5,
        ],
    ];
    let mut found = Vec::new();
    for choice in CHOICES {
        found = (low.floor() as i32..=high.floor() as i32)
            .flat_map(|decade| choice.iter().map(move |m| m * 10f64.powi(decade)))
            .filter(|tick| (low..=high).contains(&tick.log10()))
            .collect();
        if found.len() >= 4 {
            break;
        }
    }
    found
}

/// A loss in three digits.
fn short(loss: f64) -> String {
    let digits = (2.0 - loss.log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{loss:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number with a comma every three digits.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

struct Colours {
    paper: RGBColor,
    ink: RGBColor,
    muted: RGBColor,
    grid: RGBColor,
    main: RGBColor,
    accent: RGBColor,
    bad: RGBColor,
}

impl Colours {
    fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &Self {
                paper: RGBColor(255, 255, 255),
                ink: RGBColor(28, 36, 46),
                muted: RGBColor(101, 112, 125),
                grid: RGBColor(230, 234, 239),
                main: RGBColor(46, 108, 214),
                accent: RGBColor(222, 125, 41),
                bad: RGBColor(207, 52, 60),
            },
            Theme::Dark => &Self {
                paper: RGBColor(22, 27, 34),
                ink: RGBColor(230, 235, 241),
                muted: RGBColor(148, 160, 174),
                grid: RGBColor(44, 52, 62),
                main: RGBColor(105, 160, 255),
                accent: RGBColor(244, 162, 89),
                bad: RGBColor(255, 112, 112),
            },
        }
    }
}

/// Where a chart's data stand, in layout units.
struct Frame {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

impl Frame {
    /// The height of a share of the range, 0 at the bottom.
    fn y(&self, share: f64) -> i32 {
        (f64::from(self.bottom) - f64::from(self.bottom - self.top) * share).round() as i32
    }
}

/// The large drawing that becomes a chart.
struct Canvas {
    height: i32,
    pixels: Vec<u8>,
}

impl Canvas {
    const ZOOM: u32 = SCALE * SMOOTH;

    fn new(height: i32) -> Self {
        let pixels =
            vec![0; WIDTH as usize * height as usize * (Self::ZOOM * Self::ZOOM * 3) as usize];
        Self { height, pixels }
    }

    fn draw(&mut self, theme: Theme, on: impl FnOnce(&mut Pen<'_>) -> Result<()>) -> Result<()> {
        register()?;
        let size = (WIDTH as u32 * Self::ZOOM, self.height as u32 * Self::ZOOM);
        let area = BitMapBackend::with_buffer(&mut self.pixels, size).into_drawing_area();
        area.fill(&Colours::of(theme).paper)?;
        on(&mut Pen { area })
    }

    /// Averages the drawing down to the size of the chart.
    fn png(&self) -> Result<Vec<u8>> {
        let (width, height) = (WIDTH as u32 * SCALE, self.height as u32 * SCALE);
        let stride = (WIDTH as u32 * Self::ZOOM * 3) as usize;
        let mut rgb = Vec::with_capacity((width * height * 3) as usize);
        for y in 0..height as usize {
            for x in 0..width as usize {
                for channel in 0..3 {
                    let mut sum = 0;
                    for line in 0..SMOOTH as usize {
                        for column in 0..SMOOTH as usize {
                            let at = (y * SMOOTH as usize + line) * stride
                                + (x * SMOOTH as usize + column) * 3;
                            sum += u32::from(self.pixels[at + channel]);
                        }
                    }
                    let samples = SMOOTH * SMOOTH;
                    rgb.push(((sum + samples / 2) / samples) as u8);
                }
            }
        }
        Picture::new(width, height, rgb)?.to_png_bytes()
    }
}

/// The name under which the font of the charts is registered.
const FONT: &str = "nice";

/// Registers the font, once: it comes with the program, so that charts need none on the machine.
fn register() -> Result<()> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok()
    });
    if *done {
        Ok(())
    } else {
        Err(anyhow!("the font of the charts cannot be read"))
    }
}

/// Draws in layout units.
struct Pen<'a> {
    area: DrawingArea<BitMapBackend<'a>, Shift>,
}

const ZOOM: i32 = Canvas::ZOOM as i32;

impl Pen<'_> {
    fn heading(&self, text: &str, colours: &Colours) -> Result<()> {
        self.text(text, (16, 24), 17, colours.ink, HPos::Left, VPos::Center)
            .map(|_| ())
    }

    /// Returns the width of the text.
    fn text(
        &self,
        text: &str,
        (x, y): (i32, i32),
        size: i32,
        colour: RGBColor,
        across: HPos,
        down: VPos,
    ) -> Result<i32> {
        let style = (FONT, size * ZOOM)
            .into_font()
            .color(&colour)
            .pos(Pos::new(across, down));
        let (width, _) = self.area.estimate_text_size(text, &style)?;
        // The letters stand high in their box; this brings digits and lower case to the middle.
        let y = y * ZOOM + size * ZOOM / 8;
        self.area.draw(&Text::new(text, (x * ZOOM, y), style))?;
        Ok(width as i32 / ZOOM)
    }

    /// A horizontal or vertical line.
    fn line(&self, from: (i32, i32), to: (i32, i32), colour: RGBColor, width: i32) -> Result<()> {
        let half = f64::from(width) / 2.0;
        let (left, right) = (f64::from(from.0.min(to.0)), f64::from(from.0.max(to.0)));
        let (top, bottom) = (f64::from(from.1.min(to.1)), f64::from(from.1.max(to.1)));
        if top == bottom {
            self.fill((left, top - half), (right, bottom + half), colour)
        } else {
            self.fill((left - half, top), (right + half, bottom), colour)
        }
    }

    fn fill(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Result<()> {
        let place = |v: f64| (v * f64::from(ZOOM)).round() as i32;
        // Plotters fills up to and including the second corner.
        let corners = [
            (place(from.0), place(from.1)),
            (place(to.0) - 1, place(to.1) - 1),
        ];
        Ok(self.area.draw(&Rectangle::new(corners, colour.filled()))?)
    }

    fn dashes(&self, left: i32, right: i32, y: i32, colour: RGBColor) -> Result<()> {
        for x in (left..right).step_by(9) {
            self.line((x, y), ((x + 5).min(right), y), colour, 2)?;
        }
        Ok(())
    }

    fn path(&self, points: &[(i32, i32)], colour: RGBColor) -> Result<()> {
        let points: Vec<_> = points.iter().map(|&(x, y)| (x * ZOOM, y * ZOOM)).collect();
        Ok(self.area.draw(&PathElement::new(
            points,
            colour.stroke_width(2 * ZOOM as u32),
        ))?)
    }

    fn dot(&self, (x, y): (i32, i32), radius: f64, colour: RGBColor) -> Result<()> {
        let radius = (radius * f64::from(ZOOM)) as i32;
        Ok(self
            .area
            .draw(&Circle::new((x * ZOOM, y * ZOOM), radius, colour.filled()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(png: &[u8]) -> Picture {
        Picture::from_encoded(png, "chart.png").unwrap()
    }

    fn count(picture: &Picture, colour: RGBColor) -> usize {
        let wanted = [colour.0, colour.1, colour.2];
        picture
            .rgb()
            .chunks_exact(3)
            .filter(|pixel| *pixel == wanted)
            .count()
    }

    #[test]
    fn a_higher_mean_makes_a_higher_bar() {
        let blue = Colours::of(Theme::Light).main;
        let [low, high] = [0.25, 0.5].map(|mean| {
            count(
                &pixels(&bit_means(&[mean; 48], Theme::Light).unwrap()),
                blue,
            )
        });
        // Twice as high but for the line at 0.5, which covers part of the upper end.
        assert!(
            low > 10_000 && (1.9..=2.0).contains(&(high as f64 / low as f64)),
            "{low} {high}"
        );
    }

    #[test]
    fn dead_bits_are_red_and_only_they() {
        let red = Colours::of(Theme::Light).bad;
        let mut means = [0.5; 48];
        assert_eq!(
            count(&pixels(&bit_means(&means, Theme::Light).unwrap()), red),
            0
        );
        means[7] = 0.0;
        assert!(count(&pixels(&bit_means(&means, Theme::Light).unwrap()), red) > 50);
    }

    #[test]
    fn charts_are_drawn_whatever_the_numbers_are() {
        for theme in [Theme::Light, Theme::Dark] {
            for means in [&[f32::NAN; 48][..], &[2.0, -1.0, f32::INFINITY], &[0.5]] {
                bit_means(means, theme).unwrap();
            }
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
                loss_curve(points, theme).unwrap();
            }
        }
    }

    #[test]
    fn a_chart_of_nothing_is_an_error() {
        assert!(bit_means(&[], Theme::Light).is_err());
        let bad = LossPoint {
            step: 0,
            train: f64::NAN,
            validation: 0.0,
        };
        assert!(loss_curve(&[bad], Theme::Light).is_err());
    }

    #[test]
    fn the_loss_axis_has_round_numbers_within_its_range() {
        assert_eq!(log_ticks(-3.0, 0.0), [0.001, 0.01, 0.1, 1.0]);
        for (low, high) in [(-2.5, -1.9), (-2.41, -2.3), (-8.0, 2.0)] {
            let ticks = log_ticks(low, high);
            assert!(ticks.len() >= 3, "{ticks:?}");
            assert!(
                ticks
                    .iter()
                    .all(|tick| (low..=high).contains(&tick.log10())),
                "{ticks:?}"
            );
        }
        assert_eq!(
            ticks(0.0, 3000.0, 6),
            [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0]
        );
        assert_eq!(short(0.003), "0.003");
        assert_eq!(short(0.012_345), "0.0123");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn a_difference_is_absolute_amplified_and_cut_off() {
        let a = Picture::new(2, 1, vec![10, 20, 30, 0, 200, 255]).unwrap();
        let b = Picture::new(2, 1, vec![12, 15, 30, 255, 100, 250]).unwrap();
        assert_eq!(difference(&a, &b).unwrap().rgb(), [8, 20, 0, 255, 255, 20]);
        assert_eq!(difference(&a, &b).unwrap(), difference(&b, &a).unwrap());
    }

    #[test]
    fn pictures_of_different_sizes_have_no_difference() {
        let a = Picture::new(2, 1, vec![0; 6]).unwrap();
        let b = Picture::new(1, 2, vec![0; 6]).unwrap();
        assert!(
            difference(&a, &b)
                .unwrap_err()
                .to_string()
                .contains("2x1 and 1x2")
        );
    }
}
