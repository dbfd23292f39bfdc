//! What people see first of an error: its low frequencies, which reach across blocks.
//!
//! It is measured by the error averaged over squares that overlap a block and its neighbors as they are at the time:
//!
//! ```text
//! 24 * sum of Y^2  +  4 * sum of (R - G)^2  +  2 * sum of (B - Y)^2  +  48 * sum of Z^2
//! ```
//!
//! `Y` (0.26 R + 0.66 G + 0.08 B), `R - G` and `B - Y` are means of the error (decoded minus original) over 4 x 4 pixels, every 2
//! pixels: 25 squares touch the inside of a block. `Z` is the mean of `Y` over 8 x 8 pixels, every 4 pixels: 9 squares.

use nice_decode::BLOCK_SAMPLES;

/// The samples of a line of a block.
const LINE: usize = 24;

/// The cells of 2 x 2 pixels along the side of a block.
const CELLS: usize = 4;

/// The weights of `Y^2`, `(R - G)^2` and `(B - Y)^2`.
const CHANNEL_WEIGHTS: [u64; 3] = [24, 4, 2];

/// The weight of `Z^2`.
const WIDE_WEIGHT: u64 = 48;

/// The error of a block averaged over its cells, in sixteenths of a level: line by line, for each channel (`Y`, `R - G`, `B - Y`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cells([[[i16; CELLS]; CELLS]; 3]);

/// The cells around a block, 2 on each side, with room for its own.
pub struct Surroundings([[[i16; CELLS + 4]; CELLS + 4]; 3]);

impl Cells {
    /// The cells of a block that decodes to some samples (red, green and blue of each pixel).
    #[inline(always)]
    pub fn new(block: &[u8; BLOCK_SAMPLES], decoded: &[u8; BLOCK_SAMPLES]) -> Self {
        // The sums of the errors of two lines.
        let mut sums = [[0_i16; LINE]; CELLS];
        let lines = block.as_chunks::<LINE>().0.iter();
        for (y, (block, decoded)) in lines.zip(decoded.as_chunks::<LINE>().0).enumerate() {
            for (sum, (&block, &decoded)) in sums[y / 2].iter_mut().zip(block.iter().zip(decoded)) {
                *sum += i16::from(decoded) - i16::from(block);
            }
        }
        let mut cells = [[[0; CELLS]; CELLS]; 3];
        for (y, sums) in sums.iter().enumerate() {
            for (x, pixels) in sums.as_chunks::<6>().0.iter().enumerate() {
                let [r, g, b, r_odd, g_odd, b_odd] = pixels.map(i32::from);
                let (r, g, b) = (r + r_odd, g + g_odd, b + b_odd);
                // A mean in sixteenths is 4 times the sum; the weights are in 256ths.
                let luma = (67 * r + 169 * g + 20 * b) >> 6;
                cells[0][y][x] = luma as i16;
                cells[1][y][x] = (4 * (r - g)) as i16;
                cells[2][y][x] = (4 * b - luma) as i16;
            }
        }
        Self(cells)
    }
}

impl Surroundings {
    /// The cells around a block. `neighbor` returns those of the neighbors, by row and column from 0 to 2, if there are any.
    #[inline(always)]
    pub fn new<'a>(neighbor: impl Fn(usize, usize) -> Option<&'a Cells>) -> Self {
        let mut around = [[[0; CELLS + 4]; CELLS + 4]; 3];
        for dy in 0..3 {
            for dx in 0..3 {
                if let Some(Cells(cells)) = neighbor(dy, dx).filter(|_| (dy, dx) != (1, 1)) {
                    for (around, cells) in around.iter_mut().zip(cells) {
                        for (y, line) in cells.iter().enumerate() {
                            for (x, &cell) in line.iter().enumerate() {
                                // The neighbor above ends where the block begins, at cell 2.
                                let (y, x) = (CELLS * dy + y, CELLS * dx + x);
                                if (2..CELLS + 6).contains(&y) && (2..CELLS + 6).contains(&x) {
                                    around[y - 2][x - 2] = cell;
                                }
                            }
                        }
                    }
                }
            }
        }
        Self(around)
    }

    /// The weighted sum of squared means, in 64ths, of a block that has these cells.
    #[inline(always)]
    pub fn error(&self, block: &Cells) -> u64 {
        let mut error = 0;
        for (channel, weight) in CHANNEL_WEIGHTS.into_iter().enumerate() {
            let mut cells = self.0[channel];
            for (to, from) in cells[2..].iter_mut().zip(&block.0[channel]) {
                to[2..2 + CELLS].copy_from_slice(from);
            }
            let sums = sums_of_2_x_2(&cells);
            error += weight * u64::from(squared_means(&sums));
            if channel == 0 {
                error += WIDE_WEIGHT * u64::from(squared_wide_means(&sums));
            }
        }
        error
    }
}

