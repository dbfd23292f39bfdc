//! Models and pictures to test with: valid as they are made, and easy to spoil.

use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;

use crate::format::{
    Body, Boundary, Codebook, Layer, MAP_BYTES, MAX_BIAS, MAX_HIDDEN, MAX_MAP_SHIFT, MAX_MIRRORS,
    MAX_MULTIPLIER, MAX_POST_SHIFT, MAX_PRE_SHIFT, MAX_STAGES, MAX_THRESHOLDS, MAX_TOPS,
    MODEL_MAGIC, Model, Network, PICTURE_MAGIC, PICTURE_VERSION, ROW_BYTES, Stage, padding,
};
use crate::{BLOCK_SAMPLES, LATENT_BITS, Latent, crc32};

/// A layer whose tables are its own.
#[derive(Clone, Debug)]
pub struct MadeLayer {
    pub pre: u8,
    pub post: u8,
    pub weights: Vec<u8>,
    pub bias: Vec<u8>,
    pub multiplier: Vec<u8>,
}

impl MadeLayer {
    fn borrow(&self) -> Layer<'_> {
        Layer {
            pre: self.pre,
            post: self.post,
            weights: &self.weights,
            bias: &self.bias,
            multiplier: &self.multiplier,
        }
    }
}

/// A model whose tables are its own.
#[derive(Clone, Debug)]
pub struct MadeModel {
    pub name: String,
    pub bits: u8,
    pub hidden: u16,
    pub slope: u16,
    pub first: MadeLayer,
    pub second: MadeLayer,
}

impl MadeModel {
    /// Its file.
    pub fn file(&self) -> Vec<u8> {
        let network = Network {
            bits: self.bits,
            hidden: self.hidden,
            slope: self.slope,
            first: self.first.borrow(),
            second: self.second.borrow(),
        };
        written(&Model {
            name: &self.name,
            body: Body::Network(network),
        })
    }
}

/// A filter of the borders whose tables are its own.
#[derive(Clone, Debug)]
pub struct MadeBoundary {
    pub steps: Vec<u8>,
    pub activities: Vec<u8>,
    pub shift: u8,
    pub maps: Vec<u8>,
}

/// A codebook whose tables are its own.
#[derive(Clone, Debug)]
pub struct MadeCodebook {
    pub name: String,
    pub stages: Vec<Stage>,
    pub tops: Vec<u8>,
    pub gains: Vec<u8>,
    pub base: Vec<u8>,
    /// The rows of the residual stages.
    pub rows: Vec<u8>,
    /// Another padding than the right one.
    pub padding: Option<Vec<u8>>,
    pub boundary: Option<MadeBoundary>,
}

impl MadeCodebook {
    /// Its file.
    pub fn file(&self) -> Vec<u8> {
        let stages: Vec<u8> = self.stages.iter().flat_map(|s| s.to_bytes()).collect();
        self.file_with_stages(&stages)
    }

    /// Its file with these bytes for its list of stages.
    pub fn file_with_stages(&self, stages: &[u8]) -> Vec<u8> {
        let rows = [&self.base[..], &self.rows].concat();
        let with = |padding| {
            written(&Model {
                name: &self.name,
                body: Body::Codebook(Codebook {
                    stages,
                    tops: &self.tops,
                    gains: &self.gains,
                    boundary: self.boundary.as_ref().map(|boundary| Boundary {
                        steps: &boundary.steps,
                        activities: &boundary.activities,
                        shift: boundary.shift,
                        maps: &boundary.maps,
                    }),
                    padding,
                    rows: &rows,
                }),
            })
        };
        match &self.padding {
            Some(wrong) => with(wrong),
            None => with(padding(with(&[]).len() - 4 - rows.len())),
        }
    }
}

/// The file of a model.
fn written(model: &Model<'_>) -> Vec<u8> {
    let tables = match model.body {
        Body::Network(network) => 7 * network.second.weights.len() + network.first.weights.len(),
        Body::Codebook(codebook) => codebook.rows.len(),
    };
    let mut room = std::vec![0; 10_000 + 2 * tables];
    let body = postcard::to_slice(model, &mut room).unwrap();
    let mut file = Vec::from(MODEL_MAGIC);
    file.push(model.body.version());
    file.extend_from_slice(body);
    sealed(file)
}

