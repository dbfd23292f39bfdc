//! Images that are read from storage have the pixels of those in memory, and what goes wrong comes back.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{
    adaptive_image, any_adaptive, any_network, image, latents, resealed, small_codebook,
};
use crate::{
    Decoder, Gray1Msb, Image, ImageError, Layout, Model, ModelId, ModelMismatchError, Orientation,
    OutputError, PixelFormat, ReadAt, Region, Rgb565Le, Rgb888, Scale, StorageError, StoredDecoder,
    StoredImage,
};

/// A file that counts how often it is read and fails once, with a number of its own.
struct Card<'a> {
    file: &'a [u8],
    calls: usize,
    bytes: usize,
    fails_at: usize,
}

/// The error of a card: the call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Removed(usize);

impl<'a> Card<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            calls: 0,
            bytes: 0,
            fails_at: usize::MAX,
        }
    }
}

impl ReadAt for Card<'_> {
    type Error = Removed;

    fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, Removed> {
        let call = self.calls;
        self.calls += 1;
        if call == self.fails_at {
            return Err(Removed(call));
        }
        let Ok(count) = self.file.read_at(offset, buffer);
        self.bytes += count;
        Ok(count)
    }
}

/// The pixels of a region from memory.
fn from_memory<P: PixelFormat>(decoder: &Decoder<'_, '_>, region: Region) -> Vec<u8> {
    let stride = P::line_bytes(region.width as usize);
    let mut pixels = vec![0; stride * region.height as usize];
    decoder.region::<P>(region, &mut pixels, stride).unwrap();
    pixels
}

/// The pixels of a region from storage.
fn from_storage<P: PixelFormat, R: ReadAt>(
    decoder: &mut StoredDecoder<'_, '_, R>,
    region: Region,
) -> Result<Vec<u8>, StorageError<R::Error>> {
    let stride = P::line_bytes(region.width as usize);
    let mut pixels = vec![0; stride * region.height as usize];
    decoder.region::<P>(region, &mut pixels, stride)?;
    Ok(pixels)
}

/// Checks that an image has the same pixels from storage, whole, row by row and in a region, at any size and in any orientation.
fn check(model: &[u8], file: &[u8], buffer: usize, [x, y]: [u32; 2]) {
    let model = Model::from_bytes(model).unwrap();
    let image = Image::from_bytes(file).unwrap();
    let mut buffer = vec![0; buffer];
    let mut stored = StoredImage::open(file, &mut buffer).unwrap();
    stored.verify().unwrap();
    assert_eq!(
        (stored.width(), stored.height(), stored.blocks()),
        (image.width(), image.height(), image.blocks())
    );
    assert_eq!(
        (stored.layout(), stored.model_id()),
        (image.layout(), image.model_id())
    );
    for (index, scale) in Scale::ALL.into_iter().enumerate() {
        for orientation in Orientation::ALL {
            let decoder = Decoder::new(&model, &image).unwrap();
            let decoder = decoder.reduced(scale).turned(orientation);
            let from = StoredDecoder::new(&model, stored).unwrap();
            let mut from = from.reduced(scale).turned(orientation);
            let bounds = decoder.bounds();
            assert_eq!((from.bounds(), from.rows()), (bounds, decoder.rows()));
            let whole = from_storage::<Rgb888, _>(&mut from, bounds).unwrap();
            assert!(whole == from_memory::<Rgb888>(&decoder, bounds));
            for strip in from.strips(bounds) {
                let row = from_storage::<Gray1Msb, _>(&mut from, strip).unwrap();
                assert!(row == from_memory::<Gray1Msb>(&decoder, strip));
            }
            let [x, y] = [x.min(bounds.width - 1), y.min(bounds.height - 1)];
            let region = Region {
                x,
                y,
                width: bounds.width - x,
                height: (bounds.height - y).min(11 >> index),
            };
            let part = from_storage::<Rgb565Le, _>(&mut from, region).unwrap();
            assert!(part == from_memory::<Rgb565Le>(&decoder, region));
            stored = from.into_image();
        }
    }
    assert_eq!(stored.into_storage(), file);
}

