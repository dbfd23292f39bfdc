//! `nicec compare`: compares models with JPEG, BC1 and ASTC on the same pictures.

mod astc;
mod bc1;
mod chart;
mod codec;
mod jpeg;
mod measure;
mod nice;
mod page;
mod program;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_data::folder::{self, Listing, Told};
use nice_data::picture_file::ReadOptions;
use nice_data::progress;
use nice_encode::{Picture, Rate, files};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::output::{self, ForceArgs, Inputs};
use crate::reading::ReadArgs;
use crate::search::SearchArgs;
use crate::ssimulacra2;
use codec::{Codec, CodecResult};
use measure::{Comparison, Figures, PictureNotes, Tally};
use page::CloseUp;
use program::Program;

/// The arguments of `nicec compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec compare photographs
  nicec compare photographs -m runs/demo/decoder.nicem --html compare.html
  nicec compare photographs -m m --no-builtin --rates --html curves.html
  nicec compare kodim01.png kodim02.png -m camera.nicem --no-builtin --json

Every picture is encoded with NICE, with JPEG to the same number of bytes, with BC1, and with ASTC in blocks of 12 x 12 pixels \
if the program astcenc is on the PATH. If tjbench is on the PATH, the speed of libjpeg-turbo is measured as well. Folders are \
searched for pictures, with their subfolders; pictures in them that cannot be read are listed and skipped.")]
pub(crate) struct Args {
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A decoder model to compare, besides the pretrained ones: a file (.nicem), or xs, s or m; may be repeated
    #[arg(short, long = "model", value_name = "MODEL")]
    models: Vec<PathBuf>,

    /// Do not compare the pretrained models
    #[arg(long, requires = "models")]
    no_builtin: bool,

    #[command(flatten)]
    search: SearchArgs,

    #[command(flatten)]
    reading: ReadArgs,

    /// Compare at several rates: NICE in both layouts, deblocked, JPEG, and ASTC with several sizes of blocks
    #[arg(long, conflicts_with = "rate")]
    rates: bool,

    /// Print the figures as JSON, of all pictures together and of each
    #[arg(long)]
    json: bool,

    /// Write a page with charts, the figures, and parts of up to four of the pictures
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// The bits per pixel at which codecs are compared.
const RATES: [f64; 8] = [0.25, 0.35, 0.5, 0.62, 0.75, 0.9, 1.05, 1.2];

/// The sizes of ASTC's blocks: 0.89, 1.28 and 2 bits per pixel.
const ASTC_BLOCKS: [&str; 3] = ["12x12", "10x10", "8x8"];

/// Runs `nicec compare`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let listing = folder::list_all(&args.paths)?;
    let mut models = nice::model_files(&args.models, args.no_builtin)?;
    let one_core = ThreadPoolBuilder::new().num_threads(1).build()?;
    let nice = nice::Nice::all(&mut models, args.search.options(), &one_core)?;
    let nice = if args.rates {
        nice.iter().flat_map(at_rates).collect()
    } else {
        nice
    };
    if let Some(page) = &args.html {
        check_page(page, &listing.pictures, &args.models)?;
    }
    let (others, absent) = others(&one_core, args.rates);
    let codecs: Vec<&dyn Codec> = nice
        .iter()
        .map(|nice| nice as &dyn Codec)
        .chain(others.iter().map(|other| &**other))
        .collect();

    let shown = if args.html.is_some() { page::SHOWN } else { 0 };
    let reading = args.reading.options();
    let (coders, told, close_ups) = compare(&codecs, listing, &args.paths, &reading, shown)?;
    let comparison = Comparison::new(args.search, coders, absent, told);

    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&comparison)?)?;
    } else {
        table::print(&comparison, out)?;
    }
    if let Some(path) = &args.html {
        files::write_atomically(path, page::html(&comparison, &close_ups).as_bytes())?;
        if !args.json {
            writeln!(out, "page: {}", path.display())?;
        }
    }
    Ok(())
}

