//! Picture files as people have them: turned, in other color spaces, transparent, cut off, with several pictures in them.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::tiff::TiffEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use nice_data::picture_file::{self, Opened, PictureFormat, ReadOptions};
use nice_encode::Picture;

use crate::fixtures::{error_text, picture};

/// Reads a file with the default options.
fn open(bytes: &[u8]) -> Opened {
    picture_file::open_bytes(bytes, "a picture", &ReadOptions::default()).unwrap()
}

/// An EXIF block that holds an orientation.
fn exif(orientation: u16) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend(u32::from(orientation).to_le_bytes());
    exif.extend([0; 4]);
    exif
}

/// A picture of three columns and two lines, all of which differ.
fn six_pixels() -> Picture {
    let rgb = (0..6).flat_map(|at| [40 * at, 255 - 40 * at, 10 * at]);
    Picture::new(3, 2, rgb.collect()).unwrap()
}

/// The pixels of a picture by column and line, after what an orientation of EXIF says: the place in the file from which each comes.
fn turned(picture: &Picture, orientation: u16) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let swapped = orientation > 4;
    let (to_width, to_height) = if swapped {
        (height, width)
    } else {
        (width, height)
    };
    let mut rgb = Vec::new();
    for y in 0..to_height {
        for x in 0..to_width {
            // The sides of the file that are shown at the top and at the left, by the EXIF standard.
            let (column, line) = match orientation {
                1 => (x, y),
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            rgb.extend(&picture.line(line)[3 * column as usize..][..3]);
        }
    }
    Picture::new(to_width, to_height, rgb).unwrap()
}

/// A picture as a PNG, JPEG, WebP or TIFF file with an orientation.
fn with_orientation(picture: &Picture, orientation: u16) -> Vec<(&'static str, Vec<u8>)> {
    let (rgb, width, height) = (picture.rgb(), picture.width(), picture.height());
    let color = ExtendedColorType::Rgb8;
    let mut files = Vec::new();
    let mut bytes = Vec::new();
    let mut png = PngEncoder::new(&mut bytes);
    png.set_exif_metadata(exif(orientation)).unwrap();
    png.write_image(rgb, width, height, color).unwrap();
    files.push(("PNG", bytes));
    let mut bytes = Vec::new();
    let mut webp = WebPEncoder::new_lossless(&mut bytes);
    webp.set_exif_metadata(exif(orientation)).unwrap();
    webp.write_image(rgb, width, height, color).unwrap();
    files.push(("WebP", bytes));
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new(&mut bytes)
        .write_image(rgb, width, height, color)
        .unwrap();
    files.push(("TIFF", with_tag(bytes.into_inner(), 274, orientation)));
    files
}

/// A TIFF file whose first directory has another tag with a number. The directory moves to the end of the file.
fn with_tag(mut tiff: Vec<u8>, tag: u16, number: u16) -> Vec<u8> {
    assert_eq!(&tiff[..4], b"II*\0");
    let at = u32::from_le_bytes(tiff[4..8].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes([tiff[at], tiff[at + 1]]));
    let mut entries: Vec<[u8; 12]> = tiff[at + 2..][..12 * count].as_chunks().0.to_vec();
    let mut entry = [0; 12];
    entry[..2].copy_from_slice(&tag.to_le_bytes());
    entry[2..8].copy_from_slice(&[3, 0, 1, 0, 0, 0]);
    entry[8..10].copy_from_slice(&number.to_le_bytes());
    entries.retain(|old| old[..2] != entry[..2]);
    entries.push(entry);
    entries.sort_by_key(|entry| u16::from_le_bytes([entry[0], entry[1]]));
    let next: [u8; 4] = tiff[at + 2 + 12 * count..][..4].try_into().unwrap();
    let moved = tiff.len() as u32;
    tiff[4..8].copy_from_slice(&moved.to_le_bytes());
    tiff.extend((entries.len() as u16).to_le_bytes());
    tiff.extend(entries.as_flattened());
    tiff.extend(next);
    tiff
}