/// The bytes with their checksum after them.
pub fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    file.extend(crc32(&file).to_le_bytes());
    file
}

/// The file with the checksum that it should have, instead of that which it has.
pub fn resealed(file: &[u8]) -> Vec<u8> {
    sealed(file[..file.len() - 4].to_vec())
}

/// A small model with ordinary tables.
pub fn small() -> MadeModel {
    filled(3, 655, [0, 12, 6, 15], 7, false)
}

/// A small codebook with ordinary tables, in stages of 4 bits with 0 to 3 mirrors, and with a filter of three classes.
pub fn small_codebook() -> MadeCodebook {
    let stages = (0..MAX_STAGES as u8).map(|index| Stage {
        bits: 4,
        mirrors: MAX_MIRRORS - index % (MAX_MIRRORS + 1),
    });
    let mut numbers = numbers(11);
    let boundary = any_boundary_of(&mut numbers, Fill::Even, [2, 0], 8);
    codebook(&mut numbers, Fill::Even, stages.collect(), Some(boundary))
}

/// The codebook with which the numbers become largest: 12 stages, every byte of its base the same, and all of the other rows as
/// large as they may be, or as small.
pub fn largest_codebook(base: u8, largest: bool) -> MadeCodebook {
    let stages = std::vec![Stage { bits: 4, mirrors: 3 }; MAX_STAGES];
    let mut made = codebook(&mut numbers(1), Fill::Even, stages, None);
    made.base.fill(base);
    made.gains.fill(255);
    made.tops = [&[45][..], &[21; 10]].concat();
    for (row, &top) in made.rows.chunks_mut(ROW_BYTES).zip(&made.tops) {
        row.fill(if largest { top } else { 0 });
    }
    made
}

/// A picture file.
pub fn picture(width: u32, height: u32, model: u32, codes: &[Latent]) -> Vec<u8> {
    let mut file = Vec::from(PICTURE_MAGIC);
    file.extend([PICTURE_VERSION, 0, 0, 0]);
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(model.to_le_bytes());
    file.extend(codes.as_flattened());
    sealed(file)
}

/// Some codes, all different.
pub fn codes(count: usize) -> Vec<Latent> {
    let mut numbers = numbers(count as u64);
    (0..count)
        .map(|_| core::array::from_fn(|_| numbers() as u8))
        .collect()
}

/// Any valid model: any size up to 80 hidden units (and the largest), any shifts, any tables, the
/// extreme ones included.
pub fn any_model() -> impl Strategy<Value = MadeModel> {
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
            filled(hidden, slope, shifts, seed, extreme)
        })
}

/// How tables are filled: evenly from all bytes, only with the ends of their range, or mildly, so that hardly anything
/// has to be clamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Even,
    Ends,
    Mild,
}

