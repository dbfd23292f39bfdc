//! Paints the pictures of the project into `pictures`, and encodes and decodes them with model m. Run it after a change to the
//! painter or to the model, and look at the pictures.

mod painter;

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use nice_encode::psnr::PooledError;
use nice_encode::{
    DEFAULT_EFFORT, Encoder, Options, Picture, Rate, Tune, files, measure, pretrained,
};

/// How the pictures are encoded: as `nicec encode` does.
const OPTIONS: Options = Options {
    tune: Tune::Looks,
    rate: Rate::BitsPerPixel(0.75),
    deblocked: true,
    effort: DEFAULT_EFFORT,
};

fn main() -> Result<()> {
    let model = pretrained::named(pretrained::DEFAULT).context("there is no default model")?;
    let encoder = Encoder::for_codebook(model)?;
    for (name, picture) in [("demo", painter::demo()), ("limits", painter::limits())] {
        write(&format!("{name}.png"), &picture)?;
        let decoded = measure::encode(&encoder, &picture, &OPTIONS)?.decode(&encoder, true)?;
        write(&format!("{name}-decoded.png"), &decoded.picture)?;
        let error = PooledError::between(picture.rgb(), decoded.picture.rgb());
        println!("{:.2} dB", error.psnr());
    }
    Ok(())
}

/// Writes a PNG file, compressed as well as possible.
fn write(name: &str, picture: &Picture) -> Result<()> {
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
        .write_image(
            picture.rgb(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )?;
    let png = png.into_inner();
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("pictures")
        .join(name);
    files::write_atomically(&path, &png)?;
    println!("{}: {picture:?}, {} bytes", path.display(), png.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::painter;
    use nice_data::picture_file;
    use nice_encode::Picture;

    /// Checks that a committed picture is what the painter paints, up to a little rounding.
    fn assert_painted(committed: &[u8], painted: &Picture) {
        let committed = picture_file::parse(committed, "the committed picture").unwrap();
        assert_eq!(
            (committed.width(), committed.height()),
            (painted.width(), painted.height())
        );
        let samples = committed.rgb().iter().zip(painted.rgb());
        let largest = samples.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(
            largest <= Some(2),
            "run this example: a sample differs by {largest:?}"
        );
    }

    #[test]
    fn the_committed_pictures_are_what_is_painted() {
        assert_painted(nice_data::demo::PNG, &painter::demo());
        assert_painted(include_bytes!("../pictures/limits.png"), &painter::limits());
    }

    #[test]
    fn the_demo_picture_is_painted_the_same_each_time() {
        assert_eq!(painter::demo(), painter::demo());
    }
}
