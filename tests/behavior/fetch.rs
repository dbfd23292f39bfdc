//! Downloads of `.bin` files and pictures, from servers that cut connections, change files, refuse, and stop sending.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use nice_data::fetch::Fetcher;
use nice_data::remote::Remote;
use nice_decode::BLOCK_SAMPLES;
use tempfile::{TempDir, tempdir};

use crate::fixtures::{blocks, error_text};
use crate::server::{Response, Server, ranged, status, unused_address, whole};

/// An empty cache, and a fetcher that uses it and pauses only briefly between attempts.
pub fn fetcher() -> (TempDir, Fetcher) {
    let cache = tempdir().unwrap();
    let mut fetcher = Fetcher::new(cache.path());
    fetcher.pause = Duration::from_millis(1);
    (cache, fetcher)
}

/// Fetches a URL.
pub fn fetch(fetcher: &Fetcher, url: &str) -> anyhow::Result<PathBuf> {
    fetcher.fetch(&Remote::url(url))
}

/// All files in a folder and its subfolders, except the lock.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files_below(&path));
        } else if !path.ends_with(".lock") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The file in a cache whose name ends like this.
fn cached(cache: &TempDir, ending: &str) -> PathBuf {
    files_below(cache.path())
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(ending))
        .unwrap()
}

/// The path at which an error says to save a download.
pub fn place_to_save(error: &str) -> PathBuf {
    let (_, rest) = error.split_once("save it as ").unwrap();
    let (place, _) = rest.split_once(", or").unwrap();
    place.into()
}

#[test]
fn a_file_is_fetched_once_and_then_found_in_the_cache() {
    let body = blocks(50, 1);
    let sent = body.clone();
    let server = Server::start(move |_| whole(&sent));
    let (cache, fetcher) = fetcher();
    let path = fetch(&fetcher, &server.url("a/train.bin?x=1")).unwrap();
    assert!(path.starts_with(cache.path()) && path.ends_with("train.bin"));
    assert_eq!(fs::read(&path).unwrap(), body);
    assert_eq!(files_below(cache.path()), std::slice::from_ref(&path));
    assert_eq!(
        fetch(&fetcher, &server.url("a/train.bin?x=1")).unwrap(),
        path
    );
    assert_eq!(server.requests().len(), 1);
    // Another URL is another file, even with the same name.
    assert_ne!(fetch(&fetcher, &server.url("b/train.bin")).unwrap(), path);
}

#[test]
fn a_download_continues_where_the_connection_was_cut_however_often() {
    let body = blocks(2_000, 1);
    let sent = body.clone();
    let server = Server::start(move |request| ranged(&sent, "\"v1\"", request).cut(50_000));
    let (_cache, fetcher) = fetcher();
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    let requests = server.requests();
    assert_eq!(requests.len(), 384_000_usize.div_ceil(50_000));
    assert_eq!((requests[0].range, &requests[0].if_range), (None, &None));
    for (request, before) in requests[1..].iter().zip(&requests) {
        assert!(
            request.range > before.range,
            "every attempt continues the last"
        );
        assert_eq!(request.if_range.as_deref(), Some("\"v1\""));
    }
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_file_again() {
    let body = blocks(100, 1);
    let sent = body.clone();
    let server = Server::start(move |request| {
        let response = whole(&sent);
        match request.number {
            0 | 1 => response.cut(10_000 + request.number),
            _ => response,
        }
    });
    let (_cache, fetcher) = fetcher();
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.requests()[2].range, Some(10_001));
}

#[test]
fn the_next_run_continues_what_one_run_received() {
    let body = blocks(100, 1);
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => ranged(&sent, "\"v1\"", request).cut(7_000),
        1..=4 => status(503),
        _ => ranged(&sent, "\"v1\"", request),
    });
    let (cache, fetcher) = fetcher();
    let error = error_text(fetch(&fetcher, &server.url("train.bin")));
    assert!(
        error.contains("503") && error.contains("run the same command again to continue"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 5);
    assert_eq!(
        fs::read(cached(&cache, "train.bin.part")).unwrap(),
        body[..7_000]
    );
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.requests()[5].range, Some(7_000));
    assert_eq!(files_below(cache.path()).len(), 1);
}

