//! A download that continues where a connection was cut.
//!
//! It is received into `NAME.part`; `NAME.part.json` beside it has the version of the file on the server. Once the download is
//! complete and proves to be a data set, it is renamed to `NAME`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{HumanBytes, HumanCount, ProgressBar};
use nice_encode::files;
use ureq::http::{StatusCode, header};

use super::version::{Version, content_range, text};
use crate::cache::{CACHE_VARIABLE, starts_as_zip};
use crate::remote::Remote;
use crate::{bin, picture_file, progress};

/// The number of failed attempts without progress, in a row, after which the download is given up.
const ATTEMPTS: u32 = 5;

/// A download in progress.
pub(super) struct Download<'a> {
    agent: ureq::Agent,
    remote: &'a Remote,
    file: &'a Path,
    /// The file of the bytes that have been received.
    part: PathBuf,
    /// The file with the version that these bytes are a part of, as JSON.
    about: PathBuf,
    /// Whether the server has answered at all.
    reached: bool,
    bar: Option<ProgressBar>,
}

/// Why an attempt failed.
enum Failure {
    /// Another attempt may succeed.
    Transient(anyhow::Error),
    /// Another attempt would fail as well.
    Permanent(anyhow::Error),
}

impl<'a> Download<'a> {
    /// A download to a file; it continues what an earlier one has received.
    pub(super) fn new(agent: ureq::Agent, remote: &'a Remote, file: &'a Path) -> Self {
        Self {
            agent,
            remote,
            file,
            part: with_extension(file, "part"),
            about: with_extension(file, "part.json"),
            reached: false,
            bar: None,
        }
    }

    /// Downloads the file, in several attempts if necessary, until [`ATTEMPTS`] of them in a row make no progress. The pause
    /// after a failed attempt doubles every time.
    pub(super) fn run(mut self, pause: Duration) -> Result<()> {
        let mut furthest = 0;
        let mut failures = 0;
        let outcome = loop {
            match self.attempt() {
                Ok(()) => break Ok(()),
                Err(Failure::Permanent(error)) => break Err(error),
                Err(Failure::Transient(error)) => {
                    let received = size_of(&self.part);
                    if received > furthest {
                        furthest = received;
                        failures = 0;
                    }
                    failures += 1;
                    if failures >= ATTEMPTS {
                        let next = if self.reached {
                            "the part that was received is kept; run the same command again to continue"
                                .to_owned()
                        } else {
                            self.unreachable()
                        };
                        break Err(error.context(format!(
                            "gave up after {ATTEMPTS} failed attempts in a row; {next}"
                        )));
                    }
                    thread::sleep(pause.saturating_mul(1 << (failures - 1)));
                }
            }
        };
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        outcome?;
        self.keep()
    }

    /// Downloads the missing part of the file, or as much of it as the connection allows.
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

