//! A decoder that has its rows written out in all their turns decodes as before.

use std::string::ToString;
use std::vec;

use proptest::prelude::*;

use super::made::{any_codebook, any_latent, codes, picture, small, small_codebook};
use crate::{Decoder, Image, MemoryTooShort, Rgb888};

proptest! {
    #[test]
    fn an_unfolded_decoder_decodes_the_same_pixels(
        made in any_codebook(),
        latents in prop::collection::vec(any_latent(), 1..8),
    ) {
        let file = made.file();
        let decoder = Decoder::from_bytes(&file).unwrap();
        // What lies in the memory does not count, and it may be longer.
        let mut memory = vec![0xAA; decoder.unfolded_bytes() + 5];
        let unfolded = decoder.unfold(&mut memory).unwrap();
        for latent in latents {
            let [mut expected, mut found] = [[0xAA; 192]; 2];
            decoder.block(&latent, &mut expected);
            unfolded.block(&latent, &mut found);
            prop_assert_eq!(found, expected);
            unfolded.block_inline_wide(&latent, &mut found);
            prop_assert_eq!(found, expected);
            for at in 0..64 {
                let (x, y) = (at % 8, at / 8);
                prop_assert_eq!(&unfolded.texel(&latent, x, y)[..], &expected[3 * at..][..3]);
            }
        }
    }
}

#[test]
fn an_unfolded_decoder_is_still_that_of_its_model() {
    let file = small_codebook().file();
    let decoder = Decoder::from_bytes(&file).unwrap();
    let mut memory = vec![0; decoder.unfolded_bytes()];
    let unfolded = decoder.unfold(&mut memory).unwrap();
    assert_eq!(unfolded.to_string(), decoder.to_string());
    assert_eq!(unfolded.id(), decoder.id());
    assert!(unfolded.stages().eq(decoder.stages()));
    assert_eq!(unfolded.smooths(), decoder.smooths());

    let latents = codes(6);
    let file = picture(17, 9, decoder.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    let [mut expected, mut found] = [[0; 17 * 9 * 3]; 2];
    for (decoder, lines) in [(decoder, &mut expected), (unfolded, &mut found)] {
        let shown = decoder.open(&image).unwrap();
        shown
            .region::<Rgb888>(image.region(), lines, 17 * 3)
            .unwrap();
    }
    assert_eq!(found, expected);
}

#[test]
fn memory_that_is_too_short_is_refused() {
    let file = small_codebook().file();
    let decoder = Decoder::from_bytes(&file).unwrap();
    let needed = decoder.unfolded_bytes();
    let mut memory = vec![0; needed - 1];
    let error = decoder.unfold(&mut memory).unwrap_err();
    let found = needed - 1;
    assert_eq!(error, MemoryTooShort { found, needed });
    assert_eq!(
        error.to_string(),
        std::format!("the memory has {found} bytes, but {needed} are needed")
    );
}

#[test]
fn there_is_nothing_to_unfold_in_a_network_or_twice() {
    let file = small().file();
    let network = Decoder::from_bytes(&file).unwrap();
    assert_eq!(network.unfolded_bytes(), 0);
    let same = network.unfold(&mut []).unwrap();
    let [mut expected, mut found] = [[0; 192]; 2];
    network.block(&[1, 2, 3, 4, 5, 6], &mut expected);
    same.block(&[1, 2, 3, 4, 5, 6], &mut found);
    assert_eq!(found, expected);

    let file = small_codebook().file();
    let decoder = Decoder::from_bytes(&file).unwrap();
    let mut memory = vec![0; decoder.unfolded_bytes()];
    let unfolded = decoder.unfold(&mut memory).unwrap();
    assert_eq!(unfolded.unfolded_bytes(), 0);
    assert!(unfolded.unfold(&mut []).is_ok());
}
