//! The page of a comparison: charts, the table, and the same parts of pictures side by side, in one file.

use std::fmt::Write as _;

use anyhow::Result;

use super::chart::{self, Dot};
use super::codec::Coded;
use super::crops;
use super::measure::{Comparison, Figures};
use super::table;
use crate::html::{data_uri, escape};
use crate::picture::Picture;
use crate::psnr::Pooled;

const STYLE: &str = include_str!("page.css");

/// How much larger than they are parts of pictures are shown.
const ZOOM: u32 = 2;

/// How many pictures are shown at most.
pub(super) const SHOWN: usize = 4;

/// A part of a picture as every codec shows it, ready for the page.
#[derive(Clone, Debug)]
pub(super) struct Strip {
    /// Which picture it is of.
    path: String,
    /// Why this part, and where.
    what: String,
    /// The original first: a PNG, its size, and what it reaches, which the original has none of.
    pictures: Vec<(Vec<u8>, u32, u32, Option<String>)>,
}

/// The parts of a picture to show: where the first way of coding errs most, and where it errs as usual.
pub(super) fn strips(path: &str, original: &Picture, coded: &[&Coded]) -> Result<Vec<Strip>> {
    let Some(first) = coded.first() else {
        return Ok(Vec::new());
    };
    let (worst, usual) = crops::worst_and_usual(original, &first.decoded);
    let mut strips = Vec::new();
    for (place, what) in [(Some(worst), "errs most"), (usual, "errs as usual")] {
        let Some(place) = place else { continue };
        let cut = place.cut(original)?;
        let mut pictures = vec![(cut.to_png_bytes()?, place.width, place.height, None)];
        for coded in coded {
            let part = place.cut(&coded.decoded)?;
            let reached = table::decibels(Pooled::of(cut.rgb(), part.rgb()).db());
            let png = part.to_png_bytes()?;
            pictures.push((png, place.width, place.height, Some(reached)));
        }
        strips.push(Strip {
            path: path.to_owned(),
            what: format!("{what}, at {}, {}", place.x, place.y),
            pictures,
        });
    }
    Ok(strips)
}

/// The page.
pub(super) fn html(comparison: &Comparison, strips: &[Strip]) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>NICE compared</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"kind\">NICE &middot; every 8&times;8 block in 48 bits</p>\n<h1>Compared with other codecs</h1>\n<p>{}</p>\n</header>\n",
        escape(&subject(comparison))
    );
    charts(&mut page, &comparison.coders);
    page += "<h2>Figures</h2>\n";
    figures(&mut page, comparison);
    if let Some(first) = comparison.coders.first().filter(|_| !strips.is_empty()) {
        let _ = writeln!(
            page,
            "<h2>Close up</h2>\n<p>Parts of pictures where {} errs most, and where it errs as it does on the whole picture, {ZOOM} times as large as they are. Under each, the PSNR of the part.</p>",
            escape(&first.way.name)
        );
        for strip in strips {
            show(&mut page, strip, &comparison.coders);
        }
    }
    page += "<footer>\n<p>Pooled PSNR is 10&nbsp;log<sub>10</sub>(255&sup2; / MSE) over all samples of 8-bit RGB of all pictures together; mean PSNR and SSIMULACRA2 (100 at best) are means over the pictures. Random access: any pixel can be had without decoding those before it.</p>\n</footer>\n</main>\n</body>\n</html>\n";
    page
}

/// What was compared on.
fn subject(comparison: &Comparison) -> String {
    table::notes(comparison)
        .into_iter()
        .next()
        .unwrap_or_default()
}

fn charts(page: &mut String, coders: &[Figures]) {
    let dots = |quality: fn(&Figures) -> f64| -> Vec<Dot<'_>> {
        coders
            .iter()
            .map(|figures| Dot {
                bpp: figures.bpp,
                quality: quality(figures),
                label: &figures.way.name,
                class: figures.way.family.class(),
            })
            .collect()
    };
    *page += "<div class=\"charts\">\n";
    for (dots, quality) in [
        (dots(|figures| figures.pooled_psnr_db), "pooled PSNR, dB"),
        (
            dots(|figures| figures.ssimulacra2.unwrap_or(f64::NAN)),
            "SSIMULACRA2",
        ),
    ] {
        let chart = chart::svg(&dots, quality);
        if !chart.is_empty() {
            let _ = writeln!(page, "<div class=\"card\">{chart}</div>");
        }
    }
    *page += "</div>\n";
}

fn figures(page: &mut String, comparison: &Comparison) {
    *page += "<div class=\"card wide\"><table>\n<thead><tr>";
    for heading in table::HEADINGS {
        let _ = write!(page, "<th>{}</th>", escape(heading));
    }
    *page += "</tr></thead>\n<tbody>\n";
    for figures in &comparison.coders {
        let [name, cells @ ..] = table::cells(figures);
        let _ = write!(
            page,
            "<tr class=\"{}\"><th><i></i>{}</th>",
            figures.way.family.class(),
            escape(&name)
        );
        for cell in cells {
            let _ = write!(page, "<td>{}</td>", escape(&cell));
        }
        *page += "</tr>\n";
    }
    *page += "</tbody>\n</table></div>\n<ul>\n";
    for note in table::notes(comparison).iter().skip(1) {
        let _ = writeln!(page, "<li>{}</li>", escape(note));
    }
    *page += "</ul>\n";
}

fn show(page: &mut String, strip: &Strip, coders: &[Figures]) {
    let _ = writeln!(
        page,
        "<h3>{} <small>{}</small></h3>\n<div class=\"strip\">",
        escape(&strip.path),
        escape(&strip.what)
    );
    let names = std::iter::once("original").chain(coders.iter().map(|figures| &*figures.way.name));
    for (name, (png, width, height, reached)) in names.zip(&strip.pictures) {
        let name = escape(name);
        let _ = writeln!(
            page,
            "<figure class=\"card\"><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{name}\"><figcaption>{name}<span>{}</span></figcaption></figure>",
            data_uri(png),
            width * ZOOM,
            height * ZOOM,
            reached.as_deref().unwrap_or("&nbsp;")
        );
    }
    *page += "</div>\n";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_page_holds_all_in_itself_and_no_name_is_taken_for_a_tag() {
        let picture = |add: u8| {
            let rgb = (0..120_u32 * 200 * 3).map(|at| (at % 200) as u8 + add * u8::from(at < 9000));
            Picture::new(120, 200, rgb.collect()).unwrap()
        };
        let coded = [3, 2, 1, 0].map(|add| Coded {
            bytes: 1,
            encode: Duration::ZERO,
            decode: Duration::ZERO,
            decoded: picture(add),
            jpeg: None,
        });
        let coded: Vec<&Coded> = coded.iter().collect();
        let strips = strips("x & <y>.png", &picture(0), &coded).unwrap();
        assert_eq!(strips.len(), 2);
        let page = html(&table::tests::comparison(), &strips);
        assert_eq!(page.matches("<img ").count(), 2 * 5);
        assert_eq!(page.matches("<svg ").count(), 2);
        assert!(page.contains("NICE &lt;m&gt;, smoothed"));
        assert!(page.contains("x &amp; &lt;y&gt;.png"));
        assert!(!page.contains("<m>") && !page.contains("<y>"));
        assert!(page.contains("not there &amp; not missed"));
        // The last of the codecs gives back what it was given.
        assert!(page.contains("<span>lossless</span>"));
        for wanted in ["http", "src=\"/", "url(", "<script"] {
            assert!(!page.contains(wanted), "{wanted}");
        }
    }
}
