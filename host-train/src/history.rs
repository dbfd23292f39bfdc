//! What a run measured along the way: one row a validation, kept in the checkpoint and written as metrics.csv.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// What was measured at one validation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Optimizer steps done.
    pub step: u64,
    /// Mean training loss since the row before.
    pub train_loss: f64,
    /// Mean squared error on the validation blocks, samples in 0..1, not clamped.
    pub validation_loss: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// Seconds trained so far, all sittings together.
    pub seconds: f64,
    /// Training blocks a second since the row before.
    pub blocks_per_second: f64,
}

/// PSNR in dB of a mean squared error of samples in 0..1.
pub fn decibels(mean_squared_error: f64) -> f64 {
    -10.0 * mean_squared_error.log10()
}

/// The rows as comma-separated values under a line of names.
pub fn csv(rows: &[Row]) -> String {
    let mut text =
        "step,train_loss,validation_loss,validation_psnr_db,learning_rate,seconds,blocks_per_second\n".to_owned();
    for row in rows {
        writeln!(
            text,
            "{},{:.8},{:.8},{:.4},{:.4e},{:.2},{:.0}",
            row.step,
            row.train_loss,
            row.validation_loss,
            decibels(row.validation_loss),
            row.learning_rate,
            row.seconds,
            row.blocks_per_second,
        )
        .expect("a String takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_value_for_every_name() {
        let row = Row {
            step: 1000,
            train_loss: 0.004,
            validation_loss: 0.001,
            learning_rate: 1e-3,
            seconds: 12.5,
            blocks_per_second: 99_999.6,
        };
        let text = csv(&[row]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[1],
            "1000,0.00400000,0.00100000,30.0000,1.0000e-3,12.50,100000"
        );
        assert_eq!(lines[0].split(',').count(), lines[1].split(',').count());
    }
}
