//! `tests/data/codebook.nice` is computed: 45 x 43 pixels for the pretrained model s, with pseudo-random latents.

use std::path::Path;

use nice_decode::Model;
use nice_decode::format::{IMAGE_MAGIC, IMAGE_VERSION};

static MODEL: &[u8] = include_bytes!("../../../nice-decode/models/s.nicem");

/// The file: a header, the latents from a linear congruential generator, and a checksum.
fn codebook_image() -> Vec<u8> {
    let id = Model::from_bytes(MODEL).unwrap().id();
    let (width, height) = (45_u32, 43_u32);
    let mut file = IMAGE_MAGIC.to_vec();
    file.extend([IMAGE_VERSION, 0, 0, 0]);
    file.extend(
        [width, height, id.get()]
            .map(u32::to_le_bytes)
            .as_flattened(),
    );
    let mut state = 1_u32;
    for _ in 0..6 * width.div_ceil(8) * height.div_ceil(8) {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        file.push((state >> 24) as u8);
    }
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file
}

#[test]
fn the_image_of_the_codebook_is_the_computed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/codebook.nice");
    let expected = codebook_image();
    if std::env::var_os("UPDATE_DATA").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    assert!(
        std::fs::read(&path).is_ok_and(|found| found == expected),
        "{} differs; write it with UPDATE_DATA=1 cargo test -p nice-c --test data_files",
        path.display()
    );
}
