//! Wrong files and arguments: `nicec` prints one sentence, exits with 1, and changes no file.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use nice_data::exit;
use nice_decode::Model;
use tempfile::TempDir;

use crate::fixtures::{error_text, model, nicec_in, run_folder, text, write_picture};

/// A run folder with a picture, `in.png`, and the image that it is encoded to, `x.nice`.
fn folder_with_image() -> TempDir {
    let folder = run_folder();
    write_picture(&folder.path().join("in.png"), 3, 20, 9);
    nicec_in(folder.path(), "encode @in.png -m @decoder.nicem -o @x.nice").unwrap();
    folder
}

/// The files in a folder, with their contents.
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

/// Asserts that `nicec` fails with exit code 1 and changes no file, and returns its message.
fn refused(folder: &Path, line: &str) -> String {
    let before = contents(folder);
    let error = nicec_in(folder, line).expect_err(line);
    let text = format!("{error:#}");
    assert_eq!(exit::code(Err(error)), ExitCode::from(1));
    assert!(contents(folder) == before, "{line} changed a file");
    assert!(text.len() > 20 && !text.contains('\n'), "{text}");
    text
}

/// [`refused`], with a message that has all of these parts.
pub fn refused_with(folder: &Path, line: &str, parts: &[&str]) {
    let text = refused(folder, line);
    for part in parts {
        assert!(text.contains(part), "{line}: {part:?} is not in {text:?}");
    }
}

#[test]
fn a_file_of_another_type_is_refused_with_both_types() {
    let folder = folder_with_image();
    let at = folder.path();
    fs::write(at.join("text.txt"), "just some words").unwrap();
    fs::write(at.join("empty"), "").unwrap();
    let (a_model, an_image) = ("a NICE decoder model (.nicem)", "a NICE image (.nice)");
    let an_encoder = "a NICE encoder (.nicee)";
    for (line, parts) in [
        (
            "encode @in.png -m @x.nice -o @o.nice",
            ["x.nice", an_image, a_model],
        ),
        (
            "encode @in.png -m @encoder.nicee -o @o.nice",
            ["encoder.nicee", an_encoder, a_model],
        ),
        (
            "encode @in.png -m @in.png -o @o.nice",
            ["in.png", "is not a NICE file", a_model],
        ),
        (
            "encode @in.png -m @empty -o @o.nice",
            ["empty", "is empty", a_model],
        ),
        (
            "decode @decoder.nicem -m @decoder.nicem -o @o.png",
            ["decoder.nicem", a_model, an_image],
        ),
        (
            "decode @encoder.nicee -m @decoder.nicem -o @o.png",
            ["encoder.nicee", an_encoder, an_image],
        ),
        (
            "decode @in.png -m @decoder.nicem -o @o.png",
            ["in.png", "is not a NICE file", an_image],
        ),
        (
            "decode @x.nice -m @x.nice -o @o.png",
            ["x.nice", an_image, a_model],
        ),
        ("eval -m @x.nice @in.png", ["x.nice", an_image, a_model]),
        (
            "info @text.txt",
            ["text.txt", "is not a NICE file", ".nicee"],
        ),
        ("info @empty", ["empty", "is empty", ""]),
        (
            "encode @x.nice -m @decoder.nicem -o @o.nice",
            ["x.nice", an_image, "to encode"],
        ),
        (
            "encode @text.txt -m @decoder.nicem -o @o.nice",
            ["text.txt", "its format is unknown", "png"],
        ),
        (
            "eval -m @decoder.nicem @text.txt",
            ["text.txt", "its format is unknown", "png"],
        ),
    ] {
        refused_with(at, line, &parts);
    }
}

#[test]
fn an_image_of_another_model_is_refused_with_both_ids() {
    let folder = folder_with_image();
    let other = model(99, 5);
    fs::write(folder.path().join("other.nicem"), &other).unwrap();
    let id = |file: &[u8]| Model::from_bytes(file).unwrap().id().to_string();
    let own = id(&fs::read(folder.path().join("decoder.nicem")).unwrap());
    let parts = ["x.nice", "other.nicem", &own, &id(&other)];
    refused_with(
        folder.path(),
        "decode @x.nice -m @other.nicem -o @o.png",
        &parts,
    );
}

