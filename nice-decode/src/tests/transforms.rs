//! Pictures that are reduced and turned: rows, regions and texels are those of a picture that is computed from `FORMAT.md`.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{
    TestCodebook, adaptive_image, any_adaptive, any_codebook, any_network, image, latents,
    small_codebook,
};
use super::{reference_codebook, reference_network};
use crate::{
    Deblocker, Decoder, Dithered, Gray1Lsb, Gray1Msb, Gray2Lsb, Gray2Msb, Gray4Lsb, Gray4Msb,
    Gray8, Image, Model, Orientation, OutOfBoundsError, OutputError, PixelFormat, Region, Rgb888,
    Scale,
};

/// A pixel: red, green, blue and gray.
pub type Pixel = [u8; 4];

/// Lines of pixels.
pub type Picture = Vec<Vec<Pixel>>;

/// The picture of an image of this size, reduced and turned, given the pixels of each block at a size.
pub fn picture(
    (width, height): (u32, u32),
    scale: Scale,
    orientation: Orientation,
    block: impl Fn(usize, usize) -> Vec<Pixel>,
) -> Picture {
    let n = scale.divisor() as usize;
    let m = 8 / n;
    let (wide, high) = (width.div_ceil(8) as usize, height.div_ceil(8) as usize);
    let mut lines = vec![vec![[0; 4]; wide * m]; high * m];
    for index in 0..wide * high {
        for (at, pixel) in block(index, n).into_iter().enumerate() {
            lines[index / wide * m + at / m][index % wide * m + at % m] = pixel;
        }
    }
    lines.truncate((height as usize).div_ceil(n));
    for line in &mut lines {
        line.truncate((width as usize).div_ceil(n));
    }
    if orientation.flips_vertically() {
        lines.reverse();
    }
    if orientation.flips_horizontally() {
        lines.iter_mut().for_each(|line| line.reverse());
    }
    if orientation.transposes() {
        lines = (0..lines[0].len())
            .map(|x| lines.iter().map(|line| line[x]).collect())
            .collect();
    }
    lines
}

/// The pixels of a block of a network at 1/`n` of its size.
pub fn network_pixels(file: &[u8], latent: [u8; 6], n: usize) -> Vec<Pixel> {
    let block = reference_network::decode(file, latent);
    let m = 8 / n;
    let pixel = |at: usize| {
        let (y, x) = (at / m, at % m);
        let [red, green, blue] = [0, 1, 2].map(|channel| {
            let square = (0..n * n).map(|i| {
                let (y, x) = (n * y + i / n, n * x + i % n);
                usize::from(block[(8 * y + x) * 3 + channel])
            });
            ((square.sum::<usize>() + n * n / 2) / (n * n)) as u8
        });
        let sum = u32::from(red) + u32::from(green) + u32::from(blue);
        [red, green, blue, ((sum + 1) / 3) as u8]
    };
    (0..m * m).map(pixel).collect()
}

/// Red, green and blue of a region of a picture.
fn rgb(picture: &Picture, region: Region) -> Vec<u8> {
    let lines = &picture[region.y as usize..][..region.height as usize];
    let pixels = lines
        .iter()
        .flat_map(|line| &line[region.x as usize..][..region.width as usize]);
    pixels.flat_map(|&[r, g, b, _]| [r, g, b]).collect()
}

