//! Data sets on this machine: `.bin` files of blocks, folders of pictures, and synthetic pictures, split for training and
//! validation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nice_data::bin::BinFile;
use nice_data::{BlockId, BlockSet, OpenOptions, Source, Splits, folder, picture_file};
use nice_decode::BLOCK_SAMPLES;
use nice_encode::{Picture, block};
use proptest::prelude::*;
use tempfile::tempdir;

use crate::fixtures::{error_text, folder_of_pictures, optional, picture, text};

/// Opens the data at a path.
fn open(path: &Path) -> anyhow::Result<Splits> {
    nice_data::open(&source(path), None, &OpenOptions::default())
}

/// The source at a path.
fn source(path: &Path) -> Source {
    text(path).parse().unwrap()
}

/// Some blocks of a set, one after the other.
fn gathered(set: &BlockSet, ids: &[BlockId]) -> Vec<u8> {
    let mut out = vec![0; ids.len() * BLOCK_SAMPLES];
    set.gather(ids, &mut out);
    out
}

/// All blocks of a set, one after the other.
fn all_blocks(set: &BlockSet) -> Vec<u8> {
    let ids: Vec<BlockId> = (0..set.len() as u64)
        .map(|index| BlockId { index, nonce: 0 })
        .collect();
    gathered(set, &ids)
}

#[test]
fn a_bin_that_does_not_hold_whole_blocks_is_refused_with_its_name_size_and_remainder() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cut.bin");
    for (size, parts) in [
        (1_000, ["1,000 bytes", "5 blocks", "40 more bytes"]),
        (191, ["191 bytes", "0 blocks", "191 more bytes"]),
        (0, ["empty", "0 bytes", "again"]),
    ] {
        fs::write(&path, vec![0; size]).unwrap();
        let error = error_text(open(&path));
        assert!(error.contains("cut.bin"), "{error}");
        for part in parts {
            assert!(error.contains(part), "{part:?} is not in {error}");
        }
    }
}

#[test]
fn a_bin_that_is_missing_or_a_folder_is_refused_by_name() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("none.bin");
    let error = error_text(open(&missing));
    assert!(
        error.contains("none.bin") && error.contains("nicec dataset build"),
        "{error}"
    );
    let path = folder.path().join("folder.bin");
    fs::create_dir(&path).unwrap();
    let error = error_text(open(&path));
    assert!(
        error.contains("folder.bin") && error.contains("it is a folder"),
        "{error}"
    );
}

#[test]
fn training_on_train_bin_validates_on_val_bin_beside_it() {
    let folder = tempdir().unwrap();
    let train = folder.path().join("train.bin");
    fs::write(&train, vec![1; 3 * BLOCK_SAMPLES]).unwrap();
    fs::write(folder.path().join("val.bin"), vec![2; 2 * BLOCK_SAMPLES]).unwrap();
    // The file and its folder are the same source.
    for path in [train.as_path(), folder.path()] {
        let splits = open(path).unwrap();
        assert_eq!(splits.train.fixed().unwrap(), vec![1; 3 * BLOCK_SAMPLES]);
        assert_eq!(
            splits.validation.fixed().unwrap(),
            vec![2; 2 * BLOCK_SAMPLES]
        );
    }
}

#[test]
fn a_bin_that_is_given_for_validation_is_used_itself() {
    let folder = tempdir().unwrap();
    let train = folder.path().join("train.bin");
    fs::write(&train, vec![1; 3 * BLOCK_SAMPLES]).unwrap();
    fs::write(folder.path().join("val.bin"), vec![2; 2 * BLOCK_SAMPLES]).unwrap();
    for (name, sample, same) in [("train.bin", 1, true), ("val.bin", 2, false)] {
        let validation = source(&folder.path().join(name));
        let splits = nice_data::open(&source(&train), Some(&validation), &OpenOptions::default());
        let splits = splits.unwrap();
        assert_eq!(splits.validation.fixed().unwrap()[0], sample, "{name}");
        let noted = splits
            .notes
            .iter()
            .any(|note| note.contains("the same data"));
        assert_eq!(noted, same, "{name}");
    }
}

