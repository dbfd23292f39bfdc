//! The 96 coordinates of a block, in which the codewords of a codebook are searched and trained.
//!
//! Red, green and blue become luma and two chroma samples in a transform whose axes are orthogonal; chroma is averaged over
//! 2 x 2 pixels; every plane is split into the four parts that are even or odd under the two flips. All of that is scaled to
//! be orthonormal, so that the squared distance between the coordinates of two blocks is their squared error, except for the
//! *fine chroma*: the differences of chroma within a site, which no codeword can hold. Flipping a block changes the signs of
//! some parts, and transposing it changes the order of the coordinates.
//!
//! Samples are in 0..1 here.

use nice_decode::format::{CHROMA_SAMPLES, CODEWORD_BYTES, LUMA_SAMPLES};
use nice_decode::{BLOCK_SAMPLES, Orientation};

/// The number of coordinates of a block.
pub const DIMENSIONS: usize = CODEWORD_BYTES;

/// The number of parts of the coordinates. Bit 0 of the number of a part says that it is odd under a vertical flip, bit 1 that
/// it is odd under a horizontal flip.
pub const PARTS: usize = 4;

/// The number of coordinates of a part: 4 x 4 of luma, and 2 x 2 of each chroma plane.
pub const PART: usize = DIMENSIONS / PARTS;

/// The coordinates of a block or of a codeword.
pub type Coordinates = [f32; DIMENSIONS];

/// The squared length of a unit of luma, chroma 1 and chroma 2: the sum of the squares of the changes that it makes to red,
/// green and blue, over all pixels that it covers.
const UNITS: [f64; 3] = [3.0, 2.0 * 4.0, 6.0 * 4.0];

/// The planes: where each begins in a codeword, where it begins in a part, and its side.
const PLANES: [(usize, usize, usize); 3] = [
    (0, 0, 8),
    (LUMA_SAMPLES, 16, 4),
    (LUMA_SAMPLES + CHROMA_SAMPLES, 20, 4),
];

/// The index of the chroma 1 sample of a pixel, given the index of its luma sample.
const fn chroma(luma: usize) -> usize {
    LUMA_SAMPLES + luma / 16 * 4 + luma % 8 / 2
}

/// The coordinates of a planar block of bytes.
pub fn of_block(block: &[u8; BLOCK_SAMPLES]) -> Coordinates {
    let mut planes = [0.0_f32; DIMENSIONS];
    let (red, rest) = block.split_at(LUMA_SAMPLES);
    let (green, blue) = rest.split_at(LUMA_SAMPLES);
    // Sums of bytes are exact; rounding only happens when they are scaled.
    for at in 0..LUMA_SAMPLES {
        let [r, g, b] = [red[at], green[at], blue[at]].map(f32::from);
        planes[at] = r + g + b;
        let chroma = chroma(at);
        planes[chroma] += r - b;
        planes[chroma + CHROMA_SAMPLES] += 2.0 * g - r - b;
    }
    // Each sum is its sample times the squared length of a unit.
    let scales = UNITS.map(|unit| (1.0 / (unit.sqrt() * 255.0)) as f32);
    parts(&planes, scales)
}

/// The squared error of the fine chroma of a block, with samples in 0..1. Fine chroma is the difference between the chroma of a
/// pixel and the mean of its site, which no codeword can hold.
pub fn fine_chroma_error(block: &[u8; BLOCK_SAMPLES], x: &Coordinates) -> f64 {
    let all: u32 = block.iter().map(|&sample| u32::from(sample).pow(2)).sum();
    let held: f64 = x.iter().map(|x| f64::from(*x).powi(2)).sum();
    (f64::from(all) / (255.0 * 255.0) - held).max(0.0)
}

/// The coordinates of planes of luma, chroma 1 and chroma 2, in units of a sample from 0 to 255.
pub fn of_planes(planes: &[f32; DIMENSIONS]) -> Coordinates {
    parts(planes, UNITS.map(|unit| (unit.sqrt() / 255.0) as f32))
}

/// The planes of luma, chroma 1 and chroma 2, in units of a sample from 0 to 255, that have these coordinates.
pub fn to_planes(coordinates: &Coordinates) -> [f32; DIMENSIONS] {
    let mut planes = [0.0; DIMENSIONS];
    for ((from, to, side), unit) in PLANES.into_iter().zip(UNITS) {
        let scale = (255.0 / unit.sqrt()) as f32;
        let half = side / 2;
        for y in 0..half {
            for x in 0..half {
                let [ee, oe, eo, oo] = std::array::from_fn(|part| {
                    coordinates[part * PART + to + y * half + x] * (0.5 * scale)
                });
                let (first, last) = (from + y * side, from + (side - 1 - y) * side);
                planes[first + x] = ee + oe + eo + oo;
                planes[first + side - 1 - x] = ee + oe - eo - oo;
                planes[last + x] = ee - oe + eo - oo;
                planes[last + side - 1 - x] = ee - oe - eo + oo;
            }
        }
    }
    planes
}

