//! The pictures in a folder: found, read on all cores, and split into those for training and those for validation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use indicatif::{HumanBytes, HumanCount};
use nice_encode::Picture;
use rayon::prelude::*;

use crate::{picture_file, progress, random};

/// A file or folder that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason, without the path.
    pub reason: String,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

/// The pictures that a search found.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Files with the extension of a picture, sorted.
    pub pictures: Vec<PathBuf>,
    /// Folders that could not be searched.
    pub unreadable: Vec<Unreadable>,
}

/// Pictures in memory, and files that could not be read.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Each picture with its file, in the order of the listing.
    pub pictures: Vec<(PathBuf, Picture)>,
    /// Files and folders that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Finds the pictures in a folder and its subfolders, sorted by path. A single file is listed as it is.
///
/// Pictures are recognized by their extensions. Other files, and names that begin with a dot, are skipped silently. Symbolic
/// links are followed, and a folder is only searched once.
///
/// # Errors
///
/// When the path does not exist, or a folder has no pictures.
pub fn list(path: &Path) -> Result<Listing> {
    let metadata = fs::metadata(path).with_context(|| {
        format!(
            "cannot look for pictures in {}; give a folder of pictures, a picture or a .bin file",
            path.display()
        )
    })?;
    let mut listing = Listing::default();
    if metadata.is_dir() {
        search(path, &mut listing, &mut BTreeSet::new());
        listing.pictures.sort();
        if listing.pictures.is_empty() {
            bail!(
                "there are no pictures in {} or its subfolders (with extensions such as {}){}",
                path.display(),
                picture_file::known_extensions(),
                on_lines(&listing.unreadable)
            );
        }
    } else {
        listing.pictures.push(path.to_path_buf());
    }
    Ok(listing)
}

/// [`list`] for several folders and files, one after the other.
///
/// # Errors
///
/// Those of [`list`], for any of them.
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
        reason: error.to_string(),
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
    // Sorted here, so that it does not depend on the file system by which of two paths a folder is found.
    paths.sort();
    for path in paths {
        if path.is_dir() {
            search(&path, listing, seen);
        } else if picture_file::has_known_extension(&path) {
            listing.pictures.push(path);
        }
    }
}

/// Reads a picture.
///
/// # Errors
///
/// When it cannot be read; the error can be listed with others.
pub fn read(path: &Path) -> Result<Picture, Unreadable> {
    picture_file::read(path).map_err(|error| {
        // The first error of the chain only names the file.
        let reasons: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
        Unreadable {
            path: path.to_path_buf(),
            reason: reasons.join(": "),
        }
    })
}

/// Reads a picture that was found in `requested`. If it cannot be read, it is added to `skipped`, and `None` is returned, unless
/// it was requested itself.
///
/// # Errors
///
/// When the picture was requested itself and cannot be read.
pub fn read_found(
    path: &Path,
    requested: &[PathBuf],
    skipped: &mut Vec<Unreadable>,
) -> Result<Option<Picture>> {
    match read(path) {
        Ok(picture) => Ok(Some(picture)),
        Err(unreadable) if requested.iter().any(|named| named == path) => {
            bail!("cannot read {unreadable}")
        }
        Err(unreadable) => {
            skipped.push(unreadable);
            Ok(None)
        }
    }
}

/// Reads all pictures of a listing on all cores. Files that cannot be read are listed in the result.
///
/// # Errors
///
/// When no picture can be read, or the pictures need more than `memory` bytes.
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
            "the {} pictures need more than {} of memory; use a file of blocks instead, which is not held in memory: \
             make one with `nicec dataset build FOLDER -o train.bin --per-picture 512`",
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
        bail!(
            "none of the pictures could be read{}",
            on_lines(&loaded.unreadable)
        );
    }
    Ok(loaded)
}

/// A heading and a line for each unreadable file; nothing if there are none.
pub fn notes(unreadable: &[Unreadable], of: usize) -> Vec<String> {
    if unreadable.is_empty() {
        return Vec::new();
    }
    let mut notes = vec![format!(
        "{} of {} pictures could not be read and are skipped:",
        HumanCount(unreadable.len() as u64),
        HumanCount(of as u64)
    )];
    notes.extend(unreadable.iter().map(|one| format!("  {one}")));
    notes
}

/// `1 picture`, `2 pictures` and so on.
pub fn count_text(pictures: usize) -> String {
    match pictures {
        1 => "1 picture".to_owned(),
        _ => format!("{} pictures", HumanCount(pictures as u64)),
    }
}

/// Each unreadable file on a line of its own, to be appended to a message.
pub fn on_lines(unreadable: &[Unreadable]) -> String {
    unreadable.iter().map(|one| format!("\n  {one}")).collect()
}

/// One picture in this many is for validation.
const VALIDATION_INTERVAL: u64 = 20;

/// Whether each file is for validation: about 1 in 20, by a hash of the file name.
///
/// Only the file name counts, not its folder, the order or the other files: a picture stays in its split when others are added,
/// and two copies in different folders are in the same split. If one of the splits would be empty, as it can be with few
/// pictures, it gets the name with the lowest hash (validation) or the highest (training).
pub fn is_validation(paths: &[&Path]) -> Vec<bool> {
    let hashes: Vec<u64> = paths
        .iter()
        .map(|path| random::hash(path.file_name().unwrap_or_default().as_encoded_bytes()))
        .collect();
    let mut chosen: Vec<bool> = hashes
        .iter()
        .map(|hash| hash.is_multiple_of(VALIDATION_INTERVAL))
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
