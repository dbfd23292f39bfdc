//! Cached texels are those of the image, and hit rates are those in the documentation.

mod formula;

use nice_decode::{BlockCache, Decoder, Image, Model, Orientation, OutOfBoundsError, Scale};
use proptest::prelude::*;

static DOCUMENTED: &str = include_str!("../src/adapters/cache.rs");

/// Calls a function with the decoder of an image of this size.
fn with_decoder<T>((width, height): (u32, u32), then: impl FnOnce(Decoder<'_, '_>) -> T) -> T {
    let file = formula::network(1, 1);
    let model = Model::from_bytes(&file).unwrap();
    let file = formula::image(width, height, model.id().get(), 1);
    let image = Image::from_bytes(&file).unwrap();
    then(Decoder::new(&model, &image).unwrap())
}

/// Samples texels one after the other, and checks their colors and the counts.
fn check<const SETS: usize, const WAYS: usize>(size: (u32, u32), walk: &[(u32, u32)]) {
    with_decoder(size, |decoder| {
        let mut cache = BlockCache::<SETS, WAYS>::new(decoder);
        // The blocks of each set, the oldest first.
        let mut kept = vec![Vec::new(); SETS];
        let (mut hits, mut misses) = (0, 0);
        for &(x, y) in walk {
            let expected = decoder.texel(x, y);
            assert_eq!(cache.texel(x, y), expected);
            if expected.is_ok() {
                let set: &mut Vec<(u32, u32)> = &mut kept[(x / 8 + 3 * (y / 8)) as usize % SETS];
                let block = (x / 8, y / 8);
                if set.contains(&block) {
                    hits += 1;
                } else {
                    misses += 1;
                    if set.len() == WAYS {
                        set.remove(0);
                    }
                    set.push(block);
                }
            }
            assert_eq!((cache.hits(), cache.misses()), (hits, misses));
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_walk_samples_the_texels_of_the_image(
        size in (1..70_u32, 1..70_u32),
        walk in prop::collection::vec((0..75_u32, 0..75_u32), 1..150),
    ) {
        check::<1, 1>(size, &walk);
        check::<1, 5>(size, &walk);
        check::<4, 2>(size, &walk);
        check::<7, 3>(size, &walk);
        check::<16, 1>(size, &walk);
    }

    #[test]
    fn a_repeated_texel_is_that_of_the_image(
        size in prop_oneof![(1..40_u32, 1..40_u32), Just((16, 32)), Just((1, 8))],
        (x, y) in (-100..100_i32, -100..100_i32),
    ) {
        with_decoder(size, |decoder| {
            let inside = |at: i32, side: u32| at.rem_euclid(side as i32) as u32;
            let expected = decoder.texel(inside(x, size.0), inside(y, size.1)).unwrap();
            assert_eq!(BlockCache::<2, 1>::new(decoder).repeated(x, y), expected);
        });
    }
}

#[test]
fn a_picture_that_is_reduced_and_turned_has_the_texels_of_its_decoder() {
    with_decoder((75, 41), |decoder| {
        let mut cache = BlockCache::<8, 2>::new(decoder);
        for scale in Scale::ALL {
            for orientation in Orientation::ALL {
                let decoder = decoder.reduced(scale).turned(orientation);
                cache.replace(decoder);
                cache.reset_counts();
                assert_eq!(cache.decoder().bounds(), decoder.bounds());
                let (width, height) = (decoder.width(), decoder.height());
                for (y, x) in (0..=height).flat_map(|y| (0..=width).map(move |x| (y, x))) {
                    assert_eq!(cache.texel(x, y), decoder.texel(x, y));
                    let repeated = cache.repeated(x as i32 - width as i32, y as i32);
                    assert_eq!(repeated, decoder.texel(x % width, y % height).unwrap());
                }
                let blocks = width.div_ceil(8) * height.div_ceil(8);
                assert!(cache.misses() >= blocks && cache.hits() > 0);
                assert_eq!(cache.hits() + cache.misses(), {
                    width * height + (width + 1) * (height + 1)
                });
            }
        }
    });
}

#[test]
fn texels_outside_are_refused_and_not_counted() {
    with_decoder((20, 10), |decoder| {
        let mut cache = BlockCache::<4, 1>::new(decoder);
        for (x, y) in [(20, 0), (0, 10), (u32::MAX, u32::MAX)] {
            let (width, height) = (20, 10);
            assert_eq!(
                cache.texel(x, y),
                Err(OutOfBoundsError::Pixel {
                    x,
                    y,
                    width,
                    height
                })
            );
        }
        assert_eq!((cache.hits(), cache.misses()), (0, 0));
    });
}

#[test]
fn resetting_the_counts_keeps_the_blocks() {
    with_decoder((20, 10), |decoder| {
        let mut cache = BlockCache::<4, 1>::new(decoder);
        cache.texel(3, 3).unwrap();
        cache.reset_counts();
        cache.texel(4, 4).unwrap();
        assert_eq!((cache.hits(), cache.misses()), (1, 0));
    });
}

#[test]
fn its_description_is_short() {
    with_decoder((20, 10), |decoder| {
        let cache = BlockCache::<4, 3>::new(decoder);
        let debug = format!("{cache:?}");
        assert!(
            debug.contains("sets: 4, ways: 3, hits: 0") && debug.len() < 400,
            "{debug}"
        );
        assert_eq!(cache.decoder().image(), decoder.image());
    });
}

/// A walk over texels of a plane.
type Walk = Vec<(i32, i32)>;

/// The cosine and the sine of the angle of two walks, about 37 degrees, times 65,536.
const ANGLE: (i32, i32) = (52_429, 39_322);

/// Lines of texels in 16.16 fixed point: a start for every line, and a step.
fn lines(lines: impl Iterator<Item = ([i32; 2], [i32; 2])>) -> Walk {
    lines
        .flat_map(|(from, step)| {
            (0..240).map(move |i| ((from[0] + i * step[0]) >> 16, (from[1] + i * step[1]) >> 16))
        })
        .collect()
}

/// The walks of the table: along lines, along columns, at an angle, and over a floor.
fn walks() -> [Walk; 4] {
    let (cosine, sine) = ANGLE;
    let along_lines: Walk = (0..256)
        .flat_map(|y| (0..256).map(move |x| (x, y)))
        .collect();
    let along_columns = along_lines.iter().map(|&(x, y)| (y, x)).collect();
    let at_an_angle = lines((0..160).map(|y| ([-sine * y, cosine * y], [cosine, sine])));
    // Seen from a height of 64 texels, with the horizon 32 lines above the display: line y shows what is 64 * 160 / (y + 32)
    // texels ahead.
    let floor = lines((0..160).map(|y| {
        let scale = 160 * 256 / (y + 32); // in 24.8 fixed point
        let step = [(cosine >> 8) * scale / 2, (sine >> 8) * scale / 2];
        let ahead = 64 * scale / 2;
        let middle = [
            -(sine >> 8) * (ahead >> 8) * 256,
            (cosine >> 8) * (ahead >> 8) * 256,
        ];
        ([middle[0] - 120 * step[0], middle[1] - 120 * step[1]], step)
    }));
    [along_lines, along_columns, at_an_angle, floor]
}

/// A line of the table: the hit rate in percent for each walk.
fn rates<const SETS: usize, const WAYS: usize>(walks: &[Walk]) -> String {
    let rates = walks.iter().map(|walk| {
        with_decoder((256, 256), |decoder| {
            let mut cache = BlockCache::<SETS, WAYS>::new(decoder);
            for &(x, y) in walk {
                cache.repeated(x, y);
            }
            format!(
                " {:.1} |",
                100.0 * f64::from(cache.hits()) / walk.len() as f64
            )
        })
    });
    format!("| {SETS} x {WAYS} |{}", rates.collect::<String>())
}

#[test]
fn hit_rates_are_those_in_the_documentation() {
    let walks = walks();
    let table = [
        rates::<1, 1>(&walks),
        rates::<8, 1>(&walks),
        rates::<4, 2>(&walks),
        rates::<16, 1>(&walks),
        rates::<8, 2>(&walks),
        rates::<32, 1>(&walks),
        rates::<16, 2>(&walks),
        rates::<64, 1>(&walks),
        rates::<32, 2>(&walks),
    ];
    println!("{}", table.join("\n"));
    for line in table {
        assert!(DOCUMENTED.contains(&format!("/// {line}\n")), "{line}");
    }
}
