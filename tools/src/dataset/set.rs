//! The blocks of one split: fixed ones, or cut from pictures at random offsets, gathered any number at a time.

use std::path::PathBuf;

use indicatif::HumanCount;

use super::bin::BinFile;
use super::{folder, hash};
use crate::blocks::{self, BLOCK_BYTES};
use crate::picture::Picture;

/// Which block, and when the blocks are cut from pictures, which of the many that the number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pick {
    /// A number below [`BlockSet::len`].
    pub index: u64,
    /// Where pictures are cut at random offsets, another nonce is another offset in the same picture; fixed blocks take no
    /// notice of it.
    pub nonce: u64,
}

/// Where in a set of pictures a block is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The number of the picture in [`BlockSet::pictures`].
    pub picture: usize,
    /// The left column.
    pub x: u32,
    /// The upper row.
    pub y: u32,
}

/// How many blocks are asked of memory before the first of them is cut.
const AHEAD: usize = 16;

/// The blocks of one split.
#[derive(Debug)]
pub struct BlockSet {
    blocks: Blocks,
    described: String,
}

#[derive(Debug)]
enum Blocks {
    Mapped(BinFile),
    Memory(Vec<u8>),
    Cut {
        pictures: Vec<Picture>,
        /// Where the indices of each picture end: as many as its grid has blocks, after those of the pictures before it.
        ends: Vec<u64>,
        seed: u64,
    },
}

impl BlockSet {
    /// The blocks of a `.bin`, or of a part of one.
    pub fn mapped(bin: BinFile) -> Self {
        Self {
            described: format!(
                "{} blocks of {}",
                HumanCount(bin.len() as u64),
                bin.path().display()
            ),
            blocks: Blocks::Mapped(bin),
        }
    }

    /// All blocks on the grids of pictures, held in memory; `of` says whose pictures they are.
    pub fn on_the_grid(pictures: &[(PathBuf, Picture)], of: &str) -> Self {
        let mut bytes = Vec::new();
        for (_, picture) in pictures {
            bytes.extend_from_slice(&blocks::grid(picture));
        }
        Self {
            described: format!(
                "{} blocks on the grid of {} of {of}",
                HumanCount((bytes.len() / BLOCK_BYTES) as u64),
                folder::counted(pictures.len())
            ),
            blocks: Blocks::Memory(bytes),
        }
    }

    /// Blocks cut from pictures wherever `seed` and the nonce of a pick say; `of` says whose pictures they are.
    ///
    /// A picture has as many indices as its grid has blocks, so every pixel counts alike. A picture smaller than a block
    /// has its edge repeated.
    pub fn cut_from(pictures: Vec<(PathBuf, Picture)>, seed: u64, of: &str) -> Self {
        let pictures: Vec<Picture> = pictures
            .into_iter()
            .map(|(_, picture)| blocks::at_least_a_block(picture))
            .collect();
        let mut end = 0;
        let ends: Vec<u64> = pictures
            .iter()
            .map(|picture| {
                end += blocks::count(picture) as u64;
                end
            })
            .collect();
        Self {
            described: format!(
                "{} blocks a pass, at random offsets in {} of {of}",
                HumanCount(end),
                folder::counted(pictures.len())
            ),
            blocks: Blocks::Cut {
                pictures,
                ends,
                seed,
            },
        }
    }

    /// How many blocks make one pass over the set.
    pub fn len(&self) -> usize {
        match &self.blocks {
            Blocks::Mapped(bin) => bin.len(),
            Blocks::Memory(bytes) => bytes.len() / BLOCK_BYTES,
            Blocks::Cut { ends, .. } => ends.last().map_or(0, |&end| end as usize),
        }
    }

    /// Whether there is no block at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the set is, for people.
    pub fn describe(&self) -> String {
        self.described.clone()
    }

    /// All blocks, one after the other, when they are fixed.
    pub fn resident(&self) -> Option<&[u8]> {
        match &self.blocks {
            Blocks::Mapped(bin) => Some(bin.bytes()),
            Blocks::Memory(bytes) => Some(bytes),
            Blocks::Cut { .. } => None,
        }
    }

    /// The pictures that blocks are cut from, at least a block in each direction; none when the blocks are fixed.
    pub fn pictures(&self) -> &[Picture] {
        match &self.blocks {
            Blocks::Cut { pictures, .. } => pictures,
            _ => &[],
        }
    }

    /// Where the block of a pick is cut; nothing when the blocks are fixed or the index is past the end.
    ///
    /// The index alone chooses the picture, and index, nonce and the set's seed the offset, so that the same pick is the
    /// same block in every run.
    pub fn place(&self, pick: Pick) -> Option<Place> {
        match &self.blocks {
            Blocks::Cut {
                pictures,
                ends,
                seed,
            } => place(pictures, ends, *seed, pick),
            _ => None,
        }
    }

    /// Copies the picked blocks to `out`, one after the other. Allocates nothing and starts no thread.
    ///
    /// # Panics
    ///
    /// When `out` is not [`BLOCK_BYTES`] for every pick, or an index is not below [`BlockSet::len`].
    pub fn gather(&self, picks: &[Pick], out: &mut [u8]) {
        assert_eq!(
            out.len(),
            picks.len() * BLOCK_BYTES,
            "room for {} blocks is needed",
            picks.len()
        );
        let (out, _) = out.as_chunks_mut::<BLOCK_BYTES>();
        match &self.blocks {
            Blocks::Mapped(bin) => copy(bin.bytes(), picks, out),
            Blocks::Memory(bytes) => copy(bytes, picks, out),
            Blocks::Cut {
                pictures,
                ends,
                seed,
            } => {
                let place = |pick: &Pick| {
                    place(pictures, ends, *seed, *pick)
                        .unwrap_or_else(|| panic!("no block {} in the set", pick.index))
                };
                let mut places = [Place::default(); AHEAD];
                for (picks, out) in picks.chunks(AHEAD).zip(out.chunks_mut(AHEAD)) {
                    for (to, pick) in places.iter_mut().zip(picks) {
                        *to = place(pick);
                    }
                    // Memory is asked for all of these blocks before the first is needed: waiting for them one at a time takes
                    // twice as long.
                    for at in &places[..picks.len()] {
                        blocks::touch(&pictures[at.picture], at.x, at.y);
                    }
                    for (at, out) in places.iter().zip(out) {
                        blocks::cut_at(&pictures[at.picture], at.x, at.y, out);
                    }
                }
            }
        }
    }
}

fn copy(bytes: &[u8], picks: &[Pick], out: &mut [[u8; BLOCK_BYTES]]) {
    let (blocks, _) = bytes.as_chunks::<BLOCK_BYTES>();
    for (pick, out) in picks.iter().zip(out) {
        *out = blocks[pick.index as usize];
    }
}

fn place(pictures: &[Picture], ends: &[u64], seed: u64, pick: Pick) -> Option<Place> {
    let number = ends.partition_point(|&end| end <= pick.index);
    let picture = pictures.get(number)?;
    let drawn = hash::mix(seed ^ hash::mix(pick.index)) ^ pick.nonce;
    let (x, y) = hash::offset(picture, drawn);
    Some(Place {
        picture: number,
        x,
        y,
    })
}
