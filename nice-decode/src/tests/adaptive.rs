//! Images in the adaptive layout decode as the format specifies, and every fault of one is reported.

use std::format;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{
    TestCodebook, adaptive_image, any_adaptive, resealed, small_codebook, small_network,
};
use super::reference_codebook::Codebook;
use crate::{
    AdaptiveLatent, Deblocker, Decoder, Image, ImageError, Layout, Model, ModelMismatchError,
    Region, Rgb888,
};

/// Bytes with these bits.
fn to_bytes(bits: &[bool]) -> [u8; 12] {
    let mut bytes = [0; 12];
    for (bit, &set) in bits.iter().enumerate() {
        bytes[bit / 8] |= u8::from(set) << (bit % 8);
    }
    bytes
}

/// Checks everything that decodes an image against the reference.
fn check(
    model: &TestCodebook,
    lengths: &[usize],
    latents: &[Vec<bool>],
    (width, height): (u32, u32),
    region: Region,
) {
    let model = model.file();
    let mut reference = Codebook::read(&model);
    let model = Model::from_bytes(&model).unwrap();
    let file = adaptive_image(width, height, model.id().get(), lengths, latents);
    let image = Image::from_bytes(&file).unwrap();
    assert_eq!(Image::from_trusted_bytes(&file), Ok(image));
    assert_eq!(image.layout(), Layout::Adaptive);
    assert_eq!(image.fixed_latents(), None);
    assert_eq!(image.blocks(), latents.len());
    assert!(image.lengths().map(usize::from).eq(lengths.iter().copied()));
    let decoder = Decoder::new(&model, &image).unwrap();

    assert_eq!(image.latents().count(), latents.len());
    for (index, (found, bits)) in image.latents().zip(latents).enumerate() {
        assert_eq!(found.length(), bits.len());
        assert_eq!(found.to_bytes(), to_bytes(bits));
        let expected = reference.block_of_bits(bits);
        let mut block = [0xAA; 192];
        decoder.block(index, &mut block).unwrap();
        assert_eq!(block, expected);
        model.block(AdaptiveLatent::new(&to_bytes(bits), bits.len()), &mut block);
        assert_eq!(block, expected);
        crate::codebook::decode_block_swar(model.codebook().unwrap(), &found, &mut block);
        assert_eq!(block, expected);
    }

    let stride = region.width as usize * 3;
    let expected = |reference: &Codebook| -> Vec<u8> {
        let lines = reference.image_of_bits(latents, width as usize, height as usize);
        let lines = &lines[region.y as usize..][..region.height as usize];
        let lines = lines
            .iter()
            .flat_map(|line| line[region.x as usize..][..region.width as usize].as_flattened());
        lines.copied().collect()
    };
    let deblocked = expected(&reference);
    reference.filter = None;
    let decoded = expected(&reference);
    let mut pixels = vec![0xAA; decoded.len()];
    decoder
        .region::<Rgb888>(region, &mut pixels, stride)
        .unwrap();
    assert_eq!(pixels, decoded);
    for (at, pixel) in decoded.chunks(3).enumerate() {
        let at = at as u32;
        let (x, y) = (region.x + at % region.width, region.y + at / region.width);
        assert_eq!(decoder.texel(x, y).unwrap(), pixel);
    }
    let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
    let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
    deblocker
        .region::<Rgb888>(region, &mut pixels, stride)
        .unwrap();
    assert_eq!(pixels, deblocked);

    let mut memory = vec![0; model.expanded_bytes()];
    let expanded = model.expand(&mut memory).unwrap();
    let decoder = Decoder::new(&expanded, &image).unwrap();
    decoder
        .region::<Rgb888>(region, &mut pixels, stride)
        .unwrap();
    assert_eq!(pixels, decoded);
    assert_eq!(decoder.texel(region.x, region.y).unwrap(), decoded[..3]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_adaptive_image_decodes_like_the_reference(
        ((model, lengths, latents), (width, height), (x, y)) in
            ((1..100_u32, 1..100_u32), (0..8_u32, 0..16_u32)).prop_flat_map(|(size, start)| {
                let blocks = size.0.div_ceil(8) * size.1.div_ceil(8);
                let start = (start.0.min(size.0 - 1), start.1.min(size.1 - 1));
                (any_adaptive(blocks as usize), Just(size), Just(start))
            }),
    ) {
        let region = Region { x, y, width: width - x, height: (height - y).min(20) };
        check(&model, &lengths, &latents, (width, height), region);
    }

    #[test]
    fn no_faulty_image_makes_a_decoder_panic(
        ((model, lengths, latents), changes) in (
            any_adaptive(70),
            prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        ),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let model = model.file();
        let model = Model::from_bytes(&model).unwrap();
        let mut file = adaptive_image(80, 56, model.id().get(), &lengths, &latents);
        for (at, byte) in changes {
            // After the version, since other changes are not interesting, but not the id.
            let at = 5 + at.index(file.len() - 5);
            if !(16..20).contains(&at) {
                file[at] = byte;
            }
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()).max(4));
        }
        let file = resealed(&file);
        if let Ok(image) = Image::from_bytes(&file)
            && let Ok(decoder) = Decoder::new(&model, &image)
            && image.blocks() < 10_000
        {
            let mut block = [0; 192];
            for index in 0..image.blocks() {
                decoder.block(index, &mut block).unwrap();
            }
            let region = Region { x: 0, y: 0, width: image.width().min(100), height: image.height().min(100) };
            let mut pixels = vec![0; (3 * region.width * region.height) as usize];
            decoder.region::<Rgb888>(region, &mut pixels, 3 * region.width as usize).unwrap();
        }
    }
}

