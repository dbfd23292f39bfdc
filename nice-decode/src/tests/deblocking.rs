//! Deblocked rows are those of the deblocked image, whatever the order in which they are decoded.

use std::format;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{
    TestCodebook, any_codebook, any_filter, image, latents, small_codebook, small_network,
};
use super::reference_codebook::Codebook;
use super::rows::rgb565;
use crate::{Deblocker, Decoder, Image, Model, OutputError, PixelFormat, Rgb565Be, Rgb888};

/// Calls a function with the decoder of an image of this size and its latents.
pub fn with_decoder(
    model: &[u8],
    size: (u32, u32),
    then: impl FnOnce(Decoder<'_, '_>, &[[u8; 6]]),
) {
    let model = Model::from_bytes(model).unwrap();
    let latents = latents((size.0.div_ceil(8) * size.1.div_ceil(8)) as usize);
    let file = image(size.0, size.1, model.id().get(), &latents);
    let image = Image::from_bytes(&file).unwrap();
    then(Decoder::new(&model, &image).unwrap(), &latents);
}

/// Memory for deblocking a whole image.
fn memory(decoder: &Decoder<'_, '_>) -> Vec<u8> {
    vec![0xAA; Deblocker::memory_bytes(decoder, decoder.image().region())]
}

/// The deblocker of a whole image.
fn deblocker<'m, 'i, 'w>(decoder: &Decoder<'m, 'i>, memory: &'w mut [u8]) -> Deblocker<'m, 'i, 'w> {
    Deblocker::new(decoder, decoder.image().region(), memory).unwrap()
}

/// A deblocked row, its lines without gaps.
fn row<P: PixelFormat>(deblocker: &mut Deblocker<'_, '_, '_>, row: u32) -> Vec<u8> {
    let image = *deblocker.decoder().image();
    let stride = P::line_bytes(image.width() as usize);
    let lines = (image.height() - row * 8).min(8) as usize;
    let mut buffer = vec![0xAA; stride * lines];
    deblocker.row::<P>(row, &mut buffer, stride).unwrap();
    buffer
}

