//! The functions that C calls: they decode what `nice-decode` decodes, refuse invalid arguments, and return the right status.

#![allow(unsafe_code, reason = "the functions take pointers")]

use std::ffi::CStr;
use std::ptr::{null, null_mut};

use nice_c::{
    Deblocker, Format, Image, Model, Region, Status, nice_deblock_bytes, nice_deblock_region,
    nice_deblocker_open, nice_decode_block, nice_decode_region, nice_decode_row, nice_image_blocks,
    nice_image_has_deblocking, nice_image_open, nice_image_region, nice_image_set_orientation,
    nice_image_set_scale, nice_line_bytes, nice_model_open, nice_next_strip, nice_strerror,
    nice_texel,
};
use nice_decode::{
    Bgr555Le, Bgr888, Decoder, Dithered, PixelFormat, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888,
};

/// A network, and an image of 45 x 19 pixels.
static MODEL: &[u8] = include_bytes!("../../../nice-decode/tests/data/model.nicem");
static IMAGE: &[u8] = include_bytes!("../../../nice-decode/tests/data/image.nice");

/// A codebook with a deblocking filter, and an image of 45 x 43 pixels.
static CODEBOOK: &[u8] = include_bytes!("../../../nice-decode/models/s.nicem");
static CODEBOOK_IMAGE: &[u8] = include_bytes!("data/codebook.nice");

/// An image of the same size in the adaptive layout.
static ADAPTIVE_IMAGE: &[u8] = include_bytes!("data/adaptive.nice");

/// Opens a model.
fn model(file: &[u8]) -> (Model, Status) {
    let mut model = Model::default();
    // SAFETY: the pointers are valid, and the model is not used after the file is dropped.
    let status = unsafe { nice_model_open(&mut model, file.as_ptr(), file.len()) };
    (model, status)
}

/// Opens an image.
fn image(model: &Model, file: &[u8]) -> (Image, Status) {
    let mut image = Image::default();
    // SAFETY: the pointers are valid, and the image is not used after the files are dropped.
    let status = unsafe { nice_image_open(&mut image, model, file.as_ptr(), file.len()) };
    (image, status)
}

/// Opens an image and its model, which are valid.
fn opened_files(model_file: &[u8], image_file: &[u8]) -> Image {
    let (model, status) = model(model_file);
    assert_eq!(status, Status::Ok);
    let (image, status) = image(&model, image_file);
    assert_eq!(status, Status::Ok);
    image
}

/// The image of the network.
fn opened() -> Image {
    opened_files(MODEL, IMAGE)
}

/// The decoder of the same files in `nice-decode`.
fn decoder<'a>(model: &'a [u8], image: &'a [u8]) -> Decoder<'a, 'a> {
    let (model, image) = (
        nice_decode::Model::from_bytes(model).unwrap(),
        nice_decode::Image::from_bytes(image).unwrap(),
    );
    Decoder::new(&model, &image).unwrap()
}

/// A region decoded to lines without gaps, in a buffer with an extra byte.
fn region(image: &Image, region: Region, format: u32, bytes: usize) -> (Vec<u8>, Status) {
    let stride = region.width as usize * bytes;
    let mut lines = vec![0xAA; stride * region.height as usize + 1];
    // SAFETY: the pointers are valid.
    let status = unsafe {
        nice_decode_region(
            image,
            region,
            format,
            lines.as_mut_ptr(),
            lines.len(),
            stride,
        )
    };
    (lines, status)
}

/// Checks that a region is decoded as by `nice-decode`.
fn check<P: PixelFormat>(format: Format) {
    let part = Region {
        x: 3,
        y: 5,
        width: 30,
        height: 13,
    };
    assert_eq!(nice_line_bytes(format as u32, 1), P::line_bytes(1));
    let (lines, status) = region(&opened(), part, format as u32, P::line_bytes(1));
    assert_eq!(status, Status::Ok);
    let mut expected = vec![0xAA; lines.len()];
    decoder(MODEL, IMAGE)
        .region::<P>(part.into(), &mut expected, P::line_bytes(30))
        .unwrap();
    assert_eq!(lines, expected, "{format:?}");
}

