//! The 8 x 8 blocks of a picture: cut out of it, assembled into it, and converted between planar and interleaved samples.
//!
//! A planar block has 64 samples of red, then green, then blue, each in lines from the top. The grid of blocks starts at the
//! upper left corner and covers the whole picture; where a block reaches over the right or lower edge, the last column or
//! line is repeated.

use nice_decode::{BLOCK_SAMPLES, BLOCK_SIDE};

use crate::picture::Picture;

const SIDE: u32 = BLOCK_SIDE as u32;

/// The number of blocks that cover a width or height in pixels.
pub fn along(pixels: u32) -> usize {
    pixels.div_ceil(SIDE) as usize
}

/// The number of blocks on the grid of a picture.
pub fn count(picture: &Picture) -> usize {
    along(picture.width()) * along(picture.height())
}

/// All blocks on the grid, planar, one after the other in raster order.
pub fn grid(picture: &Picture) -> Vec<u8> {
    let mut blocks = vec![0; count(picture) * BLOCK_SAMPLES];
    for (index, block) in blocks.as_chunks_mut().0.iter_mut().enumerate() {
        *block = cut(picture, index);
    }
    blocks
}

/// Cuts one block of the grid, planar, by its index in raster order.
///
/// # Panics
///
/// When the grid has no such block.
pub fn cut(picture: &Picture, index: usize) -> [u8; BLOCK_SAMPLES] {
    let columns = along(picture.width());
    assert!(index < count(picture), "no block {index} in {picture:?}");
    let x = (index % columns) as u32 * SIDE;
    let y = (index / columns) as u32 * SIDE;
    let mut block = [0; BLOCK_SAMPLES];
    let inside = picture.width() - x >= SIDE && picture.height() - y >= SIDE;
    if inside {
        cut_at(picture, x, y, &mut block);
        return block;
    }
    for line in 0..BLOCK_SIDE {
        let samples = picture.line((y + line as u32).min(picture.height() - 1));
        for column in 0..BLOCK_SIDE {
            let at = (x + column as u32).min(picture.width() - 1) as usize * 3;
            for channel in 0..3 {
                block[channel * 64 + line * BLOCK_SIDE + column] = samples[at + channel];
            }
        }
    }
    block
}

/// Cuts the block whose upper left pixel is at (`x`, `y`), planar. It need not be on the grid.
///
/// # Panics
///
/// When the block is not within the picture.
pub fn cut_at(picture: &Picture, x: u32, y: u32, block: &mut [u8; BLOCK_SAMPLES]) {
    let stride = picture.width() as usize * 3;
    let (x, y) = (x as usize, y as usize);
    assert!(
        (x + BLOCK_SIDE) * 3 <= stride && y + BLOCK_SIDE <= picture.height() as usize,
        "the block at ({x}, {y}) is not within {picture:?}"
    );
    let from = &picture.rgb()[y * stride + x * 3..];
    let (planes, _) = block.as_chunks_mut::<64>();
    let [red, green, blue] = planes else {
        unreachable!("a block has three planes")
    };
    for line in 0..BLOCK_SIDE {
        let pixels: &[u8; 3 * BLOCK_SIDE] =
            from[line * stride..].first_chunk().expect("checked above");
        let to = line * BLOCK_SIDE;
        for (column, pixel) in pixels.as_chunks::<3>().0.iter().enumerate() {
            red[to + column] = pixel[0];
            green[to + column] = pixel[1];
            blue[to + column] = pixel[2];
        }
    }
}

/// Assembles a picture from the blocks on its grid: the inverse of [`grid`]. Blocks that reach over the edge are cropped.
///
/// # Errors
///
/// When a side is 0, or the number of blocks is not that of the grid.
pub fn assemble(width: u32, height: u32, blocks: &[u8]) -> anyhow::Result<Picture> {
    let columns = along(width);
    let needed = columns * along(height) * BLOCK_SAMPLES;
    anyhow::ensure!(
        blocks.len() == needed,
        "{width} x {height} pixels are {needed} bytes of blocks, not {}",
        blocks.len()
    );
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height as usize {
        for x in 0..width as usize {
            let block = &blocks[(y / BLOCK_SIDE * columns + x / BLOCK_SIDE) * BLOCK_SAMPLES..]
                [..BLOCK_SAMPLES];
            let at = y % BLOCK_SIDE * BLOCK_SIDE + x % BLOCK_SIDE;
            rgb.extend([block[at], block[64 + at], block[128 + at]]);
        }
    }
    Picture::new(width, height, rgb)
}

