//! `nicec dataset`: builds a `.bin` file from a folder of pictures, or fetches a data set.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use indicatif::HumanCount;
use nice_data::fetch::Fetcher;
use nice_data::folder::{self, Note, Told, Unreadable};
use nice_data::remote::{self, Remote};
use nice_data::{Source, cache, progress, random};
use nice_decode::BLOCK_SAMPLES;
use nice_encode::{Picture, block, files};
use rayon::prelude::*;
use serde::Serialize;

use crate::output::{self, ForceArgs, Inputs};
use crate::reading::ReadArgs;

/// The commands for data sets.
#[derive(Debug, Subcommand)]
pub(crate) enum DatasetCommand {
    /// Cut the pictures in a folder into a flat file of 8 x 8 blocks
    Build(Build),
    /// Fetch a data set to the cache, and print its path
    Fetch(Fetch),
}

/// The arguments of `nicec dataset build`.
#[derive(Args, Debug)]
pub(crate) struct Build {
    /// The folder of pictures; its subfolders are searched as well
    folder: PathBuf,
    /// The file to write: N x 3 x 8 x 8 bytes, in the order of the names of the pictures
    #[arg(short, long, value_name = "FILE.bin")]
    output: PathBuf,
    /// Cut blocks at random positions instead of on the grid, as many as the grid has
    #[arg(long)]
    random: bool,
    /// Cut this many blocks from each picture, at random positions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_picture: Option<u32>,
    /// The seed of the random positions, which also depend on the names of the pictures
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    reading: ReadArgs,
    #[command(flatten)]
    force: ForceArgs,
    /// Print a report as JSON
    #[arg(long)]
    json: bool,
}

/// The arguments of `nicec dataset fetch`.
#[derive(Args, Debug)]
pub(crate) struct Fetch {
    /// http://.. or https://.. (a .bin file, a picture, or a .zip archive of either), or kaggle:owner/name
    source: Source,
    /// The folder of the cache [default: the environment variable NICE_CACHE, or nice in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// The address of Kaggle [default: the environment variable NICE_KAGGLE_BASE, or kaggle.com]
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// Print the path as JSON
    #[arg(long)]
    json: bool,
}

/// Runs `nicec dataset`.
pub(crate) fn run(command: DatasetCommand, out: &mut dyn Write) -> Result<()> {
    match command {
        DatasetCommand::Build(build) => build.run(out),
        DatasetCommand::Fetch(fetch) => fetch.run(out),
    }
}

/// The blocks of a picture, and what is to be told about it.
type Cut = (Vec<u8>, Option<Note>);

/// The report of `nicec dataset build --json`.
#[derive(Serialize)]
struct Built {
    file: PathBuf,
    blocks: u64,
    bytes: u64,
    pictures: usize,
    unreadable: Vec<Reported>,
    notes: Vec<String>,
}

/// A file or folder that could not be read.
#[derive(Serialize)]
struct Reported {
    path: PathBuf,
    why: String,
}

/// The report of `nicec dataset fetch --json`.
#[derive(Serialize)]
struct Fetched {
    path: PathBuf,
}

impl Build {
    fn run(&self, out: &mut dyn Write) -> Result<()> {
        let listing = folder::list(&self.folder)?;
        let inputs = Inputs::new(listing.pictures.iter().map(PathBuf::as_path));
        inputs.check(&self.output, output::BLOCKS, self.force)?;
        let of = listing.pictures.len();
        let mut told = Told::of_listing(listing.unreadable);
        let mut blocks = 0;
        files::write_atomically_with(&self.output, |file| {
            blocks = self.write(&listing.pictures, &mut told, file)?;
            Ok(())
        })?;
        let pictures = of
            - told
                .unreadable
                .iter()
                .filter(|one| listing.pictures.binary_search(&one.path).is_ok())
                .count();
        if self.json {
            let built = Built {
                file: self.output.clone(),
                blocks,
                bytes: blocks * BLOCK_SAMPLES as u64,
                pictures,
                unreadable: told
                    .unreadable
                    .into_iter()
                    .map(|one| Reported {
                        path: one.path,
                        why: one.reason,
                    })
                    .collect(),
                notes: told.notes.iter().map(ToString::to_string).collect(),
            };
            serde_json::to_writer_pretty(&mut *out, &built).context("cannot print the report")?;
            writeln!(out)?;
        } else {
            for note in told.lines(of) {
                writeln!(out, "{note}")?;
            }
            writeln!(
                out,
                "{}: {} blocks of {}",
                self.output.display(),
                HumanCount(blocks),
                folder::count_text(pictures)
            )?;
        }
        Ok(())
    }

    /// Writes the blocks of all pictures in their order, a few pictures at a time, and returns their number.
    fn write(&self, pictures: &[PathBuf], told: &mut Told, file: &mut dyn Write) -> Result<u64> {
        let bar = progress::bar(pictures.len() as u64, "cutting pictures");
        let mut bytes = 0;
        for some in pictures.chunks(4 * rayon::current_num_threads()) {
            let cut: Vec<Result<Cut, Unreadable>> = some
                .par_iter()
                .map(|path| {
                    let opened = folder::read(path, &self.reading.options())?;
                    let note = Note::of(path, &opened);
                    bar.inc(1);
                    Ok((self.cut(path, opened.picture), note))
                })
                .collect();
            for cut in cut {
                match cut {
                    Ok((blocks, note)) => {
                        told.notes.extend(note);
                        file.write_all(&blocks)?;
                        bytes += blocks.len() as u64;
                    }
                    Err(one) => told.unreadable.push(one),
                }
            }
        }
        bar.finish_and_clear();
        if bytes == 0 {
            bail!(
                "none of the pictures could be read{}",
                folder::listed(&told.unreadable)
            );
        }
        Ok(bytes / BLOCK_SAMPLES as u64)
    }

    /// Cuts the blocks of a picture.
    fn cut(&self, path: &Path, picture: Picture) -> Vec<u8> {
        let count = match (self.per_picture, self.random) {
            (Some(count), _) => count as usize,
            (None, true) => block::count(&picture),
            (None, false) => return block::grid(&picture),
        };
        let picture = block::pad_to_block(picture);
        // The path within the folder, so that the same pictures in another folder give the same file.
        let name = path.strip_prefix(&self.folder).unwrap_or(path);
        let start =
            random::split_mix(self.seed) ^ random::hash(name.as_os_str().as_encoded_bytes());
        let mut bytes = vec![0; count * BLOCK_SAMPLES];
        for (number, block) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
            let (x, y) = random::block_position(&picture, random::split_mix(start) ^ number as u64);
            block::cut_at(&picture, x, y, block);
        }
        bytes
    }
}

impl Fetch {
    fn run(&self, out: &mut dyn Write) -> Result<()> {
        let remote = match &self.source {
            Source::Url(url) => Remote::url(url),
            Source::Kaggle(name) => {
                let base = self.base.clone().unwrap_or_else(remote::kaggle_base);
                Remote::kaggle(name, &base)?
            }
            Source::Bin(_) | Source::Folder(_) | Source::Pictures(_) => bail!(
                "{} is not a URL: give http://.., https://.. or kaggle:owner/name",
                self.source
            ),
            Source::Synthetic { .. } => {
                bail!("synthetic pictures are rendered, so there is nothing to fetch")
            }
        };
        let cache = self.cache.clone().unwrap_or_else(cache::default_folder);
        let path = Fetcher::new(&cache).fetch(&remote)?;
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &Fetched { path })
                .context("cannot print the report")?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", path.display())?;
        }
        Ok(())
    }
}
