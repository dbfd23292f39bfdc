//! A codebook of twelve stages, byte by byte, and what it decodes, deblocked and not, computed independently of this crate. It
//! is the example of `FORMAT.md`.

use std::string::ToString;
use std::vec::Vec;

use super::generators::image;
use crate::container::checksum::crc32;
use crate::{
    Deblocker, Decoder, Dithered, Gray1Lsb, Gray1Msb, Gray2Lsb, Gray2Msb, Gray4Lsb, Gray4Msb,
    Gray8, Image, Latent, Model, Orientation, PixelFormat, Rgb888, Scale,
};

/// The model file, 1320 bytes.
fn model() -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(b"NICM\x01\x06golden");
    // A codebook of twelve stages of 4 bits with 3 orientation bits, 24 bytes.
    file.extend([0x01, 0x18]);
    file.extend([0x04, 0x03].repeat(12));
    // The peaks of the eleven residual stages, 255 in total.
    file.extend([0x0B, 35]);
    file.extend([22; 10]);
    // The gains of the two base codewords.
    file.extend([0x02, 24, 60]);

    // A filter: thresholds 6 and 30; strengths 44, 30 and 12; limit 80.
    file.extend([0x01, 0x02, 6, 30, 0x03, 44, 30, 12, 80]);

    // Three zeros, so that the codewords begin at a multiple of 4.
    file.extend([0x03, 0, 0, 0]);
    // Thirteen codewords, 1248 bytes. Two of the base: luma increases in the first, but not in the second.
    file.extend([0xE0, 0x09]);
    file.extend((0..64).map(|i| 40 + 2 * i));
    file.extend((0..16).flat_map(|j| [120 + j, 136 - 2 * j]));
    file.extend((0..64).map(|i| (200 - i * i % 101) as u8));
    file.extend((64..96).map(|i| (120 + 5 * i % 16) as u8));
    // One of each residual stage, no byte above its peak.
    file.extend((0..11_usize).flat_map(|r| {
        let peak = if r == 0 { 35 } else { 22 };
        let byte = move |i| (r + 2) * 37 * i + 19 * r + i / 8 * 11 * (r % 3);
        (0..96).map(move |i| (byte(i) % (peak + 1)) as u8)
    }));

    file.extend([0xDA, 0xB6, 0x46, 0x48]);
    file
}

/// Latents: a base codeword rotated by 180 degrees; something in all stages; everything flipped and transposed.
const LATENTS: [Latent; 3] = [
    [0x03, 0x00, 0x00, 0x00, 0x00, 0x00],
    [0x9D, 0x27, 0xC4, 0x5E, 0xB1, 0x68],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
];

