//! External programs: finds them, and runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// An installed program.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: PathBuf,
}

impl Program {
    /// The first of the names that is a program on the PATH.
    pub(super) fn find(names: &[&str]) -> Option<Self> {
        let folders = std::env::var_os("PATH")?;
        let find = |name: &&str| {
            std::env::split_paths(&folders)
                .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
                .find(|path| path.is_file())
        };
        names.iter().find_map(find).map(|path| Self { path })
    }

    /// Runs the program in a folder, and returns its standard output.
    pub(super) fn run(&self, folder: &Path, args: &[&str]) -> Result<String> {
        let ran = Command::new(&self.path)
            .args(args)
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run {}", self.path.display()))?;
        if !ran.status.success() {
            bail!(
                "{} {} failed ({}): {}; remove it from the PATH to compare without it",
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
    fn programs_are_found_and_run_and_their_failures_are_errors() {
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
