//! Counts the instructions and the stack that decoding takes with every model that the flash has room for: a block, a texel,
//! rows in several pixel formats, sizes and orientations, and the multiply-adds of networks.
//!
//! Blocks and texels are those of the texture of the floor, and of a part of the demo image in the adaptive layout; rows are those
//! of the lake in the size of the display.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{ALL_ASSETS, Assets, COUNTER_UNIT, entry};
use defmt::println;
use firmware_example::{IMAGE, LARGE_NETWORK, LATENT, SMALL_NETWORK, cost, or_exit, stack_usage};
use nice_decode::{
    Bgr555Le, Bgr888, Deblocker, Decoder, Dithered, Gray1Msb, Gray8, Image, Model, Orientation,
    PixelFormat, Rgb565Be, Rgb565Le, Rgb888, Scale, Xrgb8888,
};

/// Measures everything.
#[entry]
fn main() -> ! {
    for assets in ALL_ASSETS {
        codebook(assets);
    }
    for model in [SMALL_NETWORK, LARGE_NETWORK] {
        network(model);
    }
    network_row();
    board::exit(true)
}

/// Measures decoding with a codebook.
#[inline(never)]
fn codebook(assets: &Assets) {
    let model = or_exit(Model::from_bytes(black_box(assets.model)));
    let image = or_exit(Image::from_bytes(black_box(assets.floor)));
    let decoder = or_exit(Decoder::new(&model, &image));
    println!("{}", model);

    let mut block = [0; 192];
    let total = cost(|| {
        for latent in image.latents() {
            model.block(black_box(latent), &mut block);
            black_box(&block);
        }
    });
    report(total, 64 * image.blocks(), "per pixel, block");
    let Some(latent) = image.latent(500) else {
        return;
    };
    let deepest = stack_usage(|| model.block(black_box(latent), &mut block));
    println!("measured: {=usize} bytes of stack, block", deepest);

    // All texels of a column of blocks in the middle of the image.
    let mut texels = 0;
    let total = cost(|| {
        for y in 0..image.height() {
            for x in 124..132 {
                texels += usize::from(black_box(decoder.texel(black_box(x), y)).is_ok());
            }
        }
    });
    report(total, texels, "per texel");
    let deepest = stack_usage(|| assert!(black_box(decoder.texel(124, black_box(77))).is_ok()));
    println!("measured: {=usize} bytes of stack, texel", deepest);

    adaptive(&model, assets.part);

    let image = or_exit(Image::from_bytes(black_box(assets.lake)));
    let decoder = or_exit(Decoder::new(&model, &image));
    rows::<Rgb888>("rows of Rgb888", &decoder);
    rows::<Rgb565Le>("rows of Rgb565Le", &decoder);
    rows::<Rgb565Be>("rows of Rgb565Be", &decoder);
    rows::<Bgr555Le>("rows of Bgr555Le", &decoder);
    rows::<Bgr888>("rows of Bgr888", &decoder);
    rows::<Xrgb8888>("rows of Xrgb8888", &decoder);
    rows::<Dithered<Rgb565Be>>("rows of Rgb565Be, dithered", &decoder);
    for (what, scale) in [
        ("rows of Rgb565Be at 1/2", Scale::Half),
        ("rows of Rgb565Be at 1/4", Scale::Quarter),
        ("rows of Rgb565Be at 1/8", Scale::Eighth),
    ] {
        rows::<Rgb565Be>(what, &decoder.reduced(scale));
    }
    for (what, orientation) in [
        ("rows of Rgb565Be, by 90 degrees", Orientation::ROTATE_90),
        ("rows of Rgb565Be, by 180 degrees", Orientation::ROTATE_180),
        ("rows of Rgb565Be, mirrored", Orientation::FLIP_HORIZONTAL),
    ] {
        rows::<Rgb565Be>(what, &decoder.turned(orientation));
    }
    // Where the flash has room for them, which is where it has room for two models.
    if ALL_ASSETS.len() > 1 {
        rows::<Gray8>("rows of Gray8", &decoder);
        rows::<Dithered<Gray1Msb>>("rows of Gray1Msb, dithered", &decoder);
    }
    deblocked_rows(&decoder);
}

