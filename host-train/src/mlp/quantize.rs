//! Turns the float decoder into the fixed-point network of FORMAT.md.
//!
//! Three freedoms make the eight-bit weights go far:
//! - nothing stands between the first two linear layers, so they are multiplied into one before rounding;
//! - the LeakyReLU commutes with positive factors, so every hidden unit may be counted in a unit of its own. The
//!   units are chosen so that the columns of the last layer are equally large, which wastes no bit of a row's one
//!   scale, and so that every first multiplier is a whole number exactly;
//! - the rounding of the last layer is done one hidden unit at a time, and what a rounding does to the sum is made
//!   up for by the weights still to come, weighted by how the hidden units vary together on training blocks
//!   (optimal brain surgeon's update; Hassibi and Stork 1993, Frantar et al. 2022).

use anyhow::{Result, ensure};
use nice_decode::format::{
    Body, Layer, MAX_BIAS, MAX_HIDDEN, MAX_MULTIPLIER, MAX_POST_SHIFT, Model, Network,
};
use tools::encoder::EncoderNetwork;

use super::network::{SAMPLES, SLOPE};
use crate::tensors::{Tensors, Values, find};

/// Largest magnitude of a hidden activation.
const ACTIVATION: f64 = 32767.0;

/// Largest magnitude of a weight.
const WEIGHT: f64 = 127.0;

/// How far above 255 a sample may be before the intermediate clamp takes it for less than it is.
const HEADROOM: f64 = 2.0;

/// A matrix in row-major order.
#[derive(Clone, Debug, PartialEq)]
struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            values: vec![0.0; rows * columns],
        }
    }

    fn of(values: &Values) -> Result<Self> {
        ensure!(
            values.shape.len() == 2,
            "a weight of shape {:?} is no matrix",
            values.shape
        );
        let (rows, columns) = (values.shape[0], values.shape[1]);
        Ok(Self {
            rows,
            columns,
            values: values.values.iter().map(|&v| f64::from(v)).collect(),
        })
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..][..self.columns]
    }

    fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.columns..][..self.columns]
    }

    fn transposed(&self) -> Self {
        let mut out = Self::zeros(self.columns, self.rows);
        for r in 0..self.rows {
            for (c, &value) in self.row(r).iter().enumerate() {
                out.values[c * self.rows + r] = value;
            }
        }
        out
    }

    fn times(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.rows);
        let mut out = Self::zeros(self.rows, other.columns);
        for r in 0..self.rows {
            let into = &mut out.values[r * other.columns..][..other.columns];
            for (k, &a) in self.row(r).iter().enumerate() {
                into.iter_mut()
                    .zip(other.row(k))
                    .for_each(|(o, &b)| *o += a * b);
            }
        }
        out
    }
}

/// One half of the trained network with its first two layers multiplied into one.
struct Fused {
    /// `[inputs, hidden]`.
    first: Matrix,
    /// `[hidden]`.
    bias: Vec<f64>,
    /// `[hidden, outputs]`.
    second: Matrix,
}

impl Fused {
    fn of(tensors: &Tensors, half: &str) -> Result<Self> {
        let part = |name: &str| find(tensors, &format!("{half}.{name}"));
        let (one, two) = (
            Matrix::of(part("first.weight")?)?,
            Matrix::of(part("second.weight")?)?,
        );
        ensure!(
            one.columns == two.rows,
            "the first two layers of the {half} do not fit each other"
        );
        let bias = part("second.bias")?
            .values
            .iter()
            .map(|&v| f64::from(v))
            .collect();
        Ok(Self {
            first: one.times(&two),
            bias,
            second: Matrix::of(part("third.weight")?)?,
        })
    }
}

/// The encoder in the form that `nice encode` runs.
pub fn encoder(tensors: &Tensors) -> Result<EncoderNetwork> {
    let fused = Fused::of(tensors, "encoder")?;
    let floats = |values: &[f64]| -> Vec<f32> { values.iter().map(|&v| v as f32).collect() };
    EncoderNetwork::new(
        fused.bias.len(),
        SLOPE as f32,
        &floats(&fused.first.values),
        &floats(&fused.bias),
        &floats(&fused.second.values),
    )
}

/// A layer whose tables are owned.
#[derive(Clone, Debug)]
struct OwnedLayer {
    pre: u8,
    post: u8,
    weights: Vec<i8>,
    bias: Vec<i32>,
    multiplier: Vec<u16>,
}

/// The fixed-point decoder, ready to be written.
#[derive(Clone, Debug)]
pub struct QuantizedDecoder {
    slope: u16,
    first: OwnedLayer,
    second: OwnedLayer,
}