/// A model with stages of 4 bits, and an image of 10 x 7 blocks of it with latents of 4, 12, 48 and 44 bits in turn.
fn good() -> (Vec<u8>, Vec<u8>) {
    let model = small_codebook().file();
    let id = Model::from_bytes(&model).unwrap().id().get();
    let latents = (0..70)
        .map(|block| {
            (0..[4, 12, 48, 44][block % 4])
                .map(|bit| (bit * block) % 3 == 1)
                .collect()
        })
        .collect::<Vec<_>>();
    (
        model,
        adaptive_image(80, 56, id, &[4, 12, 44, 48], &latents),
    )
}

/// The result for the good image with some bytes changed and its checksum corrected.
fn changed(at: usize, bytes: &[u8]) -> Result<(), ImageError> {
    let (_, mut file) = good();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    let file = resealed(&file);
    let verdict = Image::from_bytes(&file).map(|_| ());
    assert_eq!(Image::from_trusted_bytes(&file).map(|_| ()), verdict);
    verdict
}

#[test]
fn truncation_at_every_length() {
    let (_, file) = good();
    // The index, two groups with their length codes, and the latents.
    assert_eq!(
        file.len(),
        28 + (4 + 2 * 2) + (16 + 16 * 108 / 8) + (2 + 16) + 4
    );
    for length in 0..file.len() {
        for error in [
            Image::from_bytes(&file[..length]).unwrap_err(),
            Image::from_trusted_bytes(&file[..length]).unwrap_err(),
        ] {
            assert!(
                matches!(error, ImageError::Truncated { found, .. } if found == length),
                "{error} after {length} bytes"
            );
        }
    }
}

