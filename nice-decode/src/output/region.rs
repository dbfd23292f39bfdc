//! Rectangles of an image, and the strips that rows of blocks divide them into.

use core::fmt;

use crate::block::SIDE;

/// A rectangle of an image, in pixels. It may be empty.
///
/// Every region within [`Image::region`](crate::Image::region), the whole image, can be decoded on its own, with
/// [`Decoder::region`](crate::Decoder::region) or [`Deblocker::region`](crate::Deblocker::region).
///
/// ```
/// use nice_decode::Region;
///
/// let display = Region { x: 0, y: 0, width: 320, height: 240 };
/// let image = Region { x: 300, y: 4, width: 64, height: 15 };
/// let visible = image.intersection(&display);
/// assert_eq!(visible, Region { x: 300, y: 4, width: 20, height: 15 });
///
/// // Strips end where rows of blocks end, so that no block is decoded twice.
/// let lines: Vec<_> = visible.strips().map(|strip| (strip.y, strip.height)).collect();
/// assert_eq!(lines, [(4, 4), (8, 8), (16, 3)]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Region {
    /// The first column.
    pub x: u32,
    /// The first line.
    pub y: u32,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl Region {
    /// Whether it has no pixels.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether another region is completely within this one: none of its edges is outside. That also holds for an empty region,
    /// which may lie on the right or lower edge.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        contains_range(self.x, self.width, other.x, other.width)
            && contains_range(self.y, self.height, other.y, other.height)
    }

    /// The intersection of two regions; it may be empty.
    #[must_use]
    pub const fn intersection(&self, other: &Self) -> Self {
        let (x, width) = overlap(self.x, self.width, other.x, other.width);
        let (y, height) = overlap(self.y, self.height, other.y, other.height);
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// The region divided from top to bottom into strips, which end where rows of blocks end: 8 lines each, but the first and
    /// the last may have fewer. An empty region has no strips.
    ///
    /// A strip is a region that can be decoded into a buffer of 8 lines. The strips of a picture that is reduced or turned are
    /// those of [`Decoder::strips`](crate::Decoder::strips).
    #[must_use]
    pub const fn strips(&self) -> Strips {
        self.strips_of(SIDE, 0)
    }

    /// [`strips`](Self::strips) that end where `lines` lines do, a power of two, counted from `before` lines before line 0.
    #[inline(always)]
    pub(crate) const fn strips_of(&self, lines: u32, before: u32) -> Strips {
        let empty = Self { height: 0, ..*self };
        Strips {
            rest: if self.is_empty() { empty } else { *self },
            lines,
            before,
        }
    }

    /// The column after the last one, or `u32::MAX` if that is less.
    const fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// The columns of blocks that hold its pixels and those up to `margin` pixels to the left or right of them: the first, and
    /// their number.
    #[inline(always)]
    pub(crate) fn columns(&self, margin: u32, blocks_wide: u32) -> (usize, usize) {
        if self.width == 0 {
            return (0, 0);
        }
        let first = self.x.saturating_sub(margin) / SIDE;
        let end = self.right().saturating_add(margin).div_ceil(SIDE);
        let count = end.min(blocks_wide).saturating_sub(first);
        (first as usize, count as usize)
    }
}

/// Whether `found` numbers from `at` on are among `count` numbers from `from` on.
const fn contains_range(from: u32, count: u32, at: u32, found: u32) -> bool {
    match at.checked_sub(from) {
        Some(before) => match count.checked_sub(before) {
            Some(left) => found <= left,
            None => false,
        },
        None => false,
    }
}

/// The numbers that are among `count` from `from` on and among `others` from `other` on: the first, and their number.
const fn overlap(from: u32, count: u32, other: u32, others: u32) -> (u32, u32) {
    // `before` is how much earlier the first of them begins.
    let (at, before, first, second) = if from < other {
        (other, other.wrapping_sub(from), count, others)
    } else {
        (from, from.wrapping_sub(other), others, count)
    };
    let left = first.saturating_sub(before);
    (at, if left < second { left } else { second })
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            x,
            y,
            width,
            height,
        } = self;
        write!(f, "{width} x {height} pixels at ({x}, {y})")
    }
}

/// The strips of a region, from [`Region::strips`] or [`Decoder::strips`](crate::Decoder::strips).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Strips {
    /// What has not been divided yet.
    rest: Region,
    /// The lines of a whole strip, a power of two.
    lines: u32,
    /// The lines before line 0 that the first whole strip has.
    before: u32,
}

impl Strips {
    /// The rest of the region.
    #[must_use]
    pub const fn rest(&self) -> Region {
        self.rest
    }

    /// The lines of the next whole strip that are above the rest.
    #[inline(always)]
    const fn begun(&self) -> u32 {
        self.rest.y.wrapping_add(self.before) & self.lines.wrapping_sub(1)
    }
}

impl Iterator for Strips {
    type Item = Region;

