//! Data sets on the network: their URLs, and the names of their files in the cache.

use std::env;

use anyhow::{Result, bail};

use crate::source::is_url;

/// The address of Kaggle.
pub const KAGGLE: &str = "https://www.kaggle.com";

/// The environment variable with the address of Kaggle, or of a mirror of it.
pub const KAGGLE_BASE_VARIABLE: &str = "NICE_KAGGLE_BASE";

/// The longest file name in the cache, in bytes.
const MAX_FILE_NAME: usize = 80;

/// A file on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The source as it was requested.
    pub source: String,
    /// The page from which the file can be downloaded in a browser.
    pub page: String,
    /// The URL of the file.
    pub url: String,
    /// The name of the file in the cache.
    pub file_name: String,
    /// Whether the file must be a zip archive.
    pub archive: bool,
}

impl Remote {
    /// The file at a URL: a `.bin` file, a picture, or a `.zip` archive of either.
    pub fn url(url: &str) -> Self {
        Self {
            source: url.to_owned(),
            page: url.to_owned(),
            url: url.to_owned(),
            file_name: file_name(url),
            archive: false,
        }
    }

    /// The data set `owner/name` on Kaggle, or on the mirror at `base`.
    ///
    /// # Errors
    ///
    /// When `base` is not a URL.
    pub fn kaggle(name: &str, base: &str) -> Result<Self> {
        let base = base.trim_end_matches('/');
        if !is_url(base) {
            bail!(
                "the address of Kaggle, {base:?}, is not a URL: it must begin with http:// or https:// (see --base and \
                 {KAGGLE_BASE_VARIABLE})"
            );
        }
        Ok(Self {
            source: format!("kaggle:{name}"),
            page: format!("{KAGGLE}/datasets/{name}"),
            url: format!("{base}/api/v1/datasets/download/{name}"),
            file_name: "archive.zip".to_owned(),
            archive: true,
        })
    }
}

/// The address of Kaggle from the environment, or its usual one.
pub fn kaggle_base() -> String {
    env::var(KAGGLE_BASE_VARIABLE)
        .ok()
        .filter(|base| !base.is_empty())
        .unwrap_or_else(|| KAGGLE.to_owned())
}

/// The file name of a URL: its last part, with all but a few characters replaced.
fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let rest = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = match rest.trim_end_matches('/').rsplit_once('/') {
        Some((_, last)) => last,
        None => "",
    };
    let safe: String = last
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => c,
            _ => '_',
        })
        .collect();
    // The end is kept, since it has the extension.
    let kept = &safe[safe.len().saturating_sub(MAX_FILE_NAME)..];
    match kept.trim_start_matches('.') {
        "" => "download".to_owned(),
        // `files` is the folder of unpacked files.
        "files" => "files_".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_in_the_cache_is_the_end_of_the_url_without_special_characters() {
        for (url, name) in [
            ("https://a.example/x/train.bin", "train.bin"),
            ("https://a.example/x/set.zip?download=1#top", "set.zip"),
            ("https://a.example/", "download"),
            ("https://a.example", "download"),
            ("https://a.example/x/", "x"),
            ("https://a.example/..", "download"),
            ("https://a.example/a%20b|c.png", "a_20b_c.png"),
            ("https://a.example/files", "files_"),
        ] {
            assert_eq!(Remote::url(url).file_name, name, "{url}");
        }
        let long = Remote::url(&format!("https://a.example/{}.png", "x".repeat(500))).file_name;
        assert!(long.len() == 80 && long.ends_with(".png"));
    }

    #[test]
    fn the_address_of_kaggle_must_be_a_url() {
        assert!(Remote::kaggle("a/b", "https://mirror.example/").is_ok());
        let error = Remote::kaggle("a/b", "mirror").unwrap_err().to_string();
        assert!(error.contains("NICE_KAGGLE_BASE"), "{error}");
    }
}
