//! Temporary files and folders: removed when the program is interrupted, and at the next start if it could not do that.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The end of the names of temporary files and folders.
pub const SUFFIX: &str = ".tmp";

/// The age after which what a program left behind is removed where one cannot see whether that program still runs.
const OLD: Duration = Duration::from_secs(24 * 3600);

/// The temporary files and folders of this program.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The entry of a temporary file or folder, which is taken back when this is dropped.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// That a file or folder is temporary.
    pub fn new(path: &Path) -> Self {
        entries().insert(path.to_path_buf());
        Self(path.to_path_buf())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        entries().remove(&self.0);
    }
}

fn entries() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The beginning of the names of the temporary files for `name` that this program makes: hidden, with the id of the process. The name may
/// be as long as the file system allows, so only a part of it is repeated.
pub fn prefix(name: &str) -> OsString {
    format!("{}{}-", begin(name), std::process::id()).into()
}

/// The beginning of such names without the id.
fn begin(name: &str) -> String {
    format!(".{}.", name.chars().take(40).collect::<String>())
}

/// Removes all temporary files and folders of this program, when it is interrupted.
pub fn remove_all() {
    for path in &*entries() {
        // If it cannot be removed, the next start tries it again.
        remove(path);
    }
}

/// Removes what other programs have left behind in a folder when they wanted to write `name`, if they no longer run.
pub fn remove_stale(folder: &Path, name: &str) {
    let begin = begin(name);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let middle = found
            .to_str()
            .and_then(|found| found.strip_prefix(&begin)?.strip_suffix(SUFFIX));
        let process = middle.and_then(|middle| middle.split_once('-')?.0.parse().ok());
        if process.is_some_and(|process| !may_run(process, &entry)) {
            remove(&entry.path());
        }
    }
}

fn remove(path: &Path) {
    if path.is_dir() {
        let _ = fs::remove_dir_all(path);
    } else {
        let _ = fs::remove_file(path);
    }
}

/// Whether a process may still run that has left something behind.
fn may_run(process: u32, entry: &fs::DirEntry) -> bool {
    if process == std::process::id() {
        return true;
    }
    if Path::new("/proc/self").exists() {
        return Path::new("/proc").join(process.to_string()).exists();
    }
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|modified| modified.elapsed().ok());
    age.is_none_or(|age| age < OLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_program_left_behind_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let own = format!("{}aB3.tmp", prefix("a.bin").to_str().unwrap());
        // No process has this id: it is above the largest one of Linux.
        let stale = ".a.bin.4194999-xyz.tmp".to_owned();
        let kept = [
            own,
            "a.bin".to_owned(),
            ".b.bin.4194999-xyz.tmp".to_owned(),
            ".a.bin.4194999-xyz".to_owned(),
            ".a.bin.photograph-1.tmp".to_owned(),
        ];
        for name in kept.iter().chain([&stale]) {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        remove_stale(folder.path(), "a.bin");
        for name in &kept {
            assert!(folder.path().join(name).exists(), "{name}");
        }
        #[cfg(target_os = "linux")]
        assert!(!folder.path().join(stale).exists());
    }

    #[test]
    fn an_entry_is_taken_back() {
        let path = Path::new("/nowhere/at/all");
        let entry = Unfinished::new(path);
        assert!(entries().contains(path));
        drop(entry);
        assert!(!entries().contains(path));
    }
}