/// The block of each; every line here is a line of it.
#[rustfmt::skip]
const BLOCKS: [[u8; 192]; 3] = [
    [
        194, 127, 174, 190, 123, 170, 190, 130, 202, 177, 117, 189, 182, 123, 166, 186, 127, 170, 167, 120, 157, 172, 125, 162,
        167, 100, 147, 188, 121, 168, 171, 111, 183, 167, 107, 179, 163, 104, 147, 159, 100, 143, 166, 119, 156, 153, 106, 143,
        156, 102, 150, 161, 107, 155, 134, 99, 136, 130, 95, 132, 113, 92, 113, 126, 105, 126, 128, 107, 134, 124, 103, 130,
        133, 79, 127, 137, 83, 131, 141, 106, 143, 120, 85, 122, 120, 99, 120, 107, 86, 107, 110, 89, 116, 105, 84, 111,
        105, 93, 111, 109, 97, 115, 115, 94, 127, 102, 81, 114, 79, 83, 81, 75, 79, 77, 75, 85, 83, 80, 90, 88,
        90, 78, 96, 86, 74, 92, 83, 62, 95, 78, 57, 90, 60, 64, 62, 65, 69, 67, 74, 84, 82, 70, 80, 78,
        73, 90, 71, 60, 77, 58, 54, 74, 82, 58, 78, 86, 50, 84, 76, 45, 79, 71, 36, 72, 60, 32, 68, 56,
        50, 67, 48, 45, 62, 43, 30, 50, 58, 17, 37, 45, 26, 60, 52, 22, 56, 48, 18, 54, 42, 22, 58, 46,
    ],
    [
        238, 251, 252, 107, 120, 121, 95, 72, 73, 210, 187, 188, 92, 121, 102, 132, 161, 142, 108, 99, 162, 216, 207, 255,
        192, 205, 206, 142, 155, 156, 124, 101, 102, 154, 131, 132, 153, 182, 163, 151, 180, 161, 101, 92, 155, 182, 173, 236,
        194, 220, 240, 95, 121, 141, 234, 235, 170, 161, 162, 97, 106, 97, 106, 156, 147, 156, 85, 109, 61, 203, 227, 179,
        123, 149, 169, 126, 152, 172, 217, 218, 153, 202, 203, 138, 164, 155, 164, 150, 141, 150, 152, 176, 128, 207, 231, 183,
        114, 97, 140, 133, 116, 159, 197, 188, 209, 97, 88, 109, 104, 88, 126, 94, 78, 116, 128, 151, 138, 156, 179, 166,
        125, 108, 151, 95, 78, 121, 218, 209, 230, 156, 147, 168, 179, 163, 201, 163, 147, 185, 91, 114, 101, 178, 201, 188,
        181, 206, 195, 88, 113, 102, 174, 137, 166, 185, 148, 177, 146, 177, 136, 125, 156, 115, 122, 98, 68, 170, 146, 116,
        124, 149, 138, 46, 71, 60, 127, 90, 119, 197, 160, 189, 130, 161, 120, 169, 200, 159, 203, 179, 149, 166, 142, 112,
    ],
    [
        168, 173, 154, 117, 122, 103, 118, 85, 106, 215, 182, 203, 159, 163, 149, 180, 184, 170, 196, 162, 188, 164, 130, 156,
        208, 213, 194, 119, 124, 105, 104, 71, 92, 207, 174, 195, 113, 117, 103, 119, 123, 109, 97, 63, 89, 193, 159, 185,
        147, 102, 111, 131, 86, 95, 214, 206, 234, 178, 170, 198, 208, 154, 196, 198, 144, 186, 136, 145, 160, 151, 160, 175,
        162, 117, 126, 130, 85, 94, 218, 210, 238, 144, 136, 164, 137, 83, 125, 175, 121, 163, 156, 165, 180, 176, 185, 200,
        198, 200, 172, 107, 109, 81, 174, 219, 150, 173, 218, 149, 189, 182, 187, 168, 161, 166, 182, 189, 118, 208, 215, 144,
        187, 189, 161, 123, 125, 97, 152, 197, 128, 114, 159, 90, 92, 85, 90, 199, 192, 197, 96, 103, 32, 185, 192, 121,
        179, 175, 207, 121, 117, 149, 136, 125, 144, 104, 93, 112, 167, 202, 165, 80, 115, 78, 85, 68, 117, 202, 185, 234,
        186, 182, 214, 90, 86, 118, 111, 100, 119, 185, 174, 193, 131, 166, 129, 129, 164, 127, 161, 144, 193, 197, 180, 229,
    ],
];

/// The checksums of an image of 12 x 10 pixels in four blocks: as decoded, and deblocked.
const CHECKSUMS: [u32; 2] = [0xD35A73CD, 0xEC00C567];