#[test]
fn a_part_that_is_complete_is_not_requested_again() {
    let body = blocks(10, 1);
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => ranged(&sent, "\"v1\"", request).cut(1_900),
        _ => status(503),
    });
    let (cache, fetcher) = fetcher();
    error_text(fetch(&fetcher, &server.url("train.bin")));
    fs::write(cached(&cache, "train.bin.part"), &body).unwrap();
    let requests = server.requests().len();
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.requests().len(), requests);
}

#[test]
fn a_part_without_its_version_or_longer_than_the_file_is_discarded() {
    for damage in ["part.json", "part"] {
        let body = blocks(10, 1);
        let sent = body.clone();
        let server = Server::start(move |request| match request.number {
            0 => ranged(&sent, "\"v1\"", request).cut(1_000),
            1..=4 => status(503),
            _ => ranged(&sent, "\"v1\"", request),
        });
        let (cache, fetcher) = fetcher();
        error_text(fetch(&fetcher, &server.url("train.bin")));
        fs::write(cached(&cache, damage), vec![b'x'; 5_000]).unwrap();
        let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
        assert_eq!(fs::read(path).unwrap(), body);
        assert_eq!(server.requests()[5].range, None);
    }
}

#[test]
fn a_file_that_changed_on_the_server_is_fetched_again_and_never_mixed() {
    let (old, new) = (blocks(100, 1), vec![7; 100 * BLOCK_SAMPLES]);
    // A correct server sends the whole new version, since the condition does not hold. Others ignore the condition, and send the
    // range of the new version.
    for ignores_condition in [false, true] {
        let (old, sent) = (old.clone(), new.clone());
        let server = Server::start(move |request| match request.number {
            0 => ranged(&old, "\"v1\"", request).cut(9_000),
            _ => {
                let mut request = request.clone();
                if ignores_condition {
                    request.if_range = None;
                }
                ranged(&sent, "\"v2\"", &request)
            }
        });
        let (_cache, fetcher) = fetcher();
        let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
        assert_eq!(fs::read(path).unwrap(), new);
        let requests = server.requests();
        assert_eq!(requests[1].if_range.as_deref(), Some("\"v1\""));
        assert_eq!(requests.len(), if ignores_condition { 3 } else { 2 });
    }
}

#[test]
fn without_an_etag_a_changed_file_is_noticed_by_its_length() {
    let (old, new) = (blocks(100, 1), vec![7; 101 * BLOCK_SAMPLES]);
    let sent = new.clone();
    let server = Server::start(move |request| {
        let body = if request.number == 0 { &old } else { &sent };
        let mut response = ranged(body, "", request);
        response.headers.retain(|(name, _)| *name != "ETag");
        if request.number == 0 {
            response = response.cut(9_000);
        }
        response
    });
    let (_cache, fetcher) = fetcher();
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), new);
}

#[test]
fn a_range_other_than_the_requested_one_is_not_used() {
    let body = blocks(100, 1);
    let sent = body.clone();
    let server = Server::start(move |request| match request.range {
        Some(from) => {
            let mut request = request.clone();
            request.range = Some(from - 10);
            ranged(&sent, "\"v1\"", &request)
        }
        None if request.number == 0 => ranged(&sent, "\"v1\"", request).cut(9_000),
        None => ranged(&sent, "\"v1\"", request),
    });
    let (_cache, fetcher) = fetcher();
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
}

#[test]
fn after_5_attempts_that_send_less_than_announced_the_download_fails() {
    let server = Server::start(|_| whole(&blocks(10, 1)).cut(1_900));
    let (cache, fetcher) = fetcher();
    let error = error_text(fetch(&fetcher, &server.url("train.bin")));
    assert!(
        error.contains("1,900") && error.contains("gave up after 5 failed attempts"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 5);
    assert!(!files_below(cache.path())[0].ends_with("train.bin"));
}

#[test]
fn a_server_that_stops_sending_is_treated_like_a_closed_connection() {
    let body = blocks(100, 1);
    let sent = body.clone();
    let server = Server::start(move |request| {
        let response = ranged(&sent, "\"v1\"", request);
        match request.number {
            0 => Response {
                silence: Duration::from_secs(20),
                ..response.cut(9_000)
            },
            _ => response,
        }
    });
    let (_cache, mut fetcher) = fetcher();
    fetcher.timeout = Duration::from_millis(300);
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.requests()[1].range, Some(9_000));
}

