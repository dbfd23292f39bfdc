//! Codebooks decode as the format says, whatever their stages and tables.

use std::format;
use std::string::ToString;
use std::vec;

use proptest::prelude::*;

use super::made::{
    any_codebook, any_latent, codes, largest_codebook, picture, small, small_codebook,
};
use super::reference_codebook::Codebook;
use super::rows::{bgr555, rgb565, rgb888};
use crate::{Bgr555Le, Decoder, Image, Kind, OutOfRange, Pixel, Rgb565Be, Rgb565Le, Rgb888, Stage};

/// Checks everything that decodes a latent against the reference.
fn check(file: &[u8], latents: &[[u8; 6]]) {
    let decoder = Decoder::from_bytes(file).unwrap();
    let reference = Codebook::read(file);
    for latent in latents {
        let expected = reference.block(*latent);
        let mut block = [0xAA; 192];
        decoder.block(latent, &mut block);
        assert_eq!(block, expected);
        let mut block = [0xAA; 192];
        decoder.block_inline(latent, &mut block);
        assert_eq!(block, expected);
        let mut block = [0xAA; 192];
        decoder.block_inline_wide(latent, &mut block);
        assert_eq!(block, expected);
        for y in 0..8 {
            for x in 0..8 {
                let at = (y * 8 + x) * 3;
                assert_eq!(decoder.texel(latent, x, y), expected[at..][..3]);
            }
        }
    }
}

