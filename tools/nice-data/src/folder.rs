//! The pictures in a folder: found, read on all cores, and split into those for training and those for validation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use indicatif::{HumanBytes, HumanCount};
use nice_encode::Picture;
use rayon::prelude::*;

use crate::picture_file::{Opened, ReadOptions};
use crate::{message, picture_file, progress, random};

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
        let path = message::one_line(&self.path.display().to_string());
        write!(formatter, "{path}: {}", self.reason)
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
    /// What is to be told about the others, and about some of them.
    pub told: Told,
}

/// What is to be told about pictures that were read or not.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Files and folders that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What a person should know about how pictures were read.
    pub notes: Vec<Note>,
}

impl Told {
    /// Lines for a person, given the number of all pictures.
    pub fn lines(&self, of: usize) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.unreadable.is_empty() {
            let skipped = HumanCount(self.unreadable.len() as u64);
            let of = HumanCount(of as u64);
            lines.push(format!(
                "{skipped} of {of} pictures could not be read and are skipped:"
            ));
            lines.extend(self.unreadable.iter().map(|one| format!("  {one}")));
        }
        if !self.notes.is_empty() {
            lines.push(format!("notes about {}:", count_text(self.notes.len())));
            lines.extend(self.notes.iter().map(|note| format!("  {note}")));
        }
        lines
    }

    /// That these files could not be read.
    #[must_use]
    pub fn of_listing(unreadable: Vec<Unreadable>) -> Self {
        Self {
            unreadable,
            notes: Vec::new(),
        }
    }
}

/// What a person should know about how a picture was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub path: PathBuf,
    /// The notes of [`Opened`].
    pub text: String,
}

impl Note {
    /// The notes of a picture, if there are any.
    pub fn of(path: &Path, opened: &Opened) -> Option<Self> {
        (!opened.notes.is_empty()).then(|| Self {
            path: path.to_path_buf(),
            text: message::one_line(&opened.notes.join("; ")),
        })
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = message::one_line(&self.path.display().to_string());
        write!(formatter, "{path}: {}", self.text)
    }
}

/// Finds the pictures in a folder and its subfolders, sorted by path. A single file is listed as it is.
///
/// Pictures are recognized by their extensions. Other files, names that begin with a dot, and what is not a file, such as a pipe or a
/// device, are skipped silently. Symbolic links are followed, and a folder is only searched once.
///
/// # Errors
///
/// When the path does not exist, or a folder has no pictures.
pub fn list(path: &Path) -> Result<Listing> {
    list_kind(
        path,
        "pictures",
        &picture_file::known_extensions(),
        picture_file::has_known_extension,
    )
}

/// [`list`] for files of another kind, which are recognized by their names. `kind` and `extensions` are for messages.
///
/// # Errors
///
/// When the path does not exist, or a folder has no such files.
pub fn list_kind(
    path: &Path,
    kind: &str,
    extensions: &str,
    is_of_kind: impl Fn(&Path) -> bool,
) -> Result<Listing> {
    let metadata = fs::metadata(path).with_context(|| {
        format!(
            "cannot look for {kind} in {}; give the name of a file or folder that exists",
            path.display()
        )
    })?;
    let mut listing = Listing::default();
    if metadata.is_dir() {
        search(path, &is_of_kind, &mut listing, &mut BTreeSet::new());
        listing.pictures.sort();
        if listing.pictures.is_empty() {
            bail!(
                "there are no {kind} in {} or its subfolders (with extensions such as {extensions}){}",
                path.display(),
                listed(&listing.unreadable)
            );
        }
    } else {
        listing.pictures.push(path.to_path_buf());
    }
    Ok(listing)
}

/// [`list`] for several folders and files, one after the other. A file that is found more than once is listed once.
///
/// # Errors
///
/// Those of [`list`], for any of them.
pub fn list_all(paths: &[PathBuf]) -> Result<Listing> {
    let mut all = Listing::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        let more = list(path)?;
        let new = more.pictures.into_iter().filter(|picture| {
            seen.insert(fs::canonicalize(picture).unwrap_or_else(|_| picture.clone()))
        });
        all.pictures.extend(new);
        all.unreadable.extend(more.unreadable);
    }
    Ok(all)
}

