//! Converts a trained network to the integer decoder of `FORMAT.md`, and to the encoder network.
//!
//! Three measures keep the loss from rounding weights to 8 bits small:
//!
//! - The first two dense layers have nothing between them, so they are fused before rounding.
//! - A leaky rectifier commutes with positive factors, so each hidden unit can have a scale of its own. The scales are chosen
//!   such that the columns of the second layer are equally large, which makes the best use of the one scale of each row, and such
//!   that the multipliers of the first layer are exact integers.
//! - The weights of the second layer are rounded one hidden unit after the other, and those that follow compensate for each
//!   rounding (`rounding.rs`).

use anyhow::{Result, ensure};
use nalgebra::{DMatrix, DVector};
use nice_decode::format::{
    MAX_BIAS, MAX_HIDDEN, MAX_MULTIPLIER, MAX_POST_SHIFT, ModelFile, ModelTables, NetworkTables,
};
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, Latent};
use nice_encode::container;
use nice_encode::network::EncoderNetwork;

use super::calibration::Activations;
use super::fused::FusedLayers;
use super::layer::IntegerLayer;
use super::network::SLOPE;
use super::rounding::{MAX_WEIGHT, Rounder};
use crate::tensors::Tensors;

/// The largest magnitude of a hidden activation.
const MAX_ACTIVATION: f64 = 32767.0;

/// The largest magnitude of a bias of the first layer, so that its sums stay within 16 bits.
const MAX_FIRST_BIAS: f64 = 24_000.0;

/// The factor by which a sample may exceed 255 before the intermediate clamp reduces it.
const HEADROOM: f64 = 2.0;

/// The encoder network that `nicec` uses.
///
/// # Errors
///
/// When a tensor is missing or has the wrong shape.
pub fn encoder(tensors: &Tensors) -> Result<EncoderNetwork> {
    let FusedLayers {
        first,
        bias,
        second,
    } = FusedLayers::new(tensors, "encoder")?;
    // nalgebra stores columns one after the other, and the encoder needs rows.
    let rows = |matrix: &DMatrix<f64>| -> Vec<f32> {
        matrix.transpose().iter().map(|&v| v as f32).collect()
    };
    let bias: Vec<f32> = bias.iter().map(|&v| v as f32).collect();
    EncoderNetwork::new(
        bias.len(),
        SLOPE as f32,
        &rows(&first),
        &bias,
        &rows(&second),
    )
}

/// An integer decoder.
#[derive(Clone, Debug)]
pub struct IntegerDecoder {
    slope: u16,
    first: IntegerLayer,
    second: IntegerLayer,
}

impl IntegerDecoder {
    /// The bytes of a model file with this name.
    ///
    /// # Errors
    ///
    /// When the decoder would refuse the file.
    pub fn to_file(&self, name: &str) -> Result<Vec<u8>> {
        let (first, second) = (self.first.bytes(), self.second.bytes());
        container::model::to_bytes(&ModelFile {
            name,
            tables: ModelTables::Network(NetworkTables {
                bits: LATENT_BITS as u8,
                hidden: u16::try_from(self.first.bias.len())?,
                slope: self.slope,
                first: first.tables(),
                second: second.tables(),
            }),
        })
    }
}

/// The largest post-shift with which no multiplier overflows, and its factor.
fn post_shift(largest: f64) -> (u8, f64) {
    let fits = |post: &u8| largest * f64::from(1_u32 << post) <= f64::from(MAX_MULTIPLIER);
    let post = (1..=MAX_POST_SHIFT).rev().find(fits).unwrap_or(1);
    (post, f64::from(1_u32 << post))
}

/// The largest of some values, at least `least`.
fn largest(values: impl Iterator<Item = f64>, least: f64) -> f64 {
    values.fold(least, f64::max)
}