/// A codebook and an image of 150 x 17 pixels in each layout: 57 blocks.
fn files() -> (Vec<u8>, [Vec<u8>; 2]) {
    let codebook = small_codebook();
    let model = codebook.file();
    let id = Model::from_bytes(&model).unwrap().id().get();
    let lengths = [4, 12, 24, 36, 48];
    let adaptive: Vec<Vec<bool>> = (0..57_usize)
        .map(|block| {
            let length = lengths[block * block % lengths.len()];
            (0..length)
                .map(|bit| block * bit % 7 % 3 == 1 || bit % 5 == block % 4)
                .collect()
        })
        .collect();
    let fixed = image(150, 17, id, &latents(57));
    let adaptive = adaptive_image(150, 17, id, &lengths, &adaptive);
    (model, [fixed, adaptive])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_adaptive_image_has_the_same_pixels_from_storage(
        ((model, lengths, latents), (width, height)) in
            (1..130_u32, 1..100_u32).prop_flat_map(|size| {
                let blocks = size.0.div_ceil(8) * size.1.div_ceil(8);
                (any_adaptive(blocks as usize), Just(size))
            }),
        buffer in prop_oneof![0..70_usize, Just(512), Just(100_000)],
        at in [0..40_u32, 0..40_u32],
    ) {
        let model = model.file();
        let id = Model::from_bytes(&model).unwrap().id().get();
        let file = adaptive_image(width, height, id, &lengths, &latents);
        check(&model, &file, buffer, at);
    }

    #[test]
    fn a_fixed_image_has_the_same_pixels_from_storage(
        model in any_network(),
        (width, height) in (1..60_u32, 1..60_u32),
        buffer in prop_oneof![0..70_usize, Just(512)],
        at in [0..40_u32, 0..40_u32],
    ) {
        let model = model.file();
        let id = Model::from_bytes(&model).unwrap().id().get();
        let blocks = width.div_ceil(8) * height.div_ceil(8);
        let file = image(width, height, id, &latents(blocks as usize));
        check(&model, &file, buffer, at);
    }

    #[test]
    fn no_faulty_file_makes_a_stored_decoder_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        adaptive in any::<bool>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (model, files) = files();
        let mut file = files[usize::from(adaptive)].clone();
        for (at, byte) in changes {
            // Not the width and height, since the picture would be too large to have room.
            let at = at.index(file.len());
            file[if (8..16).contains(&at) { 28 } else { at }] = byte;
        }
        file.truncate(file.len() - cut.index(40));
        let model = Model::from_bytes(&model).unwrap();
        let mut buffer = [0; 20];
        if let Ok(mut image) = StoredImage::open(&file[..], &mut buffer) {
            let _ = image.verify();
            if let Ok(mut decoder) = StoredDecoder::new(&model, image) {
                let bounds = decoder.bounds();
                let _ = from_storage::<Rgb888, _>(&mut decoder, bounds);
            }
        }
    }
}

#[test]
fn an_image_with_several_segments_has_the_same_pixels_from_storage() {
    let model = small_codebook().file();
    let id = Model::from_bytes(&model).unwrap().id().get();
    // 8 x 522 blocks in 66 groups.
    let bits = (0..8 * 522_usize)
        .map(|block| (0..[4, 20, 44][block % 3]).map(move |bit| (block >> (bit % 9)) & 1 == 1))
        .map(Iterator::collect)
        .collect::<Vec<Vec<bool>>>();
    let file = adaptive_image(64, 8 * 522, id, &[4, 20, 44], &bits);
    check(&model, &file, 64, [13, 4100]);
}

