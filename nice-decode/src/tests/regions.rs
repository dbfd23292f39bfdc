//! Regions: any of them is the whole picture cropped, smoothed or not, and nothing is written outside.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::made::{any_boundary, any_codebook, small, small_codebook};
use super::smoothing::with_picture;
use crate::{
    Bgr555Le, Bgr888, Dithered, LinesError, Picture, Pixel, Region, Rgb565Be, Rgb565Le, Rgb888,
    Smooth, Xrgb8888,
};

/// A region of a picture of this size, from four shares of what is possible; it may be empty.
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

/// The whole picture without gaps.
fn whole<P: Pixel>(shown: &Picture<'_, '_>) -> Vec<u8> {
    let stride = shown.image().width() as usize * P::BYTES;
    let mut pixels = vec![0; stride * shown.image().height() as usize];
    for (row, lines) in pixels.chunks_mut(8 * stride).enumerate() {
        shown.row::<P>(row as u32, lines, stride).unwrap();
    }
    pixels
}

/// The whole picture smoothed, without gaps.
fn smoothed<P: Pixel>(shown: &Picture<'_, '_>) -> Vec<u8> {
    let mut work = vec![0; shown.smooth_bytes()];
    let mut smooth = shown.smooth(&mut work).unwrap();
    let stride = shown.image().width() as usize * P::BYTES;
    let mut pixels = vec![0; stride * shown.image().height() as usize];
    for (row, lines) in pixels.chunks_mut(8 * stride).enumerate() {
        smooth.row::<P>(row as u32, lines, stride).unwrap();
    }
    pixels
}

/// What a buffer holds after a region of the picture has been written into it with gaps of this many bytes.
fn cropped<P: Pixel>(pixels: &[u8], width: u32, region: &Region, gap: usize) -> Vec<u8> {
    let (line, picture_line) = (region.width as usize * P::BYTES, width as usize * P::BYTES);
    let stride = line + gap;
    let mut buffer = vec![0xAA; needed::<P>(region, stride) + 5];
    for y in 0..region.height as usize {
        let from = (region.y as usize + y) * picture_line + region.x as usize * P::BYTES;
        if line > 0 {
            buffer[y * stride..][..line].copy_from_slice(&pixels[from..][..line]);
        }
    }
    buffer
}

/// The bytes that a region takes.
fn needed<P: Pixel>(region: &Region, stride: usize) -> usize {
    if region.is_empty() {
        0
    } else {
        stride * (region.height as usize - 1) + region.width as usize * P::BYTES
    }
}

