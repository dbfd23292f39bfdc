//! Data sets on this machine: files of blocks, folders of pictures, synthetic pictures, and `nice dataset build`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};
use tools::blocks::{self, BLOCK_BYTES};
use tools::dataset::bin::BinFile;
use tools::dataset::{self, BlockSet, OpenOptions, Pick, Source};
use tools::picture::Picture;

use crate::kit::{complaint, nice, optional};

/// A picture in which no two places look alike, different for each `seed`.
fn picture(seed: u32, width: u32, height: u32) -> Picture {
    let rgb = (0..width * height * 3)
        .map(|at| ((at + seed * 7919).wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    Picture::new(width, height, rgb).unwrap()
}

/// A folder of PNG pictures `0.png`, `1.png` and so on, 24 pixels wide and 16 high.
fn folder_of(count: u32) -> TempDir {
    let folder = tempdir().unwrap();
    for number in 0..count {
        let path = folder.path().join(format!("{number}.png"));
        picture(number, 24, 16).save_png(&path).unwrap();
    }
    folder
}

fn open(path: &Path) -> anyhow::Result<dataset::Splits> {
    dataset::open(
        &path.to_str().unwrap().parse().unwrap(),
        None,
        &OpenOptions::default(),
    )
}

/// What the error of something that must fail says.
fn gathered(set: &BlockSet, picks: &[Pick]) -> Vec<u8> {
    let mut out = vec![0; picks.len() * BLOCK_BYTES];
    set.gather(picks, &mut out);
    out
}

fn whole(set: &BlockSet) -> Vec<u8> {
    let picks: Vec<Pick> = (0..set.len() as u64)
        .map(|index| Pick { index, nonce: 0 })
        .collect();
    gathered(set, &picks)
}

#[test]
fn a_bin_of_any_other_size_than_whole_blocks_is_refused_by_name_size_and_remainder() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cut.bin");
    for (size, saying) in [
        (1_000, ["1,000 bytes", "5 blocks", "40 bytes over"]),
        (191, ["191 bytes", "0 blocks", "191 bytes over"]),
        (0, ["empty", "0 bytes", "again"]),
    ] {
        fs::write(&path, vec![0; size]).unwrap();
        let text = complaint(open(&path));
        assert!(text.contains("cut.bin"), "{text}");
        for part in saying {
            assert!(text.contains(part), "{part:?} is missing in {text}");
        }
    }
}

#[test]
fn a_bin_that_is_missing_or_a_folder_is_refused_by_name() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("none.bin");
    let text = complaint(open(&missing));
    assert!(
        text.contains("none.bin") && text.contains("nice dataset build"),
        "{text}"
    );
    let path = folder.path().join("folder.bin");
    fs::create_dir(&path).unwrap();
    let text = complaint(open(&path));
    assert!(
        text.contains("folder.bin") && text.contains("it is a folder"),
        "{text}"
    );
}

#[test]
fn a_train_bin_is_validated_on_the_val_bin_beside_it() {
    let folder = tempdir().unwrap();
    let train = folder.path().join("train.bin");
    fs::write(&train, vec![1; 3 * BLOCK_BYTES]).unwrap();
    fs::write(folder.path().join("val.bin"), vec![2; 2 * BLOCK_BYTES]).unwrap();
    // The file and the folder that holds both mean the same.
    for path in [train.as_path(), folder.path()] {
        let splits = open(path).unwrap();
        assert_eq!(splits.train.resident().unwrap(), vec![1; 3 * BLOCK_BYTES]);
        assert_eq!(
            splits.validation.resident().unwrap(),
            vec![2; 2 * BLOCK_BYTES]
        );
    }
}

#[test]
fn a_bin_alone_keeps_its_last_twentieth_for_validation() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("blocks.bin");
    let bytes: Vec<u8> = (0..100 * BLOCK_BYTES)
        .map(|at| (at / BLOCK_BYTES) as u8)
        .collect();
    fs::write(&path, &bytes).unwrap();
    let splits = open(&path).unwrap();
    assert_eq!((splits.train.len(), splits.validation.len()), (95, 5));
    let both = [whole(&splits.train), whole(&splits.validation)].concat();
    assert_eq!(both, bytes);
    assert!(
        splits
            .notes
            .iter()
            .any(|note| note.contains("last 5 blocks"))
    );

    fs::write(&path, &bytes[..2 * BLOCK_BYTES]).unwrap();
    let splits = open(&path).unwrap();
    assert_eq!((splits.train.len(), splits.validation.len()), (1, 1));
    fs::write(&path, &bytes[..BLOCK_BYTES]).unwrap();
    assert!(complaint(open(&path)).contains("--val"));
}

