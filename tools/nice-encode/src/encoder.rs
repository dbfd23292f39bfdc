//! The encoder: a model, and the search that finds latents for it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use nice_decode::format::{DeblockTables, ModelTables};
use nice_decode::{BLOCK_SAMPLES, Latent, Model};

use crate::adaptive::AdaptiveSearch;
use crate::block;
use crate::codebook::{BeamSearch, BlockCandidates, Choice, Codebook, Selector};
use crate::container::{encoder_network, model};
use crate::latents::Latents;
use crate::neighbors::{CANDIDATES, choose_in_rows};
use crate::network::{EncoderNetwork, bit_flips};
use crate::options::{MAX_EFFORT, Options, Rate, Tune};
use crate::picture::Picture;
use crate::pretrained;
use crate::tasks::tasks;

/// The width of the beam of a codebook, by effort.
const BEAM_WIDTHS: [usize; MAX_EFFORT as usize + 1] = [2, 8, 24, 64, 128];

/// The number of partial sums that the search of a codebook keeps for a typical block: 2, 8, 24, 64 or 128. It keeps fewer for
/// blocks with a small error, and more for those with a large one.
pub fn beam_width(effort: u32) -> usize {
    BEAM_WIDTHS[effort.min(MAX_EFFORT) as usize]
}

/// A model, and the search that finds latents for it.
///
/// Its results are the same on every machine and with any number of threads.
#[derive(Clone, Debug)]
pub struct Encoder<'a> {
    model: Model<'a>,
    /// The deblocking filter of the model, if it has one.
    deblocking: Option<DeblockTables<'a>>,
    search: Search,
}

/// The search for latents.
#[derive(Clone, Debug)]
enum Search {
    /// The encoder network, then flips of single bits.
    Network(EncoderNetwork),
    /// A beam search over the stages.
    Codebook(BeamSearch),
}

impl<'a> Encoder<'a> {
    /// An encoder for a network, from the encoder network that belongs to it.
    pub fn for_network(model: Model<'a>, network: EncoderNetwork) -> Self {
        Self {
            model,
            deblocking: None,
            search: Search::Network(network),
        }
    }

    /// An encoder for a codebook, from the bytes of its model file.
    ///
    /// # Errors
    ///
    /// When the bytes are not a model, or are those of a network, which needs [`for_network`](Self::for_network).
    pub fn for_codebook(file: &'a [u8]) -> Result<Self> {
        let model = Model::from_bytes(file)?;
        match model::tables(file).context("cannot read the tables of the model")? {
            ModelTables::Codebook(tables) => Ok(Self {
                model,
                deblocking: tables.deblock,
                search: Search::Codebook(BeamSearch::new(&Codebook::from_tables(&tables))),
            }),
            _ => bail!(
                "the model \"{}\" is a {}, which cannot encode without its encoder",
                model.name(),
                model.codec()
            ),
        }
    }

    /// An encoder for a model file, with the encoder network beside it if it needs one. Without a path, it is a pretrained model.
    ///
    /// # Errors
    ///
    /// When the file is not a model, or has no encoder network beside it although it needs one.
    pub fn load(file: &'a [u8], path: Option<&Path>) -> Result<Self> {
        let path = path.unwrap_or(Path::new(pretrained::DEFAULT));
        let model = model::parse(file, path)?;
        if needs_encoder_network(file) {
            let network = encoder_network::read_beside(path, &model)?;
            return Ok(Self::for_network(model, network));
        }
        Self::for_codebook(file).with_context(|| format!("cannot encode with {}", path.display()))
    }

    /// Expands the model in `memory`, so that it decodes about twice as fast; see [`Model::expand`].
    pub fn expanded(mut self, memory: &'a mut Vec<u8>) -> Self {
        memory.resize(self.model.expanded_bytes(), 0);
        if let Ok(expanded) = self.model.expand(memory) {
            self.model = expanded;
        }
        self
    }

