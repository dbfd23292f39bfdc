//! The history of a run: a row for each validation, kept in the checkpoint and written as `metrics.csv`.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// The figures of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The optimizer steps so far.
    pub step: u64,
    /// The mean training loss since the previous row.
    pub train_loss: f64,
    /// The mean squared error on the validation blocks, with samples in 0..1 that are not clamped.
    pub validation_loss: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// The seconds of training so far, including those before the run was resumed.
    pub seconds: f64,
    /// The training blocks per second since the previous row.
    pub blocks_per_second: f64,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "[{}] loss {:.6}  validation {:.6}  {:.2} dB",
            self.step,
            self.train_loss,
            self.validation_loss,
            decibels(self.validation_loss)
        )
    }
}

/// The PSNR in dB of a mean squared error of samples in 0..1.
pub fn decibels(mean_squared_error: f64) -> f64 {
    -10.0 * mean_squared_error.log10()
}

/// The rows as comma-separated values, after a header line.
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
        .expect("writing to a String cannot fail");
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
