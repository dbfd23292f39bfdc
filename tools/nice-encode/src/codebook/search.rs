//! The beam search over the stages of a codebook.
//!
//! After every stage, the partial sums with the smallest squared errors are kept (more of them for blocks with a large error),
//! and each is continued by every codeword of the next stage in every orientation. With a block `x`, the residual `r` that a
//! partial sum leaves of it, a codeword `c` (in some orientation) and the gain `g`, the error becomes
//!
//! ```text
//! |r - g c|^2 = |r|^2 - 2 g <r, c> + g^2 |c|^2
//! ```
//!
//! and `<r, c>` is `<x, c>` minus the inner products of `c` with the codewords of the partial sum, times their gains. These
//! products are tabulated for all pairs of codewords in all relative orientations, so that each further partial sum costs a few
//! additions for a codeword instead of 96 multiplications.
//!
//! Sums are computed in one order, and nothing is fused or reordered, so that the result is the same on every machine.

use multiversion::multiversion;
use nice_decode::format::{MAX_STAGES, stage_ends};
use nice_decode::{AdaptiveLatent, BLOCK_SAMPLES, LATENT_BITS, Latent, Model};

use super::beam_width::BeamWidth;
use super::candidates::BestCandidates;
use super::coordinates::{self, Coordinates};
use super::index::{self, Indices, PartialSum};
use super::inner_products::{self, LANES, Lanes};
use super::masking::{self, FULL_WEIGHT};
use super::scan::{Scratch, scan, scan_base};
use super::selection::{self, BlockCandidates, Candidate};
use super::stage::StageTable;
use super::tables::Codebook;
use crate::block;
use crate::psnr::inline_squared_error;

/// The part of the error that a further stage has to be worth its bits for, so that the search goes on.
const REMOVED_BY_STAGE: f32 = 0.25;

/// A codebook, prepared for the search.
#[derive(Clone, Debug)]
pub struct BeamSearch {
    gains: Vec<f32>,
    stages: Vec<StageTable>,
    /// The number of the first stages that have the 48 bits of the fixed layout; all of them if none have.
    fixed_stages: usize,
}

/// Which latents of several lengths the search gives.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    /// Whether a latent may end after each stage.
    pub ends: [bool; MAX_STAGES],
    /// What a bit may cost, from the least on, in the unit of [`slope`](super::slope). The search ends where a
    /// quarter of the error that is left is not worth the bits of another stage even at half of the least.
    pub slopes: [u64; 3],
    /// How many of the best latents at each of these slopes are kept, besides the best of each length.
    pub kept: usize,
    /// Whether errors are weighted by what masks them.
    pub masked: bool,
}

/// How many partial sums of each length are considered at most.
const MAX_FOUND: usize = 16;

/// The best partial sums so far, and scratch memory.
#[derive(Clone, Debug, Default)]
struct Beam {
    partial_sums: Vec<PartialSum>,
    next: Vec<PartialSum>,
    best: BestCandidates,
    /// `<x, c>` for all codewords of a stage in all its orientations.
    inner: Vec<Lanes>,
    /// The coarse inner products.
    coarse: Vec<[i16; LANES]>,
    scratch: Scratch,
}

impl BeamSearch {
    /// Prepares a codebook.
    pub fn new(codebook: &Codebook) -> Self {
        let mut stages: Vec<StageTable> = Vec::new();
        for (stage, codewords) in codebook.stages.iter().zip(codebook.codewords()) {
            let mut table = StageTable::new(*stage, codewords);
            let exact: Vec<_> = codebook
                .codewords()
                .take(stages.len())
                .map(|earlier| inner_products::pairs(earlier, &table.panels))
                .collect();
            table.set_products(&exact, &codebook.gains);
            stages.push(table);
        }
        let ends: Vec<usize> = stage_ends(codebook.stages.iter().copied()).collect();
        let fixed = ends.iter().position(|&end| end == LATENT_BITS);
        Self {
            gains: codebook.gains.clone(),
            fixed_stages: fixed.map_or(stages.len(), |last| last + 1),
            stages,
        }
    }

    /// The lengths in bits of latents that end after each stage.
    pub fn ends(&self) -> Vec<usize> {
        stage_ends(self.stages.iter().map(|table| table.stage)).collect()
    }

    /// The number of the first stages that have the 48 bits of the fixed layout; all of them if none have.
    pub fn fixed_stages(&self) -> usize {
        self.fixed_stages
    }

