//! Text and pictures inside an HTML or SVG page: what is escaped, and what is put in as data.

/// `text` with the characters replaced that mean something in HTML and in attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}

/// The address of a PNG that is put into the page itself.
pub fn data_uri(png: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut uri = String::from("data:image/png;base64,");
    for group in png.chunks(3) {
        let mut bytes = [0; 3];
        bytes[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
        for i in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * i)) as usize & 63];
            uri.push(if i <= group.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_means_something_is_left() {
        assert_eq!(
            escape("<a href=\"x\" b='y'>&amp;</a> ü"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt; ü"
        );
    }

    #[test]
    fn every_length_becomes_base64() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"N", "Tg=="),
            (b"NI", "Tkk="),
            (b"NIC", "TklD"),
            (b"NICE", "TklDRQ=="),
        ] {
            assert_eq!(data_uri(bytes), format!("data:image/png;base64,{text}"));
        }
    }
}
