//! The test vectors of FORMAT.md, section 10.

use nice_c::{Format, OpenDeblocker, OpenImage, OpenModel, nice_line_bytes};

/// The network of section 10.1.
fn network() -> Vec<u8> {
    let mut file = b"NICM\x01\x06golden\x00\x30\x02\x8f\x05\x00\x01\x60".to_vec();
    file.extend([100, 3, 0x81, 3]);
    file.extend((2..48).flat_map(|i| [i, 3]));
    file.extend([8, 10, 0, 0, 0, 0xFD, 0xFF, 0xFF, 0xFF]);
    file.extend([4, 2, 0, 2, 0]);
    file.extend([2, 3, 0x80, 3]);
    file.extend((0..192).flat_map(|k| [(k - 96_i32) as u8, 8]));
    file.extend([0x80, 6]);
    file.extend([0, 2, 0, 0].repeat(192));
    file.extend([0x80, 3]);
    file.extend([8, 0].repeat(192));
    file.extend([0x5F, 0x3F, 0xE9, 0xC5]);
    file
}

/// The codebook of section 10.2.
fn codebook() -> Vec<u8> {
    let mut file = b"NICM\x01\x06golden\x01\x18".to_vec();
    file.extend([4, 3].repeat(12));
    file.extend([11, 35]);
    file.extend([22; 10]);
    file.extend([
        2, 24, 60, 1, 2, 6, 30, 3, 44, 30, 12, 80, 3, 0, 0, 0, 0xE0, 9,
    ]);
    file.extend((0..64).map(|i| 40 + 2 * i));
    file.extend((0..16).flat_map(|j| [120 + j, 136 - 2 * j]));
    file.extend((0..64).map(|i| (200 - i * i % 101) as u8));
    file.extend((64..96).map(|i| (120 + 5 * i % 16) as u8));
    for r in 0..11 {
        let peak = if r == 0 { 35 } else { 22 };
        file.extend(
            (0..96)
                .map(|i| (((r + 2) * 37 * i + 19 * r + 11 * (i / 8) * (r % 3)) % (peak + 1)) as u8),
        );
    }
    file.extend([0xDA, 0xB6, 0x46, 0x48]);
    file
}

/// An image in the fixed layout.
fn image(size: [u8; 2], model: [u8; 4], latents: &[u8], checksum: [u8; 4]) -> Vec<u8> {
    let mut file = b"NICE\x01\0\0\0".to_vec();
    file.extend([size[0], 0, 0, 0, size[1], 0, 0, 0]);
    file.extend(model);
    file.extend(latents);
    file.extend(checksum);
    file
}

/// The image of section 10.2.
fn codebook_image() -> Vec<u8> {
    let second = [0x9D, 0x27, 0xC4, 0x5E, 0xB1, 0x68];
    let latents = [[3, 0, 0, 0, 0, 0], second, [0xFF; 6], second].concat();
    image(
        [12, 10],
        [0xDA, 0xB6, 0x46, 0x48],
        &latents,
        [0xCA, 0x4D, 0x44, 0x62],
    )
}

/// The image of section 3.3.
const ADAPTIVE: [u8; 52] = [
    0x4E, 0x49, 0x43, 0x45, 1, 1, 0, 0, 12, 0, 0, 0, 10, 0, 0, 0, 0xDA, 0xB6, 0x46, 0x48, 12, 28,
    48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x24, 3, 0xD0, 0x79, 0x42, 0xEC, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0x9D, 7, 0xEC, 0xC3, 0xF9, 0x38,
];

/// The checksums of an image in a format, as decoded and deblocked.
fn checksums(model: &[u8], image: &[u8], format: Format) -> [u32; 2] {
    transformed_checksums(model, image, format, 0, 0)
}

/// The checksums of an image in a format at a scale and in an orientation, as decoded and deblocked.
fn transformed_checksums(
    model: &[u8],
    image: &[u8],
    format: Format,
    scale: u32,
    orientation: u32,
) -> [u32; 2] {
    let mut image = OpenImage::new(&OpenModel::new(model).unwrap(), image).unwrap();
    image.transform(scale, orientation).unwrap();
    let whole = image.whole();
    let stride = nice_line_bytes(format as u32, whole.width);
    let mut pixels = vec![0; stride * whole.height as usize];
    image.region(whole, format, &mut pixels, stride).unwrap();
    let plain = crc32fast::hash(&pixels);
    let mut memory = vec![0; image.deblock_bytes(whole)];
    let mut deblocker = OpenDeblocker::new(&image, whole, &mut memory).unwrap();
    deblocker
        .region(whole, format, &mut pixels, stride)
        .unwrap();
    [plain, crc32fast::hash(&pixels)]
}