    /// The latent that the indices of some of the first stages form.
    pub fn adaptive_latent(&self, indices: &Indices, stages: usize) -> AdaptiveLatent {
        let stages = self.stages.iter().take(stages).map(|table| table.stage);
        index::latent(stages, indices)
    }

    /// The latent of 48 bits that these indices form.
    pub fn latent(&self, indices: &Indices) -> Latent {
        self.adaptive_latent(indices, self.fixed_stages).fixed()
    }

    /// The best indices of the fixed layout for blocks that are given by their coordinates, on all threads. `width` is the width
    /// of the beam.
    pub fn indices(&self, blocks: &[Coordinates], width: usize) -> Vec<Indices> {
        self.indices_of_stages(blocks, width, self.fixed_stages)
    }

    /// The best indices of some of the first stages for blocks that are given by their coordinates, on all threads.
    pub fn indices_of_stages(
        &self,
        blocks: &[Coordinates],
        width: usize,
        stages: usize,
    ) -> Vec<Indices> {
        use rayon::prelude::*;

        /// The number of blocks in a task.
        const TASK: usize = 64;
        let mut indices = vec![Indices::default(); blocks.len()];
        blocks
            .par_chunks(TASK)
            .zip(indices.par_chunks_mut(TASK))
            .for_each(|(blocks, indices)| find_indices(self, blocks, indices, width, stages));
        indices
    }

    /// For each number of the first `stages` stages, the best sum for blocks that are given by their coordinates, on all threads.
    pub fn sums_by_length(
        &self,
        blocks: &[Coordinates],
        width: usize,
        stages: usize,
    ) -> Vec<Vec<PartialSum>> {
        use rayon::prelude::*;

        blocks
            .par_chunks(64)
            .flat_map_iter(|blocks| sums_by_length(self, blocks, width, stages))
            .collect()
    }

    /// The best sums of the fixed layout for a block that is given by its coordinates, the best first: about `width` of them, fewer for a block with
    /// a small error, more for one with a large error.
    pub fn find(&self, block: &Coordinates, width: usize) -> Vec<PartialSum> {
        self.inline_find(block, width, &mut Beam::default())
            .to_vec()
    }

    /// The latents of planar blocks, on this thread: of the best sums that the search finds, those with which the decoded blocks
    /// have the smallest errors. `model` is the decoder of the codebook, and `width` the width of the beam.
    pub fn encode(
        &self,
        model: &Model<'_>,
        blocks: &[[u8; BLOCK_SAMPLES]],
        latents: &mut [Latent],
        width: usize,
    ) {
        encode(self, model, blocks, latents, width);
    }

    /// All latents that the search finds for planar blocks, each with the error of what it decodes to, on this thread; otherwise
    /// like [`encode`](Self::encode).
    pub fn candidates(
        &self,
        model: &Model<'_>,
        blocks: &[[u8; BLOCK_SAMPLES]],
        width: usize,
    ) -> Vec<BlockCandidates> {
        candidates(self, model, blocks, width)
    }

    /// Latents of several lengths that the search finds for planar blocks, each with the error of what it decodes to, on this
    /// thread.
    pub fn adaptive_candidates(
        &self,
        model: &Model<'_>,
        blocks: &[[u8; BLOCK_SAMPLES]],
        width: usize,
        lengths: &Lengths,
    ) -> Vec<BlockCandidates> {
        adaptive_candidates(self, model, blocks, width, lengths)
    }

    /// Decodes the latents of the fixed layout that the search finds for a planar block, the best sum first. `each` gets a latent,
    /// the block, and what the latent decodes to, both pixel after pixel.
    #[inline(always)]
    fn inline_decode(
        &self,
        model: &Model<'_>,
        block: &[u8; BLOCK_SAMPLES],
        width: usize,
        beam: &mut Beam,
        mut each: impl FnMut(Latent, &[u8; BLOCK_SAMPLES], &[u8; BLOCK_SAMPLES]),
    ) {
        let found = self.inline_find(&coordinates::of_block(block), width, beam);
        let block = block::planar_to_interleaved(block);
        let mut decoded = [0; BLOCK_SAMPLES];
        for sum in found {
            let latent = self.latent(&sum.indices);
            model.block(&latent, &mut decoded);
            each(latent, &block, &decoded);
        }
    }

