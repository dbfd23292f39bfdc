//! A decoder for networks written from `FORMAT.md` alone, step by step in 64 bits: slow, and independent of the crate.

use std::vec::Vec;

/// The tables of a layer.
struct Layer {
    pre: u32,
    post: u32,
    weights: Vec<i64>,
    bias: Vec<i64>,
    multiplier: Vec<i64>,
}

/// The samples of a block, decoded with the network in a valid model file.
pub fn decode(file: &[u8], latent: [u8; 6]) -> [u8; 192] {
    let mut rest = &file[5..file.len() - 4];
    bytes(&mut rest); // the name
    assert_eq!(number(&mut rest), 0, "the kind is that of a network");
    let bits = byte(&mut rest);
    let hidden = number(&mut rest);
    let slope = number(&mut rest) as i64;
    let first = layer(&mut rest);
    let second = layer(&mut rest);
    assert!(rest.is_empty());

    let mut activations = Vec::new();
    for j in 0..hidden {
        let mut sum = first.bias[j];
        for i in 0..bits {
            if latent[i / 8] & (1 << (i % 8)) != 0 {
                sum += first.weights[i * hidden + j];
            }
        }
        let value = rescale(sum, first.multiplier[j], &first).clamp(-32767, 32767);
        activations.push(if value >= 0 {
            value
        } else {
            fits(value * slope + 32768) >> 16
        });
    }
    core::array::from_fn(|k| {
        let mut sum = second.bias[k];
        for (j, activation) in activations.iter().enumerate() {
            sum = fits(sum + second.weights[k * hidden + j] * activation);
        }
        rescale(sum, second.multiplier[k], &second).clamp(0, 255) as u8
    })
}

fn rescale(sum: i64, multiplier: i64, layer: &Layer) -> i64 {
    let coarse = (sum >> layer.pre).clamp(-32768, 32767);
    fits(coarse * multiplier + (1 << (layer.post - 1))) >> layer.post
}

/// The number, which fits into 32 bits according to `FORMAT.md`.
fn fits(number: i64) -> i64 {
    i64::from(i32::try_from(number).expect("fits into 32 bits"))
}

fn layer(rest: &mut &[u8]) -> Layer {
    Layer {
        pre: byte(rest) as u32,
        post: byte(rest) as u32,
        weights: bytes(rest)
            .iter()
            .map(|&byte| i64::from(byte as i8))
            .collect(),
        bias: bytes(rest)
            .chunks(4)
            .map(|bytes| i64::from(i32::from_le_bytes(bytes.try_into().unwrap())))
            .collect(),
        multiplier: bytes(rest)
            .chunks(2)
            .map(|bytes| i64::from(u16::from_le_bytes(bytes.try_into().unwrap())))
            .collect(),
    }
}

/// The next byte.
pub fn byte(rest: &mut &[u8]) -> usize {
    let byte = rest[0];
    *rest = &rest[1..];
    usize::from(byte)
}

/// A number in groups of seven bits, the lowest first; the highest bit of a byte says that more follow.
pub fn number(rest: &mut &[u8]) -> usize {
    let mut number = 0;
    for group in 0.. {
        let byte = byte(rest);
        number |= (byte & 0x7F) << (7 * group);
        if byte < 0x80 {
            break;
        }
    }
    number
}

/// Bytes that follow their count.
pub fn bytes<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let count = number(rest);
    let (bytes, after) = rest.split_at(count);
    *rest = after;
    bytes
}