/// Quantizes the decoder, calibrated on the latents of training blocks.
///
/// # Errors
///
/// When a tensor is missing, has the wrong shape or a value that is not finite, or there are no latents.
pub fn decoder(tensors: &Tensors, latents: &[Latent]) -> Result<IntegerDecoder> {
    let FusedLayers {
        first,
        bias,
        second,
    } = FusedLayers::new(tensors, "decoder")?;
    let (bits, hidden) = first.shape();
    ensure!(
        bits == LATENT_BITS && second.ncols() == BLOCK_SAMPLES,
        "a decoder has {LATENT_BITS} bits and {BLOCK_SAMPLES} samples, not {bits} and {}",
        second.ncols()
    );
    ensure!(
        (1..=MAX_HIDDEN).contains(&hidden),
        "a decoder has at most {MAX_HIDDEN} hidden units, not {hidden}"
    );
    ensure!(!latents.is_empty(), "there are no blocks for calibration");
    let mut weights = first.iter().chain(&bias).chain(&second);
    ensure!(
        weights.all(|v| v.is_finite()),
        "the weights of the decoder are not all finite"
    );
    // Samples are planar in training and interleaved in the decoder, and in 0..255 there. [192, hidden]
    let to_samples = DMatrix::from_fn(BLOCK_SAMPLES, hidden, |k, j| {
        let (pixel, channel) = (k / 3, k % 3);
        255.0 * second[(j, channel * 64 + pixel)]
    });

    let (layer, units) = first_layer(&first, &bias, &column_scales(&to_samples));
    let slope = (SLOPE * 65536.0).round() as u16;
    let float = Activations::float(latents, &first, &bias);
    let integer = Activations::integer(latents, &layer, slope);
    let second = second_layer(&to_samples, &units, &float, &integer)?;
    Ok(IntegerDecoder {
        slope,
        first: layer,
        second,
    })
}

/// The first layer in fixed point, from its weights `[bits, hidden]` and the relative scales of the hidden units; and the value
/// of one unit of each activation.
fn first_layer(
    weights: &DMatrix<f64>,
    bias: &DVector<f64>,
    scales: &[f64],
) -> (IntegerLayer, DVector<f64>) {
    let (bits, hidden) = weights.shape();
    let reach = |j: usize| activation_reach(weights.column(j).iter(), bias[j]);
    let common = largest(
        (0..hidden).map(|j| reach(j) / (scales[j] * MAX_ACTIVATION)),
        f64::MIN_POSITIVE,
    );
    let steps: Vec<f64> = (0..hidden)
        .map(|j| {
            let weight = largest(weights.column(j).iter().map(|w| w.abs()), 0.0);
            let step = (weight / MAX_WEIGHT).max(bias[j].abs() / MAX_FIRST_BIAS);
            if step > 0.0 { step } else { 1.0 }
        })
        .collect();
    let ratio = |j: usize| steps[j] / (common * scales[j]);
    let (post, scale) = post_shift(largest((0..hidden).map(ratio), 0.0));
    let multiplier: Vec<u16> = (0..hidden)
        .map(|j| {
            let multiplier = (ratio(j) * scale).floor();
            multiplier.clamp(1.0, f64::from(MAX_MULTIPLIER)) as u16
        })
        .collect();
    let units = DVector::from_fn(hidden, |j, _| steps[j] * scale / f64::from(multiplier[j]));
    let mut integers = vec![0_i8; bits * hidden];
    for (j, step) in steps.iter().enumerate() {
        for (i, &weight) in weights.column(j).iter().enumerate() {
            let rounded = (weight / step).round().clamp(-MAX_WEIGHT, MAX_WEIGHT);
            integers[i * hidden + j] = rounded as i8;
        }
    }
    let layer = IntegerLayer {
        pre: 0,
        post,
        weights: integers,
        bias: bias
            .iter()
            .zip(&steps)
            .map(|(bias, step)| (bias / step).round() as i32)
            .collect(),
        multiplier,
    };
    (layer, units)
}

/// The largest magnitude of a hidden unit over all latents.
fn activation_reach<'a>(weights: impl Iterator<Item = &'a f64>, bias: f64) -> f64 {
    let (mut low, mut high) = (bias, bias);
    for &w in weights {
        low += w.min(0.0);
        high += w.max(0.0);
    }
    high.abs().max(low.abs())
}