#[test]
fn fixed_blocks_take_no_notice_of_the_nonce() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("blocks.bin");
    let bytes: Vec<u8> = (0..4 * BLOCK_BYTES).map(|at| (at / 7) as u8).collect();
    fs::write(&path, &bytes).unwrap();
    let set = BlockSet::mapped(BinFile::open(&path).unwrap());
    let picks = [3, 0, 3].map(|index| Pick {
        index,
        nonce: index * 1_000 + 5,
    });
    let blocks: Vec<&[u8]> = bytes.chunks(BLOCK_BYTES).collect();
    assert_eq!(
        gathered(&set, &picks),
        [blocks[3], blocks[0], blocks[3]].concat()
    );
}

fn load_as(image: impl Into<DynamicImage>, ending: &str, format: ImageFormat) -> Vec<u8> {
    let folder = tempdir().unwrap();
    let path = folder.path().join("picture").with_extension(ending);
    image.into().save_with_format(&path, format).unwrap();
    Picture::load(&path).unwrap().into_rgb()
}

#[test]
fn grey_sixteen_bits_and_alpha_become_rgb_as_documented() {
    use image::{ImageBuffer, Luma, LumaA, Rgb, Rgba};
    let png = |image: DynamicImage| load_as(image, "png", ImageFormat::Png);
    let grey = ImageBuffer::from_pixel(2, 1, Luma([77_u8]));
    assert_eq!(png(grey.into()), [77; 6]);
    let grey_16 = ImageBuffer::from_pixel(1, 1, Luma([0x1280_u16]));
    assert_eq!(png(grey_16.into()), [0x12; 3], "4736 / 257 = 18.43");
    let rgb_16 = ImageBuffer::from_pixel(1, 1, Rgb([0_u16, 65_535, 0x80FF]));
    assert_eq!(png(rgb_16.into()), [0, 255, 0x80]);
    // 200 at an opacity of 51 / 255 on white: 255 - 55 / 5.
    let rgba = ImageBuffer::from_pixel(1, 1, Rgba([200_u8, 255, 0, 51]));
    assert_eq!(png(rgba.into()), [244, 255, 204]);
    let grey_alpha = ImageBuffer::from_pixel(1, 1, LumaA([200_u8, 51]));
    assert_eq!(png(grey_alpha.into()), [244; 3]);
    let rgba_16 = ImageBuffer::from_pixel(1, 1, Rgba([0_u16, 65_535, 257, 0]));
    assert_eq!(png(rgba_16.into()), [255; 3]);
    let grey_alpha_16 = ImageBuffer::from_pixel(1, 1, LumaA([257 * 9_u16, 65_535]));
    assert_eq!(png(grey_alpha_16.into()), [9; 3]);
    // Linear light: half of it is 188 on the sRGB curve.
    let float = ImageBuffer::from_pixel(1, 1, Rgb([0.0_f32, 0.5, 7.0]));
    assert_eq!(load_as(float, "exr", ImageFormat::OpenExr), [0, 188, 255]);
}

#[test]
fn a_palette_is_replaced_by_its_colours() {
    // A BMP of two pixels that are numbers of two colours.
    let mut bmp = Vec::from(*b"BM");
    bmp.extend_from_slice(&66_u32.to_le_bytes());
    bmp.extend_from_slice(&[0; 4]);
    bmp.extend_from_slice(&62_u32.to_le_bytes());
    bmp.extend_from_slice(&40_u32.to_le_bytes());
    bmp.extend_from_slice(&2_u32.to_le_bytes());
    bmp.extend_from_slice(&1_u32.to_le_bytes());
    bmp.extend_from_slice(&1_u16.to_le_bytes());
    bmp.extend_from_slice(&8_u16.to_le_bytes());
    bmp.extend_from_slice(&[0; 16]);
    bmp.extend_from_slice(&2_u32.to_le_bytes());
    bmp.extend_from_slice(&[0; 4]);
    bmp.extend_from_slice(&[30, 20, 10, 0, 3, 2, 1, 0]);
    bmp.extend_from_slice(&[1, 0, 0, 0]);
    let picture = Picture::from_encoded(&bmp, "two.bmp").unwrap();
    assert_eq!(picture.rgb(), [1, 2, 3, 10, 20, 30]);
}

