//! The page of a report.

use anyhow::Result;
use maud::{Markup, PreEscaped, html};
use nice_data::picture_file;
use nice_encode::Picture;
use nice_encode::close_up::{Part, worst_and_typical};
use nice_report::{Drawing, page, png};

use super::bit_use::{UNUSED, entropy, is_unused, total_entropy, unused_bits};
use super::charts;
use super::contents::{AdaptiveReport, CodebookReport, DemoReport, Report, ResultRow};
use super::difference::{AMPLIFICATION, difference};
use super::heat_map::{color, heat_map, range};
use super::text::{decibels, duration, thousands};

/// The scale of the charts in PNG files.
const CHART_SCALE: f32 = 2.0;

/// The width and height of a close-up.
const CLOSE_UP: (u32, u32) = (96, 64);

/// The number of bars of a histogram.
const HISTOGRAM_BARS: usize = 64;

/// Writes a PNG file beside the page, given its name and its bytes.
type WriteFile<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<()>;

/// Renders the page, and writes its charts and pictures beside it.
pub(super) fn render(report: &Report, write: WriteFile<'_>) -> Result<String> {
    let bits = report.sizes.bits_per_block;
    let contents = html! {
        @for note in &report.notes { p.note { (note) } }
        (tiles(report))
        (demo(report, write)?)
        (results(&report.results))
        (adaptive(report.adaptive.as_ref(), write)?)
        (loss(report, write)?)
        (codebook(report.codebook.as_ref(), write)?)
        (bit_use(&report.bit_means, write)?)
        (details(report))
        footer {
            p {
                "PSNR is 10 log" sub { "10" } "(255² / MSE) over all samples of 8-bit RGB together, after rounding and \
                 clamping. In the fixed layout, a block of 8×8 pixels has " (bits) " bits. Sizes in KB are thousands of bytes."
            }
        }
    };
    Ok(page::document(&report.title, &report.date, contents).into_string())
}

/// The most important figures.
fn tiles(report: &Report) -> Markup {
    let tile = |number: String, unit: &str, label: &str| {
        html! { div.card.tile { b { (number) " " small { (unit) } } span { (label) } } }
    };
    let best = |figure: fn(&ResultRow) -> Option<f64>, label: &str| {
        let (name, psnr) = report
            .results
            .iter()
            .rev()
            .find_map(|row| Some((&row.name, figure(row)?)))?;
        Some(tile(decibels(psnr), "dB", &format!("{label}, {name}")))
    };
    html! {
        div.tiles {
            @if let Some(tile) = best(|row| row.validation_db, "validation") { (tile) }
            @if let Some(tile) = best(|row| row.demo_db, "demo picture") { (tile) }
            (tile(report.sizes.bits_per_pixel().to_string(), "bits/pixel", "for every block in the fixed layout"))
            (tile(format!("{:.1}", report.sizes.decoder_bytes as f64 / 1000.0), "KB", "decoder model"))
            @if let Some(speed) = report.decode_pixels_per_second {
                (tile(format!("{:.1}", speed / 1e6), "Mpixel/s", "decoded on one core"))
            }
            @if report.steps > 0 {
                (tile(duration(report.seconds), "", &format!("{} training steps", thousands(report.steps))))
            }
        }
    }
}

/// A picture in the page, with a caption. If it has a file name, it is also written beside the page.
fn figure(
    picture: &Picture,
    file: Option<&str>,
    alt: &str,
    caption: Markup,
    write: WriteFile<'_>,
) -> Result<Markup> {
    let png = picture_file::to_png(picture)?;
    if let Some(file) = file {
        write(file, &png)?;
    }
    Ok(html! {
        figure.card.fit {
            (page::image(&png, picture.width(), picture.height(), alt))
            figcaption { (caption) }
        }
    })
}

