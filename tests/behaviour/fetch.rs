//! Data sets from the network, against a server on this machine that cuts, lies, moves and refuses on request.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use tools::blocks::BLOCK_BYTES;
use tools::dataset::fetch::Fetcher;
use tools::dataset::{self, OpenOptions, Source};
use tools::picture::Picture;

use crate::kit::{complaint, nice};

/// What a client asked for.
#[derive(Clone, Debug)]
struct Request {
    path: String,
    range: Option<usize>,
    if_range: Option<String>,
    /// How many requests came before.
    number: usize,
}

/// What the server does about it.
#[derive(Clone, Default)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// The length to announce, when it is not that of the body.
    announced: Option<usize>,
    /// Say nothing for so long once all is sent, instead of hanging up.
    silent: Duration,
}

impl Reply {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Announces all of the body and hangs up after `length` bytes of it.
    fn cut(mut self, length: usize) -> Self {
        self.announced.get_or_insert(self.body.len());
        self.body.truncate(length);
        self
    }
}

fn status(status: u16) -> Reply {
    Reply {
        status,
        ..Reply::default()
    }
}

fn whole(body: &[u8]) -> Reply {
    Reply {
        body: body.to_vec(),
        ..status(200)
    }
}

/// Honours the range of a request, as long as its condition holds.
fn ranged(body: &[u8], etag: &str, request: &Request) -> Reply {
    let holds = request.if_range.as_deref().is_none_or(|sent| sent == etag);
    let reply = match request.range {
        Some(from) if from >= body.len() => {
            status(416).with("Content-Range", format!("bytes */{}", body.len()))
        }
        Some(from) if holds => Reply {
            status: 206,
            ..whole(&body[from..])
        }
        .with(
            "Content-Range",
            format!("bytes {from}-{}/{}", body.len() - 1, body.len()),
        ),
        _ => whole(body),
    };
    reply.with("ETag", etag)
}

/// A server that answers each connection once, and remembers what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                thread::spawn(move || serve(stream, &*answer, &log));
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

/// A client that goes away is no failure of the server, so errors end the conversation and nothing else.
fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Reply,
    log: &Mutex<Vec<Request>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    let mut request = Request {
        path: first.split(' ').nth(1)?.to_owned(),
        range: None,
        if_range: None,
        number: 0,
    };
    loop {
        let line = lines.next()?.ok()?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => {
                let from = value.strip_prefix("bytes=")?.strip_suffix('-')?;
                request.range = from.parse().ok();
            }
            "if-range" => request.if_range = Some(value.to_owned()),
            _ => {}
        }
    }
    {
        let mut log = log.lock().unwrap();
        request.number = log.len();
        log.push(request.clone());
    }
    let reply = answer(&request);
    let length = reply.announced.unwrap_or(reply.body.len());
    let mut head = format!(
        "HTTP/1.1 {} So\r\nContent-Length: {length}\r\nConnection: close\r\n",
        reply.status
    );
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&reply.body).ok()?;
    thread::sleep(reply.silent);
    stream.shutdown(Shutdown::Both).ok()
}

/// An address where nobody answers.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A cache of its own, and a fetcher that does not wait long.
fn fetcher() -> (TempDir, Fetcher) {
    let cache = tempdir().unwrap();
    let mut fetcher = Fetcher::new(cache.path());
    fetcher.pause = Duration::from_millis(1);
    (cache, fetcher)
}

fn blocks(count: usize) -> Vec<u8> {
    (0..count * BLOCK_BYTES)
        .map(|at| ((at * 31) >> 5) as u8)
        .collect()
}

/// All files below a folder, but for the lock.
fn files_below(folder: &Path) -> Vec<PathBuf> {
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

/// The file in the cache whose name ends so.
fn cached(cache: &TempDir, ending: &str) -> PathBuf {
    files_below(cache.path())
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(ending))
        .unwrap()
}

