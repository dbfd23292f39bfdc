//! A cache of decoded blocks for renderers, which sample texels near those that they have sampled before.

use core::fmt;

use heapless::Vec;

use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, LINE_SAMPLES, SIDE};
use crate::decoder::Decoder;
use crate::error::OutOfBoundsError;
use crate::output::format::Rgb888;
use crate::output::region::Region;

/// The distance in sets between a block and the one below it; blocks next to each other are in adjacent sets.
const SETS_PER_ROW: usize = 3;

/// An image as a texture: texels from a set-associative cache of `SETS * WAYS` decoded blocks in RAM.
///
/// It pays off where texels are sampled along lines, as renderers do, if a hit is cheaper than [`Decoder::texel`]: always with a
/// network, and with a codebook if most texels are hits.
///
/// The block in column `bx` and row `by` of blocks belongs to set `(bx + 3 * by) % SETS`, and replaces the oldest of the `WAYS`
/// blocks there. One way is the fastest to look up; a single set with many ways suits every access pattern. Blocks next to each
/// other do not evict each other as long as there are no more of them than sets, and neither do blocks below each other if
/// `SETS` is not a multiple of 3. A power of two is best, since other numbers need a division.
///
/// Of a picture that is [reduced](Decoder::reduced) or [turned](Decoder::turned), a block is 8 x 8 pixels of that picture: at 1/8
/// of the size, 64 blocks of the image are decoded for one. If the turned picture begins within a block of the image, up to four are.
///
/// It takes 196 bytes for each block where pointers have four bytes, 8 bytes for each set, and less than 136 bytes more.
///
/// The table has hit rates in percent for a texture of 256 x 256, which is 32 blocks wide, in caches of 1.6 to 12.5 KiB: along
/// its lines, along its columns, along 160 lines of 240 texels at an angle of 37 degrees, and over a floor in perspective at
/// the same angle. Even a single block serves the neighbors of a texel; more hits need a cache that holds the blocks of a whole
/// line, about 42 at an angle.
///
/// | sets x ways | lines | columns | angle | floor |
/// | --- | --- | --- | --- | --- |
/// | 1 x 1 | 87.5 | 87.5 | 82.9 | 84.6 |
/// | 8 x 1 | 87.5 | 87.5 | 82.9 | 84.7 |
/// | 4 x 2 | 87.5 | 87.5 | 82.9 | 84.7 |
/// | 16 x 1 | 87.5 | 87.5 | 83.9 | 86.3 |
/// | 8 x 2 | 87.5 | 87.5 | 82.9 | 85.6 |
/// | 32 x 1 | 98.4 | 98.4 | 90.2 | 92.0 |
/// | 16 x 2 | 98.4 | 98.4 | 90.0 | 91.6 |
/// | 64 x 1 | 98.4 | 98.4 | 95.1 | 94.7 |
/// | 32 x 2 | 98.4 | 98.4 | 98.3 | 96.8 |
///
/// `cargo test -p nice-decode --features cache --test cache -- --nocapture` prints this table.
///
/// ```
/// use nice_decode::{BlockCache, Decoder, Image, Model};
/// # static MODEL: &[u8] = include_bytes!("../../tests/data/model.nicem");
/// # static IMAGE: &[u8] = include_bytes!("../../tests/data/image.nice");
///
/// let decoder = Decoder::new(&Model::from_bytes(MODEL)?, &Image::from_bytes(IMAGE)?)?;
/// let mut texture = BlockCache::<8, 2>::new(decoder);
/// for step in 0..40 {
///     // A line at an angle over a floor that is tiled with the image.
///     let [_red, _green, _blue] = texture.repeated(-20 + step, step / 2);
/// }
/// assert_eq!((texture.hits(), texture.misses()), (31, 9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BlockCache<'m, 'i, const SETS: usize, const WAYS: usize> {
    decoder: Decoder<'m, 'i>,
    /// The width and height of the picture, and how many blocks of it are in a row.
    width: u32,
    height: u32,
    blocks_wide: u32,
    sets: [Set<WAYS>; SETS],
    hits: u32,
    misses: u32,
}