fn search(
    folder: &Path,
    is_of_kind: &dyn Fn(&Path) -> bool,
    listing: &mut Listing,
    seen: &mut BTreeSet<PathBuf>,
) {
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
            search(&path, is_of_kind, listing, seen);
        } else if is_of_kind(&path) && !is_special(&path) {
            listing.pictures.push(path);
        }
    }
}

/// Whether a path leads to something that is neither a file nor missing: reading a pipe or a device might never end.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// Reads a picture.
///
/// # Errors
///
/// When it cannot be read; the error can be listed with others.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Opened, Unreadable> {
    // The first error of the chain only names the file.
    picture_file::open(path, options).map_err(|error| Unreadable {
        path: path.to_path_buf(),
        reason: message::of_causes(error.chain().skip(1)),
    })
}

/// Reads a picture that was found in `requested`, and adds what is to be told about it. If it cannot be read, `None` is returned, unless
/// it was requested itself.
///
/// # Errors
///
/// When the picture was requested itself and cannot be read.
pub fn read_found(
    path: &Path,
    requested: &[PathBuf],
    options: &ReadOptions,
    told: &mut Told,
) -> Result<Option<Picture>> {
    match read(path, options) {
        Ok(opened) => {
            told.notes.extend(Note::of(path, &opened));
            Ok(Some(opened.picture))
        }
        Err(unreadable) if requested.iter().any(|named| named == path) => {
            bail!("cannot read {unreadable}")
        }
        Err(unreadable) => {
            told.unreadable.push(unreadable);
            Ok(None)
        }
    }
}

/// Reads all pictures of a listing on all cores. Files that cannot be read are listed in the result.
///
/// # Errors
///
/// When no picture can be read, or the pictures need more than `memory` bytes.
pub fn load(listing: Listing, options: &ReadOptions, memory: u64) -> Result<Loaded> {
    let total = AtomicU64::new(0);
    let bar = progress::bar(listing.pictures.len() as u64, "reading pictures");
    let read: Vec<Option<Result<Opened, Unreadable>>> = listing
        .pictures
        .par_iter()
        .map(|path| {
            if total.load(Ordering::Relaxed) > memory {
                return None;
            }
            let opened = read(path, options);
            if let Ok(opened) = &opened {
                total.fetch_add(opened.picture.rgb().len() as u64, Ordering::Relaxed);
            }
            bar.inc(1);
            Some(opened)
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
        told: Told::of_listing(listing.unreadable),
    };
    for (path, opened) in listing.pictures.into_iter().zip(read.into_iter().flatten()) {
        match opened {
            Ok(opened) => {
                loaded.told.notes.extend(Note::of(&path, &opened));
                loaded.pictures.push((path, opened.picture));
            }
            Err(unreadable) => loaded.told.unreadable.push(unreadable),
        }
    }
    if loaded.pictures.is_empty() {
        bail!(
            "none of the pictures could be read{}",
            listed(&loaded.told.unreadable)
        );
    }
    Ok(loaded)
}

/// `1 picture`, `2 pictures` and so on.
pub fn count_text(pictures: usize) -> String {
    match pictures {
        1 => "1 picture".to_owned(),
        _ => format!("{} pictures", HumanCount(pictures as u64)),
    }
}

/// The number of files that a message names.
const NAMED: usize = 8;

/// Unreadable files, to be appended to a message.
pub fn listed(unreadable: &[Unreadable]) -> String {
    let named = unreadable.iter().take(NAMED);
    let mut text: String = named.map(|one| format!("; {one}")).collect();
    if let Some(more) = unreadable.len().checked_sub(NAMED + 1) {
        text.push_str(&format!("; and {} more", more + 1));
    }
    text
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
