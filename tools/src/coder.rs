//! A model ready to encode with: its decoder, and what finds latents for it.

use std::path::Path;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use nice_decode::format::Body;
use nice_decode::{BLOCK_SAMPLES, Decoder, Latent};
use rayon::prelude::*;

use crate::blocks::{self, BLOCK_BYTES};
use crate::codebook::{Search, Tables};
use crate::encoder::{EncoderNetwork, TASK};
use crate::picture::Picture;
use crate::{builtin, model_file, wide};

/// The effort that is made when nobody says otherwise.
pub const DEFAULT_EFFORT: u32 = 2;

/// The largest effort that makes a difference with a codebook.
pub const MAX_EFFORT: u32 = 4;

/// A model ready to encode with.
///
/// What it does is the same on every machine and with any number of threads.
#[derive(Clone, Debug)]
pub struct Coder<'a> {
    decoder: Decoder<'a>,
    wing: Wing,
}

/// What finds latents, by the kind of model.
#[derive(Clone, Debug)]
enum Wing {
    /// The network's encoder, and then the search of [`crate::search`].
    Network(EncoderNetwork),
    /// The search of [`crate::codebook::search`].
    Codebook(Search),
}

/// How many partial sums the search of a codebook keeps, by effort.
const BEAM_WIDTHS: [usize; MAX_EFFORT as usize + 1] = [2, 8, 24, 64, 128];

/// How many partial sums the search of a codebook keeps for a typical block: 2, 8, 24, 64 or 128; fewer for one that is easy,
/// more for one that is hard.
pub fn beam_width(effort: u32) -> usize {
    BEAM_WIDTHS[effort.min(MAX_EFFORT) as usize]
}

impl<'a> Coder<'a> {
    /// A network's decoder and the encoder that belongs to it.
    pub fn network(decoder: Decoder<'a>, encoder: EncoderNetwork) -> Self {
        Self {
            decoder,
            wing: Wing::Network(encoder),
        }
    }

    /// The model in the bytes of its file. A network needs its encoder as well: see [`Coder::network`].
    ///
    /// # Errors
    ///
    /// When the bytes are no model, or that of a network.
    pub fn of_model(model: &'a [u8]) -> Result<Self> {
        let decoder = Decoder::from_bytes(model)?;
        let tables = model_file::tables(model).context("cannot read the model's tables")?;
        match tables.body {
            Body::Codebook(codebook) => Ok(Self {
                decoder,
                wing: Wing::Codebook(Search::new(&Tables::of_model(&codebook))),
            }),
            _ => anyhow::bail!(
                "the model \"{}\" is a {}, which needs its encoder to encode with",
                decoder.name(),
                decoder.kind()
            ),
        }
    }

    /// The model in the bytes of its file, with the encoder that lies beside it if it needs one; nothing lies beside a model
    /// that comes with the program.
    pub fn load(model: &'a [u8], path: Option<&Path>) -> Result<Self> {
        let path = path.unwrap_or(Path::new(builtin::DEFAULT));
        let decoder = model_file::decoder(model, path)?;
        if needs_encoder(model) {
            let encoder = EncoderNetwork::load_beside(path, &decoder)?;
            return Ok(Self::network(decoder, encoder));
        }
        Self::of_model(model).with_context(|| format!("cannot encode with {}", path.display()))
    }

    /// The same with a decoder that is twice as fast, since its rows are written out in all their turns, in this memory.
    pub fn unfolded_in(mut self, memory: &'a mut Vec<u8>) -> Self {
        memory.resize(self.decoder.unfolded_bytes(), 0);
        if let Ok(unfolded) = self.decoder.unfold(memory) {
            self.decoder = unfolded;
        }
        self
    }