/// The blocks of a set.
#[derive(Clone)]
struct Set<const WAYS: usize> {
    blocks: Vec<CachedBlock, WAYS>,
    /// The index of the oldest block, once the set is full.
    oldest: usize,
}

/// A decoded block.
#[derive(Clone)]
struct CachedBlock {
    /// Its index in the picture.
    index: usize,
    samples: [u8; BLOCK_SAMPLES],
}

impl<'m, 'i, const SETS: usize, const WAYS: usize> BlockCache<'m, 'i, SETS, WAYS> {
    /// An empty cache. It does not compile without at least one set and one way.
    #[must_use]
    pub const fn new(decoder: Decoder<'m, 'i>) -> Self {
        const { assert!(SETS > 0 && WAYS > 0, "a cache holds at least one block") };
        Self {
            decoder,
            width: decoder.width(),
            height: decoder.height(),
            blocks_wide: decoder.width().div_ceil(SIDE),
            sets: [const {
                Set {
                    blocks: Vec::new(),
                    oldest: 0,
                }
            }; SETS],
            hits: 0,
            misses: 0,
        }
    }

    /// Empties the cache for another decoder, of another image or of the same at another size, such as a mip level. The counts go on.
    pub fn replace(&mut self, decoder: Decoder<'m, 'i>) {
        self.decoder = decoder;
        (self.width, self.height) = (decoder.width(), decoder.height());
        self.blocks_wide = self.width.div_ceil(SIDE);
        for set in &mut self.sets {
            set.blocks.clear();
            set.oldest = 0;
        }
    }

    /// The decoder.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder<'m, 'i> {
        &self.decoder
    }

    /// The texel in column `x` and line `y` of the picture, red, green and blue: the same as [`Decoder::texel`].
    ///
    /// # Errors
    ///
    /// [`OutOfBoundsError::Pixel`] if it is outside the picture; that counts neither as a hit nor as a miss.
    #[inline]
    pub fn texel(&mut self, x: u32, y: u32) -> Result<[u8; 3], OutOfBoundsError> {
        let (width, height) = (self.width, self.height);
        let outside = OutOfBoundsError::Pixel {
            x,
            y,
            width,
            height,
        };
        if x >= width || y >= height {
            return Err(outside);
        }
        let (column, row) = ((x / SIDE) as usize, (y / SIDE) as usize);
        // An image in memory has fewer blocks than there are addresses.
        let index = row.wrapping_mul(self.blocks_wide as usize);
        let index = index.wrapping_add(column);
        let number = column.wrapping_add(row.wrapping_mul(SETS_PER_ROW)) % SETS;
        let set = self.sets.get_mut(number).ok_or(outside)?;
        let samples = match set.blocks.iter().position(|block| block.index == index) {
            Some(position) => {
                self.hits = self.hits.wrapping_add(1);
                set.blocks.get(position).map(|block| &block.samples)
            }
            None => {
                self.misses = self.misses.wrapping_add(1);
                set.decoded(&self.decoder, index, [x, y])
            }
        };
        let samples = samples.ok_or(outside)?; // it is inside
        let at = (y as usize % BLOCK_SIDE) * BLOCK_SIDE + x as usize % BLOCK_SIDE;
        samples.as_chunks().0.get(at).copied().ok_or(outside)
    }

    /// The texel at (`x`, `y`) of a plane that is tiled with the picture, with the upper left corner of a tile at (0, 0). If width
    /// and height are powers of two, this takes no division.
    #[inline]
    pub fn repeated(&mut self, x: i32, y: i32) -> [u8; 3] {
        let (x, y) = (repeat(x, self.width), repeat(y, self.height));
        self.texel(x, y).unwrap_or_default() // it is inside
    }

    /// The number of texels that were found in the cache, modulo 2^32.
    #[must_use]
    pub const fn hits(&self) -> u32 {
        self.hits
    }

    /// The number of texels for which a block was decoded, modulo 2^32.
    #[must_use]
    pub const fn misses(&self) -> u32 {
        self.misses
    }

    /// Sets the counts of hits and misses to zero; the blocks stay in the cache.
    pub const fn reset_counts(&mut self) {
        (self.hits, self.misses) = (0, 0);
    }
}

