//! Every fault of a model file with a codebook is reported, and no faulty file is accepted.

use super::generators::{TestCodebook, TestFilter, largest_codebook, resealed, small_codebook};
use crate::format::Stage;
use crate::{Model, ModelError, ModelField, ModelTable};

/// The error of a file, which is the same whether the file is trusted or not.
fn refused(file: &[u8]) -> ModelError {
    let error = Model::from_bytes(file).unwrap_err();
    assert_eq!(Model::from_trusted_bytes(file).unwrap_err(), error);
    error
}

/// The error of a codebook that was spoiled before its checksum was computed.
fn error_of(change: impl FnOnce(&mut TestCodebook)) -> ModelError {
    let mut model = small_codebook();
    change(&mut model);
    refused(&model.file())
}

/// The error of a codebook whose filter was spoiled before its checksum was computed.
fn error_of_filter(change: impl FnOnce(&mut TestFilter)) -> ModelError {
    error_of(|model| change(model.filter.as_mut().unwrap()))
}

/// The error of a number outside its range.
fn field(field: ModelField, found: u32, min: u32, max: u32) -> ModelError {
    ModelError::Field {
        field,
        found,
        min,
        max,
    }
}

/// The error of a table of the wrong length.
fn length(table: ModelTable, found: usize, expected: usize) -> ModelError {
    ModelError::TableLength {
        table,
        found,
        expected,
    }
}

