//! The pictures of a folder as images, and the module that holds them.

use std::ffi::OsStr;
use std::fmt;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_data::picture_file::{self, ReadOptions};
use nice_data::{Resize, folder, message};
use nice_encode::{Encoder, Options, Rate, Tune, files, measure, pretrained};

use crate::names;

/// The pictures of a folder, and how they are encoded: like `nicec encode` does it, unless something else is requested.
#[derive(Clone, Debug)]
pub struct Pictures {
    folder: PathBuf,
    model: PathBuf,
    module: Option<String>,
    resize: Option<Resize>,
    options: Options,
}

/// Why the pictures could not be encoded; `main` of a build script prints it.
pub struct Error(anyhow::Error);

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message::of_error(&self.0))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message::of_error(&self.0))
    }
}

impl std::error::Error for Error {}

impl Pictures {
    /// The pictures in a folder, which is relative to the package, and in its subfolders.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            model: pretrained::DEFAULT.into(),
            module: None,
            resize: None,
            options: Options {
                tune: Tune::Looks,
                rate: Rate::BitsPerPixel(0.75),
                ..Options::default()
            },
        }
    }

    /// Encodes for a model: the name of a pretrained one, or a file (.nicem) relative to the package, which then is `MODEL` in the module. m by
    /// default.
    #[must_use]
    pub fn model(mut self, model: impl Into<PathBuf>) -> Self {
        self.model = model.into();
        self
    }

    /// The name of the module's file, without `.rs`: by default that of the folder. Modules of one folder need different ones.
    #[must_use]
    pub fn module(mut self, name: impl Into<String>) -> Self {
        self.module = Some(name.into());
        self
    }

    /// Makes pictures smaller or larger first, such as to fit into a display.
    #[must_use]
    pub fn resize(mut self, resize: Resize) -> Self {
        self.resize = Some(resize);
        self
    }

    /// How many bits a picture gets: at most 0.75 for a pixel by default.
    #[must_use]
    pub fn rate(mut self, rate: Rate) -> Self {
        self.options.rate = rate;
        self
    }

    /// What the encoder makes as small as it can: what people see of the error by default.
    #[must_use]
    pub fn tune(mut self, tune: Tune) -> Self {
        self.options.tune = tune;
        self
    }

    /// Whether the pictures will be shown deblocked; yes by default.
    #[must_use]
    pub fn deblocked(mut self, deblocked: bool) -> Self {
        self.options.deblocked = deblocked;
        self
    }

    /// The effort of the search, 0 to 4; 2 by default.
    #[must_use]
    pub fn effort(mut self, effort: u32) -> Self {
        self.options.effort = effort;
        self
    }

    /// Encodes the pictures, and writes the module to `OUT_DIR`: `pictures.rs` for the folder `pictures`. In a build script; it tells cargo
    /// what to watch.
    ///
    /// # Errors
    ///
    /// When this is not a build script, a picture or the model cannot be read, or a file cannot be written.
    pub fn generate(&self) -> Result<(), Error> {
        let out = std::env::var_os("OUT_DIR")
            .context("OUT_DIR is not set; call this in a build script")
            .map_err(Error)?;
        println!("cargo::rerun-if-changed={}", self.folder.display());
        for path in self.generate_in(Path::new(&out)).map_err(Error)? {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        Ok(())
    }

    /// Encodes the pictures, and writes the module to a folder; returns the files that were read.
    fn generate_in(&self, out: &Path) -> Result<Vec<PathBuf>> {
        let listing = folder::list(&self.folder)?;
        if let Some(unreadable) = listing.unreadable.first() {
            bail!("cannot look for pictures: {unreadable}");
        }
        let is_file = self.model.exists();
        let model_file = pretrained::read(Some(&self.model))?;
        let mut memory = Vec::new();
        let encoder = Encoder::load(&model_file, Some(&self.model))?.expanded(&mut memory);

        let folder_name = self.folder.file_name().unwrap_or("pictures".as_ref());
        let name = self.module.as_ref().map_or(folder_name, OsStr::new);
        let images = out.join("nice").join(name);
        fs::create_dir_all(&images)
            .with_context(|| format!("cannot create {}", images.display()))?;
        let mut module = String::from("// Written by nice-build.\n");
        let mut all = String::new();
        for (name, path) in names::of_files(&listing.pictures, &self.folder)? {
            let image = images.join(format!("{name}.nice"));
            self.encode(&path, &image, &encoder)?;
            let shown = path.display().to_string();
            writeln!(
                module,
                "\n/// The picture `{}`.",
                message::one_line(&shown).replace('`', "'")
            )?;
            writeln!(
                module,
                "pub static {name}: &[u8] = include_bytes!({image:?});"
            )?;
            writeln!(all, "    ({name:?}, {name}),")?;
        }
        writeln!(
            module,
            "\n/// All images with their names.\npub static ALL: &[(&str, &[u8])] = &[\n{all}];"
        )?;
        let mut read = listing.pictures;
        if is_file {
            let path = std::path::absolute(&self.model)?;
            writeln!(
                module,
                "\n/// The model of the images.\npub static MODEL: &[u8] = ::nice_decode::include_model!({path:?});"
            )?;
            read.push(self.model.clone());
        }
        let mut file = out.join(name);
        file.set_extension("rs");
        files::write_atomically(&file, module.as_bytes())?;
        Ok(read)
    }

    /// Encodes a picture, unless that was done before.
    fn encode(&self, path: &Path, image: &Path, encoder: &Encoder<'_>) -> Result<()> {
        let bytes = files::read(path)?;
        let key = format!(
            "{} {:08x} {} {} {:?} {:?}\n",
            env!("CARGO_PKG_VERSION"),
            crc32fast::hash(&bytes),
            bytes.len(),
            encoder.model().id(),
            self.resize,
            self.options
        );
        let key_file = image.with_extension("key");
        if image.is_file() && fs::read_to_string(&key_file).is_ok_and(|before| before == key) {
            return Ok(());
        }
        let name = path.display().to_string();
        let opened = picture_file::open_bytes(&bytes, &name, &ReadOptions::default())?;
        for note in &opened.notes {
            println!("cargo::warning={name}: {}", message::one_line(note));
        }
        let mut picture = opened.picture;
        if let Some(resize) = self.resize {
            picture = resize
                .apply(picture)
                .with_context(|| format!("cannot resize {name}"))?;
        }
        let encoded = measure::encode(encoder, &picture, &self.options)?;
        files::write_atomically(image, &encoded.file)?;
        files::write_atomically(&key_file, key.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_decode::{Image, Layout};
    use nice_encode::Picture;

    fn write(path: &Path, gray: u8) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let picture = Picture::new(24, 16, vec![gray; 24 * 16 * 3]).unwrap();
        picture_file::write_png(path, &picture).unwrap();
    }

    #[test]
    fn a_folder_becomes_a_module_and_only_what_changed_is_encoded_again() {
        let folder = tempfile::tempdir().unwrap();
        let (from, out) = (folder.path().join("pictures"), folder.path().join("out"));
        write(&from.join("one.png"), 10);
        write(&from.join("more/two.png"), 200);
        let pictures = Pictures::new(&from).model("s").effort(0);
        let read = pictures.generate_in(&out).unwrap();
        assert_eq!(read.len(), 2);
        let module = fs::read_to_string(out.join("pictures.rs")).unwrap();
        assert!(
            module.contains("pub static ONE: &[u8] = include_bytes!("),
            "{module}"
        );
        assert!(module.contains("(\"MORE_TWO\", MORE_TWO),"), "{module}");

        let image = out.join("nice/pictures/ONE.nice");
        let bytes = fs::read(&image).unwrap();
        assert_eq!(
            Image::from_bytes(&bytes).unwrap().layout(),
            Layout::Adaptive
        );
        // What is there is used as it is.
        fs::write(&image, b"kept").unwrap();
        pictures.generate_in(&out).unwrap();
        assert_eq!(fs::read(&image).unwrap(), b"kept");
        // Another option, or another picture, is encoded.
        pictures
            .clone()
            .rate(Rate::Fixed)
            .generate_in(&out)
            .unwrap();
        let fixed = fs::read(&image).unwrap();
        assert_eq!(Image::from_bytes(&fixed).unwrap().layout(), Layout::Fixed);
        fs::write(&image, b"kept").unwrap();
        write(&from.join("one.png"), 11);
        pictures.rate(Rate::Fixed).generate_in(&out).unwrap();
        assert_ne!(fs::read(&image).unwrap(), b"kept");
    }

    #[test]
    fn a_folder_can_become_several_modules_of_pictures_in_different_sizes() {
        let folder = tempfile::tempdir().unwrap();
        let (from, out) = (folder.path().join("pictures"), folder.path().join("out"));
        write(&from.join("one.png"), 10);
        let pictures = Pictures::new(&from).model("s").effort(0);
        let sizes = [
            ("large", Resize::Part(2.0), (48, 32)),
            ("small", Resize::Within(8, 8), (8, 5)),
        ];
        for (name, resize, size) in sizes {
            let pictures = pictures.clone().module(name).resize(resize);
            pictures.generate_in(&out).unwrap();
            let file = fs::read(out.join(format!("nice/{name}/ONE.nice"))).unwrap();
            let image = Image::from_bytes(&file).unwrap();
            assert_eq!((image.width(), image.height()), size);
            assert!(out.join(format!("{name}.rs")).is_file());
        }
        // Another size is encoded.
        let image = out.join("nice/small/ONE.nice");
        let before = fs::read(&image).unwrap();
        let pictures = pictures.module("small").resize(Resize::Within(16, 16));
        pictures.generate_in(&out).unwrap();
        assert_ne!(fs::read(&image).unwrap(), before);
    }

    #[test]
    fn errors_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("bad.png"), b"nothing").unwrap();
        let error = Pictures::new(folder.path()).generate_in(folder.path());
        let text = message::of_error(&error.unwrap_err());
        assert!(text.contains("bad.png"), "{text}");
    }
}