    /// The decoder.
    pub fn decoder(&self) -> &Decoder<'a> {
        &self.decoder
    }

    /// The latents of planar blocks of 192 bytes each.
    ///
    /// # Panics
    ///
    /// When `blocks` is no multiple of 192 bytes long.
    pub fn encode_blocks(&self, blocks: &[u8], effort: u32) -> Vec<Latent> {
        let (blocks, rest) = blocks.as_chunks::<BLOCK_BYTES>();
        assert!(rest.is_empty(), "{} bytes after the last block", rest.len());
        let hidden = ProgressBar::hidden();
        self.encode_with(blocks.len(), effort, &hidden, |at| blocks[at])
    }

    /// The latents of a picture, in raster order; its edge is repeated to fill the blocks that reach over it.
    pub fn encode_picture(&self, picture: &Picture, effort: u32) -> Vec<Latent> {
        self.encode_picture_with(picture, effort, &ProgressBar::hidden())
    }

    /// As [`encode_picture`](Self::encode_picture), counting blocks on a bar.
    pub fn encode_picture_with(
        &self,
        picture: &Picture,
        effort: u32,
        bar: &ProgressBar,
    ) -> Vec<Latent> {
        self.encode_with(blocks::count(picture), effort, bar, |at| {
            let mut block = [0; BLOCK_BYTES];
            blocks::cut_grid(picture, at, &mut block);
            block
        })
    }

    /// The latents of `count` blocks, each of which is asked for when it is its turn.
    fn encode_with(
        &self,
        count: usize,
        effort: u32,
        bar: &ProgressBar,
        block: impl Fn(usize) -> [u8; BLOCK_BYTES] + Sync,
    ) -> Vec<Latent> {
        let mut latents = vec![Latent::default(); count];
        latents
            .par_chunks_mut(TASK)
            .enumerate()
            .for_each(|(task, latents)| {
                let mut blocks = [[0; BLOCK_SAMPLES]; TASK];
                let blocks = &mut blocks[..latents.len()];
                for (n, to) in blocks.iter_mut().enumerate() {
                    *to = block(task * TASK + n);
                }
                self.encode_task(blocks, latents, effort);
                bar.inc(latents.len() as u64);
            });
        latents
    }

    /// The latents of some planar blocks, on this thread; the blocks are used up.
    fn encode_task(&self, blocks: &mut [[u8; BLOCK_BYTES]], latents: &mut [Latent], effort: u32) {
        match &self.wing {
            Wing::Network(encoder) => {
                wide::encode(encoder, blocks, latents);
                if effort > 0 {
                    for block in &mut *blocks {
                        *block = blocks::planar_to_interleaved(block);
                    }
                    wide::improve(&self.decoder, blocks, latents, effort);
                }
            }
            Wing::Codebook(search) => {
                wide::search(search, &self.decoder, blocks, latents, beam_width(effort));
            }
        }
    }
}

