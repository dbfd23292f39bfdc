//! Fetching data sets from the network into the cache.

mod archive;
mod download;
mod version;

use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::cache::{CACHE_VARIABLE, CacheEntry};
use crate::remote::Remote;
use archive::Limits;
use download::Download;

/// Fetches files from the network into a cache.
#[derive(Clone, Debug)]
pub struct Fetcher {
    /// The folder of the cache; it is created when it is needed.
    pub cache: PathBuf,
    /// The pause after the first failed attempt; it doubles with every further one.
    pub pause: Duration,
    /// How long a server may send nothing before the connection is given up.
    pub timeout: Duration,
}

impl Fetcher {
    /// A fetcher for a cache, with the usual pause and timeout.
    pub fn new(cache: &Path) -> Self {
        Self {
            cache: cache.to_path_buf(),
            pause: Duration::from_millis(500),
            timeout: Duration::from_secs(60),
        }
    }

    /// Fetches a file unless it is in the cache, and returns its path; or the folder into which it was unpacked, if it is an
    /// archive.
    ///
    /// # Errors
    ///
    /// When the file cannot be fetched or unpacked, or is not a data set.
    pub fn fetch(&self, remote: &Remote) -> Result<PathBuf> {
        let entry = CacheEntry::new(&self.cache, remote);
        fs::create_dir_all(&entry.folder).with_context(|| {
            format!(
                "cannot create {} for {}; choose another cache with --cache or {CACHE_VARIABLE}",
                entry.folder.display(),
                remote.source
            )
        })?;
        let _lock = lock(&entry.folder);
        let given = entry.file.exists();
        if !given && !entry.unpacked.is_dir() {
            Download::new(self.agent(remote), remote, &entry.file)
                .run(self.pause)
                .with_context(|| format!("cannot fetch {}", remote.source))?;
        }
        if let Some(path) = entry.complete(remote)? {
            return Ok(path);
        }
        let size = fs::metadata(&entry.file).map_or(0, |metadata| metadata.len());
        archive::unpack(&entry.file, &entry.unpacked, &Limits::for_size(size))
            .with_context(|| format!("cannot use {}", remote.source))?;
        if !given {
            // A download can be fetched again; a file that a person put there is kept.
            let _ = fs::remove_file(&entry.file);
        }
        Ok(entry.unpacked)
    }

    /// An HTTP client for the server of a file.
    fn agent(&self, remote: &Remote) -> ureq::Agent {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .accept_encoding("identity")
            .user_agent(concat!("nice/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(self.timeout))
            .timeout_per_read(Some(self.timeout));
        if is_loopback(&remote.url) {
            config = config.proxy(None);
        }
        config.build().new_agent()
    }
}

/// Waits until no other process fetches into a folder. On file systems without locks, it does not wait.
fn lock(folder: &Path) -> Option<File> {
    let file = File::create(folder.join(".lock")).ok()?;
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        eprintln!(
            "waiting for another process that fetches into {}",
            folder.display()
        );
        file.lock().ok()?;
    }
    Some(file)
}

/// Whether a URL is that of a server on this machine.
fn is_loopback(url: &str) -> bool {
    let host = download::host(url);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn a_server_on_this_machine_is_recognized_by_its_host() {
        assert!(is_loopback("http://127.0.0.1:80/x"));
        assert!(is_loopback("http://[::1]:8080/x"));
        assert!(is_loopback("http://[::1]/x"));
        assert!(is_loopback("http://localhost/x"));
        assert!(!is_loopback("http://localhost.example/x"));
        assert!(!is_loopback("http://a.example/127.0.0.1"));
    }
}