/// Checks the size, the rows, the strips of a region and the texels of a picture.
fn check(decoder: &Decoder<'_, '_>, expected: &Picture, share: [prop::sample::Index; 4]) {
    let (width, height) = (expected[0].len() as u32, expected.len() as u32);
    assert_eq!((decoder.width(), decoder.height()), (width, height));
    let bounds = decoder.bounds();
    assert_eq!(
        (bounds.x, bounds.y, bounds.width, bounds.height),
        (0, 0, width, height)
    );
    let decoded = |region: Region| {
        let stride = 3 * region.width as usize;
        let mut lines = vec![0xAA; stride * region.height as usize];
        decoder
            .region::<Rgb888>(region, &mut lines, stride)
            .unwrap();
        lines
    };
    assert_eq!(decoded(bounds), rgb(expected, bounds));

    let mut next = 0;
    for row in 0..decoder.rows() {
        let region = decoder.row_region(row).unwrap();
        assert_eq!((region.x, region.y, region.width), (0, next, width));
        next += region.height;
        let stride = 3 * width as usize + 2;
        let mut lines = vec![0xAA; stride * region.height as usize];
        decoder.row::<Rgb888>(row, &mut lines, stride).unwrap();
        for (found, line) in lines.chunks(stride).zip(region.y..) {
            let line = Region {
                y: line,
                height: 1,
                ..region
            };
            assert_eq!(found[..stride - 2], rgb(expected, line));
            assert_eq!(found[stride - 2..], [0xAA; 2]);
        }
    }
    assert_eq!(next, height);
    let rows: Vec<Region> = decoder.strips(bounds).collect();
    assert_eq!(decoder.strips(bounds).len(), rows.len());
    assert!(
        rows.iter()
            .copied()
            .eq((0..decoder.rows()).map(|row| decoder.row_region(row).unwrap()))
    );
    let refused = decoder.row::<Rgb888>(decoder.rows(), &mut [], 3 * width as usize);
    assert_eq!(
        refused,
        Err(OutputError::Row {
            row: decoder.rows(),
            rows: decoder.rows()
        })
    );

    let of = |index: &prop::sample::Index, most: u32| index.index(most as usize + 1) as u32;
    let (x, y) = (of(&share[0], width - 1), of(&share[1], height - 1));
    let region = Region {
        x,
        y,
        width: 1 + of(&share[2], width - x - 1),
        height: 1 + of(&share[3], height - y - 1),
    };
    assert_eq!(decoded(region), rgb(expected, region));
    for strip in decoder.strips(region) {
        assert_eq!(decoded(strip), rgb(expected, strip));
    }
    let outside = Region {
        width: width - x + 1,
        ..region
    };
    let refused = decoder.region::<Rgb888>(outside, &mut [], 0);
    assert_eq!(
        refused,
        Err(OutputError::Region {
            region: outside,
            bounds
        })
    );

    for (y, line) in expected.iter().enumerate() {
        for (x, [r, g, b, _]) in line.iter().enumerate() {
            assert_eq!(decoder.texel(x as u32, y as u32).unwrap(), [*r, *g, *b]);
        }
    }
    for (x, y) in [(width, 0), (0, height), (u32::MAX, u32::MAX)] {
        let refused = decoder.texel(x, y);
        assert_eq!(
            refused,
            Err(OutOfBoundsError::Pixel {
                x,
                y,
                width,
                height
            })
        );
    }
}

/// The bytes of a region of a picture in a gray format, in lines of `stride` bytes that are otherwise `0xAA`, written bit by bit from
/// `FORMAT.md`. `margins` are the columns and lines of whole blocks before the picture, on which dithering depends.
fn gray_lines(
    picture: &Picture,
    region: Region,
    margins: [usize; 2],
    bits: usize,
    most_significant_first: bool,
    dithered: bool,
    stride: usize,
) -> Vec<u8> {
    let max = (1 << bits) - 1;
    let mut bytes = vec![0xAA; stride * region.height as usize];
    for (y, line) in bytes.chunks_mut(stride).enumerate() {
        for x in 0..region.width as usize {
            let (from_x, from_y) = (region.x as usize + x, region.y as usize + y);
            let gray = usize::from(picture[from_y][from_x][3]);
            let (column, row) = ((from_x + margins[0]) % 8, (from_y + margins[1]) % 8);
            let level = if dithered {
                // Bayer's matrix, from the bits of x ^ y and y.
                let bayer = (0..3).fold(0, |bayer, bit| {
                    4 * bayer + 2 * ((column ^ row) >> bit & 1) + (row >> bit & 1)
                });
                (gray * max + 4 * bayer + 1) / 255
            } else {
                (2 * gray * max + 255) / 510
            };
            for bit in 0..bits {
                let at = x * bits % 8;
                let place = if most_significant_first {
                    8 - bits - at
                } else {
                    at
                } + bit;
                let byte = &mut line[x * bits / 8];
                *byte = *byte & !(1 << place) | ((level >> bit & 1) << place) as u8;
            }
        }
    }
    bytes
}

/// Checks rows, a region and its strips in a gray format.
fn check_gray<P: PixelFormat>(
    decoder: &Decoder<'_, '_>,
    expected: &Picture,
    share: [prop::sample::Index; 4],
    (most_significant_first, dithered): (bool, bool),
) {
    let (width, height) = (decoder.width(), decoder.height());
    let margins = decoder
        .transform()
        .margins(decoder.image())
        .map(|margin| margin as usize);
    let (x, y) = (
        share[0].index(width as usize) as u32,
        share[1].index(height as usize) as u32,
    );
    let region = Region {
        x,
        y,
        width: 1 + share[2].index((width - x) as usize) as u32,
        height: 1 + share[3].index((height - y) as usize) as u32,
    };
    let rows = (0..decoder.rows()).map(|row| decoder.row_region(row).unwrap());
    for region in rows
        .chain([decoder.bounds(), region])
        .chain(decoder.strips(region))
    {
        let stride = P::line_bytes(region.width as usize) + 1;
        let mut found = vec![0xAA; stride * region.height as usize];
        decoder.region::<P>(region, &mut found, stride).unwrap();
        let expected = gray_lines(
            expected,
            region,
            margins,
            P::BITS,
            most_significant_first,
            dithered,
            stride,
        );
        assert_eq!(found, expected, "{region}, {} bits", P::BITS);
    }
}

