//! Unpacking of zip archives that are not trusted: only the files of a data set, only into one folder, and within limits.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use indicatif::HumanBytes;
use nice_encode::unfinished::{self, Unfinished};
use zip::ZipArchive;

use crate::{bin, picture_file, progress};

/// The limits of the unpacked size of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of all files together.
    pub bytes: u64,
    /// The number of entries, folders included.
    pub entries: usize,
}

impl Limits {
    /// Sensible limits for an archive of `size` bytes: a hundred times its size, and at least 1 GiB.
    ///
    /// Deflate can reach 1,000 to 1, but only on constant data; photographs and their blocks shrink to half their size at best.
    pub fn for_size(size: u64) -> Self {
        Self {
            bytes: size.saturating_mul(100).max(1 << 30),
            entries: 2_000_000,
        }
    }
}

/// Unpacks the pictures and `.bin` files of an archive into a new folder, completely or not at all. Returns how many there are.
/// Other files are skipped, and so are names that begin with a dot.
///
/// # Errors
///
/// When the archive cannot be read, an entry would be outside the folder (an absolute path, `..`, a drive, or a symbolic link),
/// is encrypted or damaged, or the limits are exceeded.
pub(super) fn unpack(archive: &Path, into: &Path, limits: &Limits) -> Result<usize> {
    let name = archive.display();
    let file = File::open(archive).with_context(|| format!("cannot open {name}"))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).with_context(|| {
        format!("cannot read {name} as a zip archive; remove it and fetch it again")
    })?;
    let wanted = check(&mut zip, limits).with_context(|| format!("refusing to unpack {name}"))?;
    if wanted.is_empty() {
        bail!("there are neither .bin files nor pictures in {name}");
    }

    let parent = into.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new();
    let name_of_folder = into.file_name().unwrap_or_default().to_string_lossy();
    unfinished::remove_stale(parent, &name_of_folder);
    let prefix = unfinished::prefix(&name_of_folder);
    beside.prefix(&prefix).suffix(unfinished::SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        beside.permissions(fs::Permissions::from_mode(0o777));
    }
    let folder = beside
        .tempdir_in(parent)
        .with_context(|| format!("cannot create a folder in {}", parent.display()))?;
    let _unfinished = Unfinished::new(folder.path());
    unpack_into(&mut zip, &wanted, folder.path(), limits)
        .with_context(|| format!("cannot unpack {name}"))?;
    fs::rename(folder.path(), into)
        .with_context(|| format!("cannot move the unpacked files to {}", into.display()))?;
    // The folder has been renamed, so there is nothing to remove.
    let _ = folder.keep();
    Ok(wanted.len())
}

/// An entry to unpack: its number in the archive, and its path in the folder.
type Wanted = (usize, PathBuf);

/// Checks all entries, and returns those to unpack.
fn check<R: Read + io::Seek>(zip: &mut ZipArchive<R>, limits: &Limits) -> Result<Vec<Wanted>> {
    ensure!(
        zip.len() <= limits.entries,
        "it has {} entries, but the limit is {}",
        zip.len(),
        limits.entries
    );
    let mut declared = 0_u64;
    let mut wanted = Vec::new();
    for number in 0..zip.len() {
        let entry = zip
            .by_index_raw(number)
            .with_context(|| format!("entry {number} is damaged"))?;
        let name = entry.name();
        let Some(path) = inside(name) else {
            bail!("the entry {name:?} is outside the folder");
        };
        ensure!(
            !entry.is_symlink(),
            "the entry {name:?} is a symbolic link, which may lead outside the folder"
        );
        if entry.is_dir() || !is_wanted(&path) {
            continue;
        }
        ensure!(
            !entry.encrypted(),
            "the entry {name:?} is encrypted; unpack the archive yourself and give the folder"
        );
        declared = declared.saturating_add(entry.size());
        wanted.push((number, path));
    }
    ensure!(
        declared <= limits.bytes,
        "its files would take {}, but the limit for an archive of its size is {}; if that is correct, unpack it yourself and \
         give the folder",
        HumanBytes(declared),
        HumanBytes(limits.bytes)
    );
    Ok(wanted)
}

