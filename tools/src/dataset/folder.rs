//! Pictures in a folder: finding them, reading them on all cores, and telling which are for validation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use indicatif::{HumanBytes, HumanCount};
use rayon::prelude::*;

use super::hash;
use crate::picture::{self, Picture};
use crate::progress;

/// A file or folder that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason, without the path.
    pub why: String,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.why)
    }
}

/// What a search for pictures found.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Files whose names end as a picture's do, sorted.
    pub pictures: Vec<PathBuf>,
    /// Folders that could not be searched.
    pub unreadable: Vec<Unreadable>,
}

/// Pictures in memory, and those that were not to be had.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Each picture with its file, in the order of the listing.
    pub pictures: Vec<(PathBuf, Picture)>,
    /// Files and folders that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Finds the pictures in a folder and all folders in it, sorted by path; or takes a single file as it is.
///
/// Files are told by the endings of their names; others are skipped without a word, and so is everything whose name
/// begins with a dot. Links are followed, and a folder that is reached twice is searched once.
pub fn list(path: &Path) -> Result<Listing> {
    let metadata = fs::metadata(path).with_context(|| {
        format!(
            "cannot look for pictures in {}; give a folder of pictures, a picture or a .bin",
            path.display()
        )
    })?;
    let mut listing = Listing::default();
    if metadata.is_dir() {
        search(path, &mut listing, &mut BTreeSet::new());
        listing.pictures.sort();
        if listing.pictures.is_empty() {
            bail!(
                "there is no picture in {} or the folders in it (names ending in {} and the like are looked for){}",
                path.display(),
                picture::known_formats(),
                told(&listing.unreadable)
            );
        }
    } else {
        listing.pictures.push(path.to_path_buf());
    }
    Ok(listing)
}

/// As [`list`], of several folders and files, one after the other.
pub fn list_all(paths: &[PathBuf]) -> Result<Listing> {
    let mut all = Listing::default();
    for path in paths {
        let more = list(path)?;
        all.pictures.extend(more.pictures);
        all.unreadable.extend(more.unreadable);
    }
    Ok(all)
}

