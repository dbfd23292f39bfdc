//! Cutting a picture into 8x8 blocks, planar as a data set holds them, and the way between planar and interleaved.
//!
//! A planar block is 64 samples of red, then green, then blue, each in rows from the top: the notebook's 3 x 8 x 8.
//! The grid starts at the top left corner and covers the whole picture; where a block reaches past the right or the
//! lower edge, the last column or row is repeated.

use nice_decode::BLOCK;

use crate::picture::Picture;

/// Samples, and so bytes, of a block.
pub const BLOCK_BYTES: usize = 3 * BLOCK * BLOCK;

const SIDE: u32 = BLOCK as u32;

/// Blocks in a row of the grid over a picture `width` pixels wide, or in a column of one that high.
pub fn across(width: u32) -> usize {
    width.div_ceil(SIDE) as usize
}

/// Blocks on the grid over a picture.
pub fn count(picture: &Picture) -> usize {
    across(picture.width()) * across(picture.height())
}

/// All blocks on the grid, one after the other in raster order.
pub fn grid(picture: &Picture) -> Vec<u8> {
    let mut blocks = vec![0; count(picture) * BLOCK_BYTES];
    for (index, block) in blocks.as_chunks_mut().0.iter_mut().enumerate() {
        cut_grid(picture, index, block);
    }
    blocks
}

/// Cuts one block of the grid, by its number in raster order.
///
/// # Panics
///
/// When the grid has no such block.
pub fn cut_grid(picture: &Picture, index: usize, out: &mut [u8; BLOCK_BYTES]) {
    let wide = across(picture.width());
    assert!(index < count(picture), "no block {index} in {picture:?}");
    let x = (index % wide) as u32 * SIDE;
    let y = (index / wide) as u32 * SIDE;
    let inside = picture.width() - x >= SIDE && picture.height() - y >= SIDE;
    if inside {
        return cut_at(picture, x, y, out);
    }
    for line in 0..BLOCK {
        let row = picture.row((y + line as u32).min(picture.height() - 1));
        for column in 0..BLOCK {
            let at = (x + column as u32).min(picture.width() - 1) as usize * 3;
            for channel in 0..3 {
                out[channel * 64 + line * BLOCK + column] = row[at + channel];
            }
        }
    }
}

/// Cuts the block whose top left pixel is at (`x`, `y`), anywhere in the picture.
///
/// # Panics
///
/// When the block does not lie in the picture as a whole.
pub fn cut_at(picture: &Picture, x: u32, y: u32, out: &mut [u8; BLOCK_BYTES]) {
    let stride = picture.width() as usize * 3;
    let (x, y) = (x as usize, y as usize);
    assert!(
        (x + BLOCK) * 3 <= stride && y + BLOCK <= picture.height() as usize,
        "the block at ({x}, {y}) leaves {picture:?}"
    );
    let from = &picture.rgb()[y * stride + x * 3..];
    let (planes, _) = out.as_chunks_mut::<64>();
    let [red, green, blue] = planes else {
        unreachable!("a block has three planes")
    };
    for line in 0..BLOCK {
        let pixels: &[u8; 3 * BLOCK] = from[line * stride..].first_chunk().expect("checked above");
        let to = line * BLOCK;
        for (column, pixel) in pixels.as_chunks::<3>().0.iter().enumerate() {
            red[to + column] = pixel[0];
            green[to + column] = pixel[1];
            blue[to + column] = pixel[2];
        }
    }
}

/// The picture of these sizes that blocks on its grid show: the inverse of [`grid`], what reaches over the edge cut off.
///
/// # Errors
///
/// When a side is 0, or the blocks are not as many as the grid has.
pub fn assemble(width: u32, height: u32, blocks: &[u8]) -> anyhow::Result<Picture> {
    let wide = across(width);
    let needed = wide * across(height) * BLOCK_BYTES;
    anyhow::ensure!(
        blocks.len() == needed,
        "{width} x {height} pixels are {needed} bytes of blocks, not {}",
        blocks.len()
    );
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height as usize {
        for x in 0..width as usize {
            let block = &blocks[(y / BLOCK * wide + x / BLOCK) * BLOCK_BYTES..][..BLOCK_BYTES];
            let at = y % BLOCK * BLOCK + x % BLOCK;
            rgb.extend([block[at], block[64 + at], block[128 + at]]);
        }
    }
    Picture::new(width, height, rgb)
}

