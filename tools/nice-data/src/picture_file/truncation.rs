//! Whether a file has been cut off, for formats whose decoders do not always say so.

use image::ImageFormat;

/// Whether a file of a format has been cut off, as far as that can be seen without decoding it.
pub(super) fn is_truncated(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        // The decoder fills what is missing with gray.
        ImageFormat::Jpeg => is_truncated_jpeg(bytes),
        // The decoder does not miss metadata at the end.
        ImageFormat::WebP => is_truncated_riff(bytes),
        _ => false,
    }
}

/// Whether a RIFF file ends before the size that it begins with.
fn is_truncated_riff(bytes: &[u8]) -> bool {
    let size = bytes.get(4..).and_then(<[u8]>::first_chunk);
    size.is_none_or(|size| 8 + u64::from(u32::from_le_bytes(*size)) > bytes.len() as u64)
}

/// Whether a JPEG file ends before its end-of-image marker (ITU-T T.81, section B.1.1.3).
fn is_truncated_jpeg(bytes: &[u8]) -> bool {
    // The segments: each begins with a marker, 0xFF and a code. After the start of a scan come its coded data, up to the next marker
    // that is not within them.
    let mut at = 2;
    loop {
        let Some(marker) = next_marker(bytes, at) else {
            return true;
        };
        at = marker + 2;
        match bytes[marker + 1] {
            END_OF_IMAGE => return false,
            // Markers without a length: TEM, RSTn, SOI.
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let Some(&[high, low]) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
                    return true;
                };
                at += usize::from(u16::from_be_bytes([high, low])).max(2);
            }
        }
    }
}

/// The code of the end of an image.
const END_OF_IMAGE: u8 = 0xD9;

/// The offset of the next marker: 0xFF with a code that is neither 0, a stuffed byte, nor 0xFF, which is padding.
fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let pairs = bytes.get(from..)?.windows(2);
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF);
    Some(from + pairs.into_iter().position(is_marker)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_riff_file_has_the_size_that_it_begins_with() {
        let file = b"RIFF\x06\0\0\0WEBP12";
        assert!(!is_truncated(file, ImageFormat::WebP));
        assert!(!is_truncated(
            b"RIFF\x06\0\0\0WEBP12 and more",
            ImageFormat::WebP
        ));
        for length in 0..file.len() {
            assert!(is_truncated(&file[..length], ImageFormat::WebP), "{length}");
        }
    }

    #[test]
    fn a_jpeg_file_is_whole_only_up_to_its_end_marker() {
        // A segment that contains an end marker, a scan with a stuffed byte, a restart and padding.
        let file = [
            0xFF, 0xD8, 0xFF, 0xE0, 0, 6, 0xFF, 0xD9, 1, 2, 0xFF, 0xDA, 0, 3, 1, 9, 0xFF, 0, 8,
            0xFF, 0xD0, 7, 0xFF, 0xFF, 0xD9,
        ];
        let is_truncated = |bytes: &[u8]| is_truncated(bytes, ImageFormat::Jpeg);
        assert!(!is_truncated(&file));
        for length in 0..file.len() {
            assert!(is_truncated(&file[..length]), "{length}");
        }
        assert!(!is_truncated(&[&file[..], b"trailing bytes"].concat()));
    }
}
