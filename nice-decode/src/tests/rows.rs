//! Rows of blocks in every format, at every edge, with nothing written outside.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{image, latents, small_network};
use crate::{
    Bgr555Le, Bgr888, Decoder, Image, Model, OutputError, PixelFormat, Rgb565Be, Rgb565Le, Rgb888,
    Xrgb8888,
};

/// A pixel in a format, independent of the crate.
pub type Convert = fn([u8; 3]) -> Vec<u8>;

pub fn rgb888(rgb: [u8; 3]) -> Vec<u8> {
    rgb.to_vec()
}

pub fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    let level = |sample: u8, max: u32| ((2 * u32::from(sample) * max + 255) / 510) as u16;
    level(r, 31) << 11 | level(g, 63) << 5 | level(b, 31)
}

pub fn bgr555([r, g, b]: [u8; 3]) -> u16 {
    let level = |sample: u8| ((2 * u32::from(sample) * 31 + 255) / 510) as u16;
    level(b) << 10 | level(g) << 5 | level(r)
}

fn check<P: PixelFormat>(width: u32, height: u32, gap: usize, convert: Convert) {
    let file = small_network().file();
    let model = Model::from_bytes(&file).unwrap();
    let (wide, high) = (width.div_ceil(8), height.div_ceil(8));
    let file = image(
        width,
        height,
        model.id().get(),
        &latents((wide * high) as usize),
    );
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    let line = P::line_bytes(width as usize);
    let stride = line + gap;
    for row in 0..high {
        let lines = (height - row * 8).min(8) as usize;
        let needed = stride * (lines - 1) + line;
        let mut expected = vec![0xAA; needed + 5];
        for y in 0..lines {
            for x in 0..width as usize {
                let mut block = [0; 192];
                let index = image.block_index(x as u32, row * 8).unwrap();
                decoder.block(index, &mut block).unwrap();
                let at = (y * 8 + x % 8) * 3;
                let pixel = convert([block[at], block[at + 1], block[at + 2]]);
                expected[y * stride + P::line_bytes(x)..][..P::line_bytes(1)]
                    .copy_from_slice(&pixel);
            }
        }
        let mut buffer = vec![0xAA; needed + 5];
        decoder.row::<P>(row, &mut buffer, stride).unwrap();
        assert_eq!(buffer, expected);

        let short = decoder.row::<P>(row, &mut buffer[..needed - 1], stride);
        assert_eq!(
            short,
            Err(OutputError::Buffer {
                found: needed - 1,
                needed
            })
        );
        let narrow = decoder.row::<P>(row, &mut buffer, line - 1);
        assert_eq!(
            narrow,
            Err(OutputError::Stride {
                found: line - 1,
                needed: line
            })
        );
        assert_eq!(
            buffer, expected,
            "nothing is written when the lines do not fit"
        );
    }
    let mut buffer = vec![0xAA; 8 * stride];
    for row in [high, u32::MAX] {
        let refused = decoder.row::<P>(row, &mut buffer, stride);
        assert_eq!(refused, Err(OutputError::Row { row, rows: high }));
    }
    let vast = decoder.row::<P>(0, &mut buffer, usize::MAX);
    assert_eq!(vast.is_err(), height > 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_are_the_blocks_cropped_to_the_image(
        width in 1..35_u32,
        height in 1..20_u32,
        gap in 0..5_usize,
    ) {
        check::<Rgb888>(width, height, gap, rgb888);
        check::<Rgb565Le>(width, height, gap, |rgb| rgb565(rgb).to_le_bytes().to_vec());
        check::<Rgb565Be>(width, height, gap, |rgb| rgb565(rgb).to_be_bytes().to_vec());
        check::<Bgr888>(width, height, gap, |[r, g, b]| vec![b, g, r]);
        check::<Xrgb8888>(width, height, gap, |[r, g, b]| vec![b, g, r, 0]);
        check::<Bgr555Le>(width, height, gap, |rgb| bgr555(rgb).to_le_bytes().to_vec());
    }
}
