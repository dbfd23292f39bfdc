//! `tests/data/codebook.nice` and `adaptive.nice` are computed: 45 x 43 pixels for the pretrained model s, with pseudo-random
//! latents, in the fixed and in the adaptive layout.

use std::path::Path;

use nice_decode::Model;
use nice_decode::format::{ADAPTIVE_LAYOUT, FIXED_LAYOUT, IMAGE_MAGIC, IMAGE_VERSION};

static MODEL: &[u8] = include_bytes!("../../../nice-decode/models/s.nicem");

/// The width and height of both images.
const SIZE: [u32; 2] = [45, 43];

/// The bits of the latents in the adaptive layout: after one stage, after two, after those of the fixed layout, and after eight.
const LENGTHS: [u8; 4] = [10, 21, 48, 72];

/// The header of a file.
fn header(layout: u8) -> Vec<u8> {
    let id = Model::from_bytes(MODEL).unwrap().id();
    let [width, height] = SIZE;
    let mut file = IMAGE_MAGIC.to_vec();
    file.extend([IMAGE_VERSION, layout, 0, 0]);
    let numbers = [width, height, id.get()].map(u32::to_le_bytes);
    file.extend(numbers.as_flattened());
    file
}

/// The file with its checksum.
fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file
}

/// Bytes from a linear congruential generator.
fn numbers() -> impl Iterator<Item = u8> {
    let mut state = 1_u32;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
}

/// The number of blocks.
fn blocks() -> usize {
    SIZE.map(|side| side.div_ceil(8) as usize).iter().product()
}

/// The file in the fixed layout.
fn codebook_image() -> Vec<u8> {
    let mut file = header(FIXED_LAYOUT);
    file.extend(numbers().take(6 * blocks()));
    sealed(file)
}

/// The file in the adaptive layout: one group, in which block `i` has length `i mod 4`.
fn adaptive_image() -> Vec<u8> {
    let mut file = header(ADAPTIVE_LAYOUT);
    file.extend(LENGTHS);
    file.extend([0; 4 + 6]);
    // Four codes of two bits in a byte.
    file.extend([0b1110_0100].repeat(blocks() / 4));
    let bits: usize = (0..blocks())
        .map(|block| usize::from(LENGTHS[block % 4]))
        .sum();
    file.extend(numbers().take(bits.div_ceil(8)));
    sealed(file)
}

#[test]
fn the_images_are_the_computed_ones() {
    for (name, expected) in [
        ("codebook.nice", codebook_image()),
        ("adaptive.nice", adaptive_image()),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DATA").is_some() {
            std::fs::write(&path, &expected).unwrap();
        }
        assert!(
            std::fs::read(&path).is_ok_and(|found| found == expected),
            "{} differs; write it with UPDATE_DATA=1 cargo test -p nice-c --test data_files",
            path.display()
        );
    }
}
