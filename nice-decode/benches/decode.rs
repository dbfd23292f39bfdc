//! The time to open models and images, and to decode blocks, texels and rows, on one core.
//!
//! `cargo bench -p nice-decode` uses the instructions that every processor of the target has (SSE2 on x86-64), `--features std`
//! the best that this processor has.

#[path = "../tests/formula/mod.rs"]
mod formula;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use nice_decode::{Deblocker, Decoder, Image, Model, PixelFormat, Rgb565Le, Rgb888};

use formula::codebook;

/// The hidden units of the usual network.
const HIDDEN: u16 = 256;

/// The size of the image in pixels.
const SIZE: (u32, u32) = (1024, 32);

/// The models: networks by their hidden units, codebooks by their size.
fn models() -> Vec<(String, Vec<u8>)> {
    let networks = [64, HIDDEN, 512].map(|hidden| {
        (
            format!("{hidden} hidden units"),
            formula::network(hidden, 1),
        )
    });
    let codebooks = [("s", codebook::S), ("m", codebook::M)]
        .map(|(size, stages)| (format!("codebook {size}"), codebook::model(stages, 1)));
    networks.into_iter().chain(codebooks).collect()
}

/// Opening a model and an image, with and without their checksums.
fn open(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("open");
    for (kind, model) in [
        ("model", formula::network(HIDDEN, 1)),
        ("codebook", codebook::model(codebook::M, 1)),
    ] {
        group.throughput(Throughput::Bytes(model.len() as u64));
        group.bench_function(kind, |bencher| {
            bencher.iter(|| Model::from_bytes(black_box(&model)));
        });
        group.bench_function(format!("trusted {kind}"), |bencher| {
            bencher.iter(|| Model::from_trusted_bytes(black_box(&model)));
        });
    }
    let image = formula::image(SIZE.0, SIZE.1, 0, 1);
    group.throughput(Throughput::Bytes(image.len() as u64));
    group.bench_function("image", |bencher| {
        bencher.iter(|| Image::from_bytes(black_box(&image)));
    });
    group.finish();
}

/// Decoding blocks one by one.
fn block(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("block");
    group.throughput(Throughput::Elements(1));
    for (name, model) in models() {
        let model = Model::from_bytes(&model).expect("the model is valid");
        let file = formula::image(SIZE.0, SIZE.1, model.id().get(), 1);
        let image = Image::from_bytes(&file).expect("the image is valid");
        let mut latents = image.latents().cycle();
        let mut block = [0; 192];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                model.block(black_box(latents.next().expect("a cycle")), &mut block);
                black_box(&block);
            });
        });
    }
    group.finish();
}

/// Decoding single texels, each of another block and at another position.
fn texel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("texel");
    group.throughput(Throughput::Elements(1));
    for (name, stages) in [("codebook s", codebook::S), ("codebook m", codebook::M)] {
        let model = codebook::model(stages, 1);
        let model = Model::from_bytes(&model).expect("the model is valid");
        let file = formula::image(SIZE.0, SIZE.1, model.id().get(), 1);
        let image = Image::from_bytes(&file).expect("the image is valid");
        let mut latents = image.latents().enumerate().cycle();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (index, latent) = latents.next().expect("a cycle");
                model.texel(black_box(latent), index, index / 8)
            });
        });
    }
    group.finish();
}

/// Decoding rows of blocks into lines of each format, and with deblocking.
fn row(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("row");
    for (of, model) in [
        ("", formula::network(HIDDEN, 1)),
        (" of codebook s", codebook::model(codebook::S, 1)),
        (" of codebook m", codebook::model(codebook::M, 1)),
    ] {
        let model = Model::from_bytes(&model).expect("the model is valid");
        let file = formula::image(SIZE.0, SIZE.1, model.id().get(), 1);
        let image = Image::from_bytes(&file).expect("the image is valid");
        group.throughput(Throughput::Elements(u64::from(image.blocks_wide())));
        row_as::<Rgb888>(&mut group, format!("RGB888{of}"), &model, &image);
        row_as::<Rgb565Le>(&mut group, format!("RGB565{of}"), &model, &image);
        if model.has_deblocking() {
            deblocked_row(&mut group, format!("deblocked RGB888{of}"), &model, &image);
        }
    }
    group.finish();
}

/// Decoding whole images, row after row.
fn image(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("image");
    group.throughput(Throughput::Elements(u64::from(SIZE.0) * u64::from(SIZE.1)));
    for (name, stages) in [("codebook s", codebook::S), ("codebook m", codebook::M)] {
        let model = codebook::model(stages, 1);
        let model = Model::from_bytes(&model).expect("the model is valid");
        let file = formula::image(SIZE.0, SIZE.1, model.id().get(), 1);
        let image = Image::from_bytes(&file).expect("the image is valid");
        let decoder = Decoder::new(&model, &image).expect("the image is for the model");
        let stride = 3 * SIZE.0 as usize;
        let mut pixels = vec![0; stride * SIZE.1 as usize];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for (row, lines) in black_box(&mut pixels).chunks_mut(8 * stride).enumerate() {
                    decoder
                        .row::<Rgb888>(row as u32, lines, stride)
                        .expect("the row is in the image");
                }
            });
        });
    }
    group.finish();
}

/// Decoding rows of blocks into lines of one format.
fn row_as<P: PixelFormat>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: String,
    model: &Model<'_>,
    image: &Image<'_>,
) {
    let decoder = Decoder::new(model, image).expect("the image is for the model");
    let stride = P::line_bytes(SIZE.0 as usize);
    let mut lines = vec![0; 8 * stride];
    let mut rows = (0..image.blocks_high()).cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let row = rows.next().expect("a cycle");
            decoder.row::<P>(row, black_box(&mut lines), stride)
        });
    });
}

/// Decoding rows of blocks with deblocking.
fn deblocked_row(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: String,
    model: &Model<'_>,
    image: &Image<'_>,
) {
    let decoder = Decoder::new(model, image).expect("the image is for the model");
    let mut memory = vec![0; Deblocker::memory_bytes(&decoder, image.region())];
    let mut deblocker =
        Deblocker::new(&decoder, image.region(), &mut memory).expect("the memory is long enough");
    let stride = SIZE.0 as usize * 3;
    let mut lines = vec![0; 8 * stride];
    let mut rows = (0..image.blocks_high()).cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let row = rows.next().expect("a cycle");
            deblocker.row::<Rgb888>(row, black_box(&mut lines), stride)
        });
    });
}

criterion_group!(benches, open, block, texel, row, image);
criterion_main!(benches);