/// Lines 0, 7, 8 and 9 of the deblocked image.
#[rustfmt::skip]
const DEBLOCKED: [[u8; 36]; 4] = [
    [194, 127, 174, 190, 123, 170, 190, 130, 202, 177, 117, 189, 182, 123, 166, 186, 127, 170, 167, 120, 157, 176, 129, 166, 234, 247, 248, 107, 120, 121, 95, 72, 73, 210, 187, 188],
    [54, 71, 52, 54, 71, 52, 34, 54, 62, 21, 41, 49, 30, 64, 56, 26, 60, 52, 22, 58, 46, 30, 66, 54, 124, 149, 138, 50, 75, 64, 125, 89, 116, 200, 164, 191],
    [164, 169, 150, 108, 113, 94, 114, 81, 102, 211, 178, 199, 155, 159, 145, 176, 180, 166, 192, 158, 184, 164, 130, 156, 230, 243, 244, 103, 116, 117, 97, 73, 76, 207, 183, 186],
    [208, 213, 194, 119, 124, 105, 104, 71, 92, 207, 174, 195, 113, 117, 103, 119, 123, 109, 97, 63, 89, 191, 161, 185, 194, 203, 206, 142, 155, 156, 124, 101, 102, 154, 131, 132],
];

/// An image file in the adaptive layout: the first 12, 28 and 48 bits of the three latents, and the first 12 of the second again.
#[rustfmt::skip]
const ADAPTIVE: [u8; 52] = [
    0x4E, 0x49, 0x43, 0x45, 0x01, 0x01, 0x00, 0x00, // "NICE", version 1, adaptive layout
    0x0C, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00, 0x00, // 12 x 10 pixels
    0xDA, 0xB6, 0x46, 0x48, // id of the model
    0x0C, 0x1C, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, // the lengths 12, 28 and 48
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // one segment and one group
    0x24, // the length codes 0, 1, 2, 0, two bits each
    0x03, 0xD0, 0x79, 0x42, 0xEC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x9D, 0x07, // 100 bits, and 4 zeros
    0xEC, 0xC3, 0xF9, 0x38, // checksum
];

/// The checksums of its blocks, and of the image as decoded and deblocked.
const ADAPTIVE_BLOCKS: [u32; 4] = [0xA359_13B7, 0x1E8F_D65D, 0x900F_65B8, 0xE8C9_BAAA];
const ADAPTIVE_CHECKSUMS: [u32; 2] = [0x8316_D58A, 0x3F67_DD74];

#[test]
fn blocks_and_texels_are_the_golden_ones() {
    let file = model();
    assert_eq!(file.len(), 1320);
    let model = Model::from_bytes(&file).unwrap();
    assert_eq!(model.id().to_string(), "4846b6da");
    for (latent, expected) in LATENTS.iter().zip(BLOCKS) {
        let mut block = [0; 192];
        model.block(latent, &mut block);
        assert_eq!(block, expected);
        for (at, pixel) in expected.chunks(3).enumerate() {
            assert_eq!(model.texel(latent, at % 8, at / 8), pixel);
        }
    }
}

/// The checksums of an image of 12 x 10 pixels as decoded and deblocked, and its deblocked lines.
fn decoded(decoder: &Decoder<'_, '_>) -> ([u32; 2], [u8; 360]) {
    let mut plain = [0; 360];
    let mut deblocked = [0; 360];
    let mut memory = [0; 16 * 16 * 3];
    let region = decoder.image().region();
    let mut deblocker = Deblocker::new(decoder, region, &mut memory).unwrap();
    for (row, at) in [(0, 0), (1, 8 * 36)] {
        decoder.row::<Rgb888>(row, &mut plain[at..], 36).unwrap();
        deblocker
            .row::<Rgb888>(row, &mut deblocked[at..], 36)
            .unwrap();
    }
    ([crc32(&plain), crc32(&deblocked)], deblocked)
}

#[test]
fn the_image_is_the_golden_one_deblocked_and_not() {
    let file = model();
    let model = Model::from_bytes(&file).unwrap();
    let [a, b, c] = LATENTS;
    let file = image(12, 10, model.id().get(), &[a, b, c, b]);
    let image = Image::from_bytes(&file).unwrap();
    let (checksums, deblocked) = decoded(&Decoder::new(&model, &image).unwrap());
    assert_eq!(checksums, CHECKSUMS);
    for (y, expected) in [0, 7, 8, 9].into_iter().zip(DEBLOCKED) {
        assert_eq!(deblocked[y * 36..][..36], expected);
    }
}

