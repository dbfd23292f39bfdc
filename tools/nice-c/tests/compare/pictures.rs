//! Whole pictures in every format, from the files in the repository.

use std::path::Path;

use crate::both::Both;

/// Compares an image of the repository.
fn compare(model: &str, image: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let [model, image] = [model, image].map(|path| std::fs::read(root.join(path)).unwrap());
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
fn pictures_of_random_latents() {
    for name in ["codebook", "adaptive"] {
        compare(
            "nice-decode/models/s.nicem",
            &format!("tools/nice-c/tests/data/{name}.nice"),
        );
    }
}
