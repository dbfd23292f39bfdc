//! The page that a training run leaves behind: one self-contained `report.html` and its pictures as PNG.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use tools::files::write_atomically;
use tools::html::{data_uri, escape};
use tools::picture::Picture;

use crate::charts::{self, LossPoint, Theme};

const TEMPLATE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");

/// A bit whose mean is below this, or above one minus this, is called dead: it hardly ever changes.
pub const DEAD: f32 = 0.001;

/// Everything that the page of one run shows; plain data, filled by whoever ran the training.
///
/// Parts that are empty or `None` (an imported model has no loss curve, for instance) are left out of the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Name of the run, the headline.
    pub title: String,
    /// When it was made, ready to print.
    pub date: String,
    /// The command line that makes this run again.
    pub command: String,
    /// What it was trained on: CPU or GPU, by name.
    pub device: String,
    /// Description of the training and validation data.
    pub data: String,
    /// What a reader must not miss, one sentence each, such as that the synthetic stand-in was used.
    pub notes: Vec<String>,
    /// Shape of the networks, such as `mlp, 192-256-256-48 / 48-256-192`.
    pub arch: String,
    /// More settings as pairs of name and value: batch size, schedule, seed.
    pub settings: Vec<(String, String)>,
    /// Optimiser steps taken; zero when nothing was trained here.
    pub steps: u64,
    /// Time that training took, in seconds.
    pub seconds: f64,
    /// Blocks a second seen in training.
    pub blocks_per_second: f64,
    /// The table of quality, a row for each way of coding, best last.
    pub results: Vec<ResultRow>,
    /// Sizes of the files and of a coded block.
    pub sizes: Sizes,
    /// Pixels a second that the fixed-point decoder makes on one core of this machine.
    pub decode_pixels_per_second: Option<f64>,
    /// Mean of each latent bit over the validation blocks.
    pub bit_means: Vec<f32>,
    /// Loss while training, in order of steps.
    pub loss: Vec<LossPoint>,
    /// The demo picture, before and after.
    #[serde(skip)]
    pub demo: Option<Demo>,
    /// The tables of a codebook.
    #[serde(skip)]
    pub tables: Option<Tables>,
}

/// What there is to show of a codebook.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// The stages, that of the base first.
    pub stages: Vec<StageShown>,
    /// The gain of every base row.
    pub gains: Vec<f32>,
}

/// What there is to show of a stage.
#[derive(Clone, Debug)]
pub struct StageShown {
    /// Bits of a latent.
    pub bits: u8,
    /// All rows, as tiles.
    pub sheet: Picture,
    /// How often each row is used on the validation blocks.
    pub used: Vec<u64>,
    /// PSNR on the validation blocks with this stage and those before it, not rounded, in dB.
    pub db: f64,
}

/// One way of coding and the PSNR, in dB, that it reaches.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResultRow {
    /// Such as `float`, `quantized`, `quantized + bit flips`.
    pub name: String,
    /// On the validation blocks.
    pub validation_db: Option<f64>,
    /// On the demo picture.
    pub demo_db: Option<f64>,
    /// On other pictures, by name; each name becomes a column.
    pub others: Vec<(String, f64)>,
}

/// What a model and a coded block take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Size of the decoder file.
    pub decoder_bytes: u64,
    /// Size of the encoder file, if there is one.
    pub encoder_bytes: Option<u64>,
    /// Bits that a block of 8x8 pixels is coded in.
    pub bits_per_block: u32,
}

/// The demo picture before and after.
#[derive(Clone, Debug)]
pub struct Demo {
    /// What the picture is, for the caption.
    pub name: String,
    /// How it was coded, for the caption, such as `quantized + bit flips`.
    pub coded: String,
    /// The picture as it was.
    pub original: Picture,
    /// The picture as it is decoded; of the same size.
    pub decoded: Picture,
}

impl Sizes {
    /// Bits a pixel.
    pub fn bits_per_pixel(&self) -> f64 {
        f64::from(self.bits_per_block) / 64.0
    }
}

/// Entropy in bits of a latent bit that is one with probability `p`: 1 at a half, 0 when it never changes.
pub fn entropy(p: f32) -> f64 {
    let p = f64::from(p).clamp(0.0, 1.0);
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(p) + part(1.0 - p)
}

