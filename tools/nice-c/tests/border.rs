//! What crosses the border to C: every status has its words, nothing that C can hand over is taken on trust, and what is
//! decoded is what `nice-decode` decodes.

#![allow(unsafe_code)] // what is tested is the border to C

use std::ffi::CStr;
use std::ptr::{null, null_mut};

use nice_c::{
    Format, Model, Picture, Region, Status, nice_decode_block, nice_decode_region, nice_decode_row,
    nice_format_bytes, nice_model_open, nice_next_strip, nice_picture_blocks, nice_picture_open,
    nice_picture_region, nice_status_text, nice_texel,
};
use nice_decode::{
    Bgr555Le, Bgr888, Decoder, Dithered, Image, Pixel, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888,
};

static MODEL: &[u8] = include_bytes!("../../../firmware-example/model.nicem");
static PICTURE: &[u8] = include_bytes!("../../../firmware-example/picture.nice");

/// Opens a model.
fn model(file: &[u8]) -> (Model, Status) {
    let mut model = Model::default();
    // SAFETY: the structure and the bytes are there; a model that outlives them is not used.
    let status = unsafe { nice_model_open(&mut model, file.as_ptr(), file.len()) };
    (model, status)
}

/// Opens a picture.
fn picture(model: &Model, file: &[u8]) -> (Picture, Status) {
    let mut picture = Picture::default();
    // SAFETY: the structures and the bytes are there; a picture that outlives them is not used.
    let status = unsafe { nice_picture_open(&mut picture, model, file.as_ptr(), file.len()) };
    (picture, status)
}

/// The picture of the firmware example.
fn opened() -> Picture {
    let (model, status) = model(MODEL);
    assert_eq!(status, Status::Ok);
    let (picture, status) = picture(&model, PICTURE);
    assert_eq!(status, Status::Ok);
    picture
}

/// A region, decoded into lines that lie closely, with a byte more than they need.
fn region(picture: &Picture, region: Region, format: u32, bytes: usize) -> (Vec<u8>, Status) {
    let stride = region.width as usize * bytes;
    let mut lines = vec![0xAA; stride * region.height as usize + 1];
    // SAFETY: the structure and the buffer are there.
    let status = unsafe {
        nice_decode_region(
            picture,
            region,
            format,
            lines.as_mut_ptr(),
            lines.len(),
            stride,
        )
    };
    (lines, status)
}

/// Checks that a region is what `nice-decode` makes of it.
fn check<P: Pixel>(format: Format) {
    let decoder = Decoder::from_bytes(MODEL).unwrap();
    let image = Image::from_bytes(PICTURE).unwrap();
    let expected = decoder.open(&image).unwrap();
    let part = Region {
        x: 3,
        y: 5,
        width: 30,
        height: 13,
    };
    assert_eq!(nice_format_bytes(format as u32), P::BYTES);
    let (lines, status) = region(&opened(), part, format as u32, P::BYTES);
    assert_eq!(status, Status::Ok);
    let mut wanted = vec![0xAA; lines.len()];
    expected
        .region::<P>(part.into(), &mut wanted, 30 * P::BYTES)
        .unwrap();
    assert_eq!(lines, wanted, "{format:?}");
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
    assert_eq!(nice_format_bytes(9), 0);
    let (lines, status) = region(&opened(), Region::default(), 9, 3);
    assert_eq!((lines, status), (vec![0xAA], Status::Format));
}

