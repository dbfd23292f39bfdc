//! Data sets and pictures from the network: kept in a cache, and resumed where a connection was cut.
//!
//! Every address has a folder of its own in the cache, named by a hash of the address. A download grows there as
//! `NAME.part`, with `NAME.part.json` beside it that says which version of the file the part is of; once it is complete and
//! looks like data, it becomes `NAME`. A zip archive is then unpacked into `files`. A file that a person puts at `NAME`
//! is taken for the download.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{HumanBytes, HumanCount, ProgressBar};
use serde::{Deserialize, Serialize};
use ureq::http::{HeaderMap, StatusCode, header};

use super::archive::{self, Limits};
use super::source::is_address;
use super::{bin, hash};
use crate::{files, picture, progress};

/// Where Kaggle is.
pub const KAGGLE: &str = "https://www.kaggle.com";

/// The variable of the environment that says where Kaggle, or a copy of it, is.
pub const KAGGLE_BASE_VARIABLE: &str = "NICE_KAGGLE_BASE";

/// The variable of the environment that says where the cache is.
pub const CACHE_VARIABLE: &str = "NICE_CACHE";

/// Attempts in a row that may fail without bringing the download any further.
const ATTEMPTS: u32 = 5;

/// The cache that is used when no other is given: the environment's `NICE_CACHE`, or `nice` in the user's cache folder.
pub fn default_cache() -> PathBuf {
    if let Some(cache) = env::var_os(CACHE_VARIABLE).filter(|cache| !cache.is_empty()) {
        return cache.into();
    }
    match directories::BaseDirs::new() {
        Some(folders) => folders.cache_dir().join("nice"),
        None => env::temp_dir().join("nice-cache"),
    }
}

/// Gets files from the network by way of a cache.
#[derive(Clone, Debug)]
pub struct Fetcher {
    /// The folder of the cache; made when it is first needed.
    pub cache: PathBuf,
    /// Where `/api/v1/datasets/download/owner/name` is asked for.
    pub kaggle_base: String,
    /// Do not use the network.
    pub offline: bool,
    /// The pause after the first failed attempt; it doubles with every further one.
    pub pause: Duration,
    /// How long a server may say nothing before the connection counts as cut.
    pub silence: Duration,
}

impl Fetcher {
    /// Fetches by way of `cache`, with the environment's word on where Kaggle is.
    pub fn new(cache: &Path) -> Self {
        Self {
            cache: cache.to_path_buf(),
            kaggle_base: env::var(KAGGLE_BASE_VARIABLE)
                .ok()
                .filter(|base| !base.is_empty())
                .unwrap_or_else(|| KAGGLE.to_owned()),
            offline: false,
            pause: Duration::from_millis(500),
            silence: Duration::from_secs(60),
        }
    }

    /// Gets a `.bin` or a picture, and says where it lies; or a `.zip`, and says in which folder it was unpacked.
    pub fn url(&self, address: &str) -> Result<PathBuf> {
        let name = file_name(address);
        self.get(&Order {
            what: address.to_owned(),
            by_hand: address.to_owned(),
            address: address.to_owned(),
            name,
            archive: false,
        })
    }

    /// Gets the data set `owner/name` of Kaggle, and says in which folder it was unpacked.
    pub fn kaggle(&self, name: &str) -> Result<PathBuf> {
        let base = self.kaggle_base.trim_end_matches('/');
        if !is_address(base) {
            bail!(
                "{base:?} is no address to look for Kaggle at: it must begin with http:// or https:// (see --base and \
                 {KAGGLE_BASE_VARIABLE})"
            );
        }
        self.get(&Order {
            what: format!("kaggle:{name}"),
            by_hand: format!("{KAGGLE}/datasets/{name}"),
            address: format!("{base}/api/v1/datasets/download/{name}"),
            name: "archive.zip".to_owned(),
            archive: true,
        })
    }

