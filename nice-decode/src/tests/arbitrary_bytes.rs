//! Arbitrary bytes are accepted or refused, but never cause a panic.

use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{
    any_codebook, any_network, image, latents, resealed, sealed, small_codebook,
};
use crate::{Deblocker, Decoder, Image, Model, Rgb888};

/// Opens the bytes in all ways, and decodes with what is accepted.
fn try_all(bytes: &[u8]) {
    let mut block = [0; 192];
    for model in [Model::from_bytes(bytes), Model::from_trusted_bytes(bytes)]
        .into_iter()
        .flatten()
    {
        model.block(&[0xA5; 6], &mut block);
        model.block(&[0xFF; 6], &mut block);
        assert_eq!(model.texel(&[0xFF; 6], 3, 4), block[105..108]);
        deblock(&model);
    }
    for image in [Image::from_bytes(bytes), Image::from_trusted_bytes(bytes)]
        .into_iter()
        .flatten()
    {
        assert_eq!(
            image.blocks() as u64,
            u64::from(image.blocks_wide()) * u64::from(image.blocks_high())
        );
    }
}

/// Deblocks an image of four blocks.
fn deblock(model: &Model<'_>) {
    let file = image(13, 11, model.id().get(), &latents(4));
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(model, &image).unwrap();
    let (mut memory, mut lines) = ([0; 16 * 48], [0; 8 * 39]);
    let mut deblocker = Deblocker::new(&decoder, image.region(), &mut memory).unwrap();
    for row in [0, 1, 0] {
        deblocker.row::<Rgb888>(row, &mut lines, 39).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        try_all(&bytes);
    }

    #[test]
    fn any_bytes_after_a_valid_header(
        header in prop::sample::select(std::vec!["NICM\x01", "NICM\x02", "NICM\x01\x01x\x01", "NICE\x01"]),
        bytes in any::<Vec<u8>>(),
    ) {
        let mut file = Vec::from(header);
        file.extend(bytes);
        try_all(&sealed(file));
    }

    #[test]
    fn any_image_header(
        version in 0..3_u8,
        reserved in prop_oneof![4 => Just([0; 3]), 1 => any::<[u8; 3]>()],
        (width, height) in prop_oneof![(1..40_u32, 0..20_u32), (any::<u32>(), any::<u32>())],
        latents in prop_oneof![Just(None), any::<Vec<u8>>().prop_map(Some)],
    ) {
        let mut file = Vec::from(b"NICE");
        file.push(version);
        file.extend(reserved);
        file.extend(width.to_le_bytes());
        file.extend(height.to_le_bytes());
        file.extend([0; 4]);
        let blocks = u64::from(width.div_ceil(8)) * u64::from(height.div_ceil(8));
        let fitting = || std::vec![0x5A; 6 * blocks.min(100) as usize];
        let complete = latents.is_none() && blocks <= 100;
        file.extend(latents.unwrap_or_else(fitting));
        let file = sealed(file);
        try_all(&file);
        let valid = complete && version == 1 && reserved == [0; 3] && blocks > 0;
        prop_assert!(!valid || Image::from_bytes(&file).is_ok());
    }

    #[test]
    fn a_network_with_some_bytes_changed_and_its_checksum_corrected(
        model in any_network(),
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
    fn a_codebook_with_some_bytes_changed_and_its_checksum_corrected(
        model in prop_oneof![any_codebook(), Just(small_codebook())],
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        part in 0..3_usize,
    ) {
        let mut file = model.file();
        let end = file.len() - 4;
        let filter = model.filter.as_ref().map_or(1, |f| 4 + f.thresholds.len() + f.strengths.len());
        // At most 3 bytes of padding, its length and the length of the codewords are between the filter and the codewords.
        let codewords = end - model.base.len() - model.residuals.len();
        let filter = codewords.saturating_sub(filter + 8)..codewords;
        // The start with the stages, the filter, or anywhere.
        let range = [0..end.min(40), filter, 0..end][part].clone();
        for (index, byte) in changes {
            let at = range.start + index.index(range.len());
            file[at] = byte;
        }
        try_all(&resealed(&file));
    }

    #[test]
    fn a_truncated_codebook_with_its_checksum_corrected(cut in any::<prop::sample::Index>()) {
        let file = small_codebook().file();
        let length = 4 + cut.index(file.len() - 4);
        try_all(&resealed(&file[..length]));
    }

    #[test]
    fn an_image_decoded_with_its_model(
        model in any_network(),
        width in 1..40_u32,
        height in 1..20_u32,
    ) {
        let file = model.file();
        let model = Model::from_bytes(&file).unwrap();
        let blocks = width.div_ceil(8) * height.div_ceil(8);
        let file = image(width, height, model.id().get(), &latents(blocks as usize));
        let decoder = Decoder::new(&model, &Image::from_bytes(&file).unwrap()).unwrap();
        let mut lines = [0; 8 * 40 * 3];
        for row in 0..decoder.image().blocks_high() {
            decoder.row::<Rgb888>(row, &mut lines, 40 * 3).unwrap();
        }
    }
}
