//! Protects the inputs of a command from its output.

use std::path::Path;

use anyhow::{Result, bail, ensure};

/// Checks that an output is neither one of the inputs nor a folder.
pub(crate) fn check(output: &Path, inputs: &[&Path]) -> Result<()> {
    let Ok(target) = output.canonicalize() else {
        // A file that does not exist yet is not an input.
        return Ok(());
    };
    for input in inputs {
        ensure!(
            input.canonicalize().ok().as_ref() != Some(&target) || !target.is_file(),
            "{} would overwrite the input {}; give another name for the output",
            output.display(),
            input.display()
        );
    }
    if target.is_dir() {
        bail!(
            "cannot write {}: it is a folder; give the name of a file in it",
            output.display()
        );
    }
    Ok(())
}
