//! Decodes the project's demo picture: logs the checksum of its pixels, how far they are from the original, and what
//! decoding costs.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{SHOWN, WIDTH, entry};
use crc::{CRC_32_ISO_HDLC, Crc, Table};
use defmt::println;
use firmware_example::{count, or_exit, stack};
use micromath::F32Ext;
use nice_decode::{Decoder, Image, Picture, Rgb565Be};

// The model's tables stay in flash; what decoding keeps in memory is this small.
const _: () = assert!(size_of::<Decoder<'_>>() < 64);

/// How checksums are computed, with a table of 1 KiB in flash.
static CHECKSUM: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let decoder = or_exit(Decoder::from_bytes(SHOWN.model));
    println!("{}", decoder);
    let image = or_exit(Image::from_bytes(SHOWN.demo));
    println!("{}", image);
    let picture = or_exit(decoder.open(&image));

    let (checksum, error) = compared(&picture);
    println!("checksum of all blocks {=u32:08x}", checksum);
    println!(
        "PSNR of one pixel a block {=u32}.{=u32:02} dB",
        error / 100,
        error % 100
    );

    let mut block = [0; 192];
    let all = count(|| {
        for latent in image.latents() {
            decoder.block(black_box(latent), black_box(&mut block));
        }
    });
    let tenths = u64::from(all) * 10 / (64 * image.blocks() as u64);
    println!(
        "measured: {=u64}.{=u64} {=str} a pixel",
        tenths / 10,
        tenths % 10,
        board::UNIT
    );
    let mut deepest = 0;
    for latent in image.latents().iter().step_by(61) {
        deepest = stack(|| decoder.block(latent, &mut block)).max(deepest);
    }
    println!("measured: {=usize} bytes of stack for a block", deepest);
    let image = or_exit(Image::from_bytes(SHOWN.slides[0].file));
    let picture = or_exit(decoder.open(&image));
    let mut lines = [0; 2 * WIDTH * 8];
    let deepest = stack(|| {
        let row = picture.row::<Rgb565Be>(0, black_box(&mut lines), 2 * WIDTH);
        assert!(black_box(row).is_ok());
    });
    println!("measured: {=usize} bytes of stack for a row", deepest);
    board::exit(true)
}

/// The checksum of all blocks of the picture, and its PSNR in hundredths of a decibel, measured at the pixels of the
/// original that there are: one in every block.
fn compared(picture: &Picture<'_, '_>) -> (u32, u32) {
    let mut checksum = CHECKSUM.digest();
    let mut squares = 0_u32;
    let mut block = [0; 192];
    let blocks = picture.image().latents().iter();
    for (index, (latent, original)) in blocks.zip(SHOWN.original.as_chunks::<3>().0).enumerate() {
        picture.decoder().block(latent, &mut block);
        checksum.update(&block);
        let pixel = block.as_chunks::<3>().0[index % 64];
        for (decoded, original) in pixel.iter().zip(original) {
            squares += u32::from(decoded.abs_diff(*original)).pow(2);
        }
    }
    let mean = squares as f32 / SHOWN.original.len() as f32;
    let decibels = 10.0 * (255.0 * 255.0 / mean).log10();
    (checksum.finalize(), (100.0 * decibels + 0.5) as u32)
}
