//! A decoder model and a picture made by a formula: for benches, tests and the firmware example,
//! which need some that are valid and the same everywhere, not some that look like anything.

use nice_decode::format::{
    Body, Layer, MODEL_MAGIC, Model, Network, PICTURE_MAGIC, PICTURE_VERSION,
};
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, LATENT_BYTES, crc32};

/// A sequence of numbers that look random: a linear congruential generator whose high bits are
/// used.
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

/// A decoder model file with this many hidden units. Its blocks are coloured noise around grey.
pub fn model(hidden: u16, seed: u32) -> Vec<u8> {
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
    // Hidden units come to some thousands; samples to 128 and a spread that the square root of
    // their number moderates.
    let first_multiplier = multipliers(units, 24_000, 8_000);
    let second_multiplier = multipliers(BLOCK_SAMPLES, 16_384, 2_000);
    let model = Model {
        name: "formula",
        body: Body::Network(Network {
            bits: LATENT_BITS as u8,
            hidden,
            slope: 655,
            first: Layer {
                pre: 0,
                post: 15,
                weights: &first_weights,
                bias: &first_bias,
                multiplier: &first_multiplier,
            },
            second: Layer {
                pre: 8,
                post: 19,
                weights: &second_weights,
                bias: &second_bias,
                multiplier: &second_multiplier,
            },
        }),
    };
    written(&model, 260 * units + 6 * (units + BLOCK_SAMPLES))
}

/// The file of a model whose tables have this many bytes.
pub fn written(model: &Model<'_>, tables: usize) -> Vec<u8> {
    let mut file = vec![0; 200 + tables];
    file[..4].copy_from_slice(&MODEL_MAGIC);
    file[4] = model.body.version();
    let body = postcard::to_slice(model, &mut file[5..])
        .expect("the buffer has room")
        .len();
    file.truncate(5 + body);
    file.extend(crc32(&file).to_le_bytes());
    file
}

/// A picture file of this size, made with the model of this id.
pub fn picture(width: u32, height: u32, model: u32, seed: u32) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let mut file = Vec::from(PICTURE_MAGIC);
    file.extend([PICTURE_VERSION, 0, 0, 0]);
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(model.to_le_bytes());
    let blocks = width.div_ceil(8) as usize * height.div_ceil(8) as usize;
    file.extend((0..blocks * LATENT_BYTES).map(|_| numbers.next(128) as u8));
    file.extend(crc32(&file).to_le_bytes());
    file
}
