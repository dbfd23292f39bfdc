//! The options of reading pictures, for all commands that do.

use nice_data::picture_file::{DEFAULT_MAX_MEGAPIXELS, ReadOptions};

/// The options of reading pictures.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The color behind transparent pixels, in hexadecimal digits
    #[arg(long, value_name = "RRGGBB", default_value = "ffffff", value_parser = color)]
    background: [u8; 3],

    /// Read pictures that are cut off as far as they go; what is missing is gray
    #[arg(long)]
    allow_truncated: bool,

    /// The most pixels that a picture may have, in millions: 3 bytes of memory each, and 1 to 16 more while its file is read
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_MEGAPIXELS, value_parser = clap::value_parser!(u32).range(1..))]
    max_megapixels: u32,
}

impl ReadArgs {
    /// The options.
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions {
            background: self.background,
            allow_truncated: self.allow_truncated,
            max_megapixels: self.max_megapixels,
        }
    }
}

/// Parses a color such as `ffffff` or `#102030`.
fn color(text: &str) -> Result<[u8; 3], String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let number = u32::from_str_radix(digits, 16).ok();
    match number.filter(|_| digits.len() == 6 && !digits.starts_with('+')) {
        Some(number) => {
            let [_, color @ ..] = number.to_be_bytes();
            Ok(color)
        }
        None => Err("a color has six hexadecimal digits, such as ffffff for white".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_have_six_hexadecimal_digits() {
        assert_eq!(color("102aFf"), Ok([0x10, 0x2A, 0xFF]));
        assert_eq!(color("#000000"), Ok([0; 3]));
        for text in ["", "fff", "1234567", "+12345", "white!", "ffffzz"] {
            assert!(color(text).is_err(), "{text}");
        }
    }
}
