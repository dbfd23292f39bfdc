//! Whatever the bytes: a verdict, never a panic.

use std::vec::Vec;

use proptest::prelude::*;

use super::made::{any_codebook, any_model, codes, picture, resealed, sealed, small_codebook};
use crate::{Decoder, Image, Rgb888};

/// Reads the bytes in all ways, and decodes what passes.
fn try_all(bytes: &[u8]) {
    let mut block = [0; 192];
    for decoder in [
        Decoder::from_bytes(bytes),
        Decoder::from_trusted_bytes(bytes),
    ]
    .into_iter()
    .flatten()
    {
        decoder.block(&[0xA5; 6], &mut block);
        decoder.block(&[0xFF; 6], &mut block);
        assert_eq!(decoder.texel(&[0xFF; 6], 3, 4), block[105..108]);
        smooth(&decoder);
    }
    for image in [Image::from_bytes(bytes), Image::from_trusted_bytes(bytes)]
        .into_iter()
        .flatten()
    {
        assert_eq!(image.codes().len(), 6 * image.blocks());
        assert!(image.latent(image.blocks() - 1).is_some());
        assert!(
            image
                .latent_at(image.width() - 1, image.height() - 1)
                .is_some()
        );
    }
}

/// Decodes a picture of four blocks smoothed.
fn smooth(decoder: &Decoder<'_>) {
    let file = picture(13, 11, decoder.id().get(), &codes(4));
    let image = Image::from_bytes(&file).unwrap();
    let shown = decoder.open(&image).unwrap();
    let (mut work, mut lines) = ([0; 16 * 48], [0; 8 * 39]);
    let mut smooth = shown.smooth(&mut work).unwrap();
    for row in [0, 1, 0] {
        smooth.row::<Rgb888>(row, &mut lines, 39).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_at_all(bytes in any::<Vec<u8>>()) {
        try_all(&bytes);
    }

    #[test]
    fn any_bytes_after_a_beginning(
        beginning in prop::sample::select(std::vec!["NICM\x01", "NICM\x02", "NICM\x02\x01x\x01", "NICE\x01"]),
        bytes in any::<Vec<u8>>(),
    ) {
        let mut file = Vec::from(beginning);
        file.extend(bytes);
        try_all(&sealed(file));
    }

    #[test]
    fn any_picture_header(
        version in 0..3_u8,
        reserved in prop_oneof![4 => Just([0; 3]), 1 => any::<[u8; 3]>()],
        (width, height) in (any::<u32>(), any::<u32>()),
        codes in any::<Vec<u8>>(),
    ) {
        let mut file = Vec::from(b"NICE");
        file.push(version);
        file.extend(reserved);
        file.extend(width.to_le_bytes());
        file.extend(height.to_le_bytes());
        file.extend([0; 4]);
        file.extend(codes);
        try_all(&sealed(file));
    }

    #[test]
    fn a_model_with_some_bytes_changed_and_the_checksum_put_right(
        model in any_model(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        near_the_start in any::<bool>(),
    ) {
        let mut file = model.file();
        let body = if near_the_start { 24.min(file.len() - 4) } else { file.len() - 4 };
        for (index, byte) in changes {
            file[index.index(body)] = byte;
        }
        try_all(&resealed(&file));
    }

    #[test]
    fn a_codebook_with_some_bytes_changed_and_the_checksum_put_right(
        model in prop_oneof![any_codebook(), Just(small_codebook())],
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        part in 0..3_usize,
    ) {
        let mut file = model.file();
        let end = file.len() - 4;
        let filter = model.boundary.map_or(1, |f| 6 + f.steps.len() + f.activities.len() + f.maps.len());
        // The beginning with the stages, or the filter, or anywhere.
        let range = [0..end.min(40), end - filter..end, 0..end][part].clone();
        for (index, byte) in changes {
            let at = range.start + index.index(range.len());
            file[at] = byte;
        }
        try_all(&resealed(&file));
    }

    #[test]
    fn a_codebook_cut_short_and_the_checksum_put_right(cut in any::<prop::sample::Index>()) {
        let file = small_codebook().file();
        let length = 4 + cut.index(file.len() - 4);
        try_all(&resealed(&file[..length]));
    }

    #[test]
    fn a_picture_shown_by_a_model_that_it_names(
        model in any_model(),
        width in 1..40_u32,
        height in 1..20_u32,
    ) {
        let model = model.file();
        let decoder = Decoder::from_bytes(&model).unwrap();
        let blocks = width.div_ceil(8) * height.div_ceil(8);
        let file = picture(width, height, decoder.id().get(), &codes(blocks as usize));
        let shown = decoder.open(&Image::from_bytes(&file).unwrap()).unwrap();
        let mut lines = [0; 8 * 40 * 3];
        for row in 0..shown.image().blocks_high() {
            shown.row::<Rgb888>(row, &mut lines, 40 * 3).unwrap();
        }
    }
}
