//! An expanded model decodes the same pixels.

use std::string::ToString;
use std::vec;

use proptest::prelude::*;

use super::generators::{any_codebook, any_latent, image, latents, small_codebook, small_network};
use crate::{Decoder, Image, MemoryError, Model, Rgb888};

proptest! {
    #[test]
    fn an_expanded_model_decodes_the_same_pixels(
        codebook in any_codebook(),
        latents in prop::collection::vec(any_latent(), 1..8),
    ) {
        let file = codebook.file();
        let model = Model::from_bytes(&file).unwrap();
        // The memory may hold anything, and may be longer than needed.
        let mut memory = vec![0xAA; model.expanded_bytes() + 5];
        let expanded = model.expand(&mut memory).unwrap();
        for latent in latents {
            let [mut expected, mut found] = [[0xAA; 192]; 2];
            model.block(&latent, &mut expected);
            expanded.block(&latent, &mut found);
            prop_assert_eq!(found, expected);
            for at in 0..64 {
                let (x, y) = (at % 8, at / 8);
                prop_assert_eq!(&expanded.texel(&latent, x, y)[..], &expected[3 * at..][..3]);
            }
        }
    }
}

#[test]
fn an_expanded_model_is_still_the_same_model() {
    let file = small_codebook().file();
    let model = Model::from_bytes(&file).unwrap();
    let mut memory = vec![0; model.expanded_bytes()];
    let expanded = model.expand(&mut memory).unwrap();
    assert_eq!(expanded.to_string(), model.to_string());
    assert_eq!(expanded.id(), model.id());
    assert!(expanded.stages().eq(model.stages()));
    assert_eq!(expanded.has_deblocking(), model.has_deblocking());

    let latents = latents(6);
    let file = image(17, 9, model.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    let [mut expected, mut found] = [[0; 17 * 9 * 3]; 2];
    for (model, lines) in [(model, &mut expected), (expanded, &mut found)] {
        Decoder::new(&model, &image)
            .unwrap()
            .region::<Rgb888>(image.region(), lines, 17 * 3)
            .unwrap();
    }
    assert_eq!(found, expected);
}

#[test]
fn memory_that_is_too_short_is_refused() {
    let file = small_codebook().file();
    let model = Model::from_bytes(&file).unwrap();
    let needed = model.expanded_bytes();
    let mut memory = vec![0; needed - 1];
    let error = model.expand(&mut memory).unwrap_err();
    let found = needed - 1;
    assert_eq!(error, MemoryError { found, needed });
    assert_eq!(
        error.to_string(),
        std::format!("the memory has {found} bytes, but {needed} are needed")
    );
}

#[test]
fn there_is_nothing_to_expand_in_a_network_or_twice() {
    let file = small_network().file();
    let network = Model::from_bytes(&file).unwrap();
    assert_eq!(network.expanded_bytes(), 0);
    let same = network.expand(&mut []).unwrap();
    let [mut expected, mut found] = [[0; 192]; 2];
    network.block(&[1, 2, 3, 4, 5, 6], &mut expected);
    same.block(&[1, 2, 3, 4, 5, 6], &mut found);
    assert_eq!(found, expected);

    let file = small_codebook().file();
    let model = Model::from_bytes(&file).unwrap();
    let mut memory = vec![0; model.expanded_bytes()];
    let expanded = model.expand(&mut memory).unwrap();
    assert_eq!(expanded.expanded_bytes(), 0);
    assert!(expanded.expand(&mut []).is_ok());
}
