//! The block of 8 x 8 pixels, and the orientations of a codeword.

use core::fmt;

/// The width and height of a block in pixels.
pub const BLOCK_SIDE: usize = 8;

/// [`BLOCK_SIDE`] in the type of an image's columns and lines.
pub(crate) const SIDE: u32 = BLOCK_SIDE as u32;

/// The samples in a line of a block: 8 pixels of red, green and blue.
pub(crate) const LINE_SAMPLES: usize = BLOCK_SIDE * 3;

/// The samples of a block: 8 lines of 8 pixels of red, green and blue.
pub const BLOCK_SAMPLES: usize = BLOCK_SIDE * LINE_SAMPLES;

/// One of the 8 ways to flip and transpose a square: flipped vertically, then flipped horizontally, then transposed, or any
/// of these left out.
///
/// A codebook stores each codeword once and uses it in all orientations.
///
/// ```
/// use nice_decode::Orientation;
///
/// let orientation = Orientation::from_bits(0b101);
/// assert!(orientation.flips_vertically() && orientation.transposes());
/// assert!(!orientation.flips_horizontally());
///
/// // In a square of 8 x 8, the sample in column 2 and line 5 comes from column 5 and line 7 - 2.
/// assert_eq!(orientation.source([2, 5], 8), [5, 5]);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Orientation(u8);

impl Orientation {
    /// Neither flipped nor transposed.
    pub const IDENTITY: Self = Self(0);

    /// Flipped vertically: the last line becomes the first.
    pub const FLIP_VERTICAL: Self = Self(0b001);

    /// Flipped horizontally: the last column becomes the first.
    pub const FLIP_HORIZONTAL: Self = Self(0b010);

    /// Turned by 180 degrees.
    pub const ROTATE_180: Self = Self(0b011);

    /// Transposed: lines become columns.
    pub const TRANSPOSE: Self = Self(0b100);

    /// Turned clockwise by 90 degrees.
    pub const ROTATE_90: Self = Self(0b101);

    /// Turned clockwise by 270 degrees.
    pub const ROTATE_270: Self = Self(0b110);

    /// Transposed, and turned by 180 degrees.
    pub const TRANSVERSE: Self = Self(0b111);

    /// All orientations, in the order of their [`bits`](Self::bits).
    pub const ALL: [Self; 8] = [
        Self(0),
        Self(1),
        Self(2),
        Self(3),
        Self(4),
        Self(5),
        Self(6),
        Self(7),
    ];

