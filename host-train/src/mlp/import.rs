//! Reads a PyTorch checkpoint of the notebook as the notebook saves it.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use burn::tensor::backend::Backend;
use burn_store::pytorch::PytorchReader;
use burn_store::{ModuleSnapshot, PytorchStore};

use super::network::{Network, NetworkConfig, SAMPLES};

/// Python mangles the name of an attribute `__layers` of a class `Encoder` into this.
const ENCODER: &str = "encoder._Encoder__layers";
const DECODER: &str = "decoder._Decoder__layers";

/// The network in a `torch.save`d state_dict of the notebook's `Net`, with sizes as found there.
pub fn pytorch<B: Backend>(path: &Path, device: &B::Device) -> Result<(NetworkConfig, Network<B>)> {
    // Opened first so that a path that is wrong is told apart from a file that is.
    tools::files::read(path)?;
    read(path, device).with_context(|| {
        format!(
            "{}: not a state_dict of the notebook's network as torch.save writes it",
            path.display()
        )
    })
}

fn read<B: Backend>(path: &Path, device: &B::Device) -> Result<(NetworkConfig, Network<B>)> {
    let reader = PytorchReader::new(path)?;
    let shape = |name: String| -> Result<[usize; 2]> {
        let tensor = reader
            .get(&name)
            .ok_or_else(|| anyhow!("there is no tensor {name} in it"))?;
        tensor
            .shape
            .to_vec()
            .try_into()
            .map_err(|shape| anyhow!("tensor {name} of shape {shape:?} is no matrix"))
    };
    // PyTorch keeps a linear layer as [outputs, inputs].
    let [encoder_hidden, inputs] = shape(format!("{ENCODER}.0.weight"))?;
    let [bits, _] = shape(format!("{ENCODER}.3.weight"))?;
    let [decoder_hidden, _] = shape(format!("{DECODER}.0.weight"))?;
    ensure!(
        inputs == SAMPLES,
        "its encoder takes {inputs} samples, not the {SAMPLES} of an 8x8 RGB block"
    );
    let config = NetworkConfig {
        bits,
        encoder_hidden,
        decoder_hidden,
    };
    let mut network = config.init::<B>(0, device);
    let mut store = PytorchStore::from_file(path)
        .map_indices_contiguous(false)
        .with_key_remapping(
            r"^(encoder|decoder)\._(?:Encoder|Decoder)__layers\.0\.",
            "$1.first.",
        )
        .with_key_remapping(
            r"^(encoder|decoder)\._(?:Encoder|Decoder)__layers\.1\.",
            "$1.second.",
        )
        .with_key_remapping(
            r"^(encoder|decoder)\._(?:Encoder|Decoder)__layers\.3\.",
            "$1.third.",
        );
    network
        .load_from(&mut store)
        .map_err(|error| anyhow!("{error}"))?;
    Ok((config, network))
}