#[test]
fn a_file_is_fetched_once_and_then_lies_in_the_cache() {
    let body = blocks(50);
    let sent = body.clone();
    let server = Server::start(move |_| whole(&sent));
    let (cache, fetcher) = fetcher();
    let path = fetcher.url(&server.url("a/train.bin?x=1")).unwrap();
    assert!(path.starts_with(cache.path()) && path.ends_with("train.bin"));
    assert_eq!(fs::read(&path).unwrap(), body);
    assert_eq!(files_below(cache.path()), std::slice::from_ref(&path));
    assert_eq!(fetcher.url(&server.url("a/train.bin?x=1")).unwrap(), path);
    assert_eq!(server.asked().len(), 1);
    // Another address is another file, even of the same name.
    assert_ne!(fetcher.url(&server.url("b/train.bin")).unwrap(), path);
}

#[test]
fn a_connection_cut_again_and_again_is_resumed_where_it_ended() {
    let body = blocks(2_000);
    let sent = body.clone();
    let server = Server::start(move |request| ranged(&sent, "\"v1\"", request).cut(50_000));
    let (_cache, fetcher) = fetcher();
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    let asked = server.asked();
    assert_eq!(asked.len(), 384_000_usize.div_ceil(50_000));
    assert_eq!((asked[0].range, &asked[0].if_range), (None, &None));
    for (request, before) in asked[1..].iter().zip(&asked) {
        assert!(request.range > before.range, "every attempt gets further");
        assert_eq!(request.if_range.as_deref(), Some("\"v1\""));
    }
}

#[test]
fn a_server_that_knows_no_ranges_is_asked_for_all_of_it_again() {
    let body = blocks(100);
    let sent = body.clone();
    let server = Server::start(move |request| {
        let reply = whole(&sent);
        match request.number {
            0 | 1 => reply.cut(10_000 + request.number),
            _ => reply,
        }
    });
    let (_cache, fetcher) = fetcher();
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.asked()[2].range, Some(10_001));
}

#[test]
fn what_one_run_received_is_where_the_next_goes_on() {
    let body = blocks(100);
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => ranged(&sent, "\"v1\"", request).cut(7_000),
        1..=4 => status(503),
        _ => ranged(&sent, "\"v1\"", request),
    });
    let (cache, fetcher) = fetcher();
    let text = complaint(fetcher.url(&server.url("train.bin")));
    assert!(
        text.contains("503") && text.contains("goes on from there"),
        "{text}"
    );
    assert_eq!(server.asked().len(), 5);
    assert_eq!(
        fs::read(cached(&cache, "train.bin.part")).unwrap(),
        body[..7_000]
    );
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.asked()[5].range, Some(7_000));
    assert_eq!(files_below(cache.path()).len(), 1);
}

#[test]
fn a_part_that_was_complete_when_the_last_run_ended_is_not_asked_for_again() {
    let body = blocks(10);
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => ranged(&sent, "\"v1\"", request).cut(1_900),
        _ => status(503),
    });
    let (cache, fetcher) = fetcher();
    complaint(fetcher.url(&server.url("train.bin")));
    fs::write(cached(&cache, "train.bin.part"), &body).unwrap();
    let asked = server.asked().len();
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn a_part_without_its_description_or_longer_than_the_file_is_thrown_away() {
    for damage in ["part.json", "part"] {
        let body = blocks(10);
        let sent = body.clone();
        let server = Server::start(move |request| match request.number {
            0 => ranged(&sent, "\"v1\"", request).cut(1_000),
            1..=4 => status(503),
            _ => ranged(&sent, "\"v1\"", request),
        });
        let (cache, fetcher) = fetcher();
        complaint(fetcher.url(&server.url("train.bin")));
        fs::write(cached(&cache, damage), vec![b'x'; 5_000]).unwrap();
        let path = fetcher.url(&server.url("train.bin")).unwrap();
        assert_eq!(fs::read(path).unwrap(), body);
        assert_eq!(server.asked()[5].range, None);
    }
}

