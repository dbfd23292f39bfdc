//! The table of a comparison as text, with its notes.

use std::io::Write;

use anyhow::Result;

use super::measure::{Comparison, Figures};

/// The headings of the columns.
pub(super) const HEADINGS: [&str; 8] = [
    "codec",
    "bits/pixel",
    "PSNR pooled",
    "PSNR mean",
    "SSIMULACRA2",
    "encode Mpx/s",
    "decode Mpx/s",
    "random access",
];

/// The cells of a codec.
pub(super) fn cells(figures: &Figures) -> [String; HEADINGS.len()] {
    [
        figures.variant.name.clone(),
        format!("{:.3}", figures.bpp),
        decibels(figures.pooled_psnr_db),
        decibels(figures.mean_psnr_db),
        figures
            .ssimulacra2_shifted
            .map_or_else(|| "-".to_owned(), |score| format!("{score:.2}")),
        speed(figures.encode_mpixel_per_s),
        speed(figures.decode_mpixel_per_s),
        if figures.variant.random_access {
            "yes"
        } else {
            "no"
        }
        .to_owned(),
    ]
}

/// A PSNR as text.
pub(super) fn decibels(db: f64) -> String {
    if db == f64::INFINITY {
        "lossless".to_owned()
    } else {
        format!("{db:.3} dB")
    }
}

/// A speed as text, with at least three digits.
fn speed(mpixel_per_s: f64) -> String {
    let decimals = match mpixel_per_s {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{mpixel_per_s:.decimals$}")
}

/// The notes that explain the table.
pub(super) fn notes(comparison: &Comparison) -> Vec<String> {
    let mut notes = vec![format!(
        "{} with {:.2} Mpixel; encoded on {}, decoded on one core, once each",
        plural(comparison.pictures, "picture"),
        comparison.pixels as f64 / 1e6,
        plural(comparison.threads, "thread"),
    )];
    notes.push(
        "bits per pixel are those of complete files (for BC1 those of the blocks), without the model of NICE"
            .to_owned(),
    );
    notes.push(
        "SSIMULACRA2 is computed without the first 3 columns and lines, so that its own blocks are not those of a codec".to_owned(),
    );
    for figures in &comparison.coders {
        let mut note = format!("{}: {}", figures.variant.name, figures.variant.about);
        if let Some(jpegs) = figures.jpegs() {
            note += &if jpegs.lowest_quality == jpegs.highest_quality {
                format!("; quality {}", jpegs.lowest_quality)
            } else {
                format!(
                    "; qualities {} to {}",
                    jpegs.lowest_quality, jpegs.highest_quality
                )
            };
            note += "; encoded on one thread, decoded by the crate image with the standard Huffman tables";
            if jpegs.over_budget > 0 {
                note += &format!(
                    "; {} larger than the NICE file even with quality 1",
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
    let told = &comparison.told;
    notes.extend(told.notes.iter().map(|note| format!("note: {note}")));
    notes.extend(
        told.skipped
            .iter()
            .map(|reason| format!("skipped: {reason}")),
    );
    notes
}

/// A count with its unit.
fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Prints the table with aligned columns, and the notes.
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
    use crate::compare::codec::{Family, JpegDetails, Variant};
    use crate::compare::measure::{PictureFigures, PictureNotes};
    use crate::search::Tune;

    /// The figures of a codec, by a formula.
    pub(in crate::compare) fn figures(
        name: &str,
        family: Family,
        bpp: f64,
        pooled_psnr_db: f64,
    ) -> Figures {
        Figures {
            variant: Variant {
                name: name.to_owned(),
                curve: None,
                family,
                random_access: family != Family::Jpeg,
                about: "as it is".to_owned(),
            },
            bpp,
            mse: 65_025.0 / 10_f64.powf(pooled_psnr_db / 10.0),
            pooled_psnr_db,
            mean_psnr_db: pooled_psnr_db + 0.5,
            ssimulacra2: (family != Family::Bc1).then_some(pooled_psnr_db - 26.0),
            ssimulacra2_shifted: (family != Family::Bc1).then_some(pooled_psnr_db - 27.0),
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
                ssimulacra2_shifted: None,
                encode_s: 1.0,
                decode_s: 1.0,
                jpeg: (family == Family::Jpeg).then_some(JpegDetails {
                    quality: 17,
                    within_budget: false,
                    libjpeg_turbo_decode_mpixel_per_s: Some(314.0),
                }),
            }],
        }
    }

    /// A comparison of codecs with names that must be escaped in HTML.
    pub(in crate::compare) fn comparison() -> Comparison {
        Comparison {
            effort: 2,
            tune: Tune::Looks,
            threads: 2,
            pictures: 1,
            pixels: 2048,
            coders: vec![
                figures("NICE <m>", Family::Nice, 0.75, 26.5),
                figures("NICE <m>, deblocked", Family::Deblocked, 0.75, 26.75),
                figures("JPEG", Family::Jpeg, 0.74, 25.0),
                figures("BC1", Family::Bc1, 4.0, 35.0),
            ],
            absent: vec!["ASTC: not there & not missed".to_owned()],
            told: PictureNotes {
                skipped: vec!["b.png: empty".to_owned()],
                notes: Vec::new(),
            },
        }
    }

    #[test]
    fn columns_are_aligned_and_all_notes_are_printed() {
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
            "quality 17; encoded on one thread, decoded by the crate image with the standard Huffman tables; 1 file larger",
            "at 314 Mpx/s",
            "not there & not missed",
            "skipped: b.png: empty",
        ] {
            assert!(text.contains(note), "{note}: {text}");
        }
    }

    #[test]
    fn a_picture_without_errors_is_lossless() {
        assert_eq!(decibels(f64::INFINITY), "lossless");
        assert_eq!(speed(0.012_34), "0.012");
        assert_eq!(speed(12.34), "12.3");
    }
}
