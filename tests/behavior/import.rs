//! Importing: a PyTorch checkpoint becomes the same network, in a run folder like that of a training run.

use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData};
use burn_flex::Flex;
use host_train::Outcome;
use host_train::codecs::mlp::import;
use host_train::data::batches::upload;
use host_train::tensors::Values;
use nice_decode::Model;
use nice_encode::container::encoder_network;

use crate::fixtures::{bin, error_text, host_train, optional, text};

/// The path of a file in `tests/fixtures`.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

/// Asserts that a checkpoint encodes the golden blocks to the golden bits, and decodes these to the golden samples.
fn assert_like_pytorch(checkpoint: &Path, blocks: &[u8], bits: &[u8], recon: &[u8]) {
    let device = Default::default();
    let (_, network) = import::pytorch::<Flex>(checkpoint, &device).unwrap();
    let encoded = Values::from_device(network.bits(upload(blocks, &device))).values;
    let wrong = encoded
        .iter()
        .zip(bits)
        .filter(|&(&bit, &golden)| bit != f32::from(golden))
        .count();
    assert_eq!((encoded.len(), wrong), (bits.len(), 0));

    let latents: Vec<f32> = bits.iter().map(|&bit| f32::from(bit)).collect();
    let latents = Tensor::from_data(TensorData::new(latents, [bits.len() / 48, 48]), &device);
    let decoded = Values::from_device(network.decode(latents)).values;
    let golden = recon
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| f32::from_le_bytes(bytes));
    assert_eq!(decoded.len(), golden.len());
    let largest = decoded
        .iter()
        .zip(golden)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(largest < 1e-4, "the error of a sample is {largest}");
}

#[test]
fn a_small_checkpoint_gives_pytorchs_bits_and_samples() {
    let read = |name| std::fs::read(fixture(name)).unwrap();
    assert_like_pytorch(
        &fixture("notebook-hidden8.pt"),
        &read("notebook-hidden8.blocks"),
        &read("notebook-hidden8.bits"),
        &read("notebook-hidden8.recon"),
    );
}

#[test]
fn the_reference_checkpoint_gives_pytorchs_bits_and_samples() {
    let Some(reference) = optional("NICE_REFERENCE", "the trained reference network") else {
        return;
    };
    let read = |name| std::fs::read(reference.join(name)).unwrap();
    assert_like_pytorch(
        &reference.join("best_weights.pt"),
        &read("golden_blocks_64x3x8x8_u8.bin"),
        &read("golden_bits_64x48_u8.bin"),
        &read("golden_recon_64x3x8x8_f32le.bin"),
    );
}

#[test]
fn an_import_leaves_a_run_folder_whose_encoder_file_gives_the_bits_of_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let data = bin(folder.path(), "train.bin", 300, 2);
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
    let (outcome, printed) = host_train(&args).unwrap();
    assert_eq!(outcome, Outcome::Complete);
    assert!(printed.contains("decoder.nicem"), "{printed}");
    let path = run.join("decoder.nicem");
    let file = std::fs::read(&path).unwrap();
    let model = Model::from_bytes(&file).unwrap();
    assert_eq!(model.name(), "small");
    let encoder = encoder_network::read_beside(&path, &model).unwrap();
    let blocks = std::fs::read(fixture("notebook-hidden8.blocks")).unwrap();
    let bits = std::fs::read(fixture("notebook-hidden8.bits")).unwrap();
    for (latent, golden) in encoder.encode_all(&blocks).iter().zip(bits.chunks(48)) {
        let bits: Vec<u8> = (0..48).map(|i| latent[i / 8] >> (i % 8) & 1).collect();
        assert_eq!(bits, golden);
    }
    assert!(run.join("report.html").is_file());
}

#[test]
fn a_file_that_is_not_a_checkpoint_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.pt");
    let out = folder.path().join("run");
    let whole = std::fs::read(fixture("notebook-hidden8.pt")).unwrap();
    for invalid in [
        &b""[..],
        b"PK\x03\x04",
        b"nonsense",
        &whole[..whole.len() / 2],
        &whole[..100],
    ] {
        std::fs::write(&path, invalid).unwrap();
        let error = error_text(host_train(&["import", text(&path), "--out", text(&out)]));
        assert!(error.contains("weights.pt"), "{error}");
        assert!(!out.exists());
    }
    let missing = "/nowhere/weights.pt";
    let error = error_text(host_train(&["import", missing, "--out", text(&out)]));
    assert!(error.contains(missing), "{error}");
}
