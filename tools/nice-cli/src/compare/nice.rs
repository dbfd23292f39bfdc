//! NICE as one of the codecs that are compared: its models, with the borders between blocks as they are and smoothed.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context, Result};
use nice_decode::{Image, LATENT_BYTES};
use rayon::ThreadPool;

use super::codec::{Codec, Coded, Family, Way, timed};
use crate::coder::Coder;
use crate::decode::decode_picture;
use crate::picture::Picture;
use crate::{blocks, builtin, picture_file};

/// A model to compare: the bytes of its file, where it lies unless it comes with the program, and memory for its decoder.
pub(super) struct Model {
    bytes: Cow<'static, [u8]>,
    path: Option<PathBuf>,
    memory: Vec<u8>,
}

/// The models that were asked for, and then those that come with the program unless they are not wanted.
pub(super) fn models(asked: &[PathBuf], without_builtin: bool) -> Result<Vec<Model>> {
    let mut models = Vec::new();
    for path in asked {
        models.push(Model {
            bytes: builtin::read(Some(path))?,
            path: Some(path.clone()),
            memory: Vec::new(),
        });
    }
    if !without_builtin {
        for (_, bytes) in builtin::all() {
            if models.iter().all(|model| *model.bytes != *bytes) {
                models.push(Model {
                    bytes: Cow::Borrowed(bytes),
                    path: None,
                    memory: Vec::new(),
                });
            }
        }
    }
    Ok(models)
}

/// A model, ready to encode with.
pub(super) struct Nice<'a> {
    coder: Coder<'a>,
    name: String,
    model_bytes: usize,
    effort: u32,
    one_core: &'a ThreadPool,
}

impl<'a> Nice<'a> {
    /// The models, ready to encode with at that effort and to decode on that core, each with a name of its own.
    pub(super) fn all(
        models: &'a mut [Model],
        effort: u32,
        one_core: &'a ThreadPool,
    ) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        for model in models {
            let coder = Coder::load(&model.bytes, model.path.as_deref())?;
            let coder = coder.unfolded_in(&mut model.memory);
            let (name, id) = (coder.decoder().name(), coder.decoder().id());
            if all.iter().any(|other| other.coder.decoder().id() == id) {
                continue;
            }
            let mut name = format!("NICE {name}");
            if all.iter().any(|other| other.name == name) {
                name = format!("{name} {id}");
            }
            all.push(Self {
                coder,
                name,
                model_bytes: model.bytes.len(),
                effort,
                one_core,
            });
        }
        Ok(all)
    }
}

/// How many bytes the file of a picture takes, whatever the model.
pub(super) fn file_bytes(picture: &Picture) -> usize {
    picture_file::OVERHEAD_BYTES + blocks::count(picture) * LATENT_BYTES
}

impl Codec for Nice<'_> {
    fn ways(&self) -> Vec<Way> {
        let decoder = self.coder.decoder();
        let mut ways = vec![Way {
            name: self.name.clone(),
            family: Family::Nice,
            random_access: true,
            about: format!(
                "a {} of {} bytes, id {}, effort {}",
                decoder.kind(),
                self.model_bytes,
                decoder.id(),
                self.effort
            ),
        }];
        if decoder.smooths() {
            ways.push(Way {
                name: format!("{}, smoothed", self.name),
                family: Family::Smoothed,
                random_access: true,
                about: "the same files, the borders between blocks smoothed".to_owned(),
            });
        }
        ways
    }

    fn code(&self, picture: &Picture) -> Result<Vec<Coded>> {
        let decoder = self.coder.decoder();
        let (latents, encode) = timed(|| self.coder.encode_picture(picture, self.effort));
        let bytes =
            picture_file::to_bytes(picture.width(), picture.height(), decoder.id(), &latents)?;
        let image = Image::from_bytes(&bytes).context("what was encoded is no picture")?;
        self.ways()
            .iter()
            .map(|way| {
                let smooth = way.family == Family::Smoothed;
                let (decoded, decode) = self
                    .one_core
                    .install(|| timed(|| decode_picture(decoder, &image, smooth)));
                Ok(Coded {
                    bytes: bytes.len(),
                    encode,
                    decode,
                    decoded: decoded?,
                    jpeg: None,
                })
            })
            .collect()
    }
}
