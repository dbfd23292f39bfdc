//! The model: checked tables that turn a latent into a block.

use core::fmt;

#[cfg(feature = "std")]
use multiversion::{multiversion, target::target_cfg_f};

use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, LINE_SAMPLES};
use crate::codebook;
use crate::codebook::tables::{Codebook, stages};
use crate::container::id::ModelId;
use crate::container::model::ModelContainer;
use crate::deblock::filter::DeblockFilter;
use crate::error::{MemoryError, ModelError, ModelField, ModelTable};
use crate::format::{CODEWORD_BYTES, MAX_NAME_BYTES, ModelFile, ModelTables, Stage, stage_ends};
use crate::latent::{AdaptiveLatent, LATENT_BITS};
use crate::network::layers::Network;
use crate::network::scalar::NATIVE;
#[cfg(feature = "std")]
use crate::network::scalar::WIDE;
use crate::output::transform::{Scale, Transform};
use crate::{network, swar};

/// The pixels that a picture has of a block: red, green and blue.
pub(crate) type Pixels = [[u8; 3]; BLOCK_SIDE * BLOCK_SIDE];

/// The kind of codec that a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Codec {
    /// Two dense layers with a leaky rectifier between them.
    Network,
    /// A base codeword plus a gain times the sum of a few residual codewords.
    Codebook,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Network => "network",
            Self::Codebook => "codebook",
        })
    }
}

/// A decoder model: the tables that turn the latent of a block into its pixels, borrowed from a `.nicem` file.
///
/// Everything that could go wrong is checked when it is created; after that, decoding a block cannot fail. It is small (less
/// than 64 bytes where pointers have four) and `Copy`; the tables stay where they are, in flash for instance.
///
/// To decode an image, combine it with its model: [`Decoder::new`](crate::Decoder::new).
#[derive(Clone, Copy)]
pub struct Model<'a> {
    id: ModelId,
    name: &'a str,
    tables: Tables<'a>,
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Model<'_>>() < 64);

