//! `nicec turn`, `crop` and `join`: what they write decodes to the turned, cropped and joined picture, to the bit.

use std::fs;
use std::path::Path;

use nice_data::{demo, picture_file};
use nice_encode::Picture;
use tempfile::{TempDir, tempdir};

use crate::fixtures::{error_text, nicec_in, run_folder, write_picture};

/// A folder with `a.nice`, a part of the demo picture, and what it decodes to.
fn encoded(width: u32, height: u32, options: &str) -> (TempDir, Picture) {
    let folder = tempdir().unwrap();
    let original = demo::picture()
        .unwrap()
        .crop(200, 200, width, height)
        .unwrap();
    picture_file::write_png(&folder.path().join("in.png"), &original).unwrap();
    nicec_in(
        folder.path(),
        &format!("encode @in.png -o @a.nice --effort 0 {options}"),
    )
    .unwrap();
    let picture = decoded(folder.path(), "a", "--no-deblock");
    (folder, picture)
}

fn decoded(folder: &Path, name: &str, options: &str) -> Picture {
    nicec_in(
        folder,
        format!("decode @{name}.nice -o @{name}.png {options}").trim_end(),
    )
    .unwrap();
    picture_file::read(&folder.join(format!("{name}.png"))).unwrap()
}

/// A picture whose pixel in column `x` and line `y` is that of `picture` at the place that `source` says.
fn rearranged(
    picture: &Picture,
    (width, height): (u32, u32),
    source: impl Fn(u32, u32) -> (u32, u32),
) -> Picture {
    let mut rgb = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let (x, y) = source(x, y);
            rgb.extend(&picture.line(y)[3 * x as usize..][..3]);
        }
    }
    Picture::new(width, height, rgb).unwrap()
}

/// A picture after a turn, pixel by pixel.
fn turned(picture: &Picture, turn: &str) -> Picture {
    let (w, h) = (picture.width(), picture.height());
    match turn {
        "90" => rearranged(picture, (h, w), |x, y| (y, h - 1 - x)),
        "180" => rearranged(picture, (w, h), |x, y| (w - 1 - x, h - 1 - y)),
        "270" => rearranged(picture, (h, w), |x, y| (w - 1 - y, x)),
        "flip-horizontal" => rearranged(picture, (w, h), |x, y| (w - 1 - x, y)),
        "flip-vertical" => rearranged(picture, (w, h), |x, y| (x, h - 1 - y)),
        "transpose" => rearranged(picture, (h, w), |x, y| (y, x)),
        "transverse" => rearranged(picture, (h, w), |x, y| (w - 1 - y, h - 1 - x)),
        _ => unreachable!("{turn}"),
    }
}

const TURNS: [&str; 7] = [
    "90",
    "180",
    "270",
    "flip-horizontal",
    "flip-vertical",
    "transpose",
    "transverse",
];

#[test]
fn a_turned_image_decodes_to_the_turned_picture() {
    for options in ["--fixed", "--bpp 0.6", "--bpp 0.6 -m s"] {
        let (folder, picture) = encoded(88, 56, options);
        for turn in TURNS {
            nicec_in(folder.path(), &format!("turn @a.nice {turn} -o @b.nice")).unwrap();
            let found = decoded(folder.path(), "b", "--no-deblock");
            assert!(found == turned(&picture, turn), "{options}, {turn}");
        }
    }
}

#[test]
fn four_quarter_turns_are_the_same_file_again() {
    let (folder, _) = encoded(88, 56, "--bpp 0.6");
    let at = folder.path();
    for (from, to) in [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")] {
        nicec_in(at, &format!("turn @{from}.nice 90 -o @{to}.nice")).unwrap();
    }
    let read = |name: &str| fs::read(at.join(name)).unwrap();
    assert_eq!(read("a.nice"), read("e.nice"));
}

#[test]
fn deblocked_a_turned_image_differs_only_by_rounding_beside_edges() {
    let (folder, _) = encoded(88, 56, "--fixed");
    let picture = decoded(folder.path(), "a", "");
    for turn in TURNS {
        nicec_in(folder.path(), &format!("turn @a.nice {turn} -o @b.nice")).unwrap();
        let found = decoded(folder.path(), "b", "");
        let expected = turned(&picture, turn);
        for (at, (a, b)) in found.rgb().iter().zip(expected.rgb()).enumerate() {
            let (x, y) = (
                at / 3 % found.width() as usize,
                at / 3 / found.width() as usize,
            );
            let edges = [x, y].iter().filter(|&at| matches!(at % 8, 0 | 7)).count();
            // Where four blocks meet, the order of the edges matters.
            let most = [0, 1, 16][edges];
            assert!(a.abs_diff(*b) <= most, "{turn}, ({x}, {y}): {a} and {b}");
        }
    }
}

