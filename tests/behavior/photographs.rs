//! On photographs, the imported reference network is as good as in PyTorch.

use crate::fixtures::{host_train, nicec, optional, text};

/// The trained reference network on Kodak: 25.186 dB in floating point, at least 25.13 dB in fixed point, and at least 26.3 dB
/// with latents that were searched for.
#[test]
fn the_reference_network_keeps_its_psnr_in_fixed_point() {
    let Some(reference) = optional("NICE_REFERENCE", "the trained reference network") else {
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
    let (_, printed) = host_train(&args).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&printed).unwrap();
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

    // `nicec eval` reads the same files, and its figure must be the same.
    let model = run.join("decoder.nicem");
    let args = [
        "eval",
        "-m",
        text(&model),
        text(&kodak),
        "--effort",
        "0",
        "--json",
    ];
    let eval: serde_json::Value = serde_json::from_str(&nicec(&args).unwrap()).unwrap();
    assert!((eval["pooled_psnr_db"].as_f64().unwrap() - db("quantized_db")).abs() < 1e-9);
    assert_eq!(eval["bpp"], 0.75);
    assert_eq!(eval["images"].as_array().unwrap().len(), 24);
}
