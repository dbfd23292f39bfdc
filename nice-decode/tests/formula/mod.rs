//! Models and images that are computed from a formula: valid, and the same everywhere. Tests, benches and measuring programs use
//! them where it does not matter what an image looks like.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod codebook;

use nice_decode::format::{
    IMAGE_MAGIC, IMAGE_VERSION, LayerTables, MODEL_MAGIC, MODEL_VERSION, ModelFile, ModelTables,
    NetworkTables,
};
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, LATENT_BYTES};

/// A sequence of pseudo-random numbers: the high bits of a linear congruential generator.
pub struct Numbers(u32);

impl Numbers {
    /// The sequence of a seed.
    pub fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// The next number, from `-magnitude` to `magnitude`.
    pub fn next(&mut self, magnitude: i32) -> i32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let steps = i64::from(self.0 >> 16) * i64::from(2 * magnitude + 1) / 65_536;
        steps as i32 - magnitude
    }
}

/// A model file with a network of this many hidden units. Its blocks are colored noise around gray.
pub fn network(hidden: u16, seed: u32) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let units = usize::from(hidden);
    let mut bytes = |count: usize, magnitude| -> Vec<u8> {
        (0..count)
            .map(|_| numbers.next(magnitude) as i8 as u8)
            .collect()
    };
    let first_weights = bytes(LATENT_BITS * units, 127);
    let second_weights = bytes(BLOCK_SAMPLES * units, 127);
    let mut numbers = Numbers::new(!seed);
    let mut biases = |count: usize, middle: i32, magnitude| -> Vec<u8> {
        (0..count)
            .flat_map(|_| (middle + numbers.next(magnitude)).to_le_bytes())
            .collect()
    };
    let first_bias = biases(units, 0, 2_000);
    let second_bias = biases(BLOCK_SAMPLES, 1 << 20, 1 << 17);
    let mut multipliers = |count: usize, middle: i32, magnitude| -> Vec<u8> {
        (0..count)
            .flat_map(|_| ((middle + numbers.next(magnitude)) as u16).to_le_bytes())
            .collect()
    };
    // Activations are a few thousand; samples are around 128, with a spread that grows with the square root of the hidden units.
    let first_multiplier = multipliers(units, 24_000, 8_000);
    let second_multiplier = multipliers(BLOCK_SAMPLES, 16_384, 2_000);
    let model = ModelFile {
        name: "formula",
        tables: ModelTables::Network(NetworkTables {
            bits: LATENT_BITS as u8,
            hidden,
            slope: 655,
            first: LayerTables {
                pre: 0,
                post: 15,
                weights: &first_weights,
                bias: &first_bias,
                multiplier: &first_multiplier,
            },
            second: LayerTables {
                pre: 8,
                post: 19,
                weights: &second_weights,
                bias: &second_bias,
                multiplier: &second_multiplier,
            },
        }),
    };
    to_file(&model, 260 * units + 6 * (units + BLOCK_SAMPLES))
}

/// The file of a model whose tables have at most this many bytes.
pub fn to_file(model: &ModelFile<'_>, tables: usize) -> Vec<u8> {
    let mut file = vec![0; 200 + tables];
    file[..4].copy_from_slice(&MODEL_MAGIC);
    file[4] = MODEL_VERSION;
    let body = postcard::to_slice(model, &mut file[5..])
        .expect("the buffer has room")
        .len();
    file.truncate(5 + body);
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file
}

/// An image file of this size for the model with this id.
pub fn image(width: u32, height: u32, model: u32, seed: u32) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let mut file = Vec::from(IMAGE_MAGIC);
    file.extend([IMAGE_VERSION, 0, 0, 0]);
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(model.to_le_bytes());
    let blocks = width.div_ceil(8) as usize * height.div_ceil(8) as usize;
    file.extend((0..blocks * LATENT_BYTES).map(|_| numbers.next(128) as u8));
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file
}
