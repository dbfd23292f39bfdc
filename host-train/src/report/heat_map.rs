//! A heat map of a picture: how many bits each block has.

use anyhow::Result;
use nice_decode::BLOCK_SIDE;
use nice_encode::Picture;

/// The colors from the fewest to the most bits.
const COLORS: [[u8; 3]; 5] = [
    [24, 28, 64],
    [66, 62, 140],
    [176, 64, 118],
    [240, 128, 60],
    [252, 236, 140],
];

/// The color of a value from 0, the fewest bits, to 1, the most.
pub(super) fn color(value: f64) -> [u8; 3] {
    let last = COLORS.len() - 1;
    let at = value.clamp(0.0, 1.0) * last as f64;
    let index = (at as usize).min(last - 1);
    let part = at - index as f64;
    std::array::from_fn(|channel| {
        let [from, to] = [COLORS[index][channel], COLORS[index + 1][channel]].map(f64::from);
        (from + (to - from) * part).round() as u8
    })
}

/// The heat map of blocks in rows of `columns`, from the bits of each: a square of 8 x 8 pixels for each block.
pub(super) fn heat_map(bits: &[usize], columns: usize) -> Result<Picture> {
    let (least, most) = range(bits);
    let mut rgb = Vec::with_capacity(bits.len() * 3 * BLOCK_SIDE * BLOCK_SIDE);
    for row in bits.chunks(columns.max(1)) {
        let mut line = Vec::with_capacity(columns * 3 * BLOCK_SIDE);
        for &bits in row {
            let value = (bits - least) as f64 / (most - least).max(1) as f64;
            line.extend([color(value); BLOCK_SIDE].as_flattened());
        }
        for _ in 0..BLOCK_SIDE {
            rgb.extend_from_slice(&line);
        }
    }
    let rows = bits.len() / columns.max(1);
    Picture::new(
        (columns * BLOCK_SIDE) as u32,
        (rows * BLOCK_SIDE) as u32,
        rgb,
    )
}

/// The fewest and the most bits of a block.
pub(super) fn range(bits: &[usize]) -> (usize, usize) {
    let least = bits.iter().copied().min().unwrap_or_default();
    (least, bits.iter().copied().max().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_with_more_bits_are_brighter() {
        let map = heat_map(&[12, 24, 96, 12, 12, 60], 3).unwrap();
        assert_eq!((map.width(), map.height()), (24, 16));
        let brightness = |x: usize, y: u32| -> u32 {
            let pixel = &map.line(y)[3 * x..][..3];
            pixel.iter().map(|&sample| u32::from(sample)).sum()
        };
        assert!(brightness(0, 0) < brightness(8, 7));
        assert!(brightness(8, 0) < brightness(16, 0));
        assert_eq!(map.line(0)[..3], COLORS[0]);
        assert_eq!(map.line(7)[23 * 3..], COLORS[4]);
        assert_eq!(color(0.5), COLORS[2]);
    }

    #[test]
    fn blocks_that_are_alike_have_one_color() {
        let map = heat_map(&[48; 4], 2).unwrap();
        assert!(
            map.rgb()
                .as_chunks::<3>()
                .0
                .iter()
                .all(|&pixel| pixel == COLORS[0])
        );
    }
}