/// The checksums of the blocks of an image.
fn block_checksums(model: &[u8], image: &[u8]) -> Vec<u32> {
    let image = OpenImage::new(&OpenModel::new(model).unwrap(), image).unwrap();
    let checksum = |index| {
        let mut block = [0; 192];
        image.block(index, &mut block).unwrap();
        crc32fast::hash(&block)
    };
    (0..image.blocks()).map(checksum).collect()
}

#[test]
fn blocks_of_the_network_are_the_golden_ones() {
    let file = network();
    let id = [0x5F, 0x3F, 0xE9, 0xC5];
    let example = image(
        [12, 5],
        id,
        &[4, 0x20, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0],
        [0xFC, 0xC2, 0x86, 0x88],
    );
    assert_eq!(block_checksums(&file, &example), [0xDECF_34AC, 0x2384_9FBA]);
    assert_eq!(checksums(&file, &example, Format::Rgb888)[0], 0xCB5A_B3DE);
}

#[test]
fn blocks_of_the_codebook_are_the_golden_ones() {
    assert_eq!(
        block_checksums(&codebook(), &codebook_image()),
        [0xDF94_5954, 0xA78A_C27D, 0x900F_65B8, 0xA78A_C27D]
    );
    assert_eq!(
        block_checksums(&codebook(), &ADAPTIVE),
        [0xA359_13B7, 0x1E8F_D65D, 0x900F_65B8, 0xE8C9_BAAA]
    );
}

#[test]
fn the_image_is_the_golden_one_in_every_format() {
    let (model, image) = (codebook(), codebook_image());
    for (format, expected) in [
        (Format::Rgb888, [0xD35A_73CD, 0xEC00_C567]),
        (Format::Bgr888, [0xDD88_9414, 0x3905_5078]),
        (Format::Xrgb8888, [0x6C98_A96C, 0xA907_351B]),
        (Format::Rgb565Le, [0x18EA_3CA9, 0x18CA_A664]),
        (Format::Rgb565Be, [0x9D18_C3BB, 0xA1C7_A4B7]),
        (Format::Bgr555Le, [0x6CBB_E79F, 0xFCAA_9CFC]),
        (Format::DitheredRgb565Le, [0x2DB4_071C, 0x69F4_135C]),
        (Format::DitheredRgb565Be, [0x25DD_7B3A, 0x14A5_A136]),
        (Format::DitheredBgr555Le, [0x6FC8_33D9, 0x2C3C_9B01]),
    ] {
        assert_eq!(checksums(&model, &image, format), expected, "{format:?}");
    }
    assert_eq!(
        checksums(&model, &ADAPTIVE, Format::Rgb888),
        [0x8316_D58A, 0x3F67_DD74]
    );
}

#[test]
fn the_gray_image_is_the_golden_one_in_every_format() {
    let (model, image) = (codebook(), codebook_image());
    for (format, expected) in [
        (Format::Gray8, 0xC7D5_12AF),
        (Format::Gray4Msb, 0xBB69_EE89),
        (Format::Gray4Lsb, 0x214D_C88E),
        (Format::DitheredGray4Msb, 0x30D4_197D),
        (Format::DitheredGray4Lsb, 0x8CAD_48CE),
        (Format::Gray2Msb, 0x56A2_8528),
        (Format::Gray2Lsb, 0x50CB_2BAC),
        (Format::DitheredGray2Msb, 0xD08C_FC41),
        (Format::DitheredGray2Lsb, 0xEF62_B2D0),
        (Format::Gray1Msb, 0x07EE_8795),
        (Format::Gray1Lsb, 0x3AC7_8583),
        (Format::DitheredGray1Msb, 0x05F1_2E87),
        (Format::DitheredGray1Lsb, 0x6026_C551),
    ] {
        assert_eq!(checksums(&model, &image, format)[0], expected, "{format:?}");
    }
}

#[test]
fn the_image_reduced_and_turned_is_the_golden_one() {
    let (model, image) = (codebook(), codebook_image());
    let checksum = |format, scale, orientation| {
        transformed_checksums(&model, &image, format, scale, orientation)[0]
    };
    let scales = [0xD35A_73CD, 0x3DD2_F6C1, 0x7C57_05EF, 0xD577_9156];
    for (scale, expected) in (0..).zip(scales) {
        assert_eq!(checksum(Format::Rgb888, scale, 0), expected);
    }
    let orientations = [
        0xD35A_73CD,
        0xD3C5_3D72,
        0xD745_3C11,
        0x4768_F22E,
        0x959B_B5E8,
        0x028F_6821,
        0x9769_0820,
        0x4855_2DF3,
    ];
    for (orientation, expected) in (0..).zip(orientations) {
        assert_eq!(checksum(Format::Rgb888, 0, orientation), expected);
    }
    assert_eq!(checksum(Format::DitheredGray1Msb, 1, 5), 0x3710_EFF1);
}
