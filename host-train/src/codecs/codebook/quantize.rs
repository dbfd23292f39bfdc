//! Rounds a codebook to the bytes of a decoder model, as `FORMAT.md` defines them.

use anyhow::{Context, Result};
use nice_decode::format::{
    CODEWORD_BYTES, CodebookTables, DeblockTables, MAX_PEAK_SUM, ModelFile, ModelTables,
};
use nice_encode::codebook::coordinates::{self, Coordinates};
use nice_encode::codebook::tables::{
    BASE_OFFSETS, Codebook, GAIN_UNIT, RESIDUAL_DIVISORS, byte, plane,
};
use nice_encode::container;

/// The fraction of the samples of a stage that are within its peak; the others are clamped.
const WITHIN_PEAK: f64 = 0.999;

/// The magnitude of a stage is rounded up to one of this many values per octave, so that the scale does not change with every
/// change of a codeword.
const MAGNITUDES: f64 = 8.0;

/// A codebook as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodebookBytes {
    stages: Vec<u8>,
    peaks: Vec<u8>,
    gains: Vec<u8>,
    codewords: Vec<u8>,
}

/// Rounds a codebook to bytes.
pub fn quantize(codebook: &Codebook) -> CodebookBytes {
    let residuals: Vec<Vec<Samples>> = codebook
        .residuals
        .iter()
        .map(|codewords| codewords.iter().map(residual_samples).collect())
        .collect();
    // The sum of the peaks must fit into a byte, and so must the largest gain. The stages share the range in proportion to the
    // magnitudes of their codewords.
    let magnitudes: Vec<f32> = residuals.iter().map(|samples| magnitude(samples)).collect();
    let total = magnitudes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let largest_gain = codebook.gains.iter().copied().fold(0.0, f32::max);
    let scale =
        (MAX_PEAK_SUM as f32 / (2.0 * total)).max(largest_gain * GAIN_UNIT / f32::from(u8::MAX));
    let peaks: Vec<u8> = magnitudes
        .iter()
        .map(|magnitude| {
            (2.0 * magnitude * scale).min(MAX_PEAK_SUM as f32 * magnitude / total) as u8
        })
        .collect();

    let base = codebook.base.iter().map(|codeword| {
        let samples = coordinates::to_planes(codeword);
        std::array::from_fn(|at| samples[at] + BASE_OFFSETS[plane(at)])
    });
    let mut codewords: Vec<u8> = base.flat_map(|samples| bytes(&samples, u8::MAX)).collect();
    for (residuals, &peak) in residuals.iter().zip(&peaks) {
        let middle = 0.5 * f32::from(peak);
        for samples in residuals {
            codewords.extend(bytes(&samples.map(|sample| sample * scale + middle), peak));
        }
    }
    CodebookBytes {
        stages: codebook
            .stages
            .iter()
            .flat_map(|stage| stage.to_bytes())
            .collect(),
        peaks,
        gains: codebook
            .gains
            .iter()
            .map(|gain| rounded(gain / scale * GAIN_UNIT, u8::MAX))
            .collect(),
        codewords,
    }
}

impl CodebookBytes {
    /// The codebook that these bytes stand for.
    pub fn codebook(&self) -> Codebook {
        Codebook::from_tables(&self.tables(None))
    }

    /// The bytes of a model file.
    ///
    /// # Errors
    ///
    /// When the decoder would refuse the file.
    pub fn to_file(&self, name: &str, deblock: Option<DeblockTables<'_>>) -> Result<Vec<u8>> {
        container::model::to_bytes(&ModelFile {
            name,
            tables: ModelTables::Codebook(self.tables(deblock)),
        })
        .context("the codebook cannot be exported")
    }

    fn tables<'a>(&'a self, deblock: Option<DeblockTables<'a>>) -> CodebookTables<'a> {
        CodebookTables {
            stages: &self.stages,
            peaks: &self.peaks,
            gains: &self.gains,
            deblock,
            padding: &[],
            codewords: &self.codewords,
        }
    }
}

/// The samples of a codeword, one plane after the other.
type Samples = [f32; CODEWORD_BYTES];

/// The samples of a residual codeword, all with the same unit.
fn residual_samples(codeword: &Coordinates) -> Samples {
    let samples = coordinates::to_planes(codeword);
    std::array::from_fn(|at| samples[at] * RESIDUAL_DIVISORS[plane(at)])
}

/// The bytes of a codeword in the order of a model, none above the peak.
fn bytes(samples: &Samples, peak: u8) -> [u8; CODEWORD_BYTES] {
    let mut bytes = [0; CODEWORD_BYTES];
    for (at, &sample) in samples.iter().enumerate() {
        bytes[byte(at)] = rounded(sample, peak);
    }
    bytes
}

/// The magnitude that almost no sample of a stage exceeds.
fn magnitude(codewords: &[Samples]) -> f32 {
    let mut magnitudes: Vec<f32> = codewords.as_flattened().iter().map(|v| v.abs()).collect();
    let last = magnitudes.len().saturating_sub(1);
    let at = ((magnitudes.len() as f64 * WITHIN_PEAK) as usize).min(last);
    let held = match magnitudes.is_empty() {
        true => 1.0,
        false => *magnitudes.select_nth_unstable_by(at, f32::total_cmp).1,
    };
    let exact = f64::from(held.max(f32::MIN_POSITIVE));
    ((exact.log2() * MAGNITUDES).ceil() / MAGNITUDES).exp2() as f32
}

/// A sample as a byte, none above the peak.
fn rounded(sample: f32, peak: u8) -> u8 {
    sample.round().clamp(0.0, f32::from(peak)) as u8
}