#[test]
fn a_file_that_changed_on_the_server_is_fetched_anew_and_never_mixed() {
    let (old, new) = (blocks(100), vec![7; 100 * BLOCK_BYTES]);
    // As a server should: all of the new version, because the condition does not hold.
    // As one may: the range of the new version, whatever the condition says.
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
        let path = fetcher.url(&server.url("train.bin")).unwrap();
        assert_eq!(fs::read(path).unwrap(), new);
        let asked = server.asked();
        assert_eq!(asked[1].if_range.as_deref(), Some("\"v1\""));
        assert_eq!(asked.len(), if ignores_condition { 3 } else { 2 });
    }
}

#[test]
fn without_an_etag_another_length_tells_that_the_file_changed() {
    let (old, new) = (blocks(100), vec![7; 101 * BLOCK_BYTES]);
    let sent = new.clone();
    let server = Server::start(move |request| {
        let body = if request.number == 0 { &old } else { &sent };
        let mut reply = ranged(body, "", request);
        reply.headers.retain(|(name, _)| *name != "ETag");
        if request.number == 0 {
            reply = reply.cut(9_000);
        }
        reply
    });
    let (_cache, fetcher) = fetcher();
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), new);
}

#[test]
fn a_range_that_is_not_the_one_asked_for_is_not_believed() {
    let body = blocks(100);
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
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
}

#[test]
fn a_server_that_always_sends_less_than_it_announces_is_given_up() {
    let server = Server::start(|_| whole(&blocks(10)).cut(1_900));
    let (cache, fetcher) = fetcher();
    let text = complaint(fetcher.url(&server.url("train.bin")));
    assert!(
        text.contains("1,900") && text.contains("gave up after 5 attempts"),
        "{text}"
    );
    assert_eq!(server.asked().len(), 5);
    assert!(!files_below(cache.path())[0].ends_with("train.bin"));
}

#[test]
fn a_server_that_falls_silent_counts_as_one_that_hung_up() {
    let body = blocks(100);
    let sent = body.clone();
    let server = Server::start(move |request| {
        let reply = ranged(&sent, "\"v1\"", request);
        match request.number {
            0 => Reply {
                silent: Duration::from_secs(20),
                ..reply.cut(9_000)
            },
            _ => reply,
        }
    });
    let (_cache, mut fetcher) = fetcher();
    fetcher.silence = Duration::from_millis(300);
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.asked()[1].range, Some(9_000));
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let server = Server::start(|request| match request.number {
        0 => status(503),
        1 => status(429),
        _ => whole(&blocks(10)),
    });
    let (_cache, fetcher) = fetcher();
    fetcher.url(&server.url("train.bin")).unwrap();
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn what_is_not_there_or_not_allowed_is_asked_for_once() {
    for (code, saying) in [(404, "there is nothing at"), (403, "by hand")] {
        let server = Server::start(move |_| status(code));
        let (cache, fetcher) = fetcher();
        let text = complaint(fetcher.url(&server.url("train.bin")));
        assert!(text.contains(saying), "{text}");
        assert!(text.contains(&code.to_string()), "{text}");
        assert!(text.contains(&server.url("train.bin")), "{text}");
        assert_eq!(server.asked().len(), 1);
        assert!(files_below(cache.path()).is_empty());
    }
}

#[test]
fn redirects_are_followed_also_when_resuming() {
    let body = blocks(100);
    let sent = body.clone();
    let elsewhere = Server::start(move |request| {
        let reply = ranged(&sent, "\"v1\"", request);
        match request.number {
            0 => reply.cut(5_000),
            _ => reply,
        }
    });
    let to = elsewhere.url("signed/blob");
    let server = Server::start(move |_| status(302).with("Location", to.clone()));
    let (_cache, fetcher) = fetcher();
    let path = fetcher.url(&server.url("train.bin")).unwrap();
    assert!(path.ends_with("train.bin"));
    assert_eq!(fs::read(path).unwrap(), body);
    assert_eq!(server.asked().len(), 2);
    assert_eq!(elsewhere.asked()[1].range, Some(5_000));
}

#[test]
fn redirects_in_a_circle_are_an_error() {
    let server = Server::start(|_| status(302).with("Location", "/train.bin"));
    let (_cache, fetcher) = fetcher();
    let text = complaint(fetcher.url(&server.url("train.bin")));
    assert!(text.contains("redirect"), "{text}");
}