#[test]
fn a_region_is_decoded_in_every_format() {
    check::<Rgb888>(Format::Rgb888);
    check::<Bgr888>(Format::Bgr888);
    check::<Xrgb8888>(Format::Xrgb8888);
    check::<Rgb565Le>(Format::Rgb565Le);
    check::<Rgb565Be>(Format::Rgb565Be);
    check::<Bgr555Le>(Format::Bgr555Le);
    check::<Dithered<Rgb565Le>>(Format::DitheredRgb565Le);
    check::<Dithered<Rgb565Be>>(Format::DitheredRgb565Be);
    check::<Dithered<Bgr555Le>>(Format::DitheredBgr555Le);
    assert_eq!(nice_line_bytes(22, 1), 0);
    let (lines, status) = region(&opened(), Region::default(), 22, 3);
    assert_eq!((lines, status), (vec![0xAA], Status::Format));
}

#[test]
fn rows_strips_blocks_and_texels_are_those_of_the_image() {
    let image = opened();
    // SAFETY: all pointers are valid.
    unsafe {
        let whole = nice_image_region(&image);
        assert_eq!(
            whole,
            Region {
                x: 0,
                y: 0,
                width: 45,
                height: 19
            }
        );
        assert_eq!(nice_image_blocks(&image), 18);
        let (pixels, status) = region(&image, whole, 0, 3);
        assert_eq!(status, Status::Ok);

        let mut strips = Vec::new();
        let (mut rest, mut strip) = (
            Region {
                x: 2,
                y: 5,
                width: 9,
                height: 12,
            },
            Region::default(),
        );
        while nice_next_strip(&image, &mut rest, &mut strip) == 1 {
            strips.push((strip.x, strip.width, strip.y, strip.height));
        }
        assert_eq!(strips, [(2, 9, 5, 3), (2, 9, 8, 8), (2, 9, 16, 1)]);

        for row in 0..3 {
            let mut lines = vec![0; 8 * 135];
            let status = nice_decode_row(&image, row, 0, lines.as_mut_ptr(), lines.len(), 135);
            assert_eq!(status, Status::Ok);
            let from = row as usize * 8 * 135;
            let count = (19 - 8 * row as usize).min(8) * 135;
            assert_eq!(lines[..count], pixels[from..from + count]);
        }
        let mut block = [0; 192];
        assert_eq!(nice_decode_block(&image, 7, block.as_mut_ptr()), Status::Ok);
        let mut rgb = [0; 3];
        for (x, y) in [(8, 8), (15, 8), (12, 13), (15, 15)] {
            assert_eq!(nice_texel(&image, x, y, rgb.as_mut_ptr()), Status::Ok);
            let at = ((y as usize % 8) * 8 + x as usize % 8) * 3;
            assert_eq!(rgb, block[at..at + 3]);
            assert_eq!(rgb, pixels[(y as usize * 45 + x as usize) * 3..][..3]);
        }
    }
}

#[test]
fn an_image_in_the_adaptive_layout_is_decoded_like_any_other() {
    let image = opened_files(CODEBOOK, ADAPTIVE_IMAGE);
    let decoder = decoder(CODEBOOK, ADAPTIVE_IMAGE);
    let part = Region {
        x: 3,
        y: 9,
        width: 40,
        height: 33,
    };
    let mut expected = vec![0; 3 * 40 * 33];
    decoder
        .region::<Rgb888>(part.into(), &mut expected, 3 * 40)
        .unwrap();
    let (pixels, status) = region(&image, part, 0, 3);
    assert_eq!(status, Status::Ok);
    assert_eq!(pixels[..expected.len()], expected);
    for (x, y) in [(3, 9), (42, 41), (20, 30)] {
        let mut rgb = [0; 3];
        // SAFETY: the pointers are valid.
        let status = unsafe { nice_texel(&image, x, y, rgb.as_mut_ptr()) };
        assert_eq!((status, rgb), (Status::Ok, decoder.texel(x, y).unwrap()));
    }
}

/// Opens a deblocker for a region.
fn opened_deblocker(image: &Image, bounds: Region, memory: &mut [u8]) -> Deblocker {
    let mut deblocker = Deblocker::default();
    let (to, length) = (memory.as_mut_ptr(), memory.len());
    // SAFETY: the pointers are valid, and the deblocker is not used after the memory is dropped.
    let status = unsafe { nice_deblocker_open(&mut deblocker, image, bounds, to, length) };
    assert_eq!(status, Status::Ok);
    deblocker
}

