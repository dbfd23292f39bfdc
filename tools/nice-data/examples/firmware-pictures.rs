//! Makes the images of `firmware-example` from the demo picture. Run it after a change to the picture or to a model, and then run
//! the device checks.
//!
//! Boards with enough flash have images with model m, small boards have images with model s, the Game Boy Advance has one with model m
//! for 240 x 160 pixels, and the smallest program one with model xs. Of the original demo picture, a board has one pixel of each block, to measure the error. The
//! slides stay pictures, which the build script of `firmware-example` encodes.

use std::path::Path;

use anyhow::{Context, Result};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use nice_data::picture_file;
use nice_decode::BLOCK_SIDE;
use nice_encode::psnr::PooledError;
use nice_encode::{
    Encoder, MAX_EFFORT, Options, Picture, Rate, Tune, block, files, measure, pretrained,
};

/// As many bits for each block as it needs, in a file that is not larger than one in the fixed layout.
const ADAPTIVE: Rate = Rate::BitsPerPixel(0.75);

const WHOLE: [u32; 4] = [0, 0, 768, 512];

/// The slides: column and line of the upper left corner, width and height in the demo picture.
const SLIDES: [(&str, [u32; 4]); 3] = [
    ("lake", [43, 0, 682, 512]),
    ("house", [440, 200, 320, 240]),
    ("sign", [168, 272, 320, 240]),
];

fn main() -> Result<()> {
    let demo = nice_data::demo::picture()?;
    save("large/demo", &demo, "m", Rate::Fixed)?;
    save("small/demo", &demo, "s", Rate::Fixed)?;
    // Small, since the smallest board has little flash.
    let part = demo.crop(440, 200, 200, 120)?;
    save("large/part", &part, "m", ADAPTIVE)?;
    save("small/part", &part, "s", ADAPTIVE)?;
    write("demo.rgb", &one_pixel_of_each_block(&demo))?;
    let demo = RgbImage::from_raw(demo.width(), demo.height(), demo.into_rgb())
        .context("the demo picture has the wrong size")?;
    let floor = tile(&demo);
    let floor = Picture::new(floor.width(), floor.height(), floor.into_raw())?;
    save("large/floor", &floor, "m", Rate::Fixed)?;
    save("small/floor", &floor, "s", Rate::Fixed)?;
    // The lake, in the sizes of the displays.
    let part = SLIDES[0].1;
    for (name, part, size, model, rate) in [
        ("large/lake", part, [320, 240], "m", Rate::Fixed),
        ("small/lake", WHOLE, [96, 64], "s", Rate::Fixed),
        ("gba/lake", WHOLE, [240, 160], "m", Rate::Fixed),
        ("xs/lake", WHOLE, [96, 64], "xs", ADAPTIVE),
    ] {
        save(name, &scaled(&demo, part, size)?, model, rate)?;
    }
    for (name, part) in SLIDES {
        let slide = scaled(&demo, part, [320, 240])?;
        write(
            &format!("slides/{name}.png"),
            &picture_file::to_png(&slide)?,
        )?;
    }
    Ok(())
}

/// A part of the demo picture, given its column, line, width and height, scaled to a size.
fn scaled(demo: &RgbImage, [x, y, width, height]: [u32; 4], size: [u32; 2]) -> Result<Picture> {
    let part = imageops::crop_imm(demo, x, y, width, height).to_image();
    let scaled = imageops::resize(&part, size[0], size[1], FilterType::Lanczos3);
    Picture::new(size[0], size[1], scaled.into_raw())
}

/// A square part of the demo picture with a border of stone, to be repeated as a floor.
fn tile(demo: &RgbImage) -> RgbImage {
    const SIDE: u32 = 256;
    const BORDER: u32 = 8;
    let mut tile = RgbImage::from_pixel(SIDE, SIDE, Rgb([196, 190, 178]));
    let part = imageops::crop_imm(demo, 256, 0, 512, 512).to_image();
    let inside = SIDE - 2 * BORDER;
    let part = imageops::resize(&part, inside, inside, FilterType::Lanczos3);
    imageops::replace(&mut tile, &part, BORDER.into(), BORDER.into());
    tile
}

/// Encodes a picture with the largest effort, and prints its PSNR.
fn save(name: &str, picture: &Picture, model: &str, rate: Rate) -> Result<()> {
    let model = pretrained::named(model).context("there is no such model")?;
    let encoder = Encoder::for_codebook(model)?;
    let encoded = measure::encode(
        &encoder,
        picture,
        &Options {
            tune: Tune::Looks,
            rate,
            deblocked: false,
            effort: MAX_EFFORT,
        },
    )?;
    let decoded = encoded.decode(&encoder, false)?;
    let error = PooledError::between(picture.rgb(), decoded.picture.rgb());
    println!("{name}: {:.2} dB", error.psnr());
    write(&format!("{name}.nice"), &encoded.file)
}

/// One pixel of each block, red, green and blue, block after block: pixel `i % 64` of block `i`.
fn one_pixel_of_each_block(picture: &Picture) -> Vec<u8> {
    let columns = block::along(picture.width());
    (0..block::count(picture))
        .flat_map(|index| {
            let pixel = index % (BLOCK_SIDE * BLOCK_SIDE);
            let x = index % columns * BLOCK_SIDE + pixel % BLOCK_SIDE;
            let y = index / columns * BLOCK_SIDE + pixel / BLOCK_SIDE;
            <[u8; 3]>::try_from(&picture.line(y as u32)[3 * x..][..3]).expect("three samples")
        })
        .collect()
}

/// Writes a file of `firmware-example`.
fn write(name: &str, bytes: &[u8]) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../firmware-example/pictures")
        .join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    files::write_atomically(&path, bytes)?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}
