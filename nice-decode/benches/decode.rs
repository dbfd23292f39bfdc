//! How fast models and pictures are opened, and blocks, pixels and rows decoded, on one core.
//!
//! `cargo bench -p nice-decode`; the numbers are those of the processor that the program is
//! compiled for, so `RUSTFLAGS="-C target-cpu=native"` shows what wider registers give.

#[path = "../examples/formula_model/codebook.rs"]
mod codebook;
#[path = "../examples/formula_model/formula.rs"]
mod formula;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use nice_decode::{Decoder, Image, Pixel, Rgb565Le, Rgb888};

/// The hidden units of the usual network.
const HIDDEN: u16 = 256;

/// The size of the picture in pixels; its height is that of a few rows of blocks.
const SIZE: (u32, u32) = (1024, 32);

/// The models that are decoded with: networks by their hidden units, codebooks by their size.
fn models() -> Vec<(String, Vec<u8>)> {
    let networks = [64, HIDDEN, 512]
        .map(|hidden| (format!("{hidden} hidden units"), formula::model(hidden, 1)));
    let codebooks = [("S", codebook::S), ("M", codebook::M)]
        .map(|(size, stages)| (format!("codebook {size}"), codebook::model(stages, 1)));
    networks.into_iter().chain(codebooks).collect()
}

/// Opening a model and a picture, with and without their checksums.
fn open(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("open");
    for (kind, model) in [
        ("model", formula::model(HIDDEN, 1)),
        ("codebook", codebook::model(codebook::M, 1)),
    ] {
        group.throughput(Throughput::Bytes(model.len() as u64));
        group.bench_function(kind, |bencher| {
            bencher.iter(|| Decoder::from_bytes(black_box(&model)));
        });
        group.bench_function(format!("trusted {kind}"), |bencher| {
            bencher.iter(|| Decoder::from_trusted_bytes(black_box(&model)));
        });
    }
    let picture = formula::picture(SIZE.0, SIZE.1, 0, 1);
    group.throughput(Throughput::Bytes(picture.len() as u64));
    group.bench_function("picture", |bencher| {
        bencher.iter(|| Image::from_bytes(black_box(&picture)));
    });
    group.finish();
}

/// Decoding blocks one by one.
fn block(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("block");
    group.throughput(Throughput::Elements(1));
    for (name, model) in models() {
        let decoder = Decoder::from_bytes(&model).expect("the model is valid");
        let picture = formula::picture(SIZE.0, SIZE.1, decoder.id().get(), 1);
        let image = Image::from_bytes(&picture).expect("the picture is valid");
        let mut latents = image.latents().iter().cycle();
        let mut block = [0; 192];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                decoder.block(black_box(latents.next().expect("a cycle")), &mut block);
                black_box(&block);
            });
        });
    }
    group.finish();
}

/// Decoding single texels, each from another block and from another place in it.
fn texel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("texel");
    group.throughput(Throughput::Elements(1));
    for (name, stages) in [("codebook S", codebook::S), ("codebook M", codebook::M)] {
        let model = codebook::model(stages, 1);
        let decoder = Decoder::from_bytes(&model).expect("the model is valid");
        let picture = formula::picture(SIZE.0, SIZE.1, decoder.id().get(), 1);
        let image = Image::from_bytes(&picture).expect("the picture is valid");
        let mut latents = image.latents().iter().enumerate().cycle();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (index, latent) = latents.next().expect("a cycle");
                decoder.texel(black_box(latent), index, index / 8)
            });
        });
    }
    group.finish();
}

/// Decoding rows of blocks into lines of each format, and smoothed.
fn row(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("row");
    for (of, model) in [
        ("", formula::model(HIDDEN, 1)),
        (" of codebook S", codebook::model(codebook::S, 1)),
        (" of codebook M", codebook::model(codebook::M, 1)),
    ] {
        let decoder = Decoder::from_bytes(&model).expect("the model is valid");
        let picture = formula::picture(SIZE.0, SIZE.1, decoder.id().get(), 1);
        let image = Image::from_bytes(&picture).expect("the picture is valid");
        group.throughput(Throughput::Elements(u64::from(image.blocks_wide())));
        row_as::<Rgb888>(&mut group, format!("RGB888{of}"), &decoder, &image);
        row_as::<Rgb565Le>(&mut group, format!("RGB565{of}"), &decoder, &image);
        if decoder.smooths() {
            smooth_row(&mut group, format!("smoothed RGB888{of}"), &decoder, &image);
        }
    }
    group.finish();
}

/// Decoding whole pictures, row after row.
fn picture(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("picture");
    group.throughput(Throughput::Elements(u64::from(SIZE.0) * u64::from(SIZE.1)));
    for (name, stages) in [("codebook S", codebook::S), ("codebook M", codebook::M)] {
        let model = codebook::model(stages, 1);
        let decoder = Decoder::from_bytes(&model).expect("the model is valid");
        let file = formula::picture(SIZE.0, SIZE.1, decoder.id().get(), 1);
        let image = Image::from_bytes(&file).expect("the picture is valid");
        let picture = decoder
            .open(&image)
            .expect("the picture was made with the model");
        let stride = 3 * SIZE.0 as usize;
        let mut pixels = vec![0; stride * SIZE.1 as usize];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for (row, lines) in black_box(&mut pixels).chunks_mut(8 * stride).enumerate() {
                    picture
                        .row::<Rgb888>(row as u32, lines, stride)
                        .expect("the row is there");
                }
            });
        });
    }
    group.finish();
}

/// Decoding rows of blocks into lines of one format.
fn row_as<P: Pixel>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: String,
    decoder: &Decoder<'_>,
    image: &Image<'_>,
) {
    let picture = decoder
        .open(image)
        .expect("the picture was made with the model");
    let stride = SIZE.0 as usize * P::BYTES;
    let mut lines = vec![0; 8 * stride];
    let mut rows = (0..image.blocks_high()).cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let row = rows.next().expect("a cycle");
            picture.row::<P>(row, black_box(&mut lines), stride)
        });
    });
}

/// Decoding rows of blocks with the borders between blocks smoothed.
fn smooth_row(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: String,
    decoder: &Decoder<'_>,
    image: &Image<'_>,
) {
    let picture = decoder
        .open(image)
        .expect("the picture was made with the model");
    let mut work = vec![0; picture.smooth_bytes()];
    let mut smooth = picture
        .smooth(&mut work)
        .expect("the buffer is long enough");
    let stride = SIZE.0 as usize * 3;
    let mut lines = vec![0; 8 * stride];
    let mut rows = (0..image.blocks_high()).cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let row = rows.next().expect("a cycle");
            smooth.row::<Rgb888>(row, black_box(&mut lines), stride)
        });
    });
}

criterion_group!(benches, open, block, texel, row, picture);
criterion_main!(benches);
