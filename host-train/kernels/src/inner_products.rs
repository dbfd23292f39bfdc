//! Inner products of blocks with codewords in several orientations. Those of the four parts of the coordinates are computed once; a
//! flip only changes their signs.

use cubecl::prelude::*;
use nice_encode::codebook::DIMENSIONS;
use nice_encode::codebook::coordinates::{PART, PARTS};

use crate::orientation::transposed;

/// The number of blocks for which a unit computes the products with its codeword.
pub(crate) const BLOCKS: usize = 4;

/// The number of units of a cube, each of which has one codeword.
pub(crate) const UNITS: u32 = 64;

/// `blocks` is `[blocks, 96]`, `codewords` is `[96, codewords]`, and `products` is `[blocks, orientations, codewords]`.
#[cube(launch_unchecked)]
pub(crate) fn inner_products(
    blocks: &Tensor<f32>,
    codewords: &Tensor<f32>,
    products: &mut Tensor<f32>,
    #[comptime] orientations: usize,
) {
    // The blocks of this cube, each followed by the transposed block.
    let mut x = SharedMemory::<f32>::new(2 * BLOCKS * DIMENSIONS);
    let first = CUBE_POS_Y as usize * BLOCKS;
    let count = blocks.shape(0);
    let mut at = UNIT_POS as usize;
    while at < BLOCKS * DIMENSIONS {
        let block = at / DIMENSIONS;
        let coordinate = at % DIMENSIONS;
        let from = select(first + block < count, first + block, count - 1) * DIMENSIONS;
        let to = 2 * block * DIMENSIONS + coordinate;
        x[to] = blocks[from + coordinate];
        x[to + DIMENSIONS] = blocks[from + transposed(coordinate)];
        at += UNITS as usize;
    }
    sync_cube();

    let each = codewords.shape(1);
    let codeword = CUBE_POS_X as usize * UNITS as usize + UNIT_POS as usize;
    if codeword < each {
        let mut sums = Array::<f32>::new(2 * BLOCKS * PARTS);
        #[unroll]
        for part in 0..PARTS {
            #[unroll]
            for block in 0..2 * BLOCKS {
                sums[block * PARTS + part] = 0.0;
            }
            for at in 0..PART {
                let coordinate = part * PART + at;
                let value = codewords[coordinate * each + codeword];
                #[unroll]
                for block in 0..2 * BLOCKS {
                    sums[block * PARTS + part] += value * x[block * DIMENSIONS + coordinate];
                }
            }
        }
        #[unroll]
        for block in 0..BLOCKS {
            if first + block < count {
                #[unroll]
                for orientation in 0..orientations {
                    let from = (2 * block + orientation / 4) * PARTS;
                    // A part changes its sign where an odd number of the flips of the orientation are those under which it is odd.
                    let vertical =
                        sums[from] + select(orientation % 2 == 1, -sums[from + 1], sums[from + 1]);
                    let both = select(
                        (orientation % 2 == 1) != (orientation / 2 % 2 == 1),
                        -sums[from + 3],
                        sums[from + 3],
                    );
                    let horizontal =
                        select(orientation / 2 % 2 == 1, -sums[from + 2], sums[from + 2]);
                    let to = ((first + block) * orientations + orientation) * each + codeword;
                    products[to] = vertical + horizontal + both;
                }
            }
        }
    }
}
