//! The page of a comparison, in one file: charts, the table, and parts of pictures side by side.

use anyhow::Result;
use maud::{Markup, html};
use nice_data::picture_file;
use nice_encode::psnr::PooledError;
use nice_encode::{Picture, close_up};
use nice_report::{Drawing, page};

use super::chart::{self, Dot};
use super::codec::{CodecResult, Family};
use super::measure::{Comparison, Figures};
use super::table;

/// The factor by which parts of pictures are enlarged.
const ZOOM: u32 = 2;

/// The width and height of a part of a picture.
const SIDE: u32 = 96;

/// The largest number of pictures that are shown.
pub(super) const SHOWN: usize = 4;

/// A part of a picture as decoded by all codecs, ready for the page.
#[derive(Clone, Debug)]
pub(super) struct CloseUp {
    /// The file name of the picture.
    picture: String,
    /// Which part this is.
    about: String,
    /// The original, then the results: PNG, width, height, and the PSNR as text except for the original.
    parts: Vec<(Vec<u8>, u32, u32, Option<String>)>,
}

/// The parts of a picture in which the first codec has its largest and a typical error.
pub(super) fn close_ups(
    picture: &str,
    original: &Picture,
    results: &[CodecResult],
) -> Result<Vec<CloseUp>> {
    let Some(first) = results.first() else {
        return Ok(Vec::new());
    };
    let (worst, typical) = close_up::worst_and_typical(original, &first.decoded, SIDE, SIDE);
    let mut close_ups = Vec::new();
    for (part, about) in [(Some(worst), "largest error"), (typical, "typical error")] {
        let Some(part) = part else { continue };
        let cropped = part.of(original)?;
        let png = picture_file::to_png(&cropped)?;
        let mut parts = vec![(png, part.width, part.height, None)];
        for result in results {
            let decoded = part.of(&result.decoded)?;
            let error = PooledError::between(cropped.rgb(), decoded.rgb());
            let png = picture_file::to_png(&decoded)?;
            let psnr = table::decibels(error.psnr());
            parts.push((png, part.width, part.height, Some(psnr)));
        }
        close_ups.push(CloseUp {
            picture: picture.to_owned(),
            about: format!("{about}, at {}, {}", part.x, part.y),
            parts,
        });
    }
    Ok(close_ups)
}

/// The page.
pub(super) fn html(comparison: &Comparison, close_ups: &[CloseUp]) -> String {
    let notes = table::notes(comparison);
    let (subtitle, notes) = match notes.split_first() {
        Some((first, rest)) => (first.as_str(), rest),
        None => ("", &notes[..]),
    };
    let contents = html! {
        (charts(&comparison.coders))
        h2 { "Figures" }
        (figures(comparison))
        ul { @for note in notes { li { (note) } } }
        @if let Some(first) = comparison.coders.first().filter(|_| !close_ups.is_empty()) {
            h2 { "Close-ups" }
            p {
                "Parts of pictures in which " (first.variant.name) " has its largest and a typical error, "
                (ZOOM) " times enlarged, with the PSNR of the part."
            }
            @for close_up in close_ups { (show(close_up, &comparison.coders)) }
        }
        footer {
            p {
                "The pooled PSNR is 10 log" sub { "10" } "(255² / MSE) over all samples of 8-bit RGB of all pictures together; \
                 the mean PSNR and SSIMULACRA2 (100 at best) are means over the pictures. Random access: any pixel can be \
                 decoded from its block alone or, if deblocked, from the blocks around it."
            }
        }
    };
    page::document("Comparison with other codecs", subtitle, contents).into_string()
}

/// A chart for each measure of quality.
fn charts(coders: &[Figures]) -> Markup {
    let draw = |quality: fn(&Figures) -> f64, name: &str| -> Option<Drawing> {
        let dots: Vec<Dot<'_>> = coders
            .iter()
            .map(|figures| Dot {
                bpp: figures.bpp,
                quality: quality(figures),
                label: &figures.variant.name,
                curve: figures.variant.curve.as_deref(),
                colors: figures.variant.family.colors(),
            })
            .collect();
        chart::draw(&dots, name)
    };
    let charts = [
        draw(|figures| figures.pooled_psnr_db, "pooled PSNR, dB"),
        draw(
            |figures| figures.ssimulacra2_shifted.unwrap_or(f64::NAN),
            "SSIMULACRA2",
        ),
    ];
    html! {
        div.charts {
            @for chart in charts.iter().flatten() { div.card { (chart.svg()) } }
        }
    }
}

/// The table.
fn figures(comparison: &Comparison) -> Markup {
    html! {
        div.card.wide {
            table {
                thead { tr { @for heading in table::HEADINGS { th { (heading) } } } }
                tbody {
                    @for figures in &comparison.coders {
                        @let [name, cells @ ..] = table::cells(figures);
                        tr {
                            th { (mark(figures.variant.family)) (name) }
                            @for cell in cells { td { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// The mark of a codec in the chart.
fn mark(family: Family) -> Markup {
    let [border, inside] = family.colors();
    let class = |prefix: &str, color| format!("{prefix}-{}", nice_report::Color::name(color));
    html! {
        svg.mark viewBox="0 0 13 13" aria-hidden="true" {
            circle class=(class("fill", inside)) cx="6.5" cy="6.5" r="5" {}
            circle class=(class("stroke", border)) cx="6.5" cy="6.5" r="5" stroke-width="2.5" {}
        }
    }
}

/// A part of a picture as decoded by all codecs.
fn show(close_up: &CloseUp, coders: &[Figures]) -> Markup {
    let names = coders.iter().map(|figures| &*figures.variant.name);
    let names = std::iter::once("original").chain(names);
    html! {
        h3 { (close_up.picture) " " small { (close_up.about) } }
        div.row.pixels {
            @for (name, (png, width, height, psnr)) in names.zip(&close_up.parts) {
                figure.card {
                    (page::image(png, width * ZOOM, height * ZOOM, name))
                    figcaption { (name) span { (psnr.as_deref().unwrap_or("\u{a0}")) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_page_holds_everything_itself_and_escapes_all_names() {
        let picture = |add: u8| {
            let rgb = (0..120_u32 * 200 * 3).map(|at| (at % 200) as u8 + add * u8::from(at < 9000));
            Picture::new(120, 200, rgb.collect()).unwrap()
        };
        let results = [3, 2, 1, 0].map(|add| CodecResult {
            bytes: 1,
            encode_time: Duration::ZERO,
            decode_time: Duration::ZERO,
            decoded: picture(add),
            jpeg: None,
        });
        let close_ups = close_ups("x & <y>.png", &picture(0), &results).unwrap();
        assert_eq!(close_ups.len(), 2);
        let page = html(&table::tests::comparison(), &close_ups);
        assert_eq!(page.matches("<img ").count(), 2 * 5);
        assert_eq!(page.matches("role=\"img\"").count(), 2);
        assert!(page.contains("NICE &lt;m&gt;, deblocked"));
        assert!(page.contains("x &amp; &lt;y&gt;.png"));
        assert!(!page.contains("<m>") && !page.contains("<y>"));
        assert!(page.contains("not there &amp; not missed"));
        // The last codec is lossless.
        assert!(page.contains("<span>lossless</span>"));
        let without_namespace = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for external in ["http", "src=\"/", "url(", "<script"] {
            assert!(!without_namespace.contains(external), "{external}");
        }
    }
}
