//! The blocks of a split: fixed ones, or cut from pictures at random positions.

use std::path::PathBuf;

use indicatif::HumanCount;

use nice_decode::BLOCK_SAMPLES;
use nice_encode::{Picture, block};

use crate::bin::BinFile;
use crate::{folder, random};

/// A block of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId {
    /// The index of the block, below [`BlockSet::len`].
    pub index: u64,
    /// If blocks are cut at random positions, each nonce gives another position in the same picture. Fixed blocks ignore it.
    pub nonce: u64,
}

/// The position at which a block is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BlockPosition {
    /// The index of the picture in [`BlockSet::pictures`].
    pub picture: usize,
    /// The first column.
    pub x: u32,
    /// The first line.
    pub y: u32,
}

/// The number of blocks that are prefetched together.
const BATCH: usize = 16;

/// The blocks of a split.
#[derive(Debug)]
pub struct BlockSet {
    blocks: Blocks,
    description: String,
}

#[derive(Debug)]
enum Blocks {
    Mapped(BinFile),
    Memory(Vec<u8>),
    Cut {
        pictures: Vec<Picture>,
        /// For each picture, the end of its range of indices; a picture has as many indices as its grid has blocks.
        ends: Vec<u64>,
        seed: u64,
    },
}

impl BlockSet {
    /// The blocks of a `.bin` file, or of a part of one.
    pub fn mapped(bin: BinFile) -> Self {
        Self {
            description: format!(
                "{} blocks of {}",
                HumanCount(bin.len() as u64),
                bin.path().display()
            ),
            blocks: Blocks::Mapped(bin),
        }
    }

    /// All blocks on the grids of pictures, held in memory. `source` describes where the pictures come from.
    pub fn on_grid(pictures: &[(PathBuf, Picture)], source: &str) -> Self {
        let mut bytes = Vec::new();
        for (_, picture) in pictures {
            bytes.extend_from_slice(&block::grid(picture));
        }
        Self {
            description: format!(
                "{} blocks on the grid of {} of {source}",
                HumanCount((bytes.len() / BLOCK_SAMPLES) as u64),
                folder::count_text(pictures.len())
            ),
            blocks: Blocks::Memory(bytes),
        }
    }

    /// Blocks cut from pictures at random positions. `source` describes where the pictures come from.
    ///
    /// A picture has as many indices as its grid has blocks, so all pixels have the same weight. The edge of a picture that is
    /// smaller than a block is repeated.
    pub fn at_random(pictures: Vec<(PathBuf, Picture)>, seed: u64, source: &str) -> Self {
        let pictures: Vec<Picture> = pictures
            .into_iter()
            .map(|(_, picture)| block::pad_to_block(picture))
            .collect();
        let mut end = 0;
        let ends: Vec<u64> = pictures
            .iter()
            .map(|picture| {
                end += block::count(picture) as u64;
                end
            })
            .collect();
        Self {
            description: format!(
                "{} blocks per pass, at random positions in {} of {source}",
                HumanCount(end),
                folder::count_text(pictures.len())
            ),
            blocks: Blocks::Cut {
                pictures,
                ends,
                seed,
            },
        }
    }

    /// The number of blocks in a pass over the set.
    pub fn len(&self) -> usize {
        match &self.blocks {
            Blocks::Mapped(bin) => bin.len(),
            Blocks::Memory(bytes) => bytes.len() / BLOCK_SAMPLES,
            Blocks::Cut { ends, .. } => ends.last().map_or(0, |&end| end as usize),
        }
    }

    /// Whether there are no blocks.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A description of the set.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// All blocks, one after the other; `None` if they are cut at random positions.
    pub fn fixed(&self) -> Option<&[u8]> {
        match &self.blocks {
            Blocks::Mapped(bin) => Some(bin.bytes()),
            Blocks::Memory(bytes) => Some(bytes),
            Blocks::Cut { .. } => None,
        }
    }

    /// The pictures that blocks are cut from, each at least one block wide and high; none if the blocks are fixed.
    pub fn pictures(&self) -> &[Picture] {
        match &self.blocks {
            Blocks::Cut { pictures, .. } => pictures,
            _ => &[],
        }
    }

    /// The position at which a block is cut; `None` if the blocks are fixed or there is no such block.
    ///
    /// The index determines the picture; index, nonce and the seed of the set determine the position in it. So the same id is the
    /// same block in every run.
    pub fn position(&self, id: BlockId) -> Option<BlockPosition> {
        match &self.blocks {
            Blocks::Cut {
                pictures,
                ends,
                seed,
            } => position(pictures, ends, *seed, id),
            _ => None,
        }
    }

    /// Copies blocks to `out`, one after the other, without allocating.
    ///
    /// # Panics
    ///
    /// When `out` does not have 192 bytes for every block, or there is no such block.
    pub fn gather(&self, ids: &[BlockId], out: &mut [u8]) {
        assert_eq!(
            out.len(),
            ids.len() * BLOCK_SAMPLES,
            "the output must have room for {} blocks",
            ids.len()
        );
        let (out, _) = out.as_chunks_mut::<BLOCK_SAMPLES>();
        match &self.blocks {
            Blocks::Mapped(bin) => copy(bin.bytes(), ids, out),
            Blocks::Memory(bytes) => copy(bytes, ids, out),
            Blocks::Cut {
                pictures,
                ends,
                seed,
            } => {
                let position = |id: &BlockId| {
                    position(pictures, ends, *seed, *id)
                        .unwrap_or_else(|| panic!("no block {} in the set", id.index))
                };
                let mut positions = [BlockPosition::default(); BATCH];
                for (ids, out) in ids.chunks(BATCH).zip(out.chunks_mut(BATCH)) {
                    for (to, id) in positions.iter_mut().zip(ids) {
                        *to = position(id);
                    }
                    // All blocks of a batch are prefetched before the first is used: waiting for them one by one takes twice as
                    // long.
                    for at in &positions[..ids.len()] {
                        block::prefetch(&pictures[at.picture], at.x, at.y);
                    }
                    for (at, out) in positions.iter().zip(out) {
                        block::cut_at(&pictures[at.picture], at.x, at.y, out);
                    }
                }
            }
        }
    }
}

fn copy(bytes: &[u8], ids: &[BlockId], out: &mut [[u8; BLOCK_SAMPLES]]) {
    let (blocks, _) = bytes.as_chunks::<BLOCK_SAMPLES>();
    for (id, out) in ids.iter().zip(out) {
        *out = blocks[id.index as usize];
    }
}

fn position(pictures: &[Picture], ends: &[u64], seed: u64, id: BlockId) -> Option<BlockPosition> {
    let number = ends.partition_point(|&end| end <= id.index);
    let picture = pictures.get(number)?;
    let position_seed = random::split_mix(seed ^ random::split_mix(id.index)) ^ id.nonce;
    let (x, y) = random::block_position(picture, position_seed);
    Some(BlockPosition {
        picture: number,
        x,
        y,
    })
}
