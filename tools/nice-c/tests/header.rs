//! `include/nice.h` is the header that cbindgen generates from the library.

use std::path::Path;

/// The files with the C interface, in the order of the header.
const FILES: [&str; 7] = [
    "status.rs",
    "format.rs",
    "region.rs",
    "model.rs",
    "image.rs",
    "decode.rs",
    "deblock.rs",
];

#[test]
fn the_header_is_that_of_the_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let mut generated = Vec::new();
    let builder = cbindgen::Builder::new().with_config(config);
    FILES
        .iter()
        .fold(builder, |builder, file| {
            builder.with_src(root.join("src").join(file))
        })
        .generate()
        .unwrap()
        .write(&mut generated);
    let generated = String::from_utf8(generated).unwrap();
    let path = root.join("include/nice.h");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|header| header == generated),
        "{} is out of date; write it with UPDATE_HEADER=1 cargo test -p nice-c --test header",
        path.display()
    );
}

#[test]
fn the_header_covers_all_files_with_functions_for_c() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let exports = std::fs::read_to_string(&path)
            .unwrap()
            .contains("#[unsafe(no_mangle)]");
        assert!(!exports || FILES.contains(&name), "{name} is not in FILES");
    }
}
