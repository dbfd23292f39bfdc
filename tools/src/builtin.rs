//! The models that come with the program, by name and by id.

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nice_decode::{Decoder, Image, ModelId, models};

use crate::model_file;

/// The model that is encoded with when nobody names one.
pub const DEFAULT: &str = "m";

/// The decoders of all of them, the smallest first, with the bytes of their files.
pub fn all() -> impl Iterator<Item = (Decoder<'static>, &'static [u8])> {
    models::ALL
        .iter()
        .filter_map(|bytes| Some((Decoder::from_trusted_bytes(bytes).ok()?, *bytes)))
}

/// The bytes of the one with this name.
pub fn named(name: &str) -> Option<&'static [u8]> {
    all()
        .find(|(decoder, _)| decoder.name() == name)
        .map(|(_, bytes)| bytes)
}

/// The bytes of the one with this id.
pub fn with_id(id: ModelId) -> Option<&'static [u8]> {
    all()
        .find(|(decoder, _)| decoder.id() == id)
        .map(|(_, bytes)| bytes)
}

/// The bytes of the model that was asked for: a file, the name of one that comes with the program, or the default.
pub fn read(asked: Option<&Path>) -> Result<Cow<'static, [u8]>> {
    let asked = asked.unwrap_or(Path::new(DEFAULT));
    match asked.to_str().and_then(named) {
        // A file that has the name of a model is meant where it lies.
        Some(bytes) if !asked.exists() => Ok(Cow::Borrowed(bytes)),
        _ => model_file::read(asked).map(Cow::Owned).with_context(|| {
            let names: Vec<_> = all().map(|(decoder, _)| decoder.name()).collect();
            format!(
                "cannot use the model {}: give a .nicem file, or the name of one that comes with the program: {}",
                asked.display(),
                names.join(", ")
            )
        }),
    }
}

/// The bytes of the model of a picture: the one that was asked for, or the one that comes with the program and has made it.
pub fn read_for(image: &Image<'_>, asked: Option<&Path>) -> Result<Cow<'static, [u8]>> {
    if asked.is_some() {
        return read(asked);
    }
    match with_id(image.model_id()) {
        Some(bytes) => Ok(Cow::Borrowed(bytes)),
        None => bail!(
            "it was made with the model {}, which does not come with this program; give its file with -m MODEL.nicem",
            image.model_id()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_found_by_its_name_and_by_its_id() {
        let names: Vec<_> = all().map(|(decoder, _)| decoder.name()).collect();
        assert_eq!(names, ["s", "m"]);
        for (decoder, bytes) in all() {
            assert_eq!(named(decoder.name()), Some(bytes));
            assert_eq!(with_id(decoder.id()), Some(bytes));
            assert!(Decoder::from_bytes(bytes).is_ok());
        }
        assert!(named(DEFAULT).is_some());
        assert_eq!(named("x"), None);
    }

    #[test]
    fn models_keep_within_their_sizes() {
        assert!(named("s").unwrap().len() <= 40 << 10);
        assert!(named("m").unwrap().len() <= 300 << 10);
    }

    #[test]
    fn a_model_that_is_not_there_is_refused_with_the_names_of_those_that_are() {
        let error = format!("{:#}", read(Some(Path::new("/no/such"))).unwrap_err());
        assert!(
            error.contains("/no/such") && error.contains("s, m"),
            "{error}"
        );
    }
}
