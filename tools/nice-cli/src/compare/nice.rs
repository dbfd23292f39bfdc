//! NICE in a comparison: its models, deblocked and not.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::Result;
use nice_decode::LATENT_BYTES;
use nice_encode::{Encoder, Picture, block, container, measure, pretrained};

use rayon::ThreadPool;

use super::codec::{Codec, CodecResult, Family, Variant};
use crate::search::SearchArgs;

/// A model to compare: the bytes of its file, its path unless it is a pretrained one, and memory to expand it in.
pub(super) struct ModelFile {
    bytes: Cow<'static, [u8]>,
    path: Option<PathBuf>,
    memory: Vec<u8>,
}

/// The requested models, then the pretrained ones unless they are not wanted.
pub(super) fn model_files(
    requested: &[PathBuf],
    without_pretrained: bool,
) -> Result<Vec<ModelFile>> {
    let mut files = Vec::new();
    for path in requested {
        files.push(ModelFile {
            bytes: pretrained::read(Some(path))?,
            path: Some(path.clone()),
            memory: Vec::new(),
        });
    }
    if !without_pretrained {
        for (_, bytes) in pretrained::all() {
            if files.iter().all(|file| *file.bytes != *bytes) {
                files.push(ModelFile {
                    bytes: Cow::Borrowed(bytes),
                    path: None,
                    memory: Vec::new(),
                });
            }
        }
    }
    Ok(files)
}

/// A model, ready to encode.
pub(super) struct Nice<'a> {
    encoder: Encoder<'a>,
    name: String,
    model_bytes: usize,
    search: SearchArgs,
    one_core: &'a ThreadPool,
}

impl<'a> Nice<'a> {
    /// The models, each with a unique name, ready to encode with an effort and to decode on one core.
    pub(super) fn all(
        files: &'a mut [ModelFile],
        search: SearchArgs,
        one_core: &'a ThreadPool,
    ) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        for file in files {
            let encoder = Encoder::load(&file.bytes, file.path.as_deref())?;
            let encoder = encoder.expanded(&mut file.memory);
            let (name, id) = (encoder.model().name(), encoder.model().id());
            if all.iter().any(|other| other.encoder.model().id() == id) {
                continue;
            }
            let mut name = format!("NICE {name}");
            if all.iter().any(|other| other.name == name) {
                name = format!("{name} {id}");
            }
            all.push(Self {
                encoder,
                name,
                model_bytes: file.bytes.len(),
                search,
                one_core,
            });
        }
        Ok(all)
    }
}

/// The bytes of the image file of a picture, whatever the model.
pub(super) fn file_bytes(picture: &Picture) -> usize {
    container::image::OVERHEAD_BYTES + block::count(picture) * LATENT_BYTES
}

impl Codec for Nice<'_> {
    fn variants(&self) -> Vec<Variant> {
        let model = self.encoder.model();
        let mut variants = vec![Variant {
            name: self.name.clone(),
            family: Family::Nice,
            random_access: true,
            about: format!(
                "a {} of {} bytes, id {}, effort {}, tuned for {}",
                model.codec(),
                self.model_bytes,
                model.id(),
                self.search.effort,
                self.search.tune
            ),
        }];
        if model.has_deblocking() {
            variants.push(Variant {
                name: format!("{}, deblocked", self.name),
                family: Family::Deblocked,
                random_access: true,
                about: "the same files, deblocked".to_owned(),
            });
        }
        variants
    }

    fn run(&self, picture: &Picture) -> Result<Vec<CodecResult>> {
        let encoded = measure::encode(&self.encoder, picture, &self.search.options())?;
        self.variants()
            .iter()
            .map(|variant| {
                let deblock = variant.family == Family::Deblocked;
                let decoded = self
                    .one_core
                    .install(|| encoded.decode(&self.encoder, deblock))?;
                Ok(CodecResult {
                    bytes: encoded.file.len(),
                    encode_time: encoded.encode_time,
                    decode_time: decoded.decode_time,
                    decoded: decoded.picture,
                    jpeg: None,
                })
            })
            .collect()
    }
}