/// Checks all rows, from top to bottom and then in another order, against the reference.
fn check(model: &TestCodebook, size: (u32, u32), order: &[prop::sample::Index]) {
    let model = model.file();
    with_decoder(&model, size, |decoder, latents| {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let whole = Codebook::read(&model).image(latents, width, height);
        let expected: Vec<Vec<[u8; 3]>> = whole.chunks(8).map(<[_]>::concat).collect();
        let rows = expected.len();
        let mut memory = memory(&decoder);
        let mut deblocker = deblocker(&decoder, &mut memory);
        let others = order.iter().map(|index| index.index(rows));
        for asked in (0..rows).chain(others) {
            assert_eq!(
                row::<Rgb888>(&mut deblocker, asked as u32),
                expected[asked].as_flattened(),
                "row {asked}"
            );
        }
        let last = rows - 1;
        let short: Vec<u8> = expected[last]
            .iter()
            .flat_map(|&rgb| rgb565(rgb).to_be_bytes())
            .collect();
        assert_eq!(row::<Rgb565Be>(&mut deblocker, last as u32), short);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn deblocked_rows_in_any_order_are_those_of_the_reference(
        mut model in any_codebook(),
        filter in any_filter(),
        size in (1..40_u32, 1..40_u32),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        model.filter = Some(filter);
        check(&model, size, &order);
    }

    #[test]
    fn samples_are_filtered_like_the_reference(
        filter in any_filter(),
        samples in prop::collection::vec(
            prop_oneof![any::<[u8; 4]>(), prop::array::uniform4(100..120_u8), prop::array::uniform4(prop::sample::select(vec![0, 255]))],
            7,
        ),
    ) {
        let mut model = small_codebook();
        model.filter = Some(filter);
        let file = model.file();
        let model = Model::from_bytes(&file).unwrap();
        let filter = model.deblock_filter().unwrap();
        let reference = Codebook::read(&file).filter.unwrap();
        let side = |at: usize| core::array::from_fn::<u8, 7, _>(|i| samples[i][at]);
        let (mut before, mut after) = (side(1), side(2));
        filter.filter_many([&side(0), &side(3)], [&mut before, &mut after]);
        for (i, samples) in samples.into_iter().enumerate() {
            let [a, b, c, d] = samples;
            let found = filter.filter([a, d], [b, c]);
            prop_assert_eq!(found.map(i64::from), reference.filtered(&samples.map(i64::from)));
            prop_assert_eq!(found, [before[i], after[i]]);
        }
    }
}

#[test]
fn a_model_without_a_filter_does_not_change_rows() {
    let mut codebook = small_codebook();
    codebook.filter = None;
    for model in [codebook.file(), small_network().file()] {
        with_decoder(&model, (19, 21), |decoder, _| {
            let mut memory = memory(&decoder);
            let mut deblocker = deblocker(&decoder, &mut memory);
            for asked in [2, 0, 1] {
                let lines = (21 - 8 * asked as usize).min(8);
                let mut plain = vec![0; lines * 57];
                decoder.row::<Rgb888>(asked, &mut plain, 57).unwrap();
                assert_eq!(row::<Rgb888>(&mut deblocker, asked), plain);
            }
        });
    }
}

#[test]
fn strengths_of_zero_change_nothing() {
    let mut model = small_codebook();
    model.filter.as_mut().unwrap().strengths.fill(0);
    with_decoder(&model.file(), (19, 21), |decoder, _| {
        let mut memory = memory(&decoder);
        let mut deblocker = deblocker(&decoder, &mut memory);
        let mut plain = vec![0; 8 * 57];
        decoder.row::<Rgb888>(1, &mut plain, 57).unwrap();
        assert_eq!(row::<Rgb888>(&mut deblocker, 1), plain);
    });
}

#[test]
fn a_single_block_has_no_edges() {
    with_decoder(&small_codebook().file(), (8, 8), |decoder, _| {
        let mut memory = memory(&decoder);
        let mut block = [0; 192];
        decoder.block(0, &mut block).unwrap();
        let mut deblocker = deblocker(&decoder, &mut memory);
        assert_eq!(row::<Rgb888>(&mut deblocker, 0), block);
    });
}

#[test]
fn an_image_with_the_same_blocks_but_a_smaller_size_is_the_same_cropped() {
    let model = small_codebook().file();
    let (mut large, mut small) = (vec![], vec![]);
    for (size, pixels) in [((24, 16), &mut large), ((17, 9), &mut small)] {
        with_decoder(&model, size, |decoder, _| {
            let mut memory = memory(&decoder);
            let mut deblocker = deblocker(&decoder, &mut memory);
            *pixels = [0, 1]
                .map(|asked| row::<Rgb888>(&mut deblocker, asked))
                .concat();
        });
    }
    for y in 0..9 {
        assert_eq!(small[y * 51..][..51], large[y * 72..][..51], "line {y}");
    }
}

#[test]
fn the_memory_holds_16_lines_of_whole_blocks_and_may_be_longer() {
    with_decoder(&small_codebook().file(), (17, 9), |decoder, _| {
        let region = decoder.image().region();
        let needed = Deblocker::memory_bytes(&decoder, region);
        assert_eq!(needed, 16 * 24 * 3);
        let mut exact = memory(&decoder);
        let mut exact = deblocker(&decoder, &mut exact);
        let expected = [0, 1].map(|asked| row::<Rgb888>(&mut exact, asked));
        let mut memory = vec![0; needed + 7];
        for more in [0, 7] {
            let mut deblocker = deblocker(&decoder, &mut memory[..needed + more]);
            assert_eq!(
                [0, 1].map(|asked| row::<Rgb888>(&mut deblocker, asked)),
                expected
            );
        }
        for found in [0, 1, needed - 1] {
            assert_eq!(
                Deblocker::new(&decoder, region, &mut memory[..found]).map(|_| ()),
                Err(OutputError::Buffer { found, needed })
            );
        }
    });
}

#[test]
fn after_a_refused_row_the_next_one_is_right() {
    with_decoder(&small_codebook().file(), (17, 20), |decoder, _| {
        let mut memory = memory(&decoder);
        let mut deblocker = deblocker(&decoder, &mut memory);
        let expected: Vec<Vec<u8>> = (0..3).map(|y| row::<Rgb888>(&mut deblocker, y)).collect();
        for asked in 0..3 {
            let mut lines = vec![0xAA; 8 * 51];
            for none in [3, u32::MAX] {
                assert_eq!(
                    deblocker.row::<Rgb888>(none, &mut lines, 51),
                    Err(OutputError::Row { row: none, rows: 3 })
                );
            }
            assert_eq!(
                deblocker.row::<Rgb888>(asked, &mut lines, 50),
                Err(OutputError::Stride {
                    found: 50,
                    needed: 51
                })
            );
            assert_eq!(
                deblocker.row::<Rgb888>(asked, &mut lines[..7], 51),
                Err(OutputError::Buffer {
                    found: 7,
                    needed: expected[asked as usize].len()
                })
            );
            assert_eq!(lines, [0xAA; 8 * 51]);
            assert_eq!(
                row::<Rgb888>(&mut deblocker, asked),
                expected[asked as usize]
            );
        }
    });
}

#[test]
fn bytes_between_the_lines_are_not_changed() {
    with_decoder(&small_codebook().file(), (10, 12), |decoder, _| {
        let mut memory = memory(&decoder);
        let mut deblocker = deblocker(&decoder, &mut memory);
        let expected = row::<Rgb888>(&mut deblocker, 1);
        let mut apart = vec![0xAA; 5 * 33];
        deblocker.row::<Rgb888>(1, &mut apart, 33).unwrap();
        for y in 0..4 {
            assert_eq!(apart[y * 33..][..30], expected[y * 30..][..30]);
            assert_eq!(apart[y * 33 + 30..][..3], [0xAA; 3]);
        }
        assert_eq!(apart[4 * 33..], [0xAA; 33]);
    });
}

#[test]
fn its_description_is_short_and_has_no_pixels() {
    with_decoder(&small_codebook().file(), (10, 12), |decoder, _| {
        let mut memory = memory(&decoder);
        let debug = format!("{:?}", deblocker(&decoder, &mut memory));
        assert!(debug.contains("test") && debug.len() < 300, "{debug}");
    });
}
