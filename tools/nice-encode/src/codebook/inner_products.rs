//! Inner products of blocks with codewords in all orientations. Those of the parts of the coordinates are computed once; a flip
//! only changes their signs.

use multiversion::multiversion;
use nice_decode::Orientation;

use super::coordinates::{self, Coordinates, DIMENSIONS, PART, PARTS};

/// The number of codewords whose products are computed together.
pub(super) const LANES: usize = 16;

/// A number for each of [`LANES`] codewords.
pub(super) type Lanes = [f32; LANES];

/// The coordinates of [`LANES`] codewords, coordinate after coordinate.
pub(super) type Panel = [Lanes; DIMENSIONS];

/// `<x, c>` for all codewords `c` in the first `orientations` orientations: one orientation after the other, and for each one
/// panel after the other. Inlined into its caller, so that it is compiled for the processor features of the caller.
#[inline(always)]
pub(super) fn inline_all(
    panels: &[Panel],
    x: &Coordinates,
    transposed: &Coordinates,
    orientations: usize,
    to: &mut [Lanes],
) {
    // The inner product with a transposed codeword is that of the transposed block with the codeword.
    for (at, panel) in panels.iter().enumerate() {
        let both = part_products(panel, [x, transposed]);
        for orientation in &Orientation::ALL[..orientations] {
            let parts = &both[usize::from(orientation.transposes())];
            to[usize::from(orientation.bits()) * panels.len() + at] = flipped(parts, *orientation);
        }
    }
}

/// The inner products of every codeword of an earlier stage with all codewords of a later one in all orientations: codeword
/// after codeword of the earlier stage, orientation after orientation, panel after panel.
pub(super) fn pairs(earlier: &[Coordinates], panels: &[Panel]) -> Vec<Lanes> {
    use rayon::prelude::*;

    let each = Orientation::ALL.len() * panels.len();
    let mut products = vec![[0.0; LANES]; earlier.len() * each];
    products
        .par_chunks_mut(each)
        .zip(earlier)
        .with_min_len(8)
        .for_each(|(to, codeword)| all(panels, codeword, to));
    products
}

/// [`inline_all`] in all orientations, compiled for several sets of processor features, of which the best is chosen at run time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx2", "x86_64+avx2"))]
fn all(panels: &[Panel], x: &Coordinates, to: &mut [Lanes]) {
    let transposed = coordinates::transposed(x);
    inline_all(panels, x, &transposed, Orientation::ALL.len(), to);
}

/// The inner products of the parts of two blocks with those of some codewords.
#[inline(always)]
fn part_products(panel: &Panel, blocks: [&Coordinates; 2]) -> [[Lanes; PARTS]; 2] {
    let (codewords, _) = panel.as_chunks::<PART>();
    let [(first, _), (second, _)] = blocks.map(|block| block.as_chunks::<PART>());
    let mut sums = [[[0.0; LANES]; PARTS]; 2];
    for (part, ((first, second), codewords)) in first.iter().zip(second).zip(codewords).enumerate()
    {
        // Two independent chains of additions for each block, so that no addition waits for the one before.
        let [mut even, mut odd] = [[[0.0; LANES]; 2]; 2];
        let pairs = first
            .as_chunks::<2>()
            .0
            .iter()
            .zip(second.as_chunks::<2>().0);
        for ((first, second), codewords) in pairs.zip(codewords.as_chunks::<2>().0) {
            even[0] = std::array::from_fn(|lane| even[0][lane] + first[0] * codewords[0][lane]);
            even[1] = std::array::from_fn(|lane| even[1][lane] + second[0] * codewords[0][lane]);
            odd[0] = std::array::from_fn(|lane| odd[0][lane] + first[1] * codewords[1][lane]);
            odd[1] = std::array::from_fn(|lane| odd[1][lane] + second[1] * codewords[1][lane]);
        }
        for block in 0..2 {
            sums[block][part] = std::array::from_fn(|lane| even[block][lane] + odd[block][lane]);
        }
    }
    sums
}

/// The inner products with flipped codewords, from those of the parts.
#[inline(always)]
fn flipped(parts: &[Lanes; PARTS], orientation: Orientation) -> Lanes {
    let signs: [f32; PARTS] = std::array::from_fn(|part| coordinates::flip_sign(orientation, part));
    std::array::from_fn(|lane| {
        parts[0][lane]
            + signs[1] * parts[1][lane]
            + signs[2] * parts[2][lane]
            + signs[3] * parts[3][lane]
    })
}