/// The checked tables of a model.
#[derive(Clone, Copy)]
enum Tables<'a> {
    Network(Network<'a>),
    Codebook(Codebook<'a>),
}

impl<'a> Model<'a> {
    /// Reads a model file, and checks all of it.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if the file is not a model, has another version, is truncated, too long, or damaged, or has a table
    /// with which a sum could overflow.
    pub fn from_bytes(file: &'a [u8]) -> Result<Self, ModelError> {
        Self::read(file, true)
    }

    /// Reads a model file without verifying its checksum, which takes most of the time of [`from_bytes`](Self::from_bytes).
    ///
    /// This is for a model that is part of the program. Everything that decoding relies on is checked; at worst, a damaged
    /// file decodes to wrong colors.
    ///
    /// # Errors
    ///
    /// Those of [`from_bytes`](Self::from_bytes), except [`ModelError::Checksum`].
    pub fn from_trusted_bytes(file: &'a [u8]) -> Result<Self, ModelError> {
        Self::read(file, false)
    }

    /// Reads a model, and verifies its checksum if asked to.
    fn read(file: &'a [u8], verify: bool) -> Result<Self, ModelError> {
        let ModelContainer {
            id,
            contents: ModelFile { name, tables },
            body,
            body_offset,
        } = ModelContainer::read(file, verify)?;
        ModelField::NameLength.check(name.len(), 1..=MAX_NAME_BYTES)?;
        let printable = (b' '.into())..=(b'~'.into());
        ModelTable::Name.check(name.bytes().map(i32::from), printable)?;
        let tables = match tables {
            ModelTables::Network(network) => Tables::Network(Network::new(&network)?),
            ModelTables::Codebook(codebook) => {
                Tables::Codebook(Codebook::new(&codebook, body, body_offset)?)
            }
        };
        Ok(Self { id, name, tables })
    }

    /// The id, by which an image names the model that it was encoded for.
    #[must_use]
    pub const fn id(&self) -> ModelId {
        self.id
    }

    /// The name: 1 to 32 printable ASCII characters.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The kind of codec.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        match self.tables {
            Tables::Network(_) => Codec::Network,
            Tables::Codebook(_) => Codec::Codebook,
        }
    }

    /// The number of hidden units of a network, 1 to 512; `None` for a codebook.
    #[must_use]
    pub fn hidden_units(&self) -> Option<usize> {
        match &self.tables {
            Tables::Network(network) => Some(network.hidden()),
            Tables::Codebook(_) => None,
        }
    }

    /// The stages of a codebook, the base first; none for a network.
    pub fn stages(&self) -> impl ExactSizeIterator<Item = Stage> + Clone + use<'a> {
        match &self.tables {
            Tables::Network(_) => stages(&[]),
            Tables::Codebook(codebook) => codebook.stages(),
        }
    }

    /// Whether a latent of this length in bits ends where a stage does: the first one, or a later one. A network
    /// has latents of 48 bits.
    pub(crate) fn has_length(&self, length: u8) -> bool {
        match &self.tables {
            Tables::Network(_) => usize::from(length) == LATENT_BITS,
            Tables::Codebook(codebook) => {
                stage_ends(codebook.stages()).any(|end| end == usize::from(length))
            }
        }
    }

    /// Whether the model has a deblocking filter, so that a [`Deblocker`](crate::Deblocker) changes anything.
    #[must_use]
    pub fn has_deblocking(&self) -> bool {
        self.deblock_filter().is_some()
    }

    /// The deblocking filter.
    pub(crate) fn deblock_filter(&self) -> Option<DeblockFilter<'a>> {
        match &self.tables {
            Tables::Network(_) => None,
            Tables::Codebook(codebook) => codebook.deblock_filter(),
        }
    }

    /// The bytes of memory that [`expand`](Self::expand) needs: about a megabyte for size m, 300 KB for size s. 0 if there is
    /// nothing to expand: for a network, for a model that is already expanded, and where pointers have less than 8 bytes.
    #[must_use]
    pub fn expanded_bytes(&self) -> usize {
        match &self.tables {
            Tables::Network(_) => 0,
            Tables::Codebook(codebook) => {
                codebook::expanded_codewords(codebook).saturating_mul(CODEWORD_BYTES)
            }
        }
    }

    /// Expands a codebook: writes out its codewords in all their orientations, in memory that the caller lends.
    ///
    /// The expanded model decodes the same pixels about twice as fast. It pays off from about ten thousand blocks on, on hosts
    /// whose caches hold a megabyte. If there is [nothing to expand](Self::expanded_bytes), the model is returned as it is.
    ///
    /// ```
    /// # use nice_decode::Model;
    /// # fn show(file: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    /// let model = Model::from_bytes(file)?;
    /// let mut memory = vec![0; model.expanded_bytes()];
    /// let model = model.expand(&mut memory)?;
    /// # Ok(())
    /// # }
    /// # show(include_bytes!("../tests/data/model.nicem")).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`MemoryError`] if the memory has fewer bytes than [`expanded_bytes`](Self::expanded_bytes).
    pub fn expand<'b>(&self, memory: &'b mut [u8]) -> Result<Model<'b>, MemoryError>
    where
        'a: 'b,
    {
        let (found, needed) = (memory.len(), self.expanded_bytes());
        if found < needed {
            return Err(MemoryError { found, needed });
        }
        Ok(Model {
            tables: match &self.tables {
                Tables::Network(network) => Tables::Network(*network),
                Tables::Codebook(codebook) => {
                    Tables::Codebook(codebook::expand(codebook, memory.as_chunks_mut().0))
                }
            },
            ..*self
        })
    }

    /// Decodes the pixel in column `x` and line `y` of a block, both modulo 8, to red, green and blue. It cannot fail.
    ///
    /// With a codebook that takes about a tenth of the work of the whole block, with a network all of it.
    #[must_use]
    pub fn texel(&self, latent: impl Into<AdaptiveLatent>, x: usize, y: usize) -> [u8; 3] {
        self.texel_of(&latent.into(), x, y)
    }

    /// [`texel`](Self::texel) at a size: column and line are those in the block, which has fewer pixels then.
    pub(crate) fn texel_at_scale(
        &self,
        latent: &AdaptiveLatent,
        [x, y]: [usize; 2],
        scale: Scale,
    ) -> [u8; 3] {
        let side = 1_usize.wrapping_shl(scale.side_shift());
        let mask = side.wrapping_sub(1);
        match &self.tables {
            Tables::Network(_) => {
                let mut pixels = [[0; 3]; BLOCK_SIDE * BLOCK_SIDE];
                let transform = Transform {
                    scale,
                    ..Transform::IDENTITY
                };
                self.pixels(latent, transform, false, &mut pixels);
                let at = (y & mask).wrapping_mul(side).wrapping_add(x & mask);
                pixels.get(at).copied().unwrap_or_default()
            }
            Tables::Codebook(codebook) => {
                codebook::texel_reduced(codebook, latent, [x & mask, y & mask], scale)
            }
        }
    }

    /// [`texel`](Self::texel), compiled once.
    #[inline(always)]
    fn texel_of(&self, latent: &AdaptiveLatent, x: usize, y: usize) -> [u8; 3] {
        match &self.tables {
            Tables::Network(_) => {
                let mut block = [0; BLOCK_SAMPLES];
                self.block_of(latent, &mut block);
                let at = (y % BLOCK_SIDE)
                    .wrapping_mul(BLOCK_SIDE)
                    .wrapping_add(x % BLOCK_SIDE);
                block.as_chunks().0.get(at).copied().unwrap_or_default()
            }
            Tables::Codebook(codebook) => codebook::texel(codebook, latent, x, y),
        }
    }

    /// Decodes a block to 8 lines of 8 pixels of red, green and blue: sample `c` of the pixel in column `x` and line `y` is
    /// `block[(y * 8 + x) * 3 + c]`. It cannot fail.
    ///
    /// The latent is a [`&Latent`](crate::Latent) of 48 bits, or an [`AdaptiveLatent`] of any length. With a codebook, the stages
    /// are decoded that the latent has all bits of; without any, the block is black. A network always uses 48 bits.
    pub fn block(&self, latent: impl Into<AdaptiveLatent>, block: &mut [u8; BLOCK_SAMPLES]) {
        self.block_of(&latent.into(), block);
    }

    /// [`block`](Self::block), compiled once.
    pub(crate) fn block_of(&self, latent: &AdaptiveLatent, block: &mut [u8; BLOCK_SAMPLES]) {
        if let Some(codebook) = self.swar_codebook() {
            return codebook::decode_block_swar(codebook, latent, block);
        }
        self.block_by_lines(latent, block);
    }

    /// [`block`](Self::block) by way of [`lines`](Self::lines).
    #[inline(always)]
    fn block_by_lines(&self, latent: &AdaptiveLatent, block: &mut [u8; BLOCK_SAMPLES]) {
        let (lines, _) = block.as_chunks_mut::<LINE_SAMPLES>();
        self.lines(latent, false, &mut |y, line| {
            let Some(out) = lines.get_mut(y) else {
                return;
            };
            let parts = (out.as_chunks_mut::<8>().0, line.as_chunks::<8>().0);
            if swar::PREFERRED
                && let ([a, b, c], [x, y, z]) = parts
            {
                // A call of `memcpy` for so few bytes takes a hundred instructions.
                (*a, *b, *c) = (*x, *y, *z);
            } else {
                *out = *line;
            }
        });
    }

    /// Decodes a block to the pixels that a picture has of it, reduced in size and turned, line after line. With `luma`,
    /// red, green and blue are equal to the luma of a codebook. With a codebook and SWAR, [`codebook::swar::decode_reduced`] does that.
    pub(crate) fn pixels(
        &self,
        latent: &AdaptiveLatent,
        transform: Transform,
        luma: bool,
        pixels: &mut [[u8; 3]],
    ) {
        let (scale, orientation) = (transform.scale, transform.orientation);
        let side = 1_usize.wrapping_shl(scale.side_shift());
        let mut upright = [[0; 3]; BLOCK_SIDE * BLOCK_SIDE];
        match &self.tables {
            Tables::Codebook(codebook) if !swar::PREFERRED && scale != Scale::Full => {
                codebook::decode_reduced_scalar(codebook, latent, scale, luma, &mut upright);
            }
            Tables::Codebook(_) if !swar::PREFERRED && luma => {
                let (lines, _) = upright.as_flattened_mut().as_chunks_mut();
                self.lines(latent, true, &mut |y, line| {
                    if let Some(out) = lines.get_mut(y) {
                        *out = *line;
                    }
                });
            }
            _ => {
                if let Some(block) = upright.as_flattened_mut().first_chunk_mut() {
                    self.block_of(latent, block);
                }
                if scale != Scale::Full {
                    reduce(&mut upright, scale);
                }
            }
        }
        let targets = pixels.iter_mut().take(side.wrapping_mul(side)).enumerate();
        for (at, pixel) in targets {
            let (x, y) = (at & side.wrapping_sub(1), at >> scale.side_shift());
            let [x, y] = orientation.source([x, y], side);
            let from = y.wrapping_mul(side).wrapping_add(x);
            *pixel = upright.get(from).copied().unwrap_or_default();
        }
    }

    /// The codebook, if there is one and blocks are decoded with SWAR.
    pub(crate) const fn swar_codebook(&self) -> Option<&Codebook<'a>> {
        match &self.tables {
            Tables::Codebook(codebook) if swar::PREFERRED => Some(codebook),
            _ => None,
        }
    }

    /// Decodes a block, and gives `sink` its lines: the number of the line, and its samples. With `luma`, red, green and blue are
    /// equal to the luma of a codebook. Compiled once, however many pixel formats a program uses.
    pub(crate) fn lines(
        &self,
        latent: &AdaptiveLatent,
        luma: bool,
        sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        /// Not inlined, so that decoding with a network does not need its stack frame.
        #[inline(never)]
        fn codebook_lines(
            codebook: &Codebook<'_>,
            latent: &AdaptiveLatent,
            luma: bool,
            sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES]),
        ) {
            codebook::decode_lines(codebook, latent, luma, sink);
        }

        match &self.tables {
            Tables::Network(network) => network_lines(network, latent, sink),
            Tables::Codebook(codebook) => codebook_lines(codebook, latent, luma, sink),
        }
    }

    /// The checked tables of a codebook.
    #[cfg(test)]
    pub(crate) fn codebook(&self) -> Option<&Codebook<'a>> {
        match &self.tables {
            Tables::Network(_) => None,
            Tables::Codebook(codebook) => Some(codebook),
        }
    }
}

