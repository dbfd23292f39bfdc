//! Luma and chroma to red, green and blue, one sample at a time.

use crate::format::GAIN_SHIFTS;

/// A gain, and for luma and both chroma samples what is added to a product with it before the fraction bits are dropped, and
/// what is subtracted after.
///
/// A product is at most 255 * 255, and what is added to it at most 255, so 16 bits are enough. Red, green and blue are at most
/// 1,400 in magnitude before they are clamped (see section 5.7 of `FORMAT.md`).
#[derive(Clone, Copy)]
pub(crate) struct Gain {
    factor: u16,
    offsets: [[u16; 2]; 3],
}

impl Gain {
    /// The gain of a base codeword, given the sum of the peaks of the residual stages.
    #[inline(always)]
    pub(crate) fn new(gain: u8, peak_sum: u8) -> Self {
        let factor = u16::from(gain);
        let peak = factor.wrapping_mul(u16::from(peak_sum));
        let offsets = GAIN_SHIFTS.map(|shift| {
            let start = (1_i32.wrapping_shl(shift)).wrapping_sub(i32::from(peak)) >> 1;
            let whole = 0_i32.wrapping_sub(start >> shift);
            [
                (start & 1_i32.wrapping_shl(shift).wrapping_sub(1)) as u16,
                whole as u16,
            ]
        });
        Self { factor, offsets }
    }

    /// The residual that a sum of residual codewords stands for, in plane `PLANE`.
    #[inline(always)]
    const fn residual<const PLANE: usize>(self, sum: u8) -> i16 {
        let [start, whole] = self.offsets[PLANE % 3];
        let product = self.factor.wrapping_mul(sum as u16).wrapping_add(start);
        product
            .wrapping_shr(GAIN_SHIFTS[PLANE % 3])
            .wrapping_sub(whole) as i16
    }

    /// The luma of a pixel.
    #[inline(always)]
    pub(crate) const fn luma(self, base: u8, sum: u8) -> i16 {
        self.residual::<0>(sum).wrapping_add(base as i16)
    }

    /// What the two chroma samples of a site add to luma for red, green and blue.
    #[inline(always)]
    pub(crate) const fn color_differences(self, base: [u8; 2], sums: [u8; 2]) -> [i16; 3] {
        let chroma1 = self
            .residual::<1>(sums[0])
            .wrapping_add(base[0] as i16)
            .wrapping_sub(128);
        let chroma2 = self
            .residual::<2>(sums[1])
            .wrapping_add(base[1] as i16)
            .wrapping_sub(128);
        [
            chroma1.wrapping_sub(chroma2),
            chroma2.wrapping_add(chroma2),
            0_i16.wrapping_sub(chroma1).wrapping_sub(chroma2),
        ]
    }
}
