//! Where blocks to train and validate on come from: `.bin` files, folders of pictures, addresses, or a seed.
//!
//! [`Source`] is what a person types, [`open`] turns one or two of them into [`Splits`], and a [`BlockSet`] gives the
//! blocks of a split, planar 3 x 8 x 8, any number at a time.

pub mod archive;
pub mod bin;
pub mod command;
pub mod fetch;
pub mod folder;
pub mod hash;
pub mod set;
pub mod source;
pub mod synthetic;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use rayon::prelude::*;

use crate::picture::Picture;
use crate::progress;
use bin::BinFile;
use fetch::Fetcher;
pub use set::{BlockSet, Pick, Place};
pub use source::Source;

/// The sides of a synthetic picture.
pub const SYNTHETIC_SIDE: u32 = 256;

/// The blocks to train on, those to validate on, and what a person should be told about them.
#[derive(Debug)]
pub struct Splits {
    /// Blocks to train on: fixed ones of a `.bin`, or cut from pictures at random offsets.
    pub train: BlockSet,
    /// Blocks to validate on, always the same: those of a `.bin`, or all on the grid of each picture.
    pub validation: BlockSet,
    /// Lines to show: files that could not be read, how the split was made, that a stand-in was used.
    pub notes: Vec<String>,
}

/// How data sets are opened.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Goes into the random offsets of blocks cut from pictures, and into nothing else: the split is the same for all
    /// seeds, so that runs can be compared.
    pub seed: u64,
    /// Where files from the network are kept; by default the environment's `NICE_CACHE`, else `nice` in the user's
    /// cache folder.
    pub cache: PathBuf,
    /// Where `kaggle:owner/name` is asked for; by default the environment's `NICE_KAGGLE_BASE`, else
    /// [`fetch::KAGGLE`].
    pub kaggle_base: Option<String>,
    /// Do not use the network: what is not in the cache is an error.
    pub offline: bool,
    /// How many bytes of decoded pictures may be held; by default half of the memory that is free.
    pub memory: u64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            cache: fetch::default_cache(),
            kaggle_base: None,
            offline: false,
            memory: free_memory() / 2,
        }
    }
}

impl OpenOptions {
    /// What fetches for these options.
    pub fn fetcher(&self) -> Fetcher {
        let mut fetcher = Fetcher::new(&self.cache);
        fetcher.offline = self.offline;
        if let Some(base) = &self.kaggle_base {
            fetcher.kaggle_base.clone_from(base);
        }
        fetcher
    }
}

/// Opens the blocks to train on and those to validate on.
///
/// Without `validation`, the data are split: a folder of pictures by picture, as [`folder::for_validation`] says; a
/// `train.bin` that has a `val.bin` beside it (on disk, in a folder, in an archive or on Kaggle) uses that; any other
/// `.bin` keeps its last twentieth for validation; and synthetic pictures are validated on others, of other seeds.
pub fn open(data: &Source, validation: Option<&Source>, options: &OpenOptions) -> Result<Splits> {
    let mut notes = Vec::new();
    let found = locate(data, options)?;
    let held_back = match validation {
        Some(source) => Some(validate_on(locate(source, options)?, options, &mut notes)?),
        None => None,
    };
    if validation == Some(data) {
        notes.push(format!("validating on what is trained on, {data}"));
    }
    let (train, validation) = match found {
        Found::Bins { train, val } => {
            let train = BinFile::open(&train.context(
                "there is a val.bin but no train.bin beside it; give the file to train on",
            )?)?;
            match (held_back, val) {
                (Some(held_back), _) => (BlockSet::mapped(train), held_back),
                (None, Some(val)) => (
                    BlockSet::mapped(train),
                    BlockSet::mapped(BinFile::open(&val)?),
                ),
                (None, None) => {
                    let (train, validation) = last_twentieth(train)?;
                    notes.push(format!(
                        "there is no val.bin: the last {} blocks of {} are for validation",
                        HumanCount(validation.len() as u64),
                        train.path().display()
                    ));
                    (BlockSet::mapped(train), BlockSet::mapped(validation))
                }
            }
        }
        Found::Pictures(path) => {
            let (pictures, of) = pictures_in(&path, options, &mut notes)?;
            match held_back {
                Some(held_back) => (BlockSet::cut_from(pictures, options.seed, &of), held_back),
                None => {
                    let (train, validation) = split(&path, pictures)?;
                    (
                        BlockSet::cut_from(train, options.seed, &of),
                        BlockSet::on_the_grid(&validation, &of),
                    )
                }
            }
        }
        Found::Synthetic { seed, pictures } => {
            notes.push(format!(
                "training on {} made from the synthetic seed {seed}, a stand-in: for a codec worth using, give photographs \
                 with --data",
                folder::counted(pictures as usize)
            ));
            let of = format!("synthetic seed {seed}");
            let train = BlockSet::cut_from(render(seed, 0, pictures), options.seed, &of);
            match held_back {
                Some(held_back) => (train, held_back),
                None => (train, synthetic_validation(seed, pictures)),
            }
        }
    };
    Ok(Splits {
        train,
        validation,
        notes,
    })
}