impl QuantizedDecoder {
    /// The decoder file for this decoder under a name of at most 32 ASCII characters.
    pub fn to_file(&self, name: &str) -> Result<Vec<u8>> {
        let bytes = |layer: &OwnedLayer| {
            (
                layer.weights.iter().map(|&w| w as u8).collect::<Vec<u8>>(),
                layer
                    .bias
                    .iter()
                    .flat_map(|b| b.to_le_bytes())
                    .collect::<Vec<u8>>(),
                layer
                    .multiplier
                    .iter()
                    .flat_map(|m| m.to_le_bytes())
                    .collect::<Vec<u8>>(),
            )
        };
        let (first, second) = (bytes(&self.first), bytes(&self.second));
        fn layer<'a>(owned: &OwnedLayer, bytes: &'a (Vec<u8>, Vec<u8>, Vec<u8>)) -> Layer<'a> {
            Layer {
                pre: owned.pre,
                post: owned.post,
                weights: &bytes.0,
                bias: &bytes.1,
                multiplier: &bytes.2,
            }
        }
        tools::model_file::to_bytes(&Model {
            name,
            body: Body::Network(Network {
                bits: nice_decode::LATENT_BITS as u8,
                hidden: u16::try_from(self.first.bias.len())?,
                slope: self.slope,
                first: layer(&self.first, &first),
                second: layer(&self.second, &second),
            }),
        })
    }
}

/// The largest post shift with which no multiplier overflows, and how much it multiplies by.
fn post_shift(largest: f64) -> (u8, f64) {
    let fits = |post: &u8| largest * f64::from(1u32 << post) <= f64::from(MAX_MULTIPLIER);
    let post = (1..=MAX_POST_SHIFT).rev().find(fits).unwrap_or(1);
    (post, f64::from(1u32 << post))
}

/// Quantizes the decoder among `tensors`, with the latents of training blocks to calibrate on.
pub fn decoder(tensors: &Tensors, latents: &[nice_decode::Latent]) -> Result<QuantizedDecoder> {
    let Fused {
        first,
        bias,
        second,
    } = Fused::of(tensors, "decoder")?;
    let (bits, hidden) = (first.rows, first.columns);
    ensure!(
        bits == nice_decode::LATENT_BITS && second.columns == SAMPLES,
        "a decoder file holds {} bits and {SAMPLES} samples, not {bits} and {}",
        nice_decode::LATENT_BITS,
        second.columns
    );
    ensure!(
        (1..=MAX_HIDDEN).contains(&hidden),
        "a decoder file holds at most {MAX_HIDDEN} hidden units, and this decoder has {hidden}"
    );
    ensure!(!latents.is_empty(), "there are no blocks to calibrate on");
    let finite = first
        .values
        .iter()
        .chain(&bias)
        .chain(&second.values)
        .all(|v| v.is_finite());
    ensure!(finite, "the decoder's weights are not all finite numbers");
    // Sample order: planar while training, interleaved in the file; samples in 0..255. [192, hidden]
    let wide = {
        let planar = second.transposed();
        let mut wide = Matrix::zeros(SAMPLES, hidden);
        for k in 0..SAMPLES {
            let (pixel, channel) = (k / 3, k % 3);
            let from = planar.row(channel * 64 + pixel);
            wide.row_mut(k)
                .iter_mut()
                .zip(from)
                .for_each(|(w, &f)| *w = 255.0 * f);
        }
        wide
    };

    let columns = first.transposed(); // [hidden, bits]
    let reach: Vec<f64> = (0..hidden)
        .map(|j| reach(columns.row(j), bias[j]))
        .collect();
    let share = column_units(&wide);
    let common = (0..hidden)
        .map(|j| reach[j] / (share[j] * ACTIVATION))
        .fold(f64::MIN_POSITIVE, f64::max);

    // First layer.
    let steps: Vec<f64> = (0..hidden)
        .map(|j| {
            let largest = columns.row(j).iter().fold(0.0, |m: f64, w| m.max(w.abs()));
            // The sum has to stay within sixteen bits, the bias with it.
            let step = (largest / WEIGHT).max(bias[j].abs() / 24_000.0);
            if step > 0.0 { step } else { 1.0 }
        })
        .collect();
    let ratio = |j: usize| steps[j] / (common * share[j]);
    let (post, scale) = post_shift((0..hidden).map(ratio).fold(0.0, f64::max));
    let multiplier: Vec<u16> = (0..hidden)
        .map(|j| {
            (ratio(j) * scale)
                .floor()
                .clamp(1.0, f64::from(MAX_MULTIPLIER)) as u16
        })
        .collect();
    // What an activation of one is worth, exactly.
    let unit: Vec<f64> = (0..hidden)
        .map(|j| steps[j] * scale / f64::from(multiplier[j]))
        .collect();
    let mut weights = vec![0i8; bits * hidden];
    for j in 0..hidden {
        for (i, &w) in columns.row(j).iter().enumerate() {
            weights[i * hidden + j] = (w / steps[j]).round().clamp(-WEIGHT, WEIGHT) as i8;
        }
    }
    let first = OwnedLayer {
        pre: 0,
        post,
        weights,
        bias: (0..hidden)
            .map(|j| (bias[j] / steps[j]).round() as i32)
            .collect(),
        multiplier,
    };
    let slope = (SLOPE * 65536.0).round() as u16;

    // Second layer, on the activations that the first one really makes.
    let exact = Calibration::exact(latents, &columns, &bias);
    let real = Calibration::fixed(latents, &first, slope);
    let second = second_layer(&wide, &unit, &exact, &real)?;
    Ok(QuantizedDecoder {
        slope,
        first,
        second,
    })
}