    fn get(&self, order: &Order) -> Result<PathBuf> {
        let folder = self.cache.join(format!(
            "{}-{:016x}",
            order.name,
            hash::of(order.address.as_bytes())
        ));
        fs::create_dir_all(&folder).with_context(|| {
            format!(
                "cannot make {} to keep {} in; choose another cache with --cache or {CACHE_VARIABLE}",
                folder.display(),
                order.what
            )
        })?;
        let _lock = lock(&folder);
        let unpacked = folder.join("files");
        if unpacked.is_dir() {
            return Ok(unpacked);
        }
        let file = folder.join(&order.name);
        let given = file.exists();
        if !given {
            self.download(order, &file)
                .with_context(|| format!("cannot fetch {}", order.what))?;
        }
        if !is_zip(&file)? {
            if order.archive {
                bail!(
                    "{} is no zip archive, which {} should be; remove it and try again",
                    file.display(),
                    order.what
                );
            }
            return Ok(file);
        }
        let size = fs::metadata(&file).map_or(0, |metadata| metadata.len());
        archive::unpack(&file, &unpacked, &Limits::for_size(size))
            .with_context(|| format!("cannot use {}", order.what))?;
        if !given {
            // It can be had again, and is only in the way; not so one that a person put there.
            let _ = fs::remove_file(&file);
        }
        Ok(unpacked)
    }

    fn download(&self, order: &Order, file: &Path) -> Result<()> {
        if self.offline {
            bail!(
                "the network is not to be used, and it is not in the cache; {}",
                instead(order, file)
            );
        }
        let mut download = Download {
            agent: self.agent(order),
            order,
            file,
            part: with_ending(file, "part"),
            about: with_ending(file, "part.json"),
            reached: false,
            bar: None,
        };
        let mut furthest = 0;
        let mut failures = 0;
        let outcome = loop {
            match download.attempt() {
                Ok(()) => break Ok(()),
                Err(Failure::Final(error)) => break Err(error),
                Err(Failure::Passing(error)) => {
                    let got = size_of(&download.part);
                    if got > furthest {
                        furthest = got;
                        failures = 0;
                    }
                    failures += 1;
                    if failures >= ATTEMPTS {
                        let then = if download.reached {
                            "what was received is kept, and the same command goes on from there"
                                .to_owned()
                        } else {
                            download.out_of_reach()
                        };
                        break Err(error.context(format!(
                            "gave up after {ATTEMPTS} attempts in a row that failed; {then}"
                        )));
                    }
                    thread::sleep(self.pause.saturating_mul(1 << (failures - 1)));
                }
            }
        };
        if let Some(bar) = &download.bar {
            bar.finish_and_clear();
        }
        outcome?;
        download.keep()
    }

    fn agent(&self, order: &Order) -> ureq::Agent {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .accept_encoding("identity")
            .user_agent(concat!("nice/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(self.silence))
            .timeout_per_read(Some(self.silence));
        if is_loopback(&order.address) {
            config = config.proxy(None);
        }
        config.build().new_agent()
    }
}

/// What is to be had.
struct Order {
    /// What the person asked for.
    what: String,
    /// Where a person with a browser would go for it.
    by_hand: String,
    /// What is asked for.
    address: String,
    /// The name of the file.
    name: String,
    /// Whether it must be a zip archive.
    archive: bool,
}

/// Why an attempt failed, and whether another may do better.
enum Failure {
    Passing(anyhow::Error),
    Final(anyhow::Error),
}

/// Which version of a file a part is of.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
struct Version {
    address: String,
    etag: Option<String>,
    last_modified: Option<String>,
    total: Option<u64>,
}

impl Version {
    fn of(address: &str, headers: &HeaderMap, total: Option<u64>) -> Self {
        Self {
            address: address.to_owned(),
            etag: text(headers, header::ETAG),
            last_modified: text(headers, header::LAST_MODIFIED),
            total,
        }
    }

    /// What to send as If-Range: a strong ETag, or the date. A weak ETag must not be sent.
    fn condition(&self) -> Option<&str> {
        match &self.etag {
            Some(etag) if !etag.starts_with("W/") => Some(etag),
            _ => self.last_modified.as_deref(),
        }
    }

    /// Whether a part of this version can be continued with one of `other`, as far as a server tells.
    fn may_be(&self, other: &Self) -> bool {
        fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            matches!((a, b), (Some(a), Some(b)) if a != b)
        }
        self.address == other.address
            && !differ(&self.etag, &other.etag)
            && !differ(&self.total, &other.total)
            && (self.etag.is_some() || !differ(&self.last_modified, &other.last_modified))
    }
}

struct Download<'a> {
    agent: ureq::Agent,
    order: &'a Order,
    file: &'a Path,
    part: PathBuf,
    about: PathBuf,
    /// Whether the server has answered at all.
    reached: bool,
    bar: Option<ProgressBar>,
}

