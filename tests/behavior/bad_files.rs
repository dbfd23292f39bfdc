//! Files of NICE that are damaged or invalid are refused by name, whatever is wrong with them.

use std::fs;
use std::path::Path;

use nice_decode::format::{ModelFile, ModelTables, NetworkTables};
use nice_decode::{Image, Model};
use nice_encode::{Latents, container};
use proptest::prelude::*;
use tempfile::tempdir;

use crate::bad_input::refused_with;
use crate::fixtures::{encoder_network, error_text, model, nicec, text};

/// A changed file with a correct checksum at its end.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// A small file of each type: its name and its bytes.
fn small_files() -> [(&'static str, Vec<u8>); 3] {
    let model = model(7, 1);
    let id = Model::from_bytes(&model).unwrap().id();
    let image = container::image::to_bytes(17, 9, id, &Latents::Fixed(vec![[0x5a; 6]; 6])).unwrap();
    let encoder = container::encoder_network::to_bytes(&encoder_network(7, 1), id);
    [("x.nicem", model), ("x.nicee", encoder), ("x.nice", image)]
}

/// Whether the bytes are a valid file of the type that the name says.
fn is_valid(name: &str, bytes: &[u8]) -> bool {
    match name {
        "x.nicem" => Model::from_bytes(bytes).is_ok(),
        "x.nicee" => container::encoder_network::parse(bytes).is_ok(),
        "x.nice" => Image::from_bytes(bytes).is_ok(),
        other => panic!("{other} has no type"),
    }
}

/// Asserts that `nicec info` refuses these bytes with a message that names the file.
fn refused_by_info(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let error = error_text(nicec(&[Path::new("info"), path]));
    assert!(error.contains(text(path)), "{error}");
}

#[test]
fn a_file_that_is_truncated_anywhere_is_refused() {
    let folder = tempdir().unwrap();
    for (name, bytes) in small_files() {
        let path = folder.path().join(name);
        for length in 0..bytes.len() {
            refused_by_info(&path, &bytes[..length]);
        }
        fs::write(&path, &bytes).unwrap();
        nicec(&[Path::new("info"), &path]).unwrap();
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_refused() {
    let folder = tempdir().unwrap();
    for (name, bytes) in small_files() {
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_valid(name, &flipped), "bit {bit} of {name}");
            // One bit of every byte, a different one each time, is also checked by running `nicec` on a file.
            if bit % 8 == bit / 8 % 8 {
                refused_by_info(&folder.path().join(name), &flipped);
            }
        }
    }
}

#[test]
fn a_file_with_bytes_after_its_end_is_refused() {
    let folder = tempdir().unwrap();
    for (name, bytes) in small_files() {
        for extra in [1, 4, 1000] {
            let mut longer = bytes.clone();
            longer.resize(bytes.len() + extra, 0);
            refused_by_info(&folder.path().join(name), &longer);
            refused_by_info(&folder.path().join(name), &with_checksum(longer));
        }
    }
}

#[test]
fn a_file_with_a_newer_version_is_refused_as_newer() {
    let folder = tempdir().unwrap();
    for (name, mut bytes) in small_files() {
        bytes[4] += 1;
        let version = format!("version {}", bytes[4]);
        fs::write(folder.path().join(name), with_checksum(bytes)).unwrap();
        refused_with(
            folder.path(),
            &format!("info @{name}"),
            &[&version, "newer"],
        );
    }
}

#[test]
fn absurd_sizes_are_refused_before_memory_is_allocated() {
    let folder = tempdir().unwrap();
    let [(_, model), (_, encoder), (_, image)] = small_files();
    let patched = |bytes: &[u8], at: usize, with: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + with.len()].copy_from_slice(with);
        with_checksum(bytes)
    };
    let (none, all) = ([0; 4], [0xff; 4]);
    for (name, bytes) in [
        ("width.nice", patched(&image, 8, &all)),
        ("height.nice", patched(&image, 12, &all)),
        ("both.nice", patched(&image, 8, &[0xff; 8])),
        ("no-width.nice", patched(&image, 8, &none)),
        ("no-height.nice", patched(&image, 12, &none)),
        ("reserved.nice", patched(&image, 6, &[1])),
        ("layout.nice", patched(&image, 5, &[2])),
        ("lengths.nice", patched(&image, 5, &[1])),
        ("hidden.nicee", patched(&encoder, 12, &all)),
        ("no-hidden.nicee", patched(&encoder, 12, &none)),
        ("bits.nicee", patched(&encoder, 5, &[47])),
        (
            "slope.nicee",
            patched(&encoder, 16, &f32::NAN.to_le_bytes()),
        ),
        (
            "weight.nicee",
            patched(&encoder, 20, &f32::INFINITY.to_le_bytes()),
        ),
        // After magic and version: the length of the name, "small", the kind of codec, the bits, the hidden units.
        ("name.nicem", patched(&model, 5, &[0xff])),
        ("kind.nicem", patched(&model, 11, &[9])),
        ("bits.nicem", patched(&model, 12, &[47])),
        ("hidden.nicem", patched(&model, 13, &[2])),
        ("no-hidden.nicem", patched(&model, 13, &[0])),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        refused_with(folder.path(), &format!("info @{name}"), &[name]);
    }
}

#[test]
fn a_model_that_the_decoder_would_refuse_is_not_written() {
    let file = model(1, 3);
    let Some(ModelTables::Network(network)) = container::model::tables(&file) else {
        panic!("it is the model of a network")
    };
    let with_network = |network| ModelFile {
        name: "small",
        tables: ModelTables::Network(network),
    };
    let valid = with_network(network);
    let folder = tempdir().unwrap();
    let path = folder.path().join("x.nicem");
    let long = "x".repeat(33);
    for invalid in [
        ModelFile { name: "", ..valid },
        ModelFile {
            name: &long,
            ..valid
        },
        ModelFile {
            name: "tab\t",
            ..valid
        },
        with_network(NetworkTables {
            hidden: 4,
            ..network
        }),
        with_network(NetworkTables {
            bits: 47,
            ..network
        }),
    ] {
        let error = error_text(container::model::write(&path, &invalid));
        assert!(error.contains("x.nicem"), "{error}");
        assert!(!path.exists());
    }
    let id = container::model::write(&path, &valid).unwrap();
    assert_eq!(fs::read(&path).unwrap(), file);
    assert_eq!(Model::from_bytes(&file).unwrap().id(), id);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_or_refused(kind in 0_usize..4, at in any::<prop::sample::Index>(), noise: Vec<u8>) {
        // Noise in a valid file, with a correct checksum, reaches every check after that of the checksum.
        let mut bytes = match kind {
            3 => noise.clone(),
            kind => small_files()[kind].1.clone(),
        };
        if kind < 3 {
            let start = 4 + at.index(bytes.len() - 8);
            let room = bytes.len() - start;
            let noise = &noise[..noise.len().min(room)];
            bytes[start..start + noise.len()].copy_from_slice(noise);
            bytes = with_checksum(bytes);
        }
        let folder = tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, &bytes).unwrap();
        let valid = kind < 3 && is_valid(small_files()[kind].0, &bytes);
        prop_assert_eq!(nicec(&[Path::new("info"), &path]).is_ok(), valid);
    }
}
