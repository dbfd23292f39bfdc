//! What is wrong with a codebook is said, and nothing wrong passes.

use super::made::{MadeBoundary, MadeCodebook, largest_codebook, resealed, small, small_codebook};
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
    let mut file = largest_codebook(7, true).file();
    assert!(Decoder::from_bytes(&file).is_ok());
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Decoder::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn a_body_under_the_version_of_another() {
    for (mut file, found, expected) in [(small_codebook().file(), 1, 3), (small().file(), 3, 1)] {
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
fn codebooks_of_version_2() {
    let mut file = small_codebook().file();
    file[4] = 2;
    let error = ModelError::UnknownVersion { found: 2 };
    assert_eq!(refused(&resealed(&file)), error);
}

#[test]
fn tops_with_which_a_sum_could_overflow() {
    let mut model = largest_codebook(0, false);
    assert_eq!(
        model
            .tops
            .iter()
            .map(|&top| usize::from(top))
            .sum::<usize>(),
        255
    );
    assert!(Decoder::from_bytes(&model.file()).is_ok());
    model.tops[10] += 1;
    let error = ModelError::Tops { found: 256 };
    assert_eq!(refused(&model.file()), error);
    model.tops.fill(255);
    let error = ModelError::Tops { found: 11 * 255 };
    assert_eq!(refused(&model.file()), error);
}

#[test]
fn bytes_above_the_top_of_their_stage() {
    let mut model = largest_codebook(255, true);
    for (row, top) in [(0, 45), (5, 21), (10, 21)] {
        for at in [0, 63, 64, 95] {
            model.rows[96 * row + at] = top + 1;
            let error = ModelError::AboveTop {
                stage: row + 1,
                found: top + 1,
                top,
            };
            assert_eq!(refused(&model.file()), error);
            model.rows[96 * row + at] = top;
        }
    }
    assert!(Decoder::from_bytes(&model.file()).is_ok());
}

#[test]
fn rows_that_do_not_begin_at_a_multiple_of_4() {
    for length in 1..=32 {
        let mut model = small_codebook();
        model.name = "n".repeat(length);
        let file = model.file();
        assert!(Decoder::from_bytes(&file).is_ok());
        let rows = file.len() - 4 - model.base.len() - model.rows.len();
        assert_eq!(rows % 4, 0);
        // What stands before the rows' count of two bytes.
        let right = (0..4).rev().find(|&zeros| {
            file[rows - 3 - zeros..rows - 2] == [&[zeros as u8][..], &[0, 0, 0][..zeros]].concat()
        });
        let right = right.unwrap();
        for wrong in (0..9).filter(|&wrong| wrong != right) {
            model.padding = Some([0].repeat(wrong));
            let error = ModelError::Padding {
                found: [wrong, wrong],
                expected: right,
            };
            assert_eq!(refused(&model.file()), error);
        }
        if right > 0 {
            model.padding = Some([&[1][..], &[0, 0, 0][1..right]].concat());
            let error = ModelError::Padding {
                found: [right, right - 1],
                expected: right,
            };
            assert_eq!(refused(&model.file()), error);
        }
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
    let (base, rows) = (model.base.len(), model.base.len() + model.rows.len());
    assert_eq!(base, 2 * 96);
    let table = CodebookTable::Tops;
    let error = spoilt(|m| m.tops.clear());
    assert_eq!(error, length(table, 0, 11));
    let error = spoilt(|m| m.tops.push(0));
    assert_eq!(error, length(table, 12, 11));
    let table = CodebookTable::Gains;
    let error = spoilt(|m| m.stages[0].mirrors = 2);
    assert_eq!(error, length(table, 2, 4));
    let error = spoilt(|m| m.gains.clear());
    assert_eq!(error, length(table, 0, 2));
    let error = spoilt(|m| m.gains.push(0));
    assert_eq!(error, length(table, 3, 2));
    let table = CodebookTable::Rows;
    let error = spoilt(|m| m.rows.clear());
    assert_eq!(error, length(table, base, rows));
    let error = spoilt(|m| m.rows.extend([0; 96]));
    assert_eq!(error, length(table, rows + 96, rows));
    let error = spoilt(|m| m.base.truncate(96));
    assert_eq!(error, length(table, rows - 96, rows));
    let error = spoilt(|m| m.rows.truncate(rows - base - 1));
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
    // Before the padding and its count, the rows and their count of two bytes.
    let rows = file.len() - 4 - model.base.len() - model.rows.len();
    let filter = (1..=4)
        .map(|back| rows - 3 - back)
        .find(|&at| {
            file[at..rows - 2]
                .iter()
                .map(|&byte| usize::from(byte))
                .eq([0, rows - 2 - at - 2]
                    .into_iter()
                    .chain((at + 2..rows - 2).map(|_| 0)))
        })
        .unwrap();
    file[filter] = 2;
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