#[test]
fn another_bin_has_its_last_twentieth_for_validation() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("blocks.bin");
    let bytes: Vec<u8> = (0..100 * BLOCK_SAMPLES)
        .map(|at| (at / BLOCK_SAMPLES) as u8)
        .collect();
    fs::write(&path, &bytes).unwrap();
    let splits = open(&path).unwrap();
    assert_eq!((splits.train.len(), splits.validation.len()), (95, 5));
    let both = [all_blocks(&splits.train), all_blocks(&splits.validation)].concat();
    assert_eq!(both, bytes);
    assert!(
        splits
            .notes
            .iter()
            .any(|note| note.contains("last 5 blocks"))
    );

    fs::write(&path, &bytes[..2 * BLOCK_SAMPLES]).unwrap();
    let splits = open(&path).unwrap();
    assert_eq!((splits.train.len(), splits.validation.len()), (1, 1));
    fs::write(&path, &bytes[..BLOCK_SAMPLES]).unwrap();
    assert!(error_text(open(&path)).contains("--val"));
}

#[test]
fn fixed_blocks_ignore_the_nonce() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("blocks.bin");
    let bytes: Vec<u8> = (0..4 * BLOCK_SAMPLES).map(|at| (at / 7) as u8).collect();
    fs::write(&path, &bytes).unwrap();
    let set = BlockSet::mapped(BinFile::open(&path).unwrap());
    let ids = [3, 0, 3].map(|index| BlockId {
        index,
        nonce: index * 1_000 + 5,
    });
    let blocks: Vec<&[u8]> = bytes.chunks(BLOCK_SAMPLES).collect();
    assert_eq!(
        gathered(&set, &ids),
        [blocks[3], blocks[0], blocks[3]].concat()
    );
}