/// Opens one picture, from a file or, when `from` is an address, from the network by way of the cache.
pub fn open_picture(from: &str, options: &OpenOptions) -> Result<Picture> {
    if source::is_address(from) {
        Picture::load(&options.fetcher().url(from)?)
    } else {
        Picture::load(Path::new(from))
    }
}

/// A source once everything of it is on this machine.
enum Found {
    Bins {
        train: Option<PathBuf>,
        val: Option<PathBuf>,
    },
    Pictures(PathBuf),
    Synthetic {
        seed: u64,
        pictures: u32,
    },
}

fn locate(source: &Source, options: &OpenOptions) -> Result<Found> {
    match source {
        Source::Bin(path) => Ok(beside(path)),
        Source::Folder(path) => in_folder(path),
        Source::Synthetic { seed, pictures } => {
            if *pictures == 0 {
                bail!("no synthetic pictures are no data set: ask for at least one");
            }
            Ok(Found::Synthetic {
                seed: *seed,
                pictures: *pictures,
            })
        }
        Source::Url(address) => fetched(&options.fetcher().url(address)?),
        Source::Kaggle(name) => fetched(&options.fetcher().kaggle(name)?),
    }
}

/// What a fetched file or the folder of an unpacked archive holds.
fn fetched(path: &Path) -> Result<Found> {
    if path.is_dir() {
        in_folder(path)
    } else if ends_in_bin(path) {
        Ok(Found::Bins {
            train: Some(path.to_path_buf()),
            val: None,
        })
    } else {
        Ok(Found::Pictures(path.to_path_buf()))
    }
}

/// A `.bin`, with the `val.bin` beside it when it is a `train.bin`.
fn beside(path: &Path) -> Found {
    let val = path.with_file_name("val.bin");
    let paired = path.file_name().is_some_and(|name| name == "train.bin") && val.is_file();
    Found::Bins {
        train: Some(path.to_path_buf()),
        val: paired.then_some(val),
    }
}

/// A folder with `train.bin` or `val.bin`, or nothing but one folder, or nothing but one `.bin`, or pictures.
fn in_folder(path: &Path) -> Result<Found> {
    let existing = |name: &str| Some(path.join(name)).filter(|path| path.is_file());
    let (train, val) = (existing("train.bin"), existing("val.bin"));
    if train.is_some() || val.is_some() {
        return Ok(Found::Bins { train, val });
    }
    let entries: Vec<PathBuf> = match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        // A picture given for a folder, or something that the search for pictures will complain about.
        Err(_) => return Ok(Found::Pictures(path.to_path_buf())),
    };
    match entries.as_slice() {
        [only] if only.is_dir() && !only.is_symlink() => in_folder(only),
        [only] if ends_in_bin(only) => Ok(beside(only)),
        _ => Ok(Found::Pictures(path.to_path_buf())),
    }
}

fn ends_in_bin(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("bin"))
}

