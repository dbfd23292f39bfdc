//! Opens data sets: one or two sources become the splits for training and validation.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use nice_encode::Picture;
use rayon::prelude::*;

use crate::bin::{self, BinFile};
use crate::block_set::BlockSet;
use crate::picture_file::ReadOptions;
use crate::remote::{self, Remote};
use crate::source::{self, Source};
use crate::{cache, folder, picture_file, progress, random, synthetic};

/// The width and height of a synthetic picture.
pub const SYNTHETIC_SIDE: u32 = 256;

/// The blocks for training and those for validation.
#[derive(Debug)]
pub struct Splits {
    /// The blocks for training: fixed ones of a `.bin` file, or cut from pictures at random positions.
    pub train: BlockSet,
    /// The blocks for validation, always the same: those of a `.bin` file, or all on the grids of the pictures.
    pub validation: BlockSet,
    /// Notes for the user: files that could not be read, how the data were split, that they are synthetic.
    pub notes: Vec<String>,
}

/// Options of [`open`].
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The seed of the random positions of blocks. The split does not depend on it, so that runs can be compared.
    pub seed: u64,
    /// The folder of the cache; by default the environment variable `NICE_CACHE`, or `nice` in the user's cache folder.
    pub cache: PathBuf,
    /// The address of Kaggle; by default the environment variable `NICE_KAGGLE_BASE`, or [`remote::KAGGLE`].
    pub kaggle_base: String,
    /// The most bytes of decoded pictures in memory; by default half of the memory that is available.
    pub memory: u64,
    /// How pictures are read.
    pub reading: ReadOptions,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            cache: cache::default_folder(),
            kaggle_base: remote::kaggle_base(),
            memory: available_memory() / 2,
            reading: ReadOptions::default(),
        }
    }
}