    /// [`find`](Self::find) with a beam that is reused, inlined into its caller, so that it is compiled for the processor
    /// features of the caller.
    #[inline(always)]
    fn inline_find<'a>(
        &self,
        x: &Coordinates,
        width: usize,
        beam: &'a mut Beam,
    ) -> &'a [PartialSum] {
        self.inline_search(x, width, self.fixed_stages, beam, |_, _| true);
        &beam.partial_sums
    }

    /// Searches up to a number of stages. After each stage, `each` gets the number of stages and the partial sums, the best first,
    /// and returns whether to go on. Inlined into its caller, so that it is compiled for the processor features of the caller.
    #[inline(always)]
    fn inline_search(
        &self,
        x: &Coordinates,
        width: usize,
        stages: usize,
        beam: &mut Beam,
        mut each: impl FnMut(usize, &[PartialSum]) -> bool,
    ) {
        let transposed = coordinates::transposed(x);
        let mut kept = BeamWidth(width).most();
        let squared_norm = x.iter().fold(0.0, |sum, x| sum + x * x);
        beam.partial_sums.clear();
        beam.partial_sums.push(PartialSum {
            error: squared_norm,
            ..PartialSum::default()
        });
        for (number, table) in self.stages.iter().enumerate().take(stages) {
            if number == self.fixed_stages {
                kept = kept.div_ceil(BeamWidth::LATE_FRACTION);
            }
            let panels = table.panels.len();
            beam.inner.resize(table.orientations * panels, [0.0; LANES]);
            inner_products::inline_all(
                &table.panels,
                x,
                &transposed,
                table.orientations,
                &mut beam.inner,
            );
            beam.best.start(kept, panels * LANES);
            if number == 0 {
                scan_base(table, squared_norm, &beam.inner, &mut beam.best);
            } else {
                table.coarsen(&beam.inner, &mut beam.coarse);
                for partial_sum in beam.partial_sums.iter().enumerate() {
                    let gain = self.gains[usize::from(partial_sum.1.indices[0].codeword)];
                    scan(
                        table,
                        number,
                        partial_sum,
                        gain,
                        (&beam.inner, &beam.coarse),
                        &mut beam.scratch,
                        &mut beam.best,
                    );
                }
            }
            beam.next.clear();
            for candidate in beam.best.sorted() {
                let mut partial_sum = beam.partial_sums[candidate.partial_sum()];
                partial_sum.indices[number] = candidate.index();
                partial_sum.error = candidate.error();
                beam.next.push(partial_sum);
            }
            std::mem::swap(&mut beam.partial_sums, &mut beam.next);
            if number == 0 {
                kept = BeamWidth(width).adapted(beam.partial_sums[0].error);
                beam.partial_sums.truncate(kept);
            }
            if !each(number + 1, &beam.partial_sums) {
                break;
            }
        }
    }
}

/// [`BeamSearch::encode`], compiled for several sets of processor features, of which the best is chosen at run time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn encode(
    search: &BeamSearch,
    model: &Model,
    blocks: &[[u8; BLOCK_SAMPLES]],
    latents: &mut [Latent],
    width: usize,
) {
    let mut beam = Beam::default();
    for (block, latent) in blocks.iter().zip(latents) {
        let mut best = u32::MAX;
        search.inline_decode(model, block, width, &mut beam, |found, block, decoded| {
            let error = inline_squared_error(block, decoded);
            if error < best {
                best = error;
                *latent = found;
            }
        });
    }
}

/// [`BeamSearch::candidates`], compiled for several sets of processor features, of which the best is chosen at run time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn candidates(
    search: &BeamSearch,
    model: &Model,
    blocks: &[[u8; BLOCK_SAMPLES]],
    width: usize,
) -> Vec<BlockCandidates> {
    let mut beam = Beam::default();
    let mut all = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut candidates = Vec::new();
        search.inline_decode(model, block, width, &mut beam, |found, block, decoded| {
            let found = AdaptiveLatent::from(&found);
            candidates.push(Candidate::new(found, block, decoded));
        });
        all.push(BlockCandidates {
            block: block::planar_to_interleaved(block),
            weight: FULL_WEIGHT,
            candidates,
        });
    }
    all
}