/// Checks the rows of a picture in a format against the blocks of the reference.
fn check_rows<P: Pixel>(file: &[u8], size: (u32, u32), convert: super::rows::Convert) {
    let (width, height) = size;
    let decoder = Decoder::from_bytes(file).unwrap();
    let mut reference = Codebook::read(file);
    reference.filter = None;
    let latents = codes((width.div_ceil(8) * height.div_ceil(8)) as usize);
    let file = picture(width, height, decoder.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    let shown = decoder.open(&image).unwrap();
    let lines = reference.picture(&latents, width as usize, height as usize);
    let line = width as usize * P::BYTES;
    for (row, expected) in lines.chunks(8).enumerate() {
        let mut buffer = vec![0xAA; expected.len() * line];
        shown.row::<P>(row as u32, &mut buffer, line).unwrap();
        for (found, expected) in buffer.chunks(line).zip(expected) {
            for (found, &expected) in found.chunks(P::BYTES).zip(expected) {
                assert_eq!(found, convert(expected));
            }
        }
    }
    for (y, expected) in lines.iter().enumerate() {
        for (x, &expected) in expected.iter().enumerate() {
            assert_eq!(shown.texel(x as u32, y as u32), Ok(expected));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_valid_codebook_decodes_as_the_reference_does(
        model in any_codebook(),
        latents in prop::collection::vec(any_latent(), 1..6),
    ) {
        check(&model.file(), &latents);
    }

    #[test]
    fn rows_and_pixels_of_any_codebook_are_those_of_the_reference_in_every_format(
        model in any_codebook(),
        size in (1..20_u32, 1..20_u32),
    ) {
        let file = model.file();
        check_rows::<Rgb888>(&file, size, rgb888);
        check_rows::<Rgb565Le>(&file, size, |rgb| rgb565(rgb).to_le_bytes().to_vec());
        check_rows::<Rgb565Be>(&file, size, |rgb| rgb565(rgb).to_be_bytes().to_vec());
        check_rows::<Bgr555Le>(&file, size, |rgb| bgr555(rgb).to_le_bytes().to_vec());
    }
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    for base in [0, 127, 128, 255] {
        for largest in [false, true] {
            let file = largest_codebook(base, largest).file();
            // Not negated, negated, and some of both.
            check(&file, &[[0; 6], [0xFF; 6], [0x0F; 6], [0x11; 6], [0xE0; 6]]);
        }
    }
}

#[test]
fn luma_and_chroma_at_opposite_ends_do_not_overflow() {
    for bits in 0..64_u32 {
        let mut model = largest_codebook(0, false);
        let end = |bit: u32, top: u8| if bits >> bit & 1 == 1 { top } else { 0 };
        let base = model.base.chunks_mut(96).map(|row| (row, 255, 0));
        let rows = model.rows.chunks_mut(96).zip(&model.tops);
        for (row, top, first_bit) in base.chain(rows.map(|(row, &top)| (row, top, 3))) {
            row[..64].fill(end(first_bit, top));
            for pair in row[64..].chunks_mut(2) {
                pair[0] = end(first_bit + 1, top);
                pair[1] = end(first_bit + 2, top);
            }
        }
        check(&model.file(), &[[0; 6], [0xFF; 6]]);
    }
}

#[test]
fn every_single_bit_of_a_latent_means_what_the_format_says() {
    let file = small_codebook().file();
    let latents: [[u8; 6]; 48] =
        core::array::from_fn(|bit| ((1_u64 << bit).to_le_bytes())[..6].try_into().unwrap());
    check(&file, &latents);
}

#[test]
fn rows_that_lie_at_any_address_decode_alike() {
    let file = small_codebook().file();
    let latent = [1, 2, 3, 4, 5, 6];
    let expected = Codebook::read(&file).block(latent);
    for before in 0..4 {
        let moved = [&[0; 4][..before], &file].concat();
        let decoder = Decoder::from_bytes(&moved[before..]).unwrap();
        let mut block = [0; 192];
        decoder.codebook().unwrap().block(&latent, &mut block);
        assert_eq!(block, expected);
    }
}

#[test]
fn a_pixel_is_found_modulo_the_side_of_a_block() {
    for file in [small_codebook().file(), small().file()] {
        let decoder = Decoder::from_bytes(&file).unwrap();
        let latent = [1, 2, 3, 4, 5, 6];
        let mut block = [0; 192];
        decoder.block(&latent, &mut block);
        for y in 0..8 {
            for x in 0..8 {
                let expected = block[(y * 8 + x) * 3..][..3].to_vec();
                assert_eq!(decoder.texel(&latent, x, y).to_vec(), expected);
                assert_eq!(decoder.texel(&latent, x + 8, y + 800).to_vec(), expected);
            }
        }
        let corner = decoder.texel(&latent, usize::MAX, usize::MAX);
        assert_eq!(corner, block[189..]);
    }
}

#[test]
fn pixels_that_are_not_there_are_refused() {
    let model = small_codebook().file();
    let decoder = Decoder::from_bytes(&model).unwrap();
    let file = picture(17, 9, decoder.id().get(), &codes(6));
    let image = Image::from_bytes(&file).unwrap();
    let shown = decoder.open(&image).unwrap();
    for (x, y) in [(17, 0), (0, 9), (23, 8), (u32::MAX, u32::MAX)] {
        let refused = OutOfRange::Pixel {
            x,
            y,
            width: 17,
            height: 9,
        };
        assert_eq!(shown.texel(x, y), Err(refused));
    }
    assert!(shown.texel(16, 8).is_ok());
}

#[test]
fn a_decoder_of_a_codebook_says_what_it_is() {
    let mut model = small_codebook();
    let file = model.file();
    let decoder = Decoder::from_bytes(&file).unwrap();
    assert_eq!(file[4], 3);
    assert_eq!(decoder.name(), "made");
    assert_eq!(decoder.kind(), Kind::Codebook);
    assert_eq!(decoder.hidden(), None);
    assert!(decoder.stages().eq(model.stages.iter().copied()));
    assert!(decoder.smooths());
    let id = decoder.id();
    assert_eq!(
        decoder.to_string(),
        format!("model {id} \"made\": codebook, 12 stages")
    );
    let debug = format!("{decoder:?}");
    assert!(
        debug.contains("made") && debug.contains("Codebook") && debug.len() < 120,
        "{debug}"
    );
    assert_eq!(
        format!("{:>9}|{:<9}|", decoder.kind(), decoder.kind()),
        " codebook|codebook |"
    );
    model.boundary = None;
    assert!(!Decoder::from_bytes(&model.file()).unwrap().smooths());
    let network = small().file();
    let network = Decoder::from_bytes(&network).unwrap();
    assert_eq!(network.stages().len(), 0);
    assert!(!network.smooths());
}

#[test]
fn a_stage_says_how_many_rows_it_has() {
    let stage = |bits, mirrors| Stage { bits, mirrors };
    assert_eq!(stage(4, 3).rows(true), Some(2));
    assert_eq!(stage(4, 3).rows(false), Some(1));
    assert_eq!(stage(16, 0).rows(true), Some(65_536));
    assert_eq!(stage(16, 0).rows(false), Some(32_768));
    assert_eq!(stage(1, 0).rows(false), Some(1));
    for (bits, mirrors) in [(0, 0), (17, 0), (8, 4), (2, 3), (255, 255)] {
        assert_eq!(stage(bits, mirrors).rows(true), None);
        assert_eq!(stage(bits, mirrors).rows(false), None);
    }
    assert_eq!(stage(3, 3).rows(true), Some(1));
    assert_eq!(stage(3, 3).rows(false), None);
    assert_eq!(Stage::from_bytes(stage(9, 2).to_bytes()), stage(9, 2));
}
