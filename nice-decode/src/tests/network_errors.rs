//! Every fault of a model file with a network is reported, and no faulty file is accepted.

use super::generators::{TestNetwork, image, latents, resealed, sealed, small_network};
use crate::container::checksum::crc32;
use crate::{Model, ModelError, ModelField, ModelTable, NetworkLayer};

/// The error of a network that was spoiled before its checksum was computed.
fn error_of(change: impl FnOnce(&mut TestNetwork)) -> ModelError {
    let mut model = small_network();
    change(&mut model);
    let file = model.file();
    let error = Model::from_bytes(&file).unwrap_err();
    assert_eq!(Model::from_trusted_bytes(&file).unwrap_err(), error);
    error
}

#[test]
fn truncation_at_every_length() {
    let file = small_network().file();
    for length in 0..file.len() {
        let refused = Err(ModelError::Truncated { found: length });
        assert_eq!(Model::from_bytes(&file[..length]).map(|_| ()), refused);
        assert_eq!(
            Model::from_trusted_bytes(&file[..length]).map(|_| ()),
            refused
        );
    }
}

#[test]
fn every_flipped_bit() {
    let mut file = small_network().file();
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Model::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(Model::from_bytes(&file).is_ok());
}

#[test]
fn damage_is_distinguished_from_other_faults() {
    let file = small_network().file();
    let length = file.len();
    let stored = u32::from_le_bytes(file[length - 4..].try_into().unwrap());
    let mut damaged = file.clone();
    damaged[length - 5] ^= 1;
    let computed = crc32(&damaged[..length - 4]);
    assert_eq!(
        Model::from_bytes(&damaged).unwrap_err(),
        ModelError::Checksum { stored, computed }
    );
    let trusted = Model::from_trusted_bytes(&damaged).unwrap();
    assert_eq!(
        trusted.id().get(),
        stored,
        "the checksum of trusted files is not verified"
    );
}

#[test]
fn bytes_after_the_end() {
    for extra in [1, 2, 4, 1000] {
        let mut file = small_network().file();
        file.resize(file.len() + extra, 0xEE);
        let refused = Err(ModelError::TrailingBytes { extra });
        assert_eq!(Model::from_bytes(&file).map(|_| ()), refused);
        assert_eq!(Model::from_bytes(&resealed(&file)).map(|_| ()), refused);
        assert_eq!(Model::from_trusted_bytes(&file).map(|_| ()), refused);
    }
}

#[test]
fn other_kinds_of_file() {
    let image = image(8, 8, 0, &latents(1));
    assert_eq!(
        Model::from_bytes(&image).unwrap_err(),
        ModelError::NotAModel { magic: *b"NICE" }
    );
    let png = *b"\x89PNG\r\n\x1a\n";
    assert_eq!(
        Model::from_bytes(&png).unwrap_err(),
        ModelError::NotAModel { magic: *b"\x89PNG" }
    );
    let short = ModelError::NotAModel { magic: *b"NO\0\0" };
    assert_eq!(Model::from_bytes(b"NO").unwrap_err(), short);
}

#[test]
fn other_versions() {
    let mut file = small_network().file();
    for found in [0, 2, 3, 255] {
        file[4] = found;
        let error = ModelError::Version { found };
        assert_eq!(Model::from_bytes(&resealed(&file)).unwrap_err(), error);
    }
}

#[test]
fn an_unknown_kind_of_tables() {
    let mut file = small_network().file();
    let kind = 4 + 1 + 1 + "test".len();
    assert_eq!(file[kind], 0);
    file[kind] = 2;
    let body = file.len() - 4 - 5;
    assert_eq!(
        Model::from_bytes(&resealed(&file)).unwrap_err(),
        ModelError::Malformed { body }
    );
}

#[test]
fn lengths_beyond_the_file() {
    for length in [
        &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F][..],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ] {
        let mut file = std::vec::Vec::from(b"NICM\x01");
        file.extend(length);
        file.extend(b"name");
        let file = sealed(file);
        let refused = ModelError::Truncated { found: file.len() };
        assert_eq!(Model::from_bytes(&file).unwrap_err(), refused);
    }
}