/// Checks that the strips of a region are deblocked as by `nice-decode`, and returns the pixels.
fn check_deblocking<P: PixelFormat>(files: [&[u8]; 2], bounds: Region, format: Format) -> Vec<u8> {
    let [model, image] = files;
    let stride = P::line_bytes(bounds.width as usize) + 1;
    let decoder = decoder(model, image);
    let needed = nice_decode::Deblocker::memory_bytes(&decoder, bounds.into());
    let mut expected = vec![0xAA; stride * bounds.height as usize];
    nice_decode::Deblocker::new(&decoder, bounds.into(), &mut vec![0; needed])
        .unwrap()
        .region::<P>(bounds.into(), &mut expected, stride)
        .unwrap();

    let image = opened_files(model, image);
    // SAFETY: the pointer is valid.
    assert_eq!(unsafe { nice_deblock_bytes(&image, bounds) }, needed);
    let mut memory = vec![0; needed];
    let mut deblocker = opened_deblocker(&image, bounds, &mut memory);
    let mut pixels = vec![0xAA; expected.len()];
    let (mut rest, mut strip) = (bounds, Region::default());
    // SAFETY: all pointers are valid.
    unsafe {
        while nice_next_strip(&image, &mut rest, &mut strip) == 1 {
            let lines = &mut pixels[(strip.y - bounds.y) as usize * stride..];
            let (to, length) = (lines.as_mut_ptr(), lines.len());
            assert_eq!(
                nice_deblock_region(&mut deblocker, strip, format as u32, to, length, stride),
                Status::Ok
            );
        }
    }
    assert_eq!(pixels, expected, "{format:?}");
    pixels
}

#[test]
fn strips_are_deblocked_in_every_format() {
    let files = [CODEBOOK, CODEBOOK_IMAGE];
    let whole = Region {
        x: 0,
        y: 0,
        width: 45,
        height: 43,
    };
    let adaptive = [CODEBOOK, ADAPTIVE_IMAGE];
    let pixels = check_deblocking::<Rgb888>(adaptive, whole, Format::Rgb888);
    assert_ne!(
        pixels,
        check_deblocking::<Rgb888>(files, whole, Format::Rgb888)
    );
    let part = Region {
        x: 13,
        y: 5,
        width: 20,
        height: 30,
    };
    for bounds in [whole, part] {
        check_deblocking::<Rgb888>(files, bounds, Format::Rgb888);
        check_deblocking::<Bgr888>(files, bounds, Format::Bgr888);
        check_deblocking::<Xrgb8888>(files, bounds, Format::Xrgb8888);
        check_deblocking::<Rgb565Le>(files, bounds, Format::Rgb565Le);
        check_deblocking::<Rgb565Be>(files, bounds, Format::Rgb565Be);
        check_deblocking::<Bgr555Le>(files, bounds, Format::Bgr555Le);
        check_deblocking::<Dithered<Rgb565Le>>(files, bounds, Format::DitheredRgb565Le);
        check_deblocking::<Dithered<Rgb565Be>>(files, bounds, Format::DitheredRgb565Be);
        check_deblocking::<Dithered<Bgr555Le>>(files, bounds, Format::DitheredBgr555Le);
    }
}

#[test]
fn deblocking_changes_the_pixels_only_if_the_model_has_a_filter() {
    for (files, height, has_filter) in [
        ([CODEBOOK, CODEBOOK_IMAGE], 43, true),
        ([MODEL, IMAGE], 19, false),
    ] {
        let image = opened_files(files[0], files[1]);
        // SAFETY: the pointer is valid.
        let found = unsafe { nice_image_has_deblocking(&image) };
        assert_eq!(found, has_filter.into());
        let whole = Region {
            x: 0,
            y: 0,
            width: 45,
            height,
        };
        let deblocked = check_deblocking::<Rgb888>(files, whole, Format::Rgb888);
        let mut plain = vec![0xAA; deblocked.len()];
        decoder(files[0], files[1])
            .region::<Rgb888>(whole.into(), &mut plain, 136)
            .unwrap();
        assert_eq!(deblocked != plain, has_filter);
    }
}