/// [`Model::lines`] of a network. Not inlined, so that decoding with a codebook does not need its stack frame.
#[cfg(not(feature = "std"))]
#[inline(never)]
fn network_lines(
    network: &Network<'_>,
    latent: &AdaptiveLatent,
    sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    network::decode_lines::<NATIVE>(network, latent, sink);
}

/// [`Model::lines`] of a network, compiled for several sets of processor features, of which the best is chosen at run time.
#[cfg(feature = "std")]
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn network_lines(
    network: &Network,
    latent: &AdaptiveLatent,
    sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES]),
) {
    if target_cfg_f!(target_feature = "avx512bw") {
        network::decode_lines::<WIDE>(network, latent, sink);
    } else {
        network::decode_lines::<NATIVE>(network, latent, sink);
    }
}

/// Replaces the first pixels of a block by the means of its squares of pixels, line after line.
#[inline(never)]
fn reduce(pixels: &mut Pixels, scale: Scale) {
    let (shift, side_shift) = (scale.shift(), scale.side_shift());
    let (square, side) = (
        1_usize.wrapping_shl(shift),
        1_usize.wrapping_shl(side_shift),
    );
    // The logarithm of the number of pixels in a square, of which half are added.
    let log = shift.wrapping_mul(2);
    for at in 0..side.wrapping_mul(side) {
        let (x, y) = (at & side.wrapping_sub(1), at >> side_shift);
        let first = (y << shift)
            .wrapping_mul(BLOCK_SIDE)
            .wrapping_add(x << shift);
        let mut sums = [1_u32.wrapping_shl(log) >> 1; 3];
        for line in 0..square {
            let first = line.wrapping_mul(BLOCK_SIDE).wrapping_add(first);
            let line = pixels.get(first..first.wrapping_add(square));
            for rgb in line.unwrap_or_default() {
                for (sum, &sample) in sums.iter_mut().zip(rgb) {
                    *sum = sum.wrapping_add(sample.into());
                }
            }
        }
        // A mean is written to where no later square begins.
        if let Some(pixel) = pixels.get_mut(at) {
            *pixel = sums.map(|sum| (sum >> log) as u8);
        }
    }
}

impl fmt::Debug for Model<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("codec", &self.codec())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Model<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model {} \"{}\": {}", self.id, self.name, self.codec())?;
        match &self.tables {
            Tables::Network(network) => write!(f, ", {} hidden units", network.hidden()),
            Tables::Codebook(codebook) => write!(f, ", {} stages", codebook.stages().len()),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Model<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "model {} {=str}: {}", self.id, self.name, self.codec());
        match &self.tables {
            Tables::Network(network) => defmt::write!(f, ", {} hidden units", network.hidden()),
            Tables::Codebook(codebook) => defmt::write!(f, ", {} stages", codebook.stages().len()),
        }
    }
}
