//! `nice dataset`: makes a `.bin` of a folder of pictures, or brings a data set to this machine.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use indicatif::HumanCount;
use rayon::prelude::*;
use serde::Serialize;

use super::fetch::{self, Fetcher};
use super::folder::{self, Unreadable};
use super::{Source, hash};
use crate::blocks::{self, BLOCK_BYTES};
use crate::picture::Picture;
use crate::{files, progress};

/// What can be done with data sets.
#[derive(Debug, Subcommand)]
pub enum DatasetCommand {
    /// Cut the pictures in a folder into one flat file of 8x8 blocks
    Build(Build),
    /// Bring a data set to this machine, and print where it lies
    Fetch(Fetch),
}

/// `nice dataset build`.
#[derive(Args, Debug)]
pub struct Build {
    /// The folder of pictures; the folders in it are searched as well
    folder: PathBuf,
    /// The file to write: N x 3 x 8 x 8 bytes, in the order of the names of the pictures
    #[arg(short, long, value_name = "FILE.bin")]
    output: PathBuf,
    /// Cut each picture at random offsets, as often as its grid has blocks, instead of on the grid
    #[arg(long)]
    random: bool,
    /// Cut this many blocks from each picture, at random offsets
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_picture: Option<u32>,
    /// What the random offsets are drawn from, together with the names of the pictures
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Say what was done as JSON
    #[arg(long)]
    json: bool,
}

/// `nice dataset fetch`.
#[derive(Args, Debug)]
pub struct Fetch {
    /// http://.. or https://.. (a .bin, a picture, or a .zip of either), or kaggle:owner/name
    source: Source,
    /// Where to keep it [default: the environment's NICE_CACHE, or the user's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Where to look for Kaggle [default: the environment's NICE_KAGGLE_BASE, or www.kaggle.com]
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// Say where it lies as JSON
    #[arg(long)]
    json: bool,
}

/// Does what was asked for, and says on `out` what came of it.
pub fn run(command: DatasetCommand, out: &mut dyn Write) -> Result<()> {
    match command {
        DatasetCommand::Build(build) => build.run(out),
        DatasetCommand::Fetch(fetch) => fetch.run(out),
    }
}

#[derive(Serialize)]
struct Built {
    file: PathBuf,
    blocks: u64,
    bytes: u64,
    pictures: usize,
    unreadable: Vec<Reported>,
}

#[derive(Serialize)]
struct Reported {
    path: PathBuf,
    why: String,
}

#[derive(Serialize)]
struct Fetched {
    path: PathBuf,
}

impl Build {
    fn run(&self, out: &mut dyn Write) -> Result<()> {
        let listing = folder::list(&self.folder)?;
        let of = listing.pictures.len();
        let mut unreadable = listing.unreadable;
        let mut blocks = 0;
        files::write_atomically_with(&self.output, |file| {
            blocks = self.write(&listing.pictures, &mut unreadable, file)?;
            Ok(())
        })?;
        let pictures = of
            - unreadable
                .iter()
                .filter(|one| listing.pictures.binary_search(&one.path).is_ok())
                .count();
        if self.json {
            let built = Built {
                file: self.output.clone(),
                blocks,
                bytes: blocks * BLOCK_BYTES as u64,
                pictures,
                unreadable: unreadable
                    .into_iter()
                    .map(|one| Reported {
                        path: one.path,
                        why: one.why,
                    })
                    .collect(),
            };
            serde_json::to_writer_pretty(&mut *out, &built).context("cannot say so as JSON")?;
            writeln!(out)?;
        } else {
            for note in folder::notes(&unreadable, of) {
                writeln!(out, "{note}")?;
            }
            writeln!(
                out,
                "{}: {} blocks of {}",
                self.output.display(),
                HumanCount(blocks),
                folder::counted(pictures)
            )?;
        }
        Ok(())
    }

    /// Writes the blocks of all pictures in their order, a few pictures at a time, and says how many.
    fn write(
        &self,
        pictures: &[PathBuf],
        unreadable: &mut Vec<Unreadable>,
        file: &mut dyn Write,
    ) -> Result<u64> {
        let bar = progress::bar(pictures.len() as u64, "cutting pictures");
        let mut bytes = 0;
        for some in pictures.chunks(4 * rayon::current_num_threads()) {
            let cut: Vec<Result<Vec<u8>, Unreadable>> = some
                .par_iter()
                .map(|path| {
                    let picture = folder::read(path)?;
                    bar.inc(1);
                    Ok(self.cut(path, picture))
                })
                .collect();
            for cut in cut {
                match cut {
                    Ok(blocks) => {
                        file.write_all(&blocks)?;
                        bytes += blocks.len() as u64;
                    }
                    Err(one) => unreadable.push(one),
                }
            }
        }
        bar.finish_and_clear();
        if bytes == 0 {
            bail!(
                "none of the pictures could be read{}",
                folder::told(unreadable)
            );
        }
        Ok(bytes / BLOCK_BYTES as u64)
    }

    fn cut(&self, path: &Path, picture: Picture) -> Vec<u8> {
        let count = match (self.per_picture, self.random) {
            (Some(count), _) => count as usize,
            (None, true) => blocks::count(&picture),
            (None, false) => return blocks::grid(&picture),
        };
        let picture = blocks::at_least_a_block(picture);
        // The path within the folder: the same pictures elsewhere give the same file.
        let name = path.strip_prefix(&self.folder).unwrap_or(path);
        let start = hash::mix(self.seed) ^ hash::of(name.as_os_str().as_encoded_bytes());
        let mut bytes = vec![0; count * BLOCK_BYTES];
        for (number, block) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
            let (x, y) = hash::offset(&picture, hash::mix(start) ^ number as u64);
            blocks::cut_at(&picture, x, y, block);
        }
        bytes
    }
}

impl Fetch {
    fn run(&self, out: &mut dyn Write) -> Result<()> {
        let cache = self.cache.clone().unwrap_or_else(fetch::default_cache);
        let mut fetcher = Fetcher::new(&cache);
        if let Some(base) = &self.base {
            fetcher.kaggle_base.clone_from(base);
        }
        let path = match &self.source {
            Source::Url(address) => fetcher.url(address)?,
            Source::Kaggle(name) => fetcher.kaggle(name)?,
            Source::Bin(_) | Source::Folder(_) => bail!(
                "{} is no address: give http://.., https://.. or kaggle:owner/name",
                self.source
            ),
            Source::Synthetic { .. } => {
                bail!("synthetic pictures are made, not fetched: there is nothing to do")
            }
        };
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &Fetched { path })
                .context("cannot say so as JSON")?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", path.display())?;
        }
        Ok(())
    }
}
