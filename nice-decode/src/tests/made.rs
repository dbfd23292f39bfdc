//! Models and pictures to test with: valid as they are made, and easy to spoil.

use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;

use crate::format::{
    Body, Layer, MAX_BIAS, MAX_HIDDEN, MAX_MULTIPLIER, MAX_POST_SHIFT, MAX_PRE_SHIFT, MODEL_MAGIC,
    Model, Network, PICTURE_MAGIC, PICTURE_VERSION,
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
        let model = Model {
            name: &self.name,
            body: Body::Network(network),
        };
        let mut room = std::vec![0; 300_000];
        let body = postcard::to_slice(&model, &mut room).unwrap();
        let mut file = Vec::from(MODEL_MAGIC);
        file.push(model.body.version());
        file.extend_from_slice(body);
        sealed(file)
    }
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
