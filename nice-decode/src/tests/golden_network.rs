//! A network of two hidden units, byte by byte, and what it decodes, computed independently of this crate. It is the example
//! of `FORMAT.md`.

use std::string::ToString;
use std::vec::Vec;

use crate::{Decoder, Image, Latent, Model, Rgb888};

/// The model file, 1678 bytes.
fn model() -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(b"NICM\x01\x06golden");
    // A network of 48 bits and 2 hidden units; the slope, 655, as 0x0F | 0x80 and 5.
    file.extend([0x00, 0x30, 0x02, 0x8F, 0x05]);

    // The first layer: no shift before, one after; 96 weights. Those of unit 0 are 100, -127, 2, 3,
    // ... 47; those of unit 1 are 3.
    file.extend([0x00, 0x01, 0x60, 100, 3, 0x81, 3]);
    file.extend((2..48).flat_map(|weight| [weight, 3]));
    // The biases 10 and -3, the multipliers 2 and 2.
    file.extend([0x08, 10, 0, 0, 0, 0xFD, 0xFF, 0xFF, 0xFF]);
    file.extend([0x04, 2, 0, 2, 0]);

    // The second layer: two shifts before, three after; 384 weights. Those from unit 0 are -96,
    // -95, ... 95; those from unit 1 are 8.
    file.extend([0x02, 0x03, 0x80, 0x03]);
    file.extend(
        (0xA0..=0xFF)
            .chain(0x00..0x60)
            .flat_map(|weight| [weight, 8]),
    );
    // 192 times the bias 512, 192 times the multiplier 8.
    file.extend([0x80, 0x06]);
    file.extend([0x00, 0x02, 0x00, 0x00].repeat(192));
    file.extend([0x80, 0x03]);
    file.extend([0x08, 0x00].repeat(192));

    file.extend([0x5F, 0x3F, 0xE9, 0xC5]);
    file
}

/// An image of 12 x 5 pixels: two blocks, the second cropped.
const IMAGE: [u8; 36] = [
    b'N', b'I', b'C', b'E', 1, 0, 0, 0, 12, 0, 0, 0, 5, 0, 0, 0, 0x5F, 0x3F, 0xE9, 0xC5, //
    0x04, 0x20, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0xFC, 0xC2, 0x86, 0x88,
];

/// Latents: bit 0, bit 1, bits 2 and 13.
const LATENTS: [Latent; 3] = [
    [0x01, 0, 0, 0, 0, 0],
    [0x02, 0, 0, 0, 0, 0],
    [0x04, 0x20, 0, 0, 0, 0],
];

/// The block of each; every line here is a line of it.
#[rustfmt::skip]
const BLOCKS: [[u8; 192]; 3] = [
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18, 45, 73, 100,
        128, 155, 183, 210, 238, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ],
    [
        152, 151, 151, 151, 151, 150, 150, 150, 150, 149, 149, 149, 149, 148, 148, 148, 148, 147, 147, 147, 147, 146, 146, 146,
        146, 145, 145, 145, 145, 144, 144, 144, 144, 143, 143, 143, 143, 142, 142, 142, 142, 141, 141, 141, 141, 140, 140, 140,
        140, 139, 139, 139, 139, 138, 138, 138, 138, 137, 137, 137, 137, 136, 136, 136, 136, 135, 135, 135, 135, 134, 134, 134,
        134, 133, 133, 133, 133, 132, 132, 132, 132, 131, 131, 131, 131, 130, 130, 130, 130, 129, 129, 129, 129, 128, 128, 128,
        128, 127, 127, 127, 127, 126, 126, 126, 126, 125, 125, 125, 125, 124, 124, 124, 124, 123, 123, 123, 123, 122, 122, 122,
        122, 121, 121, 121, 121, 120, 120, 120, 120, 119, 119, 119, 119, 118, 118, 118, 118, 117, 117, 117, 117, 116, 116, 116,
        116, 115, 115, 115, 115, 114, 114, 114, 114, 113, 113, 113, 113, 112, 112, 112, 112, 111, 111, 111, 111, 110, 110, 110,
        110, 109, 109, 109, 109, 108, 108, 108, 108, 107, 107, 107, 107, 106, 106, 106, 106, 105, 105, 105, 105, 104, 104, 104,
    ],
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 2, 9, 15, 21, 27, 34, 40, 46, 52, 59, 65, 71, 77, 84, 90, 96, 102, 109, 115, 121, 127,
        134, 140, 146, 152, 159, 165, 171, 177, 184, 190, 196, 202, 209, 215, 221, 227, 234, 240, 246, 252, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ],
];

#[test]
fn blocks_are_the_golden_ones() {
    let file = model();
    assert_eq!(file.len(), 1678);
    let model = Model::from_bytes(&file).unwrap();
    assert_eq!(model.id().to_string(), "c5e93f5f");
    for (latent, expected) in LATENTS.iter().zip(BLOCKS) {
        let mut block = [0; 192];
        model.block(latent, &mut block);
        assert_eq!(block, expected);
    }
}

#[test]
fn the_image_is_the_golden_one() {
    let file = model();
    let model = Model::from_bytes(&file).unwrap();
    let image = Image::from_bytes(&IMAGE).unwrap();
    assert_eq!(
        (image.width(), image.height(), image.model_id()),
        (12, 5, model.id())
    );
    assert_eq!(image.fixed_latents(), Some(&[LATENTS[2], LATENTS[1]][..]));
    let mut lines = [0; 5 * 12 * 3];
    Decoder::new(&model, &image)
        .unwrap()
        .row::<Rgb888>(0, &mut lines, 12 * 3)
        .unwrap();
    for y in 0..5 {
        assert_eq!(lines[y * 36..][..24], BLOCKS[2][y * 24..][..24]);
        assert_eq!(lines[y * 36 + 24..][..12], BLOCKS[1][y * 24..][..12]);
    }
}