/// [`check_gray`] in all formats.
fn check_all_gray(decoder: &Decoder<'_, '_>, expected: &Picture, share: [prop::sample::Index; 4]) {
    check_gray::<Gray8>(decoder, expected, share, (true, false));
    check_gray::<Gray4Msb>(decoder, expected, share, (true, false));
    check_gray::<Gray4Lsb>(decoder, expected, share, (false, false));
    check_gray::<Gray2Msb>(decoder, expected, share, (true, false));
    check_gray::<Gray2Lsb>(decoder, expected, share, (false, false));
    check_gray::<Gray1Msb>(decoder, expected, share, (true, false));
    check_gray::<Gray1Lsb>(decoder, expected, share, (false, false));
    check_gray::<Dithered<Gray4Msb>>(decoder, expected, share, (true, true));
    check_gray::<Dithered<Gray4Lsb>>(decoder, expected, share, (false, true));
    check_gray::<Dithered<Gray2Msb>>(decoder, expected, share, (true, true));
    check_gray::<Dithered<Gray2Lsb>>(decoder, expected, share, (false, true));
    check_gray::<Dithered<Gray1Msb>>(decoder, expected, share, (true, true));
    check_gray::<Dithered<Gray1Lsb>>(decoder, expected, share, (false, true));
}

/// [`check`] of an image of a codebook at all sizes, in an orientation.
fn check_codebook(
    model: &[u8],
    file: &[u8],
    blocks: &[Vec<bool>],
    orientation: Orientation,
    share: [prop::sample::Index; 4],
) {
    let reference = reference_codebook::Codebook::read(model);
    let model = Model::from_bytes(model).unwrap();
    let image = Image::from_bytes(file).unwrap();
    let size = (image.width(), image.height());
    let mut memory = vec![0; model.expanded_bytes()];
    for model in [model, model.expand(&mut memory).unwrap()] {
        let decoder = Decoder::new(&model, &image).unwrap();
        for scale in Scale::ALL {
            let expected = picture(size, scale, orientation, |index, n| {
                reference.pixels_of_bits(&blocks[index], n)
            });
            let decoder = decoder.reduced(scale).turned(orientation);
            check(&decoder, &expected, share);
            check_all_gray(&decoder, &expected, share);
        }
    }
}

fn any_orientation() -> impl Strategy<Value = Orientation> {
    (0..8_u8).prop_map(Orientation::from_bits)
}

/// Sizes of pictures of a few blocks.
fn any_size() -> impl Strategy<Value = (u32, u32)> {
    (1..35_u32, 1..35_u32)
}

/// A model, the lengths of latents, and the bits of the blocks of an image.
type AdaptiveModel = (TestCodebook, Vec<usize>, Vec<Vec<bool>>);

