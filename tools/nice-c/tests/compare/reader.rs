//! Images that are read by a callback: the same pixels as from memory, and statuses if reading fails.

use nice_c::{Format, OpenDeblocker, OpenImage, OpenModel, Read, ReaderImage, Region, Status};
use proptest::prelude::*;

use crate::generators::{
    adaptive_image, any_adaptive, image, latents, small_codebook, small_network,
};

/// A closure that reads a file.
fn reading(file: &[u8]) -> Box<Read<'_>> {
    Box::new(move |offset, to| {
        let rest = file.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(to.len());
        to[..count].copy_from_slice(&rest[..count]);
        count
    })
}

/// The id of a model.
fn id(model: &[u8]) -> u32 {
    OpenModel::new(model).unwrap().id()
}

/// The pixels of an image, and of the same deblocked.
fn pixels(image: &OpenImage<'_>) -> Result<[Vec<u8>; 2], Status> {
    let whole = image.whole();
    let stride = 3 * whole.width as usize;
    let mut plain = vec![0; stride * whole.height as usize];
    let mut deblocked = plain.clone();
    image.region(whole, Format::Rgb888, &mut plain, stride)?;
    let mut memory = vec![0; image.deblock_bytes(whole)];
    let mut deblocker = OpenDeblocker::new(image, whole, &mut memory)?;
    deblocker.region(whole, Format::Rgb888, &mut deblocked, stride)?;
    Ok([plain, deblocked])
}

/// Compares an image that is read with the one in memory, at a scale and in an orientation.
fn compare(model: &[u8], file: &[u8], buffer: usize, (scale, orientation): (u32, u32)) {
    let model = OpenModel::new(model).unwrap();
    let mut expected = OpenImage::new(&model, file).unwrap();
    let mut buffer = vec![0; buffer];
    let mut reader = ReaderImage::new(&model, reading(file), &mut buffer).unwrap();
    expected.transform(scale, orientation).unwrap();
    reader.image_mut().transform(scale, orientation).unwrap();
    let image = reader.image();
    assert_eq!(image.whole(), expected.whole());
    assert_eq!(image.check(), Ok(()));
    assert_eq!(pixels(image), pixels(&expected));
    for index in 0..image.blocks() {
        let (mut a, mut b) = ([0; 192], [0; 192]);
        image.block(index, &mut a).unwrap();
        expected.block(index, &mut b).unwrap();
        assert_eq!(a, b);
    }
    let Region { width, height, .. } = image.whole();
    for (x, y) in [
        (0, 0),
        (width - 1, 0),
        (width / 2, height / 2),
        (width - 1, height - 1),
    ] {
        assert_eq!(image.texel(x, y), expected.texel(x, y));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn pixels_are_those_of_the_file_in_memory(
        size in (1..90_u32, 1..90_u32),
        buffer in prop_oneof![Just(32), 32..600_usize],
        model in any_adaptive(144),
        transform in (0..4_u32, 0..8_u32),
    ) {
        let (model, lengths, mut bits) = model;
        let blocks = (size.0.div_ceil(8) * size.1.div_ceil(8)) as usize;
        bits.truncate(blocks);
        let model = model.file();
        compare(&model, &adaptive_image(size.0, size.1, id(&model), &lengths, &bits), buffer, transform);
        compare(&model, &image(size.0, size.1, id(&model), &latents(blocks)), buffer, transform);
    }

    #[test]
    fn a_damaged_file_is_decoded_or_refused_but_never_read_wrongly(
        size in (1..90_u32, 1..90_u32),
        model in any_adaptive(144),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        short in any::<prop::sample::Index>(),
    ) {
        let (model, lengths, mut bits) = model;
        bits.truncate((size.0.div_ceil(8) * size.1.div_ceil(8)) as usize);
        let model = model.file();
        let mut file = adaptive_image(size.0, size.1, id(&model), &lengths, &bits);
        for (index, byte) in changes {
            let at = index.index(file.len());
            file[at] = byte;
        }
        file.truncate(short.index(2 * file.len()) + 1);
        let model = OpenModel::new(&model).unwrap();
        let mut buffer = [0; 64];
        if let Ok(reader) = ReaderImage::new(&model, reading(&file), &mut buffer) {
            let image = reader.image();
            if u64::from(image.whole().width) * u64::from(image.whole().height) < 1 << 20 {
                let decoded = pixels(image);
                prop_assert!(matches!(decoded, Ok(_) | Err(Status::Read | Status::InvalidImage)));
            }
            prop_assert_eq!(image.check().is_ok(), OpenImage::new(&model, &file).is_ok());
        }
    }

    #[test]
    fn a_read_that_fails_now_and_then_can_be_repeated(every in 2..20_u32, seed in any::<u32>()) {
        let model = small_codebook().file();
        let file = image(60, 60, id(&model), &latents(64));
        let model = OpenModel::new(&model).unwrap();
        let expected = OpenImage::new(&model, &file).unwrap();
        let mut buffer = [0; 40];
        let mut calls = seed % every;
        let mut read = reading(&file);
        let failing = Box::new(move |offset, to: &mut [u8]| {
            calls += 1;
            // Nothing, or only a part.
            match calls % every {
                0 => 0,
                1 => read(offset, &mut to[..2]),
                _ => read(offset, to),
            }
        });
        let model = &model;
        let Ok(reader) = ReaderImage::new(model, failing, &mut buffer) else {
            return Ok(());
        };
        for row in 0..8 {
            let (mut found, mut wanted) = ([0; 8 * 180], [0; 8 * 180]);
            expected.row(row, Format::Rgb888, &mut wanted, 180).unwrap();
            let mut tries = 0;
            loop {
                match reader.image().row(row, Format::Rgb888, &mut found, 180) {
                    Ok(()) => break,
                    Err(status) => prop_assert_eq!(status, Status::Read),
                }
                tries += 1;
                if tries == 50 {
                    return Ok(()); // every row fails somewhere if calls fail that often
                }
            }
            prop_assert_eq!(found, wanted);
        }
    }
}

#[test]
fn networks_are_read_too() {
    let model = small_network().file();
    for transform in [(0, 0), (1, 3), (0, 5)] {
        let file = image(60, 60, id(&model), &latents(64));
        compare(&model, &file, 32, transform);
    }
}

#[test]
fn a_callback_that_returns_more_than_asked_for_is_refused() {
    let model = small_codebook().file();
    let file = image(60, 60, id(&model), &latents(64));
    let model = OpenModel::new(&model).unwrap();
    for at in [0, 1] {
        let mut buffer = [0; 64];
        let mut calls = 0;
        let mut read = reading(&file);
        let lying = Box::new(move |offset, to: &mut [u8]| {
            calls += 1;
            if calls > at {
                to.len() + 1
            } else {
                read(offset, to)
            }
        });
        match ReaderImage::new(&model, lying, &mut buffer) {
            Err(status) => assert_eq!((status, at), (Status::Read, 0)),
            Ok(reader) => {
                let mut lines = [0; 8 * 180];
                let row = reader.image().row(0, Format::Rgb888, &mut lines, 180);
                assert_eq!(row, Err(Status::Read));
            }
        }
    }
}

#[test]
fn a_buffer_that_is_too_short_is_refused() {
    let model = small_codebook().file();
    let file = image(60, 60, id(&model), &latents(64));
    let model = OpenModel::new(&model).unwrap();
    let mut buffer = [0; 31];
    let refused = ReaderImage::new(&model, reading(&file), &mut buffer);
    assert_eq!(refused.err(), Some(Status::Buffer));
}
