//! The squared error between 8-bit samples, and the PSNR pooled over any number of pictures.

use nice_decode::BLOCK_SAMPLES;

/// The sum of squared differences between two slices of samples.
///
/// # Panics
///
/// When the lengths differ.
pub fn squared_error(a: &[u8], b: &[u8]) -> u64 {
    assert_eq!(a.len(), b.len(), "the numbers of samples differ");
    // 65,536 squares of at most 255 * 255 fit into 32 bits, and 32-bit sums are vectorized better than 64-bit ones.
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

/// The sum of squared differences between two blocks, inlined into its caller, so that it is compiled for the processor features
/// of the caller.
#[inline(always)]
pub(crate) fn inline_squared_error(a: &[u8; BLOCK_SAMPLES], b: &[u8; BLOCK_SAMPLES]) -> u32 {
    let mut sum = 0;
    for (&a, &b) in a.iter().zip(b) {
        let difference = i32::from(a) - i32::from(b);
        sum += (difference * difference) as u32;
    }
    sum
}

/// The squared error over blocks or pictures, pooled: one mean over all samples, so large pictures weigh more.
///
/// A pooled PSNR in this project is always `10 * log10(255 * 255 / MSE)`, where the MSE is the mean squared error over all
/// samples of all pictures, on 8-bit RGB after rounding and clamping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PooledError {
    squared_error: u64,
    samples: u64,
}

impl PooledError {
    /// No samples yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The error between two slices of samples.
    ///
    /// # Panics
    ///
    /// When the lengths differ.
    pub fn between(a: &[u8], b: &[u8]) -> Self {
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

    /// Adds another pooled error.
    pub fn merge(&mut self, other: &Self) {
        self.add(other.squared_error, other.samples);
    }

    /// The number of samples.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// The mean squared error, in 8-bit steps squared; NaN without samples.
    pub fn mse(&self) -> f64 {
        self.squared_error as f64 / self.samples as f64
    }

    /// The PSNR in dB; infinite without an error, NaN without samples.
    pub fn psnr(&self) -> f64 {
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
        assert_eq!(PooledError::between(&black, &white).psnr(), 0.0);
    }

    #[test]
    fn the_psnr_without_an_error_is_infinite_and_without_samples_nan() {
        assert_eq!(PooledError::between(&[7; 5], &[7; 5]).psnr(), f64::INFINITY);
        assert!(PooledError::new().psnr().is_nan());
    }

    #[test]
    fn pooling_weighs_by_samples() {
        let mut pool = PooledError::between(&[0; 10], &[2; 10]);
        pool.merge(&PooledError::between(&[0; 30], &[6; 30]));
        assert_eq!(pool.samples(), 40);
        assert_eq!(pool.mse(), (10.0 * 4.0 + 30.0 * 36.0) / 40.0);
        assert!((pool.psnr() - 33.659_4).abs() < 1e-3);
    }

    #[test]
    #[should_panic(expected = "the numbers of samples differ")]
    fn different_lengths_are_refused() {
        squared_error(&[0; 3], &[0; 4]);
    }
}
