//! What the deblocking filter changes in the error of a block and of its neighbors.
//!
//! The filter moves the two samples beside an edge towards each other by some change `c`. If their errors (decoded minus original)
//! are `a` before the edge and `b` after it, their squared errors become `(a + c)^2 + (b - c)^2`, which is `2 c (c + a - b)` more.
//! Each side of a block is looked at by itself, and samples are not clamped, so at the corners and at the ends of the range of a
//! sample this is an approximation.

use nice_decode::BLOCK_SAMPLES;
use nice_decode::format::{DEBLOCK_SHIFT, DeblockTables};

/// The samples of a line of a block, and of a column.
const LINE: usize = 24;

/// The samples nearest to a side of a block, and those behind them.
type Side = [[u8; LINE]; 2];

/// The number of sides: top, bottom, left, right.
pub const SIDES: usize = 4;

/// The side of the neighbor that a side of a block meets.
pub const fn opposite(side: usize) -> usize {
    side ^ 1
}

/// The samples of a block along its sides, before encoding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OriginalBorders([[u8; LINE]; SIDES]);

impl OriginalBorders {
    /// The borders of a block, from its samples: red, green and blue of each pixel.
    #[inline(always)]
    pub fn new(block: &[u8; BLOCK_SAMPLES]) -> Self {
        Self(sides(block).map(|[nearest, _]| nearest))
    }
}

/// What lies along the sides of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Borders {
    original: OriginalBorders,
    decoded: [Side; SIDES],
}

impl Borders {
    /// The borders of a block that decodes to some samples.
    #[inline(always)]
    pub fn new(original: OriginalBorders, decoded: &[u8; BLOCK_SAMPLES]) -> Self {
        Self {
            original,
            decoded: sides(decoded),
        }
    }

    /// How much the filter increases the squared errors of the samples on both sides of an edge: of a side of this block, and of the
    /// opposite side of a neighbor.
    #[inline(always)]
    pub fn change(&self, side: usize, neighbor: &Self, filter: &DeblockTables<'_>) -> i32 {
        let after = opposite(side);
        let [near_before, far_before] = &self.decoded[side];
        let [near_after, far_after] = &neighbor.decoded[after];
        let limit = i16::from(filter.limit);
        let (mut steps, mut activities) = ([0_i16; LINE], [0_i16; LINE]);
        for at in 0..LINE {
            let [a, b, c, d] = [far_before, near_before, near_after, far_after];
            let [a, b, c, d] = [a[at], b[at], c[at], d[at]].map(i16::from);
            steps[at] = (3 * (c - b) - (d - a)).min(limit).max(-limit);
            activities[at] = (b - a).abs() + (d - c).abs();
        }
        let mut strength = filter.strengths.first().copied().unwrap_or_default();
        let mut strengths = [i16::from(strength); LINE];
        for (&threshold, &next) in filter.thresholds.iter().zip(&filter.strengths[1..]) {
            let more = i16::from(next) - i16::from(strength);
            for (strength, &activity) in strengths.iter_mut().zip(&activities) {
                *strength += more & -i16::from(activity >= i16::from(threshold));
            }
            strength = next;
        }
        let mut total = 0;
        for at in 0..LINE {
            let half = 1 << (DEBLOCK_SHIFT - 1);
            let change = (steps[at] * strengths[at] + half) >> DEBLOCK_SHIFT;
            let error_before = i16::from(near_before[at]) - i16::from(self.original.0[side][at]);
            let error_after = i16::from(near_after[at]) - i16::from(neighbor.original.0[after][at]);
            total += i32::from(change) * i32::from(change + error_before - error_after);
        }
        2 * total
    }
}

/// The samples along the sides of a block: top, bottom, left, right.
#[inline(always)]
fn sides(block: &[u8; BLOCK_SAMPLES]) -> [Side; SIDES] {
    let (lines, _) = block.as_chunks::<LINE>();
    let mut columns = [[0; LINE]; 4];
    for (y, line) in lines.iter().enumerate() {
        for (column, x) in columns.iter_mut().zip([0, 1, 7, 6]) {
            column[3 * y..][..3].copy_from_slice(&line[3 * x..][..3]);
        }
    }
    let [left, behind_left, right, behind_right] = columns;
    [
        [lines[0], lines[1]],
        [lines[7], lines[6]],
        [left, behind_left],
        [right, behind_right],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const FILTER: DeblockTables<'_> = DeblockTables {
        thresholds: &[5, 20],
        strengths: &[42, 80, 20],
        limit: 60,
    };

    /// The filter across an edge, as FORMAT.md defines it, without clamping the samples.
    fn filtered([a, b, c, d]: [u8; 4]) -> [i32; 2] {
        let [a, b, c, d] = [a, b, c, d].map(i32::from);
        let step = (3 * (c - b) - (d - a)).clamp(-60, 60);
        let strength = match (b - a).abs() + (d - c).abs() {
            0..5 => 42,
            5..20 => 80,
            _ => 20,
        };
        let change = (step * strength + 128) >> 8;
        [b + change, c - change]
    }

    #[test]
    fn the_change_is_that_of_the_filter_on_every_side() {
        let mut random = ChaCha8Rng::seed_from_u64(9);
        let mut block =
            || -> [u8; BLOCK_SAMPLES] { std::array::from_fn(|_| 100 + random.random_range(0..30)) };
        let (originals, decoded) = ([block(), block()], [block(), block()]);
        let [this, neighbor] = std::array::from_fn(|at| {
            Borders::new(OriginalBorders::new(&originals[at]), &decoded[at])
        });
        // The offset of a sample, by its position along the side and its distance from it.
        let offsets: [fn(usize, usize) -> usize; SIDES] = [
            |at, depth| depth * LINE + at,
            |at, depth| (7 - depth) * LINE + at,
            |at, depth| at / 3 * LINE + 3 * depth + at % 3,
            |at, depth| at / 3 * LINE + 3 * (7 - depth) + at % 3,
        ];
        for side in 0..SIDES {
            let (here, there) = (offsets[side], offsets[opposite(side)]);
            let mut expected = 0;
            for at in 0..LINE {
                let samples = [
                    decoded[0][here(at, 1)],
                    decoded[0][here(at, 0)],
                    decoded[1][there(at, 0)],
                    decoded[1][there(at, 1)],
                ];
                let [b, c] = filtered(samples);
                let squared = |a: i32, b: u8| (a - i32::from(b)).pow(2);
                let (b_original, c_original) =
                    (originals[0][here(at, 0)], originals[1][there(at, 0)]);
                expected += squared(b, b_original) + squared(c, c_original);
                expected -= squared(samples[1].into(), b_original);
                expected -= squared(samples[2].into(), c_original);
            }
            assert_eq!(this.change(side, &neighbor, &FILTER), expected, "{side}");
        }
    }
}
