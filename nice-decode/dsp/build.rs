//! Sets `cfg(dsp)` where the target has the DSP instructions. A stable compiler tells a build script only the name of the
//! target; a nightly one also reports the feature `dsp` if a processor with it is selected (`-C target-cpu=cortex-m33`).

use std::env::var;

fn main() {
    let target = var("TARGET").unwrap_or_default();
    let features = var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let selected =
        target.starts_with("thumb") && features.split(',').any(|feature| feature == "dsp");
    println!("cargo::rustc-check-cfg=cfg(dsp)");
    println!("cargo::rerun-if-changed=build.rs");
    if target.starts_with("thumbv7em-") || selected {
        println!("cargo::rustc-cfg=dsp");
    }
}