    /// The decoder model.
    pub fn model(&self) -> &Model<'a> {
        &self.model
    }

    /// The latents of planar blocks of 192 bytes each.
    ///
    /// # Panics
    ///
    /// When the length of `blocks` is not a multiple of 192.
    pub fn encode_blocks(&self, blocks: &[u8], effort: u32) -> Vec<Latent> {
        let (blocks, rest) = blocks.as_chunks::<BLOCK_SAMPLES>();
        assert!(rest.is_empty(), "{} bytes after the last block", rest.len());
        self.encode(blocks.len(), effort, &|_| {}, |at| blocks[at])
    }

    /// The latents of the blocks of a picture, in raster order.
    pub fn encode_picture(&self, picture: &Picture, options: &Options) -> Latents {
        self.encode_picture_with(picture, options, &|_| {})
    }

    /// [`encode_picture`](Self::encode_picture), calling `progress` whenever some blocks have been encoded, with their number.
    pub fn encode_picture_with(
        &self,
        picture: &Picture,
        options: &Options,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Latents {
        let cut = |at| block::cut(picture, at);
        let count = block::count(picture);
        let width = beam_width(options.effort);
        let selector = Selector {
            model: &self.model,
            deblocking: self.deblocking.filter(|_| options.deblocked),
            tune: options.tune,
            columns: block::along(picture.width()),
        };
        let adaptive = |search| AdaptiveSearch {
            search,
            picture,
            selector,
            width,
        };
        match (&self.search, options.rate, options.tune) {
            (Search::Codebook(search), Rate::Fixed, Tune::Looks) => {
                let columns = selector.columns;
                let rows_at_once = CANDIDATES / width / columns;
                let candidates = |range| {
                    tasks(range, progress, cut, |blocks| {
                        search.candidates(&self.model, blocks, width)
                    })
                };
                let select =
                    |rows: &[BlockCandidates], above: &[Choice]| selector.select(rows, above, 0);
                let latents = choose_in_rows(count, columns, rows_at_once, candidates, select);
                Latents::Fixed(latents.iter().map(|latent| latent.fixed()).collect())
            }
            (Search::Codebook(search), Rate::BitsPerPixel(bits_per_pixel), _) => {
                let adaptive = adaptive(search);
                Latents::Adaptive(adaptive.for_bits_per_pixel(bits_per_pixel, progress))
            }
            (Search::Codebook(search), Rate::Quality(quality), _) => {
                Latents::Adaptive(adaptive(search).for_quality(quality, progress))
            }
            _ => Latents::Fixed(self.encode(count, options.effort, progress, cut)),
        }
    }

    /// The latents of `count` planar blocks, which `block` returns by their index.
    fn encode(
        &self,
        count: usize,
        effort: u32,
        progress: &(dyn Fn(u64) + Sync),
        block: impl Fn(usize) -> [u8; BLOCK_SAMPLES] + Sync,
    ) -> Vec<Latent> {
        tasks(0..count, progress, block, |blocks| {
            let mut latents = vec![Latent::default(); blocks.len()];
            self.encode_task(blocks, &mut latents, effort);
            latents
        })
    }

    /// The latents of planar blocks, on this thread.
    fn encode_task(&self, blocks: &[[u8; BLOCK_SAMPLES]], latents: &mut [Latent], effort: u32) {
        match &self.search {
            Search::Network(network) => {
                network.encode(blocks, latents);
                if effort > 0 {
                    bit_flips::improve(&self.model, blocks, latents, effort);
                }
            }
            Search::Codebook(search) => {
                search.encode(&self.model, blocks, latents, beam_width(effort));
            }
        }
    }
}

