//! How well the bits of a latent are used: their means and entropies.

/// A bit whose mean is below this, or above one minus this, is unused.
pub const UNUSED: f32 = 0.001;

/// The entropy in bits of a bit that is 1 with probability `p`: 1 at a half, 0 if it never changes.
pub fn entropy(p: f32) -> f64 {
    let p = f64::from(p).clamp(0.0, 1.0);
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(p) + part(1.0 - p)
}

/// The sum of the entropies of some bits: an upper bound of the information in a latent.
pub fn total_entropy(means: &[f32]) -> f64 {
    means.iter().map(|&p| entropy(p)).sum()
}

/// Whether a bit with this mean is unused; see [`UNUSED`]. A mean that is NaN counts as unused.
pub fn is_unused(p: f32) -> bool {
    !(UNUSED..=1.0 - UNUSED).contains(&p)
}

/// The numbers of the unused bits.
pub fn unused_bits(means: &[f32]) -> Vec<usize> {
    (0..means.len()).filter(|&i| is_unused(means[i])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entropy_is_1_at_a_half_and_0_at_both_ends() {
        assert_eq!([0.0, 0.5, 1.0].map(entropy), [0.0, 1.0, 0.0]);
        assert!((entropy(0.11) - 0.4999).abs() < 1e-3);
        assert!((total_entropy(&[0.5, 0.0, 1.0, 0.25]) - 1.8113).abs() < 1e-4);
    }

    #[test]
    fn bits_that_hardly_ever_change_are_unused() {
        assert_eq!(unused_bits(&[0.5, 0.0, 1.0, 0.25]), [1, 2]);
        assert!(
            is_unused(f32::NAN) && is_unused(0.0009) && !is_unused(0.0011) && is_unused(0.9995)
        );
    }
}
