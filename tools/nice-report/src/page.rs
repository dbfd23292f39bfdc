//! The document around the contents of a page, and images in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::palette;

/// The style of all pages; the colors come from the palette.
const STYLE: &str = include_str!("style.css");

/// A self-contained page: style, charts and images are part of it.
pub fn document(title: &str, subtitle: &str, contents: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · NICE" }
                style { (PreEscaped(palette::page_css())) (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        p.kind { "NICE · every 8×8 block on its own" }
                        h1 { (title) }
                        p { (subtitle) }
                    }
                    (contents)
                }
            }
        }
        "\n"
    }
}

/// A data URI of a PNG file, so that it is part of the page.
pub fn data_uri(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

/// An image in the page.
pub fn image(png: &[u8], width: u32, height: u32, alt: &str) -> Markup {
    html! { img src=(data_uri(png)) width=(width) height=(height) alt=(alt); }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_escaped_and_images_are_in_the_page() {
        let page = document("a <b>", "c & d", image(b"NICE", 2, 3, "\"")).into_string();
        assert!(page.contains("<h1>a &lt;b&gt;</h1>") && page.contains("c &amp; d"));
        assert!(page.contains("src=\"data:image/png;base64,TklDRQ==\""));
        assert!(page.contains("alt=\"&quot;\"") && page.ends_with("</html>\n"));
    }
}
