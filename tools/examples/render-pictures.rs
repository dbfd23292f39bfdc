//! Renders the project's own pictures into `tools/pictures`, and what the model m makes of them: run it after a change to the
//! scene or to the model, and look at them.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use nice_decode::Image;
use tools::builtin;
use tools::coder::{Coder, DEFAULT_EFFORT};
use tools::decode::decode_picture;
use tools::picture::Picture;
use tools::picture_file;
use tools::psnr::Pooled;

fn main() -> Result<()> {
    let model = builtin::named(builtin::DEFAULT).context("the model is in the box")?;
    let coder = Coder::of_model(model)?;
    for (name, picture) in [
        ("demo", tools::scene::demo()),
        ("limits", tools::scene::limits()),
    ] {
        save(&format!("{name}.png"), &picture)?;
        let latents = coder.encode_picture(&picture, DEFAULT_EFFORT);
        let id = coder.decoder().id();
        let file = picture_file::to_bytes(picture.width(), picture.height(), id, &latents)?;
        let decoded = decode_picture(coder.decoder(), &Image::from_bytes(&file)?, true)?;
        save(&format!("{name}-decoded.png"), &decoded)?;
        println!("{:.2} dB", Pooled::of(picture.rgb(), decoded.rgb()).db());
    }
    Ok(())
}

fn save(name: &str, picture: &Picture) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures");
    std::fs::create_dir_all(&folder)?;
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
        .write_image(
            picture.rgb(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )?;
    let path = folder.join(name);
    let png = png.into_inner();
    tools::files::write_atomically(&path, &png)?;
    let (width, height, bytes) = (picture.width(), picture.height(), png.len());
    println!(
        "{}: {width} x {height} pixels, {bytes} bytes",
        path.display()
    );
    Ok(())
}