/// Whether a model needs an encoder beside it to be encoded with.
pub(crate) fn needs_encoder(model: &[u8]) -> bool {
    model_file::tables(model).is_some_and(|model| matches!(model.body, Body::Network(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::coordinates;
    use crate::codebook::search::Beam;
    use crate::search::squared_error;
    use nice_decode::format::{Codebook, Layer, Model, Network, ROW_BYTES, Stage};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A decoder of two hidden units, each of which is brightness or darkness.
    fn network() -> Vec<u8> {
        let first: Vec<u8> = (0..96)
            .map(|at| (at * 37 % 255 - 127) as i8 as u8)
            .collect();
        let second: Vec<u8> = (0..384)
            .map(|at| (at * 91 % 255 - 127) as i8 as u8)
            .collect();
        model_file::to_bytes(&Model {
            name: "two",
            body: Body::Network(Network {
                bits: 48,
                hidden: 2,
                slope: 655,
                first: Layer {
                    pre: 0,
                    post: 9,
                    weights: &first,
                    bias: &[0; 8],
                    multiplier: &20_000_u16.to_le_bytes().repeat(2),
                },
                second: Layer {
                    pre: 10,
                    post: 19,
                    weights: &second,
                    bias: &3_400_000_i32.to_le_bytes().repeat(192),
                    multiplier: &20_000_u16.to_le_bytes().repeat(192),
                },
            }),
        })
        .unwrap()
    }

    /// A codebook of random tables.
    fn codebook(stages: &[(u8, u8)]) -> Vec<u8> {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let stages: Vec<Stage> = stages
            .iter()
            .map(|&(bits, mirrors)| Stage { bits, mirrors })
            .collect();
        let base = stages[0].rows(true).unwrap();
        let top = (255 / (stages.len() - 1)) as u8;
        let rows: usize = stages[1..]
            .iter()
            .map(|stage| stage.rows(false).unwrap())
            .sum();
        let mut bytes = |count: usize, from: u8, to: u8| -> Vec<u8> {
            (0..count).map(|_| random.random_range(from..=to)).collect()
        };
        let gains = bytes(base, 20, 60);
        let mut rows_of_all = bytes(base * ROW_BYTES, 108, 148);
        rows_of_all.extend(bytes(rows * ROW_BYTES, 0, top));
        model_file::to_bytes(&Model {
            name: "rows",
            body: Body::Codebook(Codebook {
                stages: &stages
                    .iter()
                    .flat_map(|stage| stage.to_bytes())
                    .collect::<Vec<u8>>(),
                tops: &[top].repeat(stages.len() - 1),
                gains: &gains,
                boundary: None,
                padding: &[],
                rows: &rows_of_all,
            }),
        })
        .unwrap()
    }

    fn noise(width: u32, height: u32) -> Picture {
        let rgb = (0..width * height * 3)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 20) as u8)
            .collect();
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn a_picture_becomes_the_same_latents_with_any_number_of_threads() {
        let weights = |count: usize| -> Vec<f32> {
            (0..count)
                .map(|at| (at * 7919 % 1000) as f32 / 999.0 - 0.5)
                .collect()
        };
        let (network, codebook) = (
            network(),
            codebook(&[(8, 3), (10, 3), (10, 2), (10, 1), (10, 0)]),
        );
        let encoder =
            EncoderNetwork::new(3, 0.01, &weights(576), &weights(3), &weights(144)).unwrap();
        let picture = noise(333, 77);
        for coder in [
            Coder::network(Decoder::from_bytes(&network).unwrap(), encoder),
            Coder::of_model(&codebook).unwrap(),
        ] {
            let with_threads = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                pool.unwrap().install(|| coder.encode_picture(&picture, 1))
            };
            let one = with_threads(1);
            assert_eq!(with_threads(2), one);
            assert_eq!(with_threads(7), one);
            assert_ne!(one, coder.encode_picture(&picture, 0));
        }
    }

    #[test]
    fn the_error_that_the_search_reckons_with_is_that_of_the_decoder() {
        for stages in [
            &[(8, 3), (10, 3), (10, 2), (10, 1), (10, 0)][..],
            &[(12, 3), (12, 3), (12, 3), (12, 3)],
            &[(3, 0), (9, 3), (4, 3), (16, 3), (16, 3)],
        ] {
            let file = codebook(stages);
            let decoder = Decoder::from_bytes(&file).unwrap();
            let Body::Codebook(tables) = model_file::tables(&file).unwrap().body else {
                unreachable!("it was made of tables")
            };
            let search = Search::new(&Tables::of_model(&tables));
            // A picture of one colour in every block has no fine chroma, and dull colours are not clamped.
            let mut random = ChaCha8Rng::seed_from_u64(8);
            let mut beam = Beam::default();
            for _ in 0..50 {
                let light: [u8; 64] = std::array::from_fn(|_| random.random_range(100..150));
                let colour: [u8; 3] = std::array::from_fn(|_| random.random_range(0..20));
                let block: [u8; BLOCK_BYTES] =
                    std::array::from_fn(|at| light[at % 64] + colour[at / 64]);
                let x = coordinates::of_block(&block);
                for item in search.find(&x, 8, &mut beam) {
                    let mut decoded = [0; BLOCK_SAMPLES];
                    decoder.block(&search.latent(&item.picks), &mut decoded);
                    let block = blocks::planar_to_interleaved(&block);
                    let error = f64::from(squared_error(&block, &decoded));
                    let reckoned = f64::from(item.error) * 255.0 * 255.0;
                    // Rounding to whole samples is all that is between them.
                    assert!(
                        (error.sqrt() - reckoned.sqrt()).abs() < 14.0 * 0.5,
                        "{stages:?}: {error} {reckoned}"
                    );
                    for (x, y) in [(0, 0), (7, 0), (3, 6), (5, 1)] {
                        assert_eq!(
                            decoder.texel(&search.latent(&item.picks), x, y),
                            decoded[(y * 8 + x) * 3..][..3]
                        );
                    }
                }
            }
        }
    }
}
