//! A codebook of twelve stages whose bytes are written down here, and what it decodes, smoothed and not: worked out apart
//! from this crate.
//!
//! It is the example of `FORMAT.md`.

use std::string::ToString;
use std::vec::Vec;

use super::made::picture;
use crate::{Decoder, Image, Latent, Rgb888, crc32};

/// The model file, 1499 bytes.
fn model() -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(b"NICM\x02\x06golden");
    // A codebook of twelve stages of 4 bits with 3 mirrors, 24 bytes; 8 bits below the point.
    file.extend([0x01, 0x18]);
    file.extend([0x04, 0x03].repeat(12));
    file.push(0x08);

    // Two base rows, 192 bytes: in the first luma rises, in the second it does not.
    file.extend([0xC0, 0x01]);
    file.extend((0..64).map(|i| 40 + 2 * i));
    file.extend(120..136);
    file.extend((80..96).map(|i| (296 - 2 * i) as u8));
    file.extend((0..64).map(|i| (200 - i * i % 101) as u8));
    file.extend((64..96).map(|i| (120 + 5 * i % 16) as u8));
    // Their gains.
    file.extend([0x02, 24, 60]);
    // Eleven residual rows, one for each stage, 1056 bytes.
    file.extend([0xA0, 0x08]);
    file.extend((0..11_usize).flat_map(|r| {
        (0..96).map(move |i| ((r + 2) * 37 * i + 19 * r + i / 8 * 11 * (r % 3)) as u8)
    }));

    // A filter: thresholds 3 and 12 of the step, 20 of the activity; 6 bits below the point; six maps, 192 bytes.
    file.extend([0x01, 0x02, 3, 12, 0x01, 20, 0x06, 0xC0, 0x01]);
    file.extend([0; 32]);
    file.extend((1..6).flat_map(|k| {
        (0..32).map(move |at| ((7 * k + 3 * (at / 8) + 5 * (at % 8)) % 16 - 8) as i8 as u8)
    }));

    file.extend([0xBC, 0x9B, 0x64, 0x20]);
    file
}

/// Latents: a base row turned by half; all stages with something; everything turned.
const LATENTS: [Latent; 3] = [
    [0x03, 0x00, 0x00, 0x00, 0x00, 0x00],
    [0x9D, 0x27, 0xC4, 0x5E, 0xB1, 0x68],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
];

/// The block of each, a line of it in each line here.
#[rustfmt::skip]
const BLOCKS: [[u8; 192]; 3] = [
    [
        163, 67, 166, 189, 93, 192, 176, 123, 178, 225, 172, 227, 182, 95, 135, 183, 96, 136, 152, 114, 151, 153, 115, 152,
        183, 87, 186, 184, 88, 187, 123, 70, 125, 172, 119, 174, 177, 90, 130, 202, 115, 155, 147, 109, 146, 148, 110, 147,
        157, 128, 156, 134, 105, 133, 139, 99, 137, 164, 124, 162, 193, 167, 165, 122, 96, 94, 157, 78, 152, 134, 55, 129,
        152, 123, 151, 105, 76, 104, 134, 94, 132, 183, 143, 181, 116, 90, 88, 141, 115, 113, 152, 73, 147, 177, 98, 172,
        63, 61, 71, 64, 62, 72, 153, 129, 136, 106, 82, 89, 87, 76, 116, 88, 77, 117, 98, 84, 103, 51, 37, 56,
        82, 80, 90, 59, 57, 67, 100, 76, 83, 77, 53, 60, 58, 47, 87, 35, 24, 64, 69, 55, 74, 94, 80, 99,
        68, 97, 72, 69, 98, 73, 26, 93, 52, 27, 94, 53, 44, 40, 93, 69, 65, 118, 37, 84, 62, 15, 62, 40,
        15, 44, 19, 40, 69, 44, 21, 88, 47, 46, 113, 72, 39, 35, 88, 40, 36, 89, 8, 55, 33, 10, 57, 35,
    ],
    [
        180, 243, 177, 119, 182, 116, 85, 91, 100, 172, 178, 187, 38, 65, 131, 70, 97, 163, 255, 180, 255, 169, 80, 160,
        104, 167, 101, 119, 182, 116, 161, 167, 176, 43, 49, 58, 146, 173, 239, 154, 181, 247, 189, 100, 180, 225, 136, 216,
        230, 255, 255, 21, 84, 128, 78, 118, 173, 96, 136, 191, 205, 115, 76, 255, 179, 140, 129, 132, 138, 181, 184, 190,
        150, 213, 255, 137, 200, 244, 90, 130, 185, 64, 104, 159, 255, 219, 180, 229, 139, 100, 146, 149, 155, 173, 176, 182,
        120, 124, 134, 243, 247, 255, 197, 71, 170, 146, 20, 119, 196, 242, 93, 132, 178, 29, 229, 234, 255, 152, 157, 188,
        96, 100, 110, 55, 59, 69, 255, 199, 255, 170, 44, 143, 237, 255, 134, 249, 255, 146, 141, 146, 177, 140, 145, 176,
        210, 202, 255, 84, 76, 176, 14, 40, 0, 156, 182, 87, 77, 3, 25, 165, 91, 113, 103, 171, 98, 118, 186, 113,
        242, 234, 255, 12, 4, 104, 18, 44, 0, 176, 202, 107, 234, 160, 182, 158, 84, 106, 112, 180, 107, 162, 230, 157,
    ],
    [
        205, 175, 178, 167, 137, 140, 45, 89, 55, 255, 255, 255, 0, 112, 8, 161, 255, 183, 198, 175, 164, 200, 177, 166,
        237, 207, 210, 122, 92, 95, 105, 149, 115, 139, 183, 149, 13, 139, 35, 53, 179, 75, 134, 111, 100, 220, 197, 186,
        93, 160, 8, 63, 130, 0, 255, 255, 248, 152, 158, 104, 112, 111, 164, 196, 195, 248, 35, 109, 124, 166, 240, 255,
        120, 187, 35, 135, 202, 50, 232, 238, 184, 132, 138, 84, 136, 135, 188, 0, 0, 16, 128, 202, 217, 183, 255, 255,
        133, 0, 111, 192, 55, 170, 182, 227, 224, 168, 213, 210, 36, 42, 30, 87, 93, 81, 176, 137, 147, 95, 56, 66,
        217, 80, 195, 199, 62, 177, 114, 159, 156, 24, 69, 66, 115, 121, 109, 192, 198, 186, 224, 185, 195, 227, 188, 198,
        195, 157, 203, 102, 64, 110, 211, 173, 196, 224, 186, 209, 251, 204, 247, 151, 104, 147, 101, 145, 75, 209, 253, 183,
        255, 237, 255, 106, 68, 114, 139, 101, 124, 255, 255, 255, 87, 40, 83, 131, 84, 127, 126, 170, 100, 255, 255, 252,
    ],
];

