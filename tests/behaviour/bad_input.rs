//! What `nice` does with files and arguments that are wrong: a sentence, exit code 1, and nothing half written.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use nice_decode::format::{Body, Model};
use nice_decode::{Decoder, Image};
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};
use tools::encoder::EncoderNetwork;
use tools::{exit, model_file};

use crate::nice::{encoder, model, nice, nice_in, picture, run_folder};

/// A run folder with a picture `in.png`, and the same encoded, `x.nice`.
fn furnished() -> TempDir {
    let folder = run_folder();
    picture(3, 20, 9)
        .save_png(&folder.path().join("in.png"))
        .unwrap();
    nice_in(folder.path(), "encode @in.png -m @decoder.nicem -o @x.nice").unwrap();
    folder
}

/// Every file in a folder, with what is in it.
fn contents(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).ok())
        })
        .collect();
    all.sort();
    all
}

/// Runs `nice`, which has to fail with exit code 1 and leave every file as it was; gives what it said.
fn refused(folder: &Path, line: &str) -> String {
    let before = contents(folder);
    let error = nice_in(folder, line).expect_err(line);
    let text = format!("{error:#}");
    assert_eq!(exit::finish(Err(error)), ExitCode::from(1));
    assert!(contents(folder) == before, "{line} changed a file");
    assert!(text.len() > 20 && !text.contains('\n'), "{text}");
    text
}

/// Checks that `nice` refuses, and that what it says has every one of these parts.
fn refused_with(folder: &Path, line: &str, parts: &[&str]) {
    let text = refused(folder, line);
    for part in parts {
        assert!(text.contains(part), "{line}: {part:?} is not in {text:?}");
    }
}

