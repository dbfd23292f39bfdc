//! Any region is the whole image cropped, deblocked or not, with nothing written outside.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::deblocking::with_decoder;
use super::generators::{any_codebook, any_filter, small_codebook, small_network};
use crate::{
    Bgr555Le, Bgr888, Deblocker, Decoder, Dithered, OutputError, PixelFormat, Region, Rgb565Be,
    Rgb565Le, Rgb888, Xrgb8888,
};

/// A region of an image of this size, chosen by four indices; it may be empty.
fn region_of(size: (u32, u32), share: [prop::sample::Index; 4]) -> Region {
    let of = |index: &prop::sample::Index, most: u32| index.index(most as usize + 1) as u32;
    let (x, y) = (of(&share[0], size.0), of(&share[1], size.1));
    Region {
        x,
        y,
        width: of(&share[2], size.0 - x),
        height: of(&share[3], size.1 - y),
    }
}

/// The whole image without gaps.
fn whole<P: PixelFormat>(decoder: &Decoder<'_, '_>) -> Vec<u8> {
    let stride = P::line_bytes(decoder.image().width() as usize);
    let mut pixels = vec![0; stride * decoder.image().height() as usize];
    for (row, lines) in pixels.chunks_mut(8 * stride).enumerate() {
        decoder.row::<P>(row as u32, lines, stride).unwrap();
    }
    pixels
}

/// The whole image deblocked, without gaps.
fn deblocked<P: PixelFormat>(decoder: &Decoder<'_, '_>) -> Vec<u8> {
    let region = decoder.image().region();
    let mut memory = vec![0; Deblocker::memory_bytes(decoder, region)];
    let mut deblocker = Deblocker::new(decoder, region, &mut memory).unwrap();
    let stride = P::line_bytes(decoder.image().width() as usize);
    let mut pixels = vec![0; stride * decoder.image().height() as usize];
    for (row, lines) in pixels.chunks_mut(8 * stride).enumerate() {
        deblocker.row::<P>(row as u32, lines, stride).unwrap();
    }
    pixels
}

/// What a buffer holds after a region of the image has been written into it, with gaps of `gap` bytes.
fn cropped<P: PixelFormat>(pixels: &[u8], width: u32, region: &Region, gap: usize) -> Vec<u8> {
    let (line, image_line) = (
        P::line_bytes(region.width as usize),
        P::line_bytes(width as usize),
    );
    let stride = line + gap;
    let mut buffer = vec![0xAA; needed::<P>(region, stride) + 5];
    for y in 0..region.height as usize {
        let from = (region.y as usize + y) * image_line + P::line_bytes(region.x as usize);
        if line > 0 {
            buffer[y * stride..][..line].copy_from_slice(&pixels[from..][..line]);
        }
    }
    buffer
}

/// The bytes that a region takes.
fn needed<P: PixelFormat>(region: &Region, stride: usize) -> usize {
    if region.is_empty() {
        0
    } else {
        stride * (region.height as usize - 1) + P::line_bytes(region.width as usize)
    }
}

/// Checks a region, whole and in strips, with a function that decodes regions.
fn check<P: PixelFormat>(
    pixels: &[u8],
    width: u32,
    region: Region,
    gap: usize,
    mut decode: impl FnMut(Region, &mut [u8], usize) -> Result<(), OutputError>,
) {
    let expected = cropped::<P>(pixels, width, &region, gap);
    let line = P::line_bytes(region.width as usize);
    let stride = line + gap;
    let needed = needed::<P>(&region, stride);

    let mut buffer = vec![0xAA; expected.len()];
    if line > 0 {
        let refused = decode(region, &mut buffer, line - 1);
        let found = line - 1;
        assert_eq!(
            refused,
            Err(OutputError::Stride {
                found,
                needed: line
            })
        );
    }
    if needed > 0 {
        let found = needed - 1;
        let refused = decode(region, &mut buffer[..found], stride);
        assert_eq!(refused, Err(OutputError::Buffer { found, needed }));
    }
    assert_eq!(buffer, vec![0xAA; expected.len()], "nothing is written");

    decode(region, &mut buffer[..needed], stride).unwrap();
    assert_eq!(buffer, expected);
    for strip in region.strips() {
        let above = Region {
            height: strip.y - region.y,
            ..region
        };
        let mut buffer = vec![0xAA; 8 * stride + 5];
        decode(strip, &mut buffer, stride).unwrap();
        let from = above.height as usize * stride;
        for y in 0..strip.height as usize {
            assert_eq!(
                buffer[y * stride..][..line],
                expected[from + y * stride..][..line]
            );
            assert_eq!(buffer[y * stride + line..][..gap], [0xAA; 5][..gap]);
        }
        let after = strip.height as usize * stride;
        assert!(buffer[after..].iter().all(|&byte| byte == 0xAA));
    }
}

