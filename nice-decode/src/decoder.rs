//! The decoder: a model that has been checked, ready to turn latents into blocks.

use core::fmt;

use crate::block::{BLOCK, BLOCK_SAMPLES, LINE_SAMPLES};
use crate::crc::crc32;
use crate::format::{
    Body, CHECKSUM_BYTES, MAX_NAME_BYTES, MODEL_MAGIC, MODEL_VERSION, Model, PICTURE_MAGIC,
    ROW_BYTES, Stage,
};
use crate::network::{NATIVE, WIDE};
use crate::{
    Image, Latent, MemoryTooShort, ModelError, ModelId, Picture, WrongModel, boundary, codebook,
    network,
};

/// Whether registers are so narrow that a codebook is decoded two samples at a time.
pub(crate) const NARROW_REGISTERS: bool = !cfg!(target_pointer_width = "64");

/// What kind of tables a model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Kind {
    /// Two dense layers with a leaky rectifier between them.
    Network,
    /// A base row, plus a gain times the sum of a few residual rows.
    Codebook,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Network => "network",
            Self::Codebook => "codebook",
        })
    }
}

/// Turns latents into blocks, with the tables of a model that it borrows.
///
/// Everything that could go wrong is checked when it is made; after that, decoding a block cannot
/// fail. It is small (less than 64 bytes where pointers have four) and `Copy`: the tables stay
/// where they are, in flash for instance.
#[derive(Clone, Copy)]
pub struct Decoder<'a> {
    id: ModelId,
    name: &'a str,
    tables: Tables<'a>,
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Decoder<'_>>() < 64);

