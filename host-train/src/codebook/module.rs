//! What burn differentiates: the tables as parameters, and the blocks that given codes make of them.
//!
//! Blocks and rows are in the coordinates of [`tools::codebook::coordinates`], in which a mirrored row is the row with some
//! signs changed and a transposed one the row in another order.

use burn::module::{Module, Param};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Int, Tensor, TensorData};
use nice_decode::format::Stage;
use tools::codebook::coordinates::{self, PART};
use tools::codebook::{Coordinates, DIMENSIONS, Picks, Tables};

use crate::tensors::Values;

/// The base rows are this times their parameter. Adam moves every parameter at about the same rate, and rows of unit size should
/// move faster than whole blocks and gains.
const BASE_SCALE: f32 = 0.1;

/// The gains are this times their parameter.
const GAIN_SCALE: f32 = 0.05;

/// The smallest gain.
const LEAST_GAIN: f32 = 1e-3;

/// The tables of a codebook as parameters.
#[derive(Module, Debug)]
pub struct Codebook<B: Backend> {
    /// `[base rows, 96]`
    base: Param<Tensor<B, 2>>,
    /// `[base rows, 1]`
    gains: Param<Tensor<B, 2>>,
    /// `[residual rows of all stages, 96]`
    rows: Param<Tensor<B, 2>>,
}

/// The codes of a batch: which rows, turned in which of the 16 ways.
#[derive(Clone, Debug)]
pub struct Codes<B: Backend> {
    /// `[batch]`, without the transposition
    gain: Tensor<B, 1, Int>,
    /// `[batch]`, among the base rows and, after them, the same transposed
    base: Tensor<B, 1, Int>,
    /// `[batch]`
    base_turn: Tensor<B, 1, Int>,
    /// `[batch * residual stages]`, among the residual rows and, after them, the same transposed
    rows: Tensor<B, 1, Int>,
    /// `[batch * residual stages]`
    turns: Tensor<B, 1, Int>,
}

/// What rounding adds to the tables.
#[derive(Clone, Debug)]
pub struct Rounding<B: Backend> {
    base: Tensor<B, 2>,
    gains: Tensor<B, 2>,
    rows: Tensor<B, 2>,
}

/// What does not change from step to step.
#[derive(Clone, Debug)]
pub struct Constants<B: Backend> {
    /// The signs of a row turned in each of the 16 ways, `[16, 96]`.
    signs: Tensor<B, 2>,
    /// Where a coordinate comes from when a row is transposed, `[96]`.
    across: Tensor<B, 1, Int>,
}

impl<B: Backend> Constants<B> {
    /// Puts them on the device.
    pub fn new(device: &B::Device) -> Self {
        let signs: Vec<f32> = (0..16 * DIMENSIONS)
            .map(|at| {
                let (turn, at) = ((at / DIMENSIONS) as u8, at % DIMENSIONS);
                let from = if turn & 4 == 0 {
                    at
                } else {
                    coordinates::across(at)
                };
                let sign = coordinates::sign(turn, from / PART);
                if turn & 8 == 0 { sign } else { -sign }
            })
            .collect();
        let across: Vec<i32> = (0..DIMENSIONS)
            .map(|at| coordinates::across(at) as i32)
            .collect();
        Self {
            signs: Tensor::from_data(TensorData::new(signs, [16, DIMENSIONS]), device),
            across: Tensor::from_data(TensorData::new(across, [DIMENSIONS]), device),
        }
    }
}

impl<B: Backend> Codes<B> {
    /// Puts the picks of a batch on the device.
    pub fn new(picks: &[Picks], stages: &[Stage], device: &B::Device) -> Self {
        let base_rows = stages[0].rows(true).unwrap_or_default();
        let starts: Vec<usize> = stages[1..]
            .iter()
            .scan(0, |end, stage| {
                let start = *end;
                *end += stage.rows(false).unwrap_or_default();
                Some(start)
            })
            .collect();
        let all: usize = stages[1..]
            .iter()
            .filter_map(|stage| stage.rows(false))
            .sum();
        let ints = |values: Vec<i32>| {
            let count = values.len();
            Tensor::from_data(TensorData::new(values, [count]), device)
        };
        let transposed = |turn: u8, rows: usize| if turn & 4 == 0 { 0 } else { rows };
        let residuals = || {
            picks
                .iter()
                .flat_map(|picks| picks[1..].iter().zip(&starts))
        };
        Self {
            gain: ints(picks.iter().map(|picks| i32::from(picks[0].row)).collect()),
            base: ints(
                picks
                    .iter()
                    .map(|picks| {
                        (usize::from(picks[0].row) + transposed(picks[0].turn, base_rows)) as i32
                    })
                    .collect(),
            ),
            base_turn: ints(picks.iter().map(|picks| i32::from(picks[0].turn)).collect()),
            rows: ints(
                residuals()
                    .map(|(pick, start)| {
                        (start + usize::from(pick.row) + transposed(pick.turn, all)) as i32
                    })
                    .collect(),
            ),
            turns: ints(
                residuals()
                    .map(|(pick, _)| i32::from(pick.turn) | i32::from(pick.negative) << 3)
                    .collect(),
            ),
        }
    }
}

impl<B: Backend> Codebook<B> {
    /// Parameters for these tables.
    pub fn new(tables: &Tables, device: &B::Device) -> Self {
        let [base, gains, rows] = values(tables);
        Self {
            base: Param::from_tensor(base.to_device(device)),
            gains: Param::from_tensor(gains.to_device(device)),
            rows: Param::from_tensor(rows.to_device(device)),
        }
    }

