//! The source of a data set, as it is given on the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::{bin, picture_file};

/// The number of synthetic pictures unless another is requested.
pub const SYNTHETIC_PICTURES: u32 = 512;

/// The source of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A `.bin` file of blocks.
    Bin(PathBuf),
    /// A folder of pictures or of `train.bin` and `val.bin`; or a single picture.
    Folder(PathBuf),
    /// Several pictures and folders of pictures.
    Pictures(Vec<PathBuf>),
    /// The URL of a `.bin` file, a picture, or a `.zip` archive of either.
    Url(String),
    /// A data set on Kaggle, `owner/name`.
    Kaggle(String),
    /// Pictures made from a seed.
    Synthetic {
        /// The seed.
        seed: u64,
        /// How many pictures.
        pictures: u32,
    },
}

impl Default for Source {
    fn default() -> Self {
        Self::Synthetic {
            seed: 0,
            pictures: SYNTHETIC_PICTURES,
        }
    }
}

impl Source {
    /// Reads the arguments of a command line: one that [`Source::from_str`] reads, or several pictures and folders of pictures.
    ///
    /// # Errors
    ///
    /// When there is none, or one is invalid.
    pub fn from_arguments(arguments: &[String]) -> Result<Self> {
        match arguments {
            [] => bail!("the name of a data set is missing"),
            [only] => only.parse(),
            several => {
                let paths = several.iter().map(|text| match text.parse()? {
                    Self::Folder(path) => Ok(path),
                    other => bail!(
                        "{other} cannot be used together with others; only pictures and folders of pictures can"
                    ),
                });
                Ok(Self::Pictures(paths.collect::<Result<_>>()?))
            }
        }
    }
}

/// Whether a text is a URL and not a path.
pub fn is_url(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

impl FromStr for Source {
    type Err = anyhow::Error;

    /// Reads `http://..`, `https://..`, `kaggle:owner/name`, `synthetic[:SEED[:PICTURES]]`, or a path.
    ///
    /// A path with the extension `.bin` is a file of blocks, and so is a file without the extension of a picture; anything else
    /// is a folder or a picture. (A folder named `synthetic` is `./synthetic`.)
    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() {
            bail!("the name of a data set is empty");
        }
        if is_url(text) {
            return Ok(Self::Url(text.to_owned()));
        }
        if let Some(name) = text.strip_prefix("kaggle:") {
            return kaggle(name);
        }
        if text == "synthetic" {
            return Ok(Self::default());
        }
        if let Some(numbers) = text.strip_prefix("synthetic:") {
            return synthetic(numbers);
        }
        if let Some((scheme, _)) = text.split_once("://") {
            bail!("{text}: a URL begins with http:// or https://, not with {scheme}://");
        }
        let path = Path::new(text);
        if bin::has_extension(path) || path.is_file() && !picture_file::has_known_extension(path) {
            Ok(Self::Bin(path.to_path_buf()))
        } else {
            Ok(Self::Folder(path.to_path_buf()))
        }
    }
}

fn kaggle(name: &str) -> Result<Source> {
    let well_formed = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !part.starts_with('.')
    };
    match name.split_once('/') {
        Some((owner, set)) if well_formed(owner) && well_formed(set) => {
            Ok(Source::Kaggle(name.to_owned()))
        }
        _ => bail!(
            "kaggle:{name}: a data set on Kaggle is kaggle:owner/name, such as \
             kaggle:tay10r/image-block-compression"
        ),
    }
}

fn synthetic(numbers: &str) -> Result<Source> {
    let (seed, pictures) = match numbers.split_once(':') {
        Some((seed, pictures)) => (seed, Some(pictures)),
        None => (numbers, None),
    };
    let usage = || {
        format!(
            "synthetic:{numbers}: write synthetic, synthetic:SEED or synthetic:SEED:PICTURES with whole numbers"
        )
    };
    let seed = seed.parse().with_context(usage)?;
    let pictures = match pictures {
        Some(pictures) => pictures.parse().with_context(usage)?,
        None => SYNTHETIC_PICTURES,
    };
    if pictures == 0 {
        bail!("synthetic:{numbers}: at least one picture is needed");
    }
    Ok(Source::Synthetic { seed, pictures })
}

impl fmt::Display for Source {
    /// Writes what [`Source::from_str`] reads, and several paths with commas between them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bin(path) | Self::Folder(path) => write!(formatter, "{}", path.display()),
            Self::Pictures(paths) => {
                let paths = paths.iter().map(|path| path.display().to_string());
                formatter.write_str(&paths.collect::<Vec<_>>().join(", "))
            }
            Self::Url(url) => formatter.write_str(url),
            Self::Kaggle(name) => write!(formatter, "kaggle:{name}"),
            Self::Synthetic { seed, pictures } => {
                write!(formatter, "synthetic:{seed}:{pictures}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_arguments_are_pictures_and_folders_of_them() {
        let source = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            Source::from_arguments(&arguments).map_err(|error| error.to_string())
        };
        assert_eq!(
            source(&["icons", "a.png"]),
            Ok(Source::Pictures(vec!["icons".into(), "a.png".into()]))
        );
        assert_eq!(source(&["icons"]), Ok(Source::Folder("icons".into())));
        assert_eq!(source(&["a.bin"]), Ok(Source::Bin("a.bin".into())));
        for wrong in [&["icons", "a.bin"], &["synthetic", "icons"]] {
            let error = source(wrong).unwrap_err();
            assert!(error.contains("only pictures and folders"), "{error}");
        }
        assert!(source(&[]).is_err());
    }
}