#[test]
fn a_page_instead_of_data_is_refused_and_not_kept() {
    let server = Server::start(|_| whole(b"<!DOCTYPE html><title>Sign in</title>"));
    let (cache, mut fetcher) = fetcher();
    fetcher.kaggle_base.clone_from(&server.address);
    for text in [
        complaint(fetcher.url(&server.url("a"))),
        complaint(fetcher.url(&server.url("a.tga"))),
        complaint(fetcher.kaggle("owner/set")),
    ] {
        assert!(
            text.contains("<!DOCTYPE html>") && text.contains("browser"),
            "{text}"
        );
    }
    let text = complaint(fetcher.url(&server.url("train.bin")));
    assert!(
        text.contains("train.bin") && text.contains("37 bytes over"),
        "{text}"
    );
    assert!(files_below(cache.path()).is_empty());
}

#[test]
fn without_a_network_the_error_says_what_to_do_and_doing_it_helps() {
    let (cache, mut fetcher) = fetcher();
    let address = format!("{}/train.bin", nobody());
    let refused = complaint(fetcher.url(&address));
    fetcher.offline = true;
    let offline = complaint(fetcher.url(&address));
    for text in [&refused, &offline] {
        for part in ["by hand", "put it at", "folder on this machine"] {
            assert!(text.contains(part), "{part:?} is missing in {text}");
        }
    }
    assert!(refused.contains("127.0.0.1") && refused.contains("cannot be reached"));
    let (_, rest) = refused.split_once("put it at ").unwrap();
    let (place, _) = rest.split_once(", or").unwrap();
    assert!(Path::new(place).starts_with(cache.path()));
    fs::write(place, blocks(3)).unwrap();
    assert_eq!(fetcher.url(&address).unwrap(), Path::new(place));
}

#[test]
fn a_cache_that_cannot_be_made_is_named() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let text = complaint(Fetcher::new(&file).url("http://a.example/train.bin"));
    assert!(
        text.contains("file") && text.contains("--cache") && text.contains("NICE_CACHE"),
        "{text}"
    );
}

#[test]
fn two_that_want_the_same_file_fetch_it_once() {
    let server = Server::start(|_| {
        thread::sleep(Duration::from_millis(100));
        whole(&blocks(1_000))
    });
    let (_cache, fetcher) = fetcher();
    let address = server.url("train.bin");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let path = fetcher.url(&address).unwrap();
                assert_eq!(fs::read(path).unwrap(), blocks(1_000));
            });
        }
    });
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_picture_by_address_is_the_picture() {
    let picture = Picture::new(9, 8, (0..216).collect()).unwrap();
    let png = picture.to_png_bytes().unwrap();
    let server = Server::start(move |_| whole(&png));
    let (cache, _) = fetcher();
    let options = OpenOptions {
        cache: cache.path().to_path_buf(),
        ..OpenOptions::default()
    };
    // An address need not say in its name what it is.
    for path in ["baboon.png", "picture?of=baboon"] {
        let opened = dataset::open_picture(&server.url(path), &options).unwrap();
        assert_eq!(opened, picture);
    }
}

/// One entry of an archive.
struct Entry {
    name: &'static str,
    data: Vec<u8>,
    mode: u32,
    /// The size to claim, when it is not that of the data.
    claimed: Option<u32>,
}

fn entry(name: &'static str, data: &[u8]) -> Entry {
    Entry {
        name,
        data: data.to_vec(),
        mode: 0o100_644,
        claimed: None,
    }
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A zip archive of uncompressed entries, with whatever names they have.
fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = zip.len() as u32;
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend_from_slice(&crc32(&entry.data).to_le_bytes());
        common.extend_from_slice(&(entry.data.len() as u32).to_le_bytes());
        let claimed = entry.claimed.unwrap_or(entry.data.len() as u32);
        common.extend_from_slice(&claimed.to_le_bytes());
        common.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        zip.extend_from_slice(b"PK\x03\x04");
        zip.extend_from_slice(&common);
        zip.extend_from_slice(entry.name.as_bytes());
        zip.extend_from_slice(&entry.data);
        directory.extend_from_slice(b"PK\x01\x02\x14\x03");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(entry.mode << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(entry.name.as_bytes());
    }
    let (count, start) = (entries.len() as u16, zip.len() as u32);
    zip.extend_from_slice(&directory);
    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&count.to_le_bytes());
    zip.extend_from_slice(&count.to_le_bytes());
    zip.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    zip.extend_from_slice(&start.to_le_bytes());
    zip.extend_from_slice(&[0, 0]);
    zip
}