#[test]
fn the_image_in_the_adaptive_layout_is_the_golden_one() {
    let file = model();
    let model = Model::from_bytes(&file).unwrap();
    let image = Image::from_bytes(&ADAPTIVE).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    for (index, expected) in ADAPTIVE_BLOCKS.into_iter().enumerate() {
        let mut block = [0; 192];
        decoder.block(index, &mut block).unwrap();
        assert_eq!(crc32(&block), expected);
    }
    let (checksums, _) = decoded(&decoder);
    assert_eq!(checksums, ADAPTIVE_CHECKSUMS);
}

/// The checksums of the image reduced to 1/2, 1/4 and 1/8.
const REDUCED: [u32; 3] = [0x3DD2_F6C1, 0x7C57_05EF, 0xD577_9156];

/// The checksums of the image in orientations 1 to 7.
const TURNED: [u32; 7] = [
    0xD3C5_3D72,
    0xD745_3C11,
    0x4768_F22E,
    0x959B_B5E8,
    0x028F_6821,
    0x9769_0820,
    0x4855_2DF3,
];

/// The checksum of a picture in a format, its lines without gaps.
fn checksum<P: PixelFormat>(decoder: &Decoder<'_, '_>) -> u32 {
    let stride = P::line_bytes(decoder.width() as usize);
    let mut lines = std::vec![0; stride * decoder.height() as usize];
    let region = decoder.bounds();
    decoder.region::<P>(region, &mut lines, stride).unwrap();
    crc32(&lines)
}

#[test]
fn the_image_is_the_golden_one_reduced_turned_and_gray() {
    let file = model();
    let model = Model::from_bytes(&file).unwrap();
    let [a, b, c] = LATENTS;
    let file = image(12, 10, model.id().get(), &[a, b, c, b]);
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    for (scale, expected) in Scale::ALL.into_iter().skip(1).zip(REDUCED) {
        assert_eq!(checksum::<Rgb888>(&decoder.reduced(scale)), expected);
    }
    for (orientation, expected) in Orientation::ALL.into_iter().skip(1).zip(TURNED) {
        assert_eq!(checksum::<Rgb888>(&decoder.turned(orientation)), expected);
    }
    assert_eq!(checksum::<Gray8>(&decoder), 0xC7D5_12AF);
    assert_eq!(checksum::<Gray4Msb>(&decoder), 0xBB69_EE89);
    assert_eq!(checksum::<Gray4Lsb>(&decoder), 0x214D_C88E);
    assert_eq!(checksum::<Gray2Msb>(&decoder), 0x56A2_8528);
    assert_eq!(checksum::<Gray2Lsb>(&decoder), 0x50CB_2BAC);
    assert_eq!(checksum::<Gray1Msb>(&decoder), 0x07EE_8795);
    assert_eq!(checksum::<Gray1Lsb>(&decoder), 0x3AC7_8583);
    assert_eq!(checksum::<Dithered<Gray4Msb>>(&decoder), 0x30D4_197D);
    assert_eq!(checksum::<Dithered<Gray4Lsb>>(&decoder), 0x8CAD_48CE);
    assert_eq!(checksum::<Dithered<Gray2Msb>>(&decoder), 0xD08C_FC41);
    assert_eq!(checksum::<Dithered<Gray2Lsb>>(&decoder), 0xEF62_B2D0);
    assert_eq!(checksum::<Dithered<Gray1Msb>>(&decoder), 0x05F1_2E87);
    assert_eq!(checksum::<Dithered<Gray1Lsb>>(&decoder), 0x6026_C551);
    let small = decoder.reduced(Scale::Half).turned(Orientation::ROTATE_90);
    assert_eq!(checksum::<Dithered<Gray1Msb>>(&small), 0x3710_EFF1);
}