#[test]
fn pictures_that_cannot_be_read_are_counted_and_named_and_the_others_are_used() {
    let folder = folder_of_pictures(30);
    fs::write(folder.path().join("broken.png"), "not a picture").unwrap();
    fs::create_dir(folder.path().join("deeper")).unwrap();
    let png = picture_file::to_png(&picture(1, 20, 20)).unwrap();
    fs::write(folder.path().join("deeper/half.png"), &png[..png.len() / 2]).unwrap();
    // Neither is mentioned: one does not have the extension of a picture, and the other is hidden.
    fs::write(folder.path().join("notes.txt"), "hello").unwrap();
    fs::write(folder.path().join("._1.png"), "metadata of another system").unwrap();
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
fn a_folder_without_readable_pictures_is_refused() {
    let folder = tempdir().unwrap();
    let error = error_text(open(folder.path()));
    assert!(error.contains("there are no pictures in"), "{error}");
    fs::write(folder.path().join("broken.png"), "not a picture").unwrap();
    let error = error_text(open(folder.path()));
    assert!(
        error.contains("none of the pictures could be read") && error.contains("broken.png"),
        "{error}"
    );
    let error = error_text(open(&folder.path().join("elsewhere")));
    assert!(error.contains("elsewhere"), "{error}");
}

#[test]
fn a_single_picture_needs_other_data_for_validation() {
    let folder = folder_of_pictures(1);
    assert!(error_text(open(folder.path())).contains("--val"));
    let validation = Source::Synthetic {
        seed: 1,
        pictures: 1,
    };
    let options = OpenOptions::default();
    let splits = nice_data::open(&source(folder.path()), Some(&validation), &options).unwrap();
    assert_eq!(splits.train.len(), 6);
    assert_eq!(splits.validation.len(), 1024);
}

#[cfg(unix)]
#[test]
fn folders_with_circular_links_are_searched_once() {
    let folder = folder_of_pictures(3);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
    let listing = folder::list(folder.path()).unwrap();
    assert_eq!(listing.pictures.len(), 3);
}

/// The names of the pictures for validation, out of `count` pictures that are named `0.png`, `1.png` and so on.
fn for_validation(count: u32) -> BTreeSet<PathBuf> {
    let paths: Vec<PathBuf> = (0..count)
        .map(|number| PathBuf::from(format!("{number}.png")))
        .collect();
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let chosen = folder::is_validation(&borrowed);
    paths
        .into_iter()
        .zip(chosen)
        .filter_map(|(path, chosen)| chosen.then_some(path))
        .collect()
}

#[test]
fn pictures_stay_in_their_split_when_others_are_added() {
    let (few, many) = (for_validation(300), for_validation(1_000));
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
fn both_splits_have_a_picture_however_few_there_are() {
    for count in 2..60 {
        let validated = for_validation(count).len();
        assert!(
            (1..count as usize).contains(&validated),
            "{count}: {validated}"
        );
    }
}

#[test]
fn the_split_is_by_picture() {
    let folder = folder_of_pictures(40);
    let splits = open(folder.path()).unwrap();
    let trained: BTreeSet<&[u8]> = splits.train.pictures().iter().map(Picture::rgb).collect();
    let validated: BTreeSet<Vec<u8>> = (0..40)
        .map(|number| picture(number, 24, 16))
        .filter(|picture| !trained.contains(picture.rgb()))
        .map(|picture| block::grid(&picture))
        .collect();
    let validation: BTreeSet<Vec<u8>> = splits
        .validation
        .fixed()
        .unwrap()
        .chunks(6 * BLOCK_SAMPLES)
        .map(<[u8]>::to_vec)
        .collect();
    assert_eq!(trained.len() + validated.len(), 40);
    assert_eq!(validation, validated);
}

/// Blocks at random positions in pictures of these sizes.
fn at_random(sizes: &[(u32, u32)], seed: u64) -> BlockSet {
    let pictures = sizes
        .iter()
        .zip(0..)
        .map(|(&(width, height), number)| (PathBuf::from("a.png"), picture(number, width, height)))
        .collect();
    BlockSet::at_random(pictures, seed, "the test")
}

proptest! {
    #[test]
    fn an_id_is_always_the_same_block_in_the_picture_that_its_index_selects(
        sizes in prop::collection::vec((1_u32..40, 1_u32..40), 1..6),
        seed: u64,
        nonce: u64,
        index: prop::sample::Index,
    ) {
        let set = at_random(&sizes, seed);
        prop_assert_eq!(set.len(), set.pictures().iter().map(block::count).sum::<usize>());
        let id = BlockId { index: index.index(set.len()) as u64, nonce };
        let position = set.position(id).unwrap();
        let other = set.position(BlockId { nonce: 0, ..id }).unwrap();
        prop_assert_eq!(position.picture, other.picture);
        let before: usize = set.pictures()[..position.picture].iter().map(block::count).sum();
        let own = block::count(&set.pictures()[position.picture]);
        prop_assert!((before..before + own).contains(&(id.index as usize)));

        let mut cut = [0; BLOCK_SAMPLES];
        block::cut_at(&set.pictures()[position.picture], position.x, position.y, &mut cut);
        let ids = [BlockId { nonce: nonce ^ 1, ..id }, id, BlockId { index: 0, nonce: 9 }];
        let together = gathered(&set, &ids);
        prop_assert_eq!(&together[BLOCK_SAMPLES..2 * BLOCK_SAMPLES], &cut[..]);
        prop_assert_eq!(gathered(&at_random(&sizes, seed), &[id]), &cut[..]);
    }
}

#[test]
fn nonces_and_seeds_reach_every_position_about_equally_often() {
    let sizes = [(10, 9)];
    let mut by_nonce = [0; 6];
    let mut by_seed = [0; 6];
    for number in 0..6_000 {
        let count = |counts: &mut [i32; 6], seed, nonce| {
            let position = at_random(&sizes, seed)
                .position(BlockId { index: 1, nonce })
                .unwrap();
            counts[(position.y * 3 + position.x) as usize] += 1;
        };
        count(&mut by_nonce, 0, number);
        count(&mut by_seed, number, 0);
    }
    for count in by_nonce.iter().chain(&by_seed) {
        assert!((850..1_150).contains(count), "{by_nonce:?} {by_seed:?}");
    }
}

#[test]
fn the_blocks_on_the_grid_repeat_the_edge_whatever_the_size() {
    for (width, height) in [(1, 1), (5, 30), (8, 8), (17, 9)] {
        let one = picture(3, width, height);
        let set = BlockSet::on_grid(&[(PathBuf::new(), one.clone())], "the test");
        let (wide, high) = (width.div_ceil(8), height.div_ceil(8));
        assert_eq!(set.len() as u32, wide * high);
        let last = &all_blocks(&set)[(set.len() - 1) * BLOCK_SAMPLES..];
        let corner = &one.rgb()[one.rgb().len() - 3..];
        assert_eq!([last[63], last[127], last[191]], corner);
    }
}

#[test]
fn more_pictures_than_fit_into_memory_are_refused_with_the_next_step() {
    let folder = folder_of_pictures(5);
    let options = OpenOptions {
        memory: 3_000,
        ..OpenOptions::default()
    };
    let error = error_text(nice_data::open(&source(folder.path()), None, &options));
    assert!(error.contains("nicec dataset build"), "{error}");
}

#[test]
fn synthetic_pictures_are_validated_on_others_and_come_with_advice_to_use_photographs() {
    let source: Source = "synthetic:7:3".parse().unwrap();
    let splits = nice_data::open(&source, None, &OpenOptions::default()).unwrap();
    let again = nice_data::open(&source, None, &OpenOptions::default()).unwrap();
    assert!(splits.notes.iter().any(|note| {
        note.contains("3 synthetic pictures") && note.contains("give photographs with --data")
    }));
    assert_eq!(splits.train.pictures(), again.train.pictures());
    assert_eq!(splits.train.pictures().len(), 3);
    let validation = splits.validation.fixed().unwrap();
    assert_eq!(validation, again.validation.fixed().unwrap());
    for picture in splits.train.pictures() {
        assert_ne!(block::grid(picture), validation);
    }
    let other: Source = "synthetic:8:3".parse().unwrap();
    let other = nice_data::open(&other, None, &OpenOptions::default()).unwrap();
    assert_ne!(other.train.pictures(), splits.train.pictures());
}

#[test]
fn a_source_is_parsed_from_what_a_user_types() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("blocks.dat");
    fs::write(&file, [0]).unwrap();
    let file = file.to_str().unwrap();
    let bin = |path: &str| Source::Bin(path.into());
    let synthetic = |seed, pictures| Source::Synthetic { seed, pictures };
    for (typed, expected) in [
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
        assert_eq!(source, expected, "{typed}");
        assert_eq!(source.to_string().parse::<Source>().unwrap(), expected);
    }
    for invalid in [
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
        let error = error_text(invalid.parse::<Source>());
        assert!(error.contains(invalid), "{invalid}: {error}");
    }
}

#[test]
fn all_photographs_are_read_and_cut() {
    let Some(data) = optional("NICE_DATA", "a folder of photographs") else {
        return;
    };
    let splits = open(&data).unwrap();
    assert!(splits.notes.is_empty(), "{:?}", splits.notes);
    let ids: Vec<BlockId> = (0..4_096)
        .map(|nonce| BlockId {
            index: nonce * 7_919 % splits.train.len() as u64,
            nonce,
        })
        .collect();
    let blocks = gathered(&splits.train, &ids);
    let mean = blocks.iter().map(|&v| u64::from(v)).sum::<u64>() / blocks.len() as u64;
    assert!(
        (60..200).contains(&mean),
        "photographs are neither black nor white: {mean}"
    );
}
