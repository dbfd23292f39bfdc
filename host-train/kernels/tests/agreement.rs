//! The search on a GPU finds what that of nice-encode finds. Tests run on any Vulkan, also one in software such as Mesa's lavapipe, and
//! say that they are skipped if there is none.

use burn::tensor::{Int, Tensor, TensorData};
use burn_wgpu::{WgpuDevice, WgpuRuntime};
use nice_data::synthetic;
use nice_decode::format::{ModelTables, Stage, stage_ends};
use nice_decode::{BLOCK_SAMPLES, LATENT_BITS, Orientation};
use nice_encode::codebook::coordinates::{self, DIMENSIONS};
use nice_encode::codebook::{self, Codebook, Coordinates};
use nice_encode::{block, container, pretrained};
use nice_kernels::{BeamSearch, DeviceBytes, Found, Gpu, SampleLayout};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

type B = Gpu<WgpuRuntime, u8>;

/// A Vulkan in software, if there is one.
fn device() -> Option<WgpuDevice> {
    let device = WgpuDevice::Cpu;
    let starts = || Tensor::<B, 1>::zeros([1], &device).into_data();
    std::panic::catch_unwind(starts).is_ok().then_some(device)
}

/// Blocks of synthetic pictures.
fn blocks(count: usize) -> Vec<Coordinates> {
    let mut blocks = Vec::new();
    for seed in 0.. {
        let grid = block::grid(&synthetic::picture(seed, 256, 256));
        let (planar, _) = grid.as_chunks::<BLOCK_SAMPLES>();
        blocks.extend(planar.iter().map(coordinates::of_block));
        if blocks.len() >= count {
            break;
        }
    }
    blocks.truncate(count);
    blocks
}

fn upload(rows: &[Coordinates], device: &WgpuDevice) -> Tensor<B, 2> {
    let data = TensorData::new(rows.as_flattened().to_vec(), [rows.len(), DIMENSIONS]);
    Tensor::from_data(data, device)
}

fn prepare(codebook: &Codebook, device: &WgpuDevice) -> BeamSearch<WgpuRuntime> {
    let codewords: Vec<Tensor<B, 2>> = codebook
        .codewords()
        .map(|rows| upload(rows, device))
        .collect();
    let ends = stage_ends(codebook.stages.iter().copied());
    let fixed = ends.take_while(|&end| end <= LATENT_BITS).count();
    let gains = Tensor::from_data(TensorData::from(&codebook.gains[..]), device);
    BeamSearch::new(&codebook.stages, fixed, &codewords, gains)
}

/// The squared error of a block with indices of some stages, each as its codeword, orientation and sign.
fn error(codebook: &Codebook, block: &Coordinates, indices: &[(usize, Orientation, bool)]) -> f64 {
    let gain = f64::from(codebook.gains[indices[0].0]);
    let mut left = block.map(f64::from);
    for (number, (words, &(at, orientation, negative))) in
        codebook.codewords().zip(indices).enumerate()
    {
        let scale = match (number, negative) {
            (0, _) => 1.0,
            (_, false) => gain,
            (_, true) => -gain,
        };
        for (left, value) in left
            .iter_mut()
            .zip(coordinates::oriented(&words[at], orientation))
        {
            *left -= scale * f64::from(value);
        }
    }
    left.iter().map(|left| left * left).sum()
}

/// The largest difference between the squared errors of what both searches find, relative to the error.
const TOLERANCE: f64 = 1e-4;

/// The share of sums that may differ by more, in either direction. Where two candidates are nearly equally good at the end of the beam,
/// the last bits of a sum decide which of them is kept, and these depend on the order of additions and on fused multiplications.
const NEARLY_EQUAL: f64 = 2e-3;

/// Asserts that both searches find sums with the same errors, for every number of stages.
fn assert_agreement(codebook: &Codebook, blocks: &[Coordinates], width: usize) {
    let Some(device) = device() else {
        println!("skipped: there is no Vulkan device");
        return;
    };
    let stages = codebook.stages.len();
    let expected = codebook::BeamSearch::new(codebook).sums_by_length(blocks, width, stages);
    let Found { errors, indices } =
        prepare(codebook, &device).find(upload(blocks, &device), width, stages);
    let errors: Vec<f32> = errors.into_data().to_vec().unwrap();
    let indices: Vec<i32> = indices.into_data().to_vec().unwrap();
    let (mut different, mut of_found, mut of_expected) = (0, 0.0, 0.0);
    for (at, (block, expected)) in blocks.iter().zip(&expected).enumerate() {
        for (number, expected) in expected.iter().enumerate() {
            let row = &indices[(at * stages + number) * stages..][..=number];
            let found = row.iter().map(|&index| {
                let orientation = Orientation::from_bits(index as u8);
                (index as usize >> 4, orientation, index & 8 != 0)
            });
            let wanted = expected.indices[..=number].iter();
            let wanted =
                wanted.map(|index| (index.codeword.into(), index.orientation, index.negative));
            let found = error(codebook, block, &found.collect::<Vec<_>>());
            let wanted = error(codebook, block, &wanted.collect::<Vec<_>>());
            // The tabulated products are rounded.
            let stated = f64::from(errors[at * stages + number]);
            assert!(
                (stated - found).abs() < 0.02 * found.max(0.5),
                "block {at}, {} stages: {stated} is stated, but the error is {found}",
                number + 1
            );
            different += usize::from((found - wanted).abs() > TOLERANCE * wanted.max(1e-4));
            of_found += found;
            of_expected += wanted;
        }
    }
    let sums = blocks.len() * stages;
    println!("{different} of {sums} sums differ, all together {of_found} and {of_expected}");
    assert!((different as f64) <= NEARLY_EQUAL * sums as f64);
    assert!((of_found / of_expected - 1.0).abs() < TOLERANCE);
}