        let mut request = self.agent.get(&self.remote.url);
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
                let version = Version::new(&self.remote.url, headers, length);
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
                let now = Version::new(&self.remote.url, headers, total);
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
                    "the server answered {} to the request to continue after {have} bytes",
                    response.status()
                )));
            }
            status => return Err(self.refused(status)),
        };
        let mut part = self.open_part(&version, have).map_err(Failure::Permanent)?;
        let received = self.receive(
            response.into_body().into_reader(),
            &mut part,
            have,
            &version,
        );
        // In any case, the received bytes are on the disk before the next request.
        part.sync_all().map_err(|error| self.unwritable(error))?;
        let got = received?;
        match version.total {
            Some(total) if got < total => Err(Failure::Transient(anyhow!(
                "the connection ended after {} of {} bytes",
                HumanCount(got),
                HumanCount(total)
            ))),
            Some(total) if got > total => Err(self.changed(format!(
                "the server sent {} bytes and had announced {}",
                HumanCount(got),
                HumanCount(total)
            ))),
            Some(_) => Ok(()),
            // Only the end of an archive says that it is whole.
            None if !self.is_whole().map_err(Failure::Permanent)? => Err(self.changed(format!(
                "the connection ended after {} bytes, before the end of the archive",
                HumanCount(got)
            ))),
            None => Ok(()),
        }
    }

    /// Whether what was received is not an archive, or an archive with its end.
    fn is_whole(&self) -> Result<bool> {
        let mut file = File::open(&self.part)
            .with_context(|| format!("cannot read {}", self.part.display()))?;
        let mut start = [0; 4];
        let is_archive = file.read_exact(&mut start).is_ok() && starts_as_zip(&start);
        Ok(!is_archive || zip::ZipArchive::new(file).is_ok())
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
                    return Err(Failure::Transient(anyhow!(error).context(format!(
                        "the connection was cut after {} bytes",
                        HumanCount(got)
                    ))));
                }
            }
        }
    }

    /// The version of the part on the disk; `None` if there is none or its version is unknown.
    fn version(&self) -> Option<Version> {
        let text = fs::read(&self.about).ok()?;
        let version: Version = serde_json::from_slice(&text).ok()?;
        (version.url == self.remote.url && self.part.is_file()).then_some(version)
    }

    /// Opens the part to continue after `have` bytes, and writes its version beside it.
    fn open_part(&self, version: &Version, have: u64) -> Result<File> {
        if have == 0 {
            // The part of another version is removed before this version is written.
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
                    return Err(Failure::Permanent(
                        anyhow!(error).context(format!("cannot remove {}", path.display())),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The part on the disk does not match the file on the server: the next attempt starts over.
    fn changed(&self, reason: String) -> Failure {
        match self.start_over() {
            Ok(()) => Failure::Transient(anyhow!(reason)),
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
        // If there was no answer from the start, another attempt would only delay the advice; but a connection that once worked
        // can come back.
        let unreachable = matches!(
            error,
            ureq::Error::HostNotFound
                | ureq::Error::ConnectionFailed
                | ureq::Error::Io(_)
                | ureq::Error::Timeout(_)
        );
        let error = anyhow!(error);
        if cut || unreachable && self.reached {
            Failure::Transient(error)
        } else if unreachable || cut {
            Failure::Permanent(error.context(self.unreachable()))
        } else {
            Failure::Permanent(error.context(format!(
                "{} does not send the file; {}",
                host(&self.remote.url),
                alternative(self.remote, self.file)
            )))
        }
    }

    fn unreachable(&self) -> String {
        format!(
            "{} cannot be reached; {}",
            host(&self.remote.url),
            alternative(self.remote, self.file)
        )
    }

    fn refused(&self, status: StatusCode) -> Failure {
        let error = anyhow!("the server answered {status}");
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Failure::Transient(error)
            }
            status if status.is_server_error() => Failure::Transient(error),
            StatusCode::NOT_FOUND | StatusCode::GONE => Failure::Permanent(error.context(format!(
                "there is nothing at {}; check the name",
                self.remote.url
            ))),
            _ => Failure::Permanent(error.context(alternative(self.remote, self.file))),
        }
    }

    fn unwritable(&self, error: io::Error) -> Failure {
        Failure::Permanent(anyhow!(error).context(format!(
            "cannot write {}; choose another cache with --cache or {CACHE_VARIABLE}",
            self.part.display()
        )))
    }

    /// Renames the complete part to the file, if it is a data set.
    fn keep(&self) -> Result<()> {
        if let Err(error) = self.check() {
            let _ = self.start_over();
            return Err(error);
        }
        fs::rename(&self.part, self.file)
            .with_context(|| format!("cannot move the download to {}", self.file.display()))?;
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
        if !self.remote.archive {
            let name = Path::new(&self.remote.file_name);
            if bin::has_extension(name) {
                return bin::check_size(name, size_of(&self.part))
                    .context("the server did not send a .bin file");
            }
            if image::guess_format(start).is_ok() {
                return Ok(());
            }
            // Some formats cannot be recognized by their first bytes, but an error page can.
            let page = start.trim_ascii_start().starts_with(b"<");
            if picture_file::has_known_extension(name) && !start.is_empty() && !page {
                return Ok(());
            }
        }
        let expected = if self.remote.archive {
            "a zip archive"
        } else {
            "a picture, a .bin file or a zip archive"
        };
        bail!(
            "the server sent {} for {}, but not {expected}: it begins with {:?}; open {} in a browser",
            HumanBytes(size_of(&self.part)),
            self.remote.url,
            String::from_utf8_lossy(&start[..start.len().min(24)]),
            self.remote.page
        )
    }
}

/// The file with another extension after its own.
fn with_extension(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// The bytes of a file, 0 if it does not exist.
fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// What to do if the network fails.
fn alternative(remote: &Remote, file: &Path) -> String {
    format!(
        "download {} in a browser and save it as {}, or give a local file or folder instead",
        remote.page,
        file.display()
    )
}

/// The host of a URL, without a user name and password.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_host_of_a_url_is_shown_without_its_password() {
        assert_eq!(
            super::host("https://me:secret@a.example:8/x"),
            "a.example:8"
        );
    }
}
