//! The report of a run: its contents, and the files that they are written to.

pub mod bit_use;
mod charts;
mod contents;
mod difference;
mod heat_map;
mod page;
mod text;

use std::path::Path;

use anyhow::{Context, Result};
use nice_encode::files;

pub use contents::{
    AdaptiveReport, CodebookReport, DemoReport, LossPoint, RatePoint, Report, ResultRow, Sizes,
    StageReport,
};

/// Writes `report.html` into a folder, and its charts and pictures as PNG files beside it. The page embeds its own copies of them.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write(report: &Report, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| {
        format!(
            "cannot create the folder {} for the report; choose another --out",
            folder.display()
        )
    })?;
    let mut write = |name: &str, png: &[u8]| files::write_atomically(&folder.join(name), png);
    let html = page::render(report, &mut write)?;
    files::write_atomically(&folder.join("report.html"), html.as_bytes())
}
