//! Generators of valid models and images, which tests may then spoil.
//!
//! The tests of `tools/nice-c` use this file too, so it needs only what the crate exports.

use std::string::String;
use std::vec::Vec;

use crc32fast::hash as crc32;
use proptest::prelude::*;

use crate::format::{
    CODEWORD_BYTES, CodebookTables, DeblockTables, IMAGE_MAGIC, IMAGE_VERSION, LayerTables,
    MAX_ADAPTIVE_BITS, MAX_BIAS, MAX_HIDDEN, MAX_MULTIPLIER, MAX_ORIENTATION_BITS, MAX_PEAK_SUM,
    MAX_POST_SHIFT, MAX_PRE_SHIFT, MAX_STAGES, MAX_STRENGTH, MAX_THRESHOLDS, MODEL_MAGIC,
    MODEL_VERSION, ModelFile, ModelTables, NetworkTables, Stage,
};
use crate::{AdaptiveLatent, BLOCK_SAMPLES, LATENT_BITS, Latent};

/// A layer that owns its tables.
#[derive(Clone, Debug)]
pub struct TestLayer {
    pub pre: u8,
    pub post: u8,
    pub weights: Vec<u8>,
    pub bias: Vec<u8>,
    pub multiplier: Vec<u8>,
}

impl TestLayer {
    fn borrow(&self) -> LayerTables<'_> {
        LayerTables {
            pre: self.pre,
            post: self.post,
            weights: &self.weights,
            bias: &self.bias,
            multiplier: &self.multiplier,
        }
    }
}

/// A network that owns its tables.
#[derive(Clone, Debug)]
pub struct TestNetwork {
    pub name: String,
    pub bits: u8,
    pub hidden: u16,
    pub slope: u16,
    pub first: TestLayer,
    pub second: TestLayer,
}

impl TestNetwork {
    /// Its file.
    pub fn file(&self) -> Vec<u8> {
        let network = NetworkTables {
            bits: self.bits,
            hidden: self.hidden,
            slope: self.slope,
            first: self.first.borrow(),
            second: self.second.borrow(),
        };
        to_file(&ModelFile {
            name: &self.name,
            tables: ModelTables::Network(network),
        })
    }
}

/// A deblocking filter that owns its tables.
#[derive(Clone, Debug)]
pub struct TestFilter {
    pub thresholds: Vec<u8>,
    pub strengths: Vec<u8>,
    pub limit: u8,
}

/// A codebook that owns its tables.
#[derive(Clone, Debug)]
pub struct TestCodebook {
    pub name: String,
    pub stages: Vec<Stage>,
    pub peaks: Vec<u8>,
    pub gains: Vec<u8>,
    pub base: Vec<u8>,
    /// The codewords of the residual stages.
    pub residuals: Vec<u8>,
    /// A wrong padding that replaces the right one.
    pub padding: Option<Vec<u8>>,
    pub filter: Option<TestFilter>,
}

impl TestCodebook {
    /// The lengths in bits that end with a stage.
    pub fn lengths(&self) -> Vec<usize> {
        let ends = self.stages.iter().scan(0, |end, stage| {
            *end += usize::from(stage.bits);
            Some(*end)
        });
        ends.collect()
    }

    /// Its file.
    pub fn file(&self) -> Vec<u8> {
        let stages: Vec<u8> = self.stages.iter().flat_map(|s| s.to_bytes()).collect();
        self.file_with_stages(&stages)
    }

    /// Its file with these bytes as its list of stages.
    pub fn file_with_stages(&self, stages: &[u8]) -> Vec<u8> {
        let codewords = [&self.base[..], &self.residuals].concat();
        let with = |padding| {
            to_file(&ModelFile {
                name: &self.name,
                tables: ModelTables::Codebook(CodebookTables {
                    stages,
                    peaks: &self.peaks,
                    gains: &self.gains,
                    deblock: self.filter.as_ref().map(|filter| DeblockTables {
                        thresholds: &filter.thresholds,
                        strengths: &filter.strengths,
                        limit: filter.limit,
                    }),
                    padding,
                    codewords: &codewords,
                }),
            })
        };
        match &self.padding {
            Some(wrong) => with(wrong),
            None => {
                let unpadded = with(&[]).len() - 4 - codewords.len();
                with(&[0; 3][..unpadded.wrapping_neg() % 4])
            }
        }
    }
}