#[test]
fn a_data_set_of_kaggle_is_unpacked_and_opened_as_train_and_val() {
    let archive = zip(&[
        entry("train.bin", &blocks(40)),
        entry("val.bin", &blocks(4)),
        entry("readme.txt", b"hello"),
    ]);
    let blob = Server::start(move |request| {
        let reply = ranged(&archive, "\"v1\"", request);
        match request.number {
            0 => reply.cut(2_000),
            _ => reply,
        }
    });
    let to = blob.url("signed");
    let kaggle = Server::start(move |_| status(302).with("Location", to.clone()));
    let cache = tempdir().unwrap();
    let options = OpenOptions {
        cache: cache.path().to_path_buf(),
        kaggle_base: Some(format!("{}/", kaggle.address)),
        ..OpenOptions::default()
    };
    let source: Source = "kaggle:tay10r/image-block-compression".parse().unwrap();
    for _ in 0..2 {
        let splits = dataset::open(&source, None, &options).unwrap();
        assert_eq!(splits.train.resident().unwrap(), blocks(40));
        assert_eq!(splits.validation.resident().unwrap(), blocks(4));
    }
    let asked = kaggle.asked();
    assert_eq!(asked.len(), 2, "one that was cut, one that went on");
    assert_eq!(
        asked[0].path,
        "/api/v1/datasets/download/tay10r/image-block-compression"
    );
    let names: Vec<_> = files_below(cache.path())
        .iter()
        .map(|path| path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["train.bin", "val.bin"]);
}

#[test]
fn an_archive_put_into_the_cache_by_hand_is_used_and_left_there() {
    let (_cache, mut fetcher) = fetcher();
    fetcher.offline = true;
    let text = complaint(fetcher.kaggle("owner/set"));
    assert!(
        text.contains("https://www.kaggle.com/datasets/owner/set"),
        "{text}"
    );
    let (_, rest) = text.split_once("put it at ").unwrap();
    let (place, _) = rest.split_once(", or").unwrap();
    fs::write(place, "not yet an archive").unwrap();
    let text = complaint(fetcher.kaggle("owner/set"));
    assert!(
        text.contains("no zip archive") && text.contains(place),
        "{text}"
    );
    fs::write(place, zip(&[entry("train.bin", &blocks(9))])).unwrap();
    let unpacked = fetcher.kaggle("owner/set").unwrap();
    assert_eq!(fs::read(unpacked.join("train.bin")).unwrap(), blocks(9));
    assert!(Path::new(place).is_file());
}

#[test]
fn an_archive_of_pictures_in_a_folder_is_a_folder_of_pictures() {
    let pictures: Vec<Vec<u8>> = (0..2)
        .map(|v| {
            Picture::new(8, 8, vec![v; 192])
                .unwrap()
                .to_png_bytes()
                .unwrap()
        })
        .collect();
    let archive = zip(&[
        entry("photos/a.png", &pictures[0]),
        entry("photos/deep/b.png", &pictures[1]),
        entry("__MACOSX/photos/._a.png", b"nothing"),
    ]);
    let server = Server::start(move |_| whole(&archive));
    let cache = tempdir().unwrap();
    let options = OpenOptions {
        cache: cache.path().to_path_buf(),
        ..OpenOptions::default()
    };
    let source: Source = server.url("photos.zip").parse().unwrap();
    let splits = dataset::open(&source, None, &options).unwrap();
    assert_eq!((splits.train.len(), splits.validation.len()), (1, 1));
}

