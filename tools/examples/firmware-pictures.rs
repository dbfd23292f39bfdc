//! Renders the pictures of `firmware-example` from the project's own scene and encodes them: run it after a change to the
//! scene or to a model, and then the firmware's checks.
//!
//! Boards with room have them with the model m for displays of 320 x 240 pixels, small boards with the model s for 96 x 64,
//! and the Game Boy Advance with the model m for 240 x 160. Of the original of the demo picture, a board gets one pixel of
//! every block, to measure against.

use std::path::Path;

use anyhow::{Context, Result};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use nice_decode::{BLOCK, Image};
use tools::coder::{Coder, MAX_EFFORT};
use tools::decode::decode_picture;
use tools::picture::Picture;
use tools::psnr::Pooled;
use tools::{builtin, files, picture_file, scene};

/// A picture of a display: the part of the scene that it shows, and how large.
struct Slide {
    name: &'static str,
    /// Column and line of the upper left corner, width and height.
    part: [u32; 4],
    size: [u32; 2],
    model: &'static str,
}

const WHOLE: [u32; 4] = [0, 0, 768, 512];

const SLIDES: [Slide; 7] = [
    slide("large/lake", [43, 0, 682, 512], [320, 240], "m"),
    slide("large/house", [440, 200, 320, 240], [320, 240], "m"),
    slide("large/sign", [168, 272, 320, 240], [320, 240], "m"),
    slide("small/lake", WHOLE, [96, 64], "s"),
    slide("small/house", [432, 208, 336, 224], [96, 64], "s"),
    slide("small/sign", [220, 364, 222, 148], [96, 64], "s"),
    slide("gba/lake", WHOLE, [240, 160], "m"),
];

const fn slide(name: &'static str, part: [u32; 4], size: [u32; 2], model: &'static str) -> Slide {
    Slide {
        name,
        part,
        size,
        model,
    }
}

fn main() -> Result<()> {
    let demo = scene::demo();
    save("large/demo", &demo, "m")?;
    save("small/demo", &demo, "s")?;
    write("demo.rgb", &one_pixel_a_block(&demo))?;
    let demo = RgbImage::from_raw(demo.width(), demo.height(), demo.into_rgb())
        .context("three samples a pixel")?;
    let floor = tile(&demo);
    let floor = Picture::new(floor.width(), floor.height(), floor.into_raw())?;
    save("large/floor", &floor, "m")?;
    save("small/floor", &floor, "s")?;
    for Slide {
        name,
        part: [x, y, width, height],
        size,
        model,
    } in SLIDES
    {
        let part = imageops::crop_imm(&demo, x, y, width, height).to_image();
        let shown = imageops::resize(&part, size[0], size[1], FilterType::Lanczos3);
        save(
            name,
            &Picture::new(size[0], size[1], shown.into_raw())?,
            model,
        )?;
    }
    Ok(())
}

/// A square of the scene with a stone border, to be repeated on a floor.
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

/// Encodes a picture with as much effort as there is, and says how good it is.
fn save(name: &str, picture: &Picture, model: &str) -> Result<()> {
    let model = builtin::named(model).context("the model is in the box")?;
    let coder = Coder::of_model(model)?;
    let latents = coder.encode_picture(picture, MAX_EFFORT);
    let id = coder.decoder().id();
    let file = picture_file::to_bytes(picture.width(), picture.height(), id, &latents)?;
    let decoded = decode_picture(coder.decoder(), &Image::from_bytes(&file)?, false)?;
    let db = Pooled::of(picture.rgb(), decoded.rgb()).db();
    println!("{name}: {db:.2} dB");
    write(&format!("{name}.nice"), &file)
}

/// One pixel of every block, red, green and blue, block after block: the 64 places of a block take turns.
fn one_pixel_a_block(picture: &Picture) -> Vec<u8> {
    let wide = picture.width().div_ceil(BLOCK as u32);
    let high = picture.height().div_ceil(BLOCK as u32);
    (0..high)
        .flat_map(|row| (0..wide).map(move |column| (row, column)))
        .enumerate()
        .flat_map(|(index, (row, column))| {
            let place = index % (BLOCK * BLOCK);
            let x = column as usize * BLOCK + place % BLOCK;
            let y = row * BLOCK as u32 + (place / BLOCK) as u32;
            <[u8; 3]>::try_from(&picture.row(y)[3 * x..][..3]).expect("three samples")
        })
        .collect()
}

fn write(name: &str, bytes: &[u8]) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../firmware-example/pictures")
        .join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    files::write_atomically(&path, bytes)?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}