#[test]
fn the_pretrained_codebooks_give_the_same_errors_for_10000_blocks() {
    let blocks = blocks(10_000);
    for name in ["xs", "s", "m"] {
        let file = pretrained::named(name).unwrap();
        let ModelTables::Codebook(tables) = container::model::tables(file).unwrap() else {
            unreachable!("it is a codebook")
        };
        assert_agreement(&Codebook::from_tables(&tables), &blocks, 6);
    }
}

#[test]
fn random_codebooks_of_any_layout_give_the_same_errors() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for stages in [
        &[(6, 3), (9, 3), (9, 3), (8, 2)][..],
        &[(4, 0), (4, 1), (6, 2), (7, 3), (8, 3), (5, 0)],
        &[(8, 0), (8, 0), (8, 0), (8, 0), (8, 0), (8, 0)],
        &[(10, 3), (13, 3), (13, 2), (12, 1)],
    ] {
        let stages: Vec<Stage> = stages
            .iter()
            .map(|&(bits, orientation_bits)| Stage {
                bits,
                orientation_bits,
            })
            .collect();
        let mut codewords = |count, size: f32| -> Vec<Coordinates> {
            (0..count)
                .map(|_| std::array::from_fn(|_| random.random_range(-size..size)))
                .collect()
        };
        let base = codewords(stages[0].codewords(true).unwrap(), 0.3);
        let residuals = stages[1..]
            .iter()
            .map(|stage| codewords(stage.codewords(false).unwrap(), 1.0))
            .collect();
        let blocks = codewords(200, 0.3);
        let gains = base
            .iter()
            .map(|_| random.random_range(0.02..0.2))
            .collect();
        let codebook = Codebook {
            stages,
            base,
            gains,
            residuals,
        };
        for width in [1, 5, 24] {
            assert_agreement(&codebook, &blocks, width);
        }
    }
}

/// GPUs limit the number of cubes along an axis, many to 65,535.
const MANY: u32 = 70_000;

#[test]
fn blocks_cut_on_the_device_have_the_coordinates_of_nice_encode_however_many_there_are() {
    let Some(device) = device() else {
        println!("skipped: there is no Vulkan device");
        return;
    };
    let picture = synthetic::picture(3, 60, 40);
    let rgb = picture.rgb();
    let places: Vec<[u32; 4]> = (0..MANY)
        .map(|at| [at * 7 % 53, at * 5 % 33, at % 8, at])
        .collect();
    let mut words: Vec<i32> = rgb
        .chunks(4)
        .map(|bytes| {
            let mut word = [0; 4];
            word[..bytes.len()].copy_from_slice(bytes);
            i32::from_le_bytes(word)
        })
        .collect();
    words.push(0);
    let rows: Vec<i32> = places
        .iter()
        .flat_map(|&[x, y, orientation, _]| {
            [(y * 60 + x) * 3, 180, orientation].map(|value| value as i32)
        })
        .collect();
    let bytes = DeviceBytes::<WgpuRuntime, u8> {
        words: Tensor::from_data(TensorData::from(&words[..]), &device),
        layout: SampleLayout {
            pixel: 3,
            channel: 1,
        },
    };
    let rows = Tensor::<B, 2, Int>::from_data(TensorData::new(rows, [MANY as usize, 3]), &device);
    let samples: Vec<f32> = bytes.samples(rows.clone()).into_data().to_vec().unwrap();
    let (found, fine_chroma) = bytes.coordinates(rows);
    let found: Vec<f32> = found.into_data().to_vec().unwrap();
    let fine_chroma: Vec<f32> = fine_chroma.into_data().to_vec().unwrap();
    for (at, &[x, y, orientation, _]) in places.iter().enumerate() {
        let mut block = [0; BLOCK_SAMPLES];
        block::cut_at(&picture, x, y, &mut block);
        for (sample, found) in block.iter().zip(&samples[at * BLOCK_SAMPLES..]) {
            assert!((f32::from(*sample) / 255.0 - found).abs() < 1e-6);
        }
        let coordinates = coordinates::of_block(&block);
        let all: f32 = block
            .iter()
            .map(|&sample| (f32::from(sample) / 255.0).powi(2))
            .sum();
        let held: f32 = coordinates.iter().map(|value| value * value).sum();
        assert!(
            (all - held - fine_chroma[at]).abs() < 1e-3,
            "{} {}",
            all - held,
            fine_chroma[at]
        );
        let orientation = Orientation::from_bits(orientation as u8);
        let expected = coordinates::oriented(&coordinates, orientation);
        for (expected, found) in expected.iter().zip(&found[at * DIMENSIONS..]) {
            assert!((expected - found).abs() < 1e-5, "{at} {orientation:?}");
        }
    }
}