#[test]
fn deblocking_outside_the_bounds_or_in_too_little_memory_is_refused() {
    let image = opened_files(CODEBOOK, CODEBOOK_IMAGE);
    let bounds = Region {
        x: 13,
        y: 5,
        width: 20,
        height: 30,
    };
    let mut lines = [0xAA; 60];
    // SAFETY: all pointers are valid.
    unsafe {
        let mut memory = vec![0; nice_deblock_bytes(&image, bounds)];
        let (to, length) = (memory.as_mut_ptr(), memory.len());
        let mut deblocker = Deblocker::default();
        for (region, length, status) in [
            (bounds, length, Status::Ok),
            (bounds, length - 1, Status::Buffer),
            (Region { x: 26, ..bounds }, length, Status::OutOfBounds),
        ] {
            assert_eq!(
                nice_deblocker_open(&mut deblocker, &image, region, to, length),
                status
            );
            // An open deblocker is closed if opening it again fails.
            let none = Region {
                height: 0,
                ..bounds
            };
            let closed = nice_deblock_region(&mut deblocker, none, 0, to, length, 60);
            assert_eq!(closed == Status::NotOpen, status != Status::Ok);
        }
        let mut deblocker = opened_deblocker(&image, bounds, &mut memory);
        let line = Region {
            height: 1,
            ..bounds
        };
        let to = lines.as_mut_ptr();
        for (region, format, length, stride, status) in [
            (Region { x: 12, ..line }, 0, 60, 60, Status::OutOfBounds),
            (Region { y: 35, ..line }, 0, 60, 60, Status::OutOfBounds),
            (line, 22, 60, 60, Status::Format),
            (line, 0, 60, 59, Status::Stride),
            (line, 0, 59, 60, Status::Buffer),
        ] {
            assert_eq!(
                nice_deblock_region(&mut deblocker, region, format, to, length, stride),
                status
            );
        }
    }
    assert_eq!(lines, [0xAA; 60]);
}

#[test]
fn lines_that_do_not_fit_are_refused_and_nothing_is_written() {
    let image = opened();
    let part = Region {
        x: 3,
        y: 5,
        width: 4,
        height: 2,
    };
    let mut lines = [0xAA; 32];
    // SAFETY: all pointers are valid.
    unsafe {
        let to = lines.as_mut_ptr();
        assert_eq!(
            nice_decode_region(&image, part, 0, to, 32, 11),
            Status::Stride
        );
        assert_eq!(
            nice_decode_region(&image, part, 0, to, 23, 12),
            Status::Buffer
        );
        let outside = Region { x: 42, ..part };
        assert_eq!(
            nice_decode_region(&image, outside, 0, to, 32, 12),
            Status::OutOfBounds
        );
        assert_eq!(
            nice_decode_row(&image, 3, 0, to, 32, 1000),
            Status::OutOfBounds
        );
        assert_eq!(nice_decode_row(&image, 2, 0, to, 32, 135), Status::Buffer);
        assert_eq!(nice_texel(&image, 45, 0, to), Status::OutOfBounds);
        let mut block = [0xAA; 192];
        assert_eq!(
            nice_decode_block(&image, 18, block.as_mut_ptr()),
            Status::OutOfBounds
        );
        assert_eq!(block, [0xAA; 192]);
    }
    assert_eq!(lines, [0xAA; 32]);
}

