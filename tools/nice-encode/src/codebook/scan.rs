//! All ways to continue a partial sum by a codeword of the next stage.
//!
//! Few of them are good enough, so they are filtered first, with 16-bit integers. The filter is coarse, but with an allowance for
//! rounding it loses none of the best. Errors are computed only for what passes.

use nice_decode::format::MAX_STAGES;

use super::candidates::{BestCandidates, Candidate};
use super::coordinates;
use super::index::{PartialSum, StageIndex};
use super::inner_products::{LANES, Lanes};
use super::stage::StageTable;
use nice_decode::Orientation;

/// Scratch memory of a scan.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    /// The coarse inner products with the block minus some codewords of the partial sum, in one orientation.
    sums: Vec<i16>,
    /// By how much the magnitudes of the coarse inner products are above the threshold, in one orientation.
    margins: Vec<i16>,
    /// The codewords with a positive margin.
    passed: Vec<u16>,
}

/// Offers all base codewords for a block, given its squared norm and its inner products with them.
#[inline(always)]
pub(super) fn scan_base(
    table: &StageTable,
    squared_norm: f32,
    inner: &[Lanes],
    best: &mut BestCandidates,
) {
    let orientations = &Orientation::ALL[..table.orientations];
    for (orientation, inner) in orientations
        .iter()
        .zip(inner.chunks_exact(table.panels.len()))
    {
        for (panel, (inner, norms)) in inner.iter().zip(&table.norms).enumerate() {
            let mut errors = [0.0; LANES];
            for ((error, inner), norm) in errors.iter_mut().zip(inner).zip(norms) {
                *error = squared_norm - 2.0 * inner + norm;
            }
            // It is rare that any of them is good enough.
            if errors
                .iter()
                .fold(false, |any, error| any | (*error < best.limit()))
            {
                for (lane, error) in errors.into_iter().enumerate() {
                    let index = StageIndex {
                        codeword: (panel * LANES + lane) as u16,
                        orientation: *orientation,
                        negative: false,
                    };
                    best.offer(error, Candidate::new(error, 0, index));
                }
                best.prune_if_long();
            }
        }
    }
}

