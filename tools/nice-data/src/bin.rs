//! The `.bin` file of blocks: a flat N x 3 x 8 x 8 array of bytes, mapped into memory.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use memmap2::Mmap;
use nice_decode::BLOCK_SAMPLES;

/// Whether a path has the extension of a `.bin` file.
pub(crate) fn has_extension(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("bin"))
}

/// Consecutive blocks of a `.bin` file. Clones share the map.
#[derive(Clone, Debug)]
pub struct BinFile {
    map: Arc<Mmap>,
    path: PathBuf,
    blocks: Range<usize>,
}

impl BinFile {
    /// Maps a file, which must hold one or more whole blocks.
    ///
    /// # Errors
    ///
    /// When the file cannot be mapped, or does not hold whole blocks.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display();
        if path.is_dir() {
            bail!("cannot use {name} as a .bin file of blocks: it is a folder");
        }
        let file = File::open(path).with_context(|| {
            format!(
                "cannot open {name}; make a .bin file with `nicec dataset build FOLDER -o FILE.bin`"
            )
        })?;
        let metadata = file
            .metadata()
            .with_context(|| format!("cannot read the size of {name}"))?;
        if !metadata.is_file() {
            bail!("cannot use {name} as a .bin file of blocks: it is not a regular file");
        }
        let bytes = metadata.len();
        check_size(path, bytes)?;
        let map = map(&file).with_context(|| format!("cannot map {name} into memory"))?;
        let blocks = 0..map.len() / BLOCK_SAMPLES;
        Ok(Self {
            map: Arc::new(map),
            path: path.to_path_buf(),
            blocks,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of blocks.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether there are no blocks, as a part of a file can be.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The blocks, one after the other.
    pub fn bytes(&self) -> &[u8] {
        &self.map[self.blocks.start * BLOCK_SAMPLES..self.blocks.end * BLOCK_SAMPLES]
    }

    /// The blocks before block `at`, and the others.
    ///
    /// # Panics
    ///
    /// When there are fewer than `at` blocks.
    pub fn split_at(self, at: usize) -> (Self, Self) {
        assert!(at <= self.len(), "no block {at} in {}", self.path.display());
        let middle = self.blocks.start + at;
        let (mut before, mut after) = (self.clone(), self);
        before.blocks.end = middle;
        after.blocks.start = middle;
        (before, after)
    }
}

/// Checks that a file of this size holds one or more whole blocks.
///
/// # Errors
///
/// When it does not; the error names the file.
pub fn check_size(path: &Path, bytes: u64) -> Result<()> {
    let name = path.display();
    let block = BLOCK_SAMPLES as u64;
    if bytes == 0 {
        bail!(
            "cannot use {name} as a .bin file of blocks: it is empty (0 bytes); download or build it again"
        );
    }
    if !bytes.is_multiple_of(block) {
        bail!(
            "cannot use {name} as a .bin file of blocks: its {} bytes are {} blocks of {block} bytes and {} more bytes; \
             a .bin is a flat N x 3 x 8 x 8 array of bytes, so it is truncated or another kind of file",
            HumanCount(bytes),
            HumanCount(bytes / block),
            bytes % block
        );
    }
    Ok(())
}

#[allow(unsafe_code)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: the map is only read, as bytes, and any byte is a valid sample. If another program truncates the file while it is
    // mapped, reading past its new end stops this program with a signal. The programs of this project never write into an
    // existing file; they replace it with a new one, which leaves a map of the old one intact.
    unsafe { Mmap::map(file) }
}