#[test]
fn null_pointers_and_impossible_lengths_are_refused() {
    let mut model = model(MODEL).0;
    let file = IMAGE.as_ptr();
    let (image, whole) = (opened(), Region::default());
    let (huge, mut byte) = (usize::MAX, [0]);
    let (mut memory, mut deblocker) = ([0], Deblocker::default());
    let mut open = opened_deblocker(&opened(), whole, &mut memory);
    // SAFETY: pointers that are not null are valid; the impossible length is refused before anything is read.
    unsafe {
        let statuses = [
            nice_model_open(null_mut(), file, 4),
            nice_model_open(&mut model, null(), 4),
            nice_model_open(&mut model, file, huge),
            nice_image_open(null_mut(), &model, file, 4),
            nice_image_open(&mut opened(), null(), file, 4),
            nice_decode_row(null(), 0, 0, byte.as_mut_ptr(), 1, 1),
            nice_decode_row(&opened(), 0, 0, null_mut(), 1, 1),
            nice_decode_row(&opened(), 0, 0, byte.as_mut_ptr(), huge, 135),
            nice_decode_region(null(), whole, 0, byte.as_mut_ptr(), 1, 1),
            nice_decode_region(&opened(), whole, 0, null_mut(), 1, 1),
            nice_texel(null(), 0, 0, [0; 3].as_mut_ptr()),
            nice_texel(&opened(), 0, 0, null_mut()),
            nice_decode_block(null(), 0, [0; 192].as_mut_ptr()),
            nice_decode_block(&opened(), 0, null_mut()),
            nice_deblocker_open(null_mut(), &image, whole, byte.as_mut_ptr(), 1),
            nice_deblocker_open(&mut deblocker, null(), whole, byte.as_mut_ptr(), 1),
            nice_deblocker_open(&mut deblocker, &image, whole, null_mut(), 1),
            nice_deblocker_open(&mut deblocker, &image, whole, byte.as_mut_ptr(), huge),
            nice_deblock_region(null_mut(), whole, 0, byte.as_mut_ptr(), 1, 1),
            nice_deblock_region(&mut open, whole, 0, null_mut(), 1, 1),
            nice_deblock_region(&mut open, whole, 0, byte.as_mut_ptr(), huge, 1),
        ];
        assert_eq!(statuses, [Status::Argument; 21]);
        assert_eq!(nice_deblock_bytes(null(), whole), 0);
        assert_eq!(nice_image_has_deblocking(null()), 0);
        assert_eq!(nice_image_region(null()), Region::default());
        assert_eq!(nice_image_blocks(null()), 0);
        let (image, mut region) = (opened(), whole);
        assert_eq!(nice_next_strip(null(), &mut region, &mut region.clone()), 0);
        assert_eq!(nice_next_strip(&image, null_mut(), &mut region), 0);
        assert_eq!(nice_next_strip(&image, &mut region, null_mut()), 0);
        assert_eq!(nice_image_set_scale(null_mut(), 0), Status::Argument);
        assert_eq!(nice_image_set_orientation(null_mut(), 0), Status::Argument);
    }
}

#[test]
fn a_scale_or_an_orientation_that_there_is_not_changes_nothing() {
    let mut image = opened();
    // SAFETY: the pointers are valid.
    unsafe {
        assert_eq!(nice_image_set_scale(&mut image, 1), Status::Ok);
        assert_eq!(nice_image_set_orientation(&mut image, 5), Status::Ok);
        for number in [8, 256, u32::MAX] {
            assert_eq!(nice_image_set_scale(&mut image, number), Status::Setting);
            assert_eq!(
                nice_image_set_orientation(&mut image, number),
                Status::Setting
            );
        }
        assert_eq!(nice_image_set_scale(&mut image, 4), Status::Setting);
        let picture = nice_image_region(&image);
        assert_eq!((picture.width, picture.height), (10, 23));
        assert_eq!(
            nice_image_set_scale(&mut Image::default(), 1),
            Status::NotOpen
        );
        assert_eq!(
            nice_image_set_orientation(&mut Image::default(), 1),
            Status::NotOpen
        );
    }
}

#[test]
fn a_line_has_whole_bytes() {
    for (format, width, bytes) in [
        (0, 5, 15),
        (2, 5, 20),
        (4, 5, 10),
        (9, 5, 5),
        (10, 5, 3),
        (12, 5, 2),
        (14, 9, 2),
    ] {
        assert_eq!(nice_line_bytes(format, width), bytes);
    }
    assert_eq!(nice_line_bytes(0, 0), 0);
    assert_eq!(nice_line_bytes(2, u32::MAX), 4 * u32::MAX as usize);
    assert_eq!(nice_line_bytes(20, u32::MAX), 1 << 29);
}