    /// The same parameters, as the optimizer knows them, with the values of other tables.
    pub fn replaced(&self, tables: &Tables, device: &B::Device) -> Self
    where
        B: AutodiffBackend,
    {
        let [base, gains, rows] = values(tables);
        let put = |param: &Param<Tensor<B, 2>>, values: &Values| {
            Param::initialized(param.id, values.to_device::<B, 2>(device).require_grad())
        };
        Self {
            base: put(&self.base, &base),
            gains: put(&self.gains, &gains),
            rows: put(&self.rows, &rows),
        }
    }

    /// The tables that the parameters stand for.
    pub fn tables(&self, stages: &[Stage]) -> Tables {
        let rows = |tensor: Tensor<B, 2>, scale: f32| -> Vec<Coordinates> {
            let values = Values::from_device(tensor).values;
            let (rows, _) = values.as_chunks::<DIMENSIONS>();
            rows.iter()
                .map(|row| row.map(|value| value * scale))
                .collect()
        };
        let mut all = rows(self.rows.val(), 1.0).into_iter();
        Tables {
            stages: stages.to_vec(),
            base: rows(self.base.val(), BASE_SCALE),
            gains: Values::from_device(self.gains.val())
                .values
                .iter()
                .map(|gain| (gain * GAIN_SCALE).max(LEAST_GAIN))
                .collect(),
            residuals: stages[1..]
                .iter()
                .map(|stage| {
                    all.by_ref()
                        .take(stage.rows(false).unwrap_or_default())
                        .collect()
                })
                .collect(),
        }
    }

    /// The blocks that the codes of a batch make: `[batch, 96]`.
    ///
    /// Where rounding is given, the tables are rounded on the way forward and not on the way back.
    pub fn decode(
        &self,
        codes: Codes<B>,
        constants: &Constants<B>,
        rounding: Option<&Rounding<B>>,
    ) -> Tensor<B, 2> {
        let mut base = self.base.val() * BASE_SCALE; // [base rows, 96]
        let mut gains = self.gains.val() * GAIN_SCALE; // [base rows, 1]
        let mut rows = self.rows.val(); // [rows, 96]
        if let Some(rounding) = rounding {
            base = base + rounding.base.clone();
            gains = gains + rounding.gains.clone();
            rows = rows + rounding.rows.clone();
        }
        let [batch] = codes.gain.dims();
        let turned = |table: Tensor<B, 2>, index: Tensor<B, 1, Int>, turn: Tensor<B, 1, Int>| {
            let across = table.clone().select(1, constants.across.clone());
            let both = Tensor::cat(vec![table, across], 0); // [2 * rows, 96]
            both.select(0, index) * constants.signs.clone().select(0, turn) // [picks, 96]
        };
        let base = turned(base, codes.base, codes.base_turn); // [batch, 96]
        let gain = gains.select(0, codes.gain); // [batch, 1]
        let rows = turned(rows, codes.rows, codes.turns); // [batch * stages, 96]
        let [picks, _] = rows.dims();
        let sums = rows
            .reshape([batch, picks / batch.max(1), DIMENSIONS])
            .sum_dim(1)
            .reshape([batch, DIMENSIONS]); // [batch, 96]
        base + sums * gain
    }
}

impl<B: AutodiffBackend> Codebook<B> {
    /// The squared error of a batch of blocks, a block: `[1]`.
    pub fn loss(
        &self,
        blocks: Tensor<B, 2>,
        codes: Codes<B>,
        constants: &Constants<B>,
        rounding: Option<&Rounding<B>>,
    ) -> Tensor<B, 1> {
        let error = self.decode(codes, constants, rounding) - blocks; // [batch, 96]
        error.powi_scalar(2).sum_dim(1).mean() // [1]
    }
}

impl<B: Backend> Rounding<B> {
    /// What has to be added to `tables` to make them `rounded`.
    pub fn new(tables: &Tables, rounded: &Tables, device: &B::Device) -> Self {
        let [base, gains, rows] = values(tables);
        let [base_rounded, gains_rounded, rows_rounded] = values(rounded);
        let difference = |from: Values, to: Values, scale: f32| {
            let values = from
                .values
                .iter()
                .zip(&to.values)
                .map(|(from, to)| (to - from) * scale);
            Values::new(&from.shape, values.collect()).to_device(device)
        };
        Self {
            base: difference(base, base_rounded, BASE_SCALE),
            gains: difference(gains, gains_rounded, GAIN_SCALE),
            rows: difference(rows, rows_rounded, 1.0),
        }
    }
}

/// The values of the parameters that stand for tables.
fn values(tables: &Tables) -> [Values; 3] {
    let flat = |rows: &mut dyn Iterator<Item = &Coordinates>, scale: f32| {
        let values: Vec<f32> = rows.flatten().map(|value| value / scale).collect();
        Values::new(&[values.len() / DIMENSIONS, DIMENSIONS], values)
    };
    let gains: Vec<f32> = tables.gains.iter().map(|gain| gain / GAIN_SCALE).collect();
    [
        flat(&mut tables.base.iter(), BASE_SCALE),
        Values::new(&[gains.len(), 1], gains),
        flat(&mut tables.residuals.iter().flatten(), 1.0),
    ]
}
