//! Decoded blocks kept for a renderer, which samples texels near those it has sampled before.

use core::fmt;

use heapless::Vec;

use crate::block::{BLOCK, BLOCK_SAMPLES};
use crate::region::SIDE;
use crate::{OutOfRange, Picture};

/// How far apart, in sets, blocks below each other are: those beside each other are in neighbouring sets.
const DOWN: usize = 3;

/// A picture as a texture: texels out of `SETS * WAYS` decoded blocks, which are kept in RAM.
///
/// It pays where texels are sampled along lines, as renderers do, if a hit is cheaper than [`Picture::texel`]: always with a
/// network, and with a codebook where most texels hit.
///
/// The block in column `bx` of blocks and row `by` can be in one set only, number `(bx + 3 * by) % SETS`, in any of its
/// `WAYS` places; the one that has been there longest makes room for it. One way is quickest to look up, and one set
/// with many ways is never the wrong shape. So blocks beside each other do not push each other out as long as there are no
/// more of them than sets, and neither do blocks below each other if `SETS` is no multiple of 3; best take a power of
/// two, since other numbers need a division.
///
/// It takes 196 bytes a block where pointers have four, 8 bytes a set, and less than 100 for all.
///
/// Texels of a hundred that were found in a texture of 256 x 256, so 32 blocks wide, in caches of 1.6 to 12.5 KiB. The
/// first walk goes along its lines, the second along its columns, the third along 160 lines of 240 texels, turned by 37
/// degrees, and the fourth over a floor as a camera above it sees it, in as many lines, turned by as much, the nearer
/// the denser. Even one block finds the neighbours of a texel; what is beyond that needs a cache that holds the blocks of
/// a whole line, about 42 where it is turned.
///
/// | sets x ways | lines | columns | turned | floor |
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
/// The table is that of `cargo test -p nice-decode --features cache --test cache -- --nocapture`.
///
/// ```
/// use nice_decode::{BlockCache, Decoder, Image};
/// # static MODEL: &[u8] = include_bytes!("../../firmware-example/model.nicem");
/// # static PICTURE: &[u8] = include_bytes!("../../firmware-example/picture.nice");
///
/// let decoder = Decoder::from_bytes(MODEL)?;
/// let image = Image::from_bytes(PICTURE)?;
/// let mut texture = BlockCache::<8, 2>::new(decoder.open(&image)?);
/// for step in 0..40 {
///     // A line at an angle over a floor that repeats the picture.
///     let [_red, _green, _blue] = texture.repeated(-20 + step, step / 2);
/// }
/// assert_eq!((texture.hits(), texture.misses()), (31, 9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BlockCache<'m, 'p, const SETS: usize, const WAYS: usize> {
    picture: Picture<'m, 'p>,
    sets: [Set<WAYS>; SETS],
    hits: u32,
    misses: u32,
}

/// The blocks that share some places.
#[derive(Clone)]
struct Set<const WAYS: usize> {
    blocks: Vec<Kept, WAYS>,
    /// The place of the one that has been here longest, once all are taken.
    oldest: usize,
}

/// A decoded block.
#[derive(Clone)]
struct Kept {
    /// Its index in the picture.
    index: usize,
    samples: [u8; BLOCK_SAMPLES],
}

