//! What people read: errors are sentences that contain the value, and descriptions are short.

use std::boxed::Box;
use std::error::Error;
use std::format;
use std::string::ToString;

use super::generators::{image, latents, small_network};
use crate::{
    Decoder, Image, ImageError, MemoryError, Model, ModelError, ModelField, ModelId,
    ModelMismatchError, ModelTable, NetworkLayer, OutOfBoundsError, OutputError, Region,
};

#[test]
fn errors_are_sentences_that_contain_the_value() {
    let region = |x, y, width, height| Region {
        x,
        y,
        width,
        height,
    };
    let errors: [(Box<dyn Error>, &str); 32] = [
        (
            Box::new(ModelError::NotAModel { magic: *b"\x89PNG" }),
            "not a NICE model: it begins with \"\\x89PNG\" instead of \"NICM\"",
        ),
        (
            Box::new(ModelError::NotAModel { magic: *b"NICE" }),
            "this is a NICE image, but a model is needed",
        ),
        (
            Box::new(ModelError::Version { found: 9 }),
            "the model has version 9, which is newer; only version 1 is supported",
        ),
        (
            Box::new(ModelError::Version { found: 0 }),
            "the model has version 0; only version 1 is supported",
        ),
        (
            Box::new(ModelError::Truncated { found: 77 }),
            "the model is truncated: it ends after 77 bytes",
        ),
        (
            Box::new(ModelError::TrailingBytes { extra: 13 }),
            "13 bytes follow the end of the model",
        ),
        (
            Box::new(ModelError::Checksum {
                stored: 0xAB,
                computed: 0xCD,
            }),
            "the model is damaged: its checksum is 000000ab, that of its contents 000000cd",
        ),
        (
            Box::new(ModelError::Malformed { body: 55 }),
            "the 55 bytes of the model's contents cannot be parsed although the checksum matches",
        ),
        (
            Box::new(ModelError::Field {
                field: ModelField::NameLength,
                found: 33,
                min: 1,
                max: 32,
            }),
            "the length of the name of the model is 33; it must be between 1 and 32",
        ),
        (
            Box::new(ModelError::Field {
                field: ModelField::LatentBits,
                found: 47,
                min: 48,
                max: 48,
            }),
            "the number of latent bits of the model is 47; it must be 48",
        ),
        (
            Box::new(ModelError::Field {
                field: ModelField::PreShift(NetworkLayer::First),
                found: 16,
                min: 0,
                max: 15,
            }),
            "the first shift of the first layer of the model is 16; it must be between 0 and 15",
        ),
        (
            Box::new(ModelError::Field {
                field: ModelField::StageBits(3),
                found: 17,
                min: 4,
                max: 16,
            }),
            "the number of bits of stage 3 of the model is 17; it must be between 4 and 16",
        ),
        (
            Box::new(ModelError::TableLength {
                table: ModelTable::Biases(NetworkLayer::Second),
                found: 5,
                expected: 8,
            }),
            "the model has 5 bytes of biases of the second layer instead of 8",
        ),
        (
            Box::new(ModelError::TableLength {
                table: ModelTable::Codewords,
                found: 5,
                expected: 8,
            }),
            "the model has 5 bytes of codewords instead of 8",
        ),
        (
            Box::new(ModelError::TableValue {
                table: ModelTable::Weights(NetworkLayer::First),
                index: 123,
                found: -128,
                min: -127,
                max: 127,
            }),
            "value 123 of the model's weights of the first layer is -128; it must be between -127 and 127",
        ),
        (
            Box::new(ImageError::NotAnImage { magic: *b"GIF8" }),
            "not a NICE image: it begins with \"GIF8\" instead of \"NICE\"",
        ),
        (
            Box::new(ImageError::NotAnImage { magic: *b"NICM" }),
            "this is a NICE model, but an image is needed",
        ),
        (
            Box::new(ImageError::Version { found: 2 }),
            "the image has version 2, which is newer; only version 1 is supported",
        ),
        (
            Box::new(ImageError::Reserved { found: [2, 0xFF] }),
            "the reserved bytes of the image are 02 ff instead of zero",
        ),
        (
            Box::new(ImageError::Layout { found: 3 }),
            "the image has layout 3, which is not supported",
        ),
        (
            Box::new(ImageError::Lengths {
                found: [12, 24, 24, 0, 0, 0, 0, 0],
            }),
            "the image has latents of the lengths 12 24 24 0 0 0 0 0, which must increase from 1 to at most 96, with zeros after them",
        ),
        (
            Box::new(ImageError::GroupOffset {
                group: 3,
                found: 1000,
                expected: 998,
            }),
            "the index of the image says that group 3 begins at byte 1000, but it begins at byte 998",
        ),
        (
            Box::new(ImageError::LengthCode { block: 77 }),
            "the length code of block 77 of the image is not used",
        ),
        (
            Box::new(ImageError::Empty {
                width: 0,
                height: 8,
            }),
            "the image is 0 x 8 and has no pixels",
        ),
        (
            Box::new(ImageError::Truncated {
                found: 30,
                expected: Some(31),
            }),
            "the image is truncated or its size is wrong: it has 30 bytes instead of 31",
        ),
        (
            Box::new(ImageError::Truncated {
                found: 19,
                expected: None,
            }),
            "the image is truncated: it ends after 19 bytes",
        ),
        (
            Box::new(ModelMismatchError::Id {
                expected: ModelId::new(0xAB),
                found: ModelId::new(0xCD),
            }),
            "the image was encoded for model 000000ab, not for model 000000cd",
        ),
        (
            Box::new(OutOfBoundsError::Block {
                index: 8,
                blocks: 6,
            }),
            "block 8 is outside the image of 6 blocks",
        ),
        (
            Box::new(OutOfBoundsError::Pixel {
                x: 1,
                y: 2,
                width: 3,
                height: 4,
            }),
            "pixel (1, 2) is outside the image of 3 x 4 pixels",
        ),
        (
            Box::new(OutputError::Region {
                region: region(3, 4, 8, 9),
                bounds: region(0, 0, 10, 20),
            }),
            "the region, 8 x 9 pixels at (3, 4), is not within 10 x 20 pixels at (0, 0)",
        ),
        (
            Box::new(OutputError::Stride {
                found: 8,
                needed: 9,
            }),
            "the stride is 8 bytes, but a line has 9 bytes",
        ),
        (
            Box::new(MemoryError {
                found: 8,
                needed: 9,
            }),
            "the memory has 8 bytes, but 9 are needed",
        ),
    ];
    for (error, sentence) in errors {
        assert_eq!(error.to_string(), sentence);
    }
    let row = OutputError::Row { row: 8, rows: 6 };
    assert_eq!(
        row.to_string(),
        "row 8 is outside the image of 6 rows of blocks"
    );
    let buffer = OutputError::Buffer {
        found: 8,
        needed: 9,
    };
    assert_eq!(
        buffer.to_string(),
        "the buffer has 8 bytes, but 9 are needed"
    );
}