/// The largest magnitude that a hidden unit has over all latents.
fn reach(weights: &[f64], bias: f64) -> f64 {
    let (mut low, mut high) = (bias, bias);
    for &w in weights {
        low += w.min(0.0);
        high += w.max(0.0);
    }
    high.abs().max(low.abs())
}

/// Relative units of the hidden activations that make the columns of the last layer equally large, with rows
/// brought to the same size as well since each row has a scale of its own.
fn column_units(wide: &Matrix) -> Vec<f64> {
    let mut rows = vec![1.0; wide.rows];
    let mut units = vec![1.0; wide.columns];
    for _ in 0..8 {
        for (k, row) in rows.iter_mut().enumerate() {
            let largest = wide
                .row(k)
                .iter()
                .zip(&units)
                .fold(0.0, |m: f64, (w, u)| m.max((w * u).abs()));
            *row = if largest > 0.0 { 1.0 / largest } else { 1.0 };
        }
        for (j, unit) in units.iter_mut().enumerate() {
            let largest =
                (0..wide.rows).fold(0.0, |m: f64, k| m.max((wide.row(k)[j] * rows[k]).abs()));
            *unit = if largest > 0.0 { 1.0 / largest } else { 1.0 };
        }
    }
    // A unit that hardly matters must not count in steps so coarse, or so fine, that it disturbs the rest.
    let mut sorted = units.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    units
        .iter()
        .map(|u| u.clamp(middle / 16.0, middle * 16.0))
        .collect()
}

/// Hidden activations over the calibration latents, one row a latent.
struct Calibration(Matrix);

impl Calibration {
    /// What the float decoder has, in its own units.
    fn exact(latents: &[nice_decode::Latent], columns: &Matrix, bias: &[f64]) -> Self {
        let rows = columns.transposed(); // [bits, hidden]
        let mut all = Matrix::zeros(latents.len(), bias.len());
        for (n, latent) in latents.iter().enumerate() {
            let into = all.row_mut(n);
            into.copy_from_slice(bias);
            for i in set_bits(latent) {
                into.iter_mut().zip(rows.row(i)).for_each(|(h, w)| *h += w);
            }
            into.iter_mut()
                .for_each(|h| *h = if *h >= 0.0 { *h } else { *h * SLOPE });
        }
        Self(all)
    }

    /// What the fixed-point decoder has, in its activations' units: the arithmetic of FORMAT.md.
    fn fixed(latents: &[nice_decode::Latent], layer: &OwnedLayer, slope: u16) -> Self {
        let hidden = layer.bias.len();
        let mut all = Matrix::zeros(latents.len(), hidden);
        let mut sums = vec![0i32; hidden];
        for (n, latent) in latents.iter().enumerate() {
            sums.copy_from_slice(&layer.bias);
            for i in set_bits(latent) {
                let weights = &layer.weights[i * hidden..][..hidden];
                sums.iter_mut()
                    .zip(weights)
                    .for_each(|(sum, &w)| *sum += i32::from(w));
            }
            for (j, into) in all.row_mut(n).iter_mut().enumerate() {
                let sum = (sums[j] >> layer.pre).clamp(-32768, 32767);
                let v =
                    (sum * i32::from(layer.multiplier[j]) + (1 << (layer.post - 1))) >> layer.post;
                let v = v.clamp(-32767, 32767);
                *into = f64::from(if v >= 0 {
                    v
                } else {
                    (v * i32::from(slope) + 32768) >> 16
                });
            }
        }
        Self(all)
    }