/// Checks that regions outside the bounds are refused.
fn check_outside(
    bounds: Region,
    mut decode: impl FnMut(Region, &mut [u8], usize) -> Result<(), OutputError>,
) {
    let mut buffer = [0xAA; 64];
    let outside = [
        Region {
            width: bounds.width + 1,
            ..bounds
        },
        Region {
            height: bounds.height + 1,
            ..bounds
        },
        Region {
            x: bounds.x + 1,
            ..bounds
        },
        Region {
            y: bounds.y + 1,
            ..bounds
        },
        Region {
            x: u32::MAX,
            width: u32::MAX,
            ..bounds
        },
        Region {
            y: u32::MAX,
            height: u32::MAX,
            ..bounds
        },
        Region {
            x: bounds.x + bounds.width + 1,
            width: 0,
            ..bounds
        },
    ];
    for region in outside {
        assert_eq!(
            decode(region, &mut buffer, usize::MAX),
            Err(OutputError::Region { region, bounds })
        );
    }
    assert_eq!(buffer, [0xAA; 64]);
}

/// [`check`] in a format.
fn check_as<P: PixelFormat>(decoder: &Decoder<'_, '_>, region: Region, gap: usize) {
    let (pixels, width) = (whole::<P>(decoder), decoder.image().width());
    check::<P>(&pixels, width, region, gap, |region, lines, stride| {
        decoder.region::<P>(region, lines, stride)
    });
}

/// [`check`] of a deblocked region, and of parts of it.
fn check_deblocked(
    decoder: &Decoder<'_, '_>,
    pixels: &[u8],
    region: Region,
    gap: usize,
    order: &[[prop::sample::Index; 4]],
) {
    let width = decoder.image().width();
    let mut memory = vec![0xAA; Deblocker::memory_bytes(decoder, region)];
    assert!(memory.len() <= 384 * (region.width.div_ceil(8) as usize + 2));
    let mut deblocker = Deblocker::new(decoder, region, &mut memory).unwrap();
    check::<Rgb888>(pixels, width, region, gap, |region, lines, stride| {
        deblocker.region::<Rgb888>(region, lines, stride)
    });
    check_outside(region, |region, lines, stride| {
        deblocker.region::<Rgb888>(region, lines, stride)
    });
    // Parts of it, one after the other, whatever is in memory from the one before.
    for &share in order {
        let mut part = region_of((region.width, region.height), share);
        (part.x, part.y) = (part.x + region.x, part.y + region.y);
        assert_eq!(
            part_of(&mut deblocker, part),
            cropped::<Rgb888>(pixels, width, &part, 0)
        );
    }
}

/// A part of a deblocked region, with five bytes more.
fn part_of(deblocker: &mut Deblocker<'_, '_, '_>, part: Region) -> Vec<u8> {
    let stride = part.width as usize * 3;
    let mut buffer = vec![0xAA; needed::<Rgb888>(&part, stride) + 5];
    deblocker
        .region::<Rgb888>(part, &mut buffer, stride)
        .unwrap();
    buffer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_region_is_the_image_cropped(
        size in (1..40_u32, 1..40_u32),
        share in any::<[prop::sample::Index; 4]>(),
        gap in 0..5_usize,
    ) {
        for model in [small_network().file(), small_codebook().file()] {
            with_decoder(&model, size, |decoder, _| {
                let region = region_of(size, share);
                check_outside(decoder.image().region(), |region, lines, stride| {
                    decoder.region::<Rgb888>(region, lines, stride)
                });
                check_as::<Rgb888>(&decoder, region, gap);
                check_as::<Bgr888>(&decoder, region, gap);
                check_as::<Xrgb8888>(&decoder, region, gap);
                check_as::<Rgb565Le>(&decoder, region, gap);
                check_as::<Rgb565Be>(&decoder, region, gap);
                check_as::<Bgr555Le>(&decoder, region, gap);
                check_as::<Dithered<Rgb565Be>>(&decoder, region, gap);
            });
        }
    }

    #[test]
    fn any_deblocked_region_is_the_deblocked_image_cropped(
        mut model in any_codebook(),
        filter in any_filter(),
        size in (1..50_u32, 1..50_u32),
        share in any::<[prop::sample::Index; 4]>(),
        gap in 0..5_usize,
        order in prop::collection::vec(any::<[prop::sample::Index; 4]>(), 0..8),
    ) {
        model.filter = Some(filter);
        with_decoder(&model.file(), size, |decoder, _| {
            let pixels = deblocked::<Rgb888>(&decoder);
            check_deblocked(&decoder, &pixels, region_of(size, share), gap, &order);
        });
    }

    #[test]
    fn without_a_filter_any_region_is_as_decoded(
        size in (1..40_u32, 1..40_u32),
        share in any::<[prop::sample::Index; 4]>(),
        order in prop::collection::vec(any::<[prop::sample::Index; 4]>(), 0..4),
    ) {
        with_decoder(&small_network().file(), size, |decoder, _| {
            let pixels = whole::<Rgb888>(&decoder);
            check_deblocked(&decoder, &pixels, region_of(size, share), 1, &order);
        });
    }
}

