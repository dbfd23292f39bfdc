//! Networks decode as the format specifies, and blocks are found.

use proptest::prelude::*;

use super::generators::{any_latent, any_network, image, latents, small_network};
use super::reference_network;
use crate::{Codec, Decoder, Image, Model, ModelMismatchError, OutOfBoundsError};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_network_decodes_like_the_reference(network in any_network(), latent in any_latent()) {
        let file = network.file();
        let model = Model::from_bytes(&file).unwrap();
        let expected = reference_network::decode(&file, latent);
        let mut block = [0xAA; 192];
        model.block(&latent, &mut block);
        prop_assert_eq!(block, expected);
    }
}

#[test]
fn a_network_describes_itself() {
    let file = small_network().file();
    let model = Model::from_bytes(&file).unwrap();
    assert_eq!(model.name(), "test");
    assert_eq!(model.codec(), Codec::Network);
    assert_eq!(model.hidden_units(), Some(3));
    assert_eq!(model.id().get().to_le_bytes(), file[file.len() - 4..]);
}

#[test]
fn a_trusted_model_is_the_same_model() {
    let file = small_network().file();
    let (checked, trusted) = (
        Model::from_bytes(&file).unwrap(),
        Model::from_trusted_bytes(&file).unwrap(),
    );
    assert_eq!(checked.id(), trusted.id());
    let (mut a, mut b) = ([0; 192], [1; 192]);
    checked.block(&[1, 2, 3, 4, 5, 6], &mut a);
    trusted.block(&[1, 2, 3, 4, 5, 6], &mut b);
    assert_eq!(a, b);
}

#[test]
fn blocks_are_found_by_index_and_by_pixel() {
    let file = small_network().file();
    let model = Model::from_bytes(&file).unwrap();
    let latents = latents(3 * 2);
    let file = image(17, 9, model.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    assert_eq!((image.width(), image.height()), (17, 9));
    assert_eq!(
        (image.blocks_wide(), image.blocks_high(), image.blocks()),
        (3, 2, 6)
    );
    assert_eq!(image.fixed_latents(), Some(&latents[..]));
    let decoder = Decoder::new(&model, &image).unwrap();
    for y in 0..9_u32 {
        for x in 0..17_u32 {
            let index = (y / 8 * 3 + x / 8) as usize;
            assert_eq!(image.block_index(x, y), Some(index));
            let (mut expected, mut found) = ([0; 192], [1; 192]);
            model.block(&latents[index], &mut expected);
            decoder.block(index, &mut found).unwrap();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn blocks_outside_the_image_are_refused_and_nothing_is_written() {
    let file = small_network().file();
    let model = Model::from_bytes(&file).unwrap();
    let file = image(17, 9, model.id().get(), &latents(6));
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    let mut block = [0xAA; 192];
    for index in [6, 7, usize::MAX] {
        assert_eq!(
            decoder.block(index, &mut block),
            Err(OutOfBoundsError::Block { index, blocks: 6 })
        );
    }
    for (x, y) in [(17, 0), (0, 9), (23, 8), (u32::MAX, u32::MAX)] {
        assert_eq!(image.block_index(x, y), None);
    }
    assert_eq!(block, [0xAA; 192]);
}

#[test]
fn an_image_is_decoded_with_its_own_model_only() {
    let mut other = small_network();
    other.name = "other".into();
    let (own, other) = (small_network().file(), other.file());
    let (own, other) = (
        Model::from_bytes(&own).unwrap(),
        Model::from_bytes(&other).unwrap(),
    );
    let file = image(8, 8, own.id().get(), &latents(1));
    let image = Image::from_bytes(&file).unwrap();
    assert!(Decoder::new(&own, &image).is_ok());
    let error = Decoder::new(&other, &image).unwrap_err();
    let (expected, found) = (own.id(), other.id());
    assert_eq!(error, ModelMismatchError::Id { expected, found });
}
