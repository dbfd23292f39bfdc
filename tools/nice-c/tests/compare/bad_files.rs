//! Files that are damaged, cut off, or of arbitrary bytes: refused when `nice-decode` refuses them, otherwise decoded alike.

use nice_c::{OpenImage, OpenModel, Status};
use nice_decode::{Decoder, Image, ImageError, Model, ModelError};
use proptest::prelude::*;

use crate::both::Both;
use crate::generators::{
    adaptive_image, any_adaptive, any_codebook, any_network, image, latents, resealed, sealed,
    small_codebook, small_network,
};

/// The status that stands for an error.
fn model_status(error: ModelError) -> Status {
    match error {
        ModelError::NotAModel { .. } => Status::NotAModel,
        ModelError::Version { .. } => Status::UnsupportedModel,
        ModelError::Truncated { .. } => Status::TruncatedModel,
        ModelError::Checksum { .. } => Status::DamagedModel,
        _ => Status::InvalidModel,
    }
}

/// The status that stands for an error.
fn image_status(error: ImageError) -> Status {
    match error {
        ImageError::NotAnImage { .. } => Status::NotAnImage,
        ImageError::Version { .. } => Status::UnsupportedImage,
        ImageError::Truncated { .. } => Status::TruncatedImage,
        ImageError::Checksum { .. } => Status::DamagedImage,
        _ => Status::InvalidImage,
    }
}

/// Opens the bytes as a model with both decoders, and decodes with it if they accept it.
fn try_model(file: &[u8]) {
    let (rust, c) = (Model::from_bytes(file), OpenModel::new(file));
    assert_eq!(c.is_ok(), rust.is_ok(), "{rust:?}, {:?}", c.err());
    match (rust, c) {
        (Ok(rust), Ok(c)) => {
            assert_eq!(c.id(), rust.id().get());
            let image = image(13, 11, c.id(), &latents(4));
            Both::new(file, &image).compare_everything();
        }
        // nice-decode reads the name as UTF-8, so that other bytes are invalid rather than a sign of damage.
        (Err(error), Err(status)) => assert!(
            status == model_status(error) || !file.get(6..).unwrap_or_default().is_ascii(),
            "{error}: {status:?}"
        ),
        _ => {}
    }
}

/// Opens the bytes as an image with both decoders, and decodes it if they accept it.
fn try_image(model: &[u8], file: &[u8]) {
    let c = OpenImage::new(&OpenModel::new(model).unwrap(), file).map(|_| ());
    let expected = match Image::from_bytes(file) {
        Err(error) => Err(image_status(error)),
        Ok(image) => match Decoder::new(&Model::from_bytes(model).unwrap(), &image) {
            Err(_) => Err(Status::ModelMismatch),
            Ok(_) => Ok(()),
        },
    };
    assert_eq!(c, expected);
    if c.is_ok() {
        Both::new(model, file).compare_everything();
    }
}

/// The file with some bytes changed.
fn changed(
    file: &[u8],
    changes: &[(prop::sample::Index, u8)],
    range: std::ops::Range<usize>,
) -> Vec<u8> {
    let mut file = file.to_vec();
    for (index, byte) in changes {
        file[range.start + index.index(range.len())] = *byte;
    }
    file
}

/// Some changes.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_bytes(
        header in prop::sample::select(vec!["", "N", "NICM", "NICM\x01", "NICM\x02", "NICM\x01\x01x\x01", "NICE\x01"]),
        bytes in any::<Vec<u8>>(),
        checksum in any::<bool>(),
    ) {
        let mut file = Vec::from(header);
        file.extend(bytes);
        if checksum {
            file = sealed(file);
        }
        try_model(&file);
        try_image(&small_codebook().file(), &file);
    }

    #[test]
    fn networks_with_bytes_changed(
        model in any_network(),
        changes in changes(),
        near_the_start in any::<bool>(),
        checksum in any::<bool>(),
    ) {
        let file = model.file();
        let end = if near_the_start { 24.min(file.len() - 4) } else { file.len() - 4 };
        let file = changed(&file, &changes, 0..end);
        try_model(&if checksum { resealed(&file) } else { file });
    }

    #[test]
    fn codebooks_with_bytes_changed(
        model in prop_oneof![any_codebook(), Just(small_codebook())],
        changes in changes(),
        part in 0..3_usize,
        checksum in any::<bool>(),
    ) {
        let file = model.file();
        let end = file.len() - 4;
        let filter = model.filter.as_ref().map_or(1, |f| 4 + f.thresholds.len() + f.strengths.len());
        let codewords = end - model.base.len() - model.residuals.len();
        let filter = codewords.saturating_sub(filter + 8)..codewords;
        let range = [0..end.min(40), filter, 0..end][part].clone();
        let file = changed(&file, &changes, range);
        try_model(&if checksum { resealed(&file) } else { file });
    }

    #[test]
    fn models_cut_off(cut in any::<prop::sample::Index>(), more in 0..3_usize, checksum in any::<bool>()) {
        for file in [small_codebook().file(), small_network().file()] {
            let mut file = [&file[..], &vec![0; more]].concat();
            file.truncate(cut.index(file.len() + 1));
            try_model(&if checksum && file.len() >= 4 { resealed(&file) } else { file });
        }
    }

    #[test]
    fn images_with_bytes_changed(
        model in any_adaptive(100),
        changes in changes(),
        cut in prop::option::of(any::<prop::sample::Index>()),
        part in 0..3_usize,
        checksum in any::<bool>(),
    ) {
        let (model, lengths, latents) = model;
        let model = model.file();
        let id = Model::from_bytes(&model).unwrap().id().get();
        for file in [
            adaptive_image(80, 80, id, &lengths, &latents),
            image(33, 30, id, &crate::generators::latents(20)),
        ] {
            let end = [28, 48.min(file.len()), file.len()][part];
            let mut file = changed(&file, &changes, 0..end);
            if let Some(cut) = cut {
                file.truncate(cut.index(file.len() + 1));
            }
            try_image(&model, &if checksum && file.len() >= 4 { resealed(&file) } else { file });
        }
    }

    #[test]
    fn images_of_any_size(
        (width, height) in prop_oneof![(0..40_u32, 0..20_u32), (any::<u32>(), any::<u32>())],
        layout in 0..3_u8,
        bytes in any::<Vec<u8>>(),
    ) {
        let model = small_codebook().file();
        let mut file = b"NICE\x01".to_vec();
        file.extend([layout, 0, 0]);
        file.extend(width.to_le_bytes());
        file.extend(height.to_le_bytes());
        file.extend(&model[model.len() - 4..]);
        file.extend(bytes);
        try_image(&model, &sealed(file));
    }
}
