//! A line of the frame, pixel by pixel.

use crate::color::{FOG, blend};

/// The fraction bits of all lengths.
pub(crate) const FRACTION_BITS: u32 = 16;

/// A line of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Above the horizon: the whole line has this color.
    Sky([u8; 3]),
    /// Below the horizon.
    Floor(FloorLine),
}

/// A line of the frame that shows the floor, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorLine {
    /// The position of the next pixel on the floor, in texels with [`FRACTION_BITS`] fraction bits.
    pub(crate) position: [i32; 2],
    /// The step from one pixel to the next.
    pub(crate) step: [i32; 2],
    /// The amount of fog, 0 to 256.
    pub(crate) fog: u32,
    /// The mip level: texels are those of the texture at 1/2 to this power of its size.
    pub(crate) level: u32,
}

impl FloorLine {
    /// The mip level, 0 to 3: [`next_texel`](Self::next_texel) is that of the texture at 1, 1/2, 1/4 or 1/8 of its size.
    #[must_use]
    pub const fn level(&self) -> usize {
        self.level as usize
    }

    /// The column and line of the next pixel's texel, or `None` if the fog hides it.
    #[inline]
    pub fn next_texel(&mut self) -> Option<[i32; 2]> {
        let texel = self
            .position
            .map(|length| length >> (FRACTION_BITS + self.level));
        self.position = [0, 1].map(|axis| self.position[axis].wrapping_add(self.step[axis]));
        (self.fog < 256).then_some(texel)
    }

    /// The color of a texel of this line behind the fog; without a texel, the color of the fog.
    #[inline]
    #[must_use]
    pub fn with_fog(&self, texel: Option<[u8; 3]>) -> [u8; 3] {
        texel.map_or(FOG, |texel| blend(texel, FOG, self.fog))
    }
}
