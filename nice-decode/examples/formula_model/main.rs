//! Writes the files that the firmware example decodes: `cargo run -p nice-decode --example
//! formula_model -- FOLDER`.

mod formula;

use std::path::PathBuf;
use std::process::ExitCode;

/// The hidden units of the model that has a picture.
const HIDDEN: u16 = 32;

/// The hidden units of the other, as many as the notebook's network has.
const MANY_HIDDEN: u16 = 256;

/// The seed of the model and of the picture.
const SEED: u32 = 1;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("which folder? (firmware-example)");
        return ExitCode::from(2);
    };
    let model = formula::model(HIDDEN, SEED);
    let id = nice_decode::Decoder::from_bytes(&model)
        .expect("the model is valid")
        .id();
    let picture = formula::picture(45, 19, id.get(), SEED);
    let network = formula::model(MANY_HIDDEN, SEED);
    for (name, bytes) in [
        ("model.nicem", model),
        ("picture.nice", picture),
        ("network.nicem", network),
    ] {
        let path = folder.join(name);
        if let Err(error) = std::fs::write(&path, bytes) {
            eprintln!("error: cannot write {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