/// The checked tables, by kind.
#[derive(Clone, Copy)]
enum Tables<'a> {
    Network(network::Checked<'a>),
    Codebook(codebook::Checked<'a>),
}

impl<'a> Decoder<'a> {
    /// Reads a decoder model file, and checks all of it.
    ///
    /// # Errors
    ///
    /// [`ModelError`] says what is wrong with the file: it is something else, from a newer version,
    /// cut short, damaged, or holds numbers with which a sum could overflow.
    pub fn from_bytes(file: &'a [u8]) -> Result<Self, ModelError> {
        Self::read(file, true)
    }

    /// Reads a decoder model file without computing its checksum, which takes most of the time of
    /// [`from_bytes`].
    ///
    /// For a model that is part of the program, say: everything that decoding relies on is checked
    /// all the same. A damaged file can at worst show wrong colours.
    ///
    /// [`from_bytes`]: Self::from_bytes
    ///
    /// # Errors
    ///
    /// As [`from_bytes`], but for [`ModelError::Checksum`].
    pub fn from_trusted_bytes(file: &'a [u8]) -> Result<Self, ModelError> {
        Self::read(file, false)
    }

    /// Reads a model, and its checksum too if asked to.
    fn read(file: &'a [u8], verify: bool) -> Result<Self, ModelError> {
        let Some((head, rest)) = file.split_first_chunk::<4>() else {
            return Err(if MODEL_MAGIC.starts_with(file) {
                ModelError::Truncated { found: file.len() }
            } else {
                let mut magic = [0; 4];
                magic
                    .iter_mut()
                    .zip(file)
                    .for_each(|(to, from)| *to = *from);
                ModelError::NotAModel { magic }
            });
        };
        match *head {
            MODEL_MAGIC => {}
            PICTURE_MAGIC => return Err(ModelError::IsAPicture),
            magic => return Err(ModelError::NotAModel { magic }),
        }
        let truncated = ModelError::Truncated { found: file.len() };
        let (&version, rest) = rest.split_first().ok_or(truncated)?;
        if version > MODEL_VERSION {
            return Err(ModelError::NewerVersion {
                found: version,
                supported: MODEL_VERSION,
            });
        }
        if version == 0 || version == 2 {
            return Err(ModelError::UnknownVersion { found: version });
        }
        let (covered, stored) = file.split_last_chunk::<CHECKSUM_BYTES>().ok_or(truncated)?;
        let stored = u32::from_le_bytes(*stored);
        let computed = if verify { crc32(covered) } else { stored };

        // A wrong checksum alone does not say whether the file is damaged, cut short or too long;
        // where it ends does.
        let (model, after) = match postcard::take_from_bytes::<Model<'a>>(rest) {
            Ok(read) => read,
            Err(postcard::Error::DeserializeUnexpectedEnd) => return Err(truncated),
            Err(_) if computed != stored => return Err(ModelError::Checksum { stored, computed }),
            Err(_) => {
                return Err(ModelError::Malformed {
                    body: rest.len().saturating_sub(CHECKSUM_BYTES),
                });
            }
        };
        match after.len().checked_sub(CHECKSUM_BYTES) {
            None => return Err(truncated),
            Some(0) => {}
            Some(extra) => return Err(ModelError::TrailingBytes { extra }),
        }
        if computed != stored {
            return Err(ModelError::Checksum { stored, computed });
        }

        let Model { name, body } = model;
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(ModelError::NameLength { found: name.len() });
        }
        if let Some(found) = name.bytes().find(|byte| !(b' '..=b'~').contains(byte)) {
            return Err(ModelError::NameByte { found });
        }
        if body.version() != version {
            return Err(ModelError::BodyVersion {
                found: version,
                expected: body.version(),
            });
        }
        let tables = match body {
            Body::Network(network) => Tables::Network(network::Checked::new(&network)?),
            Body::Codebook(codebook) => Tables::Codebook(codebook::Checked::new(
                &codebook,
                rest,
                file.len().wrapping_sub(rest.len()),
            )?),
        };
        Ok(Self {
            id: ModelId::new(stored),
            name,
            tables,
        })
    }

    /// The model's id, by which a picture names the model that it was made with.
    #[must_use]
    pub const fn id(&self) -> ModelId {
        self.id
    }

    /// The model's name: 1 to 32 printable ASCII characters.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// What kind of tables the model has.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.tables {
            Tables::Network(_) => Kind::Network,
            Tables::Codebook(_) => Kind::Codebook,
        }
    }

    /// How many hidden units a network has: 1 to 512. `None` for models of other kinds.
    #[must_use]
    pub fn hidden(&self) -> Option<usize> {
        match &self.tables {
            Tables::Network(network) => Some(network.hidden()),
            Tables::Codebook(_) => None,
        }
    }

    /// The stages of a codebook, that of the base first; none for models of other kinds.
    pub fn stages(&self) -> impl ExactSizeIterator<Item = Stage> + Clone + use<'a> {
        match &self.tables {
            Tables::Network(_) => codebook::stages(&[]),
            Tables::Codebook(codebook) => codebook.stages(),
        }
    }

    /// Whether the model has a filter for the borders between blocks, so that [`Picture::smooth`] changes something.
    #[must_use]
    pub fn smooths(&self) -> bool {
        self.boundary().is_some()
    }

    /// The filter of the borders between blocks.
    pub(crate) fn boundary(&self) -> Option<boundary::Checked<'a>> {
        match &self.tables {
            Tables::Network(_) => None,
            Tables::Codebook(codebook) => codebook.boundary(),
        }
    }

    /// The checked tables of a codebook.
    #[cfg(test)]
    pub(crate) fn codebook(&self) -> Option<&codebook::Checked<'a>> {
        match &self.tables {
            Tables::Network(_) => None,
            Tables::Codebook(codebook) => Some(codebook),
        }
    }

    /// How many bytes [`unfold`](Self::unfold) needs: at size M a megabyte, at size S 300 KB. None if there is nothing to
    /// gain: for a network, where pointers have fewer than 8 bytes, and for a decoder that is unfolded.
    #[must_use]
    pub fn unfolded_bytes(&self) -> usize {
        match &self.tables {
            Tables::Network(_) => 0,
            Tables::Codebook(codebook) => codebook.unfolded_rows().saturating_mul(ROW_BYTES),
        }
    }

    /// The same decoder with its rows written out, in memory that it is lent, in all the ways in which they are turned.
    /// It decodes the same pixels, about twice as fast; worth it from some ten thousand blocks on, where the caches hold
    /// a megabyte. If there is [nothing to gain](Self::unfolded_bytes) it is the decoder as it was.
    ///
    /// ```
    /// # use nice_decode::Decoder;
    /// # fn show(model: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    /// let decoder = Decoder::from_bytes(model)?;
    /// let mut memory = vec![0; decoder.unfolded_bytes()];
    /// let decoder = decoder.unfold(&mut memory)?;
    /// # Ok(())
    /// # }
    /// # show(include_bytes!("../../firmware-example/model.nicem")).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`MemoryTooShort`] if the memory has fewer bytes than that.
    pub fn unfold<'b>(&self, memory: &'b mut [u8]) -> Result<Decoder<'b>, MemoryTooShort>
    where
        'a: 'b,
    {
        let (found, needed) = (memory.len(), self.unfolded_bytes());
        if found < needed {
            return Err(MemoryTooShort { found, needed });
        }
        Ok(Decoder {
            tables: match &self.tables {
                Tables::Network(network) => Tables::Network(*network),
                Tables::Codebook(codebook) => {
                    Tables::Codebook(codebook.unfold(memory.as_chunks_mut().0))
                }
            },
            ..*self
        })
    }

    /// Decodes one pixel of a block, the one in its column `x` and line `y` (modulo 8), into red, green and blue. It
    /// cannot fail.
    ///
    /// With a codebook that takes about a tenth of the work of the whole block; with a network, all of it.
    #[must_use]
    pub fn texel(&self, latent: &Latent, x: usize, y: usize) -> [u8; 3] {
        match &self.tables {
            Tables::Network(_) => {
                let mut block = [0; BLOCK_SAMPLES];
                self.block(latent, &mut block);
                let at = (y % BLOCK).wrapping_mul(BLOCK).wrapping_add(x % BLOCK);
                block.as_chunks().0.get(at).copied().unwrap_or_default()
            }
            Tables::Codebook(codebook) => codebook.texel(latent, x, y),
        }
    }

    /// Decodes one block into 8 lines of 8 pixels of red, green and blue: the sample of channel `c`
    /// of the pixel in column `x` and line `y` is `block[(y * 8 + x) * 3 + c]`. It cannot fail.
    pub fn block(&self, latent: &Latent, block: &mut [u8; BLOCK_SAMPLES]) {
        if let Some(codebook) = self.narrow() {
            return codebook.block(latent, block);
        }
        let (lines, _) = block.as_chunks_mut::<LINE_SAMPLES>();
        self.lines(latent, &mut |y, line| {
            let Some(out) = lines.get_mut(y) else {
                return;
            };
            let parts = (out.as_chunks_mut::<8>().0, line.as_chunks::<8>().0);
            if NARROW_REGISTERS && let ([a, b, c], [x, y, z]) = parts {
                // A call of `memcpy` for so few bytes takes a hundred instructions.
                (*a, *b, *c) = (*x, *y, *z);
            } else {
                *out = *line;
            }
        });
    }

    /// As [`block`](Self::block), but always compiled into its caller, with the processor features
    /// that the caller is compiled for. With AVX2 that is nearly twice as fast as with SSE2, which
    /// is what programs for x86-64 are compiled for by default.
    ///
    /// ```
    /// # use nice_decode::{Decoder, Latent};
    /// #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2"))]
    /// fn block_with_avx2(decoder: &Decoder<'_>, latent: &Latent, block: &mut [u8; 192]) {
    ///     decoder.block_inline(latent, block);
    /// }
    /// ```
    #[inline(always)]
    pub fn block_inline(&self, latent: &Latent, block: &mut [u8; BLOCK_SAMPLES]) {
        self.block_with::<NATIVE>(latent, block);
    }

    /// As [`block_inline`](Self::block_inline), but arranged for registers of 64 bytes: with
    /// AVX-512 BW it is much faster, with narrower registers slower.
    #[inline(always)]
    pub fn block_inline_wide(&self, latent: &Latent, block: &mut [u8; BLOCK_SAMPLES]) {
        self.block_with::<WIDE>(latent, block);
    }

    /// Decodes one block, `TERMS` products at a time.
    #[inline(always)]
    pub(crate) fn block_with<const TERMS: usize>(
        &self,
        latent: &Latent,
        block: &mut [u8; BLOCK_SAMPLES],
    ) {
        let (lines, _) = block.as_chunks_mut::<LINE_SAMPLES>();
        self.lines_inline::<TERMS>(latent, |y, line| {
            if let Some(out) = lines.get_mut(y) {
                *out = *line;
            }
        });
    }

    /// The codebook, if there is one and it is decoded two samples at a time.
    pub(crate) const fn narrow(&self) -> Option<&codebook::Checked<'a>> {
        match &self.tables {
            Tables::Codebook(codebook) if NARROW_REGISTERS => Some(codebook),
            _ => None,
        }
    }

    /// Decodes a block, giving `sink` its lines: the number of the line, its samples. Compiled once,
    /// however many formats of pixels a program uses.
    pub(crate) fn lines(&self, latent: &Latent, sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES])) {
        match &self.tables {
            Tables::Network(network) => network.decode_apart(latent, sink),
            Tables::Codebook(codebook) => codebook.decode_apart(latent, sink),
        }
    }

    /// As [`lines`](Self::lines), but compiled into its caller, `TERMS` products at a time.
    #[inline(always)]
    pub(crate) fn lines_inline<const TERMS: usize>(
        &self,
        latent: &Latent,
        sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        match &self.tables {
            Tables::Network(network) => network.decode::<TERMS>(latent, sink),
            Tables::Codebook(codebook) => codebook.decode(latent, sink),
        }
    }

    /// Opens a picture that was made with this model.
    ///
    /// # Errors
    ///
    /// [`WrongModel`] if the picture was made with another model, with the ids of both.
    pub fn open<'b>(&self, image: &Image<'b>) -> Result<Picture<'a, 'b>, WrongModel> {
        if image.model_id() == self.id {
            Ok(Picture::new(*self, *image))
        } else {
            Err(WrongModel {
                picture: image.model_id(),
                model: self.id,
            })
        }
    }
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model {} \"{}\": {}", self.id, self.name, self.kind())?;
        match &self.tables {
            Tables::Network(network) => write!(f, ", {} hidden units", network.hidden()),
            Tables::Codebook(codebook) => write!(f, ", {} stages", codebook.stages().len()),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Decoder<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "model {} {=str}: {}", self.id, self.name, self.kind());
        match &self.tables {
            Tables::Network(network) => defmt::write!(f, ", {} hidden units", network.hidden()),
            Tables::Codebook(codebook) => defmt::write!(f, ", {} stages", codebook.stages().len()),
        }
    }
}