/// Whether encoding with a model file needs its encoder network.
pub fn needs_encoder_network(file: &[u8]) -> bool {
    matches!(model::tables(file), Some(ModelTables::Network(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::coordinates;
    use crate::psnr::squared_error;
    use nice_decode::format::{
        CODEWORD_BYTES, CodebookTables, LayerTables, ModelFile, NetworkTables, Stage,
    };
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A network of two hidden units.
    fn network() -> Vec<u8> {
        let first: Vec<u8> = (0..96)
            .map(|at| (at * 37 % 255 - 127) as i8 as u8)
            .collect();
        let second: Vec<u8> = (0..384)
            .map(|at| (at * 91 % 255 - 127) as i8 as u8)
            .collect();
        model::to_bytes(&ModelFile {
            name: "two",
            tables: ModelTables::Network(NetworkTables {
                bits: 48,
                hidden: 2,
                slope: 655,
                first: LayerTables {
                    pre: 0,
                    post: 9,
                    weights: &first,
                    bias: &[0; 8],
                    multiplier: &20_000_u16.to_le_bytes().repeat(2),
                },
                second: LayerTables {
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

    /// A codebook of random codewords.
    fn codebook(stages: &[(u8, u8)]) -> Vec<u8> {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let stages: Vec<Stage> = stages
            .iter()
            .map(|&(bits, orientation_bits)| Stage {
                bits,
                orientation_bits,
            })
            .collect();
        let base = stages[0].codewords(true).unwrap();
        let peak = (255 / (stages.len() - 1)) as u8;
        let residuals: usize = stages[1..]
            .iter()
            .map(|stage| stage.codewords(false).unwrap())
            .sum();
        let mut bytes = |count: usize, from: u8, to: u8| -> Vec<u8> {
            (0..count).map(|_| random.random_range(from..=to)).collect()
        };
        let gains = bytes(base, 20, 60);
        let mut codewords = bytes(base * CODEWORD_BYTES, 108, 148);
        codewords.extend(bytes(residuals * CODEWORD_BYTES, 0, peak));
        model::to_bytes(&ModelFile {
            name: "random",
            tables: ModelTables::Codebook(CodebookTables {
                stages: &stages
                    .iter()
                    .flat_map(|stage| stage.to_bytes())
                    .collect::<Vec<u8>>(),
                peaks: &[peak].repeat(stages.len() - 1),
                gains: &gains,
                deblock: None,
                padding: &[],
                codewords: &codewords,
            }),
        })
        .unwrap()
    }

    fn options(tune: Tune, rate: Rate, effort: u32) -> Options {
        Options {
            tune,
            rate,
            effort,
            ..Options::default()
        }
    }

    fn noise(width: u32, height: u32) -> Picture {
        let rgb = (0..width * height * 3)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 20) as u8)
            .collect();
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn the_latents_of_a_picture_are_the_same_with_any_number_of_threads() {
        let weights = |count: usize| -> Vec<f32> {
            (0..count)
                .map(|at| (at * 7919 % 1000) as f32 / 999.0 - 0.5)
                .collect()
        };
        let (network, codebook) = (
            network(),
            codebook(&[(8, 3), (10, 3), (10, 2), (10, 1), (10, 0)]),
        );
        let encoder_network =
            EncoderNetwork::new(3, 0.01, &weights(576), &weights(3), &weights(144)).unwrap();
        let picture = noise(333, 77);
        for encoder in [
            Encoder::for_network(Model::from_bytes(&network).unwrap(), encoder_network),
            Encoder::for_codebook(&codebook).unwrap(),
        ] {
            let tunes = [Tune::Looks, Tune::Psnr];
            let rates = [Rate::Fixed, Rate::BitsPerPixel(0.5), Rate::Quality(40)];
            for (tune, rate) in tunes
                .iter()
                .flat_map(|&tune| rates.map(|rate| (tune, rate)))
            {
                let with_threads = |threads| {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                    pool.unwrap()
                        .install(|| encoder.encode_picture(&picture, &options(tune, rate, 1)))
                };
                let one = with_threads(1);
                assert_eq!(with_threads(2), one);
                assert_eq!(with_threads(7), one);
                assert_ne!(
                    one,
                    encoder.encode_picture(&picture, &options(tune, rate, 0))
                );
            }
        }
    }

    #[test]
    fn a_picture_that_is_encoded_some_rows_at_a_time_has_all_its_blocks() {
        let file = codebook(&[(8, 3), (10, 3), (10, 2), (10, 1), (10, 0)]);
        let encoder = Encoder::for_codebook(&file).unwrap();
        let Search::Codebook(search) = &encoder.search else {
            unreachable!("it is a codebook")
        };
        let picture = noise(43, 77);
        let selector = Selector {
            model: encoder.model(),
            deblocking: None,
            tune: Tune::Looks,
            columns: 6,
        };
        let encode = |rows_at_once: usize| {
            let candidates = |blocks| {
                tasks(
                    blocks,
                    &|_| {},
                    |at| block::cut(&picture, at),
                    |blocks| search.candidates(encoder.model(), blocks, 8),
                )
            };
            choose_in_rows(60, 6, rows_at_once, candidates, |rows, above| {
                selector.select(rows, above, 0)
            })
        };
        let whole = encode(10);
        let fixed = Latents::Fixed(whole.iter().map(|latent| latent.fixed()).collect());
        let encoded = |tune| encoder.encode_picture(&picture, &options(tune, Rate::Fixed, 1));
        assert_eq!(encoded(Tune::Looks), fixed);
        assert_ne!(encoded(Tune::Psnr), fixed);
        for rows_at_once in [0, 1, 2, 3, 9] {
            let parts = encode(rows_at_once);
            // Only what is below the last row that is in memory is not in view.
            let same = parts.iter().zip(&whole).filter(|(a, b)| a == b).count();
            assert!(
                parts.len() == 60 && same > 45,
                "{rows_at_once}: {same} of 60"
            );
        }
    }

    #[test]
    fn the_error_that_the_search_computes_is_that_of_the_decoder() {
        for stages in [
            &[(8, 3), (10, 3), (10, 2), (10, 1), (10, 0)][..],
            &[(12, 3), (12, 3), (12, 3), (12, 3)],
            &[(3, 0), (9, 3), (4, 3), (16, 3), (16, 3)],
        ] {
            let file = codebook(stages);
            let model = Model::from_bytes(&file).unwrap();
            let Some(ModelTables::Codebook(tables)) = model::tables(&file) else {
                unreachable!("it was made of tables")
            };
            let search = BeamSearch::new(&Codebook::from_tables(&tables));
            // Blocks of constant chroma have no fine chroma, and dull colors are not clamped.
            let mut random = ChaCha8Rng::seed_from_u64(8);
            for _ in 0..50 {
                let luma: [u8; 64] = std::array::from_fn(|_| random.random_range(100..150));
                let color: [u8; 3] = std::array::from_fn(|_| random.random_range(0..20));
                let block: [u8; BLOCK_SAMPLES] =
                    std::array::from_fn(|at| luma[at % 64] + color[at / 64]);
                let x = coordinates::of_block(&block);
                for sum in search.find(&x, 8) {
                    let latent = search.latent(&sum.indices);
                    let mut decoded = [0; BLOCK_SAMPLES];
                    model.block(&latent, &mut decoded);
                    let block = block::planar_to_interleaved(&block);
                    let error = squared_error(&block, &decoded) as f64;
                    let computed = f64::from(sum.error) * 255.0 * 255.0;
                    // They differ by rounding to whole samples.
                    assert!(
                        (error.sqrt() - computed.sqrt()).abs() < 14.0 * 0.5,
                        "{stages:?}: {error} {computed}"
                    );
                    for (x, y) in [(0, 0), (7, 0), (3, 6), (5, 1)] {
                        assert_eq!(model.texel(&latent, x, y), decoded[(y * 8 + x) * 3..][..3]);
                    }
                }
            }
        }
    }
}