/// Reads the block at (`x`, `y`) into the caches of the processor, for [`cut_at`] soon after.
pub fn prefetch(picture: &Picture, x: u32, y: u32) {
    let stride = picture.width() as usize * 3;
    let first = y as usize * stride + x as usize * 3;
    let mut all = 0;
    for line in 0..BLOCK_SIDE {
        let start = first + line * stride;
        // Both ends of the line: they may be in different cache lines.
        for at in [start, start + 3 * BLOCK_SIDE - 1] {
            all ^= picture.rgb().get(at).copied().unwrap_or(0);
        }
    }
    std::hint::black_box(all);
}

/// Repeats the edge of a picture that is narrower or shorter than a block, so that it has at least one whole block.
pub fn pad_to_block(picture: Picture) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    if width >= SIDE && height >= SIDE {
        return picture;
    }
    let (padded_width, padded_height) = (width.max(SIDE), height.max(SIDE));
    let mut rgb = Vec::with_capacity(padded_width as usize * padded_height as usize * 3);
    for y in 0..padded_height {
        let line = picture.line(y.min(height - 1));
        rgb.extend_from_slice(line);
        for _ in width..padded_width {
            rgb.extend_from_slice(&line[line.len() - 3..]);
        }
    }
    Picture::new(padded_width, padded_height, rgb).expect("the sides and the samples match")
}

/// Converts a block from channel after channel to pixel after pixel.
pub fn planar_to_interleaved(planar: &[u8; BLOCK_SAMPLES]) -> [u8; BLOCK_SAMPLES] {
    std::array::from_fn(|at| planar[at % 3 * 64 + at / 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose samples tell where they come from, if it is small.
    fn marked(width: u32, height: u32) -> Picture {
        let rgb = (0..height)
            .flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 100 + (x ^ y) as u8]))
            .collect();
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn a_picture_is_assembled_from_its_grid_whatever_its_size() {
        for (width, height) in [(1, 1), (7, 9), (8, 8), (16, 24), (17, 23), (1, 40)] {
            let picture = marked(width, height);
            let blocks = grid(&picture);
            assert_eq!(assemble(width, height, &blocks).unwrap(), picture);
            assert!(assemble(width, height, &blocks[1..]).is_err());
        }
    }

    #[test]
    fn every_sample_of_the_grid_is_that_of_the_nearest_pixel() {
        for (width, height) in [(1, 1), (7, 9), (8, 8), (16, 24), (17, 23), (1, 40)] {
            let picture = marked(width, height);
            let blocks = grid(&picture);
            assert_eq!(blocks.len(), count(&picture) * BLOCK_SAMPLES);
            let columns = along(width) as u32;
            for (at, &sample) in blocks.iter().enumerate() {
                let (block, within) = ((at / 192) as u32, (at % 192) as u32);
                let x = (block % columns * 8 + within % 8).min(width - 1);
                let y = (block / columns * 8 + within % 64 / 8).min(height - 1);
                let pixel = [x as u8, y as u8, 100 + (x ^ y) as u8];
                assert_eq!(sample, pixel[within as usize / 64]);
            }
        }
    }

    #[test]
    fn a_block_can_be_cut_anywhere_inside() {
        let picture = marked(21, 13);
        let mut block = [0; BLOCK_SAMPLES];
        for y in 0..=5 {
            for x in 0..=13 {
                cut_at(&picture, x, y, &mut block);
                assert_eq!(block[0], x as u8);
                assert_eq!(block[64 + 63], y as u8 + 7);
                assert_eq!(block[128 + 7], 100 + ((x + 7) ^ y) as u8);
            }
        }
    }

    #[test]
    #[should_panic(expected = "is not within")]
    fn a_block_that_is_not_within_the_picture_is_refused() {
        cut_at(&marked(21, 13), 14, 0, &mut [0; BLOCK_SAMPLES]);
    }

    #[test]
    fn a_picture_smaller_than_a_block_is_padded_as_the_grid_pads_it() {
        for (width, height) in [(1, 1), (3, 20), (9, 2), (8, 8)] {
            let picture = marked(width, height);
            let padded = pad_to_block(picture.clone());
            assert!(padded.width() >= 8 && padded.height() >= 8);
            assert_eq!(grid(&padded), grid(&picture));
        }
    }

    #[test]
    fn interleaving_takes_a_sample_of_each_channel_in_turn() {
        let block = std::array::from_fn(|at| at as u8);
        let interleaved = planar_to_interleaved(&block);
        assert_eq!(interleaved[..6], [0, 64, 128, 1, 65, 129]);
        assert_eq!(interleaved[189..], [63, 127, 191]);
    }
}
