//! What people are shown: every error as a sentence that holds the value, and short descriptions.

use std::boxed::Box;
use std::error::Error;
use std::format;
use std::string::ToString;

use super::made::{codes, picture, small};
use crate::{
    CodebookTable, Decoder, Image, ImageError, LayerName, LinesError, ModelError, ModelId,
    OutOfRange, Region, Table, Thresholds, WrongModel,
};

#[test]
fn errors_are_sentences_that_hold_what_offended() {
    let layer = LayerName::Second;
    let shown: [(Box<dyn Error>, &[&str]); 33] = [
        (
            Box::new(ModelError::NotAModel { magic: *b"\x89PNG" }),
            &["\\x89PNG", "NICM"],
        ),
        (Box::new(ModelError::IsAPicture), &["picture", "model"]),
        (
            Box::new(ModelError::NewerVersion {
                found: 9,
                supported: 1,
            }),
            &["9", "newer", "1"],
        ),
        (Box::new(ModelError::UnknownVersion { found: 0 }), &["0"]),
        (
            Box::new(ModelError::Truncated { found: 77 }),
            &["77", "short"],
        ),
        (Box::new(ModelError::TrailingBytes { extra: 13 }), &["13"]),
        (
            Box::new(ModelError::Checksum {
                stored: 0xAB,
                computed: 0xCD,
            }),
            &["000000ab", "000000cd"],
        ),
        (Box::new(ModelError::Malformed { body: 55 }), &["55"]),
        (
            Box::new(ModelError::NameLength { found: 33 }),
            &["33", "32"],
        ),
        (Box::new(ModelError::NameByte { found: 0x0A }), &["0x0a"]),
        (
            Box::new(ModelError::LatentBits { found: 47 }),
            &["47", "48"],
        ),
        (Box::new(ModelError::Hidden { found: 513 }), &["513", "512"]),
        (
            Box::new(ModelError::TableLength {
                layer,
                table: Table::Bias,
                found: 5,
                expected: 8,
            }),
            &["biases", "second", "5", "8"],
        ),
        (
            Box::new(ModelError::TableLength {
                layer,
                table: Table::Weights,
                found: 5,
                expected: 8,
            }),
            &["weights"],
        ),
        (
            Box::new(ModelError::TableLength {
                layer,
                table: Table::Multiplier,
                found: 5,
                expected: 8,
            }),
            &["multipliers"],
        ),
        (
            Box::new(ModelError::PreShift {
                layer: LayerName::First,
                found: 16,
            }),
            &["first", "16", "15"],
        ),
        (
            Box::new(ModelError::PostShift { layer, found: 31 }),
            &["second", "31", "30"],
        ),
        (
            Box::new(ModelError::Weight { layer, index: 123 }),
            &["123", "-128", "-127"],
        ),
        (
            Box::new(ModelError::Bias {
                layer,
                index: 3,
                found: -99_999_999,
            }),
            &["3", "-99999999"],
        ),
        (
            Box::new(ModelError::Multiplier {
                layer,
                index: 3,
                found: 40_000,
            }),
            &["3", "40000", "32767"],
        ),
        (
            Box::new(ImageError::NotAPicture { magic: *b"GIF8" }),
            &["GIF8", "NICE"],
        ),
        (Box::new(ImageError::IsAModel), &["model", "picture"]),
        (
            Box::new(ImageError::NewerVersion {
                found: 9,
                supported: 1,
            }),
            &["9", "newer", "1"],
        ),
        (Box::new(ImageError::UnknownVersion { found: 0 }), &["0"]),
        (
            Box::new(ImageError::Reserved {
                found: [1, 2, 0xFF],
            }),
            &["01 02 ff"],
        ),
        (
            Box::new(ImageError::Empty {
                width: 0,
                height: 8,
            }),
            &["0 x 8"],
        ),
        (
            Box::new(ImageError::Truncated {
                found: 30,
                expected: Some(31),
            }),
            &["30", "31"],
        ),
        (
            Box::new(ImageError::Truncated {
                found: 19,
                expected: None,
            }),
            &["19", "header"],
        ),
        (Box::new(ImageError::TrailingBytes { extra: 13 }), &["13"]),
        (
            Box::new(ImageError::Checksum {
                stored: 0xAB,
                computed: 0xCD,
            }),
            &["000000ab", "000000cd"],
        ),
        (
            Box::new(WrongModel {
                picture: ModelId::new(0xAB),
                model: ModelId::new(0xCD),
            }),
            &["000000ab", "000000cd"],
        ),
        (
            Box::new(OutOfRange::Index {
                index: 8,
                blocks: 6,
            }),
            &["8", "6"],
        ),
        (
            Box::new(OutOfRange::Pixel {
                x: 1,
                y: 2,
                width: 3,
                height: 4,
            }),
            &["(1, 2)", "3 x 4"],
        ),
    ];
    for (error, parts) in shown {
        let sentence = error.to_string();
        for part in parts {
            assert!(
                sentence.contains(part),
                "\"{sentence}\" should hold \"{part}\""
            );
        }
        assert!(
            !sentence.contains('\n') && !sentence.ends_with('.'),
            "{sentence}"
        );
    }
    let rows: [(LinesError, &str); 4] = [
        (
            LinesError::OutOfRange { row: 8, rows: 6 },
            "there is no row of blocks 8: the picture has 6",
        ),
        (
            LinesError::Outside {
                region: Region {
                    x: 3,
                    y: 4,
                    width: 8,
                    height: 9,
                },
                whole: Region {
                    x: 0,
                    y: 0,
                    width: 10,
                    height: 20,
                },
            },
            "the region, 8 x 9 pixels at (3, 4), is not within 10 x 20 pixels at (0, 0)",
        ),
        (
            LinesError::Stride {
                found: 8,
                needed: 9,
            },
            "lines lie 8 bytes apart, but a line takes 9",
        ),
        (
            LinesError::Buffer {
                found: 8,
                needed: 9,
            },
            "the buffer has 8 bytes, but 9 are needed",
        ),
    ];
    for (error, sentence) in rows {
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn errors_of_codebooks_are_sentences_too() {
    let length = |table| ModelError::CodebookLength {
        table,
        found: 5,
        expected: 8,
    };
    let shown = [
        (
            ModelError::BodyVersion {
                found: 1,
                expected: 2,
            },
            "the decoder model is of version 1 and has a body of version 2",
        ),
        (
            ModelError::Malformed { body: 55 },
            "the decoder model's body of 55 bytes is not one of version 3 or before, though its checksum fits",
        ),
        (
            ModelError::Stages { found: 25 },
            "the model's list of stages has 25 bytes; it has to have 2 for each of 1 to 12 stages",
        ),
        (
            ModelError::Stage {
                index: 3,
                bits: 17,
                mirrors: 4,
            },
            "stage 3 of the model has 17 bits and 4 mirrors; it may have 1 to 16 bits, enough for its mirrors, \
             of which there are at most 3",
        ),
        (
            ModelError::StageBits { found: 49 },
            "the stages of the model have 49 bits together; they have to have 48",
        ),
        (
            ModelError::Tops { found: 300 },
            "the tops of the model's stages are 300 together; they may be 255",
        ),
        (
            ModelError::AboveTop {
                stage: 2,
                found: 41,
                top: 40,
            },
            "stage 2 of the model has a row with a byte of 41, above its top of 40",
        ),
        (
            ModelError::Padding {
                found: [3, 2],
                expected: 1,
            },
            "3 bytes, 2 of them zero, stand before the rows of the model instead of 1 zeros",
        ),
        (
            length(CodebookTable::Tops),
            "the tops of the model take 5 bytes; they have to take 8",
        ),
        (
            length(CodebookTable::Gains),
            "the gains of the model take 5 bytes; they have to take 8",
        ),
        (
            length(CodebookTable::Rows),
            "the rows of the model take 5 bytes; they have to take 8",
        ),
        (
            length(CodebookTable::Maps),
            "the maps of the model take 5 bytes; they have to take 8",
        ),
        (
            ModelError::Thresholds {
                which: Thresholds::Steps,
                found: 8,
            },
            "the model's 8 step thresholds are more than 7 or do not rise",
        ),
        (
            ModelError::Thresholds {
                which: Thresholds::Activities,
                found: 2,
            },
            "the model's 2 activity thresholds are more than 7 or do not rise",
        ),
        (
            ModelError::MapShift { found: 13 },
            "the model's maps have 13 bits below the point; they may have 1 to 12",
        ),
    ];
    for (error, sentence) in shown {
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn descriptions_are_short_and_hold_no_tables() {
    let model = small().file();
    let decoder = Decoder::from_bytes(&model).unwrap();
    let id = decoder.id();
    assert_eq!(
        decoder.to_string(),
        format!("model {id} \"made\": network, 3 hidden units")
    );
    let file = picture(17, 9, id.get(), &codes(6));
    let image = Image::from_bytes(&file).unwrap();
    assert_eq!(
        image.to_string(),
        format!("picture of 17 x 9 pixels in 6 blocks, made with model {id}")
    );
    let shown = decoder.open(&image).unwrap();
    assert_eq!(shown.to_string(), format!("{image} \"made\""));
    let debug = format!("{shown:?}");
    assert!(
        debug.contains("made") && debug.contains("17") && debug.len() < 250,
        "{debug}"
    );
    assert_eq!(
        format!("{:>8}|{:<8}|", decoder.kind(), decoder.kind()),
        " network|network |"
    );
    assert_eq!(format!("{:?}", ModelId::new(255)), "ModelId(000000ff)");
}