#[test]
fn rows_strips_blocks_and_texels_are_those_of_the_picture() {
    let picture = opened();
    // SAFETY: everything that is pointed to is there.
    unsafe {
        let whole = nice_picture_region(&picture);
        assert_eq!(
            whole,
            Region {
                x: 0,
                y: 0,
                width: 45,
                height: 19
            }
        );
        assert_eq!(nice_picture_blocks(&picture), 18);
        let (pixels, status) = region(&picture, whole, 0, 3);
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
        while nice_next_strip(&mut rest, &mut strip) {
            strips.push((strip.x, strip.width, strip.y, strip.height));
        }
        assert_eq!(strips, [(2, 9, 5, 3), (2, 9, 8, 8), (2, 9, 16, 1)]);

        for row in 0..3 {
            let mut lines = vec![0; 8 * 135];
            let status = nice_decode_row(&picture, row, 0, lines.as_mut_ptr(), lines.len(), 135);
            assert_eq!(status, Status::Ok);
            let from = row as usize * 8 * 135;
            let count = (19 - 8 * row as usize).min(8) * 135;
            assert_eq!(lines[..count], pixels[from..from + count]);
        }
        let mut block = [0; 192];
        assert_eq!(
            nice_decode_block(&picture, 7, block.as_mut_ptr()),
            Status::Ok
        );
        let mut rgb = [0; 3];
        for (x, y) in [(8, 8), (15, 8), (12, 13), (15, 15)] {
            assert_eq!(nice_texel(&picture, x, y, rgb.as_mut_ptr()), Status::Ok);
            let at = ((y as usize % 8) * 8 + x as usize % 8) * 3;
            assert_eq!(rgb, block[at..at + 3]);
            assert_eq!(rgb, pixels[(y as usize * 45 + x as usize) * 3..][..3]);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_written() {
    let picture = opened();
    let part = Region {
        x: 3,
        y: 5,
        width: 4,
        height: 2,
    };
    let mut lines = [0xAA; 32];
    // SAFETY: everything that is pointed to is there.
    unsafe {
        let to = lines.as_mut_ptr();
        assert_eq!(
            nice_decode_region(&picture, part, 0, to, 32, 11),
            Status::Stride
        );
        assert_eq!(
            nice_decode_region(&picture, part, 0, to, 23, 12),
            Status::Buffer
        );
        let outside = Region { x: 42, ..part };
        assert_eq!(
            nice_decode_region(&picture, outside, 0, to, 32, 12),
            Status::OutOfRange
        );
        assert_eq!(
            nice_decode_row(&picture, 3, 0, to, 32, 1000),
            Status::OutOfRange
        );
        assert_eq!(nice_decode_row(&picture, 2, 0, to, 32, 135), Status::Buffer);
        assert_eq!(nice_texel(&picture, 45, 0, to), Status::OutOfRange);
        let mut block = [0xAA; 192];
        assert_eq!(
            nice_decode_block(&picture, 18, block.as_mut_ptr()),
            Status::OutOfRange
        );
        assert_eq!(block, [0xAA; 192]);
    }
    assert_eq!(lines, [0xAA; 32]);
}

#[test]
fn null_pointers_and_impossible_lengths_are_refused() {
    let (mut model, mut picture) = (model(MODEL).0, opened());
    let file = PICTURE.as_ptr();
    let whole = Region::default();
    let (huge, mut byte) = (usize::MAX, [0]);
    // SAFETY: what is not null is there; the length that is impossible is refused before anything is read.
    unsafe {
        let statuses = [
            nice_model_open(null_mut(), file, 4),
            nice_model_open(&mut model, null(), 4),
            nice_model_open(&mut model, file, huge),
            nice_picture_open(null_mut(), &model, file, 4),
            nice_picture_open(&mut picture, null(), file, 4),
            nice_decode_row(null(), 0, 0, byte.as_mut_ptr(), 1, 1),
            nice_decode_row(&opened(), 0, 0, null_mut(), 1, 1),
            nice_decode_row(&opened(), 0, 0, byte.as_mut_ptr(), huge, 135),
            nice_decode_region(null(), whole, 0, byte.as_mut_ptr(), 1, 1),
            nice_decode_region(&opened(), whole, 0, null_mut(), 1, 1),
            nice_texel(null(), 0, 0, [0; 3].as_mut_ptr()),
            nice_texel(&opened(), 0, 0, null_mut()),
            nice_decode_block(null(), 0, [0; 192].as_mut_ptr()),
            nice_decode_block(&opened(), 0, null_mut()),
        ];
        assert_eq!(statuses, [Status::Argument; 14]);
        assert_eq!(nice_picture_region(null()), Region::default());
        assert_eq!(nice_picture_blocks(null()), 0);
        assert!(!nice_next_strip(null_mut(), &mut Region::default()));
        assert!(!nice_next_strip(&mut Region::default(), null_mut()));
    }
}

#[test]
fn what_is_not_open_is_refused() {
    let damaged = [&MODEL[..100], &[MODEL[100] ^ 1], &MODEL[101..]].concat();
    let (mut bad, status) = model(&damaged);
    assert_eq!(status, Status::DamagedModel);
    assert_eq!(picture(&bad, PICTURE).1, Status::NotOpen);
    // SAFETY: everything that is pointed to is there.
    unsafe {
        // What was open is not any more after something else was not opened in its place.
        bad = model(MODEL).0;
        assert_eq!(
            nice_model_open(&mut bad, damaged.as_ptr(), damaged.len()),
            Status::DamagedModel
        );
        assert_eq!(picture(&bad, PICTURE).1, Status::NotOpen);
        let shut = Picture::default();
        assert_eq!(
            nice_texel(&shut, 0, 0, [0; 3].as_mut_ptr()),
            Status::NotOpen
        );
        assert_eq!(nice_picture_region(&shut), Region::default());
        assert_eq!(nice_picture_blocks(&shut), 0);
    }
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let changed = |file: &[u8], at: usize, byte: u8| {
        let mut file = file.to_vec();
        file[at] = byte;
        file
    };
    assert_eq!(model(PICTURE).1, Status::NotAModel);
    assert_eq!(model(b"GIF89a").1, Status::NotAModel);
    assert_eq!(model(&changed(MODEL, 4, 9)).1, Status::NewerModel);
    assert_eq!(model(&MODEL[..200]).1, Status::TruncatedModel);
    assert_eq!(model(&changed(MODEL, 4, 0)).1, Status::InvalidModel);
    let (good, _) = model(MODEL);
    assert_eq!(picture(&good, MODEL).1, Status::NotAPicture);
    assert_eq!(
        picture(&good, &changed(PICTURE, 4, 9)).1,
        Status::NewerPicture
    );
    assert_eq!(picture(&good, &PICTURE[..60]).1, Status::TruncatedPicture);
    assert_eq!(
        picture(&good, &changed(PICTURE, 30, !PICTURE[30])).1,
        Status::DamagedPicture
    );
    assert_eq!(
        picture(&good, &changed(PICTURE, 5, 1)).1,
        Status::InvalidPicture
    );
    let mut other = changed(PICTURE, 16, !PICTURE[16]);
    let body = other.len() - 4;
    let checksum = nice_decode::crc32(&other[..body]).to_le_bytes();
    other[body..].copy_from_slice(&checksum);
    assert_eq!(picture(&good, &other).1, Status::WrongModel);
}

#[test]
fn every_status_has_words_of_its_own() {
    let text = |status: u32| {
        // SAFETY: it is a constant that ends with a zero.
        unsafe { CStr::from_ptr(nice_status_text(status)) }
            .to_str()
            .unwrap()
    };
    let texts: Vec<&str> = (0..=Status::Other as u32).map(text).collect();
    assert_eq!(texts[Status::Ok as usize], "it went well");
    assert_eq!(
        texts[Status::WrongModel as usize],
        "the picture was made with another model"
    );
    let none = "there is no such status";
    for (index, text) in texts.iter().enumerate() {
        assert!(!text.is_empty() && *text != none);
        assert!(!texts[..index].contains(text), "{text}");
    }
    for beyond in [Status::Other as u32 + 1, u32::MAX] {
        assert_eq!(text(beyond), none);
    }
}
