//! The pretrained models, by name and by id.

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nice_decode::{Model, ModelId, pretrained};

use crate::container;

/// The name of the model that is used unless another is requested.
pub const DEFAULT: &str = "m";

/// All pretrained models, the smallest first, with the bytes of their files.
pub fn all() -> impl Iterator<Item = (Model<'static>, &'static [u8])> {
    pretrained::ALL
        .iter()
        .filter_map(|bytes| Some((Model::from_trusted_bytes(bytes).ok()?, *bytes)))
}

/// The file of the model with this name.
pub fn named(name: &str) -> Option<&'static [u8]> {
    let (_, bytes) = all().find(|(model, _)| model.name() == name)?;
    Some(bytes)
}

/// The file of the model with this id.
pub fn with_id(id: ModelId) -> Option<&'static [u8]> {
    let (_, bytes) = all().find(|(model, _)| model.id() == id)?;
    Some(bytes)
}

/// The file of a model that is requested by its path, by the name of a pretrained model, or not at all.
///
/// # Errors
///
/// When there is no such model, or its file cannot be read.
pub fn read(requested: Option<&Path>) -> Result<Cow<'static, [u8]>> {
    let requested = requested.unwrap_or(Path::new(DEFAULT));
    match requested.to_str().and_then(named) {
        // A file with the name of a model takes precedence.
        Some(bytes) if !requested.exists() => Ok(Cow::Borrowed(bytes)),
        _ => container::model::read(requested).map(Cow::Owned).with_context(|| {
            let names: Vec<_> = all().map(|(model, _)| model.name()).collect();
            format!(
                "cannot use the model {}: give a .nicem file or the name of a pretrained model: {}",
                requested.display(),
                names.join(", ")
            )
        }),
    }
}

/// The file of the model of an image: the requested one, or the pretrained model with the id in the image.
///
/// # Errors
///
/// When there is no such model, or its file cannot be read.
pub fn read_for(id: ModelId, requested: Option<&Path>) -> Result<Cow<'static, [u8]>> {
    if requested.is_some() {
        return read(requested);
    }
    match with_id(id) {
        Some(bytes) => Ok(Cow::Borrowed(bytes)),
        None => bail!(
            "it was encoded with the model {id}, which is not a pretrained one; give its file with -m MODEL.nicem"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_found_by_its_name_and_by_its_id() {
        let names: Vec<_> = all().map(|(model, _)| model.name()).collect();
        assert_eq!(names, ["xs", "s", "m"]);
        for (model, bytes) in all() {
            assert_eq!(named(model.name()), Some(bytes));
            assert_eq!(with_id(model.id()), Some(bytes));
            assert!(Model::from_bytes(bytes).is_ok());
        }
        assert!(named(DEFAULT).is_some());
        assert_eq!(named("x"), None);
    }

    #[test]
    fn models_keep_within_their_sizes() {
        assert!(named("xs").unwrap().len() <= 12 * 1024);
        assert!(named("s").unwrap().len() <= 44_000);
        assert!(named("m").unwrap().len() <= 160_000);
    }

    #[test]
    fn a_model_that_does_not_exist_is_refused_with_the_names_of_those_that_do() {
        let error = format!("{:#}", read(Some(Path::new("/no/such"))).unwrap_err());
        assert!(
            error.contains("/no/such") && error.contains("s, m"),
            "{error}"
        );
    }
}