/// Measures decoding an image in the adaptive layout.
#[inline(never)]
fn adaptive(model: &Model<'_>, file: &[u8]) {
    let image = or_exit(Image::from_bytes(black_box(file)));
    let decoder = or_exit(Decoder::new(model, &image));
    let mut block = [0; 192];
    let total = cost(|| {
        for latent in image.latents() {
            model.block(black_box(latent), &mut block);
            black_box(&block);
        }
    });
    report(total, 64 * image.blocks(), "per pixel, block, adaptive");
    let mut texels = 0;
    let total = cost(|| {
        for y in 0..image.height() {
            for x in 96..104 {
                texels += usize::from(black_box(decoder.texel(black_box(x), y)).is_ok());
            }
        }
    });
    report(total, texels, "per texel, adaptive");
    let deepest = stack_usage(|| or_exit(decoder.block(black_box(250), &mut block)));
    println!(
        "measured: {=usize} bytes of stack, block, adaptive",
        deepest
    );
}

/// Measures the deblocked rows of an image.
#[inline(never)]
fn deblocked_rows(decoder: &Decoder<'_, '_>) {
    let lines = &mut [0; board::WIDTH * 8 * 2];
    let mut memory = [0; 384 * board::WIDTH.div_ceil(8)];
    let image = decoder.image();
    let mut deblocker = or_exit(Deblocker::new(decoder, image.region(), &mut memory));
    let stride = 2 * image.width() as usize;
    let total = cost(|| {
        for row in 0..image.blocks_high() {
            or_exit(deblocker.row::<Rgb565Be>(row, lines, stride));
            black_box(&lines);
        }
    });
    let pixels = image.width() as usize * image.height() as usize;
    report(total, pixels, "per pixel, rows of Rgb565Be, deblocked");
    let deepest = stack_usage(|| or_exit(deblocker.row::<Rgb565Be>(black_box(1), lines, stride)));
    println!(
        "measured: {=usize} bytes of stack, rows of Rgb565Be, deblocked",
        deepest
    );
}

/// Lines at an address that is a multiple of 4.
#[repr(align(4))]
struct Aligned([u8; board::WIDTH * 8 * 4]);

/// Measures the rows of an image in one pixel format.
#[inline(never)]
fn rows<P: PixelFormat>(what: &str, decoder: &Decoder<'_, '_>) {
    let mut lines = Aligned([0; board::WIDTH * 8 * 4]);
    let lines = &mut lines.0;
    let stride = P::line_bytes(decoder.width() as usize);
    let total = cost(|| {
        for row in 0..decoder.rows() {
            or_exit(decoder.row::<P>(row, lines, stride));
            black_box(&lines);
        }
    });
    let pixels = decoder.width() as usize * decoder.height() as usize;
    let (whole, tenth) = tenths(total, pixels);
    println!(
        "measured: {=u64}.{=u64} {=str} per pixel, {=str}",
        whole, tenth, COUNTER_UNIT, what
    );
    let deepest = stack_usage(|| or_exit(decoder.row::<P>(black_box(1), lines, stride)));
    println!("measured: {=usize} bytes of stack, {=str}", deepest, what);
}

/// Measures a multiply-add of a network: everything that decoding a block takes, divided by the multiply-adds of its second
/// layer.
#[inline(never)]
fn network(model: &[u8]) {
    let model = or_exit(Model::from_bytes(black_box(model)));
    println!("{}", model);
    let Some(hidden_units) = model.hidden_units() else {
        board::exit(false)
    };
    let mut block = [0; 192];
    let total = cost(|| {
        for _ in 0..16 {
            model.block(black_box(&LATENT), &mut block);
            black_box(&block);
        }
    });
    report(total, 16 * 192 * hidden_units, "per multiply-add");
    let deepest = stack_usage(|| model.block(black_box(&LATENT), &mut block));
    println!(
        "measured: {=usize} bytes of stack, block of a network",
        deepest
    );
}

/// Measures the stack for a row with a network.
#[inline(never)]
fn network_row() {
    let model = or_exit(Model::from_bytes(black_box(SMALL_NETWORK)));
    let image = or_exit(Image::from_bytes(black_box(IMAGE)));
    let decoder = or_exit(Decoder::new(&model, &image));
    let mut lines = [0; 2 * 45 * 8];
    let deepest =
        stack_usage(|| or_exit(decoder.row::<Rgb565Be>(black_box(0), &mut lines, 2 * 45)));
    println!(
        "measured: {=usize} bytes of stack, row of a network",
        deepest
    );
}

/// Logs a cost for each of `count` items.
fn report(total: u32, count: usize, what: &str) {
    let (whole, tenth) = tenths(total, count);
    println!(
        "measured: {=u64}.{=u64} {=str} {=str}",
        whole, tenth, COUNTER_UNIT, what
    );
}

/// A quotient rounded to a tenth: its whole part and the tenths.
fn tenths(total: u32, count: usize) -> (u64, u64) {
    let tenths = (u64::from(total) * 100 / count as u64 + 5) / 10;
    (tenths / 10, tenths % 10)
}
