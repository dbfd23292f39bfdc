//! NICE in a comparison: its models, deblocked and not.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::Result;
use nice_encode::{Encoder, Options, Picture, Rate, measure, pretrained};

use rayon::ThreadPool;

use super::codec::{Codec, CodecResult, Family, Variant};
use crate::search::Tune;

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
    options: Options,
    /// Whether it is compared at several rates.
    curve: bool,
    one_core: &'a ThreadPool,
}

impl<'a> Nice<'a> {
    /// The models, each with a unique name, ready to encode with these options and to decode on one core.
    pub(super) fn all(
        files: &'a mut [ModelFile],
        options: Options,
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
                options,
                curve: false,
                one_core,
            });
        }
        Ok(all)
    }

    /// The same model at a rate, as a point of a curve.
    pub(super) fn at_rate(&self, rate: Rate) -> Self {
        Self {
            encoder: self.encoder.clone(),
            name: self.name.clone(),
            model_bytes: self.model_bytes,
            options: Options {
                rate,
                ..self.options
            },
            curve: true,
            one_core: self.one_core,
        }
    }
}

impl Codec for Nice<'_> {
    fn variants(&self) -> Vec<Variant> {
        let model = self.encoder.model();
        let tune = Tune::from(self.options.tune);
        let (layout, rate) = match self.options.rate {
            Rate::BitsPerPixel(bits) => ("adaptive", format!("at most {bits} bits per pixel")),
            Rate::Quality(quality) => ("adaptive", format!("quality {quality}")),
            _ => ("fixed", "48 bits for every block".to_owned()),
        };
        let about = format!(
            "a {} of {} bytes, id {}, {layout} layout, {rate}, effort {}, tuned for {tune}",
            model.codec(),
            self.model_bytes,
            model.id(),
            self.options.effort,
        );
        if self.curve {
            let name = match self.options.rate {
                Rate::BitsPerPixel(bits) => format!("{}, {bits} bpp", self.name),
                _ => format!("{}, {layout}", self.name),
            };
            return vec![Variant {
                name,
                curve: Some(format!("{}, {layout}", self.name)),
                family: Family::Deblocked,
                random_access: true,
                about: format!("{about}, deblocked"),
            }];
        }
        let mut variants = vec![Variant {
            name: self.name.clone(),
            curve: None,
            family: Family::Nice,
            random_access: true,
            about,
        }];
        if model.has_deblocking() {
            variants.push(Variant {
                name: format!("{}, deblocked", self.name),
                curve: None,
                family: Family::Deblocked,
                random_access: true,
                about: "the same files, deblocked".to_owned(),
            });
        }
        variants
    }

    fn run(&self, picture: &Picture, _budget: usize) -> Result<Vec<CodecResult>> {
        let encoded = measure::encode(&self.encoder, picture, &self.options)?;
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