#[test]
fn every_field_and_table_of_a_model_has_a_name_of_its_own() {
    let layers = [NetworkLayer::First, NetworkLayer::Second];
    let mut names = std::collections::BTreeSet::new();
    let mut count = 0;
    let mut add = |name: std::string::String| {
        count += 1;
        names.insert(name);
    };
    for layer in layers {
        add(ModelField::PreShift(layer).to_string());
        add(ModelField::PostShift(layer).to_string());
        add(ModelTable::Weights(layer).to_string());
        add(ModelTable::Biases(layer).to_string());
        add(ModelTable::Multipliers(layer).to_string());
    }
    for field in [
        ModelField::NameLength,
        ModelField::LatentBits,
        ModelField::HiddenUnits,
        ModelField::Stages,
        ModelField::StageBits(1),
        ModelField::OrientationBits(1),
        ModelField::PeakSum,
        ModelField::AllStageBits,
        ModelField::DeblockThresholds,
    ] {
        add(field.to_string());
    }
    for table in [
        ModelTable::Name,
        ModelTable::Stages,
        ModelTable::Peaks,
        ModelTable::Gains,
        ModelTable::Padding,
        ModelTable::Codewords,
        ModelTable::DeblockThresholds,
        ModelTable::DeblockStrengths,
    ] {
        add(table.to_string());
    }
    assert_eq!(names.len(), count);
}

#[test]
fn descriptions_are_short_and_have_no_tables() {
    let file = small_network().file();
    let model = Model::from_bytes(&file).unwrap();
    let id = model.id();
    assert_eq!(
        model.to_string(),
        format!("model {id} \"test\": network, 3 hidden units")
    );
    let file = image(17, 9, id.get(), &latents(6));
    let image = Image::from_bytes(&file).unwrap();
    assert_eq!(
        image.to_string(),
        format!("image of 17 x 9 pixels in 6 blocks, fixed layout, encoded for model {id}")
    );
    let decoder = Decoder::new(&model, &image).unwrap();
    assert_eq!(decoder.to_string(), format!("{image} \"test\""));
    let debug = format!("{decoder:?}");
    assert!(
        debug.contains("test") && debug.contains("17") && debug.len() < 250,
        "{debug}"
    );
    assert_eq!(
        format!("{:>8}|{:<8}|", model.codec(), model.codec()),
        " network|network |"
    );
    assert_eq!(format!("{:?}", ModelId::new(255)), "ModelId(000000ff)");
}
