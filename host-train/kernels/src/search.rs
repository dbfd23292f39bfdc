//! The beam search over the stages of a codebook, for many blocks at once.

use burn::tensor::{DType, Tensor, TensorData};
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{BoolElement, CubeRuntime};
use cubecl::prelude::*;
use nice_decode::BLOCK_SAMPLES;
use nice_decode::format::Stage;
use nice_encode::codebook::BeamWidth;

use crate::cubes;
use crate::extend::{self, BestLaunch, PartialSumsLaunch, StageTablesLaunch, WidthLaunch};
use crate::inner_products;
use crate::orientation::ORIENTATIONS;
use crate::tensors::{
    Floats, Integers, empty_like, of_floats, of_integers, to_floats, to_integers,
};

/// The most bytes of the inner products of the blocks that are searched together: half of what a buffer of a kernel can have on any Vulkan.
const INNER_BYTES: usize = 64 << 20;

/// The most blocks that are searched together.
const MOST_BLOCKS: usize = 1 << 14;

/// A codebook, prepared for the search.
#[derive(Clone, Debug)]
pub struct BeamSearch<R: CubeRuntime> {
    stages: Vec<StageOnDevice<R>>,
    /// `[base codewords]`
    gains: CubeTensor<R>,
    fixed_stages: usize,
}

/// A stage on the device.
#[derive(Clone, Debug)]
struct StageOnDevice<R: CubeRuntime> {
    codeword_bits: u32,
    orientation_bits: u32,
    /// `[96, codewords]`
    codewords: CubeTensor<R>,
    /// `[codewords]`
    norms: CubeTensor<R>,
    /// See [`extend::StageTables`].
    products: CubeTensor<R>,
    /// See [`extend::StageTables`].
    starts: CubeTensor<R>,
}

/// The best sums that the search finds for some blocks.
#[derive(Clone, Debug)]
pub struct Found<R: CubeRuntime, BT: BoolElement> {
    /// The squared error of the best sum of each number of stages, `[blocks, stages]`.
    pub errors: Floats<R, BT, 2>,
    /// The indices of that sum, `[blocks, stages, stages]`; those of further stages are 0. Bits 0 to 2 of an index are the
    /// orientation, bit 3 says that the codeword is negated, and the bits above are its number.
    pub indices: Integers<R, BT, 3>,
}

/// The largest magnitude of a tabulated inner product, in its unit. The search of nice-encode tabulates them with 16 bits; here they
/// are rounded to the same numbers, so that both searches find the same.
const MAX_PRODUCT: f32 = i16::MAX as f32;

impl<R: CubeRuntime> BeamSearch<R> {
    /// Prepares a codebook: its stages, the number of those of the fixed layout, the codewords of each stage, `[codewords, 96]`, and
    /// the gains, `[base codewords]`.
    pub fn new<BT: BoolElement>(
        stages: &[Stage],
        fixed_stages: usize,
        codewords: &[Floats<R, BT, 2>],
        gains: Floats<R, BT, 1>,
    ) -> Self {
        let most_gain = gains.clone().max(); // [1]
        let mut prepared = Vec::with_capacity(stages.len());
        for (number, stage) in stages.iter().enumerate() {
            let own = codewords[number].clone();
            let [count, _] = own.dims();
            let norms = own.clone().powi_scalar(2).sum_dim(1).reshape([count]); // [codewords]
            let longest = norms.clone().max().sqrt(); // [1]
            let columns = of_floats(own.transpose()); // [96, codewords]
            let exact: Vec<Floats<R, BT, 1>> = codewords[..number]
                .iter()
                .map(|earlier| {
                    let earlier = of_floats(earlier.clone());
                    let products = inner_products_of(&earlier, &columns, ORIENTATIONS);
                    to_floats::<R, BT, 3>(products).reshape([-1])
                })
                .collect();
            let (products, starts) = tabulate(&exact, longest, most_gain.clone());
            prepared.push(StageOnDevice {
                codeword_bits: count.ilog2(),
                orientation_bits: stage.orientation_bits.into(),
                codewords: columns,
                norms: of_floats(norms),
                products: of_floats(products),
                starts: of_integers(starts),
            });
        }
        Self {
            stages: prepared,
            gains: of_floats(gains),
            fixed_stages,
        }
    }

