//! The folder of a run: the names of its files, and how it is created without overwriting another run.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// The folder of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// Creates a folder: `out`, or `runs/<time>-<name>`, with a number if another run has that name.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created or is not empty.
    pub fn create(out: Option<&Path>, name: &str) -> Result<Self> {
        let cannot_create = |path: &Path| {
            format!(
                "cannot create the run folder {}; choose another with --out DIR",
                path.display()
            )
        };
        let Some(path) = out else {
            let now = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S");
            let runs = Path::new("runs");
            let path = runs.join(format!("{now}-{name}"));
            return create_new(runs, &path)
                .with_context(|| cannot_create(&path))
                .map(Self);
        };
        let path = path.to_owned();
        fs::create_dir_all(&path).with_context(|| cannot_create(&path))?;
        let mut entries =
            fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(
            entries.next().is_none(),
            "{} is not empty; resume the run in it with --resume {0}, or choose another folder with --out",
            path.display()
        );
        Ok(Self(path))
    }

    /// The folder of a run to resume.
    ///
    /// # Errors
    ///
    /// When there is no checkpoint in it.
    pub fn existing(path: &Path) -> Result<Self> {
        let folder = Self(path.to_owned());
        if !folder.checkpoint().is_file() {
            bail!(
                "{} has no run to resume: there is no {} in it",
                path.display(),
                folder
                    .checkpoint()
                    .file_name()
                    .unwrap_or_default()
                    .display(),
            );
        }
        Ok(folder)
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The configuration of the run.
    pub fn config(&self) -> PathBuf {
        self.0.join("config.json")
    }

    /// The checkpoint from which the run can be resumed.
    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint.safetensors")
    }

    /// The best float parameters.
    pub fn weights(&self) -> PathBuf {
        self.0.join("weights.safetensors")
    }

    /// The history of the run, a line for each validation.
    pub fn metrics(&self) -> PathBuf {
        self.0.join("metrics.csv")
    }

    /// The decoder model.
    pub fn decoder(&self) -> PathBuf {
        self.0.join("decoder.nicem")
    }

    /// The encoder network, beside the decoder model as `nicec` expects it.
    pub fn encoder(&self) -> PathBuf {
        self.0.join("encoder.nicee")
    }

    /// The demo picture, encoded.
    pub fn demo(&self) -> PathBuf {
        self.0.join("demo.nice")
    }
}

/// Creates a folder in `runs` that did not exist before: `path`, or that name with a number.
fn create_new(runs: &Path, path: &Path) -> std::io::Result<PathBuf> {
    fs::create_dir_all(runs)?;
    let mut new = path.to_owned();
    let mut number = 2;
    loop {
        match fs::create_dir(&new) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let mut name = path.as_os_str().to_owned();
                name.push(format!("-{number}"));
                new = name.into();
                number += 1;
            }
            created => return created.map(|()| new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_empty_is_refused_and_left_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious");
        fs::write(&precious, "x").unwrap();
        let error = RunFolder::create(Some(folder.path()), "mlp")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("--resume") && error.contains("--out"),
            "{error}"
        );
        assert_eq!(fs::read(precious).unwrap(), b"x");
    }

    #[test]
    fn runs_of_the_same_second_have_folders_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("20260101-120000-m");
        let names: Vec<PathBuf> = (0..3)
            .map(|_| create_new(folder.path(), &path).unwrap())
            .collect();
        let numbered = |number| folder.path().join(format!("20260101-120000-m-{number}"));
        assert_eq!(names, [path, numbered(2), numbered(3)]);
    }

    #[test]
    fn a_folder_without_a_checkpoint_cannot_be_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let error = RunFolder::existing(folder.path()).unwrap_err().to_string();
        assert!(error.contains("checkpoint.safetensors"), "{error}");
    }
}
