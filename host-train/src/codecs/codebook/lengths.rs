//! How many stages each block uses, as an encoder would choose it: most blocks are in the fixed layout; some use as many stages as each is
//! worth, by Lagrangian cost, when blocks have so many bits on average.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use nice_decode::format::{Stage, stage_ends};

use super::backend::{BestSums, BlockIndices, fixed_stages};

/// One in so many blocks is trained in the adaptive layout, the others in the fixed layout.
const ADAPTIVE_SHARE: usize = 4;

/// The bits of a block on average, in the adaptive layout, that blocks are encoded with in turn.
const AVERAGE_BITS: [f32; 5] = [20.0, 32.0, 44.0, 44.0, 60.0];

/// The number of blocks on which slopes are compared.
const COMPARED: usize = 1024;

/// The logarithms to base 2 of the slopes that are compared first: from about no cost of a bit to one that no stage is worth.
const SLOPES: (f32, f32) = (-10.0, 22.0);

/// The number of slopes that are compared first.
const COARSE: usize = 64;

/// The number of slopes between two of the first ones that are compared then.
const FINE: usize = 16;

/// The unit of errors here: that of squared samples from 0 to 255.
const SQUARED_PEAK: f32 = 255.0 * 255.0;

/// The indices of blocks with the numbers of stages that they use. The weights are `[blocks]`.
pub fn choose<B: Backend>(
    sums: &BestSums<B>,
    weights: Tensor<B, 1>,
    stages: &[Stage],
) -> BlockIndices<B> {
    let device = weights.device();
    let [blocks, count] = sums.errors.dims();
    let bits: Vec<f32> = stage_ends(stages.iter().copied())
        .map(|end| end as f32)
        .collect();
    let bits = Tensor::<B, 1>::from_data(TensorData::from(&bits[..]), &device); // [stages]
    // More stages never need to be worse.
    let errors = sums.errors.clone().clamp_min(0.0) * weights.unsqueeze_dim(1) * SQUARED_PEAK;
    let errors = errors.cummin(1); // [blocks, stages]

    let slopes = slopes(errors.clone(), bits.clone()); // [averages]
    // The number of the average of each block; the first is that of the fixed layout, at which a bit costs nothing.
    let averages: Vec<i32> = (0..blocks)
        .map(|at| match at % ADAPTIVE_SHARE {
            0 => (at / ADAPTIVE_SHARE % AVERAGE_BITS.len()) as i32 + 1,
            _ => 0,
        })
        .collect();
    let averages = Tensor::<B, 1, Int>::from_data(TensorData::from(&averages[..]), &device); // [blocks]
    let slopes = Tensor::cat(vec![Tensor::zeros([1], &device), slopes], 0);
    let slopes = slopes.select(0, averages.clone()).unsqueeze_dim(1); // [blocks, 1]
    let costs = errors + slopes * bits.unsqueeze_dim(0); // [blocks, stages]
    let longest = fixed_stages(stages).min(count) as i64 - 1;
    let last = costs.argmin(1).reshape([blocks]); // [blocks]
    let last = last.mask_fill(averages.equal_elem(0), longest);
    let rows = last
        .clone()
        .reshape([blocks, 1, 1])
        .expand([blocks, 1, count]); // [blocks, 1, stages]
    BlockIndices {
        indices: sums
            .indices
            .clone()
            .gather(1, rows)
            .reshape([blocks, count]),
        used: last + 1,
    }
}

/// The cost of a bit at which blocks have each of the [`AVERAGE_BITS`], `[averages]`, from the weighted errors of each number of stages,
/// `[blocks, stages]`, and the bits of these, `[stages]`.
fn slopes<B: Backend>(errors: Tensor<B, 2>, bits: Tensor<B, 1>) -> Tensor<B, 1> {
    let device = errors.device();
    let [blocks, _] = errors.dims();
    let errors = errors.narrow(0, 0, blocks.min(COMPARED));
    let (from, to) = SLOPES;
    let step = (to - from) / (COARSE - 1) as f32;
    let row = |values: Vec<f32>| -> Tensor<B, 1> {
        Tensor::from_data(TensorData::from(&values[..]), &device)
    };
    let averages = AVERAGE_BITS.len();
    let targets = row(AVERAGE_BITS.to_vec()).unsqueeze_dim::<2>(1); // [averages, 1]
    let coarse = row((0..COARSE)
        .map(|at| (from + step * at as f32).exp2())
        .collect()); // [slopes]
    let coarse = coarse.unsqueeze_dim::<2>(0).expand([averages, COARSE]); // [averages, slopes]
    let found = least(errors.clone(), bits.clone(), coarse, targets.clone()); // [averages, 1]
    let factors = row((0..FINE)
        .map(|at| (-step * at as f32 / FINE as f32).exp2())
        .collect());
    let fine = found * factors.unsqueeze_dim(0); // [averages, slopes]
    least(errors, bits, fine, targets).reshape([averages])
}

