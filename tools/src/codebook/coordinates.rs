//! A block as the 96 coordinates in which rows of a codebook are searched and trained.
//!
//! Red, green and blue become luma and two chroma values that are orthogonal to it and to each other; chroma is averaged
//! over 2 x 2 pixels; every plane is split into the four parts that are even or odd under mirroring upside down and left
//! to right. All of that is scaled to be orthonormal, so that the squared distance between the coordinates of two blocks is
//! their squared error, but for the fine chroma that no row can hold. A mirrored block has the coordinates of the block
//! with the signs of some parts changed, and a transposed one has them in another order.
//!
//! Samples are in 0..1 here.

use nice_decode::format::{CHROMA_SAMPLES, LUMA_SAMPLES, ROW_BYTES};

use crate::blocks::BLOCK_BYTES;

/// How many coordinates a block has.
pub const DIMENSIONS: usize = ROW_BYTES;

/// How many parts the coordinates have: bit 0 of the number of a part says that it is odd upside down, bit 1 that it is
/// odd left to right.
pub const PARTS: usize = 4;

/// How many coordinates a part has: 4 x 4 of luma, and 2 x 2 of either chroma plane.
pub const PART: usize = DIMENSIONS / PARTS;

/// The coordinates of a block or of a row.
pub type Coordinates = [f32; DIMENSIONS];

/// What a unit of luma, of the first and of the second chroma plane is in the coordinates: the root of the sum of the
/// squares of what it changes in red, green and blue, over the pixels that it belongs to.
const UNITS: [f64; 3] = [3.0, 2.0 * 4.0, 6.0 * 4.0];

/// A plane: where it begins in a row, where in a part, and its side.
const PLANES: [(usize, usize, usize); 3] = [
    (0, 0, 8),
    (LUMA_SAMPLES, 16, 4),
    (LUMA_SAMPLES + CHROMA_SAMPLES, 20, 4),
];

/// Where in a row the first chroma sample of a pixel is, given the place of its luma.
const fn chroma(luma: usize) -> usize {
    LUMA_SAMPLES + luma / 16 * 4 + luma % 8 / 2
}

/// The coordinates of a planar block of bytes.
pub fn of_block(block: &[u8; BLOCK_BYTES]) -> Coordinates {
    let mut row = [0.0_f32; DIMENSIONS];
    let (red, rest) = block.split_at(LUMA_SAMPLES);
    let (green, blue) = rest.split_at(LUMA_SAMPLES);
    // Sums of bytes are exact, and rounded only where they are scaled.
    for at in 0..LUMA_SAMPLES {
        let [r, g, b] = [red[at], green[at], blue[at]].map(f32::from);
        row[at] = r + g + b;
        let chroma = chroma(at);
        row[chroma] += r - b;
        row[chroma + CHROMA_SAMPLES] += 2.0 * g - r - b;
    }
    // A luma of 1 is 3 in the sum, and so on: what the unit changes is what the sum has too much.
    let scales = UNITS.map(|unit| (1.0 / (unit.sqrt() * 255.0)) as f32);
    parts(&row, scales)
}

/// The coordinates of a row of luma and chroma in units of a sample from 0 to 255.
pub fn of_row(row: &[f32; DIMENSIONS]) -> Coordinates {
    parts(row, UNITS.map(|unit| (unit.sqrt() / 255.0) as f32))
}

/// The row of luma and chroma, in units of a sample from 0 to 255, that has these coordinates.
pub fn to_row(coordinates: &Coordinates) -> [f32; DIMENSIONS] {
    let mut row = [0.0; DIMENSIONS];
    for ((from, to, side), unit) in PLANES.into_iter().zip(UNITS) {
        let scale = (255.0 / unit.sqrt()) as f32;
        let half = side / 2;
        for y in 0..half {
            for x in 0..half {
                let [ee, oe, eo, oo] = std::array::from_fn(|part| {
                    coordinates[part * PART + to + y * half + x] * (0.5 * scale)
                });
                let (top, bottom) = (from + y * side, from + (side - 1 - y) * side);
                row[top + x] = ee + oe + eo + oo;
                row[top + side - 1 - x] = ee + oe - eo - oo;
                row[bottom + x] = ee - oe + eo - oo;
                row[bottom + side - 1 - x] = ee - oe - eo + oo;
            }
        }
    }
    row
}

/// The planar block of bytes that has these coordinates, rounded and clamped.
pub fn to_block(coordinates: &Coordinates) -> [u8; BLOCK_BYTES] {
    let row = to_row(coordinates);
    std::array::from_fn(|at| {
        let (channel, at) = (at / LUMA_SAMPLES, at % LUMA_SAMPLES);
        let chroma = chroma(at);
        let (first, second) = (row[chroma], row[chroma + CHROMA_SAMPLES]);
        let colour = [first - second, 2.0 * second, -first - second][channel];
        (row[at] + colour).round().clamp(0.0, 255.0) as u8
    })
}

