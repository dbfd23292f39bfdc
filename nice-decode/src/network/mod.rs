//! The network in integers: from the bits of a latent to the samples of a block.
//!
//! Its two dense layers follow the usual recipe for integer inference: 8-bit weights with one scale for each row, 32-bit
//! sums, a multiplication and a shift (Jacob et al., "Quantization and Training of Neural Networks for Efficient
//! Integer-Arithmetic-Only Inference", 2018). The inputs of the first layer are single bits, so it needs no multiplication: it
//! adds up the weights of the bits that are set.
//!
//! There are two variants: [`scalar`], and `dsp` for processors with Arm's DSP instructions.

#[cfg(feature = "dsp")]
mod dsp;
pub(crate) mod layers;
pub(crate) mod scalar;

use crate::block::LINE_SAMPLES;
use crate::latent::AdaptiveLatent;
use layers::Network;

/// Decodes a block, and gives `sink` its lines: the number of the line, and its samples. `TERMS` products are added at a time
/// where registers are wide.
#[inline(always)]
pub(crate) fn decode_lines<const TERMS: usize>(
    network: &Network<'_>,
    latent: &AdaptiveLatent,
    sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return dsp::decode(network, latent, sink);
    }
    scalar::decode::<TERMS>(network, latent, sink);
}
