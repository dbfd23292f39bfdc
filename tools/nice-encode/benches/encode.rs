//! The speed of encoding and decoding whole pictures on one core, in pixels per second: `cargo bench -p nice-encode`.
//!
//! The network is random, since its speed does not depend on what it has learned: 256 hidden units on both sides.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nice_decode::format::{LayerTables, ModelFile, ModelTables, NetworkTables, stage_ends};
use nice_decode::{AdaptiveLatent, Decoder, Image, LATENT_BITS, Latent, Model, pretrained};
use nice_encode::network::EncoderNetwork;
use nice_encode::{Encoder, Latents, Options, Picture, block, container, decode};

const HIDDEN: usize = 256;
const WIDTH: u32 = 768;
const HEIGHT: u32 = 512;

/// The model file of a random network.
fn network() -> Vec<u8> {
    let weights = |count: usize, factor: usize| -> Vec<u8> {
        (0..count)
            .map(|at| (((at * factor) >> 3) % 255) as u8)
            .map(|byte| byte.wrapping_sub(127))
            .collect()
    };
    let multiplier = |rows| 20_000_u16.to_le_bytes().repeat(rows);
    container::model::to_bytes(&ModelFile {
        name: "benchmark",
        tables: ModelTables::Network(NetworkTables {
            bits: 48,
            hidden: HIDDEN as u16,
            slope: 655,
            first: LayerTables {
                pre: 0,
                post: 9,
                weights: &weights(48 * HIDDEN, 7919),
                bias: &vec![0; 4 * HIDDEN],
                multiplier: &multiplier(HIDDEN),
            },
            second: LayerTables {
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

/// Random latents of a codebook that end after 2 to 6 stages: a picture of about 0.75 bits per pixel.
fn adaptive(model: &Model<'_>) -> Latents {
    let ends: Vec<usize> = stage_ends(model.stages()).collect();
    let around_48 = ends.iter().position(|&end| end == LATENT_BITS);
    let first = around_48.expect("a model has a fixed layout") - 2;
    let blocks = WIDTH as usize / 8 * (HEIGHT as usize / 8);
    let latent = |at: usize| {
        let bits = (at as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let bytes = (bits >> 16).to_le_bytes();
        AdaptiveLatent::new(
            bytes.first_chunk().expect("12 of 16 bytes"),
            ends[first + at % 5],
        )
    };
    Latents::Adaptive((0..blocks).map(latent).collect())
}

/// A random encoder network.
fn encoder_network() -> EncoderNetwork {
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
    .expect("the lengths are right")
}

/// A picture of noise.
fn picture(width: u32, height: u32) -> Picture {
    let rgb = (0..width * height * 3)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 21) as u8)
        .collect();
    Picture::new(width, height, rgb).expect("the sides and the samples match")
}

fn on_one_core(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread can be started");
    let file = network();
    let model = Model::from_bytes(&file).expect("it was checked when it was made");
    let encoder_network = encoder_network();
    let encoder = Encoder::for_network(model, encoder_network.clone());
    let mut group = criterion.benchmark_group("one core");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));

    let large = picture(WIDTH, HEIGHT);
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    let grid = block::grid(&large);
    group.bench_function("encode, network", |bencher| {
        bencher.iter(|| pool.install(|| encoder_network.encode_all(black_box(&grid))));
    });

    let latents = pool.install(|| {
        encoder.encode_picture(
            &large,
            &Options {
                effort: 0,
                ..Options::default()
            },
        )
    });
    let bytes = container::image::to_bytes(WIDTH, HEIGHT, model.id(), &latents)
        .expect("there is a latent for every block");
    let image = Image::from_bytes(&bytes).expect("it was just made");
    group.bench_function("decode, network", |bencher| {
        bencher.iter(|| pool.install(|| decode::decode_image(&model, black_box(&image), false)));
    });
    group.bench_function("decode, network, block by block", |bencher| {
        let mut block = [0; nice_decode::BLOCK_SAMPLES];
        bencher.iter(|| {
            for latent in black_box(image.latents()) {
                model.block(latent, &mut block);
                black_box(&block);
            }
        });
    });

    // Latents that use all codewords equally often: a cache helps only as far as it holds the tables.
    let latents: Vec<Latent> = (0..latents.blocks() as u64)
        .map(|at| {
            let bits = (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
            std::array::from_fn(|byte| (bits >> (8 * byte)) as u8)
        })
        .collect();
    let fixed = Latents::Fixed(latents);
    let mut rgb = vec![0; (WIDTH * HEIGHT * 3) as usize];
    for (name, file) in [("s", pretrained::S), ("m", pretrained::M)] {
        let model = Model::from_bytes(file).expect("it is valid");
        let mut memory = vec![0; model.expanded_bytes()];
        let expanded = model
            .expand(&mut memory)
            .expect("the memory is large enough");
        for (layout, latents) in [("", &fixed), (", adaptive", &adaptive(&model))] {
            let bytes = container::image::to_bytes(WIDTH, HEIGHT, model.id(), latents)
                .expect("there is a latent for every block");
            let image = Image::from_bytes(&bytes).expect("it was just made");
            for (how, model, deblock) in [
                ("", model, false),
                (", expanded", expanded, false),
                (", expanded, deblocked", expanded, true),
            ] {
                let decoder =
                    Decoder::new(&model, &image).expect("the image has the id of the model");
                group.bench_function(format!("decode, model {name}{layout}{how}"), |bencher| {
                    bencher.iter(|| {
                        pool.install(|| decode::decode_into(black_box(&decoder), &mut rgb, deblock))
                    });
                });
            }
        }
    }

    let small = picture(128, 64);
    group.throughput(Throughput::Elements(128 * 64));
    let codebook = Encoder::for_codebook(pretrained::M).expect("it is a codebook");
    for (name, encoder) in [("network", &encoder), ("model m", &codebook)] {
        for effort in [1, 2] {
            group.bench_function(format!("encode, {name}, effort {effort}"), |bencher| {
                bencher.iter(|| {
                    let small = black_box(&small);
                    pool.install(|| {
                        encoder.encode_picture(
                            small,
                            &Options {
                                effort,
                                ..Options::default()
                            },
                        )
                    })
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, on_one_core);
criterion_main!(benches);
