//! Downloaded zip archives, which are not trusted: they are unpacked within limits and into one folder, or not at all.

use std::fs;
use std::io::{Cursor, Write};

use nice_data::remote::Remote;
use nice_encode::Picture;
use tempfile::tempdir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::fetch::{fetch, fetcher, files_below, place_to_save};
use crate::fixtures::{blocks, error_text, nicec, text};
use crate::server::{Server, ranged, status, unannounced, unused_address, whole};

/// A zip archive of uncompressed files, whatever their names are.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, contents) in files {
        zip.start_file(name, options).unwrap();
        zip.write_all(contents).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Asserts that an archive is refused with an error that has these parts, and that nothing but the archive is left.
fn refused_with(archive: Vec<u8>, parts: &[&str]) {
    let server = Server::start(move |_| whole(&archive));
    let (cache, fetcher) = fetcher();
    let error = error_text(fetch(&fetcher, &server.url("set.zip")));
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
    let left = files_below(cache.path());
    assert!(
        left.iter().all(|path| path.ends_with("set.zip")),
        "{left:?}"
    );
}

#[test]
fn a_data_set_of_kaggle_is_fetched_once_and_unpacked() {
    let zip = archive(&[
        ("train.bin", &blocks(40, 1)),
        ("val.bin", &blocks(4, 2)),
        ("readme.txt", b"hello"),
    ]);
    let blob = Server::start(move |request| {
        let response = ranged(&zip, "\"v1\"", request);
        match request.number {
            0 => response.cut(2_000),
            _ => response,
        }
    });
    let to = blob.url("signed");
    let kaggle = Server::start(move |_| status(302).with("Location", to.clone()));
    let (cache, fetcher) = fetcher();
    let base = format!("{}/", kaggle.address);
    let remote = Remote::kaggle("tay10r/image-block-compression", &base).unwrap();
    for _ in 0..2 {
        let folder = fetcher.fetch(&remote).unwrap();
        assert_eq!(fs::read(folder.join("train.bin")).unwrap(), blocks(40, 1));
        assert_eq!(fs::read(folder.join("val.bin")).unwrap(), blocks(4, 2));
    }
    let requests = kaggle.requests();
    assert_eq!(requests.len(), 2, "one was cut, and one continued");
    assert_eq!(
        requests[0].path,
        "/api/v1/datasets/download/tay10r/image-block-compression"
    );
    let names: Vec<_> = files_below(cache.path())
        .iter()
        .map(|path| path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["train.bin", "val.bin"]);
}

#[test]
fn an_archive_without_its_end_is_fetched_again_and_not_kept() {
    let zip = archive(&[("train.bin", &blocks(40, 1))]);
    let whole_zip = zip.clone();
    let server = Server::start(move |request| match request.number {
        0 | 1 => unannounced(&zip[..zip.len() / 2]),
        _ => unannounced(&zip),
    });
    let (_cache, fetcher) = fetcher();
    let folder = fetch(&fetcher, &server.url("set.zip")).unwrap();
    assert_eq!(fs::read(folder.join("train.bin")).unwrap(), blocks(40, 1));
    assert_eq!(server.requests().len(), 3);

    let half = whole_zip[..whole_zip.len() / 2].to_vec();
    let server = Server::start(move |_| unannounced(&half));
    let (cache, fetcher) = self::fetcher();
    let error = error_text(fetch(&fetcher, &server.url("set.zip")));
    assert!(error.contains("before the end of the archive"), "{error}");
    assert_eq!(
        files_below(cache.path()),
        [""; 0].map(std::path::PathBuf::from)
    );
}

#[test]
fn redirects_without_end_are_not_taken_for_a_server_that_is_not_there() {
    let server = Server::start(|_| status(302).with("Location", "/again"));
    let (_cache, fetcher) = fetcher();
    let error = error_text(fetch(&fetcher, &server.url("set.zip")));
    assert!(
        error.contains("does not send the file") && !error.contains("cannot be reached"),
        "{error}"
    );
}

#[test]
fn an_archive_that_a_person_saved_in_the_cache_is_unpacked_and_kept() {
    let (_cache, fetcher) = fetcher();
    let remote = Remote::kaggle("owner/set", &unused_address()).unwrap();
    let error = error_text(fetcher.fetch(&remote));
    assert!(
        error.contains("https://www.kaggle.com/datasets/owner/set"),
        "{error}"
    );
    let place = place_to_save(&error);
    fs::write(&place, "not yet an archive").unwrap();
    let error = error_text(fetcher.fetch(&remote));
    assert!(
        error.contains("is not a zip archive") && error.contains(text(&place)),
        "{error}"
    );
    fs::write(&place, archive(&[("train.bin", &blocks(9, 1))])).unwrap();
    let unpacked = fetcher.fetch(&remote).unwrap();
    assert_eq!(fs::read(unpacked.join("train.bin")).unwrap(), blocks(9, 1));
    assert!(place.is_file());
}

