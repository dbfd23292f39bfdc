//! Imports a network from a PyTorch checkpoint.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use burn::tensor::backend::Backend;
use burn_store::pytorch::PytorchReader;
use burn_store::{ModuleSnapshot, PytorchStore};
use nice_decode::BLOCK_SAMPLES;
use nice_encode::files;

use super::network::{Network, NetworkConfig};

/// The names of the layers in the checkpoint: Python mangles the attribute `__layers` of a class `Encoder` like this.
const ENCODER: &str = "encoder._Encoder__layers";
const DECODER: &str = "decoder._Decoder__layers";

/// The network in a state_dict that `torch.save` wrote, and its sizes.
///
/// # Errors
///
/// When the file cannot be read or is not such a state_dict.
pub fn pytorch<B: Backend>(path: &Path, device: &B::Device) -> Result<(NetworkConfig, Network<B>)> {
    // Read first, so that the error for a wrong path is different from that for a wrong file.
    files::read(path)?;
    read(path, device).with_context(|| {
        format!(
            "{} is not a state_dict of this network, as torch.save writes it",
            path.display()
        )
    })
}

fn read<B: Backend>(path: &Path, device: &B::Device) -> Result<(NetworkConfig, Network<B>)> {
    let reader = PytorchReader::new(path)?;
    let shape = |name: String| -> Result<[usize; 2]> {
        let tensor = reader
            .get(&name)
            .ok_or_else(|| anyhow!("there is no tensor {name}"))?;
        tensor
            .shape
            .to_vec()
            .try_into()
            .map_err(|shape| anyhow!("the tensor {name} of shape {shape:?} is not a matrix"))
    };
    // PyTorch stores the weights of a linear layer as [outputs, inputs].
    let [encoder_hidden, inputs] = shape(format!("{ENCODER}.0.weight"))?;
    let [bits, _] = shape(format!("{ENCODER}.3.weight"))?;
    let [decoder_hidden, _] = shape(format!("{DECODER}.0.weight"))?;
    ensure!(
        inputs == BLOCK_SAMPLES,
        "its encoder takes {inputs} samples, not the {BLOCK_SAMPLES} of an 8x8 RGB block"
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