impl Download<'_> {
    /// Gets what is missing of the file, or as much of that as the connection carries.
    fn attempt(&mut self) -> Result<(), Failure> {
        let mut version = self.version();
        let mut have = size_of(&self.part);
        if let Some(total) = version.as_ref().and_then(|version| version.total)
            && have == total
        {
            return Ok(());
        }
        if version
            .as_ref()
            .is_none_or(|version| version.total.is_some_and(|total| have > total))
        {
            self.start_over()?;
            have = 0;
            version = None;
        }

        let mut request = self.agent.get(&self.order.address);
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
            if let Some(condition) = version.as_ref().and_then(Version::condition) {
                request = request.header(header::IF_RANGE, condition);
            }
        }
        let response = request.call().map_err(|error| self.no_answer(error))?;
        self.reached = true;
        let headers = response.headers();
        let length = text(headers, header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
        let (version, have) = match response.status() {
            StatusCode::OK => {
                let version = Version::of(&self.order.address, headers, length);
                (version, 0)
            }
            StatusCode::PARTIAL_CONTENT if have > 0 => {
                let range = text(headers, header::CONTENT_RANGE).unwrap_or_default();
                let (start, total) = match content_range(&range) {
                    Some(parsed) => parsed,
                    None => {
                        return Err(self.changed(format!("the server sent the range {range:?}")));
                    }
                };
                let total = total.or(length.map(|length| start + length));
                let now = Version::of(&self.order.address, headers, total);
                let before = version.unwrap_or_default();
                if start != have || !before.may_be(&now) {
                    return Err(self.changed(
                        "the file on the server changed while it was being fetched".to_owned(),
                    ));
                }
                let version = Version {
                    total: before.total.or(now.total),
                    ..before
                };
                (version, have)
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                return Err(self.changed(format!(
                    "the server answered {} to {have} bytes that are here already",
                    response.status()
                )));
            }
            status => return Err(self.refused(status)),
        };
        let mut part = self.open_part(&version, have).map_err(Failure::Final)?;
        let received = self.receive(
            response.into_body().into_reader(),
            &mut part,
            have,
            &version,
        );
        // Whatever came of it, what was received is on the disk before anything else is asked for.
        part.sync_all().map_err(|error| self.unwritable(error))?;
        let got = received?;
        match version.total {
            Some(total) if got < total => Err(Failure::Passing(anyhow!(
                "the connection ended after {} of {} bytes",
                HumanCount(got),
                HumanCount(total)
            ))),
            Some(total) if got > total => Err(self.changed(format!(
                "the server sent {} bytes and had announced {}",
                HumanCount(got),
                HumanCount(total)
            ))),
            _ => Ok(()),
        }
    }

    fn receive(
        &mut self,
        mut body: impl Read,
        part: &mut File,
        have: u64,
        version: &Version,
    ) -> Result<u64, Failure> {
        let total = version.total.unwrap_or(0);
        let bar = self
            .bar
            .get_or_insert_with(|| progress::bytes_bar(total, "fetching"))
            .clone();
        bar.set_length(total);
        bar.set_position(have);
        let mut got = have;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match body.read(&mut buffer) {
                Ok(0) => return Ok(got),
                Ok(count) => {
                    part.write_all(&buffer[..count])
                        .map_err(|error| self.unwritable(error))?;
                    got += count as u64;
                    bar.set_position(got);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Failure::Passing(anyhow!(error).context(format!(
                        "the connection was cut after {} bytes",
                        HumanCount(got)
                    ))));
                }
            }
        }
    }

    /// The version that the part on the disk is of; nothing when there is no part, or no telling.
    fn version(&self) -> Option<Version> {
        let text = fs::read(&self.about).ok()?;
        let version: Version = serde_json::from_slice(&text).ok()?;
        (version.address == self.order.address && self.part.is_file()).then_some(version)
    }

    /// Opens the part to go on after `have` bytes, with what is known of its version beside it.
    fn open_part(&self, version: &Version, have: u64) -> Result<File> {
        if have == 0 {
            // The part of another version is gone before the description of this one is there.
            File::create(&self.part)
                .with_context(|| format!("cannot write {}", self.part.display()))?;
        }
        files::write_atomically(&self.about, &serde_json::to_vec(version)?)?;
        let mut part = OpenOptions::new()
            .write(true)
            .open(&self.part)
            .with_context(|| format!("cannot write {}", self.part.display()))?;
        part.seek(io::SeekFrom::Start(have))
            .with_context(|| format!("cannot write {}", self.part.display()))?;
        Ok(part)
    }

    fn start_over(&self) -> Result<(), Failure> {
        for path in [&self.part, &self.about] {
            match fs::remove_file(path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::Final(
                        anyhow!(error).context(format!("cannot remove {}", path.display())),
                    ));
                }
            }
        }
        Ok(())
    }

    /// What is here does not fit what the server has: the next attempt begins anew.
    fn changed(&self, why: String) -> Failure {
        match self.start_over() {
            Ok(()) => Failure::Passing(anyhow!(why)),
            Err(failure) => failure,
        }
    }

    fn no_answer(&self, error: ureq::Error) -> Failure {
        let cut = match &error {
            ureq::Error::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::WouldBlock
                    | io::ErrorKind::Interrupted
            ),
            ureq::Error::Timeout(timeout) => {
                !matches!(timeout, ureq::Timeout::Connect | ureq::Timeout::Resolve)
            }
            ureq::Error::Protocol(_) => true,
            _ => false,
        };
        // Where nobody answers from the start, waiting would only delay the advice; a network may also fail halfway.
        let away = matches!(
            error,
            ureq::Error::HostNotFound
                | ureq::Error::ConnectionFailed
                | ureq::Error::Io(_)
                | ureq::Error::Timeout(_)
        );
        let error = anyhow!(error);
        if cut || away && self.reached {
            Failure::Passing(error)
        } else {
            Failure::Final(error.context(self.out_of_reach()))
        }
    }

    fn out_of_reach(&self) -> String {
        format!(
            "{} cannot be reached; {}",
            host(&self.order.address),
            instead(self.order, self.file)
        )
    }

    fn refused(&self, status: StatusCode) -> Failure {
        let error = anyhow!("the server answered {status}");
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Failure::Passing(error),
            status if status.is_server_error() => Failure::Passing(error),
            StatusCode::NOT_FOUND | StatusCode::GONE => Failure::Final(error.context(format!(
                "there is nothing at {}; check the name",
                self.order.address
            ))),
            _ => Failure::Final(error.context(instead(self.order, self.file))),
        }
    }

    fn unwritable(&self, error: io::Error) -> Failure {
        Failure::Final(anyhow!(error).context(format!(
            "cannot write {}; choose another cache with --cache or {CACHE_VARIABLE}",
            self.part.display()
        )))
    }

    /// Makes the complete part the file, when it is what was asked for.
    fn keep(&self) -> Result<()> {
        if let Err(error) = self.check() {
            let _ = self.start_over();
            return Err(error);
        }
        fs::rename(&self.part, self.file)
            .with_context(|| format!("cannot put the download at {}", self.file.display()))?;
        let _ = fs::remove_file(&self.about);
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let mut start = [0; 64];
        let start = {
            let mut file = File::open(&self.part)
                .with_context(|| format!("cannot read {}", self.part.display()))?;
            let mut filled = 0;
            while filled < start.len() {
                match file.read(&mut start[filled..])? {
                    0 => break,
                    count => filled += count,
                }
            }
            &start[..filled]
        };
        if starts_as_zip(start) {
            return Ok(());
        }
        if !self.order.archive {
            let name = Path::new(&self.order.name);
            let is_bin = name
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("bin"));
            if is_bin {
                return bin::check_size(name, size_of(&self.part))
                    .context("what the server sent is no .bin");
            }
            if image::guess_format(start).is_ok() {
                return Ok(());
            }
            // Some formats have no mark to know them by; but a page that says something went wrong has.
            let page = start.trim_ascii_start().starts_with(b"<");
            if picture::has_known_ending(name) && !start.is_empty() && !page {
                return Ok(());
            }
        }
        let wanted = if self.order.archive {
            "a zip archive"
        } else {
            "a picture, a .bin or a zip archive"
        };
        bail!(
            "{} of {} came, which is not {wanted}: it begins with {:?}; look at {} in a browser",
            HumanBytes(size_of(&self.part)),
            self.order.address,
            String::from_utf8_lossy(&start[..start.len().min(24)]),
            self.order.by_hand
        )
    }
}

