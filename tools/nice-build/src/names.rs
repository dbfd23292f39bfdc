//! The names of statics for files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The name of the static for each file, whose path is within a folder: `more/two-trees.png` becomes `MORE_TWO_TREES`.
pub(crate) fn of_files(paths: &[PathBuf], folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in paths {
        let name = name(path.strip_prefix(folder).unwrap_or(path));
        if let Some(other) = names.insert(name.clone(), path.clone()) {
            bail!(
                "{} and {} would both be the static {name}; rename one of them",
                other.display(),
                path.display()
            );
        }
    }
    Ok(names)
}

fn name(path: &Path) -> String {
    let stem = path.with_extension("");
    let letters = stem.to_string_lossy().to_uppercase();
    let mut name: String = letters
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.insert_str(0, "PICTURE_");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_statics() {
        for (path, expected) in [
            ("house.png", "HOUSE"),
            ("more/two-trees.v2.jpg", "MORE_TWO_TREES_V2"),
            ("3d.png", "PICTURE_3D"),
            ("_.png", "PICTURE__"),
            ("straße.png", "STRASSE"),
            ("漢.png", "PICTURE__"),
        ] {
            assert_eq!(name(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn two_files_with_the_same_name_are_refused() {
        let paths = ["in/a.png", "in/a.jpg"].map(PathBuf::from);
        let error = of_files(&paths, Path::new("in")).unwrap_err().to_string();
        assert!(
            error.contains("a.png") && error.contains("a.jpg") && error.contains("static A"),
            "{error}"
        );
    }
}