#[test]
fn what_a_picture_is_goes_by_its_bytes_and_not_by_its_name() {
    let png = picture(1, 9, 5).to_png_bytes().unwrap();
    for name in ["a.jpg", "a", "a.txt"] {
        assert_eq!(Picture::from_encoded(&png, name).unwrap(), picture(1, 9, 5));
    }
    let text = complaint(Picture::from_encoded(b"Dear diary", "diary.txt"));
    assert!(
        text.contains("diary.txt") && text.contains("no format known here"),
        "{text}"
    );
    let text = complaint(Picture::from_encoded(b"", "void.png"));
    assert!(text.contains("void.png"), "{text}");
}

#[test]
fn a_picture_cut_short_anywhere_is_an_error_that_names_it() {
    let png = picture(1, 9, 5).to_png_bytes().unwrap();
    // The last 12 bytes only say that the picture ends here.
    for length in 0..png.len() - 12 {
        let text = complaint(Picture::from_encoded(&png[..length], "short.png"));
        assert!(text.contains("short.png"), "{length}: {text}");
    }
}

#[test]
fn a_picture_of_an_absurd_size_is_an_error_before_memory_is_asked_for() {
    let text = complaint(Picture::from_encoded(
        b"P6 4000000000 4000000000 255\n\0\0\0",
        "vast.ppm",
    ));
    assert!(text.contains("vast.ppm"), "{text}");
}

#[test]
fn unreadable_pictures_are_reported_by_name_and_counted_and_the_rest_is_used() {
    let folder = folder_of(30);
    fs::write(folder.path().join("broken.png"), "not a picture").unwrap();
    fs::create_dir(folder.path().join("deeper")).unwrap();
    let png = picture(1, 20, 20).to_png_bytes().unwrap();
    fs::write(folder.path().join("deeper/half.png"), &png[..png.len() / 2]).unwrap();
    // Neither a picture by name nor visible: not a word about them.
    fs::write(folder.path().join("notes.txt"), "hello").unwrap();
    fs::write(folder.path().join("._1.png"), "left by another system").unwrap();
    let splits = open(folder.path()).unwrap();
    assert_eq!(splits.train.len() + splits.validation.len(), 30 * 6);
    let notes = splits.notes.join("\n");
    assert!(notes.contains("2 of 32 pictures"), "{notes}");
    assert!(notes.contains("broken.png"), "{notes}");
    assert!(notes.contains("half.png"), "{notes}");
    assert!(
        !notes.contains("notes.txt") && !notes.contains("._1"),
        "{notes}"
    );
}

#[test]
fn a_folder_without_a_picture_that_can_be_read_is_an_error() {
    let folder = tempdir().unwrap();
    let text = complaint(open(folder.path()));
    assert!(text.contains("there is no picture in"), "{text}");
    fs::write(folder.path().join("broken.png"), "not a picture").unwrap();
    let text = complaint(open(folder.path()));
    assert!(
        text.contains("no picture could be read") && text.contains("broken.png"),
        "{text}"
    );
    let text = complaint(open(&folder.path().join("elsewhere")));
    assert!(text.contains("elsewhere"), "{text}");
}

#[test]
fn a_single_picture_needs_others_to_validate_on() {
    let folder = folder_of(1);
    assert!(complaint(open(folder.path())).contains("--val"));
    let source: Source = folder.path().to_str().unwrap().parse().unwrap();
    let held_back = Source::Synthetic {
        seed: 1,
        pictures: 1,
    };
    let splits = dataset::open(&source, Some(&held_back), &OpenOptions::default()).unwrap();
    assert_eq!(splits.train.len(), 6);
    assert_eq!(splits.validation.len(), 1024);
}

#[cfg(unix)]
#[test]
fn folders_that_link_in_a_circle_are_searched_once() {
    let folder = folder_of(3);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
    let listing = dataset::folder::list(folder.path()).unwrap();
    assert_eq!(listing.pictures.len(), 3);
}

