//! The header is the one that cbindgen makes of the library.

use std::path::Path;

#[test]
fn the_header_is_that_of_the_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(root.join("src/status.rs"))
        .with_src(root.join("src/lib.rs"))
        .generate()
        .unwrap()
        .write(&mut made);
    let (path, made) = (
        root.join("include/nice.h"),
        String::from_utf8(made).unwrap(),
    );
    if std::env::var_os("NICE_WRITE_HEADER").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|header| header == made),
        "{} is not the header of this library; NICE_WRITE_HEADER=1 cargo test -p nice-c --test header writes it",
        path.display()
    );
}