/// Checks that the page can be written, before the work for it begins.
fn check_page(page: &Path, pictures: &[PathBuf], models: &[PathBuf]) -> Result<()> {
    let inputs = pictures.iter().chain(models).map(PathBuf::as_path);
    Inputs::new(inputs).check(page, output::PAGE, ForceArgs::default())?;
    match page.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => bail!(
            "cannot write {}: there is no folder {}; create it first, or give another name",
            page.display(),
            folder.display()
        ),
        _ => Ok(()),
    }
}

/// A model in both layouts, at all rates.
fn at_rates<'a>(nice: &nice::Nice<'a>) -> Vec<nice::Nice<'a>> {
    let adaptive = RATES.map(Rate::BitsPerPixel);
    let rates = [Rate::Fixed].into_iter().chain(adaptive);
    rates.map(|rate| nice.at_rate(rate)).collect()
}

/// The other codecs, at all rates or not, and messages for those that are not installed.
fn others(one_core: &ThreadPool, at_rates: bool) -> (Vec<Box<dyn Codec + '_>>, Vec<String>) {
    let mut others: Vec<Box<dyn Codec + '_>> = Vec::new();
    if at_rates {
        others.extend(RATES.map(|bits| -> Box<dyn Codec> {
            Box::new(jpeg::Jpeg {
                tjbench: None,
                bits_per_pixel: Some(bits),
            })
        }));
    } else {
        others.push(Box::new(jpeg::Jpeg {
            tjbench: Program::find(&["tjbench"]),
            bits_per_pixel: None,
        }));
        others.push(Box::new(bc1::Bc1 { one_core }));
    }
    let mut absent = Vec::new();
    match Program::find(&astc::PROGRAMS) {
        Some(astcenc) => {
            let blocks: &[&str] = if at_rates { &ASTC_BLOCKS } else { &ASTC_BLOCKS[..1] };
            others.extend(blocks.iter().map(|block| -> Box<dyn Codec> {
                Box::new(astc::Astc {
                    astcenc: astcenc.clone(),
                    block,
                    curve: at_rates,
                })
            }));
        }
        None => absent.push(
            "ASTC is skipped: the program astcenc is not on the PATH (on Debian and Ubuntu, apt install astcenc)"
                .to_owned(),
        ),
    }
    (others, absent)
}

/// Runs all codecs on all pictures. Returns their figures, what could not be read, and parts of `shown` of the pictures for the
/// page.
fn compare(
    codecs: &[&dyn Codec],
    listing: Listing,
    requested: &[PathBuf],
    reading: &ReadOptions,
    shown: usize,
) -> Result<(Vec<Figures>, PictureNotes, Vec<CloseUp>)> {
    let mut tallies: Vec<Tally> = codecs
        .iter()
        .flat_map(|codec| codec.variants())
        .map(Tally::new)
        .collect();
    let count = listing.pictures.len();
    let mut told = Told::of_listing(listing.unreadable);
    let mut close_ups = Vec::new();
    let bar = progress::bar((count * codecs.len()) as u64, "comparing codecs");
    for (at, path) in listing.pictures.iter().enumerate() {
        let Some(picture) = folder::read_found(path, requested, reading, &mut told)? else {
            bar.inc(codecs.len() as u64);
            continue;
        };
        let mut results: Vec<CodecResult> = Vec::new();
        for codec in codecs {
            let budget = results.first().map_or(0, |first| first.bytes);
            results.extend(codec.run(&picture, budget).with_context(|| {
                let variants = codec.variants().into_iter();
                let names: Vec<String> = variants.map(|variant| variant.name).collect();
                format!(
                    "cannot encode {} as {}",
                    path.display(),
                    names.join(" and ")
                )
            })?);
            bar.inc(1);
        }
        add(&mut tallies, path, &picture, &results);
        if is_shown(at, count, shown) {
            close_ups.extend(page::close_ups(&name(path), &picture, &results)?);
        }
    }
    bar.finish_and_clear();
    let skipped: Vec<String> = told.unreadable.iter().map(ToString::to_string).collect();
    let figures: Vec<Figures> = tallies.into_iter().map(Tally::into_figures).collect();
    if figures.iter().all(|figures| figures.images.is_empty()) {
        bail!("none of the pictures could be read: {}", skipped.join("; "));
    }
    let told = PictureNotes {
        skipped,
        notes: told.notes.iter().map(ToString::to_string).collect(),
    };
    Ok((figures, told, close_ups))
}

