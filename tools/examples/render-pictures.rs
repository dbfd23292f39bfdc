//! Renders the project's own pictures into `tools/pictures`: run it after a change to the scene, and look at them.

use std::io::Cursor;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures");
    std::fs::create_dir_all(&folder)?;
    let picture = tools::scene::demo();
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
        .write_image(
            picture.rgb(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )?;
    let path = folder.join("demo.png");
    let png = png.into_inner();
    tools::files::write_atomically(&path, &png)?;
    println!(
        "{}: {} x {} pixels, {} bytes",
        path.display(),
        picture.width(),
        picture.height(),
        png.len()
    );
    Ok(())
}
