//! Versions of a file on a server, told apart by the headers of a response.

use serde::{Deserialize, Serialize};
use ureq::http::{HeaderMap, header};

/// The version of a file on a server.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Version {
    /// The URL of the file.
    pub(super) url: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// The number of bytes, if the server says so.
    pub(super) total: Option<u64>,
}

impl Version {
    /// The version that a response has, given its total number of bytes.
    pub(super) fn new(url: &str, headers: &HeaderMap, total: Option<u64>) -> Self {
        Self {
            url: url.to_owned(),
            etag: text(headers, header::ETAG),
            last_modified: text(headers, header::LAST_MODIFIED),
            total,
        }
    }

    /// The value of the header If-Range: a strong ETag, or the date. A weak ETag must not be sent.
    pub(super) fn condition(&self) -> Option<&str> {
        match &self.etag {
            Some(etag) if !etag.starts_with("W/") => Some(etag),
            _ => self.last_modified.as_deref(),
        }
    }

    /// Whether this can be the same version as another, as far as the server tells.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            matches!((a, b), (Some(a), Some(b)) if a != b)
        }
        self.url == other.url
            && !differ(&self.etag, &other.etag)
            && !differ(&self.total, &other.total)
            && (self.etag.is_some() || !differ(&self.last_modified, &other.last_modified))
    }
}

/// The text of a header.
pub(super) fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.trim().to_owned())
}

/// The first byte and the total of the header Content-Range, `bytes FIRST-LAST/TOTAL`, where the total may be `*`.
pub(super) fn content_range(range: &str) -> Option<(u64, Option<u64>)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_content_range_is_none() {
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
}