/// The file of a model.
fn to_file(model: &ModelFile<'_>) -> Vec<u8> {
    let mut tables = 0;
    if let ModelTables::Network(network) = model.tables {
        tables = 7 * network.second.weights.len() + network.first.weights.len();
    }
    if let ModelTables::Codebook(codebook) = model.tables {
        tables = codebook.codewords.len();
    }
    let mut room = std::vec![0; 10_000 + 2 * tables];
    let body = postcard::to_slice(model, &mut room).unwrap();
    let mut file = Vec::from(MODEL_MAGIC);
    file.push(MODEL_VERSION);
    file.extend_from_slice(body);
    sealed(file)
}

/// The bytes followed by their checksum.
pub fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    file.extend(crc32(&file).to_le_bytes());
    file
}

/// The file with its checksum corrected.
pub fn resealed(file: &[u8]) -> Vec<u8> {
    sealed(file[..file.len() - 4].to_vec())
}

/// A small network with ordinary tables.
pub fn small_network() -> TestNetwork {
    network(3, 655, [0, 12, 6, 15], 7, false)
}

/// A small codebook with ordinary tables, in stages of 4 bits with 0 to 3 orientation bits, and with a filter of three strengths.
pub fn small_codebook() -> TestCodebook {
    let stages = (0..MAX_STAGES as u8).map(|index| Stage {
        bits: 4,
        orientation_bits: MAX_ORIENTATION_BITS - index % (MAX_ORIENTATION_BITS + 1),
    });
    let mut numbers = numbers(11);
    let filter = filter_of(&mut numbers, Fill::Even, 2, 80);
    codebook(&mut numbers, Fill::Even, stages.collect(), Some(filter))
}

/// The codebook with which numbers become largest: 12 stages, all bytes of the base equal, and all bytes of the residual
/// codewords at their peak, or zero.
pub fn largest_codebook(base: u8, largest: bool) -> TestCodebook {
    let stages = std::vec![Stage { bits: 4, orientation_bits: 3 }; MAX_STAGES];
    let mut model = codebook(&mut numbers(1), Fill::Even, stages, None);
    model.base.fill(base);
    model.gains.fill(255);
    model.peaks = [&[45][..], &[21; 10]].concat();
    let codewords = model.residuals.chunks_mut(CODEWORD_BYTES);
    for (codeword, &peak) in codewords.zip(&model.peaks) {
        codeword.fill(if largest { peak } else { 0 });
    }
    model
}

/// An image file.
pub fn image(width: u32, height: u32, model: u32, latents: &[Latent]) -> Vec<u8> {
    let mut file = Vec::from(IMAGE_MAGIC);
    file.extend([IMAGE_VERSION, 0, 0, 0]);
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(model.to_le_bytes());
    file.extend(latents.as_flattened());
    sealed(file)
}

/// An image file in the adaptive layout, written from `FORMAT.md` bit by bit, given the bits of each block.
pub fn adaptive_image(
    width: u32,
    height: u32,
    model: u32,
    lengths: &[usize],
    latents: &[Vec<bool>],
) -> Vec<u8> {
    let mut file = Vec::from(IMAGE_MAGIC);
    file.extend([IMAGE_VERSION, 1, 0, 0]);
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(model.to_le_bytes());
    file.extend((0..8).map(|code| *lengths.get(code).unwrap_or(&0) as u8));
    let code_bits = match lengths.len() {
        1 => 0,
        2 => 1,
        3..=4 => 2,
        _ => 3,
    };
    let mut groups: Vec<Vec<u8>> = Vec::new();
    for blocks in latents.chunks(64) {
        let mut bits: Vec<bool> = Vec::new();
        for latent in blocks {
            let code = lengths.iter().position(|&length| length == latent.len());
            bits.extend((0..code_bits).map(|bit| code.unwrap() >> bit & 1 == 1));
        }
        bits.resize(bits.len().next_multiple_of(8), false);
        bits.extend(blocks.iter().flatten());
        let bytes = bits.chunks(8).map(|byte| {
            let bits = byte.iter().enumerate();
            bits.fold(0, |byte, (place, &bit)| byte | u8::from(bit) << place)
        });
        groups.push(bytes.collect());
    }
    let (mut segments, mut offsets) = (Vec::new(), Vec::new());
    let (mut start, mut segment) = (0, 0);
    for (index, group) in groups.iter().enumerate() {
        if index.is_multiple_of(64) {
            segment = start;
            segments.extend((segment as u32).to_le_bytes());
        }
        offsets.extend(u16::try_from(start - segment).unwrap().to_le_bytes());
        start += group.len();
    }
    file.extend([segments, offsets, groups.concat()].concat());
    sealed(file)
}