    /// Mean products of the activations, `[hidden, hidden]`.
    fn moments(&self) -> Matrix {
        let mut all = self.0.transposed().times(&self.0);
        all.values.iter_mut().for_each(|v| *v /= self.0.rows as f64);
        all
    }

    /// Mean of each activation.
    fn means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.0.columns];
        for n in 0..self.0.rows {
            means
                .iter_mut()
                .zip(self.0.row(n))
                .for_each(|(m, v)| *m += v);
        }
        means.iter_mut().for_each(|m| *m /= self.0.rows as f64);
        means
    }
}

fn set_bits(latent: &nice_decode::Latent) -> impl Iterator<Item = usize> {
    (0..nice_decode::LATENT_BITS).filter(|i| latent[i / 8] >> (i % 8) & 1 == 1)
}

fn second_layer(
    wide: &Matrix,
    unit: &[f64],
    exact: &Calibration,
    real: &Calibration,
) -> Result<OwnedLayer> {
    let hidden = wide.columns;
    // Weights for activations counted in their units.
    let mut scaled = wide.clone();
    for k in 0..SAMPLES {
        scaled
            .row_mut(k)
            .iter_mut()
            .zip(unit)
            .for_each(|(w, u)| *w *= u);
    }
    let largest: Vec<f64> = (0..SAMPLES)
        .map(|k| scaled.row(k).iter().fold(0.0, |m: f64, w| m.max(w.abs())))
        .collect();
    let top = largest.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    // A row that is all but zero takes the scale of a small one.
    let steps: Vec<f64> = largest
        .iter()
        .map(|l| l.max(top / 4096.0) / WEIGHT)
        .collect();
    let finest = steps.iter().copied().fold(f64::INFINITY, f64::min);
    let needed = 255.0 * HEADROOM / finest / 32767.0;
    let pre = needed.log2().ceil().clamp(0.0, 15.0) as u8;
    let (post, scale) = post_shift(top / WEIGHT * f64::from(1u32 << pre));
    let scale = scale * f64::from(1u32 << pre);
    let multiplier: Vec<u16> = steps
        .iter()
        .map(|s| (s * scale).ceil().clamp(1.0, f64::from(MAX_MULTIPLIER)) as u16)
        .collect();
    // What a sum of one is worth in samples, exactly.
    let steps: Vec<f64> = multiplier.iter().map(|&m| f64::from(m) / scale).collect();

    let means = real.means();
    let exact_means = exact.means();
    let rounder = Rounder::new(real.moments());
    let mut weights = Vec::with_capacity(SAMPLES * hidden);
    let mut bias = Vec::with_capacity(SAMPLES);
    for (k, &step) in steps.iter().enumerate() {
        let row = rounder.round(scaled.row(k), step);
        // The bias makes the mean over the calibration blocks what it is in floats, and makes up for `>>` rounding
        // down by half a step on average.
        let wanted: f64 = wide
            .row(k)
            .iter()
            .zip(&exact_means)
            .map(|(w, m)| w * m)
            .sum();
        let got: f64 = row.iter().zip(&means).map(|(&w, m)| f64::from(w) * m).sum();
        let half = if pre > 0 {
            f64::from(1u32 << (pre - 1))
        } else {
            0.0
        };
        let limit = f64::from(MAX_BIAS);
        bias.push((wanted / step - got + half).round().clamp(-limit, limit) as i32);
        weights.extend(row);
    }
    Ok(OwnedLayer {
        pre,
        post,
        weights,
        bias,
        multiplier,
    })
}

/// Rounds rows of weights so that the weights still to come make up for what each rounding does to the sum.
struct Rounder {
    /// Upper Cholesky factor of the inverse of the activations' moments.
    factor: Matrix,
}

impl Rounder {
    fn new(mut moments: Matrix) -> Self {
        let n = moments.rows;
        let mean = (0..n).map(|j| moments.row(j)[j]).sum::<f64>() / n as f64;
        // Units that never move would make the inverse infinite.
        (0..n).for_each(|j| moments.row_mut(j)[j] += 0.01 * mean.max(1e-9));
        let inverse = inverse(&moments);
        Self {
            factor: cholesky(&inverse).transposed(),
        }
    }

    fn round(&self, weights: &[f64], step: f64) -> Vec<i8> {
        let mut left = weights.to_vec();
        (0..left.len())
            .map(|j| {
                let rounded = (left[j] / step).round().clamp(-WEIGHT, WEIGHT);
                let factor = self.factor.row(j);
                let error = (left[j] - rounded * step) / factor[j];
                left[j..]
                    .iter_mut()
                    .zip(&factor[j..])
                    .for_each(|(w, f)| *w -= error * f);
                rounded as i8
            })
            .collect()
    }
}

