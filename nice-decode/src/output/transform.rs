//! How a decoder shows its image: reduced in size, and turned.

use crate::block::{BLOCK_SIDE, Orientation};
use crate::container::image::Image;
use crate::output::region::Region;

/// The size at which a [`Decoder`](crate::Decoder) shows an image.
///
/// A pixel of a reduced picture is the mean of a square of pixels of a block. With a codebook, that of their luma and chroma, before
/// they are clamped to 0 to 255; with a network, that of their red, green and blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Scale {
    /// The size of the image.
    #[default]
    Full,
    /// Half the width and height, rounded up: a block becomes 4 x 4 pixels.
    Half,
    /// A quarter of the width and height, rounded up: a block becomes 2 x 2 pixels.
    Quarter,
    /// An eighth of the width and height, rounded up: a block becomes one pixel.
    Eighth,
}

impl Scale {
    /// All sizes, the largest first.
    pub const ALL: [Self; 4] = [Self::Full, Self::Half, Self::Quarter, Self::Eighth];

    /// The pixels of the image in each direction that a pixel of the picture stands for: 1, 2, 4 or 8.
    #[must_use]
    pub const fn divisor(self) -> u32 {
        1 << self.shift()
    }

    /// The logarithm of the divisor to base 2.
    #[inline(always)]
    pub(crate) const fn shift(self) -> u32 {
        match self {
            Self::Full => 0,
            Self::Half => 1,
            Self::Quarter => 2,
            Self::Eighth => 3,
        }
    }

    /// The logarithm of the width and height of a block, in pixels of the picture, to base 2.
    #[inline(always)]
    pub(crate) const fn side_shift(self) -> u32 {
        BLOCK_SIDE.ilog2().wrapping_sub(self.shift())
    }
}

/// A size and an orientation.
///
/// All blocks of an image, whole, make up a picture whose width and height are multiples of the side of a block. It is turned, and then
/// cropped to the picture that is shown, which need not begin with its first column and line then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transform {
    pub(crate) scale: Scale,
    pub(crate) orientation: Orientation,
}

/// Blocks that follow each other in a row of a picture. In the image, they are in `runs` runs of `length` blocks each that also
/// follow each other there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowRuns {
    /// The index of the first block of the first run.
    pub(crate) first: usize,
    /// How much more that of the next run is, modulo 2^32 or 2^64.
    pub(crate) step: usize,
    pub(crate) runs: usize,
    pub(crate) length: usize,
}

impl Transform {
    /// The image as it is.
    pub(crate) const IDENTITY: Self = Self {
        scale: Scale::Full,
        orientation: Orientation::IDENTITY,
    };

    /// Whether the image is shown as it is.
    #[inline(always)]
    pub(crate) const fn is_identity(self) -> bool {
        self.scale.shift() == 0 && self.orientation.bits() == 0
    }

    /// The width and height of the picture of an image.
    #[inline(always)]
    pub(crate) const fn size(self, image: &Image<'_>) -> [u32; 2] {
        let divisor = self.scale.divisor();
        self.exchanged([
            image.width().div_ceil(divisor),
            image.height().div_ceil(divisor),
        ])
    }

    /// The blocks in a row and in a column of the picture.
    #[inline(always)]
    pub(crate) const fn blocks(self, image: &Image<'_>) -> [u32; 2] {
        self.exchanged([image.blocks_wide(), image.blocks_high()])
    }

    /// The columns and lines of the first blocks that are cut off before the picture begins.
    #[inline(always)]
    pub(crate) const fn margins(self, image: &Image<'_>) -> [u32; 2] {
        if !self.orientation.flips_horizontally() && !self.orientation.flips_vertically() {
            return [0; 2];
        }
        let divisor = self.scale.divisor();
        let mask = (1_u32 << self.scale.side_shift()).wrapping_sub(1);
        // What the last blocks have beyond the edges of the image.
        let right = image.width().div_ceil(divisor).wrapping_neg() & mask;
        let below = image.height().div_ceil(divisor).wrapping_neg() & mask;
        self.exchanged([
            if self.orientation.flips_horizontally() {
                right
            } else {
                0
            },
            if self.orientation.flips_vertically() {
                below
            } else {
                0
            },
        ])
    }

    /// A region of the picture in the columns and lines of its blocks, whole.
    #[inline(always)]
    pub(crate) const fn of_blocks(self, image: &Image<'_>, region: Region) -> Region {
        if self.orientation.bits() == 0 {
            return region;
        }
        let [columns, lines] = self.margins(image);
        Region {
            // A picture in whole blocks has at most 2^32 columns and lines.
            x: region.x.wrapping_add(columns),
            y: region.y.wrapping_add(lines),
            ..region
        }
    }

    /// The column and line of the image, reduced but not turned, that a pixel within the picture comes from.
    #[inline(always)]
    pub(crate) const fn source(self, image: &Image<'_>, at: [u32; 2]) -> [u32; 2] {
        let [mut x, mut y] = self.exchanged(at);
        let divisor = self.scale.divisor();
        if self.orientation.flips_horizontally() {
            x = image
                .width()
                .div_ceil(divisor)
                .wrapping_sub(x)
                .wrapping_sub(1);
        }
        if self.orientation.flips_vertically() {
            y = image
                .height()
                .div_ceil(divisor)
                .wrapping_sub(y)
                .wrapping_sub(1);
        }
        [x, y]
    }

    /// Some blocks of a row of blocks of the picture, given the first column of blocks and their number.
    #[inline(never)]
    pub(crate) const fn row_runs(
        self,
        image: &Image<'_>,
        row: u32,
        (column, count): (usize, usize),
    ) -> RowRuns {
        let (wide, high) = (image.blocks_wide() as usize, image.blocks_high() as usize);
        let [mut x, mut y] = [column, row as usize];
        if self.orientation.bits() == 0 {
            return RowRuns {
                first: y.wrapping_mul(wide).wrapping_add(x),
                step: 1,
                runs: 1,
                length: count,
            };
        }
        let [mut across, mut down] = [1_usize, wide];
        if self.orientation.transposes() {
            [x, y] = [y, x];
        }
        if self.orientation.flips_horizontally() {
            x = wide.wrapping_sub(1).wrapping_sub(x);
            across = across.wrapping_neg();
        }
        if self.orientation.flips_vertically() {
            y = high.wrapping_sub(1).wrapping_sub(y);
            down = down.wrapping_neg();
        }
        let step = if self.orientation.transposes() {
            down
        } else {
            across
        };
        let [runs, length] = if step == 1 { [1, count] } else { [count, 1] };
        RowRuns {
            first: y.wrapping_mul(wide).wrapping_add(x),
            step,
            runs,
            length,
        }
    }

    /// Column and line, or width and height, exchanged if the picture is transposed.
    #[inline(always)]
    const fn exchanged(self, [x, y]: [u32; 2]) -> [u32; 2] {
        if self.orientation.transposes() {
            [y, x]
        } else {
            [x, y]
        }
    }
}