/// Opens the blocks for training and those for validation. Sources on the network must be in the cache.
///
/// Without `validation`, the data are split: a folder of pictures by picture, as [`folder::is_validation`] says; a `train.bin`
/// with a `val.bin` beside it uses that; of another `.bin` file, the last twentieth is for validation; and synthetic pictures are
/// validated on others with different seeds.
///
/// # Errors
///
/// When a source cannot be read, is not in the cache, or is too small to be split.
pub fn open(data: &Source, validation: Option<&Source>, options: &OpenOptions) -> Result<Splits> {
    let mut notes = Vec::new();
    let located = locate(data, options)?;
    let given = match validation {
        Some(source) => {
            // A file that is given for validation is used itself, not the `val.bin` beside it.
            let validation = match source {
                Source::Bin(path) => Located::Bins {
                    train: Some(path.clone()),
                    val: None,
                },
                _ => locate(source, options)?,
            };
            if located.trains_on(&validation) {
                notes.push(format!("training and validation use the same data, {data}"));
            }
            Some(all_of(validation, options, &mut notes)?)
        }
        None => None,
    };
    let (train, validation) = match located {
        Located::Bins { train, val } => {
            let train = BinFile::open(&train.context(
                "there is a val.bin but no train.bin beside it; give the file to train on",
            )?)?;
            match (given, val) {
                (Some(given), _) => (BlockSet::mapped(train), given),
                (None, Some(val)) => (
                    BlockSet::mapped(train),
                    BlockSet::mapped(BinFile::open(&val)?),
                ),
                (None, None) => {
                    let (train, validation) = split_last_twentieth(train)?;
                    notes.push(format!(
                        "there is no val.bin: the last {} blocks of {} are for validation",
                        HumanCount(validation.len() as u64),
                        train.path().display()
                    ));
                    (BlockSet::mapped(train), BlockSet::mapped(validation))
                }
            }
        }
        Located::Pictures(paths) => {
            let (pictures, source) = pictures_in(&paths, options, &mut notes)?;
            match given {
                Some(given) => (BlockSet::at_random(pictures, options.seed, &source), given),
                None => {
                    let (train, validation) = split_pictures(&source, pictures)?;
                    (
                        BlockSet::at_random(train, options.seed, &source),
                        BlockSet::on_grid(&validation, &source),
                    )
                }
            }
        }
        Located::Synthetic { seed, pictures } => {
            notes.push(format!(
                "training on {} with the seed {seed}; for a codec that is good on photographs, give photographs with --data",
                folder::count_text(pictures as usize).replace("picture", "synthetic picture")
            ));
            let source = format!("synthetic seed {seed}");
            let train = BlockSet::at_random(render(seed, 0, pictures), options.seed, &source);
            match given {
                Some(given) => (train, given),
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

/// Opens a picture by its path, or by a URL that is in the cache.
///
/// # Errors
///
/// When the picture cannot be read or is not in the cache.
pub fn open_picture(path_or_url: &str, options: &OpenOptions) -> Result<Picture> {
    let path = if source::is_url(path_or_url) {
        cache::find(&options.cache, &Remote::url(path_or_url))?
    } else {
        path_or_url.into()
    };
    Ok(picture_file::open(&path, &options.reading)?.picture)
}

/// What a source is on this machine.
enum Located {
    Bins {
        train: Option<PathBuf>,
        val: Option<PathBuf>,
    },
    /// Pictures and folders of pictures.
    Pictures(Vec<PathBuf>),
    Synthetic {
        seed: u64,
        pictures: u32,
    },
}

impl Located {
    /// Whether the validation data are what is trained on.
    fn trains_on(&self, validation: &Self) -> bool {
        match (self, validation) {
            (
                Self::Bins {
                    train: Some(data), ..
                },
                Self::Bins { train, val },
            ) => val.as_ref().or(train.as_ref()) == Some(data),
            (Self::Pictures(data), Self::Pictures(validation)) => data == validation,
            // Other synthetic pictures are used for validation.
            _ => false,
        }
    }
}

/// Locates a source on this machine.
fn locate(source: &Source, options: &OpenOptions) -> Result<Located> {
    let remote = match source {
        Source::Bin(path) => return Ok(with_val_beside(path)),
        Source::Folder(path) => return in_folder(path),
        Source::Pictures(paths) => return Ok(Located::Pictures(paths.clone())),
        Source::Synthetic { seed, pictures } => {
            if *pictures == 0 {
                bail!("a synthetic data set needs at least one picture");
            }
            return Ok(Located::Synthetic {
                seed: *seed,
                pictures: *pictures,
            });
        }
        Source::Url(url) => Remote::url(url),
        Source::Kaggle(name) => Remote::kaggle(name, &options.kaggle_base)?,
    };
    let path = cache::find(&options.cache, &remote)?;
    if path.is_dir() {
        in_folder(&path)
    } else if bin::has_extension(&path) {
        Ok(Located::Bins {
            train: Some(path),
            val: None,
        })
    } else {
        Ok(Located::Pictures(vec![path]))
    }
}

/// A `.bin` file, with the `val.bin` beside it if it is a `train.bin`.
fn with_val_beside(path: &Path) -> Located {
    let val = path.with_file_name("val.bin");
    let paired = path.file_name().is_some_and(|name| name == "train.bin") && val.is_file();
    Located::Bins {
        train: Some(path.to_path_buf()),
        val: paired.then_some(val),
    }
}

/// A folder with `train.bin` or `val.bin`, with a single subfolder, with a single `.bin` file, or with pictures.
fn in_folder(path: &Path) -> Result<Located> {
    let existing = |name: &str| Some(path.join(name)).filter(|path| path.is_file());
    let (train, val) = (existing("train.bin"), existing("val.bin"));
    if train.is_some() || val.is_some() {
        return Ok(Located::Bins { train, val });
    }
    let entries: Vec<PathBuf> = match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        // A single picture, or a path for which the search for pictures returns an error.
        Err(_) => return Ok(Located::Pictures(vec![path.to_path_buf()])),
    };
    match entries.as_slice() {
        [only] if only.is_dir() && !only.is_symlink() => in_folder(only),
        [only] if bin::has_extension(only) => Ok(with_val_beside(only)),
        _ => Ok(Located::Pictures(vec![path.to_path_buf()])),
    }
}

/// All blocks of a source, for validation.
fn all_of(located: Located, options: &OpenOptions, notes: &mut Vec<String>) -> Result<BlockSet> {
    Ok(match located {
        Located::Bins { train, val } => {
            let path = val.or(train).context("there is no .bin file")?;
            BlockSet::mapped(BinFile::open(&path)?)
        }
        Located::Pictures(paths) => {
            let (pictures, source) = pictures_in(&paths, options, notes)?;
            BlockSet::on_grid(&pictures, &source)
        }
        Located::Synthetic { seed, pictures } => synthetic_validation(seed, pictures),
    })
}

/// Pictures with their paths.
type NamedPictures = Vec<(PathBuf, Picture)>;

/// Reads pictures and those in folders, and describes where they come from.
fn pictures_in(
    paths: &[PathBuf],
    options: &OpenOptions,
    notes: &mut Vec<String>,
) -> Result<(NamedPictures, String)> {
    let source = match paths {
        [first, _, more @ ..] => {
            format!("{} and {} more", first.display(), 1 + more.len())
        }
        _ => paths
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
    };
    let listing = folder::list_all(paths)?;
    let of = listing.pictures.len();
    let loaded = folder::load(listing, &options.reading, options.memory)
        .with_context(|| format!("cannot use the pictures in {source}"))?;
    notes.extend(loaded.told.lines(of));
    Ok((loaded.pictures, source))
}

/// Splits pictures by their names.
fn split_pictures(source: &str, pictures: NamedPictures) -> Result<(NamedPictures, NamedPictures)> {
    if pictures.len() < 2 {
        bail!(
            "{source} has only one readable picture, which cannot be used for both training and validation; add more, or give \
             other data for validation with --val"
        );
    }
    let paths: Vec<&Path> = pictures.iter().map(|(path, _)| path.as_path()).collect();
    let is_validation = folder::is_validation(&paths);
    let (mut train, mut validation) = (Vec::new(), Vec::new());
    for (picture, is_validation) in pictures.into_iter().zip(is_validation) {
        if is_validation {
            validation.push(picture);
        } else {
            train.push(picture);
        }
    }
    if train.is_empty() || validation.is_empty() {
        bail!(
            "all pictures in {source} have the same file name, by which they are split; give other data for validation with --val"
        );
    }
    Ok((train, validation))
}

/// Splits a `.bin` file into its blocks without the last twentieth, and the last twentieth.
fn split_last_twentieth(bin: BinFile) -> Result<(BinFile, BinFile)> {
    let blocks = bin.len();
    if blocks < 2 {
        bail!(
            "{} has only one block, which cannot be used for both training and validation; give other data for validation \
             with --val",
            bin.path().display()
        );
    }
    Ok(bin.split_at(blocks - (blocks / 20).max(1)))
}

/// One synthetic picture for validation for every 16 for training.
fn synthetic_validation(seed: u64, pictures: u32) -> BlockSet {
    let source = format!("synthetic seed {seed}");
    BlockSet::on_grid(&render(seed, 1, pictures.div_ceil(16)), &source)
}

/// Renders synthetic pictures; each `split` has different seeds.
fn render(seed: u64, split: u64, pictures: u32) -> NamedPictures {
    let bar = progress::bar(pictures.into(), "rendering pictures");
    let rendered = (0..u64::from(pictures))
        .into_par_iter()
        .map(|number| {
            let seed =
                random::split_mix(random::split_mix(random::split_mix(seed) ^ split) ^ number);
            let picture = synthetic::picture(seed, SYNTHETIC_SIDE, SYNTHETIC_SIDE);
            bar.inc(1);
            (
                PathBuf::from(format!("synthetic-{split}-{number}")),
                picture,
            )
        })
        .collect();
    bar.finish_and_clear();
    rendered
}

/// The bytes of memory that are available; 8 GiB if the system does not say.
fn available_memory() -> u64 {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok();
    meminfo
        .as_deref()
        .and_then(parse_available)
        .unwrap_or(8 << 30)
}

/// The available memory in Linux's `/proc/meminfo`.
fn parse_available(meminfo: &str) -> Option<u64> {
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
    fn the_available_memory_is_parsed() {
        let meminfo = "MemTotal:  100 kB\nMemAvailable:     64 kB\nBuffers: 1 kB\n";
        assert_eq!(parse_available(meminfo), Some(65_536));
        assert_eq!(parse_available("MemTotal: 100 kB\n"), None);
        assert_eq!(parse_available("MemAvailable: plenty\n"), None);
    }
}
