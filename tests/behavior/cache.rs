//! Remote data sets and pictures are opened only from the cache; `nicec dataset fetch` puts them there.

use std::fs;
use std::path::Path;

use nice_data::remote::Remote;
use nice_data::{OpenOptions, Source, open, open_picture, picture_file};
use tempfile::tempdir;

use crate::archive::archive;
use crate::fetch::{fetch, fetcher, files_below, place_to_save};
use crate::fixtures::{blocks, error_text, host_train_process, nicec, picture, text};
use crate::server::{Server, status, unused_address, whole};

/// Options with a cache, and a server instead of Kaggle.
fn options(cache: &Path, kaggle_base: &str) -> OpenOptions {
    OpenOptions {
        cache: cache.to_path_buf(),
        kaggle_base: kaggle_base.to_owned(),
        ..OpenOptions::default()
    }
}

/// Asserts that an error says that a source is not in the cache and how to fetch it, and runs that command.
fn run_the_fetch_that_is_named_in(error: &str, source: &str, cache: &Path, kaggle_base: &str) {
    let missing = format!("{source} is not in the cache {}", text(cache));
    assert!(error.contains(&missing), "{error}");
    let (_, command) = error.split_once('`').unwrap();
    let (command, _) = command.split_once('`').unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words, ["nicec", "dataset", "fetch", source]);
    let more = ["--cache", text(cache), "--base", kaggle_base];
    nicec(&[&words[1..], &more].concat()).unwrap();
}

#[test]
fn opening_never_fetches_and_says_how_to_fetch() {
    let zip = archive(&[("train.bin", &blocks(40, 1)), ("val.bin", &blocks(4, 2))]);
    let server = Server::start(move |request| {
        if request.path.ends_with(".bin") {
            whole(&blocks(20, 3))
        } else {
            whole(&zip)
        }
    });
    let cache = tempdir().unwrap();
    let options = options(cache.path(), &server.address);
    for (typed, train, validation) in [
        (server.url("blocks.bin").as_str(), blocks(19, 3), None),
        (&server.url("set.zip"), blocks(40, 1), Some(blocks(4, 2))),
        ("kaggle:owner/set", blocks(40, 1), Some(blocks(4, 2))),
    ] {
        let before = server.requests().len();
        let source: Source = typed.parse().unwrap();
        let error = error_text(open(&source, None, &options));
        let as_validation = open(&Source::default(), Some(&source), &options);
        assert_eq!(error_text(as_validation), error);
        assert_eq!(server.requests().len(), before);

        run_the_fetch_that_is_named_in(&error, typed, cache.path(), &server.address);
        for _ in 0..2 {
            let splits = open(&source, None, &options).unwrap();
            assert_eq!(splits.train.fixed().unwrap(), train);
            if let Some(validation) = &validation {
                assert_eq!(splits.validation.fixed().unwrap(), validation);
            }
        }
        assert_eq!(server.requests().len(), before + 1);
    }
}

#[test]
fn a_picture_is_opened_by_its_url_once_it_is_in_the_cache() {
    let picture = picture(1, 9, 8);
    let png = picture_file::to_png(&picture).unwrap();
    let server = Server::start(move |_| whole(&png));
    let cache = tempdir().unwrap();
    let options = options(cache.path(), &server.address);
    // A URL need not have the extension of a picture.
    for path in ["baboon.png", "picture?of=baboon"] {
        let url = server.url(path);
        let before = server.requests().len();
        let error = error_text(open_picture(&url, &options));
        assert_eq!(server.requests().len(), before);
        run_the_fetch_that_is_named_in(&error, &url, cache.path(), &server.address);
        assert_eq!(open_picture(&url, &options).unwrap(), picture);
    }
}

#[test]
fn an_unfinished_download_is_not_opened() {
    let server = Server::start(|request| match request.number {
        0 => whole(&blocks(10, 1)).cut(5 * 192),
        _ => status(503),
    });
    let (cache, fetcher) = fetcher();
    let url = server.url("train.bin");
    error_text(fetch(&fetcher, &url));
    assert!(!files_below(cache.path()).is_empty());
    let options = options(cache.path(), &server.address);
    let error = error_text(open(&url.parse().unwrap(), None, &options));
    assert!(error.contains("is not in the cache"), "{error}");
}

#[test]
fn a_file_that_a_person_saved_in_the_cache_is_opened_like_a_download() {
    let (cache, fetcher) = fetcher();
    let url = format!("{}/train.bin", unused_address());
    let place = place_to_save(&error_text(fetch(&fetcher, &url)));
    fs::write(&place, blocks(3, 1)).unwrap();
    let options = options(cache.path(), &unused_address());
    let splits = open(&url.parse().unwrap(), None, &options).unwrap();
    assert_eq!(splits.train.fixed().unwrap(), blocks(2, 1));
}

#[test]
fn an_archive_that_a_person_saved_in_the_cache_is_not_opened_before_it_is_unpacked() {
    let (cache, fetcher) = fetcher();
    let base = unused_address();
    let remote = Remote::kaggle("owner/set", &base).unwrap();
    let place = place_to_save(&error_text(fetcher.fetch(&remote)));
    let options = options(cache.path(), &base);
    let source: Source = "kaggle:owner/set".parse().unwrap();
    fs::write(&place, "not yet an archive").unwrap();
    let error = error_text(open(&source, None, &options));
    assert!(
        error.contains("is not a zip archive") && error.contains(text(&place)),
        "{error}"
    );
    fs::write(&place, archive(&[("train.bin", &blocks(20, 1))])).unwrap();
    let error = error_text(open(&source, None, &options));
    run_the_fetch_that_is_named_in(&error, "kaggle:owner/set", cache.path(), &base);
    let splits = open(&source, None, &options).unwrap();
    assert_eq!(splits.train.fixed().unwrap(), blocks(19, 1));
    assert!(place.is_file());
}

#[test]
fn host_train_trains_on_what_was_fetched_and_fetches_nothing() {
    let zip = archive(&[("train.bin", &blocks(200, 1)), ("val.bin", &blocks(20, 2))]);
    let png = picture_file::to_png(&picture(1, 64, 48)).unwrap();
    let server = Server::start(move |request| {
        if request.path.ends_with(".png") {
            whole(&png)
        } else {
            whole(&zip)
        }
    });
    let folder = tempdir().unwrap();
    let (cache, run) = (folder.path().join("cache"), folder.path().join("run"));
    let demo = server.url("demo.png");
    let train = || {
        let mut args = vec!["--data", "kaggle:owner/set", "--demo", &demo];
        args.extend(["--out", text(&run), "--device", "cpu", "--arch", "mlp"]);
        args.extend(["--encoder-hidden", "8", "--decoder-hidden", "8"]);
        args.extend(["--steps", "2", "--batch", "32", "--effort", "0"]);
        host_train_process(&args)
            .env("NICE_CACHE", &cache)
            .env("NICE_KAGGLE_BASE", &server.address)
            .output()
            .unwrap()
    };
    for missing in [demo.as_str(), "kaggle:owner/set"] {
        let output = train();
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with("error: "), "{error}");
        assert!(!run.exists());
        run_the_fetch_that_is_named_in(&error, missing, &cache, &server.address);
    }
    let output = train();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(
        printed.contains("training on 200 blocks") && printed.contains("validating on 20 blocks"),
        "{printed}"
    );
    assert!(run.join("decoder.nicem").is_file());
    assert_eq!(server.requests().len(), 2);
}
