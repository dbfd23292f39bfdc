//! What is wrong with a model is said, and nothing wrong passes.

use super::made::{MadeModel, codes, picture, resealed, sealed, small};
use crate::{Decoder, LayerName, ModelError, Table};

/// The error of a model that was spoilt before its checksum was made.
fn spoilt(spoil: impl FnOnce(&mut MadeModel)) -> ModelError {
    let mut model = small();
    spoil(&mut model);
    let file = model.file();
    let error = Decoder::from_bytes(&file).unwrap_err();
    assert_eq!(Decoder::from_trusted_bytes(&file).unwrap_err(), error);
    error
}

#[test]
fn cut_short_at_every_length() {
    let file = small().file();
    for length in 0..file.len() {
        let refused = Err(ModelError::Truncated { found: length });
        assert_eq!(Decoder::from_bytes(&file[..length]).map(|_| ()), refused);
        assert_eq!(
            Decoder::from_trusted_bytes(&file[..length]).map(|_| ()),
            refused
        );
    }
}

#[test]
fn every_flipped_bit() {
    let mut file = small().file();
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Decoder::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(Decoder::from_bytes(&file).is_ok());
}

#[test]
fn damage_is_told_from_other_faults() {
    let file = small().file();
    let length = file.len();
    let stored = u32::from_le_bytes(file[length - 4..].try_into().unwrap());
    let mut damaged = file.clone();
    damaged[length - 5] ^= 1;
    let computed = crate::crc32(&damaged[..length - 4]);
    assert_eq!(
        Decoder::from_bytes(&damaged).unwrap_err(),
        ModelError::Checksum { stored, computed }
    );
    let trusted = Decoder::from_trusted_bytes(&damaged).unwrap();
    assert_eq!(
        trusted.id().get(),
        stored,
        "what is trusted is not summed up"
    );
}

#[test]
fn bytes_after_the_end() {
    for extra in [1, 2, 4, 1000] {
        let mut file = small().file();
        file.resize(file.len() + extra, 0xEE);
        let refused = Err(ModelError::TrailingBytes { extra });
        assert_eq!(Decoder::from_bytes(&file).map(|_| ()), refused);
        assert_eq!(Decoder::from_bytes(&resealed(&file)).map(|_| ()), refused);
        assert_eq!(Decoder::from_trusted_bytes(&file).map(|_| ()), refused);
    }
}

#[test]
fn other_kinds_of_file() {
    let shown = picture(8, 8, 0, &codes(1));
    assert_eq!(
        Decoder::from_bytes(&shown).unwrap_err(),
        ModelError::IsAPicture
    );
    let png = *b"\x89PNG\r\n\x1a\n";
    assert_eq!(
        Decoder::from_bytes(&png).unwrap_err(),
        ModelError::NotAModel { magic: *b"\x89PNG" }
    );
    let short = ModelError::NotAModel { magic: *b"NO\0\0" };
    assert_eq!(Decoder::from_bytes(b"NO").unwrap_err(), short);
}

#[test]
fn other_versions() {
    let mut file = small().file();
    file[4] = 4;
    let newer = ModelError::NewerVersion {
        found: 4,
        supported: 3,
    };
    assert_eq!(Decoder::from_bytes(&resealed(&file)).unwrap_err(), newer);
    file[4] = 0;
    let unknown = ModelError::UnknownVersion { found: 0 };
    assert_eq!(Decoder::from_bytes(&resealed(&file)).unwrap_err(), unknown);
}

#[test]
fn a_kind_of_body_that_no_version_has() {
    let mut file = small().file();
    let kind = 4 + 1 + 1 + "made".len();
    assert_eq!(file[kind], 0);
    file[kind] = 2;
    let body = file.len() - 4 - 5;
    assert_eq!(
        Decoder::from_bytes(&resealed(&file)).unwrap_err(),
        ModelError::Malformed { body }
    );
}

#[test]
fn lengths_beyond_all_measure() {
    for length in [
        &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F][..],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ] {
        let mut file = std::vec::Vec::from(b"NICM\x01");
        file.extend(length);
        file.extend(b"name");
        let file = sealed(file);
        let refused = ModelError::Truncated { found: file.len() };
        assert_eq!(Decoder::from_bytes(&file).unwrap_err(), refused);
    }
}