/// Checks a region, whole and in strips, by whatever decodes regions.
fn check<P: Pixel>(
    pixels: &[u8],
    width: u32,
    region: Region,
    gap: usize,
    mut decode: impl FnMut(Region, &mut [u8], usize) -> Result<(), LinesError>,
) {
    let expected = cropped::<P>(pixels, width, &region, gap);
    let line = region.width as usize * P::BYTES;
    let stride = line + gap;
    let needed = needed::<P>(&region, stride);

    let mut buffer = vec![0xAA; expected.len()];
    if line > 0 {
        let refused = decode(region, &mut buffer, line - 1);
        let found = line - 1;
        assert_eq!(
            refused,
            Err(LinesError::Stride {
                found,
                needed: line
            })
        );
    }
    if needed > 0 {
        let found = needed - 1;
        let refused = decode(region, &mut buffer[..found], stride);
        assert_eq!(refused, Err(LinesError::Buffer { found, needed }));
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

/// Checks that regions that are not within another are refused.
fn check_outside(
    whole: Region,
    mut decode: impl FnMut(Region, &mut [u8], usize) -> Result<(), LinesError>,
) {
    let mut buffer = [0xAA; 64];
    let outside = [
        Region {
            width: whole.width + 1,
            ..whole
        },
        Region {
            height: whole.height + 1,
            ..whole
        },
        Region {
            x: whole.x + 1,
            ..whole
        },
        Region {
            y: whole.y + 1,
            ..whole
        },
        Region {
            x: u32::MAX,
            width: u32::MAX,
            ..whole
        },
        Region {
            y: u32::MAX,
            height: u32::MAX,
            ..whole
        },
        Region {
            x: whole.x + whole.width + 1,
            width: 0,
            ..whole
        },
    ];
    for region in outside {
        assert_eq!(
            decode(region, &mut buffer, usize::MAX),
            Err(LinesError::Outside { region, whole })
        );
    }
    assert_eq!(buffer, [0xAA; 64]);
}

/// As [`check`], in a format, with each of the functions that decode regions.
fn check_as<P: Pixel>(shown: &Picture<'_, '_>, region: Region, gap: usize) {
    let (pixels, width) = (whole::<P>(shown), shown.image().width());
    check::<P>(&pixels, width, region, gap, |region, lines, stride| {
        shown.region::<P>(region, lines, stride)
    });
    check::<P>(&pixels, width, region, gap, |region, lines, stride| {
        shown.region_inline::<P>(region, lines, stride)
    });
}

/// As [`check`], of a smoothed region, through a window around it as through one of the whole picture.
fn check_smooth(
    shown: &Picture<'_, '_>,
    pixels: &[u8],
    region: Region,
    gap: usize,
    order: &[[prop::sample::Index; 4]],
) {
    let width = shown.image().width();
    let mut work = vec![0xAA; shown.smooth_region_bytes(region)];
    assert!(work.len() <= 384 * (region.width.div_ceil(8) as usize + 2));
    let mut smooth = shown.smooth_region(region, &mut work).unwrap();
    check::<Rgb888>(pixels, width, region, gap, |region, lines, stride| {
        smooth.region::<Rgb888>(region, lines, stride)
    });
    check_outside(region, |region, lines, stride| {
        smooth.region::<Rgb888>(region, lines, stride)
    });
    // Parts of it, one after the other, whatever is held from the one before.
    for &share in order {
        let mut part = region_of((region.width, region.height), share);
        (part.x, part.y) = (part.x + region.x, part.y + region.y);
        assert_eq!(
            part_of(&mut smooth, part),
            cropped::<Rgb888>(pixels, width, &part, 0)
        );
    }
}

/// A part of what is smoothed, with five bytes more.
fn part_of(smooth: &mut Smooth<'_, '_, '_>, part: Region) -> Vec<u8> {
    let stride = part.width as usize * 3;
    let mut buffer = vec![0xAA; needed::<Rgb888>(&part, stride) + 5];
    smooth
        .region_inline::<Rgb888>(part, &mut buffer, stride)
        .unwrap();
    buffer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_region_is_the_picture_cropped(
        size in (1..40_u32, 1..40_u32),
        share in any::<[prop::sample::Index; 4]>(),
        gap in 0..5_usize,
    ) {
        for model in [small().file(), small_codebook().file()] {
            with_picture(&model, size, |shown, _| {
                let region = region_of(size, share);
                check_outside(shown.image().region(), |region, lines, stride| {
                    shown.region::<Rgb888>(region, lines, stride)
                });
                check_as::<Rgb888>(&shown, region, gap);
                check_as::<Bgr888>(&shown, region, gap);
                check_as::<Xrgb8888>(&shown, region, gap);
                check_as::<Rgb565Le>(&shown, region, gap);
                check_as::<Rgb565Be>(&shown, region, gap);
                check_as::<Bgr555Le>(&shown, region, gap);
                check_as::<Dithered<Rgb565Be>>(&shown, region, gap);
            });
        }
    }

    #[test]
    fn any_smoothed_region_is_the_smoothed_picture_cropped(
        mut model in any_codebook(),
        boundary in any_boundary(),
        size in (1..50_u32, 1..50_u32),
        share in any::<[prop::sample::Index; 4]>(),
        gap in 0..5_usize,
        order in prop::collection::vec(any::<[prop::sample::Index; 4]>(), 0..8),
    ) {
        model.boundary = Some(boundary);
        with_picture(&model.file(), size, |shown, _| {
            let pixels = smoothed::<Rgb888>(&shown);
            check_smooth(&shown, &pixels, region_of(size, share), gap, &order);
        });
    }

    #[test]
    fn any_region_of_a_model_without_a_filter_is_as_it_is(
        size in (1..40_u32, 1..40_u32),
        share in any::<[prop::sample::Index; 4]>(),
        order in prop::collection::vec(any::<[prop::sample::Index; 4]>(), 0..4),
    ) {
        with_picture(&small().file(), size, |shown, _| {
            let pixels = whole::<Rgb888>(&shown);
            check_smooth(&shown, &pixels, region_of(size, share), 1, &order);
        });
    }
}

#[test]
fn smoothing_a_region_keeps_only_the_blocks_that_matter_to_it() {
    with_picture(&small_codebook().file(), (80, 80), |shown, _| {
        let bytes = |x, width| {
            shown.smooth_region_bytes(Region {
                x,
                y: 3,
                width,
                height: 70,
            })
        };
        assert_eq!(bytes(16, 8), 384 * 3);
        assert_eq!(
            bytes(16, 4),
            384 * 2,
            "a left half has no border to its right"
        );
        assert_eq!(
            bytes(20, 4),
            384 * 2,
            "a right half has no border to its left"
        );
        assert_eq!(bytes(0, 1), 384, "the edge of the picture is no border");
        assert_eq!(bytes(79, 1), 384, "the edge of the picture is no border");
        assert_eq!(bytes(3, 10), 384 * 3);
        assert_eq!(bytes(5, 0), 0);
        assert_eq!(bytes(0, 80), shown.smooth_bytes());
    });
}

#[test]
fn a_buffer_too_short_and_a_region_outside_are_refused_before_anything_is_smoothed() {
    with_picture(&small_codebook().file(), (80, 80), |shown, _| {
        let region = Region {
            x: 3,
            y: 9,
            width: 30,
            height: 20,
        };
        let needed = shown.smooth_region_bytes(region);
        let mut work = vec![0xAA; needed];
        let found = needed - 1;
        assert_eq!(
            shown.smooth_region(region, &mut work[..found]).map(|_| ()),
            Err(LinesError::Buffer { found, needed })
        );
        let region = Region { x: 51, ..region };
        let whole = shown.image().region();
        assert_eq!(
            shown.smooth_region(region, &mut work).map(|_| ()),
            Err(LinesError::Outside { region, whole })
        );
        assert!(work.iter().all(|&byte| byte == 0xAA));
    });
}

#[test]
fn a_row_within_a_smoothed_region_is_as_wide_as_the_region() {
    with_picture(&small_codebook().file(), (40, 40), |shown, _| {
        let region = Region {
            x: 3,
            y: 7,
            width: 30,
            height: 20,
        };
        let mut work = vec![0; shown.smooth_region_bytes(region)];
        let pixels = smoothed::<Rgb888>(&shown);
        let mut smooth = shown.smooth_region(region, &mut work).unwrap();
        assert_eq!(smooth.within(), region);
        let mut lines = [0xAA; 8 * 90];
        let row = Region {
            y: 16,
            height: 8,
            ..region
        };
        smooth.row::<Rgb888>(2, &mut lines, 90).unwrap();
        let expected = cropped::<Rgb888>(&pixels, 40, &row, 0);
        assert_eq!(lines[..], expected[..8 * 90]);
        for (asked, y) in [(0, 0), (3, 24)] {
            let above = Region {
                y,
                height: 8,
                ..region
            };
            assert_eq!(
                smooth.row::<Rgb888>(asked, &mut lines, 90),
                Err(LinesError::Outside {
                    region: above,
                    whole: region
                })
            );
        }
        assert_eq!(
            smooth.row::<Rgb888>(5, &mut lines, 90),
            Err(LinesError::OutOfRange { row: 5, rows: 5 })
        );
        assert_eq!(lines[..], expected[..8 * 90]);
    });
}