/// Waits until no other process fetches into the folder; without locks there, it does without.
fn lock(folder: &Path) -> Option<File> {
    let file = File::create(folder.join(".lock")).ok()?;
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        eprintln!(
            "another process is fetching into {}; waiting for it",
            folder.display()
        );
        file.lock().ok()?;
    }
    Some(file)
}

/// What to do when the network does not give it.
fn instead(order: &Order, file: &Path) -> String {
    format!(
        "download {} by hand and put it at {}, or give a file or a folder on this machine instead",
        order.by_hand,
        file.display()
    )
}

fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

fn is_loopback(address: &str) -> bool {
    let host = host(address);
    host.starts_with("127.") || host.starts_with("[::1]") || host.starts_with("localhost")
}

/// The name that the file of an address gets in the cache: its last part, of harmless characters.
fn file_name(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let rest = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = match rest.trim_end_matches('/').rsplit_once('/') {
        Some((_, last)) => last,
        None => "",
    };
    let harmless: String = last
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => c,
            _ => '_',
        })
        .collect();
    // The end is kept, because it tells what the file is.
    let kept = &harmless[harmless.len().saturating_sub(80)..];
    match kept.trim_start_matches('.') {
        "" => "download".to_owned(),
        // A name that is in use for something else in the same folder.
        "files" => "files_".to_owned(),
        name => name.to_owned(),
    }
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.trim().to_owned())
}