#[test]
fn names() {
    assert_eq!(
        spoilt(|m| m.name.clear()),
        ModelError::NameLength { found: 0 }
    );
    assert_eq!(
        spoilt(|m| m.name = "x".repeat(33)),
        ModelError::NameLength { found: 33 }
    );
    assert_eq!(
        spoilt(|m| m.name = "a\nb".into()),
        ModelError::NameByte { found: b'\n' }
    );
    assert_eq!(
        spoilt(|m| m.name = "caf\u{e9}".into()),
        ModelError::NameByte { found: 0xC3 }
    );
    let mut model = small();
    model.name = " ~".repeat(16);
    assert_eq!(
        Decoder::from_bytes(&model.file()).unwrap().name(),
        model.name
    );
}

#[test]
fn sizes() {
    assert_eq!(
        spoilt(|m| m.bits = 47),
        ModelError::LatentBits { found: 47 }
    );
    assert_eq!(spoilt(|m| m.hidden = 0), ModelError::Hidden { found: 0 });
    assert_eq!(
        spoilt(|m| m.hidden = 513),
        ModelError::Hidden { found: 513 }
    );
    assert_eq!(
        spoilt(|m| m.hidden = u16::MAX),
        ModelError::Hidden { found: u16::MAX }
    );
}

#[test]
fn lengths_of_tables() {
    let length = |layer, table, found, expected| ModelError::TableLength {
        layer,
        table,
        found,
        expected,
    };
    let (first, second) = (LayerName::First, LayerName::Second);
    let error = spoilt(|m| m.first.weights.push(0));
    assert_eq!(error, length(first, Table::Weights, 145, 144));
    let error = spoilt(|m| m.first.bias.truncate(11));
    assert_eq!(error, length(first, Table::Bias, 11, 12));
    let error = spoilt(|m| m.first.multiplier.clear());
    assert_eq!(error, length(first, Table::Multiplier, 0, 6));
    let error = spoilt(|m| m.second.weights.truncate(575));
    assert_eq!(error, length(second, Table::Weights, 575, 576));
    let error = spoilt(|m| m.second.bias.extend([0; 4]));
    assert_eq!(error, length(second, Table::Bias, 772, 768));
    let error = spoilt(|m| m.second.multiplier.push(0));
    assert_eq!(error, length(second, Table::Multiplier, 385, 384));
    let error = spoilt(|m| m.hidden = 4);
    assert_eq!(error, length(first, Table::Weights, 144, 192));
}

#[test]
fn shifts() {
    let (first, second) = (LayerName::First, LayerName::Second);
    assert_eq!(
        spoilt(|m| m.first.pre = 16),
        ModelError::PreShift {
            layer: first,
            found: 16
        }
    );
    assert_eq!(
        spoilt(|m| m.second.pre = 255),
        ModelError::PreShift {
            layer: second,
            found: 255
        }
    );
    assert_eq!(
        spoilt(|m| m.first.post = 0),
        ModelError::PostShift {
            layer: first,
            found: 0
        }
    );
    assert_eq!(
        spoilt(|m| m.second.post = 31),
        ModelError::PostShift {
            layer: second,
            found: 31
        }
    );
}

#[test]
fn numbers_with_which_a_sum_could_overflow() {
    let (first, second) = (LayerName::First, LayerName::Second);
    let error = spoilt(|m| m.first.weights[143] = 0x80);
    assert_eq!(
        error,
        ModelError::Weight {
            layer: first,
            index: 143
        }
    );
    let error = spoilt(|m| m.second.weights[7] = 0x80);
    assert_eq!(
        error,
        ModelError::Weight {
            layer: second,
            index: 7
        }
    );
    for found in [(1 << 24) + 1, -(1 << 24) - 1, i32::MAX, i32::MIN] {
        let error = spoilt(|m| m.first.bias[8..12].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(
            error,
            ModelError::Bias {
                layer: first,
                index: 2,
                found
            }
        );
        let error = spoilt(|m| m.second.bias[764..].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(
            error,
            ModelError::Bias {
                layer: second,
                index: 191,
                found
            }
        );
    }
    for found in [32_768, u16::MAX] {
        let error = spoilt(|m| m.first.multiplier[..2].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(
            error,
            ModelError::Multiplier {
                layer: first,
                index: 0,
                found
            }
        );
        let error = spoilt(|m| m.second.multiplier[2..4].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(
            error,
            ModelError::Multiplier {
                layer: second,
                index: 1,
                found
            }
        );
    }
}