#[test]
fn names() {
    let length = |found| ModelError::Field {
        field: ModelField::NameLength,
        found,
        min: 1,
        max: 32,
    };
    assert_eq!(error_of(|m| m.name.clear()), length(0));
    assert_eq!(error_of(|m| m.name = "x".repeat(33)), length(33));
    let character = |index, found| ModelError::TableValue {
        table: ModelTable::Name,
        index,
        found,
        min: 0x20,
        max: 0x7E,
    };
    assert_eq!(error_of(|m| m.name = "a\nb".into()), character(1, 0x0A));
    assert_eq!(
        error_of(|m| m.name = "caf\u{e9}".into()),
        character(3, 0xC3)
    );
    let mut model = small_network();
    model.name = " ~".repeat(16);
    assert_eq!(Model::from_bytes(&model.file()).unwrap().name(), model.name);
}

#[test]
fn sizes() {
    let bits = ModelError::Field {
        field: ModelField::LatentBits,
        found: 47,
        min: 48,
        max: 48,
    };
    assert_eq!(error_of(|m| m.bits = 47), bits);
    for hidden in [0, 513, u16::MAX] {
        let error = ModelError::Field {
            field: ModelField::HiddenUnits,
            found: hidden.into(),
            min: 1,
            max: 512,
        };
        assert_eq!(error_of(|m| m.hidden = hidden), error);
    }
}

#[test]
fn lengths_of_tables() {
    let length = |table, found, expected| ModelError::TableLength {
        table,
        found,
        expected,
    };
    let (first, second) = (NetworkLayer::First, NetworkLayer::Second);
    let error = error_of(|m| m.first.weights.push(0));
    assert_eq!(error, length(ModelTable::Weights(first), 145, 144));
    let error = error_of(|m| m.first.bias.truncate(11));
    assert_eq!(error, length(ModelTable::Biases(first), 11, 12));
    let error = error_of(|m| m.first.multiplier.clear());
    assert_eq!(error, length(ModelTable::Multipliers(first), 0, 6));
    let error = error_of(|m| m.second.weights.truncate(575));
    assert_eq!(error, length(ModelTable::Weights(second), 575, 576));
    let error = error_of(|m| m.second.bias.extend([0; 4]));
    assert_eq!(error, length(ModelTable::Biases(second), 772, 768));
    let error = error_of(|m| m.second.multiplier.push(0));
    assert_eq!(error, length(ModelTable::Multipliers(second), 385, 384));
    let error = error_of(|m| m.hidden = 4);
    assert_eq!(error, length(ModelTable::Weights(first), 144, 192));
}

#[test]
fn shifts() {
    let field = |field, found, min, max| ModelError::Field {
        field,
        found,
        min,
        max,
    };
    let (first, second) = (NetworkLayer::First, NetworkLayer::Second);
    let error = error_of(|m| m.first.pre = 16);
    assert_eq!(error, field(ModelField::PreShift(first), 16, 0, 15));
    let error = error_of(|m| m.second.pre = 255);
    assert_eq!(error, field(ModelField::PreShift(second), 255, 0, 15));
    let error = error_of(|m| m.first.post = 0);
    assert_eq!(error, field(ModelField::PostShift(first), 0, 1, 30));
    let error = error_of(|m| m.second.post = 31);
    assert_eq!(error, field(ModelField::PostShift(second), 31, 1, 30));
}

#[test]
fn numbers_with_which_a_sum_could_overflow() {
    let value = |table, index, found, min, max| ModelError::TableValue {
        table,
        index,
        found,
        min,
        max,
    };
    let (first, second) = (NetworkLayer::First, NetworkLayer::Second);
    let weight = |layer, index| value(ModelTable::Weights(layer), index, -128, -127, 127);
    let error = error_of(|m| m.first.weights[143] = 0x80);
    assert_eq!(error, weight(first, 143));
    let error = error_of(|m| m.second.weights[7] = 0x80);
    assert_eq!(error, weight(second, 7));
    for found in [(1 << 24) + 1, -(1 << 24) - 1, i32::MAX, i32::MIN] {
        let (min, max) = (-(1 << 24), 1 << 24);
        let error = error_of(|m| m.first.bias[8..12].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(error, value(ModelTable::Biases(first), 2, found, min, max));
        let error = error_of(|m| m.second.bias[764..].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(
            error,
            value(ModelTable::Biases(second), 191, found, min, max)
        );
    }
    for found in [32_768, u16::MAX] {
        let multiplier = |layer, index| {
            value(
                ModelTable::Multipliers(layer),
                index,
                found.into(),
                0,
                32_767,
            )
        };
        let error = error_of(|m| m.first.multiplier[..2].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(error, multiplier(first, 0));
        let error = error_of(|m| m.second.multiplier[2..4].copy_from_slice(&found.to_le_bytes()));
        assert_eq!(error, multiplier(second, 1));
    }
}