/// First byte and total of `bytes FIRST-LAST/TOTAL`, where the total may be `*`.
fn content_range(range: &str) -> Option<(u64, Option<u64>)> {
    let (bounds, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = bounds.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let fits = first <= last && total.is_none_or(|total| last < total);
    fits.then_some((first, total))
}

fn starts_as_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

fn is_zip(path: &Path) -> Result<bool> {
    let mut start = [0; 4];
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    match file.read_exact(&mut start) {
        Ok(()) => Ok(starts_as_zip(&start)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_in_the_cache_is_the_harmless_end_of_the_address() {
        for (address, name) in [
            ("https://a.example/x/train.bin", "train.bin"),
            ("https://a.example/x/set.zip?download=1#top", "set.zip"),
            ("https://a.example/", "download"),
            ("https://a.example", "download"),
            ("https://a.example/x/", "x"),
            ("https://a.example/..", "download"),
            ("https://a.example/a%20b|c.png", "a_20b_c.png"),
            ("https://a.example/files", "files_"),
        ] {
            assert_eq!(file_name(address), name, "{address}");
        }
        let long = file_name(&format!("https://a.example/{}.png", "x".repeat(500)));
        assert!(long.len() == 80 && long.ends_with(".png"));
    }

    #[test]
    fn a_content_range_that_makes_no_sense_is_none() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for range in [
            "",
            "bytes",
            "bytes 9-5/10",
            "bytes 5-10/10",
            "bytes */10",
            "5-9/10",
            "bytes a-b/c",
        ] {
            assert_eq!(content_range(range), None, "{range:?}");
        }
    }

    #[test]
    fn a_weak_etag_is_no_condition_and_another_etag_is_another_version() {
        let version = |etag: &str, total| Version {
            etag: Some(etag.to_owned()),
            last_modified: Some("then".to_owned()),
            total,
            ..Version::default()
        };
        assert_eq!(version("\"a\"", None).condition(), Some("\"a\""));
        assert_eq!(version("W/\"a\"", None).condition(), Some("then"));
        assert!(version("\"a\"", None).may_be(&version("\"a\"", Some(9))));
        assert!(!version("\"a\"", None).may_be(&version("\"b\"", None)));
        assert!(!version("\"a\"", Some(8)).may_be(&version("\"a\"", Some(9))));
    }

    #[test]
    fn the_host_of_an_address_is_told_without_its_password() {
        assert_eq!(host("https://me:secret@a.example:8/x"), "a.example:8");
        assert!(is_loopback("http://127.0.0.1:80/x"));
        assert!(!is_loopback("http://a.example/127.0.0.1"));
    }
}
