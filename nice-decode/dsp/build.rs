//! Says whether the target has the instructions (`cfg(dsp)`). A stable compiler tells programs only its name: whether it has the
//! feature `dsp` is told by a nightly one alone, where a processor with it is asked for (`-C target-cpu=cortex-m33`).

use std::env::var;

fn main() {
    let target = var("TARGET").unwrap_or_default();
    let features = var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let told = target.starts_with("thumb") && features.split(',').any(|feature| feature == "dsp");
    println!("cargo::rustc-check-cfg=cfg(dsp)");
    println!("cargo::rerun-if-changed=build.rs");
    if target.starts_with("thumbv7em-") || told {
        println!("cargo::rustc-cfg=dsp");
    }
}