/// The demo picture before and after, the difference, and close-ups.
fn demo(report: &Report, write: WriteFile<'_>) -> Result<Markup> {
    let Some(demo) = &report.demo else {
        return Ok(Markup::default());
    };
    let DemoReport {
        name,
        result,
        original,
        decoded,
    } = demo;
    let psnr = report
        .results
        .iter()
        .rev()
        .find(|row| row.name == *result)
        .and_then(|row| row.demo_db);
    let before = figure(
        original,
        Some("demo-original.png"),
        "The original demo picture",
        html! { b { "Before." } " " (name) ", 24 bits per pixel" },
        write,
    )?;
    let after = figure(
        decoded,
        Some("demo-decoded.png"),
        "The decoded demo picture",
        html! {
            b { "After." } " " (report.sizes.bits_per_pixel()) " bits per pixel, " (result)
            @if let Some(psnr) = psnr { ", " (decibels(psnr)) " dB" }
        },
        write,
    )?;
    let difference = figure(
        &difference(original, decoded)?,
        Some("demo-difference.png"),
        "Their difference, amplified",
        html! { b { "Difference" } ", amplified " (AMPLIFICATION) " times" },
        write,
    )?;
    let mut close_ups = Vec::new();
    for (part, about) in close_up_parts(original, decoded) {
        close_ups.push(figure(
            &side_by_side(&part.of(original)?, &part.of(decoded)?)?,
            None,
            &format!("A part of the demo picture before and after, with {about}"),
            html! { b { "Close-up" } ", " (about) ": before | after" },
            write,
        )?);
    }
    Ok(html! {
        h2 { "Before and after" }
        div.stack {
            div.pair { (before) (after) }
            div.pair {
                (difference)
                div.stack.pixels { @for close_up in &close_ups { (close_up) } }
            }
        }
    })
}

/// The parts of the demo picture that are shown enlarged; none if it is too small for two of them.
fn close_up_parts(original: &Picture, decoded: &Picture) -> Vec<(Part, &'static str)> {
    let (width, height) = CLOSE_UP;
    match worst_and_typical(original, decoded, width, height) {
        (worst, Some(typical)) => vec![(worst, "largest error"), (typical, "typical error")],
        (_, None) => Vec::new(),
    }
}

/// Two pictures with the same size side by side, with a thin line between them.
fn side_by_side(left: &Picture, right: &Picture) -> Result<Picture> {
    let mut rgb = Vec::new();
    for y in 0..left.height() {
        rgb.extend_from_slice(left.line(y));
        rgb.extend_from_slice(&[255; 3]);
        rgb.extend_from_slice(right.line(y));
    }
    Picture::new(left.width() * 2 + 1, left.height(), rgb)
}

