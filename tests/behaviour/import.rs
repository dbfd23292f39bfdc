//! Importing: a PyTorch checkpoint of the notebook becomes the same network, and the run folder that training leaves.

use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData};
use burn_flex::Flex;
use host_train::mlp::import;
use host_train::{Outcome, tensors::Values};

use crate::kit::{host_train, optional, text};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

/// Checks that a checkpoint makes the golden bits of the golden blocks, and the golden samples of the golden bits.
fn agrees_with_pytorch(checkpoint: &Path, blocks: &[u8], bits: &[u8], recon: &[u8]) {
    let device = Default::default();
    let (_, network) = import::pytorch::<Flex>(checkpoint, &device).unwrap();
    let made =
        Values::from_device(network.bits(host_train::batches::upload(blocks, &device))).values;
    let wrong = made
        .iter()
        .zip(bits)
        .filter(|&(&made, &golden)| made != f32::from(golden))
        .count();
    assert_eq!((made.len(), wrong), (bits.len(), 0));

    let latents: Vec<f32> = bits.iter().map(|&bit| f32::from(bit)).collect();
    let latents = Tensor::from_data(TensorData::new(latents, [bits.len() / 48, 48]), &device);
    let decoded = Values::from_device(network.decode(latents)).values;
    let golden = recon
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| f32::from_le_bytes(bytes));
    assert_eq!(decoded.len(), golden.len());
    let worst = decoded
        .iter()
        .zip(golden)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(worst < 1e-4, "a sample is {worst} off");
}

#[test]
fn a_small_checkpoint_gives_pytorchs_bits_and_samples() {
    let read = |name| std::fs::read(fixture(name)).unwrap();
    agrees_with_pytorch(
        &fixture("notebook-hidden8.pt"),
        &read("notebook-hidden8.blocks"),
        &read("notebook-hidden8.bits"),
        &read("notebook-hidden8.recon"),
    );
}

#[test]
fn the_reference_checkpoint_gives_pytorchs_bits_and_samples() {
    let Some(reference) = optional("NICE_REFERENCE", "the notebook's trained network") else {
        return;
    };
    let read = |name| std::fs::read(reference.join(name)).unwrap();
    agrees_with_pytorch(
        &reference.join("best_weights.pt"),
        &read("golden_blocks_64x3x8x8_u8.bin"),
        &read("golden_bits_64x48_u8.bin"),
        &read("golden_recon_64x3x8x8_f32le.bin"),
    );
}

#[test]
fn the_encoder_file_makes_the_same_bits_as_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let data = crate::kit::bin(folder.path(), "train.bin", 300, 2);
    let checkpoint = fixture("notebook-hidden8.pt");
    let args = [
        "import",
        text(&checkpoint),
        "--out",
        text(&run),
        "--data",
        text(&data),
        "--name",
        "small",
    ];
    let (outcome, said) = host_train(&args).unwrap();
    assert_eq!(outcome, Outcome::Complete);
    assert!(said.contains("decoder.nicem"), "{said}");
    let model = std::fs::read(run.join("decoder.nicem")).unwrap();
    let decoder = nice_decode::Decoder::from_bytes(&model).unwrap();
    assert_eq!(decoder.name(), "small");
    let encoder =
        tools::encoder::EncoderNetwork::load_beside(&run.join("decoder.nicem"), &decoder).unwrap();
    let blocks = std::fs::read(fixture("notebook-hidden8.blocks")).unwrap();
    let bits = std::fs::read(fixture("notebook-hidden8.bits")).unwrap();
    for (latent, golden) in encoder.encode_all(&blocks).iter().zip(bits.chunks(48)) {
        let made: Vec<u8> = (0..48).map(|i| latent[i / 8] >> (i % 8) & 1).collect();
        assert_eq!(made, golden);
    }
    assert!(run.join("report.html").is_file());
}

#[test]
fn what_is_no_checkpoint_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.pt");
    let out = folder.path().join("run");
    let whole = std::fs::read(fixture("notebook-hidden8.pt")).unwrap();
    for wrong in [
        &b""[..],
        b"PK\x03\x04",
        b"nonsense",
        &whole[..whole.len() / 2],
        &whole[..100],
    ] {
        std::fs::write(&path, wrong).unwrap();
        let error = host_train(&["import", text(&path), "--out", text(&out)]).unwrap_err();
        assert!(format!("{error:#}").contains("weights.pt"), "{error:#}");
        assert!(!out.exists());
    }
    let error = host_train(&["import", "/nowhere/weights.pt", "--out", text(&out)]).unwrap_err();
    assert!(
        format!("{error:#}").contains("/nowhere/weights.pt"),
        "{error:#}"
    );
}
