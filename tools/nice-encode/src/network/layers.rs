//! The encoder network: two dense layers from the samples of a block to the 48 bits of its latent.
//!
//! ```text
//! x_i = sample_i / 255                                  192 samples, red first, then green, then blue
//! h_j = bias_j + x_0 first_0j + x_1 first_1j + ...      added in this order
//! a_j = h_j > 0 ? h_j : h_j * slope
//! z_k = 0 + a_0 second_0k + a_1 second_1k + ...         added in this order
//! bit k is set when z_k > 0
//! ```
//!
//! Every operation is an IEEE 754 operation on 32 bits, in exactly this order and never fused, so that a picture is encoded to
//! the same file on every machine. Different units and different blocks are computed side by side.

use anyhow::{Result, bail, ensure};
use multiversion::multiversion;
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, Latent};
use rayon::prelude::*;

/// The largest number of hidden units of an encoder network.
pub const MAX_HIDDEN: usize = 1 << 16;

/// The number of outputs of a layer that are computed together.
const LANES: usize = 16;

/// The number of blocks that are encoded together.
const BATCH: usize = 4;

/// The number of blocks in a task of a parallel run.
const TASK: usize = 64;

/// The encoder network; the module defines its arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderNetwork {
    hidden: usize,
    slope: f32,
    first: Dense,
    bias: Vec<[f32; LANES]>,
    second: Dense,
}

/// The weights of a layer: panels of [`LANES`] outputs, and in a panel one input after the other.
#[derive(Clone, Debug, PartialEq)]
struct Dense {
    inputs: usize,
    outputs: usize,
    panels: Vec<[f32; LANES]>,
}

impl Dense {
    /// A layer of weights that are stored one input after the other.
    fn new(weights: &[f32], inputs: usize, outputs: usize) -> Self {
        let mut panels = vec![[0.0; LANES]; outputs.div_ceil(LANES) * inputs];
        for (input, row) in weights.chunks_exact(outputs).enumerate() {
            for (panel, lanes) in row.chunks(LANES).enumerate() {
                panels[panel * inputs + input][..lanes.len()].copy_from_slice(lanes);
            }
        }
        Self {
            inputs,
            outputs,
            panels,
        }
    }

    /// The weights, one input after the other.
    fn weights(&self) -> impl Iterator<Item = f32> {
        (0..self.inputs).flat_map(move |input| {
            (0..self.outputs).map(move |output| {
                self.panels[output / LANES * self.inputs + input][output % LANES]
            })
        })
    }

    /// Gives `sink` the sums of every panel for every block of a batch. A sum begins with its value in `start`.
    #[inline(always)]
    fn run(
        &self,
        inputs: &[[f32; BATCH]],
        start: impl Fn(usize) -> [f32; LANES],
        mut sink: impl FnMut(usize, &[[f32; LANES]; BATCH]),
    ) {
        for (at, panel) in self.panels.chunks_exact(self.inputs).enumerate() {
            let mut sums = [start(at); BATCH];
            for (weights, inputs) in panel.iter().zip(inputs) {
                for (sums, &input) in sums.iter_mut().zip(inputs) {
                    for (sum, &weight) in sums.iter_mut().zip(weights) {
                        *sum += input * weight;
                    }
                }
            }
            sink(at, &sums);
        }
    }
}

impl EncoderNetwork {
    /// A network of `hidden` units. `first` has 192 x `hidden` weights, one input after the other, `bias` has `hidden` numbers,
    /// and `second` has `hidden` x 48 weights, one unit after the other.
    ///
    /// # Errors
    ///
    /// When a length is wrong, or a number is infinite or NaN.
    pub fn new(
        hidden: usize,
        slope: f32,
        first: &[f32],
        bias: &[f32],
        second: &[f32],
    ) -> Result<Self> {
        ensure!(
            (1..=MAX_HIDDEN).contains(&hidden),
            "an encoder has 1 to {MAX_HIDDEN} hidden units, not {hidden}"
        );
        for (name, found, needed) in [
            ("first layer", first.len(), BLOCK_SAMPLES * hidden),
            ("bias", bias.len(), hidden),
            ("second layer", second.len(), hidden * LATENT_BITS),
        ] {
            ensure!(
                found == needed,
                "the {name} of an encoder with {hidden} hidden units has {needed} numbers, not {found}"
            );
        }
        ensure!(slope.is_finite(), "the slope of the encoder is {slope}");
        for (name, numbers) in [
            ("first layer", first),
            ("bias", bias),
            ("second layer", second),
        ] {
            if let Some(at) = numbers.iter().position(|number| !number.is_finite()) {
                bail!(
                    "number {at} of the {name} of the encoder is {}",
                    numbers[at]
                );
            }
        }
        let mut biases = vec![[0.0; LANES]; hidden.div_ceil(LANES)];
        biases.as_flattened_mut()[..hidden].copy_from_slice(bias);
        Ok(Self {
            hidden,
            slope,
            first: Dense::new(first, BLOCK_SAMPLES, hidden),
            bias: biases,
            second: Dense::new(second, hidden, LATENT_BITS),
        })
    }

