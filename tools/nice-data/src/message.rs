//! The text of errors and notes: one line, without secrets, and without control characters of file names.

use std::error::Error;

/// An error and its causes in one line, separated by colons. What an error repeats of its cause is said once.
pub fn of_error(error: &anyhow::Error) -> String {
    of_causes(error.chain())
}

/// Some errors, each the cause of the one before, in one line.
pub fn of_causes<'a>(errors: impl Iterator<Item = &'a (dyn Error + 'static)>) -> String {
    let mut text = String::new();
    for error in errors {
        let cause = one_line(&error.to_string());
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// A text in one line: line breaks become spaces, other control characters are written out, a full stop at the end is dropped, and so
/// are names and passwords in URLs.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().flat_map(shown));
    }
    let end = line.trim_end_matches('.').len();
    line.truncate(end);
    without_secrets(&without_values(&line))
}

/// A text without the values of Rust's types, such as `ChunkType { critical: false }`, which errors of libraries contain.
fn without_values(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(" { ") {
        let (before, after) = rest.split_at(at);
        // The name of the type is the last word.
        let name = before.rfind(' ').map_or(0, |space| space + 1);
        let is_type = before[name..].starts_with(char::is_uppercase);
        let end = after.find(" }").filter(|_| is_type);
        let Some(end) = end else {
            result.push_str(before);
            result.push_str(" { ");
            rest = &after[3..];
            continue;
        };
        result.push_str(&before[..name]);
        result.push('a');
        rest = &after[end + 2..];
    }
    result.push_str(rest);
    result
}

/// A character as it is shown: itself, or written out if it would move the cursor or change the direction of the text.
fn shown(character: char) -> impl Iterator<Item = char> {
    let hidden = character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let written_out = hidden.then(|| character.escape_default());
    let itself = (!hidden).then_some(character);
    written_out.into_iter().flatten().chain(itself)
}

/// A text whose URLs are without name and password.
fn without_secrets(text: &str) -> String {
    let mut parts = text.split("://");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result.push_str("://");
        let end = part.find(['/', '?', '#', ' ', '"']).unwrap_or(part.len());
        let (authority, rest) = part.split_at(end);
        result.push_str(authority.rsplit('@').next().unwrap_or_default());
        result.push_str(rest);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_cause_that_is_repeated_is_said_once() {
        let error = anyhow!("Invalid color type 1.")
            .context("Format error decoding Png: Invalid color type 1.")
            .context("cannot read the picture a.png");
        assert_eq!(
            of_error(&error),
            "cannot read the picture a.png: Format error decoding Png: Invalid color type 1"
        );
    }

    #[test]
    fn a_message_is_one_line_without_control_characters() {
        assert_eq!(one_line("one\n  two\r\n"), "one two");
        assert_eq!(
            one_line("a\u{1b}[31mb\tc\u{202e}d"),
            r"a\u{1b}[31mb\tc\u{202e}d"
        );
        assert_eq!(one_line("straße 漢字.png"), "straße 漢字.png");
    }

    #[test]
    fn values_of_types_are_left_out() {
        assert_eq!(
            one_line("bad PNG: ChunkType { type: a, critical: false } chunk appeared before IHDR"),
            "bad PNG: a chunk appeared before IHDR"
        );
        for text in ["a { b } c", "Open { and more", "{ x }", "Format { "] {
            assert_eq!(one_line(text), text.trim());
        }
    }

    #[test]
    fn urls_lose_their_passwords() {
        assert_eq!(
            one_line("cannot fetch https://me:p@ss@example.org/a?b=c@d: no"),
            "cannot fetch https://example.org/a?b=c@d: no"
        );
        assert_eq!(
            one_line("see https://example.org"),
            "see https://example.org"
        );
    }
}