    /// The best sums of up to a number of stages for blocks that are given by their coordinates, `[blocks, 96]`.
    pub fn find<BT: BoolElement>(
        &self,
        blocks: Floats<R, BT, 2>,
        width: usize,
        stages: usize,
    ) -> Found<R, BT> {
        let [count, _] = blocks.dims();
        let lanes = |stage: &StageOnDevice<R>| 1 << (stage.codeword_bits + stage.orientation_bits);
        let most_lanes: usize = self.stages.iter().map(lanes).max().unwrap_or(1);
        let together = (INNER_BYTES / (most_lanes * size_of::<f32>())).clamp(1, MOST_BLOCKS);
        let mut errors = Vec::new();
        let mut indices = Vec::new();
        for start in (0..count).step_by(together) {
            let end = count.min(start + together);
            let found =
                self.find_together(blocks.clone().narrow(0, start, end - start), width, stages);
            errors.push(found.errors);
            indices.push(found.indices);
        }
        Found {
            errors: Tensor::cat(errors, 0),
            indices: Tensor::cat(indices, 0),
        }
    }

    /// [`find`](Self::find) for blocks that are searched together.
    fn find_together<BT: BoolElement>(
        &self,
        blocks: Floats<R, BT, 2>,
        width: usize,
        stages: usize,
    ) -> Found<R, BT> {
        let device = blocks.device();
        let [count, _] = blocks.dims();
        let squared_norms = of_floats(blocks.clone().powi_scalar(2).sum_dim(1)); // [blocks, 1]
        let blocks = of_floats(blocks);
        // Blocks of which nothing is finite keep these.
        let best_errors = of_floats(Floats::<R, BT, 2>::zeros([count, stages], &device));
        let best_indices = of_integers(Integers::<R, BT, 3>::zeros(
            [count, stages, stages],
            &device,
        ));
        let kept = empty_like(&blocks, [count], DType::I32);
        let width = BeamWidth(width);
        let list = (width.most() as u32 + extend::ADDED)
            .next_power_of_two()
            .max(2 * extend::ADDED);
        let sums = || PartialSumsOnDevice {
            errors: empty_like(&blocks, [count, width.most()], DType::F32),
            indices: empty_like(&blocks, [count, width.most(), stages], DType::I32),
            counts: empty_like(&blocks, [count], DType::I32),
        };
        let (mut from, mut to) = (sums(), sums());
        for (number, stage) in self.stages[..stages].iter().enumerate() {
            let orientations = 1 << stage.orientation_bits;
            let inner = inner_products_of(&blocks, &stage.codewords, orientations);
            let shape = extend::Stage {
                number,
                codeword_bits: stage.codeword_bits,
                orientation_bits: stage.orientation_bits,
                late: number >= self.fixed_stages,
                list,
            };
            let best = BestLaunch::new(
                best_errors.clone().into_tensor_arg(),
                best_indices.clone().into_tensor_arg(),
                kept.clone().into_tensor_arg(),
            );
            let tables = StageTablesLaunch::new(
                stage.norms.clone().into_tensor_arg(),
                stage.products.clone().into_tensor_arg(),
                stage.starts.clone().into_tensor_arg(),
                self.gains.clone().into_tensor_arg(),
            );
            let width = WidthLaunch::new(
                width.least() as u32,
                width.most() as u32,
                width.0 as f32,
                BeamWidth::TYPICAL_ERROR,
            );
            // SAFETY: the tensors have the shapes that the kernel expects, and it reads and writes within them.
            #[allow(unsafe_code)]
            unsafe {
                extend::extend::launch_unchecked(
                    &blocks.client,
                    cubes::one_for_each(count, &blocks),
                    CubeDim::new_1d(extend::UNITS),
                    inner.into_tensor_arg(),
                    squared_norms.clone().into_tensor_arg(),
                    tables,
                    from.launch(),
                    to.launch(),
                    best,
                    width,
                    shape,
                );
            }
            std::mem::swap(&mut from, &mut to);
        }
        Found {
            errors: to_floats(best_errors),
            indices: to_integers(best_indices),
        }
    }
}

