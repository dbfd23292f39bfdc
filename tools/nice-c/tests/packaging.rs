//! The descriptions for Arduino, PlatformIO, ESP-IDF and CMake have the version of the crate and name files that exist.

use std::path::Path;

/// A file of the folder.
fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn all_descriptions_have_the_same_version() {
    let version = env!("CARGO_PKG_VERSION");
    let [major, minor, patch] = [0, 1, 2].map(|part| {
        version
            .split('.')
            .nth(part)
            .unwrap()
            .parse::<u32>()
            .unwrap()
    });
    let number = 10_000 * major + 100 * minor + patch;
    for (path, expected) in [
        (
            "src/nice.h",
            format!("#define NICE_VERSION {number}\n#define NICE_VERSION_STRING \"{version}\"\n"),
        ),
        ("library.properties", format!("\nversion={version}\n")),
        ("library.json", format!("\n  \"version\": \"{version}\",\n")),
        ("idf_component.yml", format!("version: \"{version}\"\n")),
        (
            "CMakeLists.txt",
            format!("project(nice VERSION {version} LANGUAGES C)"),
        ),
    ] {
        assert!(
            text(path).contains(&expected),
            "{path} has another version than {version}"
        );
    }
}

#[test]
fn the_library_for_arduino_has_the_fields_that_are_required() {
    let properties = text("library.properties");
    let fields: Vec<(&str, &str)> = properties
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    for required in [
        "name",
        "version",
        "author",
        "maintainer",
        "sentence",
        "paragraph",
        "category",
        "url",
        "architectures",
    ] {
        assert!(
            fields
                .iter()
                .any(|(name, value)| *name == required && !value.is_empty()),
            "{required}"
        );
    }
    let header = text("src/nice.h");
    for keyword in text("keywords.txt").lines() {
        let (word, kind) = keyword.split_once('\t').unwrap();
        assert!(header.contains(word), "{word} is not in nice.h");
        assert!(
            ["KEYWORD1", "KEYWORD2", "LITERAL1"].contains(&kind),
            "{keyword}"
        );
    }
}
