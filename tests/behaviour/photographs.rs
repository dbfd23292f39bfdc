//! On photographs: the notebook's network is worth as many decibels here as where it came from.

use crate::kit::{host_train, optional, text};

/// The notebook's trained network on Kodak: 25.186 dB as floats, at least 25.13 dB in fixed point, and at least
/// 26.3 dB once the encoder has looked for better bits.
#[test]
fn the_reference_network_keeps_its_decibels_in_fixed_point() {
    let Some(reference) = optional("NICE_REFERENCE", "the notebook's trained network") else {
        return;
    };
    let Some(data) = optional("NICE_DATA", "Kodak") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let checkpoint = reference.join("best_weights.pt");
    let (train, kodak) = (data.join("train/clic"), data.join("test/kodak"));
    let args = [
        "import",
        text(&checkpoint),
        "--out",
        text(&run),
        "--data",
        text(&train),
        "--val",
        text(&kodak),
        "--json",
    ];
    let (_, said) = host_train(&args).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&said).unwrap();
    let db = |key: &str| summary[key].as_f64().unwrap();
    assert!(
        (db("float_db") - 25.186).abs() < 0.005,
        "float {}",
        db("float_db")
    );
    assert!(
        db("quantized_db") >= 25.13,
        "quantized {}",
        db("quantized_db")
    );
    assert!(db("searched_db") >= 26.3, "searched {}", db("searched_db"));

    // `nice eval` reads the same files and must come to the same figure.
    let model = run.join("decoder.nicem");
    let mut out = Vec::new();
    let args = [
        "nice",
        "eval",
        "-m",
        text(&model),
        text(&kodak),
        "--effort",
        "0",
        "--json",
    ];
    tools::run(args, &mut out).unwrap();
    let eval: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert!((eval["pooled_psnr_db"].as_f64().unwrap() - db("quantized_db")).abs() < 1e-9);
    assert_eq!(eval["bpp"], 0.75);
    assert_eq!(eval["images"].as_array().unwrap().len(), 24);
}
