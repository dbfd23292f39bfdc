//! The table of a comparison, its cells as text, and the notes under it.

use std::io::Write;

use anyhow::Result;

use super::measure::{Comparison, Figures};

/// What stands over the columns.
pub(super) const HEADINGS: [&str; 8] = [
    "coder",
    "bits/pixel",
    "PSNR pooled",
    "PSNR mean",
    "SSIMULACRA2",
    "encode Mpx/s",
    "decode Mpx/s",
    "random access",
];

/// The row of a codec.
pub(super) fn cells(figures: &Figures) -> [String; HEADINGS.len()] {
    [
        figures.way.name.clone(),
        format!("{:.3}", figures.bpp),
        decibels(figures.pooled_psnr_db),
        decibels(figures.mean_psnr_db),
        figures
            .ssimulacra2
            .map_or_else(|| "-".to_owned(), |score| format!("{score:.2}")),
        speed(figures.encode_mpixel_per_s),
        speed(figures.decode_mpixel_per_s),
        if figures.way.random_access {
            "yes"
        } else {
            "no"
        }
        .to_owned(),
    ]
}

/// A PSNR.
pub(super) fn decibels(db: f64) -> String {
    if db == f64::INFINITY {
        "lossless".to_owned()
    } else {
        format!("{db:.3} dB")
    }
}

/// Three figures or more.
fn speed(mpixel_per_s: f64) -> String {
    let decimals = match mpixel_per_s {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{mpixel_per_s:.decimals$}")
}

/// What has to be known to read the table.
pub(super) fn notes(comparison: &Comparison) -> Vec<String> {
    let mut notes = vec![format!(
        "{} of {:.2} Mpixel; encoded on {}, decoded on one core, each once",
        plural(comparison.pictures, "picture"),
        comparison.pixels as f64 / 1e6,
        plural(comparison.threads, "thread"),
    )];
    notes.push(
        "bits a pixel count whole files (of BC1 the blocks), and not the model that NICE needs"
            .to_owned(),
    );
    for figures in &comparison.coders {
        let mut note = format!("{}: {}", figures.way.name, figures.way.about);
        if let Some(jpegs) = figures.jpegs() {
            note += &if jpegs.least_quality == jpegs.most_quality {
                format!("; quality {}", jpegs.least_quality)
            } else {
                format!(
                    "; qualities {} to {}",
                    jpegs.least_quality, jpegs.most_quality
                )
            };
            note += "; encoded on one thread, decoded by image with the standard's tables";
            if jpegs.over_budget > 0 {
                note += &format!(
                    "; {} larger than the NICE file at quality 1 already",
                    plural(jpegs.over_budget, "file")
                );
            }
            if let Some(turbo) = jpegs.libjpeg_turbo_decode_mpixel_per_s {
                note += &format!(
                    "; libjpeg-turbo (tjbench) decodes them at {} Mpx/s",
                    speed(turbo)
                );
            }
        }
        notes.push(note);
    }
    notes.extend(comparison.absent.iter().cloned());
    notes.extend(
        comparison
            .skipped
            .iter()
            .map(|reason| format!("left out: {reason}")),
    );
    notes
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Writes the table, its columns aligned, and the notes.
pub(super) fn print(comparison: &Comparison, out: &mut dyn Write) -> Result<()> {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(comparison.coders.iter().map(cells));
    let mut widths = [0; HEADINGS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            line += &if column == 0 {
                format!("{cell:width$}")
            } else {
                format!("  {cell:>width$}")
            };
        }
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for note in notes(comparison) {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::compare::codec::{Family, JpegFacts, Way};
    use crate::compare::measure::PictureFigures;

    /// Figures by formula.
    pub(in crate::compare) fn figures(
        name: &str,
        family: Family,
        bpp: f64,
        pooled_psnr_db: f64,
    ) -> Figures {
        Figures {
            way: Way {
                name: name.to_owned(),
                family,
                random_access: family != Family::Jpeg,
                about: "as it is".to_owned(),
            },
            bpp,
            mse: 65_025.0 / 10_f64.powf(pooled_psnr_db / 10.0),
            pooled_psnr_db,
            mean_psnr_db: pooled_psnr_db + 0.5,
            ssimulacra2: (family != Family::Bc1).then_some(pooled_psnr_db - 27.0),
            encode_mpixel_per_s: bpp / 10.0,
            decode_mpixel_per_s: 123.4 * bpp,
            images: vec![PictureFigures {
                path: "a.png".to_owned(),
                width: 64,
                height: 32,
                bytes: (256.0 * bpp) as usize,
                bpp,
                psnr_db: pooled_psnr_db,
                ssimulacra2: None,
                encode_s: 1.0,
                decode_s: 1.0,
                jpeg: (family == Family::Jpeg).then_some(JpegFacts {
                    quality: 17,
                    within_budget: false,
                    libjpeg_turbo_decode_mpixel_per_s: Some(314.0),
                }),
            }],
        }
    }

    /// A comparison of codecs with names that want escaping.
    pub(in crate::compare) fn comparison() -> Comparison {
        Comparison {
            effort: 2,
            threads: 2,
            pictures: 1,
            pixels: 2048,
            coders: vec![
                figures("NICE <m>", Family::Nice, 0.75, 26.5),
                figures("NICE <m>, smoothed", Family::Smoothed, 0.75, 26.75),
                figures("JPEG", Family::Jpeg, 0.74, 25.0),
                figures("BC1", Family::Bc1, 4.0, 35.0),
            ],
            absent: vec!["ASTC: not there & not missed".to_owned()],
            skipped: vec!["b.png: empty".to_owned()],
        }
    }

    #[test]
    fn columns_line_up_and_every_note_is_there() {
        let mut out = Vec::new();
        print(&comparison(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[..5].iter().all(|line| line.len() == lines[0].len()),
            "{text}"
        );
        let ends = |line: &str, column: &str| {
            let from = lines[0].find(column).unwrap();
            line[..from + column.len()].to_owned()
        };
        assert!(ends(lines[1], "bits/pixel").ends_with(" 0.750"), "{text}");
        assert!(
            ends(lines[1], "PSNR pooled").ends_with(" 26.500 dB"),
            "{text}"
        );
        assert!(ends(lines[4], "SSIMULACRA2").ends_with("  -"), "{text}");
        assert!(ends(lines[4], "decode Mpx/s").ends_with(" 494"), "{text}");
        assert!(lines[3].ends_with("  no"), "{text}");
        for note in [
            "quality 17; encoded on one thread, decoded by image with the standard's tables; 1 file larger",
            "at 314 Mpx/s",
            "not there & not missed",
            "left out: b.png: empty",
        ] {
            assert!(text.contains(note), "{note}: {text}");
        }
    }

    #[test]
    fn without_error_there_are_no_decibels() {
        assert_eq!(decibels(f64::INFINITY), "lossless");
        assert_eq!(speed(0.012_34), "0.012");
        assert_eq!(speed(12.34), "12.3");
    }
}
