//! The notebook's `.bin`: a flat N x 3 x 8 x 8 array of bytes, mapped into memory instead of read.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use memmap2::Mmap;

use crate::blocks::BLOCK_BYTES;

/// A run of the blocks of a `.bin` file. Clones share the map.
#[derive(Clone, Debug)]
pub struct BinFile {
    map: Arc<Mmap>,
    path: PathBuf,
    blocks: Range<usize>,
}

impl BinFile {
    /// Maps a whole file, which must hold at least one block and no part of one.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display();
        if path.is_dir() {
            bail!("cannot use {name} as a .bin of blocks: it is a folder");
        }
        let file = File::open(path).with_context(|| {
            format!("cannot open {name}; make a .bin with `nice dataset build FOLDER -o FILE.bin`")
        })?;
        let metadata = file
            .metadata()
            .with_context(|| format!("cannot tell the size of {name}"))?;
        if !metadata.is_file() {
            bail!("cannot use {name} as a .bin of blocks: it is no regular file");
        }
        let bytes = metadata.len();
        check_size(path, bytes)?;
        let map = map(&file).with_context(|| format!("cannot map {name} into memory"))?;
        let blocks = 0..map.len() / BLOCK_BYTES;
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

    /// Blocks in the run.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether the run has no block, which only a part of a file can be.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The blocks, one after the other.
    pub fn bytes(&self) -> &[u8] {
        &self.map[self.blocks.start * BLOCK_BYTES..self.blocks.end * BLOCK_BYTES]
    }

    /// The run up to block `at`, and the run from there on.
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

/// Refuses a size that no whole number of blocks has.
pub fn check_size(path: &Path, bytes: u64) -> Result<()> {
    let name = path.display();
    let block = BLOCK_BYTES as u64;
    if bytes == 0 {
        bail!(
            "cannot use {name} as a .bin of blocks: it is empty (0 bytes); download or build it again"
        );
    }
    if !bytes.is_multiple_of(block) {
        bail!(
            "cannot use {name} as a .bin of blocks: its {} bytes are {} blocks of {block} bytes and {} bytes over; \
             a .bin is a flat N x 3 x 8 x 8 array of bytes, so it was cut short or is something else",
            HumanCount(bytes),
            HumanCount(bytes / block),
            bytes % block
        );
    }
    Ok(())
}

#[allow(unsafe_code)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: the map is private to this process and only ever read as bytes, any of which is a valid sample, so
    // whatever is in the file is sound to read. What cannot be ruled out is another program shortening the file while
    // it is mapped: reading past its new end stops this program with a signal. The programs of this project never
    // write into a file that exists; they put a new file in its place, which leaves a map of the old one whole.
    unsafe { Mmap::map(file) }
}