/// Any model with an image in the adaptive layout.
fn any_image() -> impl Strategy<Value = ((u32, u32), AdaptiveModel)> {
    any_size().prop_flat_map(|size| {
        let blocks = size.0.div_ceil(8) * size.1.div_ceil(8);
        (Just(size), any_adaptive(blocks as usize))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_adaptive_image_is_reduced_and_turned_like_the_reference(
        (size, (model, lengths, latents)) in any_image(),
        orientation in any_orientation(),
        share in any::<[prop::sample::Index; 4]>(),
    ) {
        let model = model.file();
        let id = Model::from_bytes(&model).unwrap().id().get();
        let file = adaptive_image(size.0, size.1, id, &lengths, &latents);
        check_codebook(&model, &file, &latents, orientation, share);
    }

    #[test]
    fn any_fixed_image_is_reduced_and_turned_like_the_reference(
        model in any_codebook(),
        size in any_size(),
        orientation in any_orientation(),
        share in any::<[prop::sample::Index; 4]>(),
    ) {
        let model = model.file();
        let id = Model::from_bytes(&model).unwrap().id().get();
        let latents = latents((size.0.div_ceil(8) * size.1.div_ceil(8)) as usize);
        let file = image(size.0, size.1, id, &latents);
        let bits = |latent: &[u8; 6]| (0..48).map(|i| latent[i / 8] >> (i % 8) & 1 == 1).collect();
        let blocks: Vec<Vec<bool>> = latents.iter().map(bits).collect();
        check_codebook(&model, &file, &blocks, orientation, share);
    }

    #[test]
    fn any_image_of_a_network_is_reduced_and_turned_like_the_reference(
        model in any_network(),
        size in any_size(),
        orientation in any_orientation(),
        share in any::<[prop::sample::Index; 4]>(),
    ) {
        let model_file = model.file();
        let model = Model::from_bytes(&model_file).unwrap();
        let latents = latents((size.0.div_ceil(8) * size.1.div_ceil(8)) as usize);
        let file = image(size.0, size.1, model.id().get(), &latents);
        let image = Image::from_bytes(&file).unwrap();
        let decoder = Decoder::new(&model, &image).unwrap();
        for scale in Scale::ALL {
            let expected = picture(size, scale, orientation, |index, n| {
                network_pixels(&model_file, latents[index], n)
            });
            let decoder = decoder.reduced(scale).turned(orientation);
            check(&decoder, &expected, share);
            check_all_gray(&decoder, &expected, share);
        }
    }

    #[test]
    fn a_turned_picture_is_deblocked_like_an_image_of_turned_blocks(
        size in any_size(),
        orientation in any_orientation(),
        share in any::<[prop::sample::Index; 2]>(),
    ) {
        let model = small_codebook().file();
        let model_read = Model::from_bytes(&model).unwrap();
        let latents = latents((size.0.div_ceil(8) * size.1.div_ceil(8)) as usize);
        let file = image(size.0, size.1, model_read.id().get(), &latents);
        let image = Image::from_bytes(&file).unwrap();
        let decoder = Decoder::new(&model_read, &image).unwrap().turned(orientation);
        // All blocks, whole, are turned and filtered, and then cropped.
        let reference = reference_codebook::Codebook::read(&model);
        let whole = (size.0.next_multiple_of(8), size.1.next_multiple_of(8));
        let turned = picture(whole, Scale::Full, orientation, |index, n| {
            let bits = |latent: &[u8; 6]| -> Vec<bool> {
                (0..48).map(|i| latent[i / 8] >> (i % 8) & 1 == 1).collect()
            };
            reference.pixels_of_bits(&bits(&latents[index]), n)
        });
        let filtered = reference.filter.as_ref().unwrap().filtered_picture(&turned);
        let bounds = decoder.bounds();
        let margins = [
            if orientation.flips_horizontally() { whole.0 - size.0 } else { 0 },
            if orientation.flips_vertically() { whole.1 - size.1 } else { 0 },
        ];
        let [left, above] = match orientation.transposes() {
            true => [margins[1], margins[0]],
            false => margins,
        };
        let (x, y) = (share[0].index(bounds.width as usize) as u32, share[1].index(bounds.height as usize) as u32);
        let region = Region { x, y, width: bounds.width - x, height: bounds.height - y };
        let expected = rgb(&filtered, Region { x: x + left, y: y + above, ..region });
        let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
        let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
        let stride = 3 * region.width as usize;
        let mut pixels = vec![0; expected.len()];
        deblocker.region::<Rgb888>(region, &mut pixels, stride).unwrap();
        prop_assert_eq!(&pixels, &expected);
        for strip in decoder.strips(region) {
            let at = (strip.y - y) as usize * stride;
            let expected = &expected[at..][..strip.height as usize * stride];
            deblocker.region::<Rgb888>(strip, &mut pixels, stride).unwrap();
            prop_assert_eq!(&pixels[..expected.len()], expected);
        }
    }
}

#[test]
fn a_reduced_picture_is_not_deblocked() {
    super::deblocking::with_decoder(&small_codebook().file(), (45, 19), |decoder, _| {
        let decoder = decoder.reduced(Scale::Half);
        let bounds = decoder.bounds();
        let mut memory = vec![0; Deblocker::memory_bytes(&decoder, bounds)];
        let mut deblocker = Deblocker::new(&decoder, bounds, &mut memory).unwrap();
        let (mut found, mut expected) = ([0; 3 * 23 * 10], [0; 3 * 23 * 10]);
        deblocker
            .region::<Rgb888>(bounds, &mut found, 3 * 23)
            .unwrap();
        decoder
            .region::<Rgb888>(bounds, &mut expected, 3 * 23)
            .unwrap();
        assert_eq!(found, expected);
    });
}

#[test]
fn the_whole_of_a_block_is_upright_and_of_full_size() {
    super::deblocking::with_decoder(&small_codebook().file(), (45, 19), |decoder, _| {
        let (mut expected, mut found) = ([0; 192], [0; 192]);
        decoder.block(3, &mut expected).unwrap();
        let other = decoder.reduced(Scale::Half).turned(Orientation::ROTATE_90);
        other.block(3, &mut found).unwrap();
        assert_eq!(found, expected);
    });
}
