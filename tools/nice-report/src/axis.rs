//! Axes: where values are in a drawing, and round numbers for their ticks.

/// A linear map from values to positions.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// The value at `start`.
    pub from: f64,
    /// The value at `end`.
    pub to: f64,
    /// The position of `from`.
    pub start: f64,
    /// The position of `to`.
    pub end: f64,
}

impl Axis {
    /// The position of a value.
    pub fn position(&self, value: f64) -> f64 {
        self.start + (value - self.from) / (self.to - self.from) * (self.end - self.start)
    }
}

/// The smallest round number (1, 2 or 5 times a power of ten) that divides a range into at most `count` steps.
pub fn step(range: f64, count: u32) -> f64 {
    let rough = range / f64::from(count);
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|round| round * power)
        .into_iter()
        .find(|&step| step >= rough)
        .unwrap_or(rough)
}

/// Round numbers in `low..=high`, about `count` of them.
pub fn ticks(low: f64, high: f64, count: u32) -> Vec<f64> {
    let step = step(high - low, count);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(|i| i as f64 * step).collect()
}

/// Round numbers in `10^low..=10^high` for a logarithmic axis: at least four, if two digits are enough for that.
pub fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    const CHOICES: [&[f64]; 6] = [
        &[1.0],
        &[1.0, 3.0],
        &[1.0, 2.0, 5.0],
        &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
        &[
            1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0,
        ],
        &[
            1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2,
            3.4, 3.6, 3.8, 4.0, 4.2, 4.4, 4.6, 4.8, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0,
            9.5,
        ],
    ];
    let mut found = Vec::new();
    for choice in CHOICES {
        found = (low.floor() as i32..=high.floor() as i32)
            .flat_map(|decade| choice.iter().map(move |m| m * 10f64.powi(decade)))
            .filter(|tick| (low..=high).contains(&tick.log10()))
            .collect();
        if found.len() >= 4 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_maps_its_ends_to_its_positions() {
        let axis = Axis {
            from: 2.0,
            to: 4.0,
            start: 100.0,
            end: 0.0,
        };
        assert_eq!(
            [2.0, 3.0, 4.0].map(|value| axis.position(value)),
            [100.0, 50.0, 0.0]
        );
    }

    #[test]
    fn steps_are_round() {
        for (range, round) in [(10.0, 2.0), (11.0, 5.0), (0.9, 0.2), (100.0, 20.0)] {
            assert!((step(range, 5) - round).abs() < 1e-9, "{range}");
        }
        assert_eq!(
            ticks(0.0, 3000.0, 6),
            [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0]
        );
    }

    #[test]
    fn the_ticks_of_a_logarithmic_axis_are_round_and_within_its_range() {
        assert_eq!(log_ticks(-3.0, 0.0), [0.001, 0.01, 0.1, 1.0]);
        for (low, high) in [(-2.5, -1.9), (-2.41, -2.3), (-8.0, 2.0)] {
            let ticks = log_ticks(low, high);
            assert!(ticks.len() >= 3, "{ticks:?}");
            assert!(
                ticks
                    .iter()
                    .all(|tick| (low..=high).contains(&tick.log10())),
                "{ticks:?}"
            );
        }
    }
}
