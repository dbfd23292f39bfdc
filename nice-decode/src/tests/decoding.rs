//! Decoding does what the format says, for every model that passes the door.

use proptest::prelude::*;

use super::made::{any_latent, any_model, codes, picture, small};
use super::reference;
use crate::{Decoder, Image, Kind, OutOfRange};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_valid_model_decodes_as_the_reference_does(model in any_model(), latent in any_latent()) {
        let file = model.file();
        let decoder = Decoder::from_bytes(&file).unwrap();
        let expected = reference::decode(&file, latent);
        let mut block = [0xAA; 192];
        decoder.block(&latent, &mut block);
        prop_assert_eq!(block, expected);
        let mut block = [0xAA; 192];
        decoder.block_inline(&latent, &mut block);
        prop_assert_eq!(block, expected);
        let mut block = [0xAA; 192];
        decoder.block_inline_wide(&latent, &mut block);
        prop_assert_eq!(block, expected);
    }
}

#[test]
fn a_decoder_says_what_it_is() {
    let model = small();
    let file = model.file();
    let decoder = Decoder::from_bytes(&file).unwrap();
    assert_eq!(decoder.name(), "made");
    assert_eq!(decoder.kind(), Kind::Network);
    assert_eq!(decoder.hidden(), Some(3));
    assert_eq!(decoder.id().get().to_le_bytes(), file[file.len() - 4..]);
}

#[test]
fn a_trusted_model_is_the_same_model() {
    let file = small().file();
    let (checked, trusted) = (
        Decoder::from_bytes(&file).unwrap(),
        Decoder::from_trusted_bytes(&file).unwrap(),
    );
    assert_eq!(checked.id(), trusted.id());
    let (mut a, mut b) = ([0; 192], [1; 192]);
    checked.block(&[1, 2, 3, 4, 5, 6], &mut a);
    trusted.block(&[1, 2, 3, 4, 5, 6], &mut b);
    assert_eq!(a, b);
}

#[test]
fn blocks_are_found_by_index_and_by_pixel() {
    let model = small().file();
    let decoder = Decoder::from_bytes(&model).unwrap();
    let codes = codes(3 * 2);
    let file = picture(17, 9, decoder.id().get(), &codes);
    let image = Image::from_bytes(&file).unwrap();
    assert_eq!((image.width(), image.height()), (17, 9));
    assert_eq!(
        (image.blocks_wide(), image.blocks_high(), image.blocks()),
        (3, 2, 6)
    );
    assert_eq!(image.codes(), codes.as_flattened());
    let shown = decoder.open(&image).unwrap();
    for y in 0..9_u32 {
        for x in 0..17_u32 {
            let index = (y / 8 * 3 + x / 8) as usize;
            assert_eq!(image.latent(index), Some(codes[index]));
            assert_eq!(image.latent_at(x, y), Some(codes[index]));
            let (mut expected, mut by_index, mut by_pixel) = ([0; 192], [1; 192], [2; 192]);
            decoder.block(&codes[index], &mut expected);
            shown.block(index, &mut by_index).unwrap();
            shown.block_at(x, y, &mut by_pixel).unwrap();
            assert_eq!(by_index, expected);
            assert_eq!(by_pixel, expected);
        }
    }
}

#[test]
fn blocks_that_are_not_there_are_refused_and_nothing_is_written() {
    let model = small().file();
    let decoder = Decoder::from_bytes(&model).unwrap();
    let file = picture(17, 9, decoder.id().get(), &codes(6));
    let image = Image::from_bytes(&file).unwrap();
    let shown = decoder.open(&image).unwrap();
    let mut block = [0xAA; 192];
    for index in [6, 7, usize::MAX] {
        assert_eq!(image.latent(index), None);
        assert_eq!(
            shown.block(index, &mut block),
            Err(OutOfRange::Index { index, blocks: 6 })
        );
    }
    for (x, y) in [(17, 0), (0, 9), (23, 8), (u32::MAX, u32::MAX)] {
        assert_eq!(image.latent_at(x, y), None);
        let refused = OutOfRange::Pixel {
            x,
            y,
            width: 17,
            height: 9,
        };
        assert_eq!(shown.block_at(x, y, &mut block), Err(refused));
    }
    assert_eq!(block, [0xAA; 192]);
}

#[test]
fn a_picture_opens_only_with_its_own_model() {
    let (mine, other) = (small().file(), {
        let mut other = small();
        other.name = "other".into();
        other.file()
    });
    let (mine, other) = (
        Decoder::from_bytes(&mine).unwrap(),
        Decoder::from_bytes(&other).unwrap(),
    );
    let file = picture(8, 8, mine.id().get(), &codes(1));
    let image = Image::from_bytes(&file).unwrap();
    assert!(mine.open(&image).is_ok());
    let refused = other.open(&image).unwrap_err();
    assert_eq!((refused.picture, refused.model), (mine.id(), other.id()));
}