/// Makes the processor fetch the block at (`x`, `y`) into its caches, for [`cut_at`] soon after.
pub(crate) fn touch(picture: &Picture, x: u32, y: u32) {
    let stride = picture.width() as usize * 3;
    let first = y as usize * stride + x as usize * 3;
    let mut all = 0;
    for line in 0..BLOCK {
        let start = first + line * stride;
        // Both ends of the line: they may lie in two lines of the cache.
        for at in [start, start + 3 * BLOCK - 1] {
            all ^= picture.rgb().get(at).copied().unwrap_or(0);
        }
    }
    std::hint::black_box(all);
}

/// The picture itself, or when a side is shorter than a block, the picture with its edge repeated up to a block.
pub fn at_least_a_block(picture: Picture) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    if width >= SIDE && height >= SIDE {
        return picture;
    }
    let (wide, high) = (width.max(SIDE), height.max(SIDE));
    let mut rgb = Vec::with_capacity(wide as usize * high as usize * 3);
    for y in 0..high {
        let row = picture.row(y.min(height - 1));
        rgb.extend_from_slice(row);
        for _ in width..wide {
            rgb.extend_from_slice(&row[row.len() - 3..]);
        }
    }
    Picture::new(wide, high, rgb).expect("as many samples as both sides say")
}

/// A block whose samples lie channel after channel, pixel by pixel instead.
pub fn planar_to_interleaved(planar: &[u8; BLOCK_BYTES]) -> [u8; BLOCK_BYTES] {
    std::array::from_fn(|at| planar[at % 3 * 64 + at / 3])
}

/// A block whose samples lie pixel by pixel, channel after channel instead.
pub fn interleaved_to_planar(interleaved: &[u8; BLOCK_BYTES]) -> [u8; BLOCK_BYTES] {
    std::array::from_fn(|at| interleaved[at % 64 * 3 + at / 64])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that tells where each sample comes from, as long as it is small.
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
            assert_eq!(blocks.len(), count(&picture) * BLOCK_BYTES);
            let wide = across(width) as u32;
            for (at, &sample) in blocks.iter().enumerate() {
                let (block, within) = ((at / 192) as u32, (at % 192) as u32);
                let x = (block % wide * 8 + within % 8).min(width - 1);
                let y = (block / wide * 8 + within % 64 / 8).min(height - 1);
                let pixel = [x as u8, y as u8, 100 + (x ^ y) as u8];
                assert_eq!(sample, pixel[within as usize / 64]);
            }
        }
    }

    #[test]
    fn a_block_can_be_cut_anywhere_inside() {
        let picture = marked(21, 13);
        let mut block = [0; BLOCK_BYTES];
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
    #[should_panic(expected = "leaves")]
    fn a_block_that_leaves_the_picture_is_refused() {
        cut_at(&marked(21, 13), 14, 0, &mut [0; BLOCK_BYTES]);
    }

    #[test]
    fn a_picture_smaller_than_a_block_is_padded_as_the_grid_pads_it() {
        for (width, height) in [(1, 1), (3, 20), (9, 2), (8, 8)] {
            let picture = marked(width, height);
            let padded = at_least_a_block(picture.clone());
            assert!(padded.width() >= 8 && padded.height() >= 8);
            assert_eq!(grid(&padded), grid(&picture));
        }
    }

    #[test]
    fn interleaving_and_back_is_nothing() {
        let block = std::array::from_fn(|at| at as u8);
        let interleaved = planar_to_interleaved(&block);
        assert_eq!(interleaved[..6], [0, 64, 128, 1, 65, 129]);
        assert_eq!(interleaved_to_planar(&interleaved), block);
    }
}
