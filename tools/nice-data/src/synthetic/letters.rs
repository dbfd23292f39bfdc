//! Letters as strokes: a font of capitals, digits and a few punctuation marks.

/// The width of most letters, in units in which the height of a capital is 6.
const WIDTH: f32 = 4.0;
const HEIGHT: f32 = 6.0;
/// The distance from the left edge of such a letter to that of the next.
const ADVANCE: f32 = 6.0;

/// A straight segment of a letter.
pub type Stroke = [(f32, f32); 2];

/// The strokes of a line of text with capitals of this height, and its width. The upper left corner of the first letter is at
/// 0, 0. Letters that are not in the font are blank.
pub fn line(text: &str, height: f32) -> (Vec<Stroke>, f32) {
    let scale = height / HEIGHT;
    let mut strokes = Vec::new();
    let mut left = 0.0;
    for letter in text.chars() {
        let (code, width) = glyph(letter);
        for path in code.split('/') {
            let points: Vec<(f32, f32)> = path
                .split_whitespace()
                .map(|point| {
                    let digit = |at: usize| f32::from(point.as_bytes()[at] - b'0');
                    ((left + digit(0)) * scale, digit(1) * scale)
                })
                .collect();
            match points.as_slice() {
                [dot] => strokes.push([*dot, *dot]),
                points => strokes.extend(points.windows(2).map(|pair| [pair[0], pair[1]])),
            }
        }
        left += ADVANCE - WIDTH + width;
    }
    (strokes, ((left - (ADVANCE - WIDTH)) * scale).max(0.0))
}

/// The paths of a letter, each point as two digits (from the left, from the top), and its width.
fn glyph(letter: char) -> (&'static str, f32) {
    let code = match letter {
        'A' => "06 20 46 / 14 34",
        'B' => "00 30 41 42 33 44 45 36 06 00 / 03 33",
        'C' => "41 30 10 01 05 16 36 45",
        'D' => "00 30 41 45 36 06 00",
        'E' => "40 00 06 46 / 03 33",
        'F' => "40 00 06 / 03 33",
        'G' => "41 30 10 01 05 16 36 45 43 23",
        'H' => "00 06 / 40 46 / 03 43",
        'I' => return ("10 30 / 20 26 / 16 36", WIDTH),
        'J' => "40 45 36 16 05",
        'K' => "00 06 / 40 03 46",
        'L' => "00 06 46",
        'M' => "06 00 23 40 46",
        'N' => "06 00 46 40",
        'O' => "10 30 41 45 36 16 05 01 10",
        'P' => "06 00 30 41 42 33 03",
        'Q' => "10 30 41 45 36 16 05 01 10 / 24 46",
        'R' => "06 00 30 41 42 33 03 / 23 46",
        'S' => "41 30 10 01 02 13 33 44 45 36 16 05",
        'T' => "00 40 / 20 26",
        'U' => "00 05 16 36 45 40",
        'V' => "00 26 40",
        'W' => "00 16 23 36 40",
        'X' => "00 46 / 40 06",
        'Y' => "00 23 40 / 23 26",
        'Z' => "00 40 06 46",
        '0' => "10 30 41 45 36 16 05 01 10 / 32 14",
        '1' => "11 20 26 / 16 36",
        '2' => "01 10 30 41 42 06 46",
        '3' => "00 40 22 33 44 45 36 16 05",
        '4' => "36 30 04 44",
        '5' => "40 00 02 32 43 45 36 06",
        '6' => "30 10 01 05 16 36 45 44 33 03",
        '7' => "00 40 16",
        '8' => "10 30 41 42 33 13 02 01 10 / 13 04 05 16 36 45 44 33",
        '9' => "16 36 45 41 30 10 01 02 13 43",
        '.' => return ("06", 0.0),
        ',' => return ("15 07", 1.0),
        ':' => return ("02 / 05", 0.0),
        '-' => return ("03 33", 3.0),
        '+' => "03 43 / 21 25",
        '=' => "02 42 / 04 44",
        '/' => "06 40",
        _ => return ("", 2.0),
    };
    (code, WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_letters_and_digits_have_strokes_within_their_box() {
        for letter in ('A'..='Z').chain('0'..='9') {
            let (strokes, width) = line(&letter.to_string(), 6.0);
            assert!(!strokes.is_empty() && width == WIDTH, "{letter}");
            assert!(
                strokes
                    .iter()
                    .flatten()
                    .all(|&(x, y)| (0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y))
            );
        }
    }

    #[test]
    fn all_letters_are_different() {
        let mut all: Vec<&str> = ('A'..='Z')
            .chain('0'..='9')
            .map(|letter| glyph(letter).0)
            .collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 36);
    }

    #[test]
    fn a_line_is_as_wide_as_its_letters_and_scales_with_the_height() {
        let width = |text: &str, height: f32| line(text, height).1;
        assert_eq!(width("AB", 6.0), 10.0);
        assert_eq!(width("AB", 12.0), 20.0);
        assert_eq!(width("", 6.0), 0.0);
        assert!(width("A B", 6.0) > width("AB", 6.0));
    }
}
