//! The folder that a run leaves: what lies where in it, and how it is made without spoiling another run's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// A run's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// A new folder: `out`, or `runs/<time>-<name>`. A folder that already holds something is refused.
    pub fn create(out: Option<&Path>, name: &str) -> Result<Self> {
        let path = match out {
            Some(out) => out.to_owned(),
            None => {
                let now = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S");
                Path::new("runs").join(format!("{now}-{name}"))
            }
        };
        fs::create_dir_all(&path).with_context(|| {
            format!(
                "cannot make the run folder {}; choose another with --out DIR",
                path.display()
            )
        })?;
        let mut inside =
            fs::read_dir(&path).with_context(|| format!("cannot look into {}", path.display()))?;
        ensure!(
            inside.next().is_none(),
            "{} already holds something; go on with the run in it by --resume {0}, or choose another folder with --out",
            path.display()
        );
        Ok(Self(path))
    }

    /// The folder of a run that was started before.
    pub fn existing(path: &Path) -> Result<Self> {
        let folder = Self(path.to_owned());
        if !folder.checkpoint().is_file() {
            bail!(
                "{} holds no run to go on with: there is no {} in it",
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

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What the run was asked to do.
    pub fn config(&self) -> PathBuf {
        self.0.join("config.json")
    }

    /// What the run needs to go on.
    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint.safetensors")
    }

    /// The best parameters, as floats.
    pub fn weights(&self) -> PathBuf {
        self.0.join("weights.safetensors")
    }

    /// One line a validation.
    pub fn metrics(&self) -> PathBuf {
        self.0.join("metrics.csv")
    }

    /// The decoder that devices take.
    pub fn decoder(&self) -> PathBuf {
        self.0.join("decoder.nicem")
    }

    /// The encoder, where `nice` looks for it.
    pub fn encoder(&self) -> PathBuf {
        self.0.join("encoder.nicee")
    }

    /// The demo picture, encoded.
    pub fn demo(&self) -> PathBuf {
        self.0.join("demo.nice")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_in_it_is_refused_and_left_alone() {
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
    fn a_folder_without_a_checkpoint_cannot_be_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let error = RunFolder::existing(folder.path()).unwrap_err().to_string();
        assert!(error.contains("checkpoint.safetensors"), "{error}");
    }
}