/// Puts the checksum right at the end of a file that was changed.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let checksum = nice_decode::crc32(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// One small file of each kind: its name, and its bytes.
fn small_files() -> [(&'static str, Vec<u8>); 3] {
    let model = model(7, 1);
    let id = Decoder::from_bytes(&model).unwrap().id();
    let picture = tools::picture_file::to_bytes(17, 9, id, &[[0x5a; 6]; 6]).unwrap();
    let encoder = encoder(7, 1).to_bytes(id);
    [
        ("x.nicem", model),
        ("x.nicee", encoder),
        ("x.nice", picture),
    ]
}

/// Whether the bytes are a good file of the kind that the name says.
fn is_good(name: &str, bytes: &[u8]) -> bool {
    match name {
        "x.nicem" => Decoder::from_bytes(bytes).is_ok(),
        "x.nicee" => EncoderNetwork::from_bytes(bytes).is_ok(),
        "x.nice" => Image::from_bytes(bytes).is_ok(),
        other => panic!("{other} is of no kind"),
    }
}

/// Checks that `nice info` refuses these bytes and names the file.
fn info_refuses(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let text = format!("{:#}", nice(&[Path::new("info"), path]).unwrap_err());
    assert!(text.contains(path.to_str().unwrap()), "{text}");
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let folder = tempdir().unwrap();
    for (name, bytes) in small_files() {
        let path = folder.path().join(name);
        for length in 0..bytes.len() {
            info_refuses(&path, &bytes[..length]);
        }
        fs::write(&path, &bytes).unwrap();
        nice(&[Path::new("info"), &path]).unwrap();
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_refused() {
    let folder = tempdir().unwrap();
    for (name, bytes) in small_files() {
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_good(name, &flipped), "bit {bit} of {name}");
            // Through a file and the program for one bit of every byte, each time another.
            if bit % 8 == bit / 8 % 8 {
                info_refuses(&folder.path().join(name), &flipped);
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
            info_refuses(&folder.path().join(name), &longer);
            info_refuses(&folder.path().join(name), &sealed(longer));
        }
    }
}

#[test]
fn a_file_of_a_newer_version_is_said_to_be_one() {
    let folder = tempdir().unwrap();
    for (name, mut bytes) in small_files() {
        bytes[4] = 4;
        fs::write(folder.path().join(name), sealed(bytes)).unwrap();
        let text = refused(folder.path(), &format!("info @{name}"));
        assert!(
            text.contains("version 4") && text.contains("newer"),
            "{text}"
        );
    }
}

#[test]
fn sizes_that_are_absurd_are_refused_before_any_memory_is_asked_for() {
    let folder = tempdir().unwrap();
    let [(_, model), (_, encoder), (_, picture)] = small_files();
    let patched = |bytes: &[u8], at: usize, with: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + with.len()].copy_from_slice(with);
        sealed(bytes)
    };
    let (none, all) = ([0; 4], [0xff; 4]);
    for (name, bytes) in [
        ("width.nice", patched(&picture, 8, &all)),
        ("height.nice", patched(&picture, 12, &all)),
        ("both.nice", patched(&picture, 8, &[0xff; 8])),
        ("no-width.nice", patched(&picture, 8, &none)),
        ("no-height.nice", patched(&picture, 12, &none)),
        ("reserved.nice", patched(&picture, 5, &[1])),
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
        // After magic and version: the length of the name and "small", the kind, the bits, the hidden units.
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
fn tables_that_no_decoder_would_take_are_not_written() {
    let file = model(1, 3);
    let good = model_file::tables(&file).unwrap();
    let Body::Network(network) = good.body else {
        panic!("a network was written")
    };
    let folder = tempdir().unwrap();
    let path = folder.path().join("x.nicem");
    let long = "x".repeat(33);
    for bad in [
        Model { name: "", ..good },
        Model {
            name: &long,
            ..good
        },
        Model {
            name: "tab\t",
            ..good
        },
        Model {
            body: Body::Network(nice_decode::format::Network {
                hidden: 4,
                ..network
            }),
            ..good
        },
        Model {
            body: Body::Network(nice_decode::format::Network {
                bits: 47,
                ..network
            }),
            ..good
        },
    ] {
        let text = format!("{:#}", model_file::write(&path, &bad).unwrap_err());
        assert!(text.contains("x.nicem"), "{text}");
        assert!(!path.exists());
    }
    let id = model_file::write(&path, &good).unwrap();
    assert_eq!(fs::read(&path).unwrap(), file);
    assert_eq!(Decoder::from_bytes(&file).unwrap().id(), id);
}

#[test]
fn a_file_of_another_kind_is_named_for_what_it_is() {
    let folder = furnished();
    let at = folder.path();
    fs::write(at.join("text.txt"), "just some words").unwrap();
    fs::write(at.join("empty"), "").unwrap();
    let (a_model, a_picture) = ("a NICE decoder model (.nicem)", "a NICE picture (.nice)");
    let an_encoder = "a NICE encoder (.nicee)";
    for (line, parts) in [
        (
            "encode @in.png -m @x.nice -o @o",
            ["x.nice", a_picture, a_model],
        ),
        (
            "encode @in.png -m @encoder.nicee -o @o",
            ["encoder.nicee", an_encoder, a_model],
        ),
        (
            "encode @in.png -m @in.png -o @o",
            ["in.png", "no file of NICE", a_model],
        ),
        (
            "encode @in.png -m @empty -o @o",
            ["empty", "is empty", a_model],
        ),
        (
            "decode @decoder.nicem -m @decoder.nicem -o @o.png",
            ["decoder.nicem", a_model, a_picture],
        ),
        (
            "decode @encoder.nicee -m @decoder.nicem -o @o.png",
            ["encoder.nicee", an_encoder, a_picture],
        ),
        (
            "decode @in.png -m @decoder.nicem -o @o.png",
            ["in.png", "no file of NICE", a_picture],
        ),
        (
            "decode @x.nice -m @x.nice -o @o.png",
            ["x.nice", a_picture, a_model],
        ),
        ("eval -m @x.nice @in.png", ["x.nice", a_picture, a_model]),
        ("info @text.txt", ["text.txt", "no file of NICE", ".nicee"]),
        ("info @empty", ["empty", "is empty", ""]),
        (
            "encode @x.nice -m @decoder.nicem -o @o",
            ["x.nice", a_picture, "to encode"],
        ),
        (
            "encode @text.txt -m @decoder.nicem -o @o",
            ["text.txt", "in no format known here", "png"],
        ),
        (
            "eval -m @decoder.nicem @text.txt",
            ["text.txt", "in no format known here", "png"],
        ),
    ] {
        refused_with(at, line, &parts);
    }
}

#[test]
fn a_picture_is_refused_by_name_with_another_model() {
    let folder = furnished();
    let other = model(99, 5);
    fs::write(folder.path().join("other.nicem"), &other).unwrap();
    let id = |file: &[u8]| Decoder::from_bytes(file).unwrap().id().to_string();
    let own = id(&fs::read(folder.path().join("decoder.nicem")).unwrap());
    let parts = ["x.nice", "other.nicem", &own, &id(&other)];
    refused_with(
        folder.path(),
        "decode @x.nice -m @other.nicem -o @o.png",
        &parts,
    );
}

#[test]
fn an_encoder_that_is_missing_or_of_another_model_is_explained() {
    let folder = furnished();
    let at = folder.path();
    let other = model(99, 5);
    fs::write(at.join("other.nicem"), &other).unwrap();
    for line in [
        "encode @in.png -m @other.nicem -o @o.nice",
        "eval -m @other.nicem @in.png",
    ] {
        refused_with(at, line, &["other.nicee was not found beside it", "copy"]);
    }
    fs::copy(at.join("encoder.nicee"), at.join("other.nicee")).unwrap();
    let id = Decoder::from_bytes(&other).unwrap().id().to_string();
    refused_with(
        at,
        "encode @in.png -m @other.nicem -o @o.nice",
        &["other.nicee", "belongs to the decoder model", &id],
    );
    fs::write(at.join("other.nicee"), &other).unwrap();
    refused_with(
        at,
        "encode @in.png -m @other.nicem -o @o.nice",
        &["other.nicee is a NICE decoder model"],
    );
    fs::remove_file(at.join("encoder.nicee")).unwrap();
    refused_with(
        at,
        "encode @in.png -m @decoder.nicem -o @o.nice",
        &["decoder.nicee or encoder.nicee was not found"],
    );
    // Decoding needs none.
    nice_in(at, "decode @x.nice -m @decoder.nicem -o @o.png").unwrap();
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = furnished();
    let at = folder.path();
    fs::create_dir(at.join("folder")).unwrap();
    for (line, part) in [
        ("encode @none.png -m @decoder.nicem -o @o", "none.png"),
        ("encode @folder -m @decoder.nicem -o @o", "is a folder"),
        ("encode @in.png -m @none.nicem -o @o", "none.nicem"),
        ("encode @in.png -m @folder -o @o", "is a folder"),
        ("decode @none.nice -m @decoder.nicem -o @o", "none.nice"),
        ("decode @folder -m @decoder.nicem -o @o", "is a folder"),
        ("info @none", "none"),
        ("info @folder", "is a folder"),
        ("eval -m @decoder.nicem @none", "none"),
        ("eval -m @decoder.nicem @folder", "there is no picture in"),
    ] {
        refused_with(at, line, &[part, at.to_str().unwrap()]);
    }
    fs::write(
        at.join("folder/broken.png"),
        b"\x89PNG\r\n\x1a\nbut no more",
    )
    .unwrap();
    refused_with(at, "eval -m @decoder.nicem @folder", &["broken.png"]);
}

#[test]
fn what_cannot_be_written_is_named_and_the_old_file_stays() {
    let folder = furnished();
    let at = folder.path();
    fs::create_dir(at.join("folder")).unwrap();
    fs::write(at.join("kept.png"), b"old").unwrap();
    let mut permissions = fs::metadata(at.join("kept.png")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(at.join("kept.png"), permissions).unwrap();
    for (output, part) in [
        ("@folder", "is a folder"),
        ("@none/o.png", "there is no folder"),
        ("@in.png/o.png", "not a folder"),
        ("@kept.png", "read-only"),
    ] {
        refused_with(
            at,
            &format!("encode @in.png -m @decoder.nicem -o {output}"),
            &[part],
        );
        refused_with(
            at,
            &format!("decode @x.nice -m @decoder.nicem -o {output}"),
            &[part],
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = furnished();
    let at = folder.path();
    for line in [
        "encode @in.png -m @decoder.nicem -o /dev/full",
        "decode @x.nice -m @decoder.nicem -o /dev/full",
    ] {
        refused_with(at, line, &["/dev/full", "No space left"]);
    }
    let mut full = fs::File::options().write(true).open("/dev/full").unwrap();
    let path = at.join("x.nice");
    let args = [Path::new("nice"), Path::new("info"), &path];
    let error = tools::run(args, &mut full).unwrap_err();
    assert!(format!("{error:#}").contains("No space left"));
}

#[test]
fn a_file_is_never_written_over_what_is_read() {
    let folder = furnished();
    let at = folder.path();
    fs::create_dir(at.join("folder")).unwrap();
    let way_round = "@folder/../in.png";
    for line in [
        "encode @in.png -m @decoder.nicem -o @in.png".to_owned(),
        format!("encode @in.png -m @decoder.nicem -o {way_round}"),
        "encode @in.png -m @decoder.nicem -o @decoder.nicem".to_owned(),
        "encode @in.png -m @decoder.nicem -o @encoder.nicee".to_owned(),
        "decode @x.nice -m @decoder.nicem -o @x.nice".to_owned(),
        "decode @x.nice -m @decoder.nicem -o @decoder.nicem".to_owned(),
    ] {
        refused_with(at, &line, &["would be written over"]);
    }
}

#[test]
fn a_failure_leaves_an_old_output_as_it_was() {
    let folder = furnished();
    let at = folder.path();
    fs::write(at.join("o.nice"), b"old").unwrap();
    fs::write(at.join("o.png"), b"old").unwrap();
    fs::write(at.join("broken.png"), b"\x89PNG\r\n\x1a\nbut no more").unwrap();
    fs::write(at.join("other.nicem"), model(99, 5)).unwrap();
    let cut = fs::read(at.join("x.nice")).unwrap();
    fs::write(at.join("cut.nice"), &cut[..cut.len() - 1]).unwrap();
    // `refused` compares every file with what it was before.
    refused(at, "encode @broken.png -m @decoder.nicem -o @o.nice");
    refused(at, "encode @in.png -m @other.nicem -o @o.nice");
    refused(at, "decode @cut.nice -m @decoder.nicem -o @o.png");
    refused(at, "decode @x.nice -m @other.nicem -o @o.png");
}

#[test]
fn a_picture_is_decoded_to_png_and_nothing_that_is_called_otherwise() {
    let folder = furnished();
    let at = folder.path();
    refused_with(
        at,
        "decode @x.nice -m @decoder.nicem -o @o.jpg",
        &["o.jpg", "PNG"],
    );
    nice_in(at, "decode @x.nice -m @decoder.nicem -o @o.PNG").unwrap();
    nice_in(at, "decode @x.nice -m @decoder.nicem -o @o").unwrap();
}

#[test]
fn a_command_line_that_makes_no_sense_is_explained() {
    let folder = furnished();
    for (line, part) in [
        ("frobnicate", "frobnicate"),
        ("encode @in.png", "--output"),
        ("encode @in.png -m @decoder.nicem -o @o --effort -1", "-1"),
        (
            "encode @in.png -m @decoder.nicem -o @o --effort 99999999999",
            "99999999999",
        ),
        (
            "encode @in.png -m @decoder.nicem -o @o --effort much",
            "much",
        ),
        ("eval -m @decoder.nicem", "PATH"),
        ("info", "FILE"),
    ] {
        let text = nice_in(folder.path(), line).unwrap_err().to_string();
        assert!(text.contains(part) && text.contains("--help"), "{text}");
    }
}

#[test]
fn an_encoder_is_made_of_finite_numbers_of_the_right_count() {
    let zeros = |count| vec![0.0; count];
    let made = |hidden, slope, first: &[f32], bias: &[f32], second: &[f32]| {
        EncoderNetwork::new(hidden, slope, first, bias, second)
    };
    assert!(made(2, 0.01, &zeros(384), &zeros(2), &zeros(96)).is_ok());
    assert!(made(0, 0.01, &[], &[], &[]).is_err());
    assert!(made(2, f32::NAN, &zeros(384), &zeros(2), &zeros(96)).is_err());
    assert!(made(2, 0.01, &zeros(383), &zeros(2), &zeros(96)).is_err());
    assert!(made(2, 0.01, &zeros(384), &zeros(3), &zeros(96)).is_err());
    assert!(made(2, 0.01, &zeros(384), &zeros(2), &zeros(97)).is_err());
    assert!(made(2, 0.01, &zeros(384), &[0.0, f32::INFINITY], &zeros(96)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_or_refused(kind in 0_usize..4, at in any::<prop::sample::Index>(), noise: Vec<u8>) {
        // Noise put into a good file, checksum put right: every check behind the checksum is reached.
        let mut bytes = match kind {
            3 => noise.clone(),
            kind => small_files()[kind].1.clone(),
        };
        if kind < 3 {
            let start = 4 + at.index(bytes.len() - 8);
            let room = bytes.len() - start;
            let noise = &noise[..noise.len().min(room)];
            bytes[start..start + noise.len()].copy_from_slice(noise);
            bytes = sealed(bytes);
        }
        let folder = tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, &bytes).unwrap();
        let good = kind < 3 && is_good(small_files()[kind].0, &bytes);
        prop_assert_eq!(nice(&[Path::new("info"), &path]).is_ok(), good);
    }
}
