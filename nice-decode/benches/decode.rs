//! How fast models and pictures are opened, and blocks and rows decoded, on one core.
//!
//! `cargo bench -p nice-decode`; the numbers are those of the processor that the program is
//! compiled for, so `RUSTFLAGS="-C target-cpu=native"` shows what wider registers give.

#[path = "../examples/formula_model/formula.rs"]
mod formula;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nice_decode::{Decoder, Image, Pixel, Rgb565Le, Rgb888};

/// The hidden units of the usual model.
const HIDDEN: u16 = 256;

/// The size of the picture in pixels; its height is that of a few rows of blocks.
const SIZE: (u32, u32) = (1024, 32);

/// Opening a model and a picture, with and without their checksums.
fn open(criterion: &mut Criterion) {
    let model = formula::model(HIDDEN, 1);
    let mut group = criterion.benchmark_group("open");
    group.throughput(Throughput::Bytes(model.len() as u64));
    group.bench_function("model", |bencher| {
        bencher.iter(|| Decoder::from_bytes(black_box(&model)));
    });
    group.bench_function("trusted model", |bencher| {
        bencher.iter(|| Decoder::from_trusted_bytes(black_box(&model)));
    });
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
    for hidden in [64, HIDDEN, 512] {
        let model = formula::model(hidden, 1);
        let decoder = Decoder::from_bytes(&model).expect("the model is valid");
        let picture = formula::picture(SIZE.0, SIZE.1, decoder.id().get(), 1);
        let image = Image::from_bytes(&picture).expect("the picture is valid");
        let mut latents = image.latents().iter().cycle();
        let mut block = [0; 192];
        group.bench_function(format!("{hidden} hidden units"), |bencher| {
            bencher.iter(|| {
                decoder.block(black_box(latents.next().expect("a cycle")), &mut block);
                black_box(&block);
            });
        });
    }
    group.finish();
}

/// Decoding rows of blocks into lines of each format.
fn row(criterion: &mut Criterion) {
    let model = formula::model(HIDDEN, 1);
    let decoder = Decoder::from_bytes(&model).expect("the model is valid");
    let picture = formula::picture(SIZE.0, SIZE.1, decoder.id().get(), 1);
    let image = Image::from_bytes(&picture).expect("the picture is valid");
    let mut group = criterion.benchmark_group("row");
    group.throughput(Throughput::Elements(u64::from(image.blocks_wide())));
    row_as::<Rgb888>(&mut group, "RGB888", &decoder, &image);
    row_as::<Rgb565Le>(&mut group, "RGB565", &decoder, &image);
    group.finish();
}

/// Decoding rows of blocks into lines of one format.
fn row_as<P: Pixel>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
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

criterion_group!(benches, open, block, row);
criterion_main!(benches);