/// Whether a bit of this mean is dead; see [`DEAD`]. A mean that is no number counts as dead.
pub fn is_dead(p: f32) -> bool {
    !(DEAD..=1.0 - DEAD).contains(&p)
}

impl Report {
    /// Numbers of the latent bits that are dead.
    pub fn dead_bits(&self) -> Vec<usize> {
        (0..self.bit_means.len())
            .filter(|&i| is_dead(self.bit_means[i]))
            .collect()
    }

    /// Sum of the entropies of the bits, each taken alone: an upper bound on what a block's code can tell.
    pub fn total_entropy(&self) -> f64 {
        self.bit_means.iter().map(|&p| entropy(p)).sum()
    }

    /// Writes `report.html` into `folder`, and beside it `bit-means.png`, `loss.png`, `demo-original.png`,
    /// `demo-decoded.png` and `demo-difference.png`, and of a codebook its tables, as far as there is something to show. The page holds its own
    /// copies of the pictures, so it can be sent alone.
    pub fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).with_context(|| {
            format!(
                "cannot make the folder {} for the report: choose another --out",
                folder.display()
            )
        })?;
        let html = self.page(&mut |name, png| write_atomically(&folder.join(name), png))?;
        write_atomically(&folder.join("report.html"), html.as_bytes())
    }

    /// Makes the page, and hands each picture that is to stand beside it to `beside`.
    fn page(&self, beside: Beside<'_>) -> Result<String> {
        let demo = self.demo(beside)?;
        let loss = self.loss(beside)?;
        let bit_use = self.bit_use(beside)?;
        let tables = self.codebook(beside)?;
        Ok(fill(TEMPLATE, |slot| match slot {
            "title" => escape(&self.title),
            "style" => STYLE.to_owned(),
            "bits" => self.sizes.bits_per_block.to_string(),
            "date" => escape(&self.date),
            "notes" => self
                .notes
                .iter()
                .map(|note| format!("<p class=\"note\">{}</p>\n", escape(note)))
                .collect(),
            "tiles" => self.tiles(),
            "demo" => demo.clone(),
            "results" => self.results(),
            "loss" => loss.clone(),
            "bit_use" => bit_use.clone(),
            "tables" => tables.clone(),
            "made" => self.made(),
            _ => String::new(),
        }))
    }

    fn tiles(&self) -> String {
        let mut tiles = String::from("<div class=\"tiles\">\n");
        let mut tile = |number: String, unit: &str, what: &str| {
            let _ = writeln!(
                tiles,
                "<div class=\"card tile\"><b>{number} <small>{unit}</small></b><span>{}</span></div>",
                escape(what)
            );
        };
        if let Some(best) = self.results.last() {
            if let Some(db) = best.validation_db {
                tile(decibels(db), "dB", &format!("validation, {}", best.name));
            }
            if let Some(db) = best.demo_db {
                tile(decibels(db), "dB", &format!("demo picture, {}", best.name));
            }
        }
        tile(
            format!("{}", self.sizes.bits_per_pixel()),
            "bit/pixel",
            "always, whatever the block",
        );
        tile(kilobytes(self.sizes.decoder_bytes), "KB", "decoder file");
        if let Some(speed) = self.decode_pixels_per_second {
            tile(
                format!("{:.1}", speed / 1.0e6),
                "Mpixel/s",
                "decoded on one core here",
            );
        }
        if self.steps > 0 {
            tile(
                duration(self.seconds),
                "",
                &format!("{} training steps", charts::thousands(self.steps)),
            );
        }
        tiles + "</div>\n"
    }

    fn demo(&self, beside: Beside<'_>) -> Result<String> {
        let Some(Demo {
            name,
            coded,
            original,
            decoded,
        }) = &self.demo
        else {
            return Ok(String::new());
        };
        let difference = charts::difference(original, decoded)?;
        let mut html = String::from("<h2>Before and after</h2>\n<div class=\"stack\">\n");
        let mut figure = |picture: &Picture,
                          file: &str,
                          alt: &str,
                          caption: &str|
         -> Result<String> {
            let png = picture.to_png_bytes()?;
            if !file.is_empty() {
                beside(file, &png)?;
            }
            Ok(format!(
                "<figure class=\"card\"><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\"><figcaption>{caption}</figcaption></figure>\n",
                data_uri(&png),
                picture.width(),
                picture.height(),
                escape(alt),
            ))
        };
        let caption = format!("<b>Before.</b> {}, 24 bits a pixel", escape(name));
        let before = figure(
            original,
            "demo-original.png",
            "The demo picture as it was",
            &caption,
        )?;
        let db = self
            .results
            .iter()
            .rev()
            .find(|row| row.name == *coded)
            .and_then(|row| row.demo_db);
        let db = db.map_or(String::new(), |db| format!(", {} dB", decibels(db)));
        let caption = format!(
            "<b>After.</b> {} bits a block, {} a pixel, {}{db}",
            self.sizes.bits_per_block,
            self.sizes.bits_per_pixel(),
            escape(coded)
        );
        let after = figure(
            decoded,
            "demo-decoded.png",
            "The demo picture as it is decoded",
            &caption,
        )?;
        let _ = write!(html, "<div class=\"pair\">\n{before}{after}</div>\n");

        let caption = format!("<b>Difference</b>, {} times as large", charts::AMPLIFIED);
        let difference = figure(
            &difference,
            "demo-difference.png",
            "Their difference, amplified",
            &caption,
        )?;
        // Two places close up: where the codec does worst and where it does as usual.
        let close = close_ups(original, decoded);
        let places = ["where it errs most", "where it errs as usual"]
            .into_iter()
            .zip(&close);
        let mut pairs = Vec::new();
        for (place, &(x, y)) in places {
            let pair = beside_each_other(&cut(original, x, y)?, &cut(decoded, x, y)?)?;
            let caption = format!("<b>Close up</b>, {place}: before | after");
            let alt = format!("Part of the demo picture before and after, {place}");
            pairs.push(figure(&pair, "", &alt, &caption)?);
        }
        let pairs = pairs.concat();
        let _ = write!(
            html,
            "<div class=\"pair\">\n{difference}<div class=\"stack pixels\">\n{pairs}</div>\n</div>\n"
        );
        Ok(html + "</div>\n")
    }

    fn results(&self) -> String {
        if self.results.is_empty() {
            return String::new();
        }
        let mut columns: Vec<(String, Vec<Option<f64>>)> = vec![
            (
                "validation".to_owned(),
                self.results.iter().map(|row| row.validation_db).collect(),
            ),
            (
                "demo picture".to_owned(),
                self.results.iter().map(|row| row.demo_db).collect(),
            ),
        ];
        for (name, _) in self.results.iter().flat_map(|row| &row.others) {
            if columns.iter().all(|(known, _)| known != name) {
                let of = |row: &ResultRow| {
                    row.others
                        .iter()
                        .find(|other| other.0 == *name)
                        .map(|other| other.1)
                };
                columns.push((name.clone(), self.results.iter().map(of).collect()));
            }
        }
        columns.retain(|(_, values)| values.iter().any(Option::is_some));
        let mut html = String::from(
            "<h2>Quality</h2>\n<p>PSNR in dB, more is better.</p>\n<div class=\"card wide\"><table>\n<thead><tr><th>coded</th>",
        );
        for (name, _) in &columns {
            let _ = write!(html, "<th>{}</th>", escape(name));
        }
        html += "</tr></thead>\n<tbody>\n";
        for (i, row) in self.results.iter().enumerate() {
            let _ = write!(html, "<tr><th>{}</th>", escape(&row.name));
            for (_, values) in &columns {
                let best = values
                    .iter()
                    .flatten()
                    .copied()
                    .fold(f64::NEG_INFINITY, f64::max);
                let class = if values[i] == Some(best) {
                    " class=\"best\""
                } else {
                    ""
                };
                let text = values[i].map_or("&ndash;".to_owned(), decibels);
                let _ = write!(html, "<td{class}>{text}</td>");
            }
            html += "</tr>\n";
        }
        html + "</tbody></table></div>\n"
    }

    fn loss(&self, beside: Beside<'_>) -> Result<String> {
        let drawable = |loss: f64| loss.is_finite() && loss > 0.0;
        if !self
            .loss
            .iter()
            .any(|point| drawable(point.train) || drawable(point.validation))
        {
            return Ok(String::new());
        }
        let chart = both(beside, "loss.png", "Loss by training step", &|theme| {
            charts::loss_curve(&self.loss, theme)
        })?;
        Ok(format!(
            "<h2>Training</h2>\n<p>Mean squared error of samples in 0 to 1; on the right the same as PSNR. The weights of the best validation loss are kept.</p>\n{chart}"
        ))
    }

    fn codebook(&self, beside: Beside<'_>) -> Result<String> {
        let Some(tables) = &self.tables else {
            return Ok(String::new());
        };
        let mut html = String::from(
            "<h2>Tables</h2>\n<p>A block is a base row plus its gain times the sum of a row of every other stage. Every row stands for \
             all its mirror images, and a residual row (shown on grey) for its negative as well.</p>\n<table class=\"card\">\n<thead><tr><th>stage</th><th>bits</th>\
             <th>rows</th><th>never used</th><th>dB up to here</th></tr></thead>\n<tbody>\n",
        );
        for (at, stage) in tables.stages.iter().enumerate() {
            let dead = stage.used.iter().filter(|&&used| used == 0).count();
            let _ = writeln!(
                html,
                "<tr><th>{}</th><td>{}</td><td>{}</td><td>{dead}</td><td>{}</td></tr>",
                stage_name(at),
                stage.bits,
                stage.used.len(),
                decibels(stage.db)
            );
        }
        html += "</tbody></table>\n<div class=\"stack\">\n";
        if !tables.gains.is_empty() {
            let largest = tables.gains.iter().copied().fold(0.0, f32::max);
            let mut counts = vec![0.0; 64];
            for gain in &tables.gains {
                let at = (gain / largest.max(f32::MIN_POSITIVE) * 64.0) as usize;
                counts[at.min(63)] += 1.0;
            }
            let top = format!("{largest:.3}");
            let below = ["0", "gain: levels of a sample for a step of a row", &top];
            html += &both(
                beside,
                "gains.png",
                "How many base rows have which gain",
                &|theme| charts::bars(&counts, "Gains of the base rows", below, theme),
            )?;
        }
        for (at, stage) in tables.stages.iter().enumerate() {
            let mut used: Vec<f64> = stage.used.iter().map(|&used| used as f64).collect();
            used.sort_by(|a, b| b.total_cmp(a));
            let heading = format!("How often the rows of the {} are used", stage_name(at));
            html += &both(beside, &format!("use-{at}.png"), &heading, &|theme| {
                charts::bars(&used, &heading, ["most", "rows", "least"], theme)
            })?;
            let png = stage.sheet.to_png_bytes()?;
            beside(&format!("rows-{at}.png"), &png)?;
            let _ = writeln!(
                html,
                "<figure class=\"card pixels\"><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"All rows of the {name}\">\
                 <figcaption><b>All rows</b> of the {name}</figcaption></figure>",
                data_uri(&png),
                stage.sheet.width(),
                stage.sheet.height(),
                name = stage_name(at),
            );
        }
        Ok(html + "</div>\n")
    }

    fn bit_use(&self, beside: Beside<'_>) -> Result<String> {
        if self.bit_means.is_empty() {
            return Ok(String::new());
        }
        let dead = self.dead_bits();
        let dead_text = match dead.as_slice() {
            [] => "None is dead".to_owned(),
            [one] => format!("Bit {one} is dead"),
            many => format!(
                "Dead are {}",
                many.iter()
                    .map(usize::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let mut html = format!(
            "<h2>Use of the bits</h2>\n<p>A bit that is one half of the time tells most. Entropy of the bits, each alone: {:.2} of {}. {dead_text} (mean under {DEAD} or over {}).</p>\n",
            self.total_entropy(),
            self.bit_means.len(),
            1.0 - DEAD,
        );
        html += &both(
            beside,
            "bit-means.png",
            "Mean of each latent bit on the validation set",
            &|theme| charts::bit_means(&self.bit_means, theme),
        )?;
        html += "<details><summary>Mean and entropy of each bit</summary>\n<div class=\"bits\">\n";
        for (byte, means) in self.bit_means.chunks(8).enumerate() {
            html += "<div class=\"card\"><table>\n<thead><tr><th>bit</th><th>mean</th><th>entropy</th></tr></thead>\n<tbody>\n";
            for (i, &mean) in means.iter().enumerate() {
                let class = if is_dead(mean) { " class=\"dead\"" } else { "" };
                let bit = byte * 8 + i;
                let _ = writeln!(
                    html,
                    "<tr{class}><th>{bit}</th><td>{mean:.4}</td><td>{:.4}</td></tr>",
                    entropy(mean)
                );
            }
            html += "</tbody></table></div>\n";
        }
        Ok(html + "</div></details>\n")
    }

    fn made(&self) -> String {
        let mut html = String::from("<h2>How it was made</h2>\n<div class=\"card\"><dl>\n");
        let mut row = |name: &str, text: &str, code: bool| {
            if !text.is_empty() {
                let (open, close) = if code {
                    ("<code>", "</code>")
                } else {
                    ("", "")
                };
                let _ = writeln!(
                    html,
                    "<dt>{}</dt><dd>{open}{}{close}</dd>",
                    escape(name),
                    escape(text)
                );
            }
        };
        row("command", &self.command, true);
        row("data", &self.data, false);
        row("network", &self.arch, false);
        row("device", &self.device, false);
        if self.steps > 0 {
            let speed = charts::thousands(self.blocks_per_second.max(0.0) as u64);
            let text = format!(
                "{} steps in {}, {speed} blocks a second",
                charts::thousands(self.steps),
                duration(self.seconds)
            );
            row("training", &text, false);
        }
        for (name, value) in &self.settings {
            row(name, value, false);
        }
        let encoder = self
            .sizes
            .encoder_bytes
            .map(|bytes| format!(", encoder {} bytes", charts::thousands(bytes)));
        let sizes = format!(
            "decoder {} bytes{}",
            charts::thousands(self.sizes.decoder_bytes),
            encoder.unwrap_or_default()
        );
        row("files", &sizes, false);
        let code = format!(
            "{} bits a block of 8×8 pixels, {} bit/pixel",
            self.sizes.bits_per_block,
            self.sizes.bits_per_pixel()
        );
        row("code", &code, false);
        if let Some(speed) = self.decode_pixels_per_second {
            row(
                "decoding",
                &format!("{:.2} Mpixel/s on one core of this machine", speed / 1.0e6),
                false,
            );
        }
        html + "</dl></div>\n"
    }
}

/// What takes a picture that is to stand beside the page: its file name and the PNG.
type Beside<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<()>;

/// Size of the parts of the demo picture that are shown close up; whole blocks.
const CLOSE: (u32, u32) = (96, 64);

/// The places, by their upper left corners, where the decoded picture errs most and where it errs like most others do.
/// None when the picture is too small to hold both.
fn close_ups(original: &Picture, decoded: &Picture) -> Vec<(u32, u32)> {
    let mut places = Vec::new();
    for y in (0..(original.height() + 1).saturating_sub(CLOSE.1)).step_by(32) {
        for x in (0..(original.width() + 1).saturating_sub(CLOSE.0)).step_by(32) {
            let error: u64 = (y..y + CLOSE.1)
                .map(|line| {
                    let span = x as usize * 3..(x + CLOSE.0) as usize * 3;
                    let (a, b) = (&original.row(line)[span.clone()], &decoded.row(line)[span]);
                    a.iter()
                        .zip(b)
                        .map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2))
                        .sum::<u64>()
                })
                .sum();
            places.push((error, x, y));
        }
    }
    places.sort_unstable();
    match places.as_slice() {
        [] | [_] => Vec::new(),
        many => [many[many.len() - 1], many[many.len() / 2]]
            .map(|(_, x, y)| (x, y))
            .to_vec(),
    }
}