/// All of a source, for validation.
fn validate_on(found: Found, options: &OpenOptions, notes: &mut Vec<String>) -> Result<BlockSet> {
    Ok(match found {
        Found::Bins { train, val } => {
            let path = val.or(train).context("there is no .bin")?;
            BlockSet::mapped(BinFile::open(&path)?)
        }
        Found::Pictures(path) => {
            let (pictures, of) = pictures_in(&path, options, notes)?;
            BlockSet::on_the_grid(&pictures, &of)
        }
        Found::Synthetic { seed, pictures } => synthetic_validation(seed, pictures),
    })
}

fn pictures_in(
    path: &Path,
    options: &OpenOptions,
    notes: &mut Vec<String>,
) -> Result<(Vec<(PathBuf, Picture)>, String)> {
    let listing = folder::list(path)?;
    let of = listing.pictures.len();
    let loaded = folder::load(listing, options.memory)
        .with_context(|| format!("cannot use the pictures of {}", path.display()))?;
    notes.extend(folder::notes(&loaded.unreadable, of));
    Ok((loaded.pictures, path.display().to_string()))
}

type Named = Vec<(PathBuf, Picture)>;

fn split(folder: &Path, pictures: Named) -> Result<(Named, Named)> {
    if pictures.len() < 2 {
        bail!(
            "{} has a single picture that can be read, which cannot be both trained and validated on; add more, or give \
             other data to validate on with --val",
            folder.display()
        );
    }
    let paths: Vec<&Path> = pictures.iter().map(|(path, _)| path.as_path()).collect();
    let chosen = folder::for_validation(&paths);
    let (mut train, mut validation) = (Vec::new(), Vec::new());
    for (picture, chosen) in pictures.into_iter().zip(chosen) {
        if chosen {
            validation.push(picture);
        } else {
            train.push(picture);
        }
    }
    if train.is_empty() || validation.is_empty() {
        bail!(
            "all pictures in {} have the same name, by which they are split; give other data to validate on with --val",
            folder.display()
        );
    }
    Ok((train, validation))
}

fn last_twentieth(bin: BinFile) -> Result<(BinFile, BinFile)> {
    let blocks = bin.len();
    if blocks < 2 {
        bail!(
            "{} has a single block, which cannot be both trained and validated on; give other data to validate on with \
             --val",
            bin.path().display()
        );
    }
    Ok(bin.split_at(blocks - (blocks / 20).max(1)))
}

/// One synthetic picture for validation for every 16 to train on, and at least one.
fn synthetic_validation(seed: u64, pictures: u32) -> BlockSet {
    let of = format!("synthetic seed {seed}");
    BlockSet::on_the_grid(&render(seed, 1, pictures.div_ceil(16)), &of)
}

/// Renders pictures whose seeds are drawn from `seed`, others for each `part`.
fn render(seed: u64, part: u64, pictures: u32) -> Named {
    let bar = progress::bar(pictures.into(), "making pictures");
    let rendered = (0..u64::from(pictures))
        .into_par_iter()
        .map(|number| {
            let own = hash::mix(hash::mix(hash::mix(seed) ^ part) ^ number);
            let picture = synthetic::picture(own, SYNTHETIC_SIDE, SYNTHETIC_SIDE);
            bar.inc(1);
            (PathBuf::from(format!("synthetic-{part}-{number}")), picture)
        })
        .collect();
    bar.finish_and_clear();
    rendered
}

/// Bytes of memory that are free, where the system says so; otherwise a cautious 8 GiB.
fn free_memory() -> u64 {
    let told = std::fs::read_to_string("/proc/meminfo").ok();
    told.as_deref().and_then(available).unwrap_or(8 << 30)
}

/// The line of Linux's `/proc/meminfo` that counts.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_memory_is_read_from_what_linux_says() {
        let meminfo = "MemTotal:  100 kB\nMemAvailable:     64 kB\nBuffers: 1 kB\n";
        assert_eq!(available(meminfo), Some(65_536));
        assert_eq!(available("MemTotal: 100 kB\n"), None);
        assert_eq!(available("MemAvailable: plenty\n"), None);
    }
}
