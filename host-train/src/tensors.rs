//! Named float tensors on the host: what a network's parameters are once they leave the device, and their file.
//!
//! The file is safetensors, so a run's weights open in PyTorch as well; the text beside the tensors is ours.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// One tensor: its shape, and its values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Length along each dimension.
    pub shape: Vec<usize>,
    /// The samples, last dimension fastest.
    pub values: Vec<f32>,
}

impl Values {
    /// A tensor of `shape`, which must hold exactly `values`.
    pub fn new(shape: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            values.len(),
            "shape {shape:?} does not hold the values"
        );
        Self {
            shape: shape.to_vec(),
            values,
        }
    }

    /// The values of a device tensor of any rank.
    pub fn from_device<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Self {
        let data = tensor.into_data().convert::<f32>();
        Self {
            shape: data.shape.to_vec(),
            values: data.into_vec().expect("converted to f32 just above"),
        }
    }

    /// These values on a device.
    pub fn to_device<B: Backend, const D: usize>(&self, device: &B::Device) -> Tensor<B, D> {
        Tensor::from_data(
            TensorData::new(self.values.clone(), self.shape.clone()),
            device,
        )
    }
}

/// Tensors by name, in name order.
pub type Tensors = BTreeMap<String, Values>;

/// The tensor called `name`, or an error that lists what there is.
pub fn find<'a>(tensors: &'a Tensors, name: &str) -> Result<&'a Values> {
    tensors.get(name).ok_or_else(|| {
        let names: Vec<_> = tensors.keys().map(String::as_str).collect();
        anyhow!("there is no tensor {name:?} among {names:?}")
    })
}

/// Everything in `tensors` under `prefix.`, with the prefix taken off.
pub fn under(tensors: &Tensors, prefix: &str) -> Tensors {
    let strip = |name: &str| {
        name.strip_prefix(prefix)?
            .strip_prefix('.')
            .map(str::to_owned)
    };
    tensors
        .iter()
        .filter_map(|(name, values)| Some((strip(name)?, values.clone())))
        .collect()
}

/// Adds all of `tensors` to `all` under `prefix.`.
pub fn put_under(all: &mut Tensors, prefix: &str, tensors: &Tensors) {
    all.extend(
        tensors
            .iter()
            .map(|(name, values)| (format!("{prefix}.{name}"), values.clone())),
    );
}

/// The float parameters of a module, by their path in it.
pub fn of_module<B: Backend, M: Module<B>>(module: &M) -> Tensors {
    let mut tensors = Tensors::new();
    visit(module, |name, _, values| {
        tensors.insert(name, values);
    });
    tensors
}

/// The identities that the optimizer knows a module's parameters by: name, identity and rank.
pub fn identities<B: Backend, M: Module<B>>(module: &M) -> Vec<(String, ParamId, usize)> {
    let mut identities = Vec::new();
    visit(module, |name, id, values| {
        identities.push((name, id, values.shape.len()))
    });
    identities
}

fn visit<B: Backend, M: Module<B>>(module: &M, found: impl FnMut(String, ParamId, Values)) {
    struct Visitor<F> {
        path: Vec<String>,
        found: F,
    }
    impl<B: Backend, F: FnMut(String, ParamId, Values)> ModuleVisitor<B> for Visitor<F> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            (self.found)(
                self.path.join("."),
                param.id,
                Values::from_device(param.val()),
            );
        }
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
    }
    module.visit(&mut Visitor {
        path: Vec::new(),
        found,
    });
}

/// `module` with every float parameter replaced by the tensor of its name.
pub fn into_module<B: Backend, M: Module<B>>(module: M, tensors: &Tensors) -> Result<M> {
    struct Mapper<'a> {
        path: Vec<String>,
        tensors: &'a Tensors,
        problem: Option<anyhow::Error>,
    }
    impl<B: Backend> ModuleMapper<B> for Mapper<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            let name = self.path.join(".");
            let wanted = param.val().dims();
            let fitting = find(self.tensors, &name).and_then(|values| {
                ensure!(
                    values.shape == wanted,
                    "tensor {name:?} has the shape {:?} where {wanted:?} belongs",
                    values.shape
                );
                Ok(values.to_device::<B, D>(&param.val().device()))
            });
            match fitting {
                Ok(tensor) => Param::initialized(param.id, tensor.require_grad()),
                Err(problem) => {
                    self.problem.get_or_insert(problem);
                    param
                }
            }
        }
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
    }
    let mut mapper = Mapper {
        path: Vec::new(),
        tensors,
        problem: None,
    };
    let module = module.map(&mut mapper);
    match mapper.problem {
        None => Ok(module),
        Some(problem) => Err(problem),
    }
}

const TEXT_KEY: &str = "nice";

/// Writes `tensors` and a text that describes them to one file, whole or not at all.
pub fn write(path: &Path, tensors: &Tensors, text: &str) -> Result<()> {
    let bytes: Vec<(&String, Vec<u8>, &[usize])> = tensors
        .iter()
        .map(|(name, t)| {
            (
                name,
                t.values.iter().flat_map(|v| v.to_le_bytes()).collect(),
                &t.shape[..],
            )
        })
        .collect();
    let views = bytes.iter().map(|(name, bytes, shape)| {
        let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes).expect("four bytes a value");
        (name.as_str(), view)
    });
    let text = HashMap::from([(TEXT_KEY.to_owned(), text.to_owned())]);
    let file = safetensors::serialize(views, Some(text)).context("lay out the tensors")?;
    tools::files::write_atomically(path, &file)
}

/// Reads a file that [`write()`] wrote: the tensors and the text.
pub fn read(path: &Path) -> Result<(Tensors, String)> {
    let bytes = tools::files::read(path)?;
    parse(&bytes).with_context(|| format!("{}: not a whole file of float tensors", path.display()))
}

fn parse(bytes: &[u8]) -> Result<(Tensors, String)> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let text = header
        .metadata()
        .as_ref()
        .and_then(|m| m.get(TEXT_KEY))
        .cloned()
        .unwrap_or_default();
    let mut tensors = Tensors::new();
    for (name, view) in SafeTensors::deserialize(bytes)?.iter() {
        ensure!(
            view.dtype() == Dtype::F32,
            "tensor {name:?} holds {:?}, not 32-bit floats",
            view.dtype()
        );
        let values = view
            .data()
            .as_chunks()
            .0
            .iter()
            .map(|&b| f32::from_le_bytes(b))
            .collect();
        tensors.insert(name.to_owned(), Values::new(view.shape(), values));
    }
    Ok((tensors, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_file_is_read_back_and_is_the_same_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let tensors = Tensors::from([
            (
                "b".to_owned(),
                Values::new(&[2, 2], vec![1.0, -0.5, f32::MIN_POSITIVE, 4.0]),
            ),
            ("a".to_owned(), Values::new(&[3], vec![0.0, 1.5, 2.5])),
        ]);
        write(&one, &tensors, "text").unwrap();
        write(&two, &tensors, "text").unwrap();
        assert_eq!(read(&one).unwrap(), (tensors, "text".to_owned()));
        assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
    }

    #[test]
    fn a_file_cut_anywhere_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        write(
            &path,
            &Tensors::from([("a".to_owned(), Values::new(&[2], vec![1.0, 2.0]))]),
            "",
        )
        .unwrap();
        let whole = std::fs::read(&path).unwrap();
        for len in 0..whole.len() {
            std::fs::write(&path, &whole[..len]).unwrap();
            let error = format!("{:#}", read(&path).unwrap_err());
            assert!(error.contains("weights.safetensors"), "{error}");
        }
    }
}