/// [`BeamSearch::adaptive_candidates`], compiled for several sets of processor features, of which the best is chosen at run time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn adaptive_candidates(
    search: &BeamSearch,
    model: &Model,
    blocks: &[[u8; BLOCK_SAMPLES]],
    width: usize,
    lengths: &Lengths,
) -> Vec<BlockCandidates> {
    let last = lengths.ends.iter().rposition(|&ends| ends);
    let stages = last.map_or(0, |last| last + 1);
    let bits = search.ends();
    let (mut found, mut order) = (Vec::new(), Vec::new());
    let mut beam = Beam::default();
    let mut all = Vec::with_capacity(blocks.len());
    for block in blocks {
        let weight = if lengths.masked {
            masking::weight(block)
        } else {
            FULL_WEIGHT
        };
        let x = coordinates::of_block(block);
        let block = block::planar_to_interleaved(block);
        let worth_a_bit = selection::error_worth_a_bit(lengths.slopes[0] / 2, weight);
        found.clear();
        search.inline_search(&x, width, stages, &mut beam, |number, sums| {
            if lengths.ends[number - 1] {
                let considered = sums.iter().take(lengths.kept.clamp(1, MAX_FOUND));
                found.extend(considered.map(|sum| (number, *sum)));
            }
            let next = search.stages.get(number);
            let next = next.map_or(0, |table| table.stage.bits);
            found.is_empty() || sums[0].error * REMOVED_BY_STAGE > worth_a_bit * f32::from(next)
        });
        let mut candidates = Vec::new();
        for &number in best_found(&found, &bits, weight, lengths, &mut order) {
            let (stages, sum) = &found[number];
            let latent = search.adaptive_latent(&sum.indices, *stages);
            let mut decoded = [0; BLOCK_SAMPLES];
            model.block(latent, &mut decoded);
            candidates.push(Candidate::new(latent, &block, &decoded));
        }
        all.push(BlockCandidates {
            block,
            weight,
            candidates,
        });
    }
    all
}

/// The numbers of the best sums at each slope, and of the best of each length, in increasing order. The sums come with their number
/// of stages, `bits` are those of each number of stages, and `order` is scratch memory.
#[inline(always)]
fn best_found<'o>(
    found: &[(usize, PartialSum)],
    bits: &[usize],
    weight: u32,
    lengths: &Lengths,
    order: &'o mut Vec<usize>,
) -> &'o [usize] {
    let mut kept = [false; MAX_STAGES * MAX_FOUND];
    let mut before = 0;
    for (number, (stages, _)) in found.iter().enumerate().take(kept.len()) {
        // The first of each length is the best.
        kept[number] = *stages != before;
        before = *stages;
    }
    for slope in lengths.slopes {
        let worth_a_bit = selection::error_worth_a_bit(slope, weight);
        let cost = |number: usize| {
            let (stages, sum) = &found[number];
            sum.error + worth_a_bit * bits[stages - 1] as f32
        };
        order.clear();
        order.extend(0..found.len().min(kept.len()));
        order.sort_by(|&a, &b| cost(a).total_cmp(&cost(b)));
        for &number in order.iter().take(lengths.kept) {
            kept[number] = true;
        }
    }
    order.clear();
    order.extend((0..found.len().min(kept.len())).filter(|&number| kept[number]));
    order
}

/// [`BeamSearch::sums_by_length`] on this thread, compiled for several sets of processor features, of which the best is chosen at
/// run time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn sums_by_length(
    search: &BeamSearch,
    blocks: &[Coordinates],
    width: usize,
    stages: usize,
) -> Vec<Vec<PartialSum>> {
    let mut beam = Beam::default();
    let mut all = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut best = Vec::with_capacity(stages);
        search.inline_search(block, width, stages, &mut beam, |_, sums| {
            best.push(sums[0]);
            true
        });
        all.push(best);
    }
    all
}