/// Unpacks entries into a folder.
fn unpack_into<R: Read + io::Seek>(
    zip: &mut ZipArchive<R>,
    wanted: &[Wanted],
    folder: &Path,
    limits: &Limits,
) -> Result<()> {
    let bar = progress::bar(wanted.len() as u64, "unpacking");
    let mut left = limits.bytes;
    for (number, path) in wanted {
        let name = path.display();
        let to = folder.join(path);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        let entry = zip
            .by_index(*number)
            .with_context(|| format!("cannot read {name} in it"))?;
        let file = File::create_new(&to)
            .with_context(|| format!("cannot create {name} (is it in the archive twice?)"))?;
        // The declared size of an entry may be wrong, so up to one byte more than allowed is read to notice it.
        let mut entry = entry.take(left.saturating_add(1));
        let mut writer = BufWriter::with_capacity(1 << 16, file);
        let written = copy(&mut entry, &mut writer, &to)?;
        ensure!(
            written <= left,
            "{name} is larger than it declares, and exceeds the limit of {}",
            HumanBytes(limits.bytes)
        );
        left -= written;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Copies to the end, with different errors for an archive that cannot be read and a disk that cannot be written.
fn copy(from: &mut impl Read, to: &mut impl Write, path: &Path) -> Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut written = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(error).with_context(|| {
                    format!(
                        "{} is damaged in the archive; remove the archive and fetch it again",
                        path.file_name().unwrap_or_default().display()
                    )
                });
            }
        };
        to.write_all(&buffer[..count])
            .with_context(|| format!("cannot write {}", path.display()))?;
        written += count as u64;
    }
    to.flush()
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(written)
}

/// The path of an entry within the folder; `None` if it would be outside, on this or another operating system.
fn inside(name: &str) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    if name.starts_with('/') || name.contains(['\0', ':']) {
        return None;
    }
    let mut path = PathBuf::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => path.push(part),
        }
    }
    Some(path)
}

/// Whether a file is a picture or a `.bin` file, and not hidden.
fn is_wanted(path: &Path) -> bool {
    let hidden = path.iter().any(|part| {
        let part = part.as_encoded_bytes();
        part.starts_with(b".") || part == b"__MACOSX"
    });
    !hidden && (bin::has_extension(path) || picture_file::has_known_extension(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outside_the_folder_are_told_from_those_within() {
        for outside in [
            "../a.png",
            "a/../../b.png",
            "/etc/a.png",
            "\\a.png",
            "..\\a.png",
            "C:\\a.png",
            "C:a.png",
            "a\0.png",
            "a/..",
        ] {
            assert_eq!(inside(outside), None, "{outside:?}");
        }
        assert_eq!(inside("a//./b.png"), Some(PathBuf::from("a/b.png")));
        assert_eq!(inside("a\\b.png"), Some(PathBuf::from("a/b.png")));
        assert_eq!(inside("..a/b..png"), Some(PathBuf::from("..a/b..png")));
    }

    #[test]
    fn an_archive_with_a_wrong_declared_size_is_refused() {
        use zip::write::SimpleFileOptions;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        let deflated =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("a.bin", deflated).unwrap();
        zip.write_all(&vec![0; 100_000]).unwrap();
        zip.finish().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let size = 100_000_u32.to_le_bytes();
        let positions: Vec<usize> = (0..bytes.len() - 4)
            .filter(|&at| bytes[at..at + 4] == size)
            .collect();
        for at in positions {
            bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        fs::write(&path, bytes).unwrap();
        let limits = Limits {
            bytes: 5_000,
            entries: 9,
        };
        let into = folder.path().join("files");
        let error = unpack(&path, &into, &limits).unwrap_err();
        assert!(format!("{error:#}").contains("bomb.zip"), "{error:#}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_pictures_and_bin_files_are_unpacked() {
        for (path, wanted) in [
            ("train.bin", true),
            ("a/b.JPG", true),
            ("a/readme.txt", false),
            ("__MACOSX/a.png", false),
            ("a/._b.png", false),
            (".hidden/a.png", false),
        ] {
            assert_eq!(is_wanted(Path::new(path)), wanted, "{path}");
        }
    }

    #[test]
    fn the_limit_is_a_gibibyte_or_a_hundred_times_the_size() {
        assert_eq!(Limits::for_size(100).bytes, 1 << 30);
        assert_eq!(Limits::for_size(1 << 30).bytes, 100 << 30);
        assert_eq!(Limits::for_size(u64::MAX).bytes, u64::MAX);
    }
}