#[test]
fn from_top_to_bottom_every_byte_is_read_once() {
    let (model, files) = files();
    let model = Model::from_bytes(&model).unwrap();
    for (file, most) in files.iter().zip([0, 3]) {
        for length in [64, 100, 512] {
            let mut card = Card::new(file);
            let mut buffer = vec![0; length];
            let image = StoredImage::open(&mut card, &mut buffer).unwrap();
            let mut decoder = StoredDecoder::new(&model, image).unwrap();
            let mut lines = [0; 8 * 450];
            for row in 0..decoder.rows() {
                decoder.row::<Rgb888>(row, &mut lines, 450).unwrap();
            }
            assert!(card.calls <= file.len().div_ceil(length) + most, "{length}");
            assert!(card.bytes <= file.len() + 6 + length * most, "{length}");
        }
    }
}

#[test]
fn only_what_a_region_needs_is_read() {
    let (model, [fixed, _]) = files();
    let model = Model::from_bytes(&model).unwrap();
    let mut card = Card::new(&fixed);
    let mut buffer = [0; 32];
    let image = StoredImage::open(&mut card, &mut buffer).unwrap();
    let mut decoder = StoredDecoder::new(&model, image).unwrap();
    let region = Region {
        x: 64,
        y: 8,
        width: 8,
        height: 8,
    };
    from_storage::<Rgb888, _>(&mut decoder, region).unwrap();
    // The header, and the part with the latent, or two with a part of it.
    assert!(card.calls <= 3 && card.bytes <= 3 * 32);
}

#[test]
fn the_error_of_any_call_comes_back_and_what_was_read_before_can_be_read_again() {
    let (model, files) = files();
    let model = Model::from_bytes(&model).unwrap();
    for file in &files {
        let image = Image::from_bytes(file).unwrap();
        let decoder = Decoder::new(&model, &image).unwrap();
        let decoder = decoder.turned(Orientation::ROTATE_90);
        let expected = from_memory::<Rgb888>(&decoder, decoder.bounds());
        let mut steps = [0; 3];
        for fails_at in 0.. {
            let mut card = Card::new(file);
            card.fails_at = fails_at;
            let error = Some(StorageError::Read(Removed(fails_at)));
            let mut buffer = [0; 48];
            let image = StoredImage::open(&mut card, &mut buffer);
            let Ok(mut image) = image else {
                assert_eq!(image.err(), error);
                steps[0] += 1;
                continue;
            };
            let verified = image.verify();
            if let Err(found) = verified {
                assert_eq!(Some(found), error);
                image.verify().unwrap();
                steps[1] += 1;
            }
            let verified = verified.is_ok();
            let decoder = StoredDecoder::new(&model, image).unwrap();
            let mut decoder = decoder.turned(Orientation::ROTATE_90);
            let bounds = decoder.bounds();
            let found = from_storage::<Rgb888, _>(&mut decoder, bounds);
            if let Err(found) = found {
                assert_eq!(Some(found), error);
                steps[2] += 1;
            } else if verified {
                break; // no call has failed
            }
            let found = from_storage::<Rgb888, _>(&mut decoder, bounds);
            assert!(found.is_ok_and(|pixels| pixels == expected));
        }
        assert!(steps.iter().all(|&step| step > 0), "{steps:?}");
    }
}

#[test]
fn a_truncated_file_is_refused_when_it_is_verified_and_decoded_as_far_as_it_goes() {
    let (model, files) = files();
    let model = Model::from_bytes(&model).unwrap();
    for file in &files {
        let image = Image::from_bytes(file).unwrap();
        let decoder = Decoder::new(&model, &image).unwrap();
        let bounds = decoder.bounds();
        let expected = from_memory::<Rgb888>(&decoder, bounds);
        let whole_length = file.len();
        for length in 0..whole_length {
            let file = &file[..length];
            let mut buffer = [0; 40];
            let Ok(mut image) = StoredImage::open(file, &mut buffer) else {
                assert!(length < 28);
                continue;
            };
            let found = image.verify();
            assert!(
                matches!(
                    found,
                    Err(StorageError::Image(ImageError::Truncated { found, .. })) if found >= length
                ),
                "{length}: {found:?}"
            );
            let mut decoder = StoredDecoder::new(&model, image).unwrap();
            let whole = from_storage::<Rgb888, _>(&mut decoder, bounds);
            assert!(whole.is_err() || length + 4 >= whole_length);
            match whole {
                Ok(pixels) => assert!(pixels == expected),
                Err(error) => assert!(
                    matches!(error, StorageError::Image(ImageError::Truncated { .. })),
                    "{length}: {error:?}"
                ),
            }
        }
    }
}