/// [`BeamSearch::indices`] on this thread, compiled for several sets of processor features, of which the best is chosen at run
/// time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn find_indices(
    search: &BeamSearch,
    blocks: &[Coordinates],
    indices: &mut [Indices],
    width: usize,
    stages: usize,
) {
    let mut beam = Beam::default();
    for (block, indices) in blocks.iter().zip(indices) {
        search.inline_search(block, width, stages, &mut beam, |_, sums| {
            *indices = sums[0].indices;
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use nice_decode::Orientation;
    use nice_decode::format::Stage;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{BeamSearch, BeamWidth, PartialSum};
    use crate::codebook::coordinates::{self, Coordinates, DIMENSIONS};
    use crate::codebook::index::StageIndex;
    use crate::codebook::tables::Codebook;

    /// A codebook of random codewords: long ones in the base, short ones in the residual stages.
    fn codebook(stages: &[(u8, u8)], random: &mut ChaCha8Rng) -> Codebook {
        let stages: Vec<Stage> = stages
            .iter()
            .map(|&(bits, orientation_bits)| Stage {
                bits,
                orientation_bits,
            })
            .collect();
        let mut codewords = |count: usize, size: f32| -> Vec<Coordinates> {
            (0..count)
                .map(|_| std::array::from_fn(|_| random.random_range(-size..size)))
                .collect()
        };
        let base = codewords(stages[0].codewords(true).unwrap(), 0.3);
        let residuals = stages[1..]
            .iter()
            .map(|stage| codewords(stage.codewords(false).unwrap(), 0.2))
            .collect();
        Codebook {
            gains: base
                .iter()
                .map(|codeword| 0.3 + codeword[0].abs())
                .collect(),
            stages,
            base,
            residuals,
        }
    }

    /// [`BeamSearch::find`] by definition: every residual is multiplied by every codeword in every orientation.
    fn find_by_definition(codebook: &Codebook, x: &Coordinates, width: usize) -> Vec<PartialSum> {
        let squared = |x: &Coordinates| x.iter().fold(0.0, |sum, value| sum + value * value);
        let mut kept = BeamWidth(width).most();
        let mut sums = vec![(PartialSum::default(), *x)];
        for (number, (codewords, stage)) in codebook.codewords().zip(&codebook.stages).enumerate() {
            let mut next = Vec::new();
            for (sum, residual) in &sums {
                let gain = if number == 0 {
                    1.0
                } else {
                    codebook.gains[usize::from(sum.indices[0].codeword)]
                };
                for orientation in Orientation::ALL
                    .into_iter()
                    .take(1 << stage.orientation_bits)
                {
                    for (codeword, values) in codewords.iter().enumerate() {
                        let values = coordinates::oriented(values, orientation);
                        let product: f32 = residual.iter().zip(&values).map(|(r, c)| r * c).sum();
                        let negative = number > 0 && product < 0.0;
                        let sign = if negative { -gain } else { gain };
                        let left: Coordinates =
                            std::array::from_fn(|at| residual[at] - sign * values[at]);
                        let mut sum = *sum;
                        sum.error = squared(&left);
                        sum.indices[number] = StageIndex {
                            codeword: codeword as u16,
                            orientation,
                            negative,
                        };
                        next.push((sum, left));
                    }
                }
                next.sort_by(|(a, _), (b, _)| a.error.total_cmp(&b.error));
                next.truncate(kept);
            }
            sums = next;
            if number == 0 {
                kept = BeamWidth(width).adapted(sums[0].0.error);
                sums.truncate(kept);
            }
        }
        sums.into_iter().map(|(sum, _)| sum).collect()
    }

    #[test]
    fn the_16_bit_filter_loses_none_of_the_best() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        for stages in [
            &[(6, 3), (9, 3), (9, 3), (8, 2)][..],
            &[(4, 0), (4, 1), (6, 2), (7, 3), (8, 3), (5, 0)],
        ] {
            let codebook = codebook(stages, &mut random);
            let search = BeamSearch::new(&codebook);
            // Blocks of low and high contrast, as far as samples of 0 and 1 go.
            for size in [0.02, 0.1, 0.3, 1.0] {
                for _ in 0..8 {
                    let x: Coordinates = std::array::from_fn(|_| random.random_range(-size..size));
                    let expected = find_by_definition(&codebook, &x, 5);
                    let found = search.find(&x, 5);
                    assert_eq!(found.len(), expected.len());
                    for (found, expected) in found.iter().zip(&expected) {
                        // Tabulated products are rounded to 2^-15 of the largest.
                        let difference = (found.error - expected.error).abs();
                        assert!(
                            difference < 2e-3 * expected.error.max(0.05),
                            "{stages:?}, {size}: {found:?}, {expected:?}"
                        );
                    }
                    assert_eq!(found[0].indices, expected[0].indices, "{stages:?}, {size}");
                }
            }
        }
    }

    #[test]
    fn a_zero_block_is_found_in_a_codebook_of_zeros() {
        let codebook = Codebook {
            stages: vec![
                Stage {
                    bits: 4,
                    orientation_bits: 3,
                },
                Stage {
                    bits: 5,
                    orientation_bits: 3,
                },
            ],
            base: vec![[0.0; DIMENSIONS]; 2],
            gains: vec![0.0; 2],
            residuals: vec![vec![[0.0; DIMENSIONS]; 2]],
        };
        let found = BeamSearch::new(&codebook).find(&[0.0; DIMENSIONS], 4);
        assert_eq!(found[0].error, 0.0);
    }
}
