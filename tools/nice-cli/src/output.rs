//! Where results go: to a file, but never over an input or over a file of another kind, or to standard output.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nice_encode::container::file_type::FileType;
use nice_encode::files;

/// The option to write an output that would be refused.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct ForceArgs {
    /// Write an output whose name has the ending of another kind of file, and overwrite such files, but never an input
    #[arg(long)]
    force: bool,
}

/// A kind of file that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The endings of such files, without the dot.
    pub(crate) endings: &'static [&'static str],
    /// The type, if it is one of NICE.
    pub(crate) file_type: Option<FileType>,
}

/// A NICE image.
pub(crate) const IMAGE: Kind = Kind {
    name: "a NICE image",
    endings: &["nice"],
    file_type: Some(FileType::Image),
};

/// A file of blocks.
pub(crate) const BLOCKS: Kind = Kind {
    name: "a file of blocks",
    endings: &["bin"],
    file_type: None,
};

/// A page.
pub(crate) const PAGE: Kind = Kind {
    name: "a page",
    endings: &["html", "htm"],
    file_type: None,
};

/// Whether a path stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// A path in messages.
pub(crate) fn shown(path: &Path) -> String {
    if is_standard(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Reads an input, which may be standard input.
pub(crate) fn read(input: &Path) -> Result<Vec<u8>> {
    if !is_standard(input) {
        return files::read(input);
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.context("cannot read standard input")?;
    Ok(bytes)
}

/// Where messages go: to standard error if the result goes to standard output.
pub(crate) fn messages<'a>(output: &Path, out: &'a mut dyn Write) -> Box<dyn Write + 'a> {
    if is_standard(output) {
        Box::new(std::io::stderr())
    } else {
        Box::new(out)
    }
}

/// Writes a result to a file, completely or not at all, or to standard output, which is `out`.
pub(crate) fn write(output: &Path, bytes: &[u8], out: &mut dyn Write) -> Result<()> {
    if is_standard(output) {
        return Ok(out.write_all(bytes)?);
    }
    files::write_atomically(output, bytes)
}

/// The files that a command must not overwrite, since it reads them.
#[derive(Debug, Default)]
pub(crate) struct Inputs(BTreeMap<PathBuf, PathBuf>);

impl Inputs {
    /// These files, as far as they exist.
    pub(crate) fn new<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        let paths = paths.into_iter().filter(|path| path.is_file());
        let real = paths.filter_map(|path| Some((path.canonicalize().ok()?, path.to_path_buf())));
        Self(real.collect())
    }

    /// Checks that an output is neither one of the inputs nor a folder. Unless it is forced, it also needs an ending of its kind, and
    /// an existing file must not be of another kind.
    pub(crate) fn check(&self, output: &Path, kind: Kind, force: ForceArgs) -> Result<()> {
        if is_standard(output) || files::is_stream(output) {
            return Ok(());
        }
        let shown = output.display();
        if let Ok(target) = output.canonicalize() {
            if let Some(input) = self.0.get(&target) {
                bail!(
                    "{shown} would overwrite the input {}; give another name for the output",
                    input.display()
                );
            }
            if target.is_dir() {
                bail!("cannot write {shown}: it is a folder; give the name of a file in it");
            }
        }
        if force.force {
            return Ok(());
        }
        let ending = output.extension().map(|ending| ending.to_string_lossy());
        let is_of_kind = ending.is_some_and(|ending| {
            let mut endings = kind.endings.iter();
            endings.any(|known| known.eq_ignore_ascii_case(&ending))
        });
        ensure!(
            is_of_kind,
            "{shown} does not have the ending of {} (.{}); give another name, or --force to write it all the same",
            kind.name,
            kind.endings.join(", .")
        );
        let mut magic = [0; 4];
        let begins = File::open(output).and_then(|mut file| file.read_exact(&mut magic));
        let found = begins.ok().and_then(|()| FileType::of(&magic));
        if let Some(found) = found.filter(|&found| Some(found) != kind.file_type) {
            bail!(
                "{shown} exists, and is a NICE {found}; give another name, or --force to overwrite it"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_and_files_of_another_kind_are_protected() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a.nice"), b"NICI").unwrap();
        std::fs::write(path("b.nice"), b"NICM").unwrap();
        let error = |output: &str, inputs: &[&Path], force| {
            Inputs::new(inputs.iter().copied())
                .check(&path(output), IMAGE, ForceArgs { force })
                .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
        };
        assert!(error("a.nice", &[&path("a.nice")], false).contains("overwrite the input"));
        assert!(error("a.nice", &[&path("a.nice")], true).contains("overwrite the input"));
        assert_eq!(error("a.nice", &[&path("c.png")], false), "fine");
        for name in ["new.nicem", "new.png", "new"] {
            assert!(error(name, &[], false).contains("--force"), "{name}");
            assert_eq!(error(name, &[], true), "fine");
        }
        assert!(error("b.nice", &[], false).contains("is a NICE decoder model"));
        assert_eq!(error("b.nice", &[], true), "fine");
        assert_eq!(error("NEW.NICE", &[], false), "fine");
        assert!(error("", &[], true).contains("it is a folder"));
    }

    #[test]
    fn standard_output_and_devices_can_always_be_written_to() {
        let (inputs, force) = (Inputs::default(), ForceArgs::default());
        inputs.check(Path::new("-"), IMAGE, force).unwrap();
        #[cfg(unix)]
        inputs.check(Path::new("/dev/null"), IMAGE, force).unwrap();
    }
}