#[test]
fn a_picture_is_turned_as_its_exif_orientation_says() {
    let picture = six_pixels();
    for orientation in 1..=8 {
        let expected = turned(&picture, orientation);
        for (format, file) in with_orientation(&picture, orientation) {
            let opened = open(&file);
            assert_eq!(
                opened.picture, expected,
                "{format}, orientation {orientation}"
            );
            assert_eq!(opened.notes, [""; 0]);
        }
    }
}

#[test]
fn a_photograph_of_a_telephone_is_upright() {
    // Left half red, right half blue; JPEG blurs little of it.
    let rgb = (0..32 * 16).flat_map(|at| {
        if at % 32 < 16 {
            [200, 20, 20]
        } else {
            [20, 20, 200]
        }
    });
    let rgb: Vec<u8> = rgb.collect();
    let mut file = Vec::new();
    let mut jpeg = JpegEncoder::new_with_quality(&mut file, 95);
    jpeg.set_exif_metadata(exif(6)).unwrap();
    jpeg.write_image(&rgb, 32, 16, ExtendedColorType::Rgb8)
        .unwrap();
    let upright = open(&file).picture;
    assert_eq!((upright.width(), upright.height()), (16, 32));
    assert!(upright.line(2)[0] > 150 && upright.line(29)[2] > 150);
}

#[test]
fn a_color_profile_is_converted_to_srgb_or_a_note_says_why_not() {
    let (width, height) = (4, 1);
    let rgb = [200, 100, 50, 128, 128, 128, 255, 0, 0, 0, 60, 250];
    let with_profile = |profile: Vec<u8>| {
        let mut bytes = Vec::new();
        let mut png = PngEncoder::new(&mut bytes);
        png.set_icc_profile(profile).unwrap();
        png.write_image(&rgb, width, height, ExtendedColorType::Rgb8)
            .unwrap();
        open(&bytes)
    };
    let p3 = with_profile(moxcms::ColorProfile::new_display_p3().encode().unwrap());
    assert_eq!(p3.notes, [""; 0]);
    let expected = [215, 93, 31, 128, 128, 128, 255, 0, 0];
    for (found, expected) in p3.picture.rgb().iter().zip(expected) {
        assert!(found.abs_diff(expected) <= 2, "{:?}", p3.picture.rgb());
    }
    let srgb = with_profile(moxcms::ColorProfile::new_srgb().encode().unwrap());
    assert_eq!((srgb.picture.rgb(), srgb.notes.len()), (&rgb[..], 0));
    let damaged = with_profile(b"this is not a profile".to_vec());
    assert_eq!(damaged.picture.rgb(), rgb);
    assert!(
        damaged.notes[0].contains("color profile cannot be used"),
        "{:?}",
        damaged.notes
    );
}

#[test]
fn the_gamma_of_a_png_is_applied() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_source_gamma(png::ScaledFloat::new(1.0));
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[55, 128]).unwrap();
    drop(writer);
    let opened = open(&bytes);
    for (found, expected) in opened
        .picture
        .rgb()
        .iter()
        .zip([127, 127, 127, 188, 188, 188])
    {
        assert!(found.abs_diff(expected) <= 1, "{opened:?}");
    }
}

#[test]
fn associated_alpha_is_taken_for_what_it_is() {
    let mut bytes = Cursor::new(Vec::new());
    let red = [100, 0, 0, 100].repeat(4);
    TiffEncoder::new(&mut bytes)
        .write_image(&red, 2, 2, ExtendedColorType::Rgba8)
        .unwrap();
    let bytes = bytes.into_inner();
    let associated = open(&with_tag(bytes.clone(), 338, 1)).picture;
    assert_eq!(associated.rgb(), [255, 155, 155].repeat(4));
    let unassociated = open(&with_tag(bytes, 338, 2)).picture;
    assert_eq!(unassociated.rgb(), [194, 155, 155].repeat(4));
}