/// The table of results.
fn results(rows: &[ResultRow]) -> Markup {
    if rows.is_empty() {
        return Markup::default();
    }
    let mut columns: Vec<(&str, Vec<Option<f64>>)> = vec![
        (
            "validation",
            rows.iter().map(|row| row.validation_db).collect(),
        ),
        ("demo picture", rows.iter().map(|row| row.demo_db).collect()),
    ];
    columns.retain(|(_, values)| values.iter().any(Option::is_some));
    let best: Vec<f64> = columns
        .iter()
        .map(|(_, values)| {
            let values = values.iter().flatten().copied();
            values.fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    html! {
        h2 { "Quality" }
        p { "PSNR in dB; higher is better." }
        div.card.wide {
            table {
                thead { tr { th { "result" } @for (name, _) in &columns { th { (name) } } } }
                tbody {
                    @for (i, row) in rows.iter().enumerate() {
                        tr {
                            th { (row.name) }
                            @for ((_, values), best) in columns.iter().zip(&best) {
                                @match values[i] {
                                    Some(psnr) => { td class=[(psnr == *best).then_some("best")] { (decibels(psnr)) } }
                                    None => { td { "–" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where the bits of the demo picture go in the adaptive layout, and its quality by bits per pixel.
fn adaptive(report: Option<&AdaptiveReport>, write: WriteFile<'_>) -> Result<Markup> {
    let Some(report) = report.filter(|report| !report.bits.is_empty()) else {
        return Ok(Markup::default());
    };
    let (least, most) = range(&report.bits);
    let mut lengths = report.bits.clone();
    lengths.sort_unstable();
    lengths.dedup();
    let share = |length: usize| {
        let blocks = report.bits.iter().filter(|&&bits| bits == length).count();
        100.0 * blocks as f64 / report.bits.len() as f64
    };
    let map = figure(
        &heat_map(&report.bits, report.columns)?,
        Some("demo-bits.png"),
        "The bits of each block of the demo picture",
        html! {
            b { "Bits of each block" } ", from " (least) " (dark) to " (most) " (bright); "
            (format!("{:.3}", report.bits_per_pixel)) " bits per pixel"
        },
        write,
    )?;
    let curve = charts::rates(&report.rates, report.fixed);
    Ok(html! {
        h2 { "As many bits as a block needs" }
        p {
            "In the adaptive layout, a block ends after as many stages as it needs. The curve is that of whole files of the demo \
             picture, tuned for looks and deblocked; the circle is the fixed layout."
        }
        div.pair {
            (map)
            table.card {
                thead { tr { th { "bits" } th { "blocks" } } }
                tbody {
                    @for &length in &lengths {
                        @let [red, green, blue] = color((length - least) as f64 / (most - least).max(1) as f64);
                        tr {
                            th {
                                span style=(format!("color:rgb({red},{green},{blue})")) { "■ " }
                                (length)
                            }
                            td { (format!("{:.1} %", share(length))) }
                        }
                    }
                }
            }
        }
        @if let Some(curve) = curve { (chart(&curve, "rates.png", write)?) }
    })
}

/// A chart in the page, which is also written beside it as PNG.
fn chart(drawing: &Drawing, file: &str, write: WriteFile<'_>) -> Result<Markup> {
    write(file, &png(drawing, CHART_SCALE)?)?;
    Ok(html! { figure.card.chart { (drawing.svg()) } })
}

/// The loss curve.
fn loss(report: &Report, write: WriteFile<'_>) -> Result<Markup> {
    let Some(drawing) = charts::loss_curve(&report.loss) else {
        return Ok(Markup::default());
    };
    Ok(html! {
        h2 { "Training" }
        p {
            "Mean squared error with samples in 0 to 1, and as PSNR on the right. The weights with the best validation loss \
             are kept."
        }
        (chart(&drawing, "loss.png", write)?)
    })
}

/// The codewords and their use.
fn codebook(report: Option<&CodebookReport>, write: WriteFile<'_>) -> Result<Markup> {
    let Some(CodebookReport { stages, gains }) = report else {
        return Ok(Markup::default());
    };
    let mut figures = Vec::new();
    if !gains.is_empty() {
        let largest = gains.iter().copied().fold(0.0, f32::max);
        let drawing = charts::bars(
            &histogram(gains, largest),
            "Gains of the base codewords",
            [
                "0",
                "gain, in steps of a residual codeword",
                &format!("{largest:.3}"),
            ],
        );
        figures.push(chart(&drawing, "gains.png", write)?);
    }
    for (number, stage) in stages.iter().enumerate() {
        let name = stage_name(number);
        let mut uses: Vec<f64> = stage.uses.iter().map(|&uses| uses as f64).collect();
        uses.sort_by(|a, b| b.total_cmp(a));
        let heading = format!("Use of the codewords of the {name}");
        let drawing = charts::bars(&uses, &heading, ["most used", "codewords", "least used"]);
        figures.push(chart(&drawing, &format!("use-{number}.png"), write)?);
        let sheet = figure(
            &stage.contact_sheet,
            Some(&format!("codewords-{number}.png")),
            &format!("All codewords of the {name}"),
            html! { b { "All codewords" } " of the " (name) },
            write,
        )?;
        figures.push(html! { div.pixels { (sheet) } });
    }
    Ok(html! {
        h2 { "Codebook" }
        p {
            "A block is a base codeword plus its gain times the sum of one codeword of each other stage. Codewords are used in \
             all orientations, and residual codewords (shown on gray) with both signs."
        }
        table.card {
            thead {
                tr { th { "stage" } th { "bits" } th { "codewords" } th { "unused" } th { "PSNR with the stages so far, dB" } }
            }
            tbody {
                @for (number, stage) in stages.iter().enumerate() {
                    tr {
                        th { (stage_name(number)) }
                        td { (stage.bits) }
                        td { (stage.uses.len()) }
                        td { (stage.uses.iter().filter(|&&uses| uses == 0).count()) }
                        td { (decibels(stage.psnr)) }
                    }
                }
            }
        }
        br;
        div.stack { @for figure in &figures { (figure) } }
    })
}

/// How many values are in each of [`HISTOGRAM_BARS`] equal ranges from 0 to the largest.
fn histogram(values: &[f32], largest: f32) -> Vec<f64> {
    let mut counts = vec![0.0; HISTOGRAM_BARS];
    for value in values {
        let at = (value / largest.max(f32::MIN_POSITIVE) * HISTOGRAM_BARS as f32) as usize;
        counts[at.min(HISTOGRAM_BARS - 1)] += 1.0;
    }
    counts
}

/// The name of a stage.
fn stage_name(number: usize) -> String {
    match number {
        0 => "base".to_owned(),
        _ => format!("residual stage {number}"),
    }
}

/// The means and entropies of the latent bits.
fn bit_use(means: &[f32], write: WriteFile<'_>) -> Result<Markup> {
    if means.is_empty() {
        return Ok(Markup::default());
    }
    let unused = unused_bits(means);
    let unused_text = match unused.as_slice() {
        [] => "No bit is unused".to_owned(),
        [one] => format!("Bit {one} is unused"),
        many => {
            let numbers: Vec<String> = many.iter().map(usize::to_string).collect();
            format!("Bits {} are unused", numbers.join(", "))
        }
    };
    Ok(html! {
        h2 { "Use of the latent bits" }
        p {
            "A bit carries the most information if it is 1 half of the time. The sum of the entropies is "
            (format!("{:.2}", total_entropy(means))) " of " (means.len()) " bits. " (unused_text)
            " (mean below " (UNUSED) " or above " (1.0 - UNUSED) ")."
        }
        (chart(&charts::bit_means(means), "bit-means.png", write)?)
        details {
            summary { "Mean and entropy of each bit" }
            div.compact {
                @for (byte, means) in means.chunks(8).enumerate() {
                    div.card {
                        table {
                            thead { tr { th { "bit" } th { "mean" } th { "entropy" } } }
                            tbody {
                                @for (i, &mean) in means.iter().enumerate() {
                                    tr class=[is_unused(mean).then_some("problem")] {
                                        th { (byte * 8 + i) }
                                        td { (format!("{mean:.4}")) }
                                        td { (format!("{:.4}", entropy(mean))) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// How the run was made.
fn details(report: &Report) -> Markup {
    let row = |name: &str, text: &str| {
        if text.is_empty() {
            PreEscaped(String::new())
        } else {
            html! { dt { (name) } dd { (text) } }
        }
    };
    let encoder = report.sizes.encoder_bytes.map_or(String::new(), |bytes| {
        format!(", encoder {} bytes", thousands(bytes))
    });
    let files = format!(
        "decoder {} bytes{encoder}",
        thousands(report.sizes.decoder_bytes)
    );
    let training = format!(
        "{} steps in {}, {} blocks per second",
        thousands(report.steps),
        duration(report.seconds),
        thousands(report.blocks_per_second.max(0.0) as u64)
    );
    html! {
        h2 { "Details" }
        div.card {
            dl {
                @if !report.command.is_empty() { dt { "command" } dd { code { (report.command) } } }
                (row("data", &report.data))
                (row("architecture", &report.architecture))
                (row("device", &report.device))
                @if report.steps > 0 { (row("training", &training)) }
                @for (name, value) in &report.settings { (row(name, value)) }
                (row("files", &files))
                @if let Some(speed) = report.decode_pixels_per_second {
                    (row("decoding", &format!("{:.2} Mpixel/s on one core of this machine", speed / 1e6)))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::contents::{LossPoint, Sizes};

    fn picture(width: u32, height: u32, sample: impl Fn(u32) -> u8) -> Picture {
        Picture::new(width, height, (0..width * height * 3).map(sample).collect()).unwrap()
    }

    fn report() -> Report {
        Report {
            title: "first <run> & more".to_owned(),
            date: "1 May 2026".to_owned(),
            command: "host-train --data \"my pictures\"".to_owned(),
            notes: vec!["The data are synthetic.".to_owned()],
            steps: 3000,
            seconds: 205.0,
            blocks_per_second: 61_440.0,
            results: vec![
                ResultRow {
                    name: "float".to_owned(),
                    validation_db: Some(26.31),
                    demo_db: Some(27.5),
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
            demo: Some(DemoReport {
                name: "noise".to_owned(),
                result: "quantized".to_owned(),
                original: picture(160, 128, |i| (i * 7 % 256) as u8),
                decoded: picture(160, 128, |i| (i * 5 % 256) as u8),
            }),
            ..Report::default()
        }
    }

    fn html(report: &Report) -> String {
        render(report, &mut |_, _| Ok(())).unwrap()
    }

    #[test]
    fn the_page_is_self_contained_and_its_pictures_are_also_files() {
        let folder = tempfile::tempdir().unwrap();
        let report = report();
        crate::report::write(&report, &folder.path().join("run")).unwrap();
        let read = |name: &str| picture_file::read(&folder.path().join("run").join(name));
        for name in [
            "demo-decoded.png",
            "demo-difference.png",
            "demo-original.png",
            "bit-means.png",
            "loss.png",
        ] {
            assert!(read(name).is_ok(), "{name}");
        }
        let original = read("demo-original.png").unwrap();
        assert_eq!(original, report.demo.unwrap().original);
        let html = std::fs::read_to_string(folder.path().join("run/report.html")).unwrap();
        let html = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for (at, address) in html.match_indices("src=\"") {
            let value = &html[at + address.len()..];
            assert!(
                value.starts_with("data:image/png;base64,"),
                "{}",
                &value[..40]
            );
        }
        for external in ["href=", "url(", "<script", "http"] {
            assert!(!html.contains(external), "{external}");
        }
    }

    #[test]
    fn all_text_is_escaped() {
        let evil = "<b onclick='x'>&\"{{style}}";
        let mut report = report();
        for text in [
            &mut report.title,
            &mut report.date,
            &mut report.command,
            &mut report.data,
            &mut report.architecture,
            &mut report.device,
        ] {
            *text = evil.to_owned();
        }
        report.notes = vec![evil.to_owned()];
        report.settings = vec![(evil.to_owned(), evil.to_owned())];
        report.results[0].name = evil.to_owned();
        let demo = report.demo.as_mut().unwrap();
        demo.name = evil.to_owned();
        demo.result = evil.to_owned();
        let html = html(&report);
        assert!(!html.contains("<b onclick"), "unescaped");
        let escaped = "&lt;b onclick='x'&gt;&amp;&quot;{{style}}";
        // The title is also that of the document, and the result a row, a caption and a tile.
        assert_eq!(html.matches(escaped).count(), 14);
    }

    #[test]
    fn the_best_value_of_each_column_is_marked_and_a_missing_one_is_a_dash() {
        let html = html(&report());
        assert!(html.contains(
            "<tr><th>float</th><td class=\"best\">26.31</td><td class=\"best\">27.50</td>"
        ));
        assert!(html.contains("<tr><th>quantized</th><td>26.25</td><td>–</td></tr>"));
    }

    #[test]
    fn the_page_of_an_imported_model_has_no_training() {
        let report = Report {
            steps: 0,
            loss: Vec::new(),
            demo: None,
            bit_means: Vec::new(),
            ..report()
        };
        let mut files = Vec::new();
        let html = render(&report, &mut |name, _| {
            files.push(name.to_owned());
            Ok(())
        })
        .unwrap();
        assert!(files.is_empty(), "{files:?}");
        assert!(html.contains("62.3") && !html.contains("Training") && !html.contains("<img"));
    }

    #[test]
    fn an_empty_report_and_a_tiny_demo_picture_have_a_page() {
        assert!(html(&Report::default()).ends_with("</html>\n"));
        let tiny = || picture(3, 2, |i| i as u8);
        let demo = Some(DemoReport {
            name: String::new(),
            result: String::new(),
            original: tiny(),
            decoded: tiny(),
        });
        let html = html(&Report {
            demo,
            ..Report::default()
        });
        assert!(html.contains("Before") && !html.contains("Close-up"));
    }

    #[test]
    fn a_close_up_shows_the_part_with_the_largest_error() {
        let original = picture(320, 256, |_| 100);
        let mut rgb = original.rgb().to_vec();
        for y in 64..128 {
            rgb[(y * 320 + 128) * 3..][..96 * 3].fill(0);
        }
        let decoded = Picture::new(320, 256, rgb).unwrap();
        let (part, _) = close_up_parts(&original, &decoded)[0];
        assert_eq!((part.x, part.y), (128, 64));
    }

    #[test]
    fn a_histogram_counts_every_value_once() {
        let counts = histogram(&[0.0, 0.1, 0.99, 1.0, 1.0], 1.0);
        assert_eq!(counts.iter().sum::<f64>(), 5.0);
        assert_eq!(counts[HISTOGRAM_BARS - 1], 3.0);
    }
}
