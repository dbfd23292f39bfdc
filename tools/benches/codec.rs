//! How fast blocks are encoded, searched and decoded, in pixels a second on one core.
//!
//! `cargo bench -p tools` measures. The figures do not depend on what a model has learned, so the models here are random:
//! the notebook's sizes, 256 hidden units on both sides.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nice_decode::format::{Body, Layer, Model, Network};
use nice_decode::{Decoder, Image, Latent, models};
use tools::coder::Coder;
use tools::encoder::EncoderNetwork;
use tools::picture::Picture;
use tools::{blocks, decode, model_file, picture_file};

const HIDDEN: usize = 256;
const WIDTH: u32 = 768;
const HEIGHT: u32 = 512;

/// A decoder model file of weights that look random.
fn model() -> Vec<u8> {
    let weights = |count: usize, factor: usize| -> Vec<u8> {
        (0..count)
            .map(|at| (((at * factor) >> 3) % 255) as u8)
            .map(|byte| byte.wrapping_sub(127))
            .collect()
    };
    let multiplier = |rows| 20_000_u16.to_le_bytes().repeat(rows);
    model_file::to_bytes(&Model {
        name: "benchmark",
        body: Body::Network(Network {
            bits: 48,
            hidden: HIDDEN as u16,
            slope: 655,
            first: Layer {
                pre: 0,
                post: 9,
                weights: &weights(48 * HIDDEN, 7919),
                bias: &vec![0; 4 * HIDDEN],
                multiplier: &multiplier(HIDDEN),
            },
            second: Layer {
                pre: 12,
                post: 19,
                weights: &weights(192 * HIDDEN, 104_729),
                bias: &12_000_000_i32.to_le_bytes().repeat(192),
                multiplier: &multiplier(192),
            },
        }),
    })
    .expect("the numbers are in their ranges")
}

fn encoder() -> EncoderNetwork {
    let weights = |count: usize| -> Vec<f32> {
        (0..count)
            .map(|at| (at * 7919 % 1009) as f32 / 1008.0 - 0.5)
            .collect()
    };
    EncoderNetwork::new(
        HIDDEN,
        0.01,
        &weights(192 * HIDDEN),
        &weights(HIDDEN),
        &weights(HIDDEN * 48),
    )
    .expect("the counts fit")
}

fn picture(width: u32, height: u32) -> Picture {
    let rgb = (0..width * height * 3)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 21) as u8)
        .collect();
    Picture::new(width, height, rgb).expect("as many samples as the sides say")
}

fn on_one_core(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread can be started");
    let file = model();
    let decoder = Decoder::from_bytes(&file).expect("it was checked when it was made");
    let encoder = encoder();
    let coder = Coder::network(decoder, encoder.clone());
    let mut group = criterion.benchmark_group("one core");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));

    let large = picture(WIDTH, HEIGHT);
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    let grid = blocks::grid(&large);
    group.bench_function("encode, network", |bencher| {
        bencher.iter(|| pool.install(|| encoder.encode_all(black_box(&grid))));
    });

    let latents = pool.install(|| coder.encode_picture(&large, 0));
    let bytes = picture_file::to_bytes(WIDTH, HEIGHT, decoder.id(), &latents)
        .expect("as many latents as blocks");
    let image = Image::from_bytes(&bytes).expect("it was just made");
    group.bench_function("decode, picture", |bencher| {
        bencher
            .iter(|| pool.install(|| decode::decode_picture(&decoder, black_box(&image), false)));
    });
    group.bench_function("decode, block by block", |bencher| {
        let mut block = [0; nice_decode::BLOCK_SAMPLES];
        bencher.iter(|| {
            for latent in black_box(&latents) {
                decoder.block(latent, &mut block);
                black_box(&block);
            }
        });
    });

    // Latents that pick all rows equally often: no cache can do better than hold the tables.
    let latents: Vec<Latent> = (0..latents.len() as u64)
        .map(|at| {
            let bits = (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
            std::array::from_fn(|byte| (bits >> (8 * byte)) as u8)
        })
        .collect();
    let mut rgb = vec![0; (WIDTH * HEIGHT * 3) as usize];
    for (name, file) in [("s", models::S), ("m", models::M)] {
        let decoder = Decoder::from_bytes(file).expect("it comes with the crate");
        let mut memory = vec![0; decoder.unfolded_bytes()];
        let unfolded = decoder
            .unfold(&mut memory)
            .expect("it has as many bytes as are needed");
        let bytes = picture_file::to_bytes(WIDTH, HEIGHT, decoder.id(), &latents)
            .expect("as many latents as blocks");
        let image = Image::from_bytes(&bytes).expect("it was just made");
        for (how, decoder, smooth) in [
            ("", decoder, false),
            (", unfolded", unfolded, false),
            (", unfolded, smoothed", unfolded, true),
        ] {
            let opened = decoder.open(&image).expect("it has the model's id");
            group.bench_function(format!("decode, model {name}{how}"), |bencher| {
                bencher.iter(|| {
                    pool.install(|| decode::decode_into(black_box(&opened), &mut rgb, smooth))
                });
            });
        }
    }

    let small = picture(128, 64);
    group.throughput(Throughput::Elements(128 * 64));
    for effort in [1, 2] {
        group.bench_function(format!("encode, effort {effort}"), |bencher| {
            bencher.iter(|| {
                let small = black_box(&small);
                pool.install(|| coder.encode_picture(small, effort))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, on_one_core);
criterion_main!(benches);