#[test]
fn an_archive_with_an_entry_that_leaves_its_folder_is_refused_as_a_whole() {
    let link = Entry {
        mode: 0o120_777,
        ..entry("link.bin", b"/etc/passwd")
    };
    let evil = [
        entry("../outside.bin", &blocks(1)),
        entry("a/../../outside.bin", &blocks(1)),
        entry("/tmp/outside.bin", &blocks(1)),
        entry("..\\outside.bin", &blocks(1)),
        entry("C:\\outside.bin", &blocks(1)),
        // Also where the file itself would not be wanted.
        entry("../outside.txt", b"hello"),
        link,
    ];
    for evil in evil {
        let name = evil.name;
        let archive = zip(&[entry("train.bin", &blocks(2)), evil]);
        let server = Server::start(move |_| whole(&archive));
        let (cache, fetcher) = fetcher();
        let text = complaint(fetcher.url(&server.url("set.zip")));
        assert!(
            text.contains("refusing to unpack") && text.contains(&format!("{name:?}")),
            "{text}"
        );
        let left = files_below(cache.path());
        assert!(
            left.iter().all(|path| path.ends_with("set.zip")),
            "nothing but the archive is there: {left:?}"
        );
    }
}

#[test]
fn an_archive_that_claims_to_unpack_to_far_more_than_its_size_is_refused() {
    let bomb = |name| Entry {
        claimed: Some(u32::MAX - 1),
        ..entry(name, &blocks(2))
    };
    let archive = zip(&[bomb("a.bin"), bomb("b.bin")]);
    let server = Server::start(move |_| whole(&archive));
    let (cache, fetcher) = fetcher();
    let text = complaint(fetcher.url(&server.url("set.zip")));
    assert!(
        text.contains("8.00 GiB") && text.contains("1.00 GiB"),
        "{text}"
    );
    assert!(
        !files_below(cache.path())
            .iter()
            .any(|path| path.ends_with("a.bin"))
    );
}

#[test]
fn a_damaged_archive_leaves_no_folder_behind() {
    let mut archive = zip(&[entry("val.bin", &blocks(1)), entry("train.bin", &blocks(2))]);
    // A bit of the second entry's data: its checksum tells.
    archive[30 + 7 + 192 + 30 + 9 + 100] ^= 1;
    let mut short = archive.clone();
    short.truncate(300);
    for archive in [archive, short] {
        let server = Server::start(move |_| whole(&archive));
        let (cache, fetcher) = fetcher();
        let text = complaint(fetcher.url(&server.url("set.zip")));
        assert!(
            text.contains("set.zip") && text.contains("fetch it again"),
            "{text}"
        );
        let left = files_below(cache.path());
        assert!(
            left.iter().all(|path| path.ends_with("set.zip")),
            "{left:?}"
        );
    }
}

#[test]
fn an_archive_without_data_is_refused() {
    let archive = zip(&[entry("readme.txt", b"hello")]);
    let server = Server::start(move |_| whole(&archive));
    let (_cache, fetcher) = fetcher();
    let text = complaint(fetcher.url(&server.url("set.zip")));
    assert!(text.contains("neither a .bin nor a picture"), "{text}");
}

#[test]
fn the_command_prints_where_the_data_lie() {
    let archive = zip(&[entry("train.bin", &blocks(4)), entry("val.bin", &blocks(2))]);
    let server = Server::start(move |_| whole(&archive));
    let cache = tempdir().unwrap();
    let cache = cache.path().to_str().unwrap();
    let args = ["dataset", "fetch", "kaggle:owner/set", "--cache", cache];
    let args = [&args[..], &["--base", &server.address]].concat();
    let said = nice(&args).unwrap();
    let folder = Path::new(said.trim_end());
    assert_eq!(fs::read(folder.join("train.bin")).unwrap(), blocks(4));
    let json = nice(&[&args[..], &["--json"]].concat()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["path"], folder.to_str().unwrap());
    for (source, saying) in [("photos", "no address"), ("synthetic", "nothing to do")] {
        let text = complaint(nice(&["dataset", "fetch", source]));
        assert!(text.contains(saying), "{text}");
    }
}