#[test]
fn transparent_pixels_are_blended_with_the_requested_background() {
    let mut bytes = Vec::new();
    let rgba = [10, 20, 30, 0, 10, 20, 30, 255];
    PngEncoder::new(&mut bytes)
        .write_image(&rgba, 2, 1, ExtendedColorType::Rgba8)
        .unwrap();
    assert_eq!(open(&bytes).picture.rgb(), [255, 255, 255, 10, 20, 30]);
    let options = ReadOptions {
        background: [1, 2, 3],
        ..ReadOptions::default()
    };
    let opened = picture_file::open_bytes(&bytes, "a", &options).unwrap();
    assert_eq!(opened.picture.rgb(), [1, 2, 3, 10, 20, 30]);
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused_in_every_format() {
    let picture = picture(3, 40, 24);
    let mut files: Vec<(&str, Vec<u8>)> = with_orientation(&picture, 1);
    for format in PictureFormat::ALL {
        files.push((format.endings()[0], format.encode(&picture).unwrap()));
    }
    for (format, file) in files {
        assert!(picture_file::parse(&file, "whole").is_ok(), "{format}");
        // The last bytes of some formats are not needed: the chunk IEND of PNG, and the end of QOI.
        let needless = match format {
            "PNG" | "png" => 12,
            "qoi" => 8,
            _ => 0,
        };
        let last = file.len() - needless;
        for length in (0..last).step_by(7).chain([last - 1]) {
            let text = match picture_file::parse(&file[..length], "cut.x") {
                Ok(_) => panic!("{length} of {} bytes of {format} are read", file.len()),
                Err(error) => error.to_string(),
            };
            assert!(text.contains("cut.x"), "{format}, {length}: {text}");
        }
    }
}

#[test]
fn half_a_jpeg_is_read_as_far_as_it_goes_if_that_is_requested() {
    let picture = picture(3, 64, 64);
    let file = PictureFormat::Jpeg.encode(&picture).unwrap();
    let half = &file[..file.len() / 2 + 300];
    let text = error_text(picture_file::parse(half, "half.jpg"));
    assert!(
        text.contains("half.jpg") && text.contains("--allow-truncated"),
        "{text}"
    );
    let options = ReadOptions {
        allow_truncated: true,
        ..ReadOptions::default()
    };
    for file in [half, &PictureFormat::Png.encode(&picture).unwrap()[..6000]] {
        let opened = picture_file::open_bytes(file, "half", &options).unwrap();
        assert_eq!((opened.picture.width(), opened.picture.height()), (64, 64));
        assert!(opened.notes[0].contains("cut off"), "{:?}", opened.notes);
    }
}

#[test]
fn a_picture_with_more_pixels_than_the_limit_is_refused_in_every_format() {
    let picture = Picture::new(1024, 1024, vec![7; 3 * 1024 * 1024]).unwrap();
    let options = ReadOptions {
        max_megapixels: 1,
        ..ReadOptions::default()
    };
    for format in PictureFormat::ALL {
        let file = format.encode(&picture).unwrap();
        let text = error_text(picture_file::open_bytes(&file, "large", &options));
        assert!(
            text.contains("1024 x 1024") && text.contains("--max-megapixels 2"),
            "{text}"
        );
    }
}

#[test]
fn an_icon_with_an_rgb_png_is_read_and_the_largest_picture_is_taken() {
    let small = PictureFormat::Png.encode(&picture(1, 16, 16)).unwrap();
    let large = PictureFormat::Png.encode(&picture(2, 32, 32)).unwrap();
    let mut icon = vec![0, 0, 1, 0, 2, 0];
    let mut offset = 6 + 2 * 16;
    for (side, png) in [(16, &small), (32, &large)] {
        icon.extend([side, side, 0, 0, 1, 0, 24, 0]);
        icon.extend((png.len() as u32).to_le_bytes());
        icon.extend((offset as u32).to_le_bytes());
        offset += png.len();
    }
    icon.extend(small);
    icon.extend(large);
    let opened = open(&icon);
    assert_eq!(opened.picture, picture(2, 32, 32));
    assert_eq!(opened.notes, ["the largest of its 2 pictures is taken"]);
}

#[test]
fn the_whole_picture_of_a_tiff_file_is_taken_and_not_its_thumbnail() {
    let page = |picture: &Picture| {
        let mut bytes = Cursor::new(Vec::new());
        TiffEncoder::new(&mut bytes)
            .write_image(
                picture.rgb(),
                picture.width(),
                picture.height(),
                ExtendedColorType::Rgb8,
            )
            .unwrap();
        bytes.into_inner()
    };
    // Both pictures are written with their offsets from the beginning, so the second file is moved by hand.
    let (thumbnail, whole) = (picture(1, 4, 3), picture(2, 24, 16));
    let joined = |first_kind: u16| {
        let first = with_tag(page(&thumbnail), 254, first_kind);
        let second = moved(page(&whole), first.len());
        let directory = u32::from_le_bytes(second[4..8].try_into().unwrap());
        let mut file = first;
        let end = file.len() - 4;
        file[end..].copy_from_slice(&directory.to_le_bytes());
        file.extend(second);
        open(&file)
    };
    let opened = joined(1);
    assert_eq!(opened.picture, whole);
    assert!(
        opened.notes[0].contains("reduced copy"),
        "{:?}",
        opened.notes
    );
    let opened = joined(0);
    assert_eq!(opened.picture, thumbnail);
    assert_eq!(opened.notes, ["the first of its 2 pictures is taken"]);
}

/// A TIFF file whose offsets are larger by `by`.
fn moved(mut tiff: Vec<u8>, by: usize) -> Vec<u8> {
    let by = by as u32;
    let number = |tiff: &[u8], at: usize| u32::from_le_bytes(tiff[at..at + 4].try_into().unwrap());
    let directory = number(&tiff, 4) as usize;
    tiff[4..8].copy_from_slice(&(directory as u32 + by).to_le_bytes());
    let count = usize::from(u16::from_le_bytes([tiff[directory], tiff[directory + 1]]));
    for entry in (0..count).map(|entry| directory + 2 + 12 * entry) {
        let tag = u16::from_le_bytes([tiff[entry], tiff[entry + 1]]);
        let kind = u16::from_le_bytes([tiff[entry + 2], tiff[entry + 3]]);
        let size = number(&tiff, entry + 4) * [0, 1, 1, 2, 4, 8][usize::from(kind)];
        // The value is an offset if it has more than 4 bytes; those of strips (273) are offsets themselves.
        if size > 4 {
            let at = number(&tiff, entry + 8) as usize;
            if tag == 273 {
                for at in (at..at + size as usize).step_by(4) {
                    let value = number(&tiff, at) + by;
                    tiff[at..at + 4].copy_from_slice(&value.to_le_bytes());
                }
            }
            tiff[entry + 8..entry + 12].copy_from_slice(&(at as u32 + by).to_le_bytes());
        } else if tag == 273 {
            let value = number(&tiff, entry + 8) + by;
            tiff[entry + 8..entry + 12].copy_from_slice(&value.to_le_bytes());
        }
    }
    tiff
}

#[test]
fn the_first_picture_of_an_animation_is_taken() {
    use image::codecs::gif::GifEncoder;
    use image::{Frame, RgbaImage};
    let mut bytes = Vec::new();
    let mut gif = GifEncoder::new(&mut bytes);
    for level in [0, 255] {
        let frame = RgbaImage::from_pixel(3, 2, image::Rgba([level, level, level, 255]));
        gif.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(gif);
    let opened = open(&bytes);
    assert_eq!(opened.picture.rgb(), [0; 18]);
    assert_eq!(
        opened.notes,
        ["it is an animation; its first picture is taken"]
    );
}