/// Splits the planes of a row into parts, each plane scaled.
fn parts(row: &[f32; DIMENSIONS], scales: [f32; 3]) -> Coordinates {
    let mut coordinates = [0.0; DIMENSIONS];
    for ((from, to, side), scale) in PLANES.into_iter().zip(scales) {
        let half = side / 2;
        let scale = 0.5 * scale;
        for y in 0..half {
            for x in 0..half {
                let (top, bottom) = (from + y * side, from + (side - 1 - y) * side);
                let (a, b) = (row[top + x], row[top + side - 1 - x]);
                let (c, d) = (row[bottom + x], row[bottom + side - 1 - x]);
                let at = to + y * half + x;
                coordinates[at] = (a + b + c + d) * scale;
                coordinates[PART + at] = (a + b - c - d) * scale;
                coordinates[2 * PART + at] = (a - b + c - d) * scale;
                coordinates[3 * PART + at] = (a - b - c + d) * scale;
            }
        }
    }
    coordinates
}

/// Where a coordinate goes when a block is transposed.
pub const fn across(at: usize) -> usize {
    let (part, at) = (at / PART, at % PART);
    let part = [0, 2, 1, 3][part];
    let (start, side) = if at < 16 { (0, 4) } else { (at / 4 * 4, 2) };
    let (y, x) = ((at - start) / side, (at - start) % side);
    part * PART + start + x * side + y
}

/// [`across`] of all coordinates.
const ACROSS: [usize; DIMENSIONS] = {
    let mut all = [0; DIMENSIONS];
    let mut at = 0;
    while at < DIMENSIONS {
        all[at] = across(at);
        at += 1;
    }
    all
};

/// The coordinates of the transposed block.
#[inline(always)]
pub fn transposed(coordinates: &Coordinates) -> Coordinates {
    std::array::from_fn(|at| coordinates[ACROSS[at]])
}

/// The sign that a part gets when a block is mirrored: bit 0 of `turn` is upside down, bit 1 left to right.
pub const fn sign(turn: u8, part: usize) -> f32 {
    if (turn as usize & part & 3).count_ones() % 2 == 1 {
        -1.0
    } else {
        1.0
    }
}

/// The coordinates of a row turned: mirrored as bits 0 and 1 of `turn` say, then transposed if bit 2 does.
pub fn turned(row: &Coordinates, turn: u8) -> Coordinates {
    let mirrored: Coordinates = std::array::from_fn(|at| sign(turn, at / PART) * row[at]);
    if turn & 4 == 0 {
        mirrored
    } else {
        transposed(&mirrored)
    }
}

/// The turn that is left to do when both of two turned rows are turned back until the first is as it was: the inner product of
/// `turned(a, first)` and `turned(b, second)` is that of `a` and `turned(b, relative(first, second))`.
pub const fn relative(first: u8, second: u8) -> u8 {
    let transpose = (first ^ second) & 4;
    let mirror = first & 3;
    // Mirrors change places as a transposition passes them.
    let mirror = if transpose == 0 {
        mirror
    } else {
        mirror >> 1 | (mirror & 1) << 1
    };
    transpose | (mirror ^ second & 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn random_row(random: &mut ChaCha8Rng) -> [f32; DIMENSIONS] {
        std::array::from_fn(|_| random.random_range(-100.0..100.0))
    }

    fn dot(a: &Coordinates, b: &Coordinates) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn a_row_comes_back_from_its_coordinates() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let row = random_row(&mut random);
        for (a, b) in row.iter().zip(to_row(&of_row(&row))) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }

    #[test]
    fn distances_between_coordinates_are_errors_between_blocks_of_even_chroma() {
        // Blocks whose colour is the same all over have no fine chroma.
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let mut block = |colour: [u8; 3]| -> [u8; BLOCK_BYTES] {
            let light: [u8; 64] = std::array::from_fn(|_| random.random_range(0..100));
            std::array::from_fn(|at| light[at % 64] + colour[at / 64])
        };
        let (a, b) = (block([10, 70, 150]), block([40, 20, 0]));
        let error: f32 = a
            .iter()
            .zip(&b)
            .map(|(&a, &b)| ((f32::from(a) - f32::from(b)) / 255.0).powi(2))
            .sum();
        let (a, b) = (of_block(&a), of_block(&b));
        let distance: f32 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
        assert!((error / distance - 1.0).abs() < 1e-5, "{error} {distance}");
    }

    #[test]
    fn turning_coordinates_turns_the_row() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let row = random_row(&mut random);
        for turn in 0..8 {
            let found = to_row(&turned(&of_row(&row), turn));
            for y in 0..8 {
                for x in 0..8 {
                    let (mut from_x, mut from_y) = if turn & 4 != 0 { (y, x) } else { (x, y) };
                    if turn & 2 != 0 {
                        from_x = 7 - from_x;
                    }
                    if turn & 1 != 0 {
                        from_y = 7 - from_y;
                    }
                    let expected = row[from_y * 8 + from_x];
                    assert!(
                        (found[y * 8 + x] - expected).abs() < 1e-3,
                        "turn {turn} at {x}, {y}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_inner_product_depends_on_the_relative_turn_only() {
        let mut random = ChaCha8Rng::seed_from_u64(4);
        let (a, b) = (
            of_row(&random_row(&mut random)),
            of_row(&random_row(&mut random)),
        );
        for first in 0..8 {
            for second in 0..8 {
                let whole = dot(&turned(&a, first), &turned(&b, second));
                let found = dot(&a, &turned(&b, relative(first, second)));
                assert!((whole - found).abs() < 1e-4, "{first} {second}");
            }
        }
    }
}