#[test]
fn a_busy_server_is_asked_again() {
    let server = Server::start(|request| match request.number {
        0 => status(503),
        1 => status(429),
        _ => whole(&blocks(10, 1)),
    });
    let (_cache, fetcher) = fetcher();
    fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_file_that_does_not_exist_or_is_forbidden_is_requested_once() {
    for (code, part) in [(404, "there is nothing at"), (403, "in a browser")] {
        let server = Server::start(move |_| status(code));
        let (cache, fetcher) = fetcher();
        let error = error_text(fetch(&fetcher, &server.url("train.bin")));
        assert!(error.contains(part), "{error}");
        assert!(error.contains(&code.to_string()), "{error}");
        assert!(error.contains(&server.url("train.bin")), "{error}");
        assert_eq!(server.requests().len(), 1);
        assert!(files_below(cache.path()).is_empty());
    }
}

#[test]
fn redirects_are_followed_when_a_download_continues_as_well() {
    let body = blocks(100, 1);
    let sent = body.clone();
    let elsewhere = Server::start(move |request| {
        let response = ranged(&sent, "\"v1\"", request);
        match request.number {
            0 => response.cut(5_000),
            _ => response,
        }
    });
    let to = elsewhere.url("signed/blob");
    let server = Server::start(move |_| status(302).with("Location", to.clone()));
    let (_cache, fetcher) = fetcher();
    let path = fetch(&fetcher, &server.url("train.bin")).unwrap();
    assert!(path.ends_with("train.bin"));
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(elsewhere.requests()[1].range, Some(5_000));
}

#[test]
fn circular_redirects_are_an_error() {
    let server = Server::start(|_| status(302).with("Location", "/train.bin"));
    let (_cache, fetcher) = fetcher();
    let error = error_text(fetch(&fetcher, &server.url("train.bin")));
    assert!(error.contains("redirect"), "{error}");
}

#[test]
fn a_web_page_instead_of_data_is_refused_and_not_kept() {
    let server = Server::start(|_| whole(b"<!DOCTYPE html><title>Sign in</title>"));
    let (cache, fetcher) = fetcher();
    let kaggle = Remote::kaggle("owner/set", &server.address).unwrap();
    for error in [
        error_text(fetch(&fetcher, &server.url("a"))),
        error_text(fetch(&fetcher, &server.url("a.tga"))),
        error_text(fetcher.fetch(&kaggle)),
    ] {
        assert!(
            error.contains("<!DOCTYPE html>") && error.contains("browser"),
            "{error}"
        );
    }
    let error = error_text(fetch(&fetcher, &server.url("train.bin")));
    assert!(
        error.contains("train.bin") && error.contains("37 more bytes"),
        "{error}"
    );
    assert!(files_below(cache.path()).is_empty());
}

#[test]
fn without_a_network_the_error_says_where_to_save_the_file_and_a_file_there_is_used() {
    let (cache, fetcher) = fetcher();
    let url = format!("{}/train.bin", unused_address());
    let error = error_text(fetch(&fetcher, &url));
    for part in [
        "127.0.0.1",
        "cannot be reached",
        &format!("download {url} in a browser"),
        "local file or folder",
    ] {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
    let place = place_to_save(&error);
    assert!(place.starts_with(cache.path()));
    fs::write(&place, blocks(3, 1)).unwrap();
    assert_eq!(fetch(&fetcher, &url).unwrap(), place);
}

#[test]
fn a_cache_that_cannot_be_created_is_named_with_the_ways_to_choose_another() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let error = error_text(fetch(&Fetcher::new(&file), "http://a.example/train.bin"));
    assert!(
        error.contains("file") && error.contains("--cache") && error.contains("NICE_CACHE"),
        "{error}"
    );
}

#[test]
fn several_that_fetch_the_same_file_at_once_request_it_once() {
    let server = Server::start(|_| {
        thread::sleep(Duration::from_millis(100));
        whole(&blocks(1_000, 1))
    });
    let (_cache, fetcher) = fetcher();
    let url = server.url("train.bin");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let path = fetch(&fetcher, &url).unwrap();
                assert_eq!(fs::read(path).unwrap(), blocks(1_000, 1));
            });
        }
    });
    assert_eq!(server.requests().len(), 1);
}