fn cut(picture: &Picture, x: u32, y: u32) -> Result<Picture> {
    let span = x as usize * 3..(x + CLOSE.0) as usize * 3;
    let rgb = (y..y + CLOSE.1).flat_map(|line| picture.row(line)[span.clone()].iter().copied());
    Picture::new(CLOSE.0, CLOSE.1, rgb.collect())
}

/// Two pictures of one size side by side, with a thin line between.
fn beside_each_other(left: &Picture, right: &Picture) -> Result<Picture> {
    let mut rgb = Vec::new();
    for y in 0..left.height() {
        rgb.extend_from_slice(left.row(y));
        rgb.extend_from_slice(&[255; 3]);
        rgb.extend_from_slice(right.row(y));
    }
    Picture::new(left.width() * 2 + 1, left.height(), rgb)
}

/// A chart in both themes, of which the light one stands beside the page as well.
fn both(
    beside: Beside<'_>,
    file: &str,
    alt: &str,
    draw: &dyn Fn(Theme) -> Result<Vec<u8>>,
) -> Result<String> {
    let (light, dark) = (draw(Theme::Light)?, draw(Theme::Dark)?);
    beside(file, &light)?;
    Ok(chart(&light, &dark, alt))
}

/// What a stage is called.
fn stage_name(at: usize) -> String {
    match at {
        0 => "base".to_owned(),
        _ => format!("stage {at}"),
    }
}

