//! Decodes the project's demo image. Logs the checksum of its pixels, their PSNR, and the cost of decoding.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{ASSETS, COUNTER_UNIT, WIDTH, entry};
use defmt::println;
use firmware_example::{CRC_32, cost, or_exit, stack_usage};
use micromath::F32Ext;
use nice_decode::{Decoder, Image, Model, Rgb565Be};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let model = or_exit(Model::from_bytes(ASSETS.model));
    println!("{}", model);
    let image = or_exit(Image::from_bytes(ASSETS.demo));
    println!("{}", image);
    let decoder = or_exit(Decoder::new(&model, &image));

    let (checksum, psnr) = checksum_and_psnr(&decoder);
    println!("checksum of all blocks: {=u32:08x}", checksum);
    let part = or_exit(Image::from_bytes(ASSETS.part));
    let part = or_exit(Decoder::new(&model, &part));
    let mut checksum = CRC_32.digest();
    let mut block = [0; 192];
    for latent in part.image().latents() {
        model.block(latent, &mut block);
        checksum.update(&block);
    }
    let checksum = checksum.finalize();
    println!("checksum in the adaptive layout: {=u32:08x}", checksum);
    println!(
        "PSNR at one pixel per block: {=u32}.{=u32:02} dB",
        psnr / 100,
        psnr % 100
    );
    let total = cost(|| {
        for latent in image.latents() {
            model.block(black_box(latent), black_box(&mut block));
        }
    });
    let tenths = u64::from(total) * 10 / (64 * image.blocks() as u64);
    println!(
        "measured: {=u64}.{=u64} {=str} per pixel",
        tenths / 10,
        tenths % 10,
        COUNTER_UNIT
    );
    let mut deepest = 0;
    for latent in image.latents().step_by(61) {
        deepest = stack_usage(|| model.block(latent, &mut block)).max(deepest);
    }
    println!("measured: {=usize} bytes of stack for a block", deepest);
    let image = or_exit(Image::from_bytes(ASSETS.lake));
    let decoder = or_exit(Decoder::new(&model, &image));
    let mut lines = [0; 2 * WIDTH * 8];
    let deepest = stack_usage(|| {
        let row = decoder.row::<Rgb565Be>(0, black_box(&mut lines), 2 * WIDTH);
        assert!(black_box(row).is_ok());
    });
    println!("measured: {=usize} bytes of stack for a row", deepest);
    board::exit(true)
}

/// The checksum of all blocks, and the PSNR in hundredths of a decibel at those pixels of the original that the board has: one
/// in every block.
fn checksum_and_psnr(decoder: &Decoder<'_, '_>) -> (u32, u32) {
    let mut checksum = CRC_32.digest();
    let mut squares = 0_u32;
    let mut block = [0; 192];
    let latents = decoder.image().latents();
    for (index, (latent, original)) in latents.zip(ASSETS.original.as_chunks::<3>().0).enumerate() {
        decoder.model().block(latent, &mut block);
        checksum.update(&block);
        let pixel = block.as_chunks::<3>().0[index % 64];
        for (decoded, original) in pixel.iter().zip(original) {
            squares += u32::from(decoded.abs_diff(*original)).pow(2);
        }
    }
    let mean = squares as f32 / ASSETS.original.len() as f32;
    let decibels = 10.0 * (255.0 * 255.0 / mean).log10();
    (checksum.finalize(), (100.0 * decibels + 0.5) as u32)
}