/// The lower triangle whose product with its transpose is `a`, which must be symmetric and positive definite.
fn cholesky(a: &Matrix) -> Matrix {
    let n = a.rows;
    let mut l = Matrix::zeros(n, n);
    for r in 0..n {
        for c in 0..=r {
            let dot: f64 = l.row(r)[..c]
                .iter()
                .zip(&l.row(c)[..c])
                .map(|(x, y)| x * y)
                .sum();
            let rest = a.row(r)[c] - dot;
            l.row_mut(r)[c] = if r == c {
                rest.max(1e-300).sqrt()
            } else {
                rest / l.row(c)[c]
            };
        }
    }
    l
}

/// The inverse of a symmetric positive definite matrix.
fn inverse(a: &Matrix) -> Matrix {
    let n = a.rows;
    let l = cholesky(a);
    // The inverse of the triangle, column by column, then its transpose times itself.
    let mut inverse_l = Matrix::zeros(n, n);
    for c in 0..n {
        for r in c..n {
            let unit = if r == c { 1.0 } else { 0.0 };
            let dot: f64 = (c..r).map(|k| l.row(r)[k] * inverse_l.row(k)[c]).sum();
            inverse_l.row_mut(r)[c] = (unit - dot) / l.row(r)[r];
        }
    }
    inverse_l.transposed().times(&inverse_l)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shuffle::mix;

    fn numbers(n: usize, seed: u64, size: f64) -> Vec<f64> {
        let unit = |i: usize| mix(seed ^ mix(i as u64)) as f64 / u64::MAX as f64 * 2.0 - 1.0;
        (0..n).map(|i| size * unit(i)).collect()
    }

    fn a_decoder(hidden: usize) -> Tensors {
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

    fn latents(n: usize) -> Vec<nice_decode::Latent> {
        (0..n as u64)
            .map(|i| mix(i).to_le_bytes()[..6].try_into().unwrap())
            .collect()
    }

    /// Samples of the float decoder in 0..255, interleaved, rounded and clamped.
    fn float_block(tensors: &Tensors, latent: &nice_decode::Latent) -> Vec<f64> {
        let Fused {
            first,
            bias,
            second,
        } = Fused::of(tensors, "decoder").unwrap();
        let hidden = Calibration::exact(&[*latent], &first.transposed(), &bias).0;
        let planar = hidden.times(&second);
        (0..192)
            .map(|k| {
                (255.0 * planar.values[k % 3 * 64 + k / 3])
                    .round()
                    .clamp(0.0, 255.0)
            })
            .collect()
    }

    #[test]
    fn the_integer_decoder_stays_within_a_level_or_two_of_the_float_one() {
        for hidden in [1, 7, 64] {
            let tensors = a_decoder(hidden);
            let file = decoder(&tensors, &latents(2000))
                .unwrap()
                .to_file("test")
                .unwrap();
            let integer = nice_decode::Decoder::from_bytes(&file).unwrap();
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
    fn a_large_bias_and_a_dead_unit_do_no_harm() {
        let mut tensors = a_decoder(8);
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
        let integer = nice_decode::Decoder::from_bytes(&file).unwrap();
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
    fn weights_that_are_not_numbers_or_do_not_fit_are_refused() {
        let mut tensors = a_decoder(8);
        tensors.get_mut("decoder.third.weight").unwrap().values[5] = f32::NAN;
        assert!(
            decoder(&tensors, &latents(10))
                .unwrap_err()
                .to_string()
                .contains("finite")
        );
        assert!(
            decoder(&a_decoder(513), &latents(10))
                .unwrap_err()
                .to_string()
                .contains("512")
        );
        assert!(decoder(&a_decoder(8), &[]).is_err());
        tensors.remove("decoder.third.weight");
        assert!(
            decoder(&tensors, &latents(10))
                .unwrap_err()
                .to_string()
                .contains("decoder.third.weight")
        );
    }

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        let half = Matrix {
            rows: 6,
            columns: 6,
            values: numbers(36, 8, 1.0),
        };
        let mut a = half.transposed().times(&half);
        (0..6).for_each(|j| a.row_mut(j)[j] += 0.5);
        let product = inverse(&a).times(&a);
        for r in 0..6 {
            for c in 0..6 {
                let one = if r == c { 1.0 } else { 0.0 };
                assert!((product.row(r)[c] - one).abs() < 1e-9);
            }
        }
    }
}
