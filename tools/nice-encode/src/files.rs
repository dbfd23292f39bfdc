//! Files that are written completely or not at all, and read with errors that name them.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use crate::unfinished::{self, Unfinished};

/// Reads a file.
///
/// # Errors
///
/// When it cannot be read; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    if path.is_dir() {
        return Err(anyhow!("it is a folder, but a file is needed"))
            .with_context(|| format!("cannot read {}", path.display()));
    }
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file, completely or not at all: see [`write_atomically_with`].
///
/// # Errors
///
/// When it cannot be written; the error names it.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomically_with(path, |writer| Ok(writer.write_all(bytes)?))
}

/// Lets `fill` write a temporary file beside `path`, and renames it to `path` once it is complete.
///
/// If anything fails before that (an error of `fill`, a full disk, a signal), an existing file is left unchanged. A symbolic
/// link is followed, and its target is replaced. A path that is not a regular file, such as a named pipe, is written to directly, and so
/// is what the program has open already, such as `/dev/stdout`: at the end, if that is a file.
///
/// # Errors
///
/// When `fill` fails, or the file cannot be written or is read-only; the error names it.
pub fn write_atomically_with(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    write(path, fill).with_context(|| format!("cannot write {}", path.display()))
}

fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    if is_stream(path) {
        return write_directly(path, fill);
    }
    let target = follow(path)?;
    let old = fs::metadata(&target).ok();
    if let Some(old) = &old {
        if old.is_dir() {
            bail!("it is a folder; give the name of a file in it");
        }
        if old.permissions().readonly() {
            bail!("the existing file is read-only; remove it or give another name");
        }
    }
    let Some(name) = target.file_name() else {
        bail!("it is not the name of a file");
    };
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.exists() {
        bail!(
            "there is no folder {}; create it first, or give another name",
            folder.display()
        );
    }
    if !folder.is_dir() {
        bail!("{} is a file, not a folder", folder.display());
    }

    let name = name.to_string_lossy();
    unfinished::remove_stale(folder, &name);
    let prefix = unfinished::prefix(&name);
    let mut beside = tempfile::Builder::new();
    beside.prefix(&prefix).suffix(unfinished::SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The mode that other programs ask for, before the umask.
        beside.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut beside = beside
        .tempfile_in(folder)
        .map_err(|error| cannot_create(error, folder))?;
    let _unfinished = Unfinished::new(beside.path());
    let mut writer = BufWriter::with_capacity(1 << 16, beside.as_file_mut());
    fill(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if let Some(old) = old {
        beside.as_file().set_permissions(old.permissions())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Whether a path is something that cannot be replaced: a pipe, a device, or what the program has open already.
pub fn is_stream(path: &Path) -> bool {
    let is_open = [
        "/dev/fd",
        "/dev/stdin",
        "/dev/stdout",
        "/dev/stderr",
        "/proc",
    ];
    is_open.iter().any(|open| path.starts_with(open))
        || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The file that the symbolic links at `path` lead to, even if it does not exist yet.
fn follow(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(next) => {
                target = match target.parent() {
                    Some(parent) => parent.join(next),
                    None => next,
                };
            }
            Err(_) => return Ok(target),
        }
    }
    bail!("its symbolic links form a loop");
}

fn write_directly(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut writer = BufWriter::new(File::options().append(true).open(path)?);
    fill(&mut writer)?;
    writer.flush()?;
    Ok(())
}

/// The error of creating the temporary file, without its random name, which would only confuse.
fn cannot_create(error: std::io::Error, folder: &Path) -> anyhow::Error {
    let named = error.get_ref().and_then(|named| named.source());
    let cause = named.map_or_else(|| error.to_string(), ToString::to_string);
    anyhow!("cannot create a file in {}: {cause}", folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_failure_halfway_keeps_the_existing_file_and_leaves_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write_atomically(&path, b"old").unwrap();
        let error = write_atomically_with(&path, |writer| {
            writer.write_all(b"new")?;
            bail!("out of paper")
        })
        .unwrap_err();
        let text = format!("{error:#}");
        assert!(
            text.contains("a.bin") && text.contains("out of paper"),
            "{text}"
        );
        assert_eq!(read(&path).unwrap(), b"old");
        assert_eq!(entries(folder.path()), ["a.bin"]);
    }

    #[test]
    fn a_folder_a_missing_folder_and_a_file_instead_of_a_folder_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write_atomically(&file, b"x").unwrap();
        for (path, saying) in [
            (folder.path().to_path_buf(), "is a folder"),
            (folder.path().join("none/a"), "there is no folder"),
            (file.join("a"), "is a file, not a folder"),
        ] {
            let text = format!("{:#}", write_atomically(&path, b"y").unwrap_err());
            assert!(text.contains(saying), "{text}");
            assert!(text.contains(&path.display().to_string()), "{text}");
        }
        assert_eq!(entries(folder.path()), ["file"]);
        let text = format!("{:#}", read(folder.path()).unwrap_err());
        assert!(text.contains("it is a folder"), "{text}");
    }

    #[test]
    fn a_read_only_file_is_left_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        write_atomically(&path, b"old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let text = format!("{:#}", write_atomically(&path, b"new").unwrap_err());
        assert!(text.contains("read-only"), "{text}");
        assert_eq!(read(&path).unwrap(), b"old");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error() {
        let text = format!(
            "{:#}",
            write_atomically(Path::new("/dev/full"), b"x").unwrap_err()
        );
        assert!(
            text.contains("/dev/full") && text.contains("No space"),
            "{text}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_target_of_a_link_is_replaced_and_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        write_atomically(&real, b"old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("real", &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("real"));
        assert_eq!(read(&real).unwrap(), b"new");
        let mode = fs::metadata(&real).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
