//! Named float tensors on the host, such as the parameters of a network, and their file.
//!
//! The file is in the safetensors format, which PyTorch reads as well. Its metadata holds a text, such as the configuration.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use nice_encode::files;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// A tensor: its shape, and its values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// The length of each dimension.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<f32>,
}

impl Values {
    /// A tensor with a shape and values.
    ///
    /// # Panics
    ///
    /// When the number of values is not that of the shape.
    pub fn new(shape: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            values.len(),
            "the shape {shape:?} does not match the number of values"
        );
        Self {
            shape: shape.to_vec(),
            values,
        }
    }

    /// Copies a tensor of any rank from the device.
    pub fn from_device<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Self {
        let data = tensor.into_data().convert::<f32>();
        Self {
            shape: data.shape.to_vec(),
            values: data.into_vec().expect("converted to f32 just above"),
        }
    }

    /// Copies the tensor to a device.
    pub fn to_device<B: Backend, const D: usize>(&self, device: &B::Device) -> Tensor<B, D> {
        Tensor::from_data(
            TensorData::new(self.values.clone(), self.shape.clone()),
            device,
        )
    }
}

/// Tensors by name, in the order of the names.
pub type Tensors = BTreeMap<String, Values>;

/// The tensor with a name.
///
/// # Errors
///
/// When there is none; the error lists the names.
pub fn find<'a>(tensors: &'a Tensors, name: &str) -> Result<&'a Values> {
    tensors.get(name).ok_or_else(|| {
        let names: Vec<_> = tensors.keys().map(String::as_str).collect();
        anyhow!("there is no tensor {name:?}, only {names:?}")
    })
}

/// The tensors whose names begin with `prefix.`, without that prefix.
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

/// Adds tensors to `all`, with `prefix.` before their names.
pub fn put_under(all: &mut Tensors, prefix: &str, tensors: &Tensors) {
    all.extend(
        tensors
            .iter()
            .map(|(name, values)| (format!("{prefix}.{name}"), values.clone())),
    );
}

/// The float parameters of a module, by their path.
pub fn of_module<B: Backend, M: Module<B>>(module: &M) -> Tensors {
    let mut tensors = Tensors::new();
    visit(module, |name, _, values| {
        tensors.insert(name, values);
    });
    tensors
}

/// The name, id and rank of each parameter of a module. The optimizer identifies parameters by their ids.
pub fn ids<B: Backend, M: Module<B>>(module: &M) -> Vec<(String, ParamId, usize)> {
    let mut ids = Vec::new();
    visit(module, |name, id, values| {
        ids.push((name, id, values.shape.len()))
    });
    ids
}

/// Calls `found` with the name, id and values of each float parameter of a module.
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

/// The module with every float parameter replaced by the tensor with its name.
///
/// # Errors
///
/// When a tensor is missing or has another shape.
pub fn into_module<B: Backend, M: Module<B>>(module: M, tensors: &Tensors) -> Result<M> {
    struct Mapper<'a> {
        path: Vec<String>,
        tensors: &'a Tensors,
        problem: Option<anyhow::Error>,
    }
    impl<B: Backend> ModuleMapper<B> for Mapper<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            let name = self.path.join(".");
            let expected = param.val().dims();
            let replacement = find(self.tensors, &name).and_then(|values| {
                ensure!(
                    values.shape == expected,
                    "tensor {name:?} has the shape {:?}, not {expected:?}",
                    values.shape
                );
                Ok(values.to_device::<B, D>(&param.val().device()))
            });
            match replacement {
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

/// The key of the text in the metadata of the file: eight hexadecimal digits of the checksum, a space, and the text.
const TEXT_KEY: &str = "nice";

/// The CRC-32 of a text, and of the names, shapes and values of tensors.
fn checksum(tensors: &Tensors, text: &str) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(text.as_bytes());
    for (name, tensor) in tensors {
        hasher.update(name.as_bytes());
        for &side in &tensor.shape {
            hasher.update(&(side as u64).to_le_bytes());
        }
        for value in &tensor.values {
            hasher.update(&value.to_le_bytes());
        }
    }
    hasher.finalize()
}

/// Writes tensors and a text to a file, completely or not at all.
///
/// # Errors
///
/// When the file cannot be written.
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
        let view =
            TensorView::new(Dtype::F32, shape.to_vec(), bytes).expect("four bytes for each value");
        (name.as_str(), view)
    });
    let checksum = checksum(tensors, text);
    let text = HashMap::from([(TEXT_KEY.to_owned(), format!("{checksum:08x} {text}"))]);
    let file = safetensors::serialize(views, Some(text)).context("cannot serialize the tensors")?;
    files::write_atomically(path, &file)
}

/// Reads the tensors and the text of a file.
///
/// # Errors
///
/// When the file cannot be read or is not one that [`write()`] wrote.
pub fn read(path: &Path) -> Result<(Tensors, String)> {
    let bytes = files::read(path)?;
    parse(&bytes)
        .with_context(|| format!("{} is not a complete file of float tensors", path.display()))
}

fn parse(bytes: &[u8]) -> Result<(Tensors, String)> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let text = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(TEXT_KEY)?.split_once(' '));
    let (expected, text) = text.context("it has no checksum")?;
    let mut tensors = Tensors::new();
    for (name, view) in SafeTensors::deserialize(bytes)?.iter() {
        ensure!(
            view.dtype() == Dtype::F32,
            "tensor {name:?} has the type {:?}, not 32-bit floats",
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
    let found = format!("{:08x}", checksum(&tensors, text));
    ensure!(
        found == expected,
        "it is damaged: its checksum is {found} instead of {expected}"
    );
    Ok((tensors, text.to_owned()))
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
    fn a_file_that_is_truncated_anywhere_is_refused_by_name() {
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
        for byte in whole.len() - 8..whole.len() {
            let mut damaged = whole.clone();
            damaged[byte] ^= 1;
            std::fs::write(&path, damaged).unwrap();
            let error = format!("{:#}", read(&path).unwrap_err());
            assert!(error.contains("checksum"), "{error}");
        }
    }
}
