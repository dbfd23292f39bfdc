//! The encoder network and its file `.nicee`: from the samples of a block to the 48 bits of its latent.
//!
//! The network is the notebook's encoder with its first two linear layers multiplied out:
//!
//! ```text
//! x_i = sample_i / 255                                  192 samples, red first, then green, then blue
//! h_j = bias_j + x_0 first_0j + x_1 first_1j + ...      added up in this order
//! a_j = h_j > 0 ? h_j : h_j * slope
//! z_k = 0 + a_0 second_0k + a_1 second_1k + ...         added up in this order
//! bit k is set when z_k > 0
//! ```
//!
//! Every operation is one of IEEE 754 on 32 bits, in exactly this order and never fused, so that a picture becomes the same
//! file on every machine. What runs side by side is different units and different blocks, and those do not meet.
//!
//! The file, little-endian:
//!
//! ```text
//!  0  magic "NICX"    4  version, 1    5  bits of a latent, 48    6  two zero bytes
//!  8  id of the decoder model that the encoder belongs to, u32
//! 12  hidden units, u32               16  slope, f32
//! 20  first, 192 x hidden f32; bias, hidden f32; second, hidden x 48 f32
//! end CRC-32 of everything before it, u32; nothing after
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nice_decode::{Decoder, LATENT_BITS, Latent, ModelId};
use rayon::prelude::*;

use crate::blocks::BLOCK_BYTES;
use crate::kind::{self, FileKind};
use crate::{files, wide};

/// The first four bytes of an encoder file.
pub const ENCODER_MAGIC: [u8; 4] = *b"NICX";

/// The version of the encoder file that is read and written here.
pub const ENCODER_VERSION: u8 = 1;

/// The most hidden units that an encoder may have.
pub const MAX_ENCODER_HIDDEN: usize = 1 << 16;

/// The length of an encoder file's header; the numbers follow it.
const HEADER_BYTES: usize = 20;

/// How many outputs of a layer are worked on at once.
const LANES: usize = 16;

/// How many blocks are worked on at once.
const TOGETHER: usize = 4;

/// How many blocks one task of a parallel run takes.
pub(crate) const TASK: usize = 64;

/// The encoder network; see the module for its arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderNetwork {
    hidden: usize,
    slope: f32,
    first: Dense,
    bias: Vec<[f32; LANES]>,
    second: Dense,
}

/// The weights of a layer, [`LANES`] outputs after another; of those, one input after another.
#[derive(Clone, Debug, PartialEq)]
struct Dense {
    inputs: usize,
    outputs: usize,
    panels: Vec<[f32; LANES]>,
}

impl Dense {
    /// A layer of weights that stand one input after another.
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

    /// The weights, one input after another.
    fn weights(&self) -> impl Iterator<Item = f32> {
        (0..self.inputs).flat_map(move |input| {
            (0..self.outputs).map(move |output| {
                self.panels[output / LANES * self.inputs + input][output % LANES]
            })
        })
    }