#[test]
fn a_folder_of_pictures_in_an_archive_is_a_data_set() {
    let png = |value| {
        let picture = Picture::new(8, 8, vec![value; 192]).unwrap();
        nice_data::picture_file::to_png(&picture).unwrap()
    };
    let zip = archive(&[
        ("photos/a.png", &png(0)),
        ("photos/deep/b.png", &png(1)),
        ("__MACOSX/photos/._a.png", b"nothing"),
    ]);
    let server = Server::start(move |_| whole(&zip));
    let (cache, fetcher) = fetcher();
    let url = server.url("photos.zip");
    fetch(&fetcher, &url).unwrap();
    let options = nice_data::OpenOptions {
        cache: cache.path().to_path_buf(),
        ..Default::default()
    };
    let splits = nice_data::open(&url.parse().unwrap(), None, &options).unwrap();
    assert_eq!((splits.train.len(), splits.validation.len()), (1, 1));
}

#[test]
fn an_archive_with_an_entry_outside_its_folder_is_refused_as_a_whole() {
    let inside = blocks(2, 1);
    for (outside, contents) in [
        ("../outside.bin", &inside[..]),
        ("a/../../outside.bin", &inside),
        ("/tmp/outside.bin", &inside),
        ("..\\outside.bin", &inside),
        ("C:\\outside.bin", &inside),
        // An entry that would not be unpacked.
        ("../outside.txt", b"hello"),
    ] {
        let zip = archive(&[("train.bin", &inside), (outside, contents)]);
        refused_with(zip, &["refusing to unpack", &format!("{outside:?}")]);
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.start_file("train.bin", options).unwrap();
    zip.write_all(&inside).unwrap();
    zip.add_symlink("link.bin", "/etc/passwd", options).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    refused_with(zip, &["refusing to unpack", "\"link.bin\""]);
}

#[test]
fn an_archive_that_declares_far_more_than_its_size_is_refused() {
    let mut zip = archive(&[("a.bin", &blocks(2, 1)), ("b.bin", &blocks(2, 2))]);
    // The declared size is at offset 22 of the header before a file, and 24 of the one in the directory.
    for (signature, offset) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let headers: Vec<usize> = (0..zip.len() - 4)
            .filter(|&at| zip[at..].starts_with(signature))
            .collect();
        assert_eq!(headers.len(), 2);
        for at in headers {
            zip[at + offset..][..4].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
        }
    }
    refused_with(zip, &["8.00 GiB", "1.00 GiB"]);
}

#[test]
fn a_damaged_archive_leaves_no_folder_behind() {
    let train = blocks(2, 1);
    let mut damaged = archive(&[("val.bin", &blocks(1, 2)), ("train.bin", &train)]);
    let at = damaged
        .windows(train.len())
        .position(|window| window == train)
        .unwrap();
    damaged[at + 100] ^= 1;
    let mut truncated = damaged.clone();
    truncated.truncate(300);
    for zip in [damaged, truncated] {
        refused_with(zip, &["set.zip", "fetch it again"]);
    }
}

#[test]
fn an_archive_without_data_is_refused() {
    let zip = archive(&[("readme.txt", b"hello")]);
    refused_with(zip, &["there are neither .bin files nor pictures in"]);
}

#[test]
fn the_command_prints_the_path_of_the_data() {
    let zip = archive(&[("train.bin", &blocks(4, 1)), ("val.bin", &blocks(2, 2))]);
    let server = Server::start(move |_| whole(&zip));
    let cache = tempdir().unwrap();
    let args = [
        "dataset",
        "fetch",
        "kaggle:owner/set",
        "--cache",
        text(cache.path()),
        "--base",
        &server.address,
    ];
    let printed = nicec(&args).unwrap();
    let folder = std::path::Path::new(printed.trim_end());
    assert_eq!(fs::read(folder.join("train.bin")).unwrap(), blocks(4, 1));
    let json = nicec(&[&args[..], &["--json"]].concat()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["path"], text(folder));
    for (source, part) in [
        ("photos", "is not a URL"),
        ("synthetic", "nothing to fetch"),
    ] {
        let error = error_text(nicec(&["dataset", "fetch", source]));
        assert!(error.contains(part), "{error}");
    }
}