fn search(folder: &Path, listing: &mut Listing, seen: &mut BTreeSet<PathBuf>) {
    let unreadable = |path: &Path, error: std::io::Error| Unreadable {
        path: path.to_path_buf(),
        why: error.to_string(),
    };
    match fs::canonicalize(folder) {
        Ok(real) => {
            if !seen.insert(real) {
                return;
            }
        }
        Err(error) => return listing.unreadable.push(unreadable(folder, error)),
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return listing.unreadable.push(unreadable(folder, error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_name().as_encoded_bytes().starts_with(b".") => {}
            Ok(entry) => paths.push(entry.path()),
            Err(error) => listing.unreadable.push(unreadable(folder, error)),
        }
    }
    // Sorted here already, so that which of two ways into one folder counts does not depend on the file system.
    paths.sort();
    for path in paths {
        if path.is_dir() {
            search(&path, listing, seen);
        } else if picture::has_known_ending(&path) {
            listing.pictures.push(path);
        }
    }
}

/// Reads one picture; the error is ready to be reported beside others.
pub fn read(path: &Path) -> Result<Picture, Unreadable> {
    Picture::load(path).map_err(|error| {
        // The first link of the chain only says which file it is.
        let why: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
        Unreadable {
            path: path.to_path_buf(),
            why: why.join(": "),
        }
    })
}

/// Reads one picture of those that were found in `asked`: one that was named has to be readable, any other joins `skipped`
/// and is `None`.
pub fn read_found(
    path: &Path,
    asked: &[PathBuf],
    skipped: &mut Vec<Unreadable>,
) -> Result<Option<Picture>> {
    match read(path) {
        Ok(picture) => Ok(Some(picture)),
        Err(unreadable) if asked.iter().any(|named| named == path) => {
            bail!("cannot read {unreadable}")
        }
        Err(unreadable) => {
            skipped.push(unreadable);
            Ok(None)
        }
    }
}

/// Reads all pictures of a listing on all cores.
///
/// Files that cannot be read are reported, not fatal, unless none can. More than `memory` bytes of pictures are an error
/// that says how to use such a folder all the same.
pub fn load(listing: Listing, memory: u64) -> Result<Loaded> {
    let total = AtomicU64::new(0);
    let bar = progress::bar(listing.pictures.len() as u64, "reading pictures");
    let read: Vec<Option<Result<Picture, Unreadable>>> = listing
        .pictures
        .par_iter()
        .map(|path| {
            if total.load(Ordering::Relaxed) > memory {
                return None;
            }
            let picture = read(path);
            if let Ok(picture) = &picture {
                total.fetch_add(picture.rgb().len() as u64, Ordering::Relaxed);
            }
            bar.inc(1);
            Some(picture)
        })
        .collect();
    bar.finish_and_clear();
    if total.into_inner() > memory {
        bail!(
            "the {} pictures there need more than the {} of memory that may be used for them; make a file of blocks with \
             `nice dataset build FOLDER -o train.bin --per-picture 512` and give that, which is not held in memory",
            HumanCount(listing.pictures.len() as u64),
            HumanBytes(memory)
        );
    }
    let mut loaded = Loaded {
        pictures: Vec::with_capacity(read.len()),
        unreadable: listing.unreadable,
    };
    for (path, picture) in listing.pictures.into_iter().zip(read.into_iter().flatten()) {
        match picture {
            Ok(picture) => loaded.pictures.push((path, picture)),
            Err(unreadable) => loaded.unreadable.push(unreadable),
        }
    }
    if loaded.pictures.is_empty() {
        bail!("no picture could be read{}", told(&loaded.unreadable));
    }
    Ok(loaded)
}

/// One line a file, and before them how many there are; nothing when there are none.
pub fn notes(unreadable: &[Unreadable], of: usize) -> Vec<String> {
    if unreadable.is_empty() {
        return Vec::new();
    }
    let mut notes = vec![format!(
        "{} of {} pictures could not be read and are left out:",
        HumanCount(unreadable.len() as u64),
        HumanCount(of as u64)
    )];
    notes.extend(unreadable.iter().map(|one| format!("  {one}")));
    notes
}

/// `1 picture`, `2 pictures` and so on.
pub fn counted(pictures: usize) -> String {
    match pictures {
        1 => "1 picture".to_owned(),
        _ => format!("{} pictures", HumanCount(pictures as u64)),
    }
}

/// Every file on a line of its own, to go on with after a sentence.
pub fn told(unreadable: &[Unreadable]) -> String {
    unreadable.iter().map(|one| format!("\n  {one}")).collect()
}

/// How much of the pictures is kept for validation: one in this many.
const ONE_IN: u64 = 20;

/// Says of each file whether it is for validation: about 1 in 20, by a hash of the name of the file.
///
/// The name alone decides, not the folders above it, the order, or what else is there: a picture stays on its side when
/// others are added, and two copies in different folders are on the same side. Only where that would leave a side with
/// nothing, which few pictures can, the name with the lowest hash is taken for validation, or that with the highest for training.
pub fn for_validation(paths: &[&Path]) -> Vec<bool> {
    let hashes: Vec<u64> = paths
        .iter()
        .map(|path| hash::of(path.file_name().unwrap_or_default().as_encoded_bytes()))
        .collect();
    let mut chosen: Vec<bool> = hashes
        .iter()
        .map(|hash| hash.is_multiple_of(ONE_IN))
        .collect();
    if let (Some(lowest), Some(highest)) = (hashes.iter().min(), hashes.iter().max()) {
        if !chosen.contains(&true) {
            for (chosen, hash) in chosen.iter_mut().zip(&hashes) {
                *chosen = hash == lowest;
            }
        } else if !chosen.contains(&false) {
            for (chosen, hash) in chosen.iter_mut().zip(&hashes) {
                *chosen = hash != highest;
            }
        }
    }
    chosen
}