/// Offers all ways to continue the partial sum with the number `at` by a codeword of stage `number`. `inner` and `coarse` are the
/// inner products of the block with the codewords of the stage, exact and coarse.
#[inline(always)]
pub(super) fn scan(
    table: &StageTable,
    number: usize,
    (at, partial_sum): (usize, &PartialSum),
    gain: f32,
    (inner, coarse): (&[Lanes], &[[i16; LANES]]),
    scratch: &mut Scratch,
    best: &mut BestCandidates,
) {
    let panels = table.panels.len();
    let codewords = panels * LANES;
    let Scratch {
        sums,
        margins,
        passed,
    } = scratch;
    // |r - g c|^2 is below the limit where <r, c> is above (|r|^2 - limit + g^2 |c|^2) / 2g.
    let half_inverse = 0.5 / (gain * table.unit);
    let norm_scale = (gain * gain * table.norm_unit * half_inverse * 65536.0) as i16;
    let norms = table.norms.as_flattened();
    // Half a unit for the rounding of `<x, c>`, and half a unit for that of floats. For every product that is scaled, a quarter
    // for the rounding of its scale, and one for that of the product.
    let allowance = 1.0 + 1.25 * (number - 1) as f32;
    margins.resize(codewords, 0);
    passed.resize(codewords + 1, 0);
    let mut earlier = [Earlier::default(); MAX_STAGES];
    let earlier = &mut earlier[..number];
    for (before, (to, products)) in earlier.iter_mut().zip(&table.products).enumerate() {
        let weight = match (before, partial_sum.indices[before].negative) {
            (0, _) => 1.0,
            (_, false) => gain,
            (_, true) => -gain,
        };
        to.weight = weight * products.unit;
        to.scale = (to.weight / table.unit * 65536.0).round_ties_even() as i16;
    }
    for orientation in &Orientation::ALL[..table.orientations] {
        let least = if partial_sum.error < table.reach {
            ((partial_sum.error - best.limit()) * half_inverse - allowance).floor() as i16
        } else {
            i16::MIN
        };
        let from = usize::from(orientation.bits()) * panels;
        let inner = inner[from..from + panels].as_flattened();
        let coarse = coarse[from..from + panels].as_flattened();
        let indices = partial_sum.indices.iter().zip(&table.products);
        for (to, (index, products)) in earlier.iter_mut().zip(indices) {
            let relative = coordinates::relative(index.orientation, *orientation);
            let from = (usize::from(index.codeword) * Orientation::ALL.len()
                + usize::from(relative.bits()))
                * panels;
            to.products = products.values[from..from + panels].as_flattened();
        }
        // The products with the base and the last two stages are subtracted in one pass; those of the stages between, if any,
        // before it.
        let (base, others) = earlier.split_at(1);
        let (first, last) = others.split_at(others.len().saturating_sub(2));
        let mut left = coarse;
        if !first.is_empty() {
            sums.clear();
            sums.extend_from_slice(coarse);
            for earlier in first {
                for (sum, &product) in sums.iter_mut().zip(earlier.products) {
                    *sum = sum.wrapping_sub(scaled(earlier.scale, product));
                }
            }
            left = sums;
        }
        let threshold = Threshold {
            least,
            norm_scale,
            norms: table.coarse_norms.as_flattened(),
        };
        let base = base[0].products;
        match *last {
            [a, b] => threshold.margins(left, base, [a, b], margins),
            [a] => threshold.margins(left, base, [a], margins),
            _ => threshold.margins(left, base, [], margins),
        }
        // Positive margins are rare. They are gathered without branches, which could not be predicted.
        let mut count = 0;
        for (panel, margins) in margins.as_chunks::<LANES>().0.iter().enumerate() {
            if margins
                .iter()
                .fold(false, |any, margin| any | (*margin > 0))
            {
                for (lane, margin) in margins.iter().enumerate() {
                    passed[count] = (panel * LANES + lane) as u16;
                    count += usize::from(*margin > 0);
                }
            }
        }
        for codeword in &passed[..count] {
            let lane = usize::from(*codeword);
            let product = earlier.iter().fold(inner[lane], |sum, earlier| {
                sum - earlier.weight * f32::from(earlier.products[lane])
            });
            // Of a codeword and its negative, the one with a positive inner product is always better.
            let error = partial_sum.error - 2.0 * gain * product.abs() + gain * gain * norms[lane];
            let index = StageIndex {
                codeword: *codeword,
                orientation: *orientation,
                negative: product < 0.0,
            };
            best.offer(error, Candidate::new(error, at, index));
        }
        best.prune_if_long();
    }
}

/// The inner products of a codeword of a partial sum with all codewords of the next stage.
#[derive(Clone, Copy, Debug, Default)]
struct Earlier<'a> {
    /// The factor of the products.
    weight: f32,
    /// The factor of the products in coarse units, in units of 2^-16.
    scale: i16,
    products: &'a [i16],
}

/// The high half of a product, rounded down.
#[inline(always)]
fn scaled(scale: i16, product: i16) -> i16 {
    ((i32::from(scale) * i32::from(product)) >> 16) as i16
}

/// The magnitude that a coarse inner product must exceed.
#[derive(Clone, Copy, Debug)]
struct Threshold<'a> {
    /// For a codeword of norm 0.
    least: i16,
    /// How much more for a unit of the squared norm, in units of 2^-16.
    norm_scale: i16,
    /// The coarse squared norms of the codewords.
    norms: &'a [i16],
}

impl Threshold<'_> {
    /// By how much the magnitudes of the inner products with a residual are above the threshold, given those with the block and
    /// with the codewords of the partial sum. One flat loop: for nested ones the compiler would use gather instructions.
    #[inline(always)]
    fn margins<const N: usize>(
        self,
        left: &[i16],
        base: &[i16],
        earlier: [Earlier<'_>; N],
        margins: &mut [i16],
    ) {
        let count = margins.len();
        let (left, base) = (&left[..count], &base[..count]);
        let norms = &self.norms[..count];
        let scales = earlier.map(|earlier| earlier.scale);
        let products = earlier.map(|earlier| &earlier.products[..count]);
        for at in 0..count {
            let mut sum = left[at].wrapping_sub(base[at]);
            for (scale, products) in scales.iter().zip(products) {
                sum = sum.wrapping_sub(scaled(*scale, products[at]));
            }
            let needed = scaled(self.norm_scale, norms[at]).saturating_add(self.least);
            margins[at] = sum.wrapping_abs().saturating_sub(needed);
        }
    }
}
