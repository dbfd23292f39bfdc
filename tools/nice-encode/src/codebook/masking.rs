//! Masking: errors are less visible in a block with much activity.
//!
//! The weight of a block is proportional to `(activity + 200)^-0.25`, where `activity` is 3 times the sum of the squared deviations
//! of luma from its mean.

use nice_decode::BLOCK_SAMPLES;

/// The weight of a block whose errors are not masked.
pub const FULL_WEIGHT: u32 = 64;

/// The activity at which a masked block has [`FULL_WEIGHT`] as well.
const TYPICAL_ACTIVITY: f64 = 20_000.0;

/// What is added to the activity.
const LEAST_ACTIVITY: u64 = 200;

/// The weight of a planar block by its activity.
#[inline(always)]
pub fn weight(block: &[u8; BLOCK_SAMPLES]) -> u32 {
    let (planes, _) = block.as_chunks::<64>();
    let (mut sum, mut squares) = (0_u64, 0_u64);
    for ((&red, &green), &blue) in planes[0].iter().zip(&planes[1]).zip(&planes[2]) {
        let luma = u64::from(red) + u64::from(green) + u64::from(blue);
        sum += luma;
        squares += luma * luma;
    }
    // Luma is a third of the sum of the channels.
    let activity = (squares - sum * sum / 64) / 3;
    // The fourth root in 256ths.
    let root = ((activity + LEAST_ACTIVITY) << 32).isqrt().isqrt();
    let typical = (TYPICAL_ACTIVITY + LEAST_ACTIVITY as f64).sqrt().sqrt();
    let scale = (typical * 256.0 * f64::from(FULL_WEIGHT)) as u64;
    (scale / root.max(1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_is_smaller_where_there_is_more_activity() {
        assert_eq!(weight(&[77; BLOCK_SAMPLES]), 203);
        let stripes = |height: u8| std::array::from_fn(|at| 100 + height * (at % 2) as u8);
        // 3 * 64 * (height / 2)^2
        assert_eq!(weight(&stripes(20)), FULL_WEIGHT);
        assert_eq!(weight(&stripes(155)), 23);
        assert!(weight(&stripes(4)) > weight(&stripes(8)));
    }
}