/// Adds the results of a picture.
fn add(tallies: &mut [Tally], path: &Path, picture: &Picture, results: &[CodecResult]) {
    let scores: Vec<[Option<f64>; 2]> = results
        .par_iter()
        .map(|result| ssimulacra2::scores(picture, &result.decoded))
        .collect();
    for ((tally, result), score) in tallies.iter_mut().zip(results).zip(scores) {
        tally.add(path, picture, result, score);
    }
}

/// Whether a picture, by its index among `count`, is one of `shown` that are spread over all of them.
fn is_shown(at: usize, count: usize, shown: usize) -> bool {
    (0..shown).any(|nth| at == (2 * nth + 1) * count / (2 * shown))
}

/// The file name of a picture.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_data::picture_file;

    #[test]
    fn shown_pictures_are_spread_over_all() {
        let chosen = |count, shown| -> Vec<usize> {
            (0..count)
                .filter(|&at| is_shown(at, count, shown))
                .collect()
        };
        assert_eq!(chosen(24, 4), [3, 9, 15, 21]);
        assert_eq!(chosen(3, 4), [0, 1, 2]);
        assert_eq!(chosen(1, 4), [0]);
        assert!(chosen(24, 0).is_empty());
    }

    #[test]
    fn every_codec_is_measured_on_every_picture_and_is_on_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let rgb = |width: u32, height: u32| {
            let samples = (0..width * height * 3).map(|at| (at * at % 251) as u8);
            Picture::new(width, height, samples.collect()).unwrap()
        };
        for (name, width, height) in [("a.png", 40, 24), ("b & c.png", 9, 3)] {
            let path = folder.path().join(name);
            picture_file::write_png(&path, &rgb(width, height)).unwrap();
        }
        std::fs::write(folder.path().join("broken.png"), b"no").unwrap();
        let html = folder.path().join("page.html");
        let compare = |extra: &[&str]| {
            let mut args = vec!["nicec", "compare", folder.path().to_str().unwrap()];
            args.extend(["--effort", "0", "--fixed"]);
            args.extend(extra);
            let mut out = Vec::new();
            crate::run(args, &mut out).map(|()| out)
        };
        let out = compare(&["--json", "--html", html.to_str().unwrap()]).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(report["pictures"], 2);
        assert_eq!(report["pixels"], 40 * 24 + 27);
        assert_eq!(report["skipped"].as_array().unwrap().len(), 1);
        let coders = report["coders"].as_array().unwrap();
        let named = |name: &str| coders.iter().find(|coder| coder["name"] == name).unwrap();
        for name in ["NICE s", "NICE m", "JPEG", "BC1"] {
            let coder = named(name);
            assert_eq!(coder["images"].as_array().unwrap().len(), 2, "{name}");
            assert!(coder["pooled_psnr_db"].as_f64().unwrap() > 5.0, "{name}");
            assert!(coder["ssimulacra2"].is_f64(), "{name}");
        }
        assert_eq!(named("NICE m")["images"][0]["bytes"], 24 + 15 * 6);
        assert_eq!(named("BC1")["images"][0]["bpp"], 4.0);
        assert_eq!(named("JPEG")["images"][0]["within_budget"], false);
        let page = std::fs::read_to_string(&html).unwrap();
        assert!(page.contains("b &amp; c.png"));

        let error = compare(&["--html", "/no/such/page.html"]).unwrap_err();
        assert!(format!("{error:#}").contains("there is no folder /no/such"));
        let picture = folder.path().join("a.png");
        let error = compare(&["--html", picture.to_str().unwrap()]).unwrap_err();
        assert!(format!("{error:#}").contains("would overwrite"));
        assert!(compare(&["--no-builtin"]).unwrap_err().is::<clap::Error>());
    }
}
