//! How many partial sums of a block the beam keeps.

/// The width of the beam, as it is requested; it is adapted to each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeamWidth(pub usize);

impl BeamWidth {
    /// The squared error of the best base codeword at which the beam has the requested width.
    pub const TYPICAL_ERROR: f32 = 0.8;

    /// The width of the beam after the stages of the fixed layout, as a fraction of that before.
    pub const LATE_FRACTION: usize = 3;

    /// The largest width of a beam, as a multiple of the requested width.
    const MAX_FACTOR: usize = 6;

    /// The smallest width of a beam, as a fraction of the requested width.
    const MIN_FRACTION: usize = 8;

    /// The width for the blocks with the smallest errors.
    pub const fn least(self) -> usize {
        self.0.div_ceil(Self::MIN_FRACTION)
    }

    /// The width for the blocks with the largest errors, and for all blocks in the first stage.
    pub const fn most(self) -> usize {
        self.0 * Self::MAX_FACTOR
    }

    /// The width for a block, given the squared error of its best base codeword. The gain of a wider beam is a fraction of that error,
    /// so more time is spent where it is large.
    pub fn adapted(self, error: f32) -> usize {
        let scaled = self.0 as f32 * (error.max(0.0) / Self::TYPICAL_ERROR).sqrt();
        (scaled as usize).clamp(self.least(), self.most())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beam_is_wider_for_blocks_with_a_larger_error() {
        let width = BeamWidth(24);
        assert_eq!(width.adapted(0.0), 3);
        assert_eq!(width.adapted(0.8), 24);
        assert_eq!(width.adapted(3.2), 48);
        assert_eq!(width.adapted(100.0), 144);
        assert_eq!(BeamWidth(1).adapted(0.0), 1);
    }
}