/// The sums over 2 x 2 cells: the first is that of the cells in the first two lines and columns. The last line and column are
/// meaningless.
#[inline(always)]
fn sums_of_2_x_2(cells: &[[i16; CELLS + 4]; CELLS + 4]) -> [[i16; CELLS + 4]; CELLS + 4] {
    let mut sums = [[0; CELLS + 4]; CELLS + 4];
    for (y, sums) in sums.iter_mut().enumerate().take(CELLS + 3) {
        let both: [i16; CELLS + 4] = std::array::from_fn(|x| cells[y][x] + cells[y + 1][x]);
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = both[x] + both[(x + 1) % (CELLS + 4)];
        }
    }
    sums
}

/// The sum of squared means over 2 x 2 cells, in 64ths: at every cell from the last one before the block, 5 x 5 means.
#[inline(always)]
fn squared_means(sums: &[[i16; CELLS + 4]; CELLS + 4]) -> u32 {
    let mut total = 0;
    for line in &sums[1..CELLS + 2] {
        for (x, sum) in line.iter().enumerate() {
            // The mean in eighths, rounded. The others are computed as well, since whole lines are faster.
            let mean = if (1..CELLS + 2).contains(&x) {
                (sum + 4) >> 3
            } else {
                0
            };
            total += i32::from(mean) * i32::from(mean);
        }
    }
    total as u32
}

/// The sum of squared means over 4 x 4 cells, in 64ths: at every other cell from the second one before the block, 3 x 3 means.
#[inline(always)]
fn squared_wide_means(sums: &[[i16; CELLS + 4]; CELLS + 4]) -> u32 {
    let mut total = 0;
    for y in [0, 2, 4] {
        for x in [0, 2, 4] {
            let (upper, lower) = (&sums[y], &sums[y + 2]);
            let sum = [upper[x], upper[x + 2], lower[x], lower[x + 2]].map(i32::from);
            // The mean in eighths, rounded.
            let mean = (sum.iter().sum::<i32>() + 16) >> 5;
            total += mean * mean;
        }
    }
    total as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_error_is_that_of_the_formula() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        // Errors of 3 x 3 blocks.
        let mut errors = [[[0_i16; 3]; 24]; 24];
        for error in errors.as_flattened_mut().as_flattened_mut() {
            *error = random.random_range(-60..60);
        }
        let cells = |row: usize, column: usize| {
            let decoded = std::array::from_fn(|at| {
                let (y, x, channel) = (at / 24, at % 24 / 3, at % 3);
                (120 + errors[8 * row + y][8 * column + x][channel]) as u8
            });
            Cells::new(&[120; BLOCK_SAMPLES], &decoded)
        };
        let all: Vec<Cells> = (0..9).map(|at| cells(at / 3, at % 3)).collect();
        let around = Surroundings::new(|dy, dx| Some(&all[3 * dy + dx]));
        let found = around.error(&all[4]) as f64 / 64.0;

        let mean = |y: usize, x: usize, side: usize, value: &dyn Fn([f64; 3]) -> f64| -> f64 {
            let pixels = errors[y..][..side]
                .iter()
                .flat_map(|line| &line[x..][..side]);
            let sum: f64 = pixels.map(|pixel| value(pixel.map(f64::from))).sum();
            sum / (side * side) as f64
        };
        let luma = |[r, g, b]: [f64; 3]| 0.26 * r + 0.66 * g + 0.08 * b;
        let mut expected = 0.0;
        for y in (6..=14).step_by(2) {
            for x in (6..=14).step_by(2) {
                expected += 24.0 * mean(y, x, 4, &luma).powi(2);
                expected += 4.0 * mean(y, x, 4, &|[r, g, _]| r - g).powi(2);
                expected += 2.0 * mean(y, x, 4, &|pixel| pixel[2] - luma(pixel)).powi(2);
            }
        }
        for y in [4, 8, 12] {
            for x in [4, 8, 12] {
                expected += 48.0 * mean(y, x, 8, &luma).powi(2);
            }
        }
        assert!((found / expected - 1.0).abs() < 0.02, "{found} {expected}");
    }
}