/// The partial sums of some blocks, on the device; see [`extend::PartialSums`].
struct PartialSumsOnDevice<R: CubeRuntime> {
    errors: CubeTensor<R>,
    indices: CubeTensor<R>,
    counts: CubeTensor<R>,
}

impl<R: CubeRuntime> PartialSumsOnDevice<R> {
    fn launch(&self) -> PartialSumsLaunch<R> {
        PartialSumsLaunch::new(
            self.errors.clone().into_tensor_arg(),
            self.indices.clone().into_tensor_arg(),
            self.counts.clone().into_tensor_arg(),
        )
    }
}

/// The inner products of blocks, `[blocks, 96]`, with codewords, `[96, codewords]`, in the first orientations:
/// `[blocks, orientations, codewords]`.
fn inner_products_of<R: CubeRuntime>(
    blocks: &CubeTensor<R>,
    codewords: &CubeTensor<R>,
    orientations: usize,
) -> CubeTensor<R> {
    let (count, each) = (blocks.meta.shape()[0], codewords.meta.shape()[1]);
    let products = empty_like(blocks, [count, orientations, each], DType::F32);
    let cubes = CubeCount::Static(
        each.div_ceil(inner_products::UNITS as usize) as u32,
        count.div_ceil(inner_products::BLOCKS) as u32,
        1,
    );
    // SAFETY: the tensors have the shapes that the kernel expects, and it reads and writes within them.
    #[allow(unsafe_code)]
    unsafe {
        inner_products::inner_products::launch_unchecked(
            &blocks.client,
            cubes,
            CubeDim::new_1d(inner_products::UNITS),
            blocks.clone().into_tensor_arg(),
            codewords.clone().into_tensor_arg(),
            products.clone().into_tensor_arg(),
            orientations,
        );
    }
    products
}

/// The inner products with earlier stages, rounded and one after the other, and where those of each stage begin. `longest` is the
/// norm of the longest codeword of the stage, and `most_gain` is the largest gain, `[1]` each.
fn tabulate<R: CubeRuntime, BT: BoolElement>(
    exact: &[Floats<R, BT, 1>],
    longest: Floats<R, BT, 1>,
    most_gain: Floats<R, BT, 1>,
) -> (Floats<R, BT, 1>, Integers<R, BT, 1>) {
    let device = longest.device();
    let units: Vec<_> = exact
        .iter()
        .map(|products| products.clone().abs().max() / MAX_PRODUCT) // [1]
        .collect();
    // The longest residual of a block: every sample is 0 where the sum has 1, or the other way around.
    let whole = (BLOCK_SAMPLES as f32).sqrt();
    let subtracted = units.iter().enumerate().map(|(stage, unit)| match stage {
        0 => unit.clone(),
        _ => unit.clone() * most_gain.clone() * 2.0,
    });
    let base_unit = subtracted.fold(longest * (whole / MAX_PRODUCT), Tensor::max_pair) * 1.001;
    let mut rounded: Vec<_> = exact
        .iter()
        .zip(units)
        .enumerate()
        .map(|(stage, (products, unit))| {
            // The products with the base are not scaled by a gain, so they get the unit in which they are subtracted.
            let unit = if stage == 0 { base_unit.clone() } else { unit };
            (products.clone() / unit.clone()).round() * unit
        })
        .collect();
    if rounded.is_empty() {
        rounded.push(Tensor::zeros([1], &device)); // A buffer has to have an element.
    }
    let mut end = 0;
    let starts: Vec<i32> = rounded
        .iter()
        .map(|products| {
            let start = end;
            end += products.dims()[0] as i32;
            start
        })
        .collect();
    let starts = Tensor::from_data(TensorData::from(&starts[..]), &device);
    (Tensor::cat(rounded, 0), starts)
}
