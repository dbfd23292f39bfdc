//! Squared error between 8-bit samples, and the PSNR of any number of pictures pooled.

/// The sum of squared differences of two equally long runs of samples.
///
/// # Panics
///
/// When the lengths differ: an error over part of a picture would be read as that of the whole.
pub fn squared_error(a: &[u8], b: &[u8]) -> u64 {
    assert_eq!(a.len(), b.len(), "samples to compare differ in number");
    // 65,536 squares of at most 255 * 255 fit in 32 bits, and 32-bit sums vectorise better than 64-bit ones.
    a.chunks(1 << 16)
        .zip(b.chunks(1 << 16))
        .map(|(a, b)| {
            u64::from(
                a.iter()
                    .zip(b)
                    .map(|(&a, &b)| {
                        let difference = i32::from(a) - i32::from(b);
                        (difference * difference) as u32
                    })
                    .sum::<u32>(),
            )
        })
        .sum()
}

/// Squared error pooled over blocks or pictures: one mean over all samples, so large pictures weigh more.
///
/// "Pooled PSNR" in this project is always this: the mean squared error over all samples of all pictures, on 8-bit RGB
/// after rounding and clamping, then `10 * log10(255 * 255 / MSE)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pooled {
    squared_error: u64,
    samples: u64,
}

impl Pooled {
    /// Nothing measured yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The error between two runs of samples of equal length.
    pub fn of(a: &[u8], b: &[u8]) -> Self {
        Self {
            squared_error: squared_error(a, b),
            samples: a.len() as u64,
        }
    }

    /// Adds a squared error that was summed over `samples` samples.
    pub fn add(&mut self, squared_error: u64, samples: u64) {
        self.squared_error += squared_error;
        self.samples += samples;
    }

    /// Adds all that another pool holds.
    pub fn merge(&mut self, other: &Self) {
        self.add(other.squared_error, other.samples);
    }

    /// How many samples are in the pool.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// The mean squared error, in 8-bit steps squared; not a number when nothing was added.
    pub fn mse(&self) -> f64 {
        self.squared_error as f64 / self.samples as f64
    }

    /// The PSNR in dB; infinite when there is no error, not a number when nothing was added.
    pub fn db(&self) -> f64 {
        10.0 * (255.0 * 255.0 / self.mse()).log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_possible_error_does_not_overflow() {
        let black = vec![0; 200_000];
        let white = vec![255; 200_000];
        assert_eq!(squared_error(&black, &white), 200_000 * 255 * 255);
        assert_eq!(Pooled::of(&black, &white).db(), 0.0);
    }

    #[test]
    fn no_error_is_infinitely_good_and_nothing_measured_is_no_number() {
        assert_eq!(Pooled::of(&[7; 5], &[7; 5]).db(), f64::INFINITY);
        assert!(Pooled::new().db().is_nan());
    }

    #[test]
    fn pooling_weighs_by_samples() {
        let mut pool = Pooled::of(&[0; 10], &[2; 10]);
        pool.merge(&Pooled::of(&[0; 30], &[6; 30]));
        assert_eq!(pool.samples(), 40);
        assert_eq!(pool.mse(), (10.0 * 4.0 + 30.0 * 36.0) / 40.0);
        assert!((pool.db() - 33.659_4).abs() < 1e-3);
    }

    #[test]
    #[should_panic(expected = "differ in number")]
    fn lengths_that_differ_are_refused() {
        squared_error(&[0; 3], &[0; 4]);
    }
}