#[test]
fn structures_that_are_not_open_are_refused() {
    let damaged = [&MODEL[..100], &[MODEL[100] ^ 1], &MODEL[101..]].concat();
    let (mut bad, status) = model(&damaged);
    assert_eq!(status, Status::DamagedModel);
    assert_eq!(image(&bad, IMAGE).1, Status::NotOpen);
    // SAFETY: all pointers are valid.
    unsafe {
        // An open structure is closed if opening it again fails.
        bad = model(MODEL).0;
        assert_eq!(
            nice_model_open(&mut bad, damaged.as_ptr(), damaged.len()),
            Status::DamagedModel
        );
        assert_eq!(image(&bad, IMAGE).1, Status::NotOpen);
        let closed = Image::default();
        assert_eq!(
            nice_texel(&closed, 0, 0, [0; 3].as_mut_ptr()),
            Status::NotOpen
        );
        assert_eq!(nice_image_region(&closed), Region::default());
        assert_eq!(nice_image_blocks(&closed), 0);
        assert_eq!(nice_image_has_deblocking(&closed), 0);
        assert_eq!(nice_deblock_bytes(&closed, Region::default()), 0);
        let (mut deblocker, mut byte) = (Deblocker::default(), [0]);
        let to = byte.as_mut_ptr();
        assert_eq!(
            nice_deblocker_open(&mut deblocker, &closed, Region::default(), to, 1),
            Status::NotOpen
        );
        assert_eq!(
            nice_deblock_region(&mut deblocker, Region::default(), 0, to, 1, 1),
            Status::NotOpen
        );
    }
}

/// Makes the checksum at the end of a file match its contents again.
fn renew_checksum(file: &mut [u8]) {
    let (contents, checksum) = file.split_last_chunk_mut::<4>().unwrap();
    *checksum = crc32fast::hash(contents).to_le_bytes();
}

#[test]
fn files_that_cannot_be_used_are_refused_with_the_reason() {
    let changed = |file: &[u8], at: usize, byte: u8| {
        let mut file = file.to_vec();
        file[at] = byte;
        file
    };
    assert_eq!(model(IMAGE).1, Status::NotAModel);
    assert_eq!(model(b"GIF89a").1, Status::NotAModel);
    assert_eq!(model(&changed(MODEL, 4, 9)).1, Status::UnsupportedModel);
    assert_eq!(model(&MODEL[..200]).1, Status::TruncatedModel);
    assert_eq!(model(&changed(MODEL, 4, 0)).1, Status::UnsupportedModel);
    let mut without_name = changed(MODEL, 5, 0);
    renew_checksum(&mut without_name);
    assert_eq!(model(&without_name).1, Status::InvalidModel);
    assert_eq!(model(&[MODEL, &[0]].concat()).1, Status::InvalidModel);
    let (good, _) = model(MODEL);
    assert_eq!(image(&good, MODEL).1, Status::NotAnImage);
    assert_eq!(
        image(&good, &changed(IMAGE, 4, 9)).1,
        Status::UnsupportedImage
    );
    assert_eq!(image(&good, &IMAGE[..60]).1, Status::TruncatedImage);
    assert_eq!(
        image(&good, &changed(IMAGE, 30, !IMAGE[30])).1,
        Status::DamagedImage
    );
    assert_eq!(image(&good, &changed(IMAGE, 5, 2)).1, Status::InvalidImage);
    assert_eq!(image(&good, &changed(IMAGE, 6, 1)).1, Status::InvalidImage);
    let mut other = changed(IMAGE, 16, !IMAGE[16]);
    renew_checksum(&mut other);
    assert_eq!(image(&good, &other).1, Status::ModelMismatch);
    assert_eq!(
        image(&good, &[IMAGE, &[0]].concat()).1,
        Status::InvalidImage
    );
}

#[test]
fn every_status_has_a_text_of_its_own() {
    let text = |status: u32| {
        // SAFETY: it is a constant string with a zero at its end.
        unsafe { CStr::from_ptr(nice_strerror(status)) }
            .to_str()
            .unwrap()
    };
    let texts: Vec<&str> = (0..=Status::Setting as u32).map(text).collect();
    assert_eq!(texts[Status::Ok as usize], "no error");
    assert_eq!(
        texts[Status::ModelMismatch as usize],
        "the image was encoded for another model"
    );
    let none = "unknown status";
    for (index, text) in texts.iter().enumerate() {
        assert!(!text.is_empty() && *text != none);
        assert!(!texts[..index].contains(text), "{text}");
    }
    for beyond in [Status::Setting as u32 + 1, u32::MAX] {
        assert_eq!(text(beyond), none);
    }
}