/// The planar block of bytes that has these coordinates, rounded and clamped.
pub fn to_block(coordinates: &Coordinates) -> [u8; BLOCK_SAMPLES] {
    let planes = to_planes(coordinates);
    std::array::from_fn(|at| {
        let (channel, at) = (at / LUMA_SAMPLES, at % LUMA_SAMPLES);
        let chroma = chroma(at);
        let (chroma1, chroma2) = (planes[chroma], planes[chroma + CHROMA_SAMPLES]);
        let color = [chroma1 - chroma2, 2.0 * chroma2, -chroma1 - chroma2][channel];
        (planes[at] + color).round().clamp(0.0, 255.0) as u8
    })
}

/// Splits planes into parts, each plane scaled.
fn parts(planes: &[f32; DIMENSIONS], scales: [f32; 3]) -> Coordinates {
    let mut coordinates = [0.0; DIMENSIONS];
    for ((from, to, side), scale) in PLANES.into_iter().zip(scales) {
        let half = side / 2;
        let scale = 0.5 * scale;
        for y in 0..half {
            for x in 0..half {
                let (first, last) = (from + y * side, from + (side - 1 - y) * side);
                let (a, b) = (planes[first + x], planes[first + side - 1 - x]);
                let (c, d) = (planes[last + x], planes[last + side - 1 - x]);
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

/// The index of a coordinate after the block is transposed.
pub const fn transposed_index(at: usize) -> usize {
    let (part, at) = (at / PART, at % PART);
    let part = [0, 2, 1, 3][part];
    let (start, side) = if at < 16 { (0, 4) } else { (at / 4 * 4, 2) };
    let (y, x) = ((at - start) / side, (at - start) % side);
    part * PART + start + x * side + y
}

/// [`transposed_index`] of all coordinates.
const TRANSPOSED: [usize; DIMENSIONS] = {
    let mut all = [0; DIMENSIONS];
    let mut at = 0;
    while at < DIMENSIONS {
        all[at] = transposed_index(at);
        at += 1;
    }
    all
};

/// The coordinates of the transposed block.
#[inline(always)]
pub fn transposed(coordinates: &Coordinates) -> Coordinates {
    std::array::from_fn(|at| coordinates[TRANSPOSED[at]])
}

/// The sign of a part after the flips of an orientation.
pub const fn flip_sign(orientation: Orientation, part: usize) -> f32 {
    // The lowest bits of an orientation are its flips, in the order of the bits of a part.
    if (orientation.bits() as usize & part & 3).count_ones() % 2 == 1 {
        -1.0
    } else {
        1.0
    }
}

/// The coordinates of a codeword in an orientation.
pub fn oriented(codeword: &Coordinates, orientation: Orientation) -> Coordinates {
    let flipped: Coordinates =
        std::array::from_fn(|at| flip_sign(orientation, at / PART) * codeword[at]);
    if orientation.transposes() {
        transposed(&flipped)
    } else {
        flipped
    }
}

/// The orientation of the second codeword relative to the first: the inner product of `oriented(a, first)` and
/// `oriented(b, second)` is that of `a` and `oriented(b, relative(first, second))`.
pub const fn relative(first: Orientation, second: Orientation) -> Orientation {
    let (first, second) = (first.bits(), second.bits());
    let transpose = (first ^ second) & 4;
    let flips = first & 3;
    // A transposition exchanges the two flips.
    let flips = if transpose == 0 {
        flips
    } else {
        flips >> 1 | (flips & 1) << 1
    };
    Orientation::from_bits(transpose | (flips ^ second & 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn random_planes(random: &mut ChaCha8Rng) -> [f32; DIMENSIONS] {
        std::array::from_fn(|_| random.random_range(-100.0..100.0))
    }

    fn dot(a: &Coordinates, b: &Coordinates) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn planes_come_back_from_their_coordinates() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let planes = random_planes(&mut random);
        for (a, b) in planes.iter().zip(to_planes(&of_planes(&planes))) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }

    #[test]
    fn distances_between_coordinates_are_errors_between_blocks_of_constant_chroma() {
        // Blocks with the same chroma everywhere have no fine chroma.
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let mut block = |color: [u8; 3]| -> [u8; BLOCK_SAMPLES] {
            let luma: [u8; 64] = std::array::from_fn(|_| random.random_range(0..100));
            std::array::from_fn(|at| luma[at % 64] + color[at / 64])
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
    fn orienting_coordinates_orients_the_planes() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let planes = random_planes(&mut random);
        for orientation in Orientation::ALL {
            let found = to_planes(&oriented(&of_planes(&planes), orientation));
            for (from, _, side) in PLANES {
                for y in 0..side {
                    for x in 0..side {
                        let [source_x, source_y] = orientation.source([x, y], side);
                        let expected = planes[from + source_y * side + source_x];
                        let found = found[from + y * side + x];
                        assert!(
                            (found - expected).abs() < 1e-3,
                            "{orientation:?} at {x}, {y}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn an_inner_product_depends_on_the_relative_orientation_only() {
        let mut random = ChaCha8Rng::seed_from_u64(4);
        let (a, b) = (
            of_planes(&random_planes(&mut random)),
            of_planes(&random_planes(&mut random)),
        );
        for first in Orientation::ALL {
            for second in Orientation::ALL {
                let expected = dot(&oriented(&a, first), &oriented(&b, second));
                let found = dot(&a, &oriented(&b, relative(first, second)));
                assert!((expected - found).abs() < 1e-4, "{first:?} {second:?}");
            }
        }
    }
}