#[test]
fn deblocking_a_region_keeps_only_the_columns_that_it_depends_on() {
    with_decoder(&small_codebook().file(), (80, 80), |decoder, _| {
        let bytes = |x, width| {
            let region = Region {
                x,
                y: 3,
                width,
                height: 70,
            };
            Deblocker::memory_bytes(&decoder, region)
        };
        assert_eq!(bytes(16, 8), 384 * 3);
        assert_eq!(
            bytes(16, 7),
            384 * 2,
            "the last column is beside the edge to its right"
        );
        assert_eq!(
            bytes(17, 7),
            384 * 2,
            "the first column is beside the edge to its left"
        );
        assert_eq!(bytes(0, 1), 384, "the edge of the image is not filtered");
        assert_eq!(bytes(79, 1), 384, "the edge of the image is not filtered");
        assert_eq!(bytes(3, 13), 384 * 3);
        assert_eq!(bytes(5, 0), 0);
        assert_eq!(bytes(0, 80), 384 * 10);
    });
}

#[test]
fn too_little_memory_and_regions_outside_are_refused() {
    with_decoder(&small_codebook().file(), (80, 80), |decoder, _| {
        let region = Region {
            x: 3,
            y: 9,
            width: 30,
            height: 20,
        };
        let needed = Deblocker::memory_bytes(&decoder, region);
        let mut memory = vec![0xAA; needed];
        let found = needed - 1;
        assert_eq!(
            Deblocker::new(&decoder, region, &mut memory[..found]).map(|_| ()),
            Err(OutputError::Buffer { found, needed })
        );
        let region = Region { x: 51, ..region };
        let bounds = decoder.image().region();
        assert_eq!(
            Deblocker::new(&decoder, region, &mut memory).map(|_| ()),
            Err(OutputError::Region { region, bounds })
        );
        assert!(memory.iter().all(|&byte| byte == 0xAA));
    });
}

#[test]
fn a_row_within_a_deblocked_region_is_as_wide_as_the_region() {
    with_decoder(&small_codebook().file(), (40, 40), |decoder, _| {
        let region = Region {
            x: 3,
            y: 7,
            width: 30,
            height: 20,
        };
        let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
        let pixels = deblocked::<Rgb888>(&decoder);
        let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
        assert_eq!(deblocker.bounds(), region);
        let mut lines = [0xAA; 8 * 90];
        let row = Region {
            y: 16,
            height: 8,
            ..region
        };
        deblocker.row::<Rgb888>(2, &mut lines, 90).unwrap();
        let expected = cropped::<Rgb888>(&pixels, 40, &row, 0);
        assert_eq!(lines[..], expected[..8 * 90]);
        for (asked, y) in [(0, 0), (3, 24)] {
            let above = Region {
                y,
                height: 8,
                ..region
            };
            assert_eq!(
                deblocker.row::<Rgb888>(asked, &mut lines, 90),
                Err(OutputError::Region {
                    region: above,
                    bounds: region
                })
            );
        }
        assert_eq!(
            deblocker.row::<Rgb888>(5, &mut lines, 90),
            Err(OutputError::Row { row: 5, rows: 5 })
        );
        assert_eq!(lines[..], expected[..8 * 90]);
    });
}
