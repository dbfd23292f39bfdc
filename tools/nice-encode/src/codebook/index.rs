//! The indices of the stages, the latent that they form, and the partial sums of the codewords that they select.

use nice_decode::format::{MAX_STAGES, Stage};
use nice_decode::{AdaptiveLatent, Orientation};

/// What the index of a stage selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageIndex {
    /// The number of the codeword in its stage.
    pub codeword: u16,
    /// The orientation of the codeword.
    pub orientation: Orientation,
    /// Whether the codeword is negated.
    pub negative: bool,
}

/// An index for every stage, the base first.
pub type Indices = [StageIndex; MAX_STAGES];

/// The latent that the indices of some stages form.
pub(super) fn latent(stages: impl Iterator<Item = Stage>, indices: &Indices) -> AdaptiveLatent {
    let mut bits = 0_u128;
    let mut offset = 0;
    for (number, (stage, index)) in stages.zip(indices).enumerate() {
        let orientation = u128::from(index.orientation.bits());
        let mut width = u32::from(stage.orientation_bits);
        let mut flags = orientation;
        if number > 0 {
            flags = orientation << 1 | u128::from(index.negative);
            width += 1;
        }
        bits |= (u128::from(index.codeword) << width | flags) << offset;
        offset += usize::from(stage.bits);
    }
    let bytes = bits.to_le_bytes();
    AdaptiveLatent::new(&std::array::from_fn(|at| bytes[at]), offset)
}

/// The sum of the codewords of some of the stages, the base first.
#[derive(Clone, Copy, Debug, Default)]
pub struct PartialSum {
    /// The indices of these stages.
    pub indices: Indices,
    /// The squared error of the sum with samples in 0..1, without that of the fine chroma.
    pub error: f32,
}