/// The names of the pictures that are for validation, of `0.png` up to `count`.
fn validated(count: u32) -> BTreeSet<PathBuf> {
    let paths: Vec<PathBuf> = (0..count)
        .map(|number| PathBuf::from(format!("{number}.png")))
        .collect();
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let chosen = dataset::folder::for_validation(&borrowed);
    paths
        .into_iter()
        .zip(chosen)
        .filter_map(|(path, chosen)| chosen.then_some(path))
        .collect()
}

#[test]
fn pictures_stay_on_their_side_of_the_split_when_others_are_added() {
    let (few, many) = (validated(300), validated(1_000));
    assert!(!few.is_empty() && few.is_subset(&many));
    let added: BTreeSet<PathBuf> = (300..1_000)
        .map(|number| PathBuf::from(format!("{number}.png")))
        .collect();
    assert!(many.difference(&few).all(|path| added.contains(path)));
    assert!(
        (30..=70).contains(&many.len()),
        "about 1 in 20: {}",
        many.len()
    );
}

#[test]
fn both_sides_of_a_split_have_a_picture_however_few_there_are() {
    for count in 2..60 {
        let validated = validated(count).len();
        assert!(
            (1..count as usize).contains(&validated),
            "{count}: {validated}"
        );
    }
}

#[test]
fn the_split_is_by_picture() {
    let folder = folder_of(40);
    let splits = open(folder.path()).unwrap();
    let trained: BTreeSet<&[u8]> = splits.train.pictures().iter().map(Picture::rgb).collect();
    let validated: BTreeSet<Vec<u8>> = (0..40)
        .map(|number| picture(number, 24, 16))
        .filter(|picture| !trained.contains(picture.rgb()))
        .map(|picture| blocks::grid(&picture))
        .collect();
    let held_back: BTreeSet<Vec<u8>> = splits
        .validation
        .resident()
        .unwrap()
        .chunks(6 * BLOCK_BYTES)
        .map(<[u8]>::to_vec)
        .collect();
    assert_eq!(trained.len() + validated.len(), 40);
    assert_eq!(held_back, validated);
}

/// Blocks cut from pictures of the given sizes.
fn cut_from(sizes: &[(u32, u32)], seed: u64) -> BlockSet {
    let pictures = sizes
        .iter()
        .zip(0..)
        .map(|(&(width, height), number)| (PathBuf::from("a.png"), picture(number, width, height)))
        .collect();
    BlockSet::cut_from(pictures, seed, "the test")
}

proptest! {
    #[test]
    fn a_pick_is_the_same_block_always_and_lies_in_the_picture_that_its_index_says(
        sizes in prop::collection::vec((1_u32..40, 1_u32..40), 1..6),
        seed: u64,
        nonce: u64,
        index: prop::sample::Index,
    ) {
        let set = cut_from(&sizes, seed);
        prop_assert_eq!(set.len(), set.pictures().iter().map(blocks::count).sum::<usize>());
        let pick = Pick { index: index.index(set.len()) as u64, nonce };
        let place = set.place(pick).unwrap();
        let unmoved = set.place(Pick { nonce: 0, ..pick }).unwrap();
        prop_assert_eq!(place.picture, unmoved.picture);
        let before: usize = set.pictures()[..place.picture].iter().map(blocks::count).sum();
        let own = blocks::count(&set.pictures()[place.picture]);
        prop_assert!((before..before + own).contains(&(pick.index as usize)));

        let mut cut = [0; BLOCK_BYTES];
        blocks::cut_at(&set.pictures()[place.picture], place.x, place.y, &mut cut);
        let others = [Pick { nonce: nonce ^ 1, ..pick }, pick, Pick { index: 0, nonce: 9 }];
        let together = gathered(&set, &others);
        prop_assert_eq!(&together[BLOCK_BYTES..2 * BLOCK_BYTES], &cut[..]);
        prop_assert_eq!(gathered(&cut_from(&sizes, seed), &[pick]), &cut[..]);
    }
}

