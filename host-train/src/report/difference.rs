//! The difference of two pictures, amplified so that it is visible.

use anyhow::{Result, ensure};
use nice_encode::Picture;

/// The factor by which the difference is amplified.
pub(super) const AMPLIFICATION: u8 = 4;

/// The absolute difference of two pictures with the same size, amplified and clamped. Black is no difference.
pub(super) fn difference(a: &Picture, b: &Picture) -> Result<Picture> {
    ensure!(
        (a.width(), a.height()) == (b.width(), b.height()),
        "the pictures have different sizes: {}x{} and {}x{}",
        a.width(),
        a.height(),
        b.width(),
        b.height()
    );
    let samples = a
        .rgb()
        .iter()
        .zip(b.rgb())
        .map(|(&a, &b)| a.abs_diff(b).saturating_mul(AMPLIFICATION));
    Picture::new(a.width(), a.height(), samples.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_absolute_amplified_and_clamped() {
        let a = Picture::new(2, 1, vec![10, 20, 30, 0, 200, 255]).unwrap();
        let b = Picture::new(2, 1, vec![12, 15, 30, 255, 100, 250]).unwrap();
        assert_eq!(difference(&a, &b).unwrap().rgb(), [8, 20, 0, 255, 255, 20]);
        assert_eq!(difference(&a, &b).unwrap(), difference(&b, &a).unwrap());
    }

    #[test]
    fn pictures_with_different_sizes_are_refused() {
        let a = Picture::new(2, 1, vec![0; 6]).unwrap();
        let b = Picture::new(1, 2, vec![0; 6]).unwrap();
        let error = difference(&a, &b).unwrap_err().to_string();
        assert!(error.contains("2x1 and 1x2"), "{error}");
    }
}