/// The relative scales of the hidden units with which the columns of the second layer are equally large. Rows are normalized as
/// well, since each has a scale of its own.
fn column_scales(weights: &DMatrix<f64>) -> Vec<f64> {
    let inverse = |largest: f64| if largest > 0.0 { 1.0 / largest } else { 1.0 };
    let mut rows = vec![1.0; weights.nrows()];
    let mut columns = vec![1.0; weights.ncols()];
    for _ in 0..8 {
        for (row, weights) in rows.iter_mut().zip(weights.row_iter()) {
            let scaled = weights.iter().zip(&columns).map(|(w, s)| (w * s).abs());
            *row = inverse(largest(scaled, 0.0));
        }
        for (column, weights) in columns.iter_mut().zip(weights.column_iter()) {
            let scaled = weights.iter().zip(&rows).map(|(w, s)| (w * s).abs());
            *column = inverse(largest(scaled, 0.0));
        }
    }
    // The scale of a unit that hardly matters must not disturb the others.
    let mut sorted = columns.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    columns
        .iter()
        .map(|scale| scale.clamp(middle / 16.0, middle * 16.0))
        .collect()
}

/// The second layer in fixed point, from its weights `[192, hidden]`, the units of the activations, and the activations of the
/// float and of the integer decoder on some latents.
fn second_layer(
    weights: &DMatrix<f64>,
    units: &DVector<f64>,
    float: &Activations,
    integer: &Activations,
) -> Result<IntegerLayer> {
    // The weights for integer activations.
    let scaled = weights * DMatrix::from_diagonal(units);
    let row_largest: Vec<f64> = scaled
        .row_iter()
        .map(|row| largest(row.iter().map(|w| w.abs()), 0.0))
        .collect();
    let layer_largest = largest(row_largest.iter().copied(), f64::MIN_POSITIVE);
    // The scale of a row whose weights are almost zero is bounded from below.
    let steps: Vec<f64> = row_largest
        .iter()
        .map(|largest| largest.max(layer_largest / 4096.0) / MAX_WEIGHT)
        .collect();
    let finest = steps.iter().copied().fold(f64::INFINITY, f64::min);
    let needed = 255.0 * HEADROOM / finest / 32767.0;
    let pre = needed.log2().ceil().clamp(0.0, 15.0) as u8;
    let pre_scale = f64::from(1_u32 << pre);
    let (post, post_scale) = post_shift(layer_largest / MAX_WEIGHT * pre_scale);
    let scale = post_scale * pre_scale;
    let multiplier: Vec<u16> = steps
        .iter()
        .map(|step| (step * scale).ceil().clamp(1.0, f64::from(MAX_MULTIPLIER)) as u16)
        .collect();
    // The exact value of one unit of a sum, in samples.
    let steps = multiplier.iter().map(|&m| f64::from(m) / scale);

    let expected_means = weights * float.means();
    let means = integer.means();
    let rounder = Rounder::new(integer.moments())?;
    let mut integers = Vec::with_capacity(weights.len());
    let mut bias = Vec::with_capacity(weights.nrows());
    for ((row, step), expected) in scaled.row_iter().zip(steps).zip(&expected_means) {
        let row = rounder.round(row.iter().copied(), step);
        // With the bias, the mean over the calibration blocks is that of the float decoder. It also compensates for `>>`, which
        // rounds down by half a unit on average.
        let mean: f64 = row.iter().zip(&means).map(|(&w, m)| f64::from(w) * m).sum();
        let half = if pre > 0 { pre_scale / 2.0 } else { 0.0 };
        let limit = f64::from(MAX_BIAS);
        bias.push((expected / step - mean + half).round().clamp(-limit, limit) as i32);
        integers.extend(row);
    }
    Ok(IntegerLayer {
        pre,
        post,
        weights: integers,
        bias,
        multiplier,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensors::Values;
    use nice_data::random::split_mix;

    /// Random numbers of this magnitude.
    fn numbers(n: usize, seed: u64, size: f64) -> Vec<f64> {
        let unit =
            |i: usize| split_mix(seed ^ split_mix(i as u64)) as f64 / u64::MAX as f64 * 2.0 - 1.0;
        (0..n).map(|i| size * unit(i)).collect()
    }

    /// The tensors of a random decoder.
    fn random_decoder(hidden: usize) -> Tensors {
        let values = |shape: &[usize], seed, size| {
            let n = shape.iter().product();
            Values::new(
                shape,
                numbers(n, seed, size)
                    .into_iter()
                    .map(|v| v as f32)
                    .collect(),
            )
        };
        Tensors::from([
            ("decoder.first.weight".into(), values(&[48, hidden], 1, 0.3)),
            (
                "decoder.second.weight".into(),
                values(&[hidden, hidden], 2, 0.2),
            ),
            ("decoder.second.bias".into(), values(&[hidden], 3, 0.2)),
            (
                "decoder.third.weight".into(),
                values(&[hidden, 192], 4, 0.05),
            ),
        ])
    }

    fn latents(n: usize) -> Vec<Latent> {
        (0..n as u64)
            .map(|i| split_mix(i).to_le_bytes()[..6].try_into().unwrap())
            .collect()
    }

    /// Samples of the float decoder in 0..255, interleaved, rounded and clamped.
    fn float_block(tensors: &Tensors, latent: &Latent) -> Vec<f64> {
        let FusedLayers {
            first,
            bias,
            second,
        } = FusedLayers::new(tensors, "decoder").unwrap();
        let hidden = Activations::float(&[*latent], &first, &bias).first();
        let planar = second.tr_mul(&hidden);
        (0..192)
            .map(|k| {
                (255.0 * planar[k % 3 * 64 + k / 3])
                    .round()
                    .clamp(0.0, 255.0)
            })
            .collect()
    }

    #[test]
    fn the_integer_decoder_stays_within_a_level_or_two_of_the_float_one() {
        for hidden in [1, 7, 64] {
            let tensors = random_decoder(hidden);
            let file = decoder(&tensors, &latents(2000))
                .unwrap()
                .to_file("test")
                .unwrap();
            let integer = nice_decode::Model::from_bytes(&file).unwrap();
            let (mut squares, mut count) = (0.0, 0);
            for latent in latents(300) {
                let mut block = [0; 192];
                integer.block(&latent, &mut block);
                for (float, &got) in float_block(&tensors, &latent).iter().zip(&block) {
                    squares += (float - f64::from(got)).powi(2);
                    count += 1;
                }
            }
            let rms = (squares / f64::from(count)).sqrt();
            assert!(rms < 1.5, "hidden {hidden}: {rms} levels");
        }
    }

    #[test]
    fn a_large_bias_and_an_unused_unit_do_no_harm() {
        let mut tensors = random_decoder(8);
        tensors.get_mut("decoder.second.bias").unwrap().values[0] = 500.0;
        for row in tensors
            .get_mut("decoder.second.weight")
            .unwrap()
            .values
            .chunks_mut(8)
        {
            (row[0], row[1]) = (1e-3, 0.0);
        }
        for value in &mut tensors.get_mut("decoder.third.weight").unwrap().values[..192] {
            *value = 1e-3;
        }
        let file = decoder(&tensors, &latents(500))
            .unwrap()
            .to_file("test")
            .unwrap();
        let integer = nice_decode::Model::from_bytes(&file).unwrap();
        let latent = latents(1)[0];
        let mut block = [0; 192];
        integer.block(&latent, &mut block);
        for (float, &got) in float_block(&tensors, &latent).iter().zip(&block) {
            assert!(
                (float - f64::from(got)).abs() <= 4.0,
                "{float} became {got}"
            );
        }
    }

    #[test]
    fn weights_that_are_not_finite_or_have_a_wrong_shape_are_refused() {
        let mut tensors = random_decoder(8);
        tensors.get_mut("decoder.third.weight").unwrap().values[5] = f32::NAN;
        assert!(
            decoder(&tensors, &latents(10))
                .unwrap_err()
                .to_string()
                .contains("finite")
        );
        assert!(
            decoder(&random_decoder(513), &latents(10))
                .unwrap_err()
                .to_string()
                .contains("512")
        );
        assert!(decoder(&random_decoder(8), &[]).is_err());
        tensors.remove("decoder.third.weight");
        assert!(
            decoder(&tensors, &latents(10))
                .unwrap_err()
                .to_string()
                .contains("decoder.third.weight")
        );
    }
}