#[test]
fn nonces_and_seeds_reach_every_offset_about_equally_often() {
    let sizes = [(10, 9)];
    let mut by_nonce = [0; 6];
    let mut by_seed = [0; 6];
    for number in 0..6_000 {
        let count = |counts: &mut [i32; 6], seed, nonce| {
            let place = cut_from(&sizes, seed)
                .place(Pick { index: 1, nonce })
                .unwrap();
            counts[(place.y * 3 + place.x) as usize] += 1;
        };
        count(&mut by_nonce, 0, number);
        count(&mut by_seed, number, 0);
    }
    for count in by_nonce.iter().chain(&by_seed) {
        assert!((850..1_150).contains(count), "{by_nonce:?} {by_seed:?}");
    }
}

#[test]
fn validation_is_the_grid_with_the_edge_repeated_whatever_the_size() {
    for (width, height) in [(1, 1), (5, 30), (8, 8), (17, 9)] {
        let one = picture(3, width, height);
        let set = BlockSet::on_the_grid(&[(PathBuf::new(), one.clone())], "the test");
        let (wide, high) = (width.div_ceil(8), height.div_ceil(8));
        assert_eq!(set.len() as u32, wide * high);
        let last = &whole(&set)[(set.len() - 1) * BLOCK_BYTES..];
        let corner = &one.rgb()[one.rgb().len() - 3..];
        assert_eq!([last[63], last[127], last[191]], corner);
    }
}

#[test]
fn a_built_bin_holds_the_grid_of_every_picture_in_order_and_opens() {
    let folder = tempdir().unwrap();
    let sizes = [(24, 16), (9, 9), (3, 2), (8, 8)];
    let mut expected = Vec::new();
    for (number, (width, height)) in (0..).zip(sizes) {
        let one = picture(number, width, height);
        one.save_png(&folder.path().join(format!("{number}.png")))
            .unwrap();
        expected.extend(blocks::grid(&one));
    }
    fs::write(folder.path().join("x.png"), "not a picture").unwrap();
    let file = folder.path().join("out.bin");
    let args = [
        "dataset",
        "build",
        folder.path().to_str().unwrap(),
        "-o",
        file.to_str().unwrap(),
    ];
    let said = nice(&args).unwrap();
    assert!(
        said.contains("12 blocks of 4 pictures") && said.contains("x.png"),
        "{said}"
    );
    let bin = BinFile::open(&file).unwrap();
    assert_eq!(bin.bytes(), expected);

    let json = nice(&[&args[..], &["--json"]].concat()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["blocks"], 12);
    assert_eq!(json["bytes"], 12 * 192);
    assert_eq!(json["pictures"], 4);
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 1);
}

#[test]
fn random_offsets_depend_on_the_seed_and_the_names_in_the_folder_and_on_nothing_else() {
    let (here, there) = (folder_of(3), folder_of(3));
    let out = tempdir().unwrap();
    let build = |folder: &Path, more: &[&str]| {
        let file = out.path().join("out.bin");
        let args = ["dataset", "build", folder.to_str().unwrap(), "-o"];
        nice(&[&args[..], &[file.to_str().unwrap()], more].concat()).unwrap();
        fs::read(file).unwrap()
    };
    let first = build(here.path(), &["--random"]);
    assert_eq!(first.len(), 3 * 6 * BLOCK_BYTES);
    assert_eq!(first, build(there.path(), &["--random", "--seed", "0"]));
    assert_ne!(first, build(here.path(), &["--random", "--seed", "1"]));
    let many = build(here.path(), &["--per-picture", "50"]);
    assert_eq!(many.len(), 3 * 50 * BLOCK_BYTES);
    assert_eq!(many[..6 * BLOCK_BYTES], first[..6 * BLOCK_BYTES]);
}

#[test]
fn a_bin_that_cannot_be_written_leaves_the_old_one_and_nothing_beside() {
    let folder = folder_of(2);
    let out = tempdir().unwrap();
    let build = |from: &Path, to: &Path| {
        complaint(nice(&[
            "dataset",
            "build",
            from.to_str().unwrap(),
            "-o",
            to.to_str().unwrap(),
        ]))
    };
    let text = build(folder.path(), out.path());
    assert!(text.contains("is a folder"), "{text}");
    let text = build(folder.path(), &out.path().join("none/out.bin"));
    assert!(text.contains("there is no folder"), "{text}");
    if cfg!(target_os = "linux") {
        let text = build(folder.path(), Path::new("/dev/full"));
        assert!(
            text.contains("/dev/full") && text.contains("No space"),
            "{text}"
        );
    }

    let old = out.path().join("old.bin");
    fs::write(&old, "old").unwrap();
    let broken = tempdir().unwrap();
    fs::write(broken.path().join("a.png"), "not a picture").unwrap();
    let text = build(broken.path(), &old);
    assert!(text.contains("none of the pictures"), "{text}");
    assert_eq!(fs::read(&old).unwrap(), b"old");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
}

