//! A stage of a codebook, prepared for the search: its codewords in panels, and their inner products with those of earlier
//! stages.

use nice_decode::BLOCK_SAMPLES;
use nice_decode::format::Stage;

use super::coordinates::{Coordinates, DIMENSIONS};
use super::inner_products::{LANES, Lanes, Panel};

/// The largest magnitude of a number of 16 bits.
const MAX: f32 = i16::MAX as f32;

/// A stage, prepared for the search.
#[derive(Clone, Debug)]
pub(super) struct StageTable {
    pub(super) stage: Stage,
    /// The number of orientations in which the stage uses its codewords.
    pub(super) orientations: usize,
    /// The codewords.
    pub(super) panels: Vec<Panel>,
    /// The squared norms of the codewords; infinite in lanes without a codeword.
    pub(super) norms: Vec<Lanes>,
    /// The squared norms in units of `norm_unit`, rounded down.
    pub(super) coarse_norms: Vec<[i16; LANES]>,
    pub(super) norm_unit: f32,
    /// For every stage before this one, the inner products of its codewords with those of this one.
    pub(super) products: Vec<Products>,
    /// The unit of the coarse inner products.
    pub(super) unit: f32,
    /// The largest squared norm of a residual whose coarse inner products with all codewords fit into 16 bits.
    pub(super) reach: f32,
}

/// The inner products of the codewords of an earlier stage with those of a later one, in all relative orientations.
///
/// There are so many of them that the search waits for memory, so they are rounded to 16 bits.
#[derive(Clone, Debug)]
pub(super) struct Products {
    /// Codeword after codeword of the earlier stage, orientation after orientation, the codewords of the later stage panel after
    /// panel.
    pub(super) values: Vec<[i16; LANES]>,
    /// The unit of the values.
    pub(super) unit: f32,
}

impl StageTable {
    /// A stage without inner products; [`set_products`](Self::set_products) adds them.
    pub(super) fn new(stage: Stage, codewords: &[Coordinates]) -> Self {
        let mut panels = vec![[[0.0; LANES]; DIMENSIONS]; codewords.len().div_ceil(LANES)];
        let mut norms = vec![[f32::INFINITY; LANES]; panels.len()];
        for (at, codeword) in codewords.iter().enumerate() {
            let (panel, lane) = (at / LANES, at % LANES);
            for (to, value) in panels[panel].iter_mut().zip(codeword) {
                to[lane] = *value;
            }
            norms[panel][lane] = codeword.iter().fold(0.0, |sum, value| sum + value * value);
        }
        Self {
            stage,
            orientations: 1 << stage.orientation_bits,
            panels,
            norms,
            coarse_norms: Vec::new(),
            norm_unit: 0.0,
            products: Vec::new(),
            unit: 1.0,
            reach: 0.0,
        }
    }

    /// Rounds the inner products with the codewords of earlier stages to 16 bits, and chooses the unit of coarse inner products
    /// with residuals: the smallest with which they fit into 16 bits.
    pub(super) fn set_products(&mut self, exact: &[Vec<Lanes>], gains: &[f32]) {
        use rayon::prelude::*;

        let largest = |exact: &Vec<Lanes>| {
            let products = exact.as_flattened().iter();
            products.fold(f32::MIN_POSITIVE, |largest, product| {
                largest.max(product.abs())
            })
        };
        let finite = self.norms.as_flattened().iter();
        let longest = finite
            .filter(|norm| norm.is_finite())
            .fold(f32::MIN_POSITIVE, |longest, norm| longest.max(*norm))
            .sqrt();
        let gain = gains.iter().fold(0.0_f32, |most, gain| most.max(*gain));
        self.norm_unit = longest * longest / MAX;
        self.coarse_norms = self
            .norms
            .iter()
            .map(|norms| norms.map(|norm| (norm / self.norm_unit) as i16))
            .collect();
        let units: Vec<f32> = exact.iter().map(|exact| largest(exact) / MAX).collect();
        // The longest residual of a block: every sample is 0 where the sum has 1, or the other way around.
        let whole = (BLOCK_SAMPLES as f32).sqrt();
        self.unit = units
            .iter()
            .enumerate()
            .map(
                |(stage, unit)| {
                    if stage == 0 { *unit } else { 2.0 * gain * unit }
                },
            )
            .fold(whole * longest / MAX, f32::max)
            * 1.001;
        self.reach = (MAX * self.unit / longest).powi(2);
        self.products = exact
            .iter()
            .zip(units)
            .enumerate()
            .map(|(stage, (exact, unit))| {
                // The products with the base are not scaled by a gain, so they get the unit in which they are subtracted.
                let unit = if stage == 0 { self.unit } else { unit };
                let values = exact
                    .par_iter()
                    .with_min_len(1 << 12)
                    .map(|exact| exact.map(|product| (product / unit).round() as i16))
                    .collect();
                Products { values, unit }
            })
            .collect();
    }

    /// Converts inner products to coarse ones.
    #[inline(always)]
    pub(super) fn coarsen(&self, inner: &[Lanes], to: &mut Vec<[i16; LANES]>) {
        let units = 1.0 / self.unit;
        to.resize(inner.len(), [0; LANES]);
        for (to, inner) in to.as_flattened_mut().iter_mut().zip(inner.as_flattened()) {
            // The lowest bits of a float of this magnitude are an integer.
            *to = (inner * units + 1.5 * (1 << 23) as f32).to_bits() as i16;
        }
    }
}
