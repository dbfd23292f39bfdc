//! Finds the parts of a picture that are worth a close look: with the largest error, and with a typical one.

use crate::picture::Picture;
use crate::psnr::squared_error;

/// The distance between the corners of the parts that are considered, horizontally and vertically.
const STEP: u32 = 8;

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first column.
    pub x: u32,
    /// The first line.
    pub y: u32,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl Part {
    /// Crops the part out of a picture.
    ///
    /// # Errors
    ///
    /// When the part is not within the picture.
    pub fn of(&self, picture: &Picture) -> anyhow::Result<Picture> {
        picture.crop(self.x, self.y, self.width, self.height)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.x.abs_diff(other.x) < self.width && self.y.abs_diff(other.y) < self.height
    }
}

/// The part of at most `width` x `height` pixels, multiples of 8, in which `decoded` has the largest error; and another whose
/// error is closest to that of the whole picture, unless the picture is too small for it.
pub fn worst_and_typical(
    original: &Picture,
    decoded: &Picture,
    width: u32,
    height: u32,
) -> (Part, Option<Part>) {
    let (width, height) = (original.width().min(width), original.height().min(height));
    let errors = SquaredErrors::new(original, decoded);
    let mut parts = Vec::new();
    for y in (0..=original.height() - height).step_by(STEP as usize) {
        for x in (0..=original.width() - width).step_by(STEP as usize) {
            let part = Part {
                x,
                y,
                width,
                height,
            };
            parts.push((errors.within(&part), part));
        }
    }
    let whole = Part {
        x: 0,
        y: 0,
        width: original.width(),
        height: original.height(),
    };
    let area = |part: &Part| u128::from(part.width) * u128::from(part.height);
    let worst = parts.iter().rev().max_by_key(|(error, _)| *error);
    let worst = worst.map_or(whole, |&(_, part)| part);
    // The error of the whole picture, scaled to the area of a part.
    let typical = u128::from(errors.within(&whole)) * area(&worst) / area(&whole);
    let second = parts
        .iter()
        .filter(|(_, part)| !part.overlaps(&worst))
        .min_by_key(|(error, _)| u128::from(*error).abs_diff(typical));
    (worst, second.map(|&(_, part)| part))
}

/// A summed-area table: the squared errors of all rectangles that begin in the upper left corner, in cells of [`STEP`] x
/// [`STEP`] pixels.
struct SquaredErrors {
    stride: usize,
    sums: Vec<u64>,
}

impl SquaredErrors {
    fn new(original: &Picture, decoded: &Picture) -> Self {
        let cell = STEP as usize;
        let stride = (original.width() as usize).div_ceil(cell) + 1;
        let mut sums = vec![0; stride];
        for top in (0..original.height()).step_by(cell) {
            let mut cells = vec![0; stride];
            for y in top..original.height().min(top + STEP) {
                let (a, b) = (original.line(y), decoded.line(y));
                for ((sum, a), b) in cells[1..]
                    .iter_mut()
                    .zip(a.chunks(cell * 3))
                    .zip(b.chunks(cell * 3))
                {
                    *sum += squared_error(a, b);
                }
            }
            let above = sums.len() - stride;
            let mut line = 0;
            for (x, sum) in cells.into_iter().enumerate() {
                line += sum;
                sums.push(line + sums[above + x]);
            }
        }
        Self { stride, sums }
    }

    /// The squared error of a part whose sides are between cells or at the edge of the picture.
    fn within(&self, part: &Part) -> u64 {
        let cell = |at: u32| at.div_ceil(STEP) as usize;
        let at = |x: u32, y: u32| self.sums[cell(y) * self.stride + cell(x)];
        let (right, below) = (part.x + part.width, part.y + part.height);
        at(right, below) + at(part.x, part.y) - at(part.x, below) - at(right, part.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A gray picture with errors.
    fn decoded(width: u32, height: u32, error: impl Fn(u32, u32) -> u8) -> Picture {
        let rgb = (0..width * height)
            .flat_map(|at| [100 + error(at % width, at / width); 3])
            .collect();
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn the_worst_part_is_found_and_another_with_a_typical_error() {
        let original = decoded(400, 200, |_, _| 0);
        let errs = |x: u32, y: u32| match (x, y) {
            (160..256, 56..152) => 90,
            // About the mean error.
            (300.., 0..96) => 30,
            _ => 1,
        };
        let (worst, typical) = worst_and_typical(&original, &decoded(400, 200, errs), 96, 96);
        assert_eq!((worst.x, worst.y), (160, 56));
        let typical = typical.unwrap();
        assert!(!typical.overlaps(&worst));
        assert!(typical.x > 250 && typical.y < 96, "{typical:?}");
        let cut = worst.of(&decoded(400, 200, errs)).unwrap();
        assert!(cut.rgb().iter().all(|&v| v == 190));
        assert_eq!((cut.width(), cut.height()), (96, 96));
    }

    #[test]
    fn a_small_picture_has_only_one_part() {
        let original = decoded(20, 100, |_, _| 0);
        let (worst, typical) = worst_and_typical(&original, &original, 96, 96);
        assert_eq!((worst.width, worst.height), (20, 96));
        assert_eq!((worst.x, worst.y), (0, 0));
        assert_eq!(typical, None);
    }
}
