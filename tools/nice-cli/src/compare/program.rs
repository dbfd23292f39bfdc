//! Programs of others that are used where they are installed: finding them, and hearing what they say.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A program that is installed.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: PathBuf,
}

impl Program {
    /// The first program on the PATH that has one of the names, the names taken in order.
    pub(super) fn find(names: &[&str]) -> Option<Self> {
        let folders = std::env::var_os("PATH")?;
        let find = |name: &&str| {
            std::env::split_paths(&folders)
                .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
                .find(|path| path.is_file())
        };
        names.iter().find_map(find).map(|path| Self { path })
    }

    /// Runs it in a folder and gives what it says.
    pub(super) fn run(&self, folder: &Path, args: &[&str]) -> Result<String> {
        let ran = Command::new(&self.path)
            .args(args)
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run {}", self.path.display()))?;
        if !ran.status.success() {
            bail!(
                "{} {} failed ({}): {}; take it off the PATH to compare without it",
                self.path.display(),
                args.join(" "),
                ran.status,
                String::from_utf8_lossy(&ran.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn programs_are_found_heard_and_told_of_when_they_fail() {
        assert!(Program::find(&["no-such-program-of-nice"]).is_none());
        let shell = Program::find(&["no-such-program-of-nice", "sh"]).unwrap();
        let folder = Path::new("/");
        assert_eq!(shell.run(folder, &["-c", "pwd"]).unwrap(), "/\n");
        let error = shell
            .run(folder, &["-c", "echo hurt >&2; exit 3"])
            .unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("hurt") && error.contains("PATH"), "{error}");
    }
}