#[test]
fn every_flipped_bit() {
    let (_, mut file) = good();
    assert!(Image::from_bytes(&file).is_ok());
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Image::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn bytes_after_the_end() {
    for extra in [1, 4, 1000] {
        let (_, mut file) = good();
        file.resize(file.len() + extra, 0);
        let refused = Err(ImageError::TrailingBytes { extra });
        assert_eq!(Image::from_bytes(&file), refused);
        assert_eq!(Image::from_bytes(&resealed(&file)), refused);
    }
}

#[test]
fn lengths_that_do_not_increase_or_are_too_large() {
    for found in [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [4, 12, 12, 48, 0, 0, 0, 0],
        [4, 12, 48, 44, 0, 0, 0, 0],
        [4, 12, 44, 48, 0, 49, 0, 0],
        [4, 12, 44, 97, 0, 0, 0, 0],
        [4, 12, 44, 255, 0, 0, 0, 0],
        [0, 12, 44, 48, 0, 0, 0, 0],
    ] {
        assert_eq!(changed(20, &found), Err(ImageError::Lengths { found }));
    }
}

#[test]
fn length_codes_without_a_length() {
    let refused = ImageError::LengthCode { block: 2 };
    // With three lengths instead of four, code 3 is not used. It is that of block 2.
    assert_eq!(changed(20, &[4, 12, 44, 0]), Err(refused));
}

#[test]
fn groups_that_overlap_or_leave_a_gap() {
    let group = |group, found, expected| {
        Err(ImageError::GroupOffset {
            group,
            found,
            expected,
        })
    };
    let end = 16 + 16 * 108 / 8;
    assert_eq!(changed(28, &[1]), group(0, 1, 0));
    assert_eq!(changed(32, &[3, 0]), group(0, 3, 0));
    assert_eq!(changed(34, &[end as u8 + 1, 0]), group(1, end + 1, end));
    assert_eq!(changed(34, &[end as u8 - 1, 0]), group(1, end - 1, end));
    assert_eq!(changed(34, &[0xFF, 0xFF]), group(1, 0xFFFF, end));
}

#[test]
fn the_largest_image_is_truncated() {
    let (_, file) = good();
    let found = file.len();
    let error = changed(8, &[0xFF; 8]).unwrap_err();
    assert!(
        matches!(error, ImageError::Truncated { found: length, expected: Some(least) }
            if length == found && least > 1 << 55),
        "{error}"
    );
}

#[test]
fn lengths_at_which_no_stage_ends() {
    let (model, mut file) = good();
    let model = Model::from_bytes(&model).unwrap();
    assert!(Decoder::new(&model, &Image::from_bytes(&file).unwrap()).is_ok());
    // One group of one block, 5 bits.
    file.truncate(20);
    file[8..16].copy_from_slice(&[8, 0, 0, 0, 8, 0, 0, 0]);
    file.extend([5, 0, 0, 0, 0, 0, 0, 0]);
    file.extend([0; 7 + 4]);
    let file = resealed(&file);
    let image = Image::from_bytes(&file).unwrap();
    let refused = ModelMismatchError::Length { found: 5 };
    let error = Decoder::new(&model, &image).unwrap_err();
    assert_eq!(error, refused);
    assert_eq!(
        format!("{error}"),
        "the image has latents of 5 bits, but no stage of its model ends there"
    );
}

#[test]
fn a_network_has_latents_of_48_bits() {
    let model = small_network().file();
    let model = Model::from_bytes(&model).unwrap();
    for (length, accepted) in [(48, true), (12, false), (96, false)] {
        let latents = [vec![true; length], vec![false; length]];
        let file = adaptive_image(16, 8, model.id().get(), &[length], &latents);
        let image = Image::from_bytes(&file).unwrap();
        let decoder = Decoder::new(&model, &image);
        assert_eq!(decoder.is_ok(), accepted);
        if let Ok(decoder) = decoder {
            let (mut found, mut expected) = ([0; 192], [1; 192]);
            decoder.block(0, &mut found).unwrap();
            model.block(&[0xFF; 6], &mut expected);
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_latent_without_bits_is_black() {
    let model = small_codebook().file();
    let model = Model::from_bytes(&model).unwrap();
    let mut block = [1; 192];
    model.block(AdaptiveLatent::new(&[0xFF; 12], 3), &mut block);
    assert_eq!(block, [0; 192]);
    assert_eq!(
        model.texel(AdaptiveLatent::new(&[0xFF; 12], 0), 3, 3),
        [0; 3]
    );
}

#[test]
fn an_image_with_several_segments_of_groups() {
    let model = small_codebook();
    let blocks = 130 * 65;
    let latents: Vec<Vec<bool>> = (0..blocks)
        .map(|block| vec![block % 5 == 0; if block % 7 == 0 { 48 } else { 4 }])
        .collect();
    let region = Region {
        x: 1030,
        y: 500,
        width: 10,
        height: 20,
    };
    check(&model, &[4, 48], &latents, (1040, 520), region);
}
