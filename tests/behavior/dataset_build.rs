//! `nicec dataset build`: cuts the pictures in a folder into a `.bin` file of blocks.

use std::fs;
use std::path::Path;

use nice_data::bin::BinFile;
use nice_decode::BLOCK_SAMPLES;
use nice_encode::block;
use tempfile::tempdir;

use crate::fixtures::{error_text, folder_of_pictures, nicec, text, write_picture};

#[test]
fn a_built_bin_has_the_grid_of_every_picture_in_order() {
    let folder = tempdir().unwrap();
    let sizes = [(24, 16), (9, 9), (3, 2), (8, 8)];
    let mut expected = Vec::new();
    for (number, (width, height)) in (0..).zip(sizes) {
        let path = folder.path().join(format!("{number}.png"));
        let picture = write_picture(&path, number, width, height);
        expected.extend(block::grid(&picture));
    }
    fs::write(folder.path().join("x.png"), "not a picture").unwrap();
    let file = folder.path().join("out.bin");
    let args = ["dataset", "build", text(folder.path()), "-o", text(&file)];
    let printed = nicec(&args).unwrap();
    assert!(
        printed.contains("12 blocks of 4 pictures") && printed.contains("x.png"),
        "{printed}"
    );
    let bin = BinFile::open(&file).unwrap();
    assert_eq!(bin.bytes(), expected);

    let json = nicec(&[&args[..], &["--json"]].concat()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["blocks"], 12);
    assert_eq!(json["bytes"], 12 * 192);
    assert_eq!(json["pictures"], 4);
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 1);
}

#[test]
fn random_positions_only_depend_on_the_seed_and_the_names_in_the_folder() {
    let (here, there) = (folder_of_pictures(3), folder_of_pictures(3));
    let out = tempdir().unwrap();
    let build = |folder: &Path, more: &[&str]| {
        let file = out.path().join("out.bin");
        let args = ["dataset", "build", text(folder), "-o", text(&file)];
        nicec(&[&args[..], more].concat()).unwrap();
        fs::read(file).unwrap()
    };
    let first = build(here.path(), &["--random"]);
    assert_eq!(first.len(), 3 * 6 * BLOCK_SAMPLES);
    assert_eq!(first, build(there.path(), &["--random", "--seed", "0"]));
    assert_ne!(first, build(here.path(), &["--random", "--seed", "1"]));
    let many = build(here.path(), &["--per-picture", "50"]);
    assert_eq!(many.len(), 3 * 50 * BLOCK_SAMPLES);
    assert_eq!(many[..6 * BLOCK_SAMPLES], first[..6 * BLOCK_SAMPLES]);
}

#[test]
fn a_bin_that_cannot_be_written_leaves_an_existing_one_and_no_other_file() {
    let folder = folder_of_pictures(2);
    let out = tempdir().unwrap();
    let build = |from: &Path, to: &Path| {
        error_text(nicec(&["dataset", "build", text(from), "-o", text(to)]))
    };
    let error = build(folder.path(), out.path());
    assert!(error.contains("is a folder"), "{error}");
    let error = build(folder.path(), &out.path().join("none/out.bin"));
    assert!(error.contains("there is no folder"), "{error}");
    if cfg!(target_os = "linux") {
        let error = build(folder.path(), Path::new("/dev/full"));
        assert!(
            error.contains("/dev/full") && error.contains("No space"),
            "{error}"
        );
    }

    let old = out.path().join("old.bin");
    fs::write(&old, "old").unwrap();
    let broken = tempdir().unwrap();
    fs::write(broken.path().join("a.png"), "not a picture").unwrap();
    let error = build(broken.path(), &old);
    assert!(error.contains("none of the pictures"), "{error}");
    assert_eq!(fs::read(&old).unwrap(), b"old");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
}
