//! Whole pictures in every format, from the files in the repository.

use std::path::Path;

use crate::both::Both;

/// Reads a model and an image of the repository.
fn read(model: &str, image: &str) -> [Vec<u8>; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    [model, image].map(|path| std::fs::read(root.join(path)).unwrap())
}

/// Compares an image of the repository.
fn compare(model: &str, image: &str) {
    let [model, image] = read(model, image);
    Both::new(&model, &image).compare_everything();
}

#[test]
fn a_picture_of_a_network() {
    compare(
        "nice-decode/tests/data/model.nicem",
        "nice-decode/tests/data/image.nice",
    );
}

#[test]
fn pictures_of_model_s_in_both_layouts() {
    for name in ["demo", "floor", "lake", "part"] {
        compare(
            "nice-decode/models/s.nicem",
            &format!("firmware-example/pictures/small/{name}.nice"),
        );
    }
}

#[test]
fn pictures_of_model_m_in_both_layouts() {
    for name in ["demo", "floor", "lake", "part"] {
        compare(
            "nice-decode/models/m.nicem",
            &format!("firmware-example/pictures/large/{name}.nice"),
        );
    }
}

#[test]
fn a_picture_at_every_scale_and_in_every_orientation() {
    let [model, image] = read(
        "nice-decode/models/m.nicem",
        "firmware-example/pictures/large/part.nice",
    );
    Both::new(&model, &image).compare_transformed();
}

#[test]
fn pictures_of_random_latents() {
    for name in ["codebook", "adaptive"] {
        compare(
            "nice-decode/models/s.nicem",
            &format!("tools/nice-c/tests/data/{name}.nice"),
        );
    }
}
