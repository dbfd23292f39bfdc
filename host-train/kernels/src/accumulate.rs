//! Sums over the blocks that use a codeword.

use cubecl::prelude::*;
use nice_encode::codebook::DIMENSIONS;

use crate::cubes::row;
use crate::orientation::{VARIANT_BITS, sign, transposed};
use crate::stage_starts::StageStarts;

/// The number of units of a cube, one for each coordinate; those beyond have none.
pub(crate) const UNITS: u32 = 128;

/// The number of blocks that a unit looks at before what they contribute is added.
const EACH: u32 = 4;

/// The number of bits of a word.
const WORD: u32 = 32;

/// The number of words with a bit for each of the blocks that a cube looks at together.
const WORDS: u32 = UNITS * EACH / WORD;

/// The distance in shared memory from the flags of a word to those of the next: one more than a word has, so that units that read the
/// flags of different words do not wait for each other.
const PITCH: u32 = WORD + 1;

/// A cube has one codeword. It finds the blocks that use the codeword, and adds what they contribute in the order of the blocks, so that
/// the result is always the same.
///
/// `values` are `[blocks, 96]`, `factors` are `[blocks, stages]`, `scalars` are `[blocks]`, `indices` are `[blocks, stages]`, and `used`
/// are the numbers of stages that the blocks use, `[blocks]`. The results are, for each codeword of all stages, the sums of the values
/// times their factors, in the orientation and with the sign of the codeword, `[codewords, 96]`, and the sums of the scalars,
/// `[codewords]`.
#[cube(launch_unchecked)]
pub(crate) fn accumulate(
    values: &Tensor<f32>,
    factors: &Tensor<f32>,
    scalars: &Tensor<f32>,
    indices: &Tensor<u32>,
    used: &Tensor<u32>,
    sums: &mut Tensor<f32>,
    scalar_sums: &mut Tensor<f32>,
    #[comptime] starts: StageStarts,
) {
    let mut flags = SharedMemory::<u32>::new(comptime!((WORDS * PITCH) as usize));
    let mut words = SharedMemory::<u32>::new(comptime!(WORDS as usize));
    let row = row();
    if row >= scalar_sums.shape(0) {
        terminate!();
    }
    let stages = comptime!(starts.stages());
    let mut stage = 0usize;
    let mut first = 0usize;
    #[unroll]
    for next in 1..stages {
        let start = comptime!(starts.of(next));
        if row >= start {
            stage = next;
            first = start;
        }
    }
    let own = (row - first) as u32;
    let unit = UNIT_POS;
    let at = unit as usize;
    let inside = at < DIMENSIONS;
    let at = select(inside, at, 0);
    let transposed = transposed(at);
    let count = used.shape(0) as u32;
    let mut sum = 0.0f32;
    let mut scalar_sum = 0.0f32;
    let mut start = 0u32;
    while start < count {
        #[unroll]
        for nth in 0..EACH {
            let place = nth * UNITS + unit;
            let block = start + place;
            let mut flag = 0u32;
            if block < count {
                let index = indices[block as usize * stages + stage];
                let uses = index >> VARIANT_BITS == own && (stage as u32) < used[block as usize];
                flag = select(uses, 1u32, 0u32);
            }
            flags[(place / WORD * PITCH + place % WORD) as usize] = flag;
        }
        sync_cube();
        if unit < WORDS {
            let mut word = 0u32;
            #[unroll]
            for bit in 0..WORD {
                word |= flags[(unit * PITCH + bit) as usize] << bit;
            }
            words[unit as usize] = word;
        }
        sync_cube();
        for number in 0..WORDS {
            let mut word = words[number as usize];
            while word != 0 {
                let block = (start + number * WORD + (word.find_first_set() - 1)) as usize;
                let index = indices[block * stages + stage];
                let from = select(index & 4 == 0, at, transposed);
                let factor = factors[block * stages + stage] * sign(index, at);
                sum += factor * values[block * DIMENSIONS + from];
                scalar_sum += scalars[block];
                word &= word - 1;
            }
        }
        start += UNITS * EACH;
    }
    if inside {
        sums[row * DIMENSIONS + at] = sum;
    }
    if unit == 0 {
        scalar_sums[row] = scalar_sum;
    }
}