    /// Gives `sink` the sums of every panel for every block, beginning with those in `start`.
    #[inline(always)]
    fn run(
        &self,
        inputs: &[[f32; TOGETHER]],
        start: impl Fn(usize) -> [f32; LANES],
        mut sink: impl FnMut(usize, &[[f32; LANES]; TOGETHER]),
    ) {
        for (at, panel) in self.panels.chunks_exact(self.inputs).enumerate() {
            let mut sums = [start(at); TOGETHER];
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
    /// A network of `hidden` units: `first` is 192 x `hidden` numbers, one input after another; `bias` is `hidden`; `second`
    /// is `hidden` x 48, one unit after another.
    ///
    /// # Errors
    ///
    /// When a length does not fit, or a number is infinite or none.
    pub fn new(
        hidden: usize,
        slope: f32,
        first: &[f32],
        bias: &[f32],
        second: &[f32],
    ) -> Result<Self> {
        ensure!(
            (1..=MAX_ENCODER_HIDDEN).contains(&hidden),
            "an encoder has 1 to {MAX_ENCODER_HIDDEN} hidden units, not {hidden}"
        );
        for (name, found, needed) in [
            ("first layer", first.len(), BLOCK_BYTES * hidden),
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
            first: Dense::new(first, BLOCK_BYTES, hidden),
            bias: biases,
            second: Dense::new(second, hidden, LATENT_BITS),
        })
    }

    /// How many hidden units there are.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// The slope of the rectifier below zero.
    pub fn slope(&self) -> f32 {
        self.slope
    }

    /// The bytes of an encoder file, for the decoder model with this id.
    pub fn to_bytes(&self, decoder: ModelId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(file_bytes(self.hidden));
        bytes.extend(ENCODER_MAGIC);
        bytes.extend([ENCODER_VERSION, LATENT_BITS as u8, 0, 0]);
        bytes.extend(decoder.get().to_le_bytes());
        bytes.extend((self.hidden as u32).to_le_bytes());
        bytes.extend(self.slope.to_le_bytes());
        bytes.extend(self.first.weights().flat_map(f32::to_le_bytes));
        let bias = &self.bias.as_flattened()[..self.hidden];
        bytes.extend(bias.iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(self.second.weights().flat_map(f32::to_le_bytes));
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    /// Writes an encoder file, whole or not at all, for the decoder model with this id.
    pub fn write(&self, path: &Path, decoder: ModelId) -> Result<()> {
        files::write_atomically(path, &self.to_bytes(decoder))
    }

    /// Reads the bytes of an encoder file: the network, and the id of the decoder model that it belongs to.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, ModelId)> {
        let Some((head, _)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            ensure!(
                bytes.get(..4).is_none_or(|magic| magic == ENCODER_MAGIC),
                "it is no NICE encoder (.nicee)"
            );
            bail!(
                "it ends after {} bytes, within its header; it was cut short, so copy it again",
                bytes.len()
            );
        };
        let (words, _) = head.as_chunks::<4>();
        let [magic, [version, bits, reserved @ ..], id, hidden, slope] = words else {
            unreachable!("20 bytes are five words")
        };
        ensure!(*magic == ENCODER_MAGIC, "it is no NICE encoder (.nicee)");
        ensure!(
            *version <= ENCODER_VERSION,
            "it has version {version}, and this program reads version {ENCODER_VERSION}; a newer program is needed"
        );
        ensure!(
            *version == ENCODER_VERSION,
            "it has version {version}, which never was; the file is damaged"
        );
        ensure!(
            usize::from(*bits) == LATENT_BITS && *reserved == [0; 2],
            "it is for latents of {bits} bits, and this program knows {LATENT_BITS}"
        );
        let hidden = u32::from_le_bytes(*hidden);
        ensure!(
            (1..=MAX_ENCODER_HIDDEN as u64).contains(&u64::from(hidden)),
            "it has {hidden} hidden units, and 1 to {MAX_ENCODER_HIDDEN} are possible; the file is damaged"
        );
        let hidden = hidden as usize;
        let needed = file_bytes(hidden);
        match bytes.len() {
            found if found < needed => {
                bail!("it has {found} bytes and needs {needed}; it was cut short, so copy it again")
            }
            found if found > needed => bail!(
                "it has {} bytes after its end; copy it again",
                found - needed
            ),
            _ => {}
        }
        let (covered, stored) = bytes.split_at(needed - 4);
        ensure!(
            crc32fast::hash(covered).to_le_bytes() == *stored,
            "its checksum does not fit; the file is damaged, so copy it again"
        );
        let numbers: Vec<f32> = covered[HEADER_BYTES..]
            .as_chunks()
            .0
            .iter()
            .map(|number| f32::from_le_bytes(*number))
            .collect();
        let (first, rest) = numbers.split_at(BLOCK_BYTES * hidden);
        let (bias, second) = rest.split_at(hidden);
        let network = Self::new(hidden, f32::from_le_bytes(*slope), first, bias, second)?;
        Ok((network, ModelId::new(u32::from_le_bytes(*id))))
    }

    /// Reads the encoder that lies beside a decoder model: `X.nicee` beside `X.nicem`, or `encoder.nicee` beside
    /// `decoder.nicem`.
    ///
    /// # Errors
    ///
    /// When there is none, or the one there is damaged or belongs to another decoder model.
    pub fn load_beside(model: &Path, decoder: &Decoder<'_>) -> Result<Self> {
        let path = find_beside(model)?;
        let bytes = kind::read(&path, FileKind::Encoder)?;
        let (network, id) = Self::from_bytes(&bytes)
            .with_context(|| format!("cannot use the encoder {}", path.display()))?;
        ensure!(
            id == decoder.id(),
            "the encoder {} belongs to the decoder model {id}, and {} is {} (\"{}\"); \
             copy the .nicee from the run folder that the model came from",
            path.display(),
            model.display(),
            decoder.id(),
            decoder.name()
        );
        Ok(network)
    }

    /// The latent of one block, its samples channel after channel.
    pub fn encode(&self, block: &[u8; BLOCK_BYTES]) -> Latent {
        let mut latent = [Latent::default()];
        wide::encode(self, std::slice::from_ref(block), &mut latent);
        latent[0]
    }

    /// The latents of any number of blocks, on all threads.
    ///
    /// # Panics
    ///
    /// When `blocks` is no multiple of 192 bytes long.
    pub fn encode_all(&self, blocks: &[u8]) -> Vec<Latent> {
        let (blocks, rest) = blocks.as_chunks::<BLOCK_BYTES>();
        assert!(rest.is_empty(), "{} bytes after the last block", rest.len());
        let mut latents = vec![Latent::default(); blocks.len()];
        blocks
            .par_chunks(TASK)
            .zip(latents.par_chunks_mut(TASK))
            .for_each(|(blocks, latents)| wide::encode(self, blocks, latents));
        latents
    }

    /// The latents of some blocks, compiled into its caller with the processor features of the caller.
    #[inline(always)]
    pub(crate) fn encode_inline(&self, blocks: &[[u8; BLOCK_BYTES]], latents: &mut [Latent]) {
        let mut samples = [[0.0; TOGETHER]; BLOCK_BYTES];
        let mut units = vec![[0.0; TOGETHER]; self.hidden.next_multiple_of(LANES)];
        for (blocks, latents) in blocks.chunks(TOGETHER).zip(latents.chunks_mut(TOGETHER)) {
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
            let mut bits = [0_u64; TOGETHER];
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

/// The length of the file of an encoder with so many hidden units.
fn file_bytes(hidden: usize) -> usize {
    HEADER_BYTES + 4 * hidden * (BLOCK_BYTES + 1 + LATENT_BITS) + 4
}

/// Where the encoder of a decoder model is.
pub(crate) fn find_beside(model: &Path) -> Result<PathBuf> {
    let same_name = model.with_extension("nicee");
    let mut places = vec![same_name.clone()];
    if model.file_stem().is_some_and(|stem| stem == "decoder") {
        places.push(model.with_file_name("encoder.nicee"));
    }
    if let Some(found) = places.iter().find(|place| place.exists()) {
        return Ok(found.clone());
    }
    let names: Vec<String> = places
        .iter()
        .filter_map(|place| Some(place.file_name()?.to_string_lossy().into_owned()))
        .collect();
    bail!(
        "encoding needs the encoder that was trained with {model}, and {names} was not found beside it; \
         copy encoder.nicee from the run folder that the model came from to {same_name}",
        model = model.display(),
        names = names.join(" or "),
        same_name = same_name.display(),
    );
}
