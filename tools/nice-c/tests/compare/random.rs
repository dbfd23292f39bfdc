//! Random models, pictures and regions.

use nice_c::Region;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::both::{Both, for_each_format};
use crate::generators::{
    adaptive_image, any_adaptive, any_codebook, any_filter, any_network, image, largest_codebook,
    latents, small_codebook, small_network,
};
use nice_c::Format;
use nice_decode::{
    Bgr555Le, Bgr888, Dithered, Gray1Lsb, Gray1Msb, Gray2Lsb, Gray2Msb, Gray4Lsb, Gray4Msb, Gray8,
    Model, Orientation, Rgb565Be, Rgb565Le, Rgb888, Scale, Xrgb8888,
};

/// The number of blocks of an image of this size.
fn blocks((width, height): (u32, u32)) -> usize {
    (width.div_ceil(8) * height.div_ceil(8)) as usize
}

/// The id of a model.
fn id(model: &[u8]) -> u32 {
    Model::from_bytes(model).unwrap().id().get()
}

/// A region within another one, chosen by four indices; it may be empty.
fn region_of(bounds: Region, share: [Index; 4]) -> Region {
    let of = |index: &Index, most: u32| index.index(most as usize + 1) as u32;
    let (right, down) = (of(&share[0], bounds.width), of(&share[1], bounds.height));
    Region {
        x: bounds.x + right,
        y: bounds.y + down,
        width: of(&share[2], bounds.width - right),
        height: of(&share[3], bounds.height - down),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn codebooks(
        mut model in any_codebook(),
        filter in prop::option::of(any_filter()),
        size in (1..40_u32, 1..30_u32),
        shift in 0..8_usize,
    ) {
        model.filter = filter;
        // At any address.
        let model = [vec![0; shift], model.file()].concat();
        let file = image(size.0, size.1, id(&model[shift..]), &latents(blocks(size)));
        let image = [vec![0; shift / 2], file].concat();
        Both::new(&model[shift..], &image[shift / 2..]).compare_everything();
    }

    #[test]
    fn codebooks_in_the_adaptive_layout(
        size in (1..150_u32, 1..60_u32),
        model in any_adaptive(19 * 8),
    ) {
        let (model, lengths, mut latents) = model;
        latents.truncate(blocks(size));
        let model = model.file();
        let file = adaptive_image(size.0, size.1, id(&model), &lengths, &latents);
        Both::new(&model, &file).compare_everything();
    }

    #[test]
    fn networks(model in any_network(), size in (1..20_u32, 1..20_u32), shift in 0..4_usize) {
        let model = [vec![0; shift], model.file()].concat();
        let file = image(size.0, size.1, id(&model[shift..]), &latents(blocks(size)));
        Both::new(&model[shift..], &file).compare_everything();
    }

    #[test]
    fn regions_at_any_address_with_any_stride(
        size in (1..50_u32, 1..50_u32),
        shares in prop::collection::vec(any::<[Index; 4]>(), 1..5),
        gap in 0..9_usize,
    ) {
        for model in [small_network().file(), small_codebook().file()] {
            let file = image(size.0, size.1, id(&model), &latents(blocks(size)));
            let both = Both::new(&model, &file);
            for &share in &shares {
                let region = region_of(both.c.whole(), share);
                for_each_format!(P, format => both.compare_region::<P>(format, region, gap));
            }
        }
    }

    #[test]
    fn deblocked_regions_in_any_order(
        mut model in any_codebook(),
        filter in any_filter(),
        size in (1..60_u32, 1..60_u32),
        bounds in any::<[Index; 4]>(),
        shares in prop::collection::vec(any::<[Index; 4]>(), 1..8),
        gap in 0..5_usize,
    ) {
        model.filter = Some(filter);
        let model = model.file();
        let file = image(size.0, size.1, id(&model), &latents(blocks(size)));
        let both = Both::new(&model, &file);
        let bounds = region_of(both.c.whole(), bounds);
        let parts: Vec<Region> = shares.into_iter().map(|share| region_of(bounds, share)).collect();
        for_each_format!(P, format => both.compare_deblocked::<P>(format, bounds, &parts, gap));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn pictures_that_are_reduced_and_turned(
        size in (1..30_u32, 1..30_u32),
        model in any_adaptive(4 * 4),
        filter in prop::option::of(any_filter()),
        network in any_network(),
        shift in 0..4_usize,
    ) {
        let (mut codebook, lengths, mut bits) = model;
        codebook.filter = filter;
        bits.truncate(blocks(size));
        let model = [vec![0; shift], codebook.file()].concat();
        let model = &model[shift..];
        let file = adaptive_image(size.0, size.1, id(model), &lengths, &bits);
        Both::new(model, &file).compare_transformed();
        let file = image(size.0, size.1, id(model), &latents(blocks(size)));
        Both::new(model, &file).compare_transformed();
        let model = network.file();
        let file = image(size.0, size.1, id(&model), &latents(blocks(size)));
        Both::new(&model, &file).compare_transformed();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn regions_of_pictures_that_are_reduced_and_turned(
        size in (1..70_u32, 1..70_u32),
        model in any_adaptive(9 * 9),
        filter in any_filter(),
        scale in prop::sample::select(&Scale::ALL[..]),
        orientation in (0..8_u8).prop_map(Orientation::from_bits),
        bounds in any::<[Index; 4]>(),
        shares in prop::collection::vec(any::<[Index; 4]>(), 1..5),
        gap in 0..9_usize,
    ) {
        let (mut codebook, lengths, mut bits) = model;
        codebook.filter = Some(filter);
        bits.truncate(blocks(size));
        let codebook = codebook.file();
        let network = small_network().file();
        let codebook_file = adaptive_image(size.0, size.1, id(&codebook), &lengths, &bits);
        let network_file = image(size.0, size.1, id(&network), &latents(blocks(size)));
        for (model, file) in [(&codebook, &codebook_file), (&network, &network_file)] {
            let mut both = Both::new(model, file);
            both.transform(scale, orientation);
            let bounds = region_of(both.c.whole(), bounds);
            let parts: Vec<Region> = shares.iter().map(|&share| region_of(bounds, share)).collect();
            for &part in &parts {
                both.compare_strips(part);
                for_each_format!(P, format => both.compare_region::<P>(format, part, gap));
            }
            for_each_format!(P, format => both.compare_deblocked::<P>(format, bounds, &parts, gap));
        }
    }
}

#[test]
fn the_largest_numbers_fit() {
    for base in [0, 255] {
        for largest in [false, true] {
            let model = largest_codebook(base, largest).file();
            let ends = [[0; 6], [0xFF; 6], [0x55; 6], [0xAA; 6]];
            let file = image(16, 16, id(&model), &ends);
            Both::new(&model, &file).compare_transformed();
        }
    }
}

#[test]
fn a_picture_of_many_segments() {
    let model = small_codebook();
    let lengths = [4, 48];
    let size = (8 * 100, 8 * 90);
    let latents: Vec<Vec<bool>> = (0..blocks(size))
        .map(|block| {
            (0..lengths[block % 7 / 6])
                .map(|bit| (block * 31 + bit) % 3 == 0)
                .collect()
        })
        .collect();
    let model = model.file();
    let file = adaptive_image(size.0, size.1, id(&model), &lengths, &latents);
    let both = Both::new(&model, &file);
    both.compare_region::<Rgb888>(Format::Rgb888, both.c.whole(), 0);
    for (x, y) in [(0, 0), (799, 719), (700, 511), (8, 512)] {
        assert_eq!(both.c.texel(x, y), Ok(both.rust.texel(x, y).unwrap()));
    }
}