/// The checksums of a picture of 12 x 10 pixels in four blocks: as it is decoded, and smoothed.
const CHECKSUMS: [u32; 2] = [0xE6C99707, 0xF3906E6B];

/// Lines 0, 7, 8 and 9 of the picture smoothed.
#[rustfmt::skip]
const SMOOTHED: [[u8; 36]; 4] = [
    [163, 67, 166, 189, 93, 192, 176, 123, 178, 225, 172, 227, 155, 78, 110, 176, 102, 127, 172, 127, 167, 140, 96, 144, 186, 244, 175, 127, 182, 123, 73, 67, 91, 132, 147, 153],
    [0, 32, 0, 27, 72, 24, 43, 83, 45, 26, 94, 46, 40, 17, 94, 35, 5, 94, 23, 78, 51, 0, 51, 8, 255, 243, 255, 24, 11, 113, 0, 18, 0, 127, 158, 57],
    [209, 170, 186, 173, 134, 148, 46, 55, 42, 255, 245, 255, 3, 97, 19, 137, 244, 160, 220, 196, 181, 184, 130, 130, 116, 222, 160, 143, 207, 136, 102, 67, 93, 137, 110, 188],
    [227, 206, 193, 120, 99, 88, 132, 122, 105, 151, 190, 154, 11, 110, 25, 52, 181, 84, 127, 125, 103, 213, 182, 193, 83, 150, 90, 135, 200, 140, 167, 152, 191, 60, 31, 66],
];

#[test]
fn blocks_and_pixels_are_those_written_down() {
    let model = model();
    assert_eq!(model.len(), 1499);
    let decoder = Decoder::from_bytes(&model).unwrap();
    assert_eq!(decoder.id().to_string(), "20649bbc");
    for (latent, expected) in LATENTS.iter().zip(BLOCKS) {
        let mut block = [0; 192];
        decoder.block(latent, &mut block);
        assert_eq!(block, expected);
        for (at, pixel) in expected.chunks(3).enumerate() {
            assert_eq!(decoder.texel(latent, at % 8, at / 8), pixel);
        }
    }
}

#[test]
fn the_picture_is_the_one_written_down_smoothed_and_not() {
    let model = model();
    let decoder = Decoder::from_bytes(&model).unwrap();
    let [a, b, c] = LATENTS;
    let file = picture(12, 10, decoder.id().get(), &[a, b, c, b]);
    let image = Image::from_bytes(&file).unwrap();
    let shown = decoder.open(&image).unwrap();
    let mut plain = [0; 360];
    let mut smoothed = [0; 360];
    let mut work = [0; 16 * 16 * 3];
    let mut smooth = shown.smooth(&mut work).unwrap();
    for (row, at) in [(0, 0), (1, 8 * 36)] {
        shown.row::<Rgb888>(row, &mut plain[at..], 36).unwrap();
        smooth.row::<Rgb888>(row, &mut smoothed[at..], 36).unwrap();
    }
    assert_eq!([crc32(&plain), crc32(&smoothed)], CHECKSUMS);
    for (y, expected) in [0, 7, 8, 9].into_iter().zip(SMOOTHED) {
        assert_eq!(smoothed[y * 36..][..36], expected);
    }
}
