//! The files in `tests/data` are those of the formula.

mod formula;

use std::path::Path;

use nice_decode::Model;

#[test]
fn the_data_files_are_those_of_the_formula() {
    let model = formula::network(32, 1);
    let id = Model::from_bytes(&model).unwrap().id();
    let image = formula::image(45, 19, id.get(), 1);
    let large_network = formula::network(256, 1);
    for (name, expected) in [
        ("model.nicem", model),
        ("image.nice", image),
        ("large_network.nicem", large_network),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(name);
        if std::env::var_os("UPDATE_DATA").is_some() {
            std::fs::write(&path, &expected).unwrap();
        }
        let found = std::fs::read(&path).unwrap();
        assert!(
            found == expected,
            "{name} differs; write it with UPDATE_DATA=1 cargo test -p nice-decode --test data_files"
        );
    }
}
