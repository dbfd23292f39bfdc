//! Codebooks decode as the format specifies, whatever their stages and tables.

use std::format;
use std::string::ToString;
use std::vec;

use proptest::prelude::*;

use super::generators::{
    any_codebook, any_latent, image, largest_codebook, latents, small_codebook, small_network,
};
use super::reference_codebook::Codebook;
use super::rows::{bgr555, rgb565, rgb888};
use crate::format::Stage;
use crate::{
    AdaptiveLatent, Bgr555Le, Codec, Decoder, Image, Model, OutOfBoundsError, PixelFormat,
    Rgb565Be, Rgb565Le, Rgb888,
};

/// Checks everything that decodes a latent against the reference.
fn check(file: &[u8], latents: &[[u8; 6]]) {
    let model = Model::from_bytes(file).unwrap();
    let reference = Codebook::read(file);
    for latent in latents {
        let expected = reference.block(*latent);
        let mut block = [0xAA; 192];
        model.block(latent, &mut block);
        assert_eq!(block, expected);
        for y in 0..8 {
            for x in 0..8 {
                let at = (y * 8 + x) * 3;
                assert_eq!(model.texel(latent, x, y), expected[at..][..3]);
            }
        }
    }
}

/// Checks the rows of an image in a format against the blocks of the reference.
fn check_rows<P: PixelFormat>(file: &[u8], size: (u32, u32), convert: super::rows::Convert) {
    let (width, height) = size;
    let model = Model::from_bytes(file).unwrap();
    let mut reference = Codebook::read(file);
    reference.filter = None;
    let latents = latents((width.div_ceil(8) * height.div_ceil(8)) as usize);
    let file = image(width, height, model.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    let lines = reference.image(&latents, width as usize, height as usize);
    let line = P::line_bytes(width as usize);
    for (row, expected) in lines.chunks(8).enumerate() {
        let mut buffer = vec![0xAA; expected.len() * line];
        decoder.row::<P>(row as u32, &mut buffer, line).unwrap();
        for (found, expected) in buffer.chunks(line).zip(expected) {
            for (found, &expected) in found.chunks(P::line_bytes(1)).zip(expected) {
                assert_eq!(found, convert(expected));
            }
        }
    }
    for (y, expected) in lines.iter().enumerate() {
        for (x, &expected) in expected.iter().enumerate() {
            assert_eq!(decoder.texel(x as u32, y as u32), Ok(expected));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_codebook_decodes_like_the_reference(
        model in any_codebook(),
        latents in prop::collection::vec(any_latent(), 1..6),
    ) {
        check(&model.file(), &latents);
    }

    #[test]
    fn rows_and_texels_of_any_codebook_are_those_of_the_reference(
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
            // All codewords negated, none, and some.
            check(&file, &[[0; 6], [0xFF; 6], [0x0F; 6], [0x11; 6], [0xE0; 6]]);
        }
    }
}

#[test]
fn luma_and_chroma_at_opposite_ends_do_not_overflow() {
    for bits in 0..64_u32 {
        let mut model = largest_codebook(0, false);
        let end = |bit: u32, peak: u8| if bits >> bit & 1 == 1 { peak } else { 0 };
        let base = model.base.chunks_mut(96).map(|codeword| (codeword, 255, 0));
        let residuals = model.residuals.chunks_mut(96).zip(&model.peaks);
        let residuals = residuals.map(|(codeword, &peak)| (codeword, peak, 3));
        for (codeword, peak, first_bit) in base.chain(residuals) {
            codeword[..64].fill(end(first_bit, peak));
            for site in codeword[64..].chunks_mut(2) {
                site[0] = end(first_bit + 1, peak);
                site[1] = end(first_bit + 2, peak);
            }
        }
        check(&model.file(), &[[0; 6], [0xFF; 6]]);
    }
}

#[test]
fn every_single_bit_of_a_latent_means_what_the_format_specifies() {
    let file = small_codebook().file();
    let latents: [[u8; 6]; 48] =
        core::array::from_fn(|bit| ((1_u64 << bit).to_le_bytes())[..6].try_into().unwrap());
    check(&file, &latents);
}

#[test]
fn codewords_at_any_address_decode_to_the_same_block() {
    let file = small_codebook().file();
    let latent = [1, 2, 3, 4, 5, 6];
    let expected = Codebook::read(&file).block(latent);
    for before in 0..4 {
        let moved = [&[0; 4][..before], &file].concat();
        let model = Model::from_bytes(&moved[before..]).unwrap();
        let mut block = [0; 192];
        crate::codebook::decode_block_swar(
            model.codebook().unwrap(),
            &AdaptiveLatent::from(&latent),
            &mut block,
        );
        assert_eq!(block, expected);
    }
}

#[test]
fn the_position_of_a_texel_is_taken_modulo_8() {
    for file in [small_codebook().file(), small_network().file()] {
        let model = Model::from_bytes(&file).unwrap();
        let latent = [1, 2, 3, 4, 5, 6];
        let mut block = [0; 192];
        model.block(&latent, &mut block);
        for y in 0..8 {
            for x in 0..8 {
                let expected = block[(y * 8 + x) * 3..][..3].to_vec();
                assert_eq!(model.texel(&latent, x, y).to_vec(), expected);
                assert_eq!(model.texel(&latent, x + 8, y + 800).to_vec(), expected);
            }
        }
        let corner = model.texel(&latent, usize::MAX, usize::MAX);
        assert_eq!(corner, block[189..]);
    }
}

#[test]
fn texels_outside_the_image_are_refused() {
    let file = small_codebook().file();
    let model = Model::from_bytes(&file).unwrap();
    let file = image(17, 9, model.id().get(), &latents(6));
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    for (x, y) in [(17, 0), (0, 9), (23, 8), (u32::MAX, u32::MAX)] {
        let refused = OutOfBoundsError::Pixel {
            x,
            y,
            width: 17,
            height: 9,
        };
        assert_eq!(decoder.texel(x, y), Err(refused));
    }
    assert!(decoder.texel(16, 8).is_ok());
}

#[test]
fn a_codebook_describes_itself() {
    let mut codebook = small_codebook();
    let file = codebook.file();
    let model = Model::from_bytes(&file).unwrap();
    assert_eq!(model.name(), "test");
    assert_eq!(model.codec(), Codec::Codebook);
    assert_eq!(model.hidden_units(), None);
    assert!(model.stages().eq(codebook.stages.iter().copied()));
    assert!(model.has_deblocking());
    let id = model.id();
    assert_eq!(
        model.to_string(),
        format!("model {id} \"test\": codebook, 12 stages")
    );
    let debug = format!("{model:?}");
    assert!(
        debug.contains("test") && debug.contains("Codebook") && debug.len() < 120,
        "{debug}"
    );
    assert_eq!(
        format!("{:>9}|{:<9}|", model.codec(), model.codec()),
        " codebook|codebook |"
    );
    codebook.filter = None;
    assert!(
        !Model::from_bytes(&codebook.file())
            .unwrap()
            .has_deblocking()
    );
    let network = small_network().file();
    let network = Model::from_bytes(&network).unwrap();
    assert_eq!(network.stages().len(), 0);
    assert!(!network.has_deblocking());
}

#[test]
fn a_stage_knows_its_number_of_codewords() {
    let stage = |bits, orientation_bits| Stage {
        bits,
        orientation_bits,
    };
    assert_eq!(stage(4, 3).codewords(true), Some(2));
    assert_eq!(stage(4, 3).codewords(false), Some(1));
    assert_eq!(stage(16, 0).codewords(true), Some(65_536));
    assert_eq!(stage(16, 0).codewords(false), Some(32_768));
    assert_eq!(stage(1, 0).codewords(false), Some(1));
    for (bits, orientation_bits) in [(0, 0), (17, 0), (8, 4), (2, 3), (255, 255)] {
        assert_eq!(stage(bits, orientation_bits).codewords(true), None);
        assert_eq!(stage(bits, orientation_bits).codewords(false), None);
    }
    assert_eq!(stage(3, 3).codewords(true), Some(1));
    assert_eq!(stage(3, 3).codewords(false), None);
    assert_eq!(Stage::from_bytes(stage(9, 2).to_bytes()), stage(9, 2));
}