    #[inline]
    fn next(&mut self) -> Option<Region> {
        if self.rest.height == 0 {
            return None;
        }
        let height = self.lines.wrapping_sub(self.begun()).min(self.rest.height);
        let strip = Region {
            height,
            ..self.rest
        };
        // If this saturates, no lines are left.
        self.rest.y = self.rest.y.saturating_add(height);
        self.rest.height = self.rest.height.wrapping_sub(height);
        Some(strip)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let lines = u64::from(self.begun()) + u64::from(self.rest.height);
        // The logarithm, since a number that could be 0 cannot be divided by.
        let count =
            (lines + u64::from(self.lines.wrapping_sub(1))) >> (self.lines.trailing_zeros() % 64);
        let count = if self.rest.height == 0 { 0 } else { count };
        (count as usize, Some(count as usize))
    }
}

impl ExactSizeIterator for Strips {}
impl core::iter::FusedIterator for Strips {}

#[cfg(test)]
mod tests {
    use std::string::ToString;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::Region;

    /// Regions of all sizes, the ends of all numbers included.
    fn any_region() -> impl Strategy<Value = Region> {
        let number = || prop_oneof![4 => 0..40_u32, 1 => any::<u32>(), 1 => Just(u32::MAX)];
        (number(), number(), number(), number()).prop_map(|(x, y, width, height)| Region {
            x,
            y,
            width,
            height,
        })
    }

    /// Whether a pixel is in a region.
    fn has(region: &Region, x: u64, y: u64) -> bool {
        let inside = |at: u64, from: u32, count: u32| {
            (u64::from(from)..u64::from(from) + u64::from(count)).contains(&at)
        };
        inside(x, region.x, region.width) && inside(y, region.y, region.height)
    }

    /// The pixels at and beside the corners of a region.
    fn corners(region: &Region) -> Vec<(u64, u64)> {
        let beside = |at: u32, count: u32| {
            let (from, end) = (u64::from(at), u64::from(at) + u64::from(count));
            [from.saturating_sub(1), from, end.saturating_sub(1), end]
        };
        let columns = beside(region.x, region.width);
        let lines = beside(region.y, region.height);
        let pairs = columns.into_iter();
        pairs
            .flat_map(|x| lines.into_iter().map(move |y| (x, y)))
            .collect()
    }

    proptest! {
        #[test]
        fn an_intersection_has_the_pixels_that_are_in_both(a in any_region(), b in any_region()) {
            let both = a.intersection(&b);
            for (x, y) in [corners(&a), corners(&b), corners(&both)].concat() {
                prop_assert_eq!(has(&both, x, y), has(&a, x, y) && has(&b, x, y));
            }
            prop_assert_eq!(both, b.intersection(&a));
            prop_assert!(b.is_empty() || a.contains(&b) == (b == both));
        }

        #[test]
        fn a_region_contains_another_if_it_has_its_corners(a in any_region(), b in any_region()) {
            prop_assume!(!b.is_empty());
            let last = |at: u32, count: u32| u64::from(at) + u64::from(count) - 1;
            let first = has(&a, b.x.into(), b.y.into());
            let last = has(&a, last(b.x, b.width), last(b.y, b.height));
            prop_assert_eq!(a.contains(&b), first && last);
        }

        #[test]
        fn strips_lie_below_each_other_and_end_with_a_row_of_blocks(
            x in 0..40_u32,
            width in 0..40_u32,
            y in prop_oneof![0..40_u32, u32::MAX - 40..=u32::MAX],
            height in 0..40_u32,
        ) {
            let height = height.min(u32::MAX - y);
            let region = Region { x, y, width, height };
            let strips: Vec<Region> = region.strips().collect();
            prop_assert_eq!(region.strips().len(), strips.len());
            let mut next = y;
            for (index, strip) in strips.iter().enumerate() {
                prop_assert_eq!((strip.x, strip.width, strip.y), (x, width, next));
                prop_assert!((1..=8).contains(&strip.height));
                next += strip.height;
                prop_assert_eq!(next % 8 == 0 || index + 1 == strips.len(), true);
            }
            prop_assert_eq!(next, if region.is_empty() { y } else { y + height });
        }

        #[test]
        fn the_blocks_of_a_region_are_those_of_its_pixels(
            x in 0..40_u32,
            width in 0..40_u32,
            margin in 0..9_u32,
        ) {
            let region = Region { x, y: 0, width, height: 1 };
            let (first, count) = region.columns(margin, 7);
            let wanted = |block: u32| (x..x + width).any(|x| {
                (x.saturating_sub(margin)..=x + margin).any(|x| x / 8 == block)
            });
            for block in 0..7 {
                let found = (first..first + count).contains(&(block as usize));
                prop_assert_eq!(found, wanted(block), "block {}", block);
            }
        }
    }

    #[test]
    fn an_empty_region_has_no_strips_and_is_within_a_region_by_its_sides() {
        let whole = Region {
            width: 9,
            height: 5,
            ..Region::default()
        };
        let empty = |x, y| Region {
            x,
            y,
            width: 0,
            height: 3,
        };
        assert_eq!(empty(2, 2).strips().next(), None);
        assert!(whole.contains(&empty(9, 2)));
        assert!(!whole.contains(&empty(10, 2)) && !whole.contains(&empty(9, 3)));
    }

    #[test]
    fn a_region_says_its_size_and_its_corner() {
        let region = Region {
            x: 3,
            y: 4,
            width: 5,
            height: 6,
        };
        assert_eq!(region.to_string(), "5 x 6 pixels at (3, 4)");
    }
}