#[test]
fn blocks_that_are_cut_off_stay_where_they_are_or_are_left_out() {
    let (folder, picture) = encoded(85, 51, "--bpp 0.6");
    let at = folder.path();
    nicec_in(at, "turn @a.nice transpose -o @b.nice").unwrap();
    assert!(decoded(at, "b", "--no-deblock") == turned(&picture, "transpose"));
    for turn in ["90", "180", "flip-horizontal", "flip-vertical"] {
        let error = error_text(nicec_in(at, &format!("turn @a.nice {turn} -o @c.nice")));
        assert!(
            error.contains("not a multiple of 8") && error.contains("--trim"),
            "{error}"
        );
    }
    nicec_in(at, "turn @a.nice 90 --trim -o @c.nice").unwrap();
    let trimmed = picture.crop(0, 0, 85, 48).unwrap();
    assert!(decoded(at, "c", "--no-deblock") == turned(&trimmed, "90"));
}

#[test]
fn a_part_of_an_image_decodes_to_that_part() {
    for options in ["--fixed", "--bpp 0.6"] {
        let (folder, picture) = encoded(85, 51, options);
        let at = folder.path();
        for [width, height, x, y] in [
            [85, 51, 0, 0],
            [16, 8, 24, 16],
            [13, 35, 72, 16],
            [1, 1, 80, 48],
        ] {
            nicec_in(
                at,
                &format!("crop @a.nice {width}x{height}+{x}+{y} -o @b.nice"),
            )
            .unwrap();
            let found = decoded(at, "b", "--no-deblock");
            assert!(found == picture.crop(x, y, width, height).unwrap());
        }
        for (part, saying) in [
            ("16x8+4+16", "give multiples of 8, such as (0, 16)"),
            ("86x8+0+0", "not within"),
            ("0x8+0+0", "not within"),
        ] {
            let error = error_text(nicec_in(at, &format!("crop @a.nice {part} -o @c.nice")));
            assert!(error.contains(saying), "{error}");
        }
    }
}

#[test]
fn parts_of_an_image_that_are_joined_are_the_image() {
    for options in ["--fixed", "--bpp 0.6"] {
        let (folder, picture) = encoded(85, 51, options);
        let at = folder.path();
        for (name, part) in [("b", "40x24+0+0"), ("c", "45x24+40+0"), ("d", "85x27+0+24")] {
            nicec_in(at, &format!("crop @a.nice {part} -o @{name}.nice")).unwrap();
        }
        nicec_in(at, "join @b.nice @c.nice -o @e.nice").unwrap();
        nicec_in(at, "join @e.nice @d.nice --below -o @f.nice").unwrap();
        assert!(decoded(at, "f", "--no-deblock") == picture);
        for (line, saying) in [
            (
                "join @b.nice @d.nice -o @g.nice",
                "the same height: 24 and 27",
            ),
            (
                "join @c.nice @b.nice -o @g.nice",
                "45 pixels in that direction",
            ),
            ("join @b.nice @c.nice -o @b.nice", "overwrite the input"),
        ] {
            let error = error_text(nicec_in(at, line));
            assert!(error.contains(saying), "{error}");
        }
    }
}

#[test]
fn images_of_a_network_or_of_two_models_are_refused() {
    let folder = run_folder();
    let at = folder.path();
    write_picture(&at.join("in.png"), 3, 16, 16);
    nicec_in(at, "encode @in.png -m @decoder.nicem -o @n.nice").unwrap();
    nicec_in(at, "encode @in.png -o @m.nice").unwrap();
    for (line, saying) in [
        ("turn @n.nice 90 -o @x.nice", "give its file with -m"),
        (
            "turn @n.nice 90 -m @decoder.nicem -o @x.nice",
            "is for a network",
        ),
        (
            "turn @m.nice 90 -m s -o @x.nice",
            "was encoded for the model",
        ),
        ("join @n.nice @m.nice -o @x.nice", "different models"),
    ] {
        let error = error_text(nicec_in(at, line));
        assert!(error.contains(saying), "{error}");
    }
}
