//! Counts the instructions and the stack that decoding takes, with every model that the board has: a block, a texel, rows
//! in several formats of pixels, and the multiply-adds of a network.
//!
//! Blocks and texels are those of the project's demo picture, rows those of the first picture of the slideshow.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{MODELS, Shown, UNIT, entry};
use defmt::println;
use firmware_example::{CODE, MODEL, NETWORK, PICTURE, count, or_exit, stack};
use nice_decode::{
    Bgr555Le, Bgr888, Decoder, Dithered, Image, Picture, Pixel, Rgb565Be, Rgb565Le, Rgb888,
    Xrgb8888,
};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    for model in MODELS {
        with(model);
    }
    for model in [MODEL, NETWORK] {
        network(model);
    }
    row_of_network();
    board::exit(true)
}

/// Counts what takes how much with a codebook.
#[inline(never)]
fn with(shown: &Shown) {
    let decoder = or_exit(Decoder::from_bytes(black_box(shown.model)));
    let image = or_exit(Image::from_bytes(black_box(shown.demo)));
    let picture = or_exit(decoder.open(&image));
    println!("{}", decoder);

    let mut block = [0; 192];
    let counted = count(|| {
        for latent in image.latents() {
            decoder.block(black_box(latent), &mut block);
            black_box(&block);
        }
    });
    report(counted, 64 * image.blocks(), "a pixel, block");
    let latent = image.latents()[1000];
    let deepest = stack(|| decoder.block(black_box(&latent), &mut block));
    println!("measured: {=usize} bytes of stack, block", deepest);

    // All texels of the blocks in the middle of each row of blocks.
    let mut texels = 0;
    let counted = count(|| {
        for y in 0..image.height() {
            for x in 380..388 {
                texels += usize::from(black_box(picture.texel(black_box(x), y)).is_ok());
            }
        }
    });
    report(counted, texels, "a texel");
    let deepest = stack(|| assert!(black_box(picture.texel(380, black_box(77))).is_ok()));
    println!("measured: {=usize} bytes of stack, texel", deepest);

    let image = or_exit(Image::from_bytes(black_box(shown.slides[0].file)));
    let picture = or_exit(decoder.open(&image));
    rows::<Rgb888>("a pixel, rows of Rgb888", &picture);
    rows::<Rgb565Le>("a pixel, rows of Rgb565Le", &picture);
    rows::<Rgb565Be>("a pixel, rows of Rgb565Be", &picture);
    rows::<Bgr555Le>("a pixel, rows of Bgr555Le", &picture);
    rows::<Bgr888>("a pixel, rows of Bgr888", &picture);
    rows::<Xrgb8888>("a pixel, rows of Xrgb8888", &picture);
    rows::<Dithered<Rgb565Be>>("a pixel, rows of Rgb565Be, dithered", &picture);
}

/// Lines that begin at an address that is a multiple of 4.
#[repr(align(4))]
struct Aligned([u8; board::WIDTH * 8 * 4]);

/// Counts what the rows of a picture take in one format.
#[inline(never)]
fn rows<P: Pixel>(what: &str, picture: &Picture<'_, '_>) {
    let mut lines = Aligned([0; board::WIDTH * 8 * 4]);
    let lines = &mut lines.0;
    let image = picture.image();
    let stride = image.width() as usize * P::BYTES;
    let counted = count(|| {
        for row in 0..image.blocks_high() {
            or_exit(picture.row::<P>(row, lines, stride));
            black_box(&lines);
        }
    });
    let pixels = image.width() as usize * image.height() as usize;
    report(counted, pixels, what);
    let deepest = stack(|| or_exit(picture.row::<P>(black_box(1), lines, stride)));
    println!("measured: {=usize} bytes of stack, {=str}", deepest, what);
}

/// Counts what a multiply-add of a network takes, all that decoding a block takes counted as such.
#[inline(never)]
fn network(model: &[u8]) {
    let decoder = or_exit(Decoder::from_bytes(black_box(model)));
    println!("{}", decoder);
    let Some(hidden) = decoder.hidden() else {
        board::exit(false)
    };
    let mut block = [0; 192];
    let counted = count(|| {
        for _ in 0..16 {
            decoder.block(black_box(&CODE), &mut block);
            black_box(&block);
        }
    });
    report(counted, 16 * 192 * hidden, "a multiply-add");
    let deepest = stack(|| decoder.block(black_box(&CODE), &mut block));
    println!(
        "measured: {=usize} bytes of stack, block of a network",
        deepest
    );
}

/// Counts the stack that a row takes with a network.
#[inline(never)]
fn row_of_network() {
    let decoder = or_exit(Decoder::from_bytes(black_box(MODEL)));
    let image = or_exit(Image::from_bytes(black_box(PICTURE)));
    let picture = or_exit(decoder.open(&image));
    let mut lines = [0; 2 * 45 * 8];
    let deepest = stack(|| or_exit(picture.row::<Rgb565Be>(black_box(0), &mut lines, 2 * 45)));
    println!(
        "measured: {=usize} bytes of stack, row of a network",
        deepest
    );
}

/// Logs a count for each of so many, to a tenth.
fn report(counted: u32, of: usize, what: &str) {
    let tenths = (u64::from(counted) * 100 / of as u64 + 5) / 10;
    println!(
        "measured: {=u64}.{=u64} {=str} {=str}",
        tenths / 10,
        tenths % 10,
        UNIT,
        what
    );
}
