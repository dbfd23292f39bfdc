//! Codebooks of the sizes of the pretrained models, computed from a formula.

use nice_decode::format::{
    CODEWORD_BYTES, CodebookTables, DeblockTables, MAX_PEAK_SUM, ModelFile, ModelTables, Stage,
};

use super::{Numbers, to_file};

/// The bits of the stages of a codebook of size s, each with 3 orientation bits.
pub const S: &[u8] = &[10, 11, 10, 9, 8];

/// The bits of the stages of a codebook of size m, each with 3 orientation bits.
pub const M: &[u8] = &[12, 12, 12, 12];

/// A model file with a codebook of these stages and a deblocking filter. Its blocks are colored noise around gray.
pub fn model(bits: &[u8], seed: u32) -> Vec<u8> {
    let stages: Vec<Stage> = bits
        .iter()
        .map(|&bits| Stage {
            bits,
            orientation_bits: 3,
        })
        .collect();
    let codewords = |index: usize| {
        stages[index]
            .codewords(index == 0)
            .expect("the stage is possible")
    };
    let base_codewords = codewords(0);
    let residual_codewords: usize = (1..stages.len()).map(codewords).sum();
    let peak = MAX_PEAK_SUM / (stages.len() - 1);
    let mut numbers = Numbers::new(seed);
    let mut bytes = |count: usize, middle: i32, magnitude| -> Vec<u8> {
        (0..count)
            .map(|_| (middle + numbers.next(magnitude)) as u8)
            .collect()
    };
    let gains = bytes(base_codewords, 40, 20);
    let mut codewords = bytes(CODEWORD_BYTES * base_codewords, 128, 32);
    let middle = peak as i32 / 2;
    codewords.extend(bytes(CODEWORD_BYTES * residual_codewords, middle, middle));
    let stages: Vec<u8> = stages.iter().flat_map(|stage| stage.to_bytes()).collect();
    let with = |padding| {
        let model = ModelFile {
            name: "formula",
            tables: ModelTables::Codebook(CodebookTables {
                stages: &stages,
                peaks: &[peak as u8].repeat(bits.len() - 1),
                gains: &gains,
                deblock: Some(DeblockTables {
                    thresholds: &[2, 5, 10, 20, 40],
                    strengths: &[44, 42, 38, 32, 24, 16],
                    limit: 80,
                }),
                padding,
                codewords: &codewords,
            }),
        };
        to_file(&model, gains.len() + codewords.len() + 2 * stages.len())
    };
    let unpadded = with(&[]).len() - 4 - codewords.len();
    with(&[0; 3][..unpadded.wrapping_neg() % 4])
}
