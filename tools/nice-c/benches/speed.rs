//! The speed of nice.c beside that of nice-decode: a picture of 768 x 512 pixels on one core, in megapixels per second. Chooses
//! the best of many runs of each, in turns. The C compiler is `$CC`.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use nice_c::{Format, OpenDeblocker, OpenImage, OpenModel};
use nice_decode::{Deblocker, Decoder, Image, Model, Rgb565Le, Rgb888};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read(root.join(path)).expect("a file of the repository");
    for (what, model, image) in [
        (
            "model m",
            "nice-decode/models/m.nicem",
            "firmware-example/pictures/large/demo.nice",
        ),
        (
            "model s",
            "nice-decode/models/s.nicem",
            "firmware-example/pictures/small/demo.nice",
        ),
    ] {
        codebook(what, &read(model), &read(image));
    }
    let model = read("nice-decode/tests/data/large_network.nicem");
    network(&model);
}

/// Measures rows of an image in two formats, and deblocked.
fn codebook(what: &str, model: &[u8], image: &[u8]) {
    let c = OpenImage::new(&OpenModel::new(model).unwrap(), image).unwrap();
    let rust = Decoder::new(
        &Model::from_bytes(model).unwrap(),
        &Image::from_bytes(image).unwrap(),
    );
    let rust = rust.unwrap();
    let whole = c.whole();
    let pixels = whole.width * whole.height;
    let mut lines = vec![0; 3 * pixels as usize];
    let mut other = lines.clone();
    let stride = 3 * whole.width as usize;
    compare(
        &format!("{what}, RGB888"),
        pixels,
        || {
            c.region(whole, Format::Rgb888, black_box(&mut lines), stride)
                .unwrap()
        },
        || {
            rust.region::<Rgb888>(whole.into(), black_box(&mut other), stride)
                .unwrap()
        },
    );
    compare(
        &format!("{what}, RGB565"),
        pixels,
        || {
            c.region(whole, Format::Rgb565Le, black_box(&mut lines), stride)
                .unwrap()
        },
        || {
            rust.region::<Rgb565Le>(whole.into(), black_box(&mut other), stride)
                .unwrap()
        },
    );
    let (mut memory, mut other_memory) = (
        vec![0; c.deblock_bytes(whole)],
        vec![0; c.deblock_bytes(whole)],
    );
    let mut c = OpenDeblocker::new(&c, whole, &mut memory).unwrap();
    let mut rust = Deblocker::new(&rust, whole.into(), &mut other_memory).unwrap();
    compare(
        &format!("{what}, RGB888, deblocked"),
        pixels,
        || {
            c.region(whole, Format::Rgb888, black_box(&mut lines), stride)
                .unwrap()
        },
        || {
            rust.region::<Rgb888>(whole.into(), black_box(&mut other), stride)
                .unwrap()
        },
    );
}

/// Measures an image of a network.
fn network(model: &[u8]) {
    let id = OpenModel::new(model).unwrap().id();
    let mut file = b"NICE\x01\0\0\0".to_vec();
    file.extend([256_u32, 64, id].map(u32::to_le_bytes).as_flattened());
    file.extend((0..6 * 32 * 8).map(|i: u32| (i.wrapping_mul(0x9E37_79B9) >> 24) as u8));
    file.extend(crc32fast::hash(&file).to_le_bytes());
    let c = OpenImage::new(&OpenModel::new(model).unwrap(), &file).unwrap();
    let rust = Decoder::new(
        &Model::from_bytes(model).unwrap(),
        &Image::from_bytes(&file).unwrap(),
    );
    let (rust, whole) = (rust.unwrap(), c.whole());
    let mut lines = vec![0; 3 * 256 * 64];
    let mut other = lines.clone();
    compare(
        "network with 256 hidden units, RGB888",
        256 * 64,
        || {
            c.region(whole, Format::Rgb888, black_box(&mut lines), 3 * 256)
                .unwrap()
        },
        || {
            rust.region::<Rgb888>(whole.into(), black_box(&mut other), 3 * 256)
                .unwrap()
        },
    );
}

/// Runs both in turns for a while, and prints the speed of the fastest run of each.
fn compare(what: &str, pixels: u32, mut c: impl FnMut(), mut rust: impl FnMut()) {
    let mut best = [Duration::MAX; 2];
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        let start = Instant::now();
        c();
        best[0] = best[0].min(start.elapsed());
        let start = Instant::now();
        rust();
        best[1] = best[1].min(start.elapsed());
    }
    let [c, rust] = best.map(|time| f64::from(pixels) / time.as_secs_f64() / 1e6);
    println!(
        "{what}: C {c:.0}, nice-decode {rust:.0} Mpixel/s, {:.2} times as long",
        rust / c
    );
}
