//! What is wrong with a codebook is said, and nothing wrong passes.

use super::made::{MadeBoundary, MadeCodebook, resealed, small, small_codebook};
use crate::{CodebookTable, Decoder, ModelError, Stage, Thresholds};

/// The error of a file, which has to be the same whether the file is trusted or not.
fn refused(file: &[u8]) -> ModelError {
    let error = Decoder::from_bytes(file).unwrap_err();
    assert_eq!(Decoder::from_trusted_bytes(file).unwrap_err(), error);
    error
}

/// The error of a codebook that was spoilt before its checksum was made.
fn spoilt(spoil: impl FnOnce(&mut MadeCodebook)) -> ModelError {
    let mut model = small_codebook();
    spoil(&mut model);
    refused(&model.file())
}

/// The error of a codebook whose filter was spoilt before its checksum was made.
fn spoilt_filter(spoil: impl FnOnce(&mut MadeBoundary)) -> ModelError {
    spoilt(|model| spoil(model.boundary.as_mut().unwrap()))
}

#[test]
fn cut_short_at_every_length() {
    let file = small_codebook().file();
    for length in 0..file.len() {
        assert_eq!(
            refused(&file[..length]),
            ModelError::Truncated { found: length }
        );
    }
}

#[test]
fn every_flipped_bit() {
    let mut model = small_codebook();
    model.stages.fill(Stage {
        bits: 4,
        mirrors: 3,
    });
    model.base.truncate(2 * 96);
    model.rows.truncate(11 * 96);
    let mut file = model.file();
    assert!(Decoder::from_bytes(&file).is_ok());
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Decoder::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn a_body_under_the_version_of_another() {
    for (mut file, found, expected) in [(small_codebook().file(), 1, 2), (small().file(), 2, 1)] {
        file[4] = found;
        assert_eq!(
            refused(&resealed(&file)),
            ModelError::BodyVersion { found, expected }
        );
    }
}

#[test]
fn lists_of_stages() {
    let model = small_codebook();
    for bytes in [0, 1, 3, 23, 25, 26, 100] {
        let stages = [4, 3].repeat(50);
        assert_eq!(
            refused(&model.file_with_stages(&stages[..bytes])),
            ModelError::Stages { found: bytes }
        );
    }
}

#[test]
fn stages_that_cannot_be() {
    for (index, bits, mirrors) in [
        (0, 0, 0),
        (0, 17, 3),
        (0, 2, 3),
        (0, 8, 4),
        (3, 3, 3),
        (5, 0, 0),
        (7, 4, 255),
        (11, 255, 0),
    ] {
        let error = spoilt(|m| m.stages[index] = Stage { bits, mirrors });
        assert_eq!(
            error,
            ModelError::Stage {
                index,
                bits,
                mirrors
            }
        );
    }
}

#[test]
fn stages_with_more_or_fewer_bits_than_a_latent() {
    let error = spoilt(|m| m.stages[11].bits = 5);
    assert_eq!(error, ModelError::StageBits { found: 49 });
    let error = spoilt(|m| m.stages.truncate(11));
    assert_eq!(error, ModelError::StageBits { found: 44 });
    let error = spoilt(|m| {
        m.stages.fill(Stage {
            bits: 16,
            mirrors: 0,
        });
    });
    assert_eq!(error, ModelError::StageBits { found: 192 });
}

#[test]
fn shifts_with_which_a_pixel_could_overflow() {
    for found in [0, 1, 4, 13, 255] {
        assert_eq!(spoilt(|m| m.shift = found), ModelError::Shift { found });
    }
    for shift in [5, 12] {
        let mut model = small_codebook();
        model.shift = shift;
        assert!(Decoder::from_bytes(&model.file()).is_ok());
    }
}

#[test]
fn lengths_of_tables() {
    let length = |table, found, expected| ModelError::CodebookLength {
        table,
        found,
        expected,
    };
    let model = small_codebook();
    let (base, rows) = (model.base.len(), model.rows.len());
    assert_eq!(base, 2 * 96);
    let table = CodebookTable::Base;
    let error = spoilt(|m| m.base.truncate(96));
    assert_eq!(error, length(table, 96, base));
    let error = spoilt(|m| m.base.push(0));
    assert_eq!(error, length(table, base + 1, base));
    let error = spoilt(|m| m.stages[0].mirrors = 2);
    assert_eq!(error, length(table, base, 2 * base));
    let table = CodebookTable::Gains;
    let error = spoilt(|m| m.gains.clear());
    assert_eq!(error, length(table, 0, 2));
    let error = spoilt(|m| m.gains.push(0));
    assert_eq!(error, length(table, 3, 2));
    let table = CodebookTable::Rows;
    let error = spoilt(|m| m.rows.clear());
    assert_eq!(error, length(table, 0, rows));
    let error = spoilt(|m| m.rows.extend([0; 96]));
    assert_eq!(error, length(table, rows + 96, rows));
    let error = spoilt(|m| m.rows.truncate(rows - 1));
    assert_eq!(error, length(table, rows - 1, rows));
    let table = CodebookTable::Maps;
    let error = spoilt_filter(|f| f.maps.clear());
    assert_eq!(error, length(table, 0, 96));
    let error = spoilt_filter(|f| f.maps.extend([0; 32]));
    assert_eq!(error, length(table, 128, 96));
    let error = spoilt_filter(|f| f.maps.truncate(95));
    assert_eq!(error, length(table, 95, 96));
    let error = spoilt_filter(|f| f.activities = [7].into());
    assert_eq!(error, length(table, 96, 192));
}

#[test]
fn thresholds_that_are_too_many_or_do_not_rise() {
    for (thresholds, found) in [
        (&[1, 2, 3, 4, 5, 6, 7, 8][..], 8),
        (&[1, 1], 2),
        (&[9, 3], 2),
        (&[0; 200], 200),
    ] {
        let which = Thresholds::Steps;
        let error = spoilt_filter(|f| f.steps = thresholds.into());
        assert_eq!(error, ModelError::Thresholds { which, found });
        let which = Thresholds::Activities;
        let error = spoilt_filter(|f| f.activities = thresholds.into());
        assert_eq!(error, ModelError::Thresholds { which, found });
    }
    let mut model = small_codebook();
    let filter = model.boundary.as_mut().unwrap();
    filter.steps = [0, 1, 2, 3, 4, 5, 255].into();
    filter.activities = [0, 10, 20, 30, 40, 50, 255].into();
    filter.maps = [3].repeat(64 * 32);
    assert!(Decoder::from_bytes(&model.file()).is_ok());
}

#[test]
fn shifts_of_maps() {
    for found in [0, 13, 255] {
        let error = spoilt_filter(|f| f.shift = found);
        assert_eq!(error, ModelError::MapShift { found });
    }
    for shift in [1, 12] {
        let mut model = small_codebook();
        model.boundary.as_mut().unwrap().shift = shift;
        assert!(Decoder::from_bytes(&model.file()).is_ok());
    }
}

#[test]
fn neither_a_filter_nor_none() {
    let mut model = small_codebook();
    model.boundary = None;
    let mut file = model.file();
    let last = file.len() - 5;
    assert_eq!(file[last], 0);
    file[last] = 2;
    let body = file.len() - 4 - 5;
    assert_eq!(refused(&resealed(&file)), ModelError::Malformed { body });
}

#[test]
fn bytes_after_the_end() {
    for filter in [true, false] {
        let mut model = small_codebook();
        model.boundary = model.boundary.filter(|_| filter);
        let mut file = model.file();
        file.resize(file.len() + 3, 0);
        assert_eq!(
            refused(&resealed(&file)),
            ModelError::TrailingBytes { extra: 3 }
        );
    }
}