/// A chart in both themes, of which the browser shows the one that fits.
fn chart(light: &[u8], dark: &[u8], alt: &str) -> String {
    format!(
        "<figure class=\"card chart\"><picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"{}\"><img src=\"{}\" alt=\"{}\"></picture></figure>\n",
        data_uri(dark),
        data_uri(light),
        escape(alt)
    )
}

/// Puts what `text` says into the `{{slots}}` of `template`, once: slots in what is put in are left alone.
fn fill(template: &str, mut text: impl FnMut(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((slot, after)) = after.split_once("}}") else {
            break;
        };
        filled += before;
        filled += &text(slot);
        rest = after;
    }
    filled + rest
}

fn decibels(db: f64) -> String {
    if db == f64::INFINITY {
        "lossless".to_owned()
    } else {
        format!("{db:.2}")
    }
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1000.0)
}

/// A time in the two largest units that it has.
fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    match (hours, minutes) {
        (0, 0) if seconds < 10.0 => format!("{:.1} s", seconds.max(0.0)),
        (0, 0) => format!("{whole} s"),
        (0, _) => format!("{minutes} min {} s", whole % 60),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, sample: impl Fn(u32) -> u8) -> Picture {
        Picture::new(width, height, (0..width * height * 3).map(sample).collect()).unwrap()
    }

    fn report() -> Report {
        Report {
            title: "first <run> & more".to_owned(),
            date: "1 May 2026".to_owned(),
            command: "host-train --data \"my pictures\"".to_owned(),
            notes: vec!["The synthetic stand-in was used.".to_owned()],
            steps: 3000,
            seconds: 205.0,
            blocks_per_second: 61_440.0,
            results: vec![
                ResultRow {
                    name: "float".to_owned(),
                    validation_db: Some(26.31),
                    demo_db: Some(27.5),
                    others: vec![("Kodak".to_owned(), 25.186)],
                },
                ResultRow {
                    name: "quantized".to_owned(),
                    validation_db: Some(26.25),
                    ..ResultRow::default()
                },
            ],
            sizes: Sizes {
                decoder_bytes: 62_345,
                encoder_bytes: None,
                bits_per_block: 48,
            },
            bit_means: vec![0.5; 48],
            loss: vec![LossPoint {
                step: 1000,
                train: 0.01,
                validation: 0.011,
            }],
            demo: Some(Demo {
                name: "noise".to_owned(),
                coded: "quantized".to_owned(),
                original: picture(160, 128, |i| (i * 7 % 256) as u8),
                decoded: picture(160, 128, |i| (i * 5 % 256) as u8),
            }),
            ..Report::default()
        }
    }

    #[test]
    fn the_page_stands_alone_and_its_pictures_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let report = report();
        report.write(&folder.path().join("run")).unwrap();
        let names = [
            "demo-decoded.png",
            "demo-difference.png",
            "demo-original.png",
            "bit-means.png",
            "loss.png",
        ];
        for name in names {
            assert!(
                Picture::load(&folder.path().join("run").join(name)).is_ok(),
                "{name}"
            );
        }
        let original = Picture::load(&folder.path().join("run/demo-original.png")).unwrap();
        assert_eq!(original, report.demo.unwrap().original);
        let html = std::fs::read_to_string(folder.path().join("run/report.html")).unwrap();
        assert!(!html.contains("{{"), "a slot was left empty");
        for address in ["src=\"", "srcset=\"", "href=\""] {
            for (_, rest) in html
                .match_indices(address)
                .map(|(at, _)| html.split_at(at + address.len()))
            {
                assert!(
                    rest.starts_with("data:image/png;base64,"),
                    "{}",
                    &rest[..40]
                );
            }
        }
        assert!(!html.contains("url(") && !html.contains("<script") && !html.contains("http"));
    }

    #[test]
    fn text_is_escaped_wherever_it_stands() {
        let evil = "<b onclick='x'>&\"{{style}}";
        let mut report = report();
        for text in [
            &mut report.title,
            &mut report.date,
            &mut report.command,
            &mut report.data,
            &mut report.arch,
        ] {
            *text = evil.to_owned();
        }
        report.device = evil.to_owned();
        report.notes = vec![evil.to_owned()];
        report.settings = vec![(evil.to_owned(), evil.to_owned())];
        report.results[0].name = evil.to_owned();
        report.results[1].others = vec![(evil.to_owned(), 1.0)];
        let demo = report.demo.as_mut().unwrap();
        demo.name = evil.to_owned();
        demo.coded = evil.to_owned();
        let html = report.page(&mut |_, _| Ok(())).unwrap();
        assert!(!html.contains("<b onclick"), "unescaped");
        assert_eq!(
            html.matches("&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;{{style}}")
                .count(),
            14
        );
    }

    #[test]
    fn the_best_value_of_each_column_is_marked_and_a_missing_one_is_a_dash() {
        let html = report().page(&mut |_, _| Ok(())).unwrap();
        assert!(html.contains(
            "<tr><th>float</th><td class=\"best\">26.31</td><td class=\"best\">27.50</td>"
        ));
        assert!(
            html.contains(
                "<tr><th>quantized</th><td>26.25</td><td>&ndash;</td><td>&ndash;</td></tr>"
            )
        );
        assert!(html.contains("<th>Kodak</th>"));
    }

    #[test]
    fn a_model_that_was_not_trained_here_has_a_page_without_training() {
        let report = Report {
            steps: 0,
            loss: Vec::new(),
            demo: None,
            bit_means: Vec::new(),
            ..report()
        };
        let mut beside = Vec::new();
        let html = report
            .page(&mut |name, _| {
                beside.push(name.to_owned());
                Ok(())
            })
            .unwrap();
        assert!(beside.is_empty(), "{beside:?}");
        assert!(html.contains("62.3") && !html.contains("Training") && !html.contains("<img"));
    }

    #[test]
    fn an_empty_report_and_a_tiny_demo_make_a_page() {
        assert!(
            Report::default()
                .page(&mut |_, _| Ok(()))
                .unwrap()
                .ends_with("</html>\n")
        );
        let tiny = || picture(3, 2, |i| i as u8);
        let demo = Some(Demo {
            name: String::new(),
            coded: String::new(),
            original: tiny(),
            decoded: tiny(),
        });
        let html = Report {
            demo,
            ..Report::default()
        }
        .page(&mut |_, _| Ok(()))
        .unwrap();
        assert!(html.contains("Before") && !html.contains("Close up"));
    }

    #[test]
    fn a_close_up_shows_the_worst_place() {
        let original = picture(320, 256, |_| 100);
        let mut rgb = original.rgb().to_vec();
        for y in 64..128 {
            rgb[(y * 320 + 128) * 3..][..96 * 3].fill(0);
        }
        let decoded = Picture::new(320, 256, rgb).unwrap();
        assert_eq!(close_ups(&original, &decoded)[0], (128, 64));
    }

    #[test]
    fn entropy_is_one_at_a_half_and_none_at_the_ends() {
        assert_eq!([0.0, 0.5, 1.0].map(entropy), [0.0, 1.0, 0.0]);
        assert!((entropy(0.11) - 0.4999).abs() < 1e-3);
        let report = Report {
            bit_means: vec![0.5, 0.0, 1.0, 0.25],
            ..Report::default()
        };
        assert_eq!(report.dead_bits(), [1, 2]);
        assert!((report.total_entropy() - 1.8113).abs() < 1e-4);
        assert!(is_dead(f32::NAN) && is_dead(0.0009) && !is_dead(0.0011) && is_dead(0.9995));
    }

    #[test]
    fn pictures_become_base64() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(
                data_uri(bytes.as_bytes()),
                format!("data:image/png;base64,{text}")
            );
        }
    }

    #[test]
    fn times_are_told_in_two_units() {
        assert_eq!(
            [4.26, 59.6, 205.0, 7_384.0].map(duration),
            ["4.3 s", "1 min 0 s", "3 min 25 s", "2 h 3 min"]
        );
    }
}