/// A model of stages that also go on after 48 bits, the lengths that a latent of it can have, and bits for some blocks.
pub fn any_adaptive(
    blocks: usize,
) -> impl Strategy<Value = (TestCodebook, Vec<usize>, Vec<Vec<bool>>)> {
    (any_codebook(), any::<u64>()).prop_map(move |(model, seed)| {
        let mut numbers = numbers(seed);
        let mut lengths = model.lengths();
        let most = 1 + numbers() as usize % 8;
        while lengths.len() > most {
            lengths.remove(numbers() as usize % lengths.len());
        }
        let latents = (0..blocks)
            .map(|_| {
                let length = lengths[numbers() as usize % lengths.len()];
                (0..length).map(|_| numbers() & 1 == 1).collect()
            })
            .collect();
        (model, lengths, latents)
    })
}

/// Some latents, all different.
pub fn latents(count: usize) -> Vec<Latent> {
    let mut numbers = numbers(count as u64);
    (0..count)
        .map(|_| core::array::from_fn(|_| numbers() as u8))
        .collect()
}

/// Any valid network: any size up to 80 hidden units, or the largest, any shifts, any tables, extreme ones included.
pub fn any_network() -> impl Strategy<Value = TestNetwork> {
    (
        prop_oneof![8 => 1..=80_u16, 1 => Just(MAX_HIDDEN as u16), 1 => Just(256)],
        any::<u16>(),
        [
            0..=MAX_PRE_SHIFT,
            1..=MAX_POST_SHIFT,
            0..=MAX_PRE_SHIFT,
            1..=MAX_POST_SHIFT,
        ],
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(hidden, slope, shifts, seed, extreme)| {
            network(hidden, slope, shifts, seed, extreme)
        })
}

/// How tables are filled: evenly with all bytes, only with the ends of their range, or mildly, so that hardly anything has to
/// be clamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Even,
    Ends,
    Mild,
}

impl Fill {
    /// A byte of a table whose ordinary bytes are around a middle.
    fn byte(self, number: u32, middle: u8) -> u8 {
        match self {
            Self::Even => number as u8,
            Self::Ends => [0, 255, 127, 128][number as usize % 4],
            Self::Mild => middle.wrapping_add((number % 17) as u8).wrapping_sub(8),
        }
    }
}

/// Any valid codebook: any list of stages whose tables are not too large, any shift, any tables, with a filter or
/// without.
pub fn any_codebook() -> impl Strategy<Value = TestCodebook> {
    (
        any_stages(),
        any_fill(),
        prop::option::of(any_filter()),
        any::<u64>(),
    )
        .prop_map(|(stages, fill, filter, seed)| codebook(&mut numbers(seed), fill, stages, filter))
}

/// Any way to fill tables.
fn any_fill() -> impl Strategy<Value = Fill> {
    prop_oneof![Just(Fill::Even), Just(Fill::Ends), Just(Fill::Mild)]
}

/// Any deblocking filter.
pub fn any_filter() -> impl Strategy<Value = TestFilter> {
    (0..=MAX_THRESHOLDS, any::<u8>(), any_fill(), any::<u64>())
        .prop_map(|(count, limit, fill, seed)| filter_of(&mut numbers(seed), fill, count, limit))
}

/// Any list of stages, the first of which have 48 bits in total. Stages with many bits have many orientation bits, so that tables
/// do not become too large.
fn any_stages() -> impl Strategy<Value = Vec<Stage>> {
    let counted = (4..=MAX_STAGES, 0..=4_usize, any::<u64>()).prop_map(|(count, more, seed)| {
        let mut numbers = numbers(seed);
        let mut bits = std::vec![1_u8; count];
        for _ in count..LATENT_BITS {
            let open: Vec<usize> = (0..count).filter(|&stage| bits[stage] < 12).collect();
            bits[open[numbers() as usize % open.len()]] += 1;
        }
        // Further stages, up to 96 bits.
        let more = more.min(MAX_STAGES - count);
        bits.extend((0..more).map(|_| 1 + (numbers() % 12) as u8));
        let stages = bits.iter().enumerate().map(|(index, &bits)| {
            let most = MAX_ORIENTATION_BITS.min(bits - u8::from(index > 0));
            let least = most.min(bits.saturating_sub(8));
            let orientation_bits = least + (numbers() % u32::from(most - least + 1)) as u8;
            Stage {
                bits,
                orientation_bits,
            }
        });
        stages.collect()
    });
    let widest = Stage {
        bits: 16,
        orientation_bits: 3,
    };
    prop_oneof![30 => counted, 1 => Just(std::vec![widest; 3])]
}

