//! Extends the partial sums of each block by the codewords of the next stage, and keeps the best.
//!
//! A cube has one block. Its units compute the errors of all ways to extend its partial sums, one after the other, and put those
//! that are within a limit into a list in shared memory. Whenever the list is nearly full, it is sorted, all but the best are
//! dropped, and the worst of these is the new limit. The first limit comes from the extensions of the best partial sum: of the
//! smallest error of each unit, the worst of the best ones. So few candidates are ever sorted, and the result does not depend on
//! the order in which the units run.

use cubecl::prelude::*;
use nice_encode::codebook::BeamWidth;

use crate::cubes::row;
use crate::orientation::{NEGATIVE, ORIENTATIONS, VARIANT_BITS, relative};
use crate::sort::sort;

/// The number of units of a cube.
pub(crate) const UNITS: u32 = 128;

/// The number of candidates of a unit between two checks of the length of the list.
const BATCH: u32 = 2;

/// The number of candidates that are added between two checks.
pub(crate) const ADDED: u32 = UNITS * BATCH;

/// The part of the beam, as a divisor, that is kept after the stages of the fixed layout.
const LATE_DIVISOR: u32 = BeamWidth::LATE_FRACTION as u32;

/// The codebook's part of what extends partial sums by a stage.
#[derive(CubeType, CubeLaunch)]
pub(crate) struct StageTables {
    /// The squared norms of the codewords, `[codewords]`.
    pub norms: Tensor<f32>,
    /// Inner products of the codewords of each earlier stage with those of this one, stage after stage, each
    /// `[earlier codewords, 8 relative orientations, codewords]`.
    pub products: Tensor<f32>,
    /// Where the products of each earlier stage begin, `[stages]`.
    pub starts: Tensor<u32>,
    /// The gains, `[base codewords]`.
    pub gains: Tensor<f32>,
}

/// The partial sums of some blocks.
#[derive(CubeType, CubeLaunch)]
pub(crate) struct PartialSums {
    /// The squared errors, the smallest first, `[blocks, width]`.
    pub errors: Tensor<f32>,
    /// The index of each stage, `[blocks, width, stages]`.
    pub indices: Tensor<u32>,
    /// How many there are, `[blocks]`.
    pub counts: Tensor<u32>,
}

/// What is found.
#[derive(CubeType, CubeLaunch)]
pub(crate) struct Best {
    /// The squared error of the best sum of each number of stages, `[blocks, stages]`.
    pub errors: Tensor<f32>,
    /// Its indices, `[blocks, stages, stages]`.
    pub indices: Tensor<u32>,
    /// How many sums are kept after the first stage, `[blocks]`.
    pub kept: Tensor<u32>,
}

/// The stage by which partial sums are extended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Stage {
    /// Its number.
    pub number: usize,
    /// The logarithm of the number of its codewords.
    pub codeword_bits: u32,
    /// The logarithm of the number of their orientations.
    pub orientation_bits: u32,
    /// Whether it comes after the stages of the fixed layout.
    pub late: bool,
    /// The size of the list of candidates, a power of two.
    pub list: u32,
}

/// A limit for the width of the beam: the least and the most for a block, and the width per square root of the error.
#[derive(CubeType, CubeLaunch)]
pub(crate) struct Width {
    /// The least for a block.
    pub least: u32,
    /// The most for a block.
    pub most: u32,
    /// The requested width.
    pub requested: f32,
    /// The error at which the beam has the requested width.
    pub typical_error: f32,
}

