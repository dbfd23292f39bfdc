//! `tests/data/example.nice` is computed: 20 x 12 pixels for the pretrained model m, with latents that count up.

use std::path::Path;

use nice_decode::format::{IMAGE_MAGIC, IMAGE_VERSION};
use nice_decode::{Model, pretrained};

/// The file: a header, the latents, and a checksum.
fn example() -> Vec<u8> {
    let id = Model::from_bytes(pretrained::M).unwrap().id();
    let (width, height) = (20_u32, 12_u32);
    let mut file = IMAGE_MAGIC.to_vec();
    file.extend([IMAGE_VERSION, 0, 0, 0]);
    file.extend(
        [width, height, id.get()]
            .map(u32::to_le_bytes)
            .as_flattened(),
    );
    file.extend((0..6 * 6_u8).map(|i| i.wrapping_mul(37)));
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file
}

#[test]
fn the_example_is_the_computed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/example.nice");
    let expected = example();
    if std::env::var_os("UPDATE_DATA").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    assert!(
        std::fs::read(&path).is_ok_and(|found| found == expected),
        "{} differs; write it with UPDATE_DATA=1 cargo test -p nice-image --test data_file",
        path.display()
    );
}