impl<const WAYS: usize> Set<WAYS> {
    /// Decodes the block of a texel, which is not in the cache. Not inlined, so that hits do not need its stack frame.
    #[inline(never)]
    fn decoded(
        &mut self,
        decoder: &Decoder<'_, '_>,
        index: usize,
        texel: [u32; 2],
    ) -> Option<&[u8; BLOCK_SAMPLES]> {
        let block = self.evict()?;
        block.index = index;
        if decoder.transform().is_identity() {
            decoder.block(index, &mut block.samples).ok()?;
        } else {
            let [x, y] = texel.map(|at| at & !(SIDE - 1));
            let bounds = decoder.bounds();
            let whole = Region {
                x,
                y,
                width: SIDE,
                height: SIDE,
            };
            let seen = whole.intersection(&bounds);
            let samples = &mut block.samples;
            decoder.region::<Rgb888>(seen, samples, LINE_SAMPLES).ok()?;
        }
        Some(&block.samples)
    }

    /// Room for another block: free, or that of the oldest block.
    #[inline(always)]
    fn evict(&mut self) -> Option<&mut CachedBlock> {
        let samples = [0; BLOCK_SAMPLES];
        let free = CachedBlock { index: 0, samples };
        let position = self.blocks.len();
        if self.blocks.push(free).is_ok() {
            return self.blocks.get_mut(position);
        }
        let position = self.oldest;
        self.oldest = (position + 1) % WAYS;
        self.blocks.get_mut(position)
    }
}

/// `at` modulo `side`, not negative.
#[inline(always)]
fn repeat(at: i32, side: u32) -> u32 {
    if side.is_power_of_two() {
        at as u32 & side.wrapping_sub(1)
    } else if at >= 0 {
        (at as u32).checked_rem(side).unwrap_or_default()
    } else {
        // -1 is the last column or line; smaller numbers go down from there.
        let before = (!at as u32).checked_rem(side).unwrap_or_default();
        side.wrapping_sub(1).wrapping_sub(before)
    }
}

impl<const SETS: usize, const WAYS: usize> fmt::Debug for BlockCache<'_, '_, SETS, WAYS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockCache")
            .field("decoder", &self.decoder)
            .field("sets", &SETS)
            .field("ways", &WAYS)
            .field("hits", &self.hits)
            .field("misses", &self.misses)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<const SETS: usize, const WAYS: usize> defmt::Format for BlockCache<'_, '_, SETS, WAYS> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "{} in {=usize} x {=usize} blocks, {=u32} hits, {=u32} misses",
            self.decoder,
            SETS,
            WAYS,
            self.hits,
            self.misses
        );
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = {
    assert!(size_of::<CachedBlock>() == 196);
    assert!(size_of::<Set<1>>() == 196 + 8);
    assert!(size_of::<BlockCache<'_, '_, 4, 2>>() < 4 * (2 * 196 + 8) + 136);
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::repeat;

    proptest! {
        #[test]
        fn a_plane_is_tiled_in_both_directions(
            at in prop_oneof![any::<i32>(), -20..20_i32, Just(i32::MIN), Just(i32::MAX)],
            side in prop_oneof![1..20_u32, 1..=u32::MAX, Just(1 << 31)],
        ) {
            let expected = i64::from(at).rem_euclid(i64::from(side));
            prop_assert_eq!(i64::from(repeat(at, side)), expected);
        }
    }
}