#[test]
fn a_damaged_file_is_refused_as_it_is_in_memory() {
    let (_, files) = files();
    for file in &files {
        for at in (0..file.len()).filter(|at| !(8..16).contains(at)) {
            let mut file = file.clone();
            file[at] ^= 0x15;
            for file in [&file, &resealed(&file)] {
                let mut buffer = [0; 40];
                let stored =
                    StoredImage::open(&file[..], &mut buffer).and_then(|mut image| image.verify());
                match (Image::from_bytes(file), stored) {
                    (Ok(_), Ok(())) => {}
                    // In memory, the checksum is verified first; what is truncated has its length in other words.
                    (Err(ImageError::Checksum { .. } | ImageError::Truncated { .. }), Err(_)) => {}
                    (memory, stored) => {
                        assert_eq!(stored, memory.map(|_| ()).map_err(StorageError::Image));
                    }
                }
            }
        }
        let longer = [&file[..], &[0; 70]].concat();
        let mut image = StoredImage::open(&longer[..], &mut []).unwrap();
        let error = Err(StorageError::Image(ImageError::TrailingBytes { extra: 70 }));
        assert_eq!(image.verify(), error);
    }
}

#[test]
fn what_is_wrong_with_the_arguments_is_said_before_anything_is_read() {
    let (model, [fixed, adaptive]) = files();
    let model = Model::from_bytes(&model).unwrap();
    let mut card = Card::new(&fixed);
    let image = StoredImage::open(&mut card, &mut []).unwrap();
    let mut decoder = StoredDecoder::new(&model, image).unwrap();
    let row = OutputError::Row { row: 3, rows: 3 };
    assert_eq!(decoder.row_region(3), Err(row));
    let found = decoder.row::<Rgb888>(3, &mut [], 450);
    assert_eq!(found, Err(StorageError::Output(row)));
    let found = decoder.row::<Rgb888>(0, &mut [0; 10], 450);
    assert!(matches!(
        found,
        Err(StorageError::Output(OutputError::Buffer { .. }))
    ));
    assert_eq!(card.bytes, 28);

    let mut other = fixed.clone();
    other[16] ^= 1;
    let image = StoredImage::open(&other[..], &mut []).unwrap();
    let found = StoredDecoder::new(&model, image).err();
    let expected = ModelId::new(model.id().get() ^ 1);
    let found_id = model.id();
    assert_eq!(
        found,
        Some(ModelMismatchError::Id {
            expected,
            found: found_id
        })
    );
    let mut other = adaptive.clone();
    other[20] = 5;
    let image = StoredImage::open(&other[..], &mut []).unwrap();
    assert_eq!(image.layout(), Layout::Adaptive);
    let found = StoredDecoder::new(&model, image).err();
    assert_eq!(found, Some(ModelMismatchError::Length { found: 5 }));

    // 2^30 blocks take more bytes than an offset can count.
    let mut large = fixed.clone();
    large[8..16].copy_from_slice(&[0, 0, 4, 0, 0, 0, 4, 0]);
    let found = StoredImage::open(&large[..], &mut []).err();
    let expected = Some((6 << 30) + 24);
    let large = ImageError::Truncated {
        found: 28,
        expected,
    };
    assert_eq!(found, Some(StorageError::Image(large)));
}