/// `inner` are the inner products of the blocks with the codewords of the stage, `[blocks, orientations, codewords]`, and
/// `squared_norms` those of the blocks with themselves, `[blocks]`.
#[cube(launch_unchecked)]
pub(crate) fn extend(
    inner: &Tensor<f32>,
    squared_norms: &Tensor<f32>,
    tables: &StageTables,
    from: &PartialSums,
    to: &mut PartialSums,
    best: &mut Best,
    width: &Width,
    #[comptime] stage: Stage,
) {
    let mut errors = SharedMemory::<f32>::new(comptime!(stage.list as usize));
    let mut numbers = SharedMemory::<u32>::new(comptime!(stage.list as usize));
    let length = SharedMemory::<Atomic<u32>>::new(1usize);
    let mut limit = SharedMemory::<f32>::new(1usize);

    let block = row();
    if block >= squared_norms.shape(0) {
        terminate!();
    }
    let stages = best.errors.shape(1);
    let from_width = from.errors.shape(1);
    let to_width = to.errors.shape(1);
    let lanes_bits = comptime!(stage.codeword_bits + stage.orientation_bits);
    let sums = if comptime!(stage.number == 0) {
        1u32.runtime()
    } else {
        from.counts[block]
    };
    let kept = if comptime!(stage.number == 0) {
        width.most
    } else if comptime!(stage.late) {
        (best.kept[block] + (LATE_DIVISOR - 1)) / LATE_DIVISOR
    } else {
        best.kept[block]
    };
    let total = sums << lanes_bits;
    let mut least = f32::MAX.runtime();
    let mut number = UNIT_POS;
    while number < total && number < comptime!(1 << lanes_bits) {
        let (error, _) = candidate(
            inner,
            squared_norms,
            tables,
            from,
            block,
            from_width,
            stages,
            number,
            stage,
        );
        least = select(error < least, error, least);
        number += UNITS;
    }
    errors[UNIT_POS as usize] = least;
    if UNIT_POS == 0 {
        length[0].store(0);
        limit[0] = f32::MAX;
    }
    sync_cube();
    // The units are ranked by their smallest errors.
    let mut rank = 0u32;
    for other in 0..UNITS {
        let before = errors[other as usize];
        let first = before < least || (before == least && other < UNIT_POS);
        rank += select(first, 1u32, 0u32);
    }
    sync_cube();
    if rank == kept - 1 {
        limit[0] = least;
    }
    sync_cube();

    let mut start = 0u32;
    while start < total {
        let below = limit[0];
        #[unroll]
        for nth in 0..BATCH {
            let number = start + nth * UNITS + UNIT_POS;
            if number < total {
                let (error, negative) = candidate(
                    inner,
                    squared_norms,
                    tables,
                    from,
                    block,
                    from_width,
                    stages,
                    number,
                    stage,
                );
                if error <= below {
                    let at = length[0].fetch_add(1) as usize;
                    errors[at] = error;
                    numbers[at] = number << 1 | negative;
                }
            }
        }
        sync_cube();
        let count = length[0].load();
        sync_cube();
        if count > comptime!(stage.list - ADDED) {
            prune(&mut errors, &mut numbers, count);
            if UNIT_POS == 0 && count > kept {
                limit[0] = errors[(kept - 1) as usize];
                length[0].store(kept);
            }
            sync_cube();
        }
        start += ADDED;
    }

    let count = length[0].load();
    sync_cube();
    prune(&mut errors, &mut numbers, count);
    let mut left = select(count < kept, count, kept);
    if comptime!(stage.number == 0) {
        // The gain of a wider beam is a fraction of the error, so more time is spent where it is large.
        let error = select(errors[0] > 0.0, errors[0], 0.0);
        let adapted = width.requested * f32::sqrt(error / width.typical_error);
        let adapted = select(
            adapted < f32::cast_from(width.most),
            u32::cast_from(adapted),
            width.most,
        );
        let adapted = select(adapted > width.least, adapted, width.least);
        left = select(left < adapted, left, adapted);
        if UNIT_POS == 0 {
            best.kept[block] = adapted;
        }
    }
    if UNIT_POS == 0 {
        to.counts[block] = left;
    }
    let mut rank = UNIT_POS;
    while rank < left {
        let packed = numbers[rank as usize];
        let number = packed >> 1;
        let sum = (number >> lanes_bits) as usize;
        let lane = number & comptime!((1 << lanes_bits) - 1);
        let orientation = lane >> comptime!(stage.codeword_bits);
        let codeword = lane & comptime!((1 << stage.codeword_bits) - 1);
        let index = (codeword << VARIANT_BITS) | ((packed & 1) * NEGATIVE) | orientation;
        let error = errors[rank as usize];
        let place = block * to_width + rank as usize;
        to.errors[place] = error;
        to.indices[place * stages + stage.number] = index;
        let best_place = (block * stages + stage.number) * stages;
        #[unroll]
        for before in 0..stage.number {
            let earlier = from.indices[(block * from_width + sum) * stages + before];
            to.indices[place * stages + before] = earlier;
            if rank == 0 {
                best.indices[best_place + before] = earlier;
            }
        }
        if rank == 0 {
            best.errors[block * stages + stage.number] = error;
            best.indices[best_place + stage.number] = index;
        }
        rank += UNITS;
    }
}

/// The squared error of a way to extend a partial sum, and 1 if the codeword is negated.
#[cube]
fn candidate(
    inner: &Tensor<f32>,
    squared_norms: &Tensor<f32>,
    tables: &StageTables,
    from: &PartialSums,
    block: usize,
    from_width: usize,
    stages: usize,
    number: u32,
    #[comptime] stage: Stage,
) -> (f32, u32) {
    let lanes_bits = comptime!(stage.codeword_bits + stage.orientation_bits);
    let lane = number & comptime!((1 << lanes_bits) - 1);
    let codeword = lane & comptime!((1 << stage.codeword_bits) - 1);
    let norm = tables.norms[codeword as usize];
    let mut product = inner[(block << lanes_bits as usize) + lane as usize];
    if comptime!(stage.number == 0) {
        (squared_norms[block] - 2.0 * product + norm, 0u32.runtime())
    } else {
        let orientation = lane >> comptime!(stage.codeword_bits);
        let sum = block * from_width + (number >> lanes_bits) as usize;
        let base = from.indices[sum * stages];
        let gain = tables.gains[(base >> VARIANT_BITS) as usize];
        #[unroll]
        for before in 0..stage.number {
            let index = from.indices[sum * stages + before];
            let row = (index >> VARIANT_BITS) as usize * ORIENTATIONS
                + relative(index & 7, orientation) as usize;
            let row = tables.starts[before] as usize + (row << stage.codeword_bits as usize);
            let other = tables.products[row + codeword as usize];
            if comptime!(before == 0) {
                product -= other;
            } else {
                product -= select(index & NEGATIVE == 0, gain, -gain) * other;
            }
        }
        // Of a codeword and its negative, the one with a positive inner product is always better.
        let negative = select(product < 0.0, 1u32, 0u32);
        let error = from.errors[sum] - 2.0 * gain * f32::abs(product) + gain * gain * norm;
        (error, negative)
    }
}

/// Sorts the first `count` candidates of the list.
#[cube]
fn prune(errors: &mut SharedMemory<f32>, numbers: &mut SharedMemory<u32>, count: u32) {
    let mut size = 2u32;
    while size < count {
        size *= 2;
    }
    let mut at = count + UNIT_POS;
    while at < size {
        errors[at as usize] = f32::MAX;
        numbers[at as usize] = u32::MAX;
        at += UNITS;
    }
    sync_cube();
    sort(errors, numbers, size, UNITS);
}