#[test]
fn truncation_at_every_length() {
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
    assert!(Model::from_bytes(&file).is_ok());
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Model::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn lists_of_stages() {
    let model = small_codebook();
    let stages = [4, 3].repeat(50);
    for bytes in [1, 3, 23, 25] {
        assert_eq!(
            refused(&model.file_with_stages(&stages[..bytes])),
            length(ModelTable::Stages, bytes, bytes - 1)
        );
    }
    for bytes in [0, 26, 100] {
        assert_eq!(
            refused(&model.file_with_stages(&stages[..bytes])),
            field(ModelField::Stages, bytes as u32 / 2, 1, 12)
        );
    }
}

#[test]
fn impossible_stages() {
    for (index, bits, orientation_bits, min) in [
        (0, 0, 0, 1),
        (0, 17, 3, 3),
        (0, 2, 3, 3),
        (3, 3, 3, 4),
        (5, 0, 0, 1),
        (11, 255, 0, 1),
    ] {
        let error = error_of(|m| {
            m.stages[index] = Stage {
                bits,
                orientation_bits,
            };
        });
        let stage = ModelField::StageBits(index as u8);
        assert_eq!(error, field(stage, bits.into(), min, 16));
    }
    for (index, orientation_bits) in [(0, 4), (7, 255)] {
        let error = error_of(|m| m.stages[index].orientation_bits = orientation_bits);
        let stage = ModelField::OrientationBits(index as u8);
        assert_eq!(error, field(stage, orientation_bits.into(), 0, 3));
    }
}

#[test]
fn stages_with_more_or_fewer_bits_than_a_latent() {
    let bits = |found| field(ModelField::LatentBits, found, 48, 48);
    assert_eq!(error_of(|m| m.stages[11].bits = 5), bits(49));
    assert_eq!(error_of(|m| m.stages.truncate(11)), bits(44));
    let widest = Stage {
        bits: 16,
        orientation_bits: 0,
    };
    let all = |found| field(ModelField::AllStageBits, found, 48, 96);
    assert_eq!(error_of(|m| m.stages.fill(widest)), all(192));
    let mut more = small_codebook();
    more.stages.truncate(4);
    more.stages.fill(Stage {
        bits: 12,
        orientation_bits: 3,
    });
    let longest = more.stages[0];
    more.stages.push(longest);
    assert_eq!(more.lengths(), [12, 24, 36, 48, 60]);
}

#[test]
fn peaks_with_which_a_sum_could_overflow() {
    let mut model = largest_codebook(0, false);
    let sum: usize = model.peaks.iter().map(|&peak| usize::from(peak)).sum();
    assert_eq!(sum, 255);
    assert!(Model::from_bytes(&model.file()).is_ok());
    model.peaks[10] += 1;
    let error = field(ModelField::PeakSum, 256, 0, 255);
    assert_eq!(refused(&model.file()), error);
    model.peaks.fill(255);
    let error = field(ModelField::PeakSum, 11 * 255, 0, 255);
    assert_eq!(refused(&model.file()), error);
}

#[test]
fn bytes_above_the_peak_of_their_stage() {
    let mut model = largest_codebook(255, true);
    for (codeword, peak) in [(0, 45), (5, 21), (10, 21)] {
        for at in [0, 63, 64, 95] {
            model.residuals[96 * codeword + at] = peak + 1;
            let error = ModelError::TableValue {
                table: ModelTable::Codewords,
                index: model.base.len() + 96 * codeword + at,
                found: i32::from(peak) + 1,
                min: 0,
                max: peak.into(),
            };
            assert_eq!(refused(&model.file()), error);
            model.residuals[96 * codeword + at] = peak;
        }
    }
    assert!(Model::from_bytes(&model.file()).is_ok());
}

#[test]
fn codewords_that_are_not_aligned() {
    for name in 1..=32 {
        let mut model = small_codebook();
        model.name = "n".repeat(name);
        let file = model.file();
        assert!(Model::from_bytes(&file).is_ok());
        let codewords = file.len() - 4 - model.base.len() - model.residuals.len();
        assert_eq!(codewords % 4, 0);
        // The padding and its length are before the length of the codewords, which has two bytes.
        let right = (0..4)
            .rev()
            .find(|&zeros| {
                let padding = [&[zeros as u8][..], &[0, 0, 0][..zeros]].concat();
                file[codewords - 3 - zeros..codewords - 2] == padding
            })
            .unwrap();
        for wrong in (0..9).filter(|&wrong| wrong != right) {
            model.padding = Some([0].repeat(wrong));
            let error = length(ModelTable::Padding, wrong, right);
            assert_eq!(refused(&model.file()), error);
        }
        if right > 0 {
            model.padding = Some([&[1][..], &[0, 0, 0][1..right]].concat());
            let error = ModelError::TableValue {
                table: ModelTable::Padding,
                index: 0,
                found: 1,
                min: 0,
                max: 0,
            };
            assert_eq!(refused(&model.file()), error);
        }
    }
}

#[test]
fn lengths_of_tables() {
    let model = small_codebook();
    let (base, all) = (model.base.len(), model.base.len() + model.residuals.len());
    assert_eq!(base, 2 * 96);
    let table = ModelTable::Peaks;
    assert_eq!(error_of(|m| m.peaks.clear()), length(table, 0, 11));
    assert_eq!(error_of(|m| m.peaks.push(0)), length(table, 12, 11));
    let table = ModelTable::Gains;
    let error = error_of(|m| m.stages[0].orientation_bits = 2);
    assert_eq!(error, length(table, 2, 4));
    assert_eq!(error_of(|m| m.gains.clear()), length(table, 0, 2));
    assert_eq!(error_of(|m| m.gains.push(0)), length(table, 3, 2));
    let table = ModelTable::Codewords;
    let error = error_of(|m| m.residuals.clear());
    assert_eq!(error, length(table, base, all));
    let error = error_of(|m| m.residuals.extend([0; 96]));
    assert_eq!(error, length(table, all + 96, all));
    let error = error_of(|m| m.base.truncate(96));
    assert_eq!(error, length(table, all - 96, all));
    let error = error_of(|m| m.residuals.truncate(all - base - 1));
    assert_eq!(error, length(table, all - 1, all));
    let table = ModelTable::DeblockStrengths;
    let error = error_of_filter(|f| f.strengths.clear());
    assert_eq!(error, length(table, 0, 3));
    let error = error_of_filter(|f| f.strengths.push(0));
    assert_eq!(error, length(table, 4, 3));
    let error = error_of_filter(|f| f.thresholds = [7].into());
    assert_eq!(error, length(table, 3, 2));
}

#[test]
fn thresholds_that_are_too_many_or_do_not_increase() {
    for thresholds in [&[1, 2, 3, 4, 5, 6, 7, 8][..], &[0; 200]] {
        let error = error_of_filter(|f| f.thresholds = thresholds.into());
        let count = thresholds.len() as u32;
        assert_eq!(error, field(ModelField::DeblockThresholds, count, 0, 7));
    }
    let value = |index, found: u8, before: u8| ModelError::TableValue {
        table: ModelTable::DeblockThresholds,
        index,
        found: found.into(),
        min: i32::from(before) + 1,
        max: 255,
    };
    let error = error_of_filter(|f| f.thresholds = [1, 1].into());
    assert_eq!(error, value(1, 1, 1));
    let error = error_of_filter(|f| f.thresholds = [2, 9, 3].into());
    assert_eq!(error, value(2, 3, 9));
    let mut model = small_codebook();
    let filter = model.filter.as_mut().unwrap();
    filter.thresholds = [0, 1, 2, 3, 4, 5, 255].into();
    filter.strengths = [127; 8].into();
    filter.limit = 255;
    assert!(Model::from_bytes(&model.file()).is_ok());
}

#[test]
fn strengths_of_the_filter() {
    let error = error_of_filter(|f| f.strengths[1] = 128);
    let refused = ModelError::TableValue {
        table: ModelTable::DeblockStrengths,
        index: 1,
        found: 128,
        min: 0,
        max: 127,
    };
    assert_eq!(error, refused);
}

#[test]
fn neither_a_filter_nor_none() {
    let mut model = small_codebook();
    model.filter = None;
    let mut file = model.file();
    // Before the padding and its length, and the codewords and their length of two bytes.
    let codewords = file.len() - 4 - model.base.len() - model.residuals.len();
    let filter = (1..=4)
        .map(|back| codewords - 3 - back)
        .find(|&at| {
            file[at..codewords - 2]
                .iter()
                .map(|&byte| usize::from(byte))
                .eq([0, codewords - 2 - at - 2]
                    .into_iter()
                    .chain((at + 2..codewords - 2).map(|_| 0)))
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
        model.filter = model.filter.filter(|_| filter);
        let mut file = model.file();
        file.resize(file.len() + 3, 0);
        assert_eq!(
            refused(&resealed(&file)),
            ModelError::TrailingBytes { extra: 3 }
        );
    }
}
