//! NICE images that are read through the `image` crate have the pixels that `nice-decode` decodes, and errors say what is wrong.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader};
use nice_decode::{Deblocker, Decoder, Image, Model, Rgb888, pretrained};
use nice_image::{NiceDecoder, register};

static EXAMPLE: &[u8] = include_bytes!("data/example.nice");

/// Calls a function with the decoder of the example.
fn with_decoder<T>(then: impl FnOnce(Decoder<'_, '_>) -> T) -> T {
    let model = Model::from_bytes(pretrained::M).unwrap();
    let image = Image::from_bytes(EXAMPLE).unwrap();
    then(Decoder::new(&model, &image).unwrap())
}

/// The pixels of the example without deblocking.
fn plain() -> Vec<u8> {
    with_decoder(|decoder| {
        let mut pixels = vec![0; 20 * 12 * 3];
        let region = decoder.image().region();
        decoder.region::<Rgb888>(region, &mut pixels, 60).unwrap();
        pixels
    })
}

/// The pixels of the example with deblocking.
fn deblocked() -> Vec<u8> {
    with_decoder(|decoder| {
        let mut pixels = vec![0; 20 * 12 * 3];
        let region = decoder.image().region();
        let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
        let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
        deblocker.region::<Rgb888>(region, &mut pixels, 60).unwrap();
        pixels
    })
}

/// Makes the checksum at the end of a file match its contents again.
fn renew_checksum(file: &mut [u8]) {
    let (contents, checksum) = file.split_last_chunk_mut::<4>().unwrap();
    *checksum = crc32fast::hash(contents).to_le_bytes();
}

#[test]
fn registered_images_are_recognized_by_their_first_bytes_or_their_name() {
    register();
    assert!(!register(), "only the first call returns true");
    let by_bytes = ImageReader::new(Cursor::new(EXAMPLE))
        .with_guessed_format()
        .unwrap()
        .decode()
        .unwrap()
        .into_rgb8();
    assert_eq!(by_bytes.dimensions(), (20, 12));
    assert_eq!(by_bytes.into_raw(), deblocked());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/example.nice");
    assert_eq!(image::open(path).unwrap().into_bytes(), deblocked());
}

#[test]
fn deblocking_can_be_turned_off() {
    for (enabled, expected) in [(true, deblocked()), (false, plain())] {
        let mut decoder = NiceDecoder::new(EXAMPLE).unwrap();
        decoder.set_deblocking(enabled);
        let mut pixels = vec![0; decoder.total_bytes() as usize];
        decoder.read_image(&mut pixels).unwrap();
        assert_eq!(pixels, expected);
    }
    assert_ne!(deblocked(), plain());
}

#[test]
fn a_model_can_be_given() {
    let decoder = NiceDecoder::with_model(EXAMPLE, pretrained::M).unwrap();
    let image = DynamicImage::from_decoder(decoder).unwrap();
    assert_eq!(image.into_bytes(), deblocked());
}

#[test]
fn damaged_images_are_refused_with_the_reason() {
    let error = |file: &[u8]| NiceDecoder::new(file).unwrap_err().to_string();
    let mut damaged = EXAMPLE.to_vec();
    damaged[30] ^= 1;
    assert!(error(&damaged).contains("checksum"), "{}", error(&damaged));
    let truncated = error(&EXAMPLE[..20]);
    assert!(truncated.contains("truncated"), "{truncated}");
}

#[test]
fn images_of_another_model_are_refused_with_the_reason() {
    let mut other = EXAMPLE.to_vec();
    other[16] ^= 1;
    renew_checksum(&mut other);
    let unknown = NiceDecoder::new(&other[..]).unwrap_err().to_string();
    assert!(unknown.contains("NiceDecoder::with_model"), "{unknown}");
    let mismatch = NiceDecoder::with_model(EXAMPLE, pretrained::S).unwrap_err();
    assert!(mismatch.to_string().contains("not for model"), "{mismatch}");
}
