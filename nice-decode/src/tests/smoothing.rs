//! Smoothed rows: the borders of a whole picture filtered, whatever the order in which the rows are asked for.

use std::format;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::made::{
    MadeCodebook, any_boundary, any_codebook, codes, picture, small, small_codebook,
};
use super::reference_codebook::Codebook;
use super::rows::rgb565;
use crate::{Decoder, Image, LinesError, Picture, Pixel, Rgb565Be, Rgb888, Smooth};

/// Opens a picture with a model, and does something with it and with its latents.
pub fn with_picture(
    model: &[u8],
    size: (u32, u32),
    then: impl FnOnce(Picture<'_, '_>, &[[u8; 6]]),
) {
    let decoder = Decoder::from_bytes(model).unwrap();
    let latents = codes((size.0.div_ceil(8) * size.1.div_ceil(8)) as usize);
    let file = picture(size.0, size.1, decoder.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    then(decoder.open(&image).unwrap(), &latents);
}

/// A smoothed row, its lines without gaps.
fn row<P: Pixel>(smooth: &mut Smooth<'_, '_, '_>, row: u32) -> Vec<u8> {
    let image = smooth.picture().image();
    let stride = image.width() as usize * P::BYTES;
    let lines = (image.height() - row * 8).min(8) as usize;
    let mut buffer = vec![0xAA; stride * lines];
    smooth.row::<P>(row, &mut buffer, stride).unwrap();
    buffer
}

/// Checks all rows, from top to bottom and then in another order, against the reference.
fn check(model: &MadeCodebook, size: (u32, u32), order: &[prop::sample::Index]) {
    let model = model.file();
    with_picture(&model, size, |shown, latents| {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let whole = Codebook::read(&model).picture(latents, width, height);
        let expected: Vec<Vec<[u8; 3]>> = whole.chunks(8).map(<[_]>::concat).collect();
        let rows = expected.len();
        let mut work = vec![0xAA; shown.smooth_bytes()];
        let mut smooth = shown.smooth(&mut work).unwrap();
        let others = order.iter().map(|index| index.index(rows));
        for asked in (0..rows).chain(others) {
            assert_eq!(
                row::<Rgb888>(&mut smooth, asked as u32),
                expected[asked].as_flattened(),
                "row {asked}"
            );
        }
        let last = rows - 1;
        let short: Vec<u8> = expected[last]
            .iter()
            .flat_map(|&rgb| rgb565(rgb).to_be_bytes())
            .collect();
        assert_eq!(row::<Rgb565Be>(&mut smooth, last as u32), short);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_smoothed_picture_is_that_of_the_reference_in_any_order_of_its_rows(
        mut model in any_codebook(),
        boundary in any_boundary(),
        size in (1..40_u32, 1..40_u32),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        model.boundary = Some(boundary);
        check(&model, size, &order);
    }

    #[test]
    fn eight_samples_are_filtered_as_the_reference_does(
        boundary in any_boundary(),
        samples in prop_oneof![
            any::<[u8; 8]>(),
            prop::collection::vec(100..120_u8, 8).prop_map(|v| v.try_into().unwrap()),
            prop::collection::vec(prop::sample::select(vec![0, 255]), 8)
                .prop_map(|v| v.try_into().unwrap()),
        ],
    ) {
        let mut model = small_codebook();
        model.boundary = Some(boundary);
        let file = model.file();
        let decoder = Decoder::from_bytes(&file).unwrap();
        let found = decoder.boundary().unwrap().filter(samples);
        let expected = Codebook::read(&file)
            .filter
            .unwrap()
            .filtered(&samples.map(i64::from));
        prop_assert_eq!(found.map(i64::from).to_vec(), expected);
    }
}

#[test]
fn a_model_without_a_filter_shows_the_rows_as_they_are() {
    let mut codebook = small_codebook();
    codebook.boundary = None;
    for model in [codebook.file(), small().file()] {
        with_picture(&model, (19, 21), |shown, _| {
            let mut work = vec![0; shown.smooth_bytes()];
            let mut smooth = shown.smooth(&mut work).unwrap();
            for asked in [2, 0, 1] {
                let lines = (21 - 8 * asked as usize).min(8);
                let mut plain = vec![0; lines * 57];
                shown.row::<Rgb888>(asked, &mut plain, 57).unwrap();
                assert_eq!(row::<Rgb888>(&mut smooth, asked), plain);
            }
        });
    }
}

#[test]
fn maps_of_zeros_change_nothing() {
    let mut model = small_codebook();
    model.boundary.as_mut().unwrap().maps.fill(0);
    with_picture(&model.file(), (19, 21), |shown, _| {
        let mut work = vec![0; shown.smooth_bytes()];
        let mut smooth = shown.smooth(&mut work).unwrap();
        let mut plain = vec![0; 8 * 57];
        shown.row::<Rgb888>(1, &mut plain, 57).unwrap();
        assert_eq!(row::<Rgb888>(&mut smooth, 1), plain);
    });
}

#[test]
fn a_single_block_has_no_border() {
    with_picture(&small_codebook().file(), (8, 8), |shown, _| {
        let mut work = vec![0; shown.smooth_bytes()];
        let mut block = [0; 192];
        shown.block(0, &mut block).unwrap();
        let mut smooth = shown.smooth(&mut work).unwrap();
        assert_eq!(row::<Rgb888>(&mut smooth, 0), block);
    });
}

#[test]
fn a_smaller_picture_within_the_same_blocks_is_the_same_cropped() {
    let model = small_codebook().file();
    let (mut large, mut small) = (vec![], vec![]);
    for (size, pixels) in [((24, 16), &mut large), ((17, 9), &mut small)] {
        with_picture(&model, size, |shown, _| {
            let mut work = vec![0; shown.smooth_bytes()];
            let mut smooth = shown.smooth(&mut work).unwrap();
            *pixels = [0, 1]
                .map(|asked| row::<Rgb888>(&mut smooth, asked))
                .concat();
        });
    }
    for y in 0..9 {
        assert_eq!(small[y * 51..][..51], large[y * 72..][..51], "line {y}");
    }
}

#[test]
fn the_buffer_to_work_in_has_16_lines_of_whole_blocks_and_may_be_longer() {
    with_picture(&small_codebook().file(), (17, 9), |shown, _| {
        assert_eq!(shown.smooth_bytes(), 16 * 24 * 3);
        let mut work = vec![0; shown.smooth_bytes() + 7];
        let mut expected = vec![0; shown.smooth_bytes()];
        let mut exact = shown.smooth(&mut expected).unwrap();
        let expected = [0, 1].map(|asked| row::<Rgb888>(&mut exact, asked));
        for needless in [0, 7] {
            let length = shown.smooth_bytes() + needless;
            let mut smooth = shown.smooth(&mut work[..length]).unwrap();
            assert_eq!(
                [0, 1].map(|asked| row::<Rgb888>(&mut smooth, asked)),
                expected
            );
        }
        let needed = shown.smooth_bytes();
        for found in [0, 1, needed - 1] {
            assert_eq!(
                shown.smooth(&mut work[..found]).map(|_| ()),
                Err(LinesError::Buffer { found, needed })
            );
        }
    });
}

#[test]
fn rows_that_cannot_be_shown_are_refused_and_the_next_is_right_all_the_same() {
    with_picture(&small_codebook().file(), (17, 20), |shown, _| {
        let mut work = vec![0; shown.smooth_bytes()];
        let mut smooth = shown.smooth(&mut work).unwrap();
        let expected: Vec<Vec<u8>> = (0..3).map(|y| row::<Rgb888>(&mut smooth, y)).collect();
        for asked in 0..3 {
            let mut lines = vec![0xAA; 8 * 51];
            for none in [3, u32::MAX] {
                assert_eq!(
                    smooth.row::<Rgb888>(none, &mut lines, 51),
                    Err(LinesError::OutOfRange { row: none, rows: 3 })
                );
            }
            assert_eq!(
                smooth.row::<Rgb888>(asked, &mut lines, 50),
                Err(LinesError::Stride {
                    found: 50,
                    needed: 51
                })
            );
            assert_eq!(
                smooth.row::<Rgb888>(asked, &mut lines[..7], 51),
                Err(LinesError::Buffer {
                    found: 7,
                    needed: expected[asked as usize].len()
                })
            );
            assert_eq!(lines, [0xAA; 8 * 51]);
            assert_eq!(row::<Rgb888>(&mut smooth, asked), expected[asked as usize]);
        }
    });
}

#[test]
fn what_lies_between_the_lines_is_left_as_it_is() {
    with_picture(&small_codebook().file(), (10, 12), |shown, _| {
        let mut work = vec![0; shown.smooth_bytes()];
        let mut smooth = shown.smooth(&mut work).unwrap();
        let expected = row::<Rgb888>(&mut smooth, 1);
        let mut apart = vec![0xAA; 5 * 33];
        smooth.row_inline::<Rgb888>(1, &mut apart, 33).unwrap();
        for y in 0..4 {
            assert_eq!(apart[y * 33..][..30], expected[y * 30..][..30]);
            assert_eq!(apart[y * 33 + 30..][..3], [0xAA; 3]);
        }
        assert_eq!(apart[4 * 33..], [0xAA; 33]);
    });
}

#[test]
fn its_description_is_short_and_holds_no_pixels() {
    with_picture(&small_codebook().file(), (10, 12), |shown, _| {
        let mut work = vec![0; shown.smooth_bytes()];
        let debug = format!("{:?}", shown.smooth(&mut work).unwrap());
        assert!(debug.contains("made") && debug.len() < 300, "{debug}");
    });
}