#[test]
fn an_encoder_that_is_missing_or_of_another_model_is_refused_with_the_next_step() {
    let folder = folder_with_image();
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
    let id = Model::from_bytes(&other).unwrap().id().to_string();
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
    // Decoding needs no encoder.
    nicec_in(at, "decode @x.nice -m @decoder.nicem -o @o.png").unwrap();
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = folder_with_image();
    let at = folder.path();
    fs::create_dir(at.join("folder")).unwrap();
    for (line, part) in [
        ("encode @none.png -m @decoder.nicem -o @o.nice", "none.png"),
        (
            "encode @folder -m @decoder.nicem -o @o.nice",
            "there are no pictures",
        ),
        ("encode @in.png -m @none.nicem -o @o.nice", "none.nicem"),
        ("encode @in.png -m @folder -o @o.nice", "is a folder"),
        ("decode @none.nice -m @decoder.nicem -o @o.png", "none.nice"),
        (
            "decode @folder -m @decoder.nicem -o @o.png",
            "there are no images",
        ),
        ("info @none", "none"),
        ("info @folder", "there are no files of NICE"),
        ("eval -m @decoder.nicem @none", "none"),
        ("eval -m @decoder.nicem @folder", "there are no pictures in"),
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
fn an_output_that_cannot_be_written_is_named_and_an_existing_file_is_kept() {
    let folder = folder_with_image();
    let at = folder.path();
    for name in ["kept.png", "kept.nice"] {
        fs::write(at.join(name), b"old").unwrap();
        let mut permissions = fs::metadata(at.join(name)).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(at.join(name), permissions).unwrap();
    }
    for (output, part) in [
        ("@none/o", "there is no folder"),
        ("@in.png/o", "not a folder"),
        ("@kept", "read-only"),
    ] {
        for line in [
            format!("encode @in.png -m @decoder.nicem -o {output}.nice"),
            format!("decode @x.nice -m @decoder.nicem -o {output}.png"),
        ] {
            refused_with(at, &line, &[part]);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = folder_with_image();
    let at = folder.path();
    for line in [
        "encode @in.png -m @decoder.nicem -o /dev/full",
        "decode @x.nice -m @decoder.nicem -o /dev/full",
    ] {
        refused_with(at, line, &["/dev/full", "No space left"]);
    }
    let mut full = fs::File::options().write(true).open("/dev/full").unwrap();
    let path = at.join("x.nice");
    let error = error_text(nice_cli::run(["nicec", "info", text(&path)], &mut full));
    assert!(error.contains("No space left"), "{error}");
}

#[test]
fn an_output_never_overwrites_an_input() {
    let folder = folder_with_image();
    let at = folder.path();
    fs::create_dir(at.join("folder")).unwrap();
    let detour = "@folder/../in.png";
    for line in [
        "encode @in.png -m @decoder.nicem -o @in.png".to_owned(),
        format!("encode @in.png -m @decoder.nicem -o {detour}"),
        "encode @in.png -m @decoder.nicem -o @decoder.nicem".to_owned(),
        "encode @in.png -m @decoder.nicem -o @encoder.nicee".to_owned(),
        "decode @x.nice -m @decoder.nicem -o @x.nice".to_owned(),
        "decode @x.nice -m @decoder.nicem -o @decoder.nicem".to_owned(),
    ] {
        refused_with(at, &line, &["would overwrite the input"]);
    }
}

#[test]
fn a_failure_keeps_an_existing_output() {
    let folder = folder_with_image();
    let at = folder.path();
    fs::write(at.join("o.nice"), b"old").unwrap();
    fs::write(at.join("o.png"), b"old").unwrap();
    fs::write(at.join("broken.png"), b"\x89PNG\r\n\x1a\nbut no more").unwrap();
    fs::write(at.join("other.nicem"), model(99, 5)).unwrap();
    let cut = fs::read(at.join("x.nice")).unwrap();
    fs::write(at.join("cut.nice"), &cut[..cut.len() - 1]).unwrap();
    // `refused` compares the contents of all files before and after.
    refused(at, "encode @broken.png -m @decoder.nicem -o @o.nice");
    refused(at, "encode @in.png -m @other.nicem -o @o.nice");
    refused(at, "decode @cut.nice -m @decoder.nicem -o @o.png");
    refused(at, "decode @x.nice -m @other.nicem -o @o.png");
}

#[test]
fn a_result_needs_the_ending_of_its_kind_unless_it_is_forced() {
    let folder = folder_with_image();
    let at = folder.path();
    let decode = "decode @x.nice -m @decoder.nicem";
    let encode = "encode @in.png -m @decoder.nicem";
    for (line, part) in [
        (format!("{decode} -o @o.nice"), "(.png, .jpg"),
        (format!("{decode} -o @o.heic"), "(.png, .jpg"),
        (format!("{decode} -o @o"), "(.png, .jpg"),
        (format!("{decode} --format qoi -o @o.png"), "(.qoi)"),
        (format!("{encode} -o @o.nicem"), "(.nice)"),
        (format!("{encode} -o @o.png"), "(.nice)"),
        ("dataset build @in.png -o @o.png".to_owned(), "(.bin)"),
    ] {
        refused_with(at, &line, &[part, "--force"]);
        nicec_in(at, &format!("{line} --force")).unwrap();
    }
    // An input is never overwritten, and a model only if a person insists.
    refused_with(at, &format!("{encode} -o @in.png --force"), &["overwrite"]);
    fs::copy(at.join("decoder.nicem"), at.join("old.nice")).unwrap();
    refused_with(
        at,
        &format!("{encode} -o @old.nice"),
        &["is a NICE decoder model", "--force"],
    );
    nicec_in(at, &format!("{encode} -o @old.nice --force")).unwrap();
    fs::create_dir(at.join("photos")).unwrap();
    fs::copy(at.join("in.png"), at.join("photos/b.png")).unwrap();
    refused_with(
        at,
        "dataset build @photos -o @photos/b.png --force",
        &["overwrite"],
    );
}

#[test]
fn an_invalid_command_line_is_refused_with_the_argument_and_the_way_to_the_help() {
    let folder = folder_with_image();
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
        let error = nicec_in(folder.path(), line).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("--help"), "{error}");
    }
}
