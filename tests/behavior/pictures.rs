//! Picture files: what is read from them as 8-bit RGB, and which are refused.

use image::{DynamicImage, ImageFormat};
use nice_data::picture_file;
use tempfile::tempdir;

use crate::fixtures::{error_text, picture};

/// The samples that are read from a picture in a format.
fn load_as(image: impl Into<DynamicImage>, ending: &str, format: ImageFormat) -> Vec<u8> {
    let folder = tempdir().unwrap();
    let path = folder.path().join("picture").with_extension(ending);
    image.into().save_with_format(&path, format).unwrap();
    picture_file::read(&path).unwrap().into_rgb()
}

#[test]
fn gray_sixteen_bits_and_alpha_become_rgb_as_documented() {
    use image::{ImageBuffer, Luma, LumaA, Rgb, Rgba};
    let png = |image: DynamicImage| load_as(image, "png", ImageFormat::Png);
    let gray = ImageBuffer::from_pixel(2, 1, Luma([77_u8]));
    assert_eq!(png(gray.into()), [77; 6]);
    let gray_16 = ImageBuffer::from_pixel(1, 1, Luma([0x1280_u16]));
    assert_eq!(png(gray_16.into()), [0x12; 3], "4736 / 257 = 18.43");
    let rgb_16 = ImageBuffer::from_pixel(1, 1, Rgb([0_u16, 65_535, 0x80FF]));
    assert_eq!(png(rgb_16.into()), [0, 255, 0x80]);
    // 200 at an opacity of 51 / 255 on white: 255 - 55 / 5.
    let rgba = ImageBuffer::from_pixel(1, 1, Rgba([200_u8, 255, 0, 51]));
    assert_eq!(png(rgba.into()), [244, 255, 204]);
    let gray_alpha = ImageBuffer::from_pixel(1, 1, LumaA([200_u8, 51]));
    assert_eq!(png(gray_alpha.into()), [244; 3]);
    let rgba_16 = ImageBuffer::from_pixel(1, 1, Rgba([0_u16, 65_535, 257, 0]));
    assert_eq!(png(rgba_16.into()), [255; 3]);
    let gray_alpha_16 = ImageBuffer::from_pixel(1, 1, LumaA([257 * 9_u16, 65_535]));
    assert_eq!(png(gray_alpha_16.into()), [9; 3]);
    // Linear light: half of it is 188 on the sRGB curve.
    let float = ImageBuffer::from_pixel(1, 1, Rgb([0.0_f32, 0.5, 7.0]));
    assert_eq!(load_as(float, "exr", ImageFormat::OpenExr), [0, 188, 255]);
}

#[test]
fn a_palette_is_replaced_by_its_colors() {
    // A BMP with two pixels, which are the indices of two colors.
    let mut bmp = Vec::from(*b"BM");
    bmp.extend_from_slice(&66_u32.to_le_bytes());
    bmp.extend_from_slice(&[0; 4]);
    bmp.extend_from_slice(&62_u32.to_le_bytes());
    bmp.extend_from_slice(&40_u32.to_le_bytes());
    bmp.extend_from_slice(&2_u32.to_le_bytes());
    bmp.extend_from_slice(&1_u32.to_le_bytes());
    bmp.extend_from_slice(&1_u16.to_le_bytes());
    bmp.extend_from_slice(&8_u16.to_le_bytes());
    bmp.extend_from_slice(&[0; 16]);
    bmp.extend_from_slice(&2_u32.to_le_bytes());
    bmp.extend_from_slice(&[0; 4]);
    bmp.extend_from_slice(&[30, 20, 10, 0, 3, 2, 1, 0]);
    bmp.extend_from_slice(&[1, 0, 0, 0]);
    let picture = picture_file::parse(&bmp, "two.bmp").unwrap();
    assert_eq!(picture.rgb(), [1, 2, 3, 10, 20, 30]);
}

#[test]
fn the_format_of_a_picture_is_told_by_its_bytes_and_not_by_its_name() {
    let png = picture_file::to_png(&picture(1, 9, 5)).unwrap();
    for name in ["a.jpg", "a", "a.txt"] {
        assert_eq!(picture_file::parse(&png, name).unwrap(), picture(1, 9, 5));
    }
    let text = error_text(picture_file::parse(b"Dear diary", "diary.txt"));
    assert!(
        text.contains("diary.txt") && text.contains("its format is unknown"),
        "{text}"
    );
    let text = error_text(picture_file::parse(b"", "void.png"));
    assert!(text.contains("void.png"), "{text}");
}

#[test]
fn a_picture_that_is_truncated_anywhere_is_refused_by_name() {
    let png = picture_file::to_png(&picture(1, 9, 5)).unwrap();
    // The last 12 bytes only mark the end of the file.
    for length in 0..png.len() - 12 {
        let text = error_text(picture_file::parse(&png[..length], "short.png"));
        assert!(text.contains("short.png"), "{length}: {text}");
    }
}

#[test]
fn a_picture_of_an_absurd_size_is_refused_before_memory_is_allocated() {
    let text = error_text(picture_file::parse(
        b"P6 4000000000 4000000000 255\n\0\0\0",
        "vast.ppm",
    ));
    assert!(text.contains("vast.ppm"), "{text}");
}
