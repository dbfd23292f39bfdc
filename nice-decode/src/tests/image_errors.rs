//! Every fault of an image file is reported, and no faulty file is accepted.

use std::vec::Vec;

use super::generators::{image, latents, resealed, sealed, small_network};
use crate::container::checksum::crc32;
use crate::{Image, ImageError};

/// An image of 2 x 2 blocks.
fn good() -> Vec<u8> {
    image(16, 9, 0x0102_0304, &latents(4))
}

/// The result for the good image with some bytes changed and its checksum corrected.
fn changed(at: usize, bytes: &[u8]) -> Result<(), ImageError> {
    let mut file = good();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    let file = resealed(&file);
    let verdict = Image::from_bytes(&file).map(|_| ());
    assert_eq!(Image::from_trusted_bytes(&file).map(|_| ()), verdict);
    verdict
}

#[test]
fn truncation_at_every_length() {
    let file = good();
    assert_eq!(file.len(), 20 + 4 * 6 + 4);
    for length in 0..file.len() {
        let expected = (length >= 20).then_some(48);
        let error = Err(ImageError::Truncated {
            found: length,
            expected,
        });
        assert_eq!(Image::from_bytes(&file[..length]), error);
        assert_eq!(Image::from_trusted_bytes(&file[..length]), error);
    }
}

#[test]
fn every_flipped_bit() {
    let mut file = good();
    for bit in 0..8 * file.len() {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(Image::from_bytes(&file).is_err(), "bit {bit} flipped");
        file[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(Image::from_bytes(&file).is_ok());
}

#[test]
fn damage_is_distinguished_from_other_faults() {
    let mut file = good();
    let stored = u32::from_le_bytes(file[44..].try_into().unwrap());
    file[30] ^= 0x10;
    let computed = crc32(&file[..44]);
    assert_eq!(
        Image::from_bytes(&file),
        Err(ImageError::Checksum { stored, computed })
    );
    assert!(
        Image::from_trusted_bytes(&file).is_ok(),
        "the checksum of trusted files is not verified"
    );
}

#[test]
fn bytes_after_the_end() {
    for extra in [1, 4, 6, 1000] {
        let mut file = good();
        file.resize(file.len() + extra, 0);
        let refused = Err(ImageError::TrailingBytes { extra });
        assert_eq!(Image::from_bytes(&file), refused);
        assert_eq!(Image::from_bytes(&resealed(&file)), refused);
    }
}

#[test]
fn other_kinds_of_file() {
    let model = small_network().file();
    assert_eq!(
        Image::from_bytes(&model),
        Err(ImageError::NotAnImage { magic: *b"NICM" })
    );
    let jpeg = ImageError::NotAnImage {
        magic: *b"\xFF\xD8\xFF\xE0",
    };
    assert_eq!(
        Image::from_bytes(b"\xFF\xD8\xFF\xE0\x00\x10JFIF"),
        Err(jpeg)
    );
    let short = ImageError::NotAnImage { magic: *b"x\0\0\0" };
    assert_eq!(Image::from_bytes(b"x"), Err(short));
}

#[test]
fn other_versions_and_reserved_bytes() {
    for found in [0, 2, 7] {
        let error = ImageError::Version { found };
        assert_eq!(changed(4, &[found]), Err(error));
    }
    assert_eq!(
        changed(7, &[0x20]),
        Err(ImageError::Reserved { found: [0, 0x20] })
    );
    assert_eq!(changed(5, &[2]), Err(ImageError::Layout { found: 2 }));
}

#[test]
fn sizes() {
    assert_eq!(
        changed(8, &[0; 4]),
        Err(ImageError::Empty {
            width: 0,
            height: 9
        })
    );
    assert_eq!(
        changed(12, &[0; 4]),
        Err(ImageError::Empty {
            width: 16,
            height: 0
        })
    );
    let wider = ImageError::Truncated {
        found: 48,
        expected: Some(20 + 6 * 6 + 4),
    };
    assert_eq!(changed(8, &[17]), Err(wider));
    assert_eq!(
        changed(8, &[8]),
        Err(ImageError::TrailingBytes { extra: 12 })
    );
    assert_eq!(
        changed(8, &[9]),
        Ok(()),
        "9 pixels have as many blocks as 16"
    );
    // The largest possible image: 2^29 blocks in each direction.
    let vast = ImageError::Truncated {
        found: 48,
        expected: Some((1 << 58) * 6 + 24),
    };
    assert_eq!(changed(8, &[0xFF; 8]), Err(vast));
}

#[test]
fn a_header_without_latents() {
    let header = sealed(good()[..20].to_vec());
    let refused = ImageError::Truncated {
        found: 24,
        expected: Some(48),
    };
    assert_eq!(Image::from_bytes(&header), Err(refused));
}