impl Fill {
    /// A byte of a table whose ordinary bytes lie around a middle.
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
pub fn any_codebook() -> impl Strategy<Value = MadeCodebook> {
    (
        any_stages(),
        any_fill(),
        prop::option::of(any_boundary()),
        any::<u64>(),
    )
        .prop_map(|(stages, fill, boundary, seed)| {
            codebook(&mut numbers(seed), fill, stages, boundary)
        })
}

/// Any way to fill tables.
fn any_fill() -> impl Strategy<Value = Fill> {
    prop_oneof![Just(Fill::Even), Just(Fill::Ends), Just(Fill::Mild)]
}

/// Any filter of the borders.
pub fn any_boundary() -> impl Strategy<Value = MadeBoundary> {
    (
        [0..=MAX_THRESHOLDS, 0..=MAX_THRESHOLDS],
        1..=MAX_MAP_SHIFT,
        any_fill(),
        any::<u64>(),
    )
        .prop_map(|(counts, shift, fill, seed)| {
            any_boundary_of(&mut numbers(seed), fill, counts, shift)
        })
}

/// Any list of stages with 48 bits together. Where a stage has many bits, most of them are for turning its rows, so that
/// the tables do not become too large.
fn any_stages() -> impl Strategy<Value = Vec<Stage>> {
    let counted = (4..=MAX_STAGES, any::<u64>()).prop_map(|(count, seed)| {
        let mut numbers = numbers(seed);
        let mut bits = std::vec![1_u8; count];
        for _ in count..LATENT_BITS {
            let open: Vec<usize> = (0..count).filter(|&stage| bits[stage] < 12).collect();
            bits[open[numbers() as usize % open.len()]] += 1;
        }
        let stages = bits.iter().enumerate().map(|(index, &bits)| {
            let most = MAX_MIRRORS.min(bits - u8::from(index > 0));
            let least = most.min(bits.saturating_sub(8));
            let mirrors = least + (numbers() % u32::from(most - least + 1)) as u8;
            Stage { bits, mirrors }
        });
        stages.collect()
    });
    let widest = Stage {
        bits: 16,
        mirrors: 3,
    };
    prop_oneof![30 => counted, 1 => Just(std::vec![widest; 3])]
}

/// Any latent.
pub fn any_latent() -> impl Strategy<Value = Latent> {
    prop_oneof![4 => any::<Latent>(), 1 => Just([0; 6]), 1 => Just([0xFF; 6])]
}

/// A model whose tables are filled by a seed: evenly from their ranges, or only with the ends of
/// these.
fn filled(hidden: u16, slope: u16, shifts: [u8; 4], seed: u64, extreme: bool) -> MadeModel {
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
    let mut layer = |pre, post, rows: usize, weights: usize| MadeLayer {
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
    MadeModel {
        name: "made".into(),
        bits: LATENT_BITS as u8,
        hidden,
        slope,
        first: layer(shifts[0], shifts[1], units, LATENT_BITS * units),
        second: layer(shifts[2], shifts[3], BLOCK_SAMPLES, BLOCK_SAMPLES * units),
    }
}

/// A codebook with these stages, its tables filled by a sequence of numbers.
fn codebook(
    numbers: &mut impl FnMut() -> u32,
    fill: Fill,
    stages: Vec<Stage>,
    boundary: Option<MadeBoundary>,
) -> MadeCodebook {
    let base = stages[0].rows(true).unwrap();
    // Whatever is left of the largest sum goes to some stage, so that some have none.
    let mut left = MAX_TOPS as u8;
    let mut tops: Vec<u8> = Vec::new();
    for _ in &stages[1..] {
        let top = match numbers() % 4 {
            0 => left,
            _ => left / 2,
        };
        tops.push(top);
        left -= top;
    }
    let mut bytes = |count: usize, middle: u8| -> Vec<u8> {
        (0..count).map(|_| fill.byte(numbers(), middle)).collect()
    };
    let residuals = stages[1..].iter().zip(&tops).flat_map(|(stage, &top)| {
        let rows = stage.rows(false).unwrap();
        let bytes = bytes(rows * ROW_BYTES, top / 2);
        bytes.into_iter().map(move |byte| byte.min(top))
    });
    let rows = residuals.collect();
    MadeCodebook {
        name: "made".into(),
        base: bytes(base * ROW_BYTES, 128),
        gains: bytes(base, 40),
        rows,
        stages,
        tops,
        padding: None,
        boundary,
    }
}

/// A filter with so many thresholds of the step and of the activity, its tables filled by a sequence of numbers.
fn any_boundary_of(
    numbers: &mut impl FnMut() -> u32,
    fill: Fill,
    counts: [usize; 2],
    shift: u8,
) -> MadeBoundary {
    let mut thresholds = |count: usize| -> Vec<u8> {
        let mut rising = std::collections::BTreeSet::new();
        while rising.len() < count {
            rising.insert(fill.byte(numbers(), 20));
            rising.insert(numbers() as u8);
        }
        rising.into_iter().take(count).collect()
    };
    let (steps, activities) = (thresholds(counts[0]), thresholds(counts[1]));
    let maps = (counts[0] + 1) * (counts[1] + 1) * MAP_BYTES;
    MadeBoundary {
        steps,
        activities,
        shift,
        maps: (0..maps).map(|_| fill.byte(numbers(), 0)).collect(),
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