/// For each row of slopes, `[rows, slopes]`, the least one at which blocks have at most the target of the row in bits, `[rows, 1]`, or
/// the greatest one.
fn least<B: Backend>(
    errors: Tensor<B, 2>,
    bits: Tensor<B, 1>,
    slopes: Tensor<B, 2>,
    targets: Tensor<B, 2>,
) -> Tensor<B, 2> {
    let [blocks, stages] = errors.dims();
    let [rows, count] = slopes.dims();
    let each = bits.clone().reshape([1, stages, 1]) * slopes.clone().reshape([1, 1, rows * count]);
    let costs = errors.unsqueeze_dim::<3>(2) + each; // [blocks, stages, rows * slopes]
    let chosen = costs.argmin(1).reshape([blocks * rows * count]);
    let chosen = bits.select(0, chosen).reshape([blocks, rows * count]);
    let average = chosen.mean_dim(0).reshape([rows, count]);
    let greatest = slopes.clone().max_dim(1).expand([rows, count]); // [rows, slopes]
    slopes
        .mask_where(average.greater(targets.expand([rows, count])), greatest)
        .min_dim(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn_flex::Flex;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn blocks_have_the_average_bits_and_more_where_they_remove_more_error() {
        let stages: Vec<Stage> = [12, 12, 12, 12, 9, 9, 9, 9, 9]
            .map(|bits| Stage {
                bits,
                orientation_bits: 3,
            })
            .to_vec();
        let device = Default::default();
        let blocks = 4000;
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let scales: Vec<f32> = (0..blocks)
            .map(|_| random.random_range(-6.0_f32..2.0).exp2())
            .collect();
        let errors: Vec<f32> = scales
            .iter()
            .flat_map(|scale| (0..9).map(move |stage| scale * 0.6_f32.powi(stage)))
            .collect();
        let indices: Vec<i32> = (0..blocks * 81).map(|at| at as i32 / 9 % 9).collect();
        let sums = BestSums::<Flex> {
            errors: Tensor::from_data(TensorData::new(errors, [blocks, 9]), &device),
            indices: Tensor::from_data(TensorData::new(indices, [blocks, 9, 9]), &device),
        };
        let chosen = choose(&sums, Tensor::ones([blocks], &device), &stages);
        let used: Vec<i64> = chosen.used.into_data().iter().collect();
        let indices: Vec<i64> = chosen.indices.into_data().iter().collect();
        let ends: Vec<usize> = stage_ends(stages.iter().copied()).collect();
        let mut bits = [0; AVERAGE_BITS.len()];
        let mut long = Vec::new();
        for (at, &used) in used.iter().enumerate() {
            assert_eq!(
                indices[at * 9],
                used - 1,
                "the indices are of that many stages"
            );
            if at % ADAPTIVE_SHARE > 0 {
                assert_eq!(used, 4);
                continue;
            }
            let average = at / ADAPTIVE_SHARE % AVERAGE_BITS.len();
            bits[average] += ends[used as usize - 1];
            if average == 0 {
                long.push((scales[at], used));
            }
        }
        for (bits, average) in bits.iter().zip(AVERAGE_BITS) {
            let found = *bits as f32 / (blocks / ADAPTIVE_SHARE / AVERAGE_BITS.len()) as f32;
            assert!(
                (found / average - 1.0).abs() < 0.12,
                "{found} instead of {average}"
            );
        }
        long.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(long.is_sorted_by_key(|(_, used)| *used));
    }
}
