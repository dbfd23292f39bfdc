//! The cache of downloads.
//!
//! Every URL has a folder in the cache, named after the file and a hash of the URL. A complete download is a file in it; a zip
//! archive is unpacked into its subfolder `files`. A file that a user puts there is used like a download; if it is an archive, it
//! has to be fetched once, which unpacks it.

use std::env;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::random;
use crate::remote::Remote;

/// The environment variable with the folder of the cache.
pub const CACHE_VARIABLE: &str = "NICE_CACHE";

/// The folder of the cache by default: the environment variable `NICE_CACHE`, or `nice` in the user's cache folder.
pub fn default_folder() -> PathBuf {
    if let Some(cache) = env::var_os(CACHE_VARIABLE).filter(|cache| !cache.is_empty()) {
        return cache.into();
    }
    match directories::BaseDirs::new() {
        Some(folders) => folders.cache_dir().join("nice"),
        None => env::temp_dir().join("nice-cache"),
    }
}

/// The paths of a download in the cache.
#[derive(Clone, Debug)]
pub struct CacheEntry {
    /// The folder of the URL.
    pub folder: PathBuf,
    /// The complete download.
    pub file: PathBuf,
    /// The folder of the unpacked files of an archive.
    pub unpacked: PathBuf,
}

impl CacheEntry {
    /// The paths of a file on the network in a cache.
    pub fn new(cache: &Path, remote: &Remote) -> Self {
        let folder = cache.join(format!(
            "{}-{:016x}",
            remote.file_name,
            random::hash(remote.url.as_bytes())
        ));
        Self {
            file: folder.join(&remote.file_name),
            unpacked: folder.join("files"),
            folder,
        }
    }

    /// The unpacked files or the file, if the download is complete; `None` if it has to be fetched or unpacked first.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is not a zip archive although it must be one.
    pub fn complete(&self, remote: &Remote) -> Result<Option<PathBuf>> {
        if self.unpacked.is_dir() {
            return Ok(Some(self.unpacked.clone()));
        }
        if !self.file.exists() || is_zip(&self.file)? {
            return Ok(None);
        }
        if remote.archive {
            bail!(
                "{} is not a zip archive, but {} should be one; remove the file and try again",
                self.file.display(),
                remote.source
            );
        }
        Ok(Some(self.file.clone()))
    }
}

/// A download that is in the cache.
///
/// # Errors
///
/// When it is not; the error says how to fetch it.
pub fn find(cache: &Path, remote: &Remote) -> Result<PathBuf> {
    match CacheEntry::new(cache, remote).complete(remote)? {
        Some(path) => Ok(path),
        None => bail!(
            "{source} is not in the cache {}; fetch it first with `nicec dataset fetch {source}`",
            cache.display(),
            source = remote.source
        ),
    }
}

/// Whether a file begins like a zip archive.
pub fn is_zip(path: &Path) -> Result<bool> {
    let mut start = [0; 4];
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    match file.read_exact(&mut start) {
        Ok(()) => Ok(starts_as_zip(&start)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Whether these bytes are the beginning of a zip archive.
pub fn starts_as_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}