    /// The orientation with these bits: bit 0 flips vertically (the last line becomes the first), bit 1 flips horizontally
    /// (the last column becomes the first), bit 2 transposes after that. Higher bits are ignored.
    #[inline(always)]
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 7)
    }

    /// The bits of [`from_bits`](Self::from_bits), 0 to 7.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the last line becomes the first.
    #[inline(always)]
    #[must_use]
    pub const fn flips_vertically(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether the last column becomes the first.
    #[inline(always)]
    #[must_use]
    pub const fn flips_horizontally(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether lines become columns, after the flips.
    #[inline(always)]
    #[must_use]
    pub const fn transposes(self) -> bool {
        self.0 & 4 != 0
    }

    /// The orientation that is like this one followed by another.
    ///
    /// ```
    /// use nice_decode::Orientation;
    ///
    /// assert_eq!(Orientation::ROTATE_90.then(Orientation::ROTATE_90), Orientation::ROTATE_180);
    /// assert_eq!(Orientation::TRANSPOSE.then(Orientation::FLIP_HORIZONTAL), Orientation::ROTATE_90);
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn then(self, next: Self) -> Self {
        // After a transposition, a vertical flip is like a horizontal flip before it.
        Self(self.0 ^ next.flips_exchanged_if(self.transposes()).0)
    }

    /// The orientation with its two flips exchanged, if asked for.
    #[inline(always)]
    pub(crate) const fn flips_exchanged_if(self, exchanged: bool) -> Self {
        if exchanged {
            Self(self.0 & 4 | self.0 >> 1 & 1 | self.0 << 1 & 2)
        } else {
            self
        }
    }

    /// Where the sample in column and line `[x, y]` of the oriented square comes from: its column and line in the square
    /// before. A square has `side` columns and lines; `x` and `y` are taken to be below that.
    #[must_use]
    pub const fn source(self, [x, y]: [usize; 2], side: usize) -> [usize; 2] {
        let (mut x, mut y) = if self.transposes() { (y, x) } else { (x, y) };
        if self.flips_horizontally() {
            x = side.wrapping_sub(1).wrapping_sub(x);
        }
        if self.flips_vertically() {
            y = side.wrapping_sub(1).wrapping_sub(y);
        }
        [x, y]
    }
}

impl fmt::Debug for Orientation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Orientation({:#05b})", self.0)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Orientation {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Orientation({=u8:#05b})", self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::vec::Vec;

    use super::Orientation;

    #[test]
    fn each_orientation_is_a_different_permutation_of_the_square() {
        let permutation = |orientation: Orientation| -> Vec<[usize; 2]> {
            (0..16)
                .map(|i| orientation.source([i % 4, i / 4], 4))
                .collect()
        };
        let all: BTreeSet<_> = Orientation::ALL.map(permutation).into();
        assert_eq!(all.len(), 8);
        for sources in all {
            assert_eq!(BTreeSet::from_iter(sources).len(), 16);
        }
    }

    #[test]
    fn one_orientation_then_another_moves_samples_twice() {
        for first in Orientation::ALL {
            for next in Orientation::ALL {
                let both = first.then(next);
                for at in 0..25 {
                    let at = [at % 5, at / 5];
                    let moved_twice = first.source(next.source(at, 5), 5);
                    assert_eq!(both.source(at, 5), moved_twice, "{first:?}, {next:?}");
                }
            }
        }
    }

    #[test]
    fn a_quarter_turn_clockwise_moves_the_lower_left_corner_to_the_upper_left() {
        assert_eq!(Orientation::ROTATE_90.source([0, 0], 3), [0, 2]);
        assert_eq!(Orientation::ROTATE_90.source([2, 0], 3), [0, 0]);
        assert_eq!(Orientation::ROTATE_180.source([0, 0], 3), [2, 2]);
        assert_eq!(Orientation::ROTATE_270.source([0, 0], 3), [2, 0]);
        assert_eq!(Orientation::TRANSVERSE.source([0, 0], 3), [2, 2]);
        assert_eq!(Orientation::TRANSVERSE.source([1, 0], 3), [2, 1]);
        assert_eq!(Orientation::FLIP_VERTICAL.source([0, 0], 3), [0, 2]);
        assert_eq!(Orientation::FLIP_HORIZONTAL.source([0, 0], 3), [2, 0]);
        assert_eq!(Orientation::TRANSPOSE.source([1, 0], 3), [0, 1]);
    }

    #[test]
    fn flips_come_before_the_transposition() {
        // Where the samples of the first line of the result come from.
        let first_line = |bits| {
            let orientation = Orientation::from_bits(bits);
            [0, 1, 2].map(|x| orientation.source([x, 0], 3))
        };
        assert_eq!(first_line(0b000), [[0, 0], [1, 0], [2, 0]]);
        assert_eq!(first_line(0b001), [[0, 2], [1, 2], [2, 2]]);
        assert_eq!(first_line(0b010), [[2, 0], [1, 0], [0, 0]]);
        assert_eq!(first_line(0b100), [[0, 0], [0, 1], [0, 2]]);
        assert_eq!(first_line(0b101), [[0, 2], [0, 1], [0, 0]]);
        assert_eq!(first_line(0b110), [[2, 0], [2, 1], [2, 2]]);
    }
}