#[test]
fn more_pictures_than_memory_holds_are_an_error_that_says_how_to_use_them() {
    let folder = folder_of(5);
    let options = OpenOptions {
        memory: 3_000,
        ..OpenOptions::default()
    };
    let source: Source = folder.path().to_str().unwrap().parse().unwrap();
    let text = complaint(dataset::open(&source, None, &options));
    assert!(text.contains("nice dataset build"), "{text}");
}

#[test]
fn synthetic_pictures_are_called_a_stand_in_and_validated_on_others() {
    let source: Source = "synthetic:7:3".parse().unwrap();
    let splits = dataset::open(&source, None, &OpenOptions::default()).unwrap();
    let again = dataset::open(&source, None, &OpenOptions::default()).unwrap();
    assert!(splits.notes.iter().any(|note| note.contains("stand-in")));
    assert_eq!(splits.train.pictures(), again.train.pictures());
    assert_eq!(splits.train.pictures().len(), 3);
    let validation = splits.validation.resident().unwrap();
    assert_eq!(validation, again.validation.resident().unwrap());
    for picture in splits.train.pictures() {
        assert_ne!(blocks::grid(picture), validation);
    }
    let other: Source = "synthetic:8:3".parse().unwrap();
    let other = dataset::open(&other, None, &OpenOptions::default()).unwrap();
    assert_ne!(other.train.pictures(), splits.train.pictures());
}

#[test]
fn a_source_is_read_as_it_is_typed() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("blocks.dat");
    fs::write(&file, [0]).unwrap();
    let file = file.to_str().unwrap();
    let bin = |path: &str| Source::Bin(path.into());
    let synthetic = |seed, pictures| Source::Synthetic { seed, pictures };
    for (typed, meant) in [
        ("train.bin", bin("train.bin")),
        ("a/TRAIN.BIN", bin("a/TRAIN.BIN")),
        (file, bin(file)),
        ("photos", Source::Folder("photos".into())),
        ("a.png", Source::Folder("a.png".into())),
        ("./synthetic", Source::Folder("./synthetic".into())),
        ("synthetic", Source::default()),
        ("synthetic:7:9", synthetic(7, 9)),
        (
            "HTTPS://a.example/x",
            Source::Url("HTTPS://a.example/x".into()),
        ),
        ("kaggle:a-b/c_d.e", Source::Kaggle("a-b/c_d.e".into())),
    ] {
        let source: Source = typed.parse().unwrap();
        assert_eq!(source, meant, "{typed}");
        assert_eq!(source.to_string().parse::<Source>().unwrap(), meant);
    }
    for senseless in [
        "",
        "synthetic:x",
        "synthetic:1:0",
        "synthetic:1:2:3",
        "synthetic:-1",
        "kaggle:a",
        "kaggle:a/b/c",
        "kaggle:../b",
        "kaggle:a/b?c",
        "ftp://a.example/x",
    ] {
        let text = complaint(senseless.parse::<Source>());
        assert!(text.contains(senseless), "{senseless}: {text}");
    }
}

#[test]
fn photographs_are_all_read_and_cut() {
    let Some(data) = optional("NICE_DATA", "a folder of photographs") else {
        return;
    };
    let splits = open(&data).unwrap();
    assert!(splits.notes.is_empty(), "{:?}", splits.notes);
    let picks: Vec<Pick> = (0..4_096)
        .map(|nonce| Pick {
            index: nonce * 7_919 % splits.train.len() as u64,
            nonce,
        })
        .collect();
    let blocks = gathered(&splits.train, &picks);
    let mean = blocks.iter().map(|&v| u64::from(v)).sum::<u64>() / blocks.len() as u64;
    assert!(
        (60..200).contains(&mean),
        "photographs are neither black nor white: {mean}"
    );
}