/// Any latent.
pub fn any_latent() -> impl Strategy<Value = Latent> {
    prop_oneof![4 => any::<Latent>(), 1 => Just([0; 6]), 1 => Just([0xFF; 6])]
}

/// Any latent of any length, often 48 bits.
pub fn any_adaptive_latent() -> impl Strategy<Value = AdaptiveLatent> {
    let length = prop_oneof![Just(LATENT_BITS), 0..=MAX_ADAPTIVE_BITS];
    (any::<[u8; 12]>(), length).prop_map(|(bytes, length)| AdaptiveLatent::new(&bytes, length))
}

/// A network whose tables are filled from a seed: evenly from their ranges, or only with the ends of these.
fn network(hidden: u16, slope: u16, shifts: [u8; 4], seed: u64, extreme: bool) -> TestNetwork {
    let units = usize::from(hidden);
    let mut numbers = numbers(seed);
    let mut number = |least: i32, most: i32| {
        let number = numbers();
        if extreme {
            if number.is_multiple_of(8) {
                least
            } else {
                most
            }
        } else {
            least + (number % (most - least + 1) as u32) as i32
        }
    };
    let mut layer = |pre, post, rows: usize, weights: usize| TestLayer {
        pre,
        post,
        weights: (0..weights).map(|_| number(-127, 127) as u8).collect(),
        bias: (0..rows)
            .flat_map(|_| number(-MAX_BIAS, MAX_BIAS).to_le_bytes())
            .collect(),
        multiplier: (0..rows)
            .flat_map(|_| (number(0, i32::from(MAX_MULTIPLIER)) as u16).to_le_bytes())
            .collect(),
    };
    TestNetwork {
        name: "test".into(),
        bits: LATENT_BITS as u8,
        hidden,
        slope,
        first: layer(shifts[0], shifts[1], units, LATENT_BITS * units),
        second: layer(shifts[2], shifts[3], BLOCK_SAMPLES, BLOCK_SAMPLES * units),
    }
}

/// A codebook with these stages, its tables filled from a sequence of numbers.
fn codebook(
    numbers: &mut impl FnMut() -> u32,
    fill: Fill,
    stages: Vec<Stage>,
    filter: Option<TestFilter>,
) -> TestCodebook {
    let base = stages[0].codewords(true).unwrap();
    // A stage may take all of what is left of the largest sum, so that others have a peak of 0.
    let mut left = MAX_PEAK_SUM as u8;
    let mut peaks: Vec<u8> = Vec::new();
    for _ in &stages[1..] {
        let peak = match numbers() % 4 {
            0 => left,
            _ => left / 2,
        };
        peaks.push(peak);
        left -= peak;
    }
    let mut bytes = |count: usize, middle: u8| -> Vec<u8> {
        (0..count).map(|_| fill.byte(numbers(), middle)).collect()
    };
    let residuals = stages[1..].iter().zip(&peaks).flat_map(|(stage, &peak)| {
        let codewords = stage.codewords(false).unwrap();
        let bytes = bytes(codewords * CODEWORD_BYTES, peak / 2);
        bytes.into_iter().map(move |byte| byte.min(peak))
    });
    let residuals = residuals.collect();
    TestCodebook {
        name: "test".into(),
        base: bytes(base * CODEWORD_BYTES, 128),
        gains: bytes(base, 40),
        residuals,
        stages,
        peaks,
        padding: None,
        filter,
    }
}

/// A filter with a number of thresholds, its tables filled from a sequence of numbers.
fn filter_of(numbers: &mut impl FnMut() -> u32, fill: Fill, count: usize, limit: u8) -> TestFilter {
    let mut thresholds = std::collections::BTreeSet::new();
    while thresholds.len() < count {
        thresholds.insert(fill.byte(numbers(), 20));
        thresholds.insert(numbers() as u8);
    }
    TestFilter {
        thresholds: thresholds.into_iter().take(count).collect(),
        strengths: (0..=count)
            .map(|_| fill.byte(numbers(), 40).min(MAX_STRENGTH))
            .collect(),
        limit,
    }
}

/// A sequence of numbers from a seed (an xorshift generator).
fn numbers(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    }
}