impl<'m, 'p, const SETS: usize, const WAYS: usize> BlockCache<'m, 'p, SETS, WAYS> {
    /// A picture with no block decoded yet. There has to be at least one set and one way, or it is not compiled.
    #[must_use]
    pub const fn new(picture: Picture<'m, 'p>) -> Self {
        const { assert!(SETS > 0 && WAYS > 0, "a cache needs a place for a block") };
        Self {
            picture,
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

    /// The picture.
    #[must_use]
    pub const fn picture(&self) -> &Picture<'m, 'p> {
        &self.picture
    }

    /// The colour of the texel in column `x` and line `y` of the picture, red, green and blue, exactly as
    /// [`Picture::texel`] has it.
    ///
    /// # Errors
    ///
    /// [`OutOfRange::Pixel`] if it is outside the picture; that counts neither as a hit nor as a miss.
    #[inline]
    pub fn texel(&mut self, x: u32, y: u32) -> Result<[u8; 3], OutOfRange> {
        let image = self.picture.image();
        let (width, height) = (image.width(), image.height());
        let outside = OutOfRange::Pixel {
            x,
            y,
            width,
            height,
        };
        let index = image.index_at(x, y).ok_or(outside)?;
        let (column, row) = ((x / SIDE) as usize, (y / SIDE) as usize);
        let number = column.wrapping_add(row.wrapping_mul(DOWN)) % SETS;
        let set = self.sets.get_mut(number).ok_or(outside)?;
        let samples = match set.blocks.iter().position(|kept| kept.index == index) {
            Some(place) => {
                self.hits = self.hits.wrapping_add(1);
                set.blocks.get(place).map(|kept| &kept.samples)
            }
            None => {
                self.misses = self.misses.wrapping_add(1);
                set.decoded(&self.picture, index)
            }
        };
        let samples = samples.ok_or(outside)?; // it is inside
        let at = (y as usize % BLOCK) * BLOCK + x as usize % BLOCK;
        samples.as_chunks().0.get(at).copied().ok_or(outside)
    }

    /// The colour of a texel of a plane on which the picture repeats itself to all sides, its upper left corner at (0,
    /// 0). Where width and height are powers of two, that takes no division.
    #[inline]
    pub fn repeated(&mut self, x: i32, y: i32) -> [u8; 3] {
        let image = self.picture.image();
        let (x, y) = (repeat(x, image.width()), repeat(y, image.height()));
        self.texel(x, y).unwrap_or_default() // it is inside
    }

    /// How many texels were found in a block that was kept, modulo 2^32.
    #[must_use]
    pub const fn hits(&self) -> u32 {
        self.hits
    }

    /// How many texels a block had to be decoded for, modulo 2^32.
    #[must_use]
    pub const fn misses(&self) -> u32 {
        self.misses
    }

    /// Counts hits and misses from zero again; the blocks stay.
    pub const fn reset_counts(&mut self) {
        (self.hits, self.misses) = (0, 0);
    }
}

impl<const WAYS: usize> Set<WAYS> {
    /// The samples of a block that is not kept yet. With a stack frame of its own, so that finding one that is stays quick.
    #[inline(never)]
    fn decoded(&mut self, picture: &Picture<'_, '_>, index: usize) -> Option<&[u8; BLOCK_SAMPLES]> {
        let kept = self.room()?;
        kept.index = index;
        picture.block(index, &mut kept.samples).ok()?;
        Some(&kept.samples)
    }

    /// Room for another block: a place that is free, or that of the block that has been here longest.
    #[inline(always)]
    fn room(&mut self) -> Option<&mut Kept> {
        let samples = [0; BLOCK_SAMPLES];
        let free = Kept { index: 0, samples };
        let place = self.blocks.len();
        if self.blocks.push(free).is_ok() {
            return self.blocks.get_mut(place);
        }
        let place = self.oldest;
        self.oldest = (place + 1) % WAYS;
        self.blocks.get_mut(place)
    }
}

/// The number from 0 to `side - 1` that is as far into a plane that repeats itself every `side`.
#[inline(always)]
fn repeat(at: i32, side: u32) -> u32 {
    if side.is_power_of_two() {
        at as u32 & side.wrapping_sub(1)
    } else if at >= 0 {
        (at as u32).checked_rem(side).unwrap_or_default()
    } else {
        // -1 is the last: the numbers below zero go down from there.
        let before = (!at as u32).checked_rem(side).unwrap_or_default();
        side.wrapping_sub(1).wrapping_sub(before)
    }
}

impl<const SETS: usize, const WAYS: usize> fmt::Debug for BlockCache<'_, '_, SETS, WAYS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockCache")
            .field("picture", &self.picture)
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
            self.picture,
            SETS,
            WAYS,
            self.hits,
            self.misses
        );
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = {
    assert!(size_of::<Kept>() == 196);
    assert!(size_of::<Set<1>>() == 196 + 8);
    assert!(size_of::<BlockCache<'_, '_, 4, 2>>() < 4 * (2 * 196 + 8) + 100);
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::repeat;

    proptest! {
        #[test]
        fn a_plane_repeats_itself_to_both_sides(
            at in prop_oneof![any::<i32>(), -20..20_i32, Just(i32::MIN), Just(i32::MAX)],
            side in prop_oneof![1..20_u32, 1..=u32::MAX, Just(1 << 31)],
        ) {
            let expected = i64::from(at).rem_euclid(i64::from(side));
            prop_assert_eq!(i64::from(repeat(at, side)), expected);
        }
    }
}