    /// The number of hidden units.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// The slope of the rectifier below zero.
    pub fn slope(&self) -> f32 {
        self.slope
    }

    /// The numbers of the network in the order of [`new`](Self::new): the first layer, the bias, the second layer.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = f32> {
        let bias = &self.bias.as_flattened()[..self.hidden];
        self.first
            .weights()
            .chain(bias.iter().copied())
            .chain(self.second.weights())
    }

    /// The latents of planar blocks of 192 bytes each, on all threads.
    ///
    /// # Panics
    ///
    /// When the length of `blocks` is not a multiple of 192.
    pub fn encode_all(&self, blocks: &[u8]) -> Vec<Latent> {
        let (blocks, rest) = blocks.as_chunks::<BLOCK_SAMPLES>();
        assert!(rest.is_empty(), "{} bytes after the last block", rest.len());
        let mut latents = vec![Latent::default(); blocks.len()];
        blocks
            .par_chunks(TASK)
            .zip(latents.par_chunks_mut(TASK))
            .for_each(|(blocks, latents)| self.encode(blocks, latents));
        latents
    }

    /// The latents of planar blocks, on this thread.
    pub fn encode(&self, blocks: &[[u8; BLOCK_SAMPLES]], latents: &mut [Latent]) {
        encode(self, blocks, latents);
    }

    /// [`encode`](Self::encode), inlined into its caller, so that it is compiled for the processor features of the caller.
    #[inline(always)]
    fn inline_encode(&self, blocks: &[[u8; BLOCK_SAMPLES]], latents: &mut [Latent]) {
        let mut samples = [[0.0; BATCH]; BLOCK_SAMPLES];
        let mut units = vec![[0.0; BATCH]; self.hidden.next_multiple_of(LANES)];
        for (blocks, latents) in blocks.chunks(BATCH).zip(latents.chunks_mut(BATCH)) {
            for (n, block) in blocks.iter().enumerate() {
                for (samples, &sample) in samples.iter_mut().zip(block) {
                    samples[n] = f32::from(sample) / 255.0;
                }
            }
            self.first.run(
                &samples,
                |panel| self.bias[panel],
                |panel, sums| {
                    for (lane, units) in units[panel * LANES..][..LANES].iter_mut().enumerate() {
                        for (unit, sums) in units.iter_mut().zip(sums) {
                            let sum = sums[lane];
                            *unit = if sum > 0.0 { sum } else { sum * self.slope };
                        }
                    }
                },
            );
            let mut bits = [0_u64; BATCH];
            self.second.run(
                &units[..self.hidden],
                |_| [0.0; LANES],
                |panel, sums| {
                    for (bits, sums) in bits.iter_mut().zip(sums) {
                        for (lane, &sum) in sums.iter().enumerate() {
                            *bits |= u64::from(sum > 0.0) << (panel * LANES + lane);
                        }
                    }
                },
            );
            for (latent, bits) in latents.iter_mut().zip(bits) {
                let [a, b, c, d, e, f, ..] = bits.to_le_bytes();
                *latent = [a, b, c, d, e, f];
            }
        }
    }
}

/// [`EncoderNetwork::encode`], compiled for several sets of processor features, of which the best is chosen at run time.
#[multiversion(targets("x86_64+avx2"))]
fn encode(network: &EncoderNetwork, blocks: &[[u8; BLOCK_SAMPLES]], latents: &mut [Latent]) {
    network.inline_encode(blocks, latents);
}
