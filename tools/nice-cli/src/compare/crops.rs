//! The parts of pictures that are shown close up: where a codec errs most, and where it errs as usual.

use anyhow::Result;

use crate::picture::Picture;
use crate::psnr::squared_error;

/// The sides of a part, unless the picture is smaller; a multiple of [`STEP`].
const SIDE: u32 = 96;

/// How far apart the corners of parts lie that are looked at.
const STEP: u32 = 8;

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Place {
    /// The part of `picture` that lies there.
    pub(super) fn cut(&self, picture: &Picture) -> Result<Picture> {
        let span = self.x as usize * 3..(self.x + self.width) as usize * 3;
        let rgb = (self.y..self.y + self.height)
            .flat_map(|line| picture.row(line)[span.clone()].iter().copied());
        Picture::new(self.width, self.height, rgb.collect())
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.x.abs_diff(other.x) < self.width && self.y.abs_diff(other.y) < self.height
    }
}

/// Where `decoded` is furthest from `original`, and a place apart from it whose error is nearest to that of the whole
/// picture; only the first where the picture is too small for a second.
pub(super) fn worst_and_usual(original: &Picture, decoded: &Picture) -> (Place, Option<Place>) {
    let (width, height) = (original.width().min(SIDE), original.height().min(SIDE));
    let errors = Sums::new(original, decoded);
    let mut places = Vec::new();
    for y in (0..=original.height() - height).step_by(STEP as usize) {
        for x in (0..=original.width() - width).step_by(STEP as usize) {
            let place = Place {
                x,
                y,
                width,
                height,
            };
            places.push((errors.within(&place), place));
        }
    }
    // The whole picture's error, for an area of this size.
    let whole = Place {
        x: 0,
        y: 0,
        width: original.width(),
        height: original.height(),
    };
    let area = |place: &Place| u128::from(place.width) * u128::from(place.height);
    let worst = places.iter().rev().max_by_key(|(error, _)| *error);
    let worst = worst.map_or(whole, |&(_, place)| place);
    let usual = u128::from(errors.within(&whole)) * area(&worst) / area(&whole);
    let second = places
        .iter()
        .filter(|(_, place)| !place.overlaps(&worst))
        .min_by_key(|(error, _)| u128::from(*error).abs_diff(usual));
    (worst, second.map(|&(_, place)| place))
}

/// The squared error in every rectangle of cells, [`STEP`] pixels a side, that begins in the upper left corner.
struct Sums {
    stride: usize,
    sums: Vec<u64>,
}

impl Sums {
    fn new(original: &Picture, decoded: &Picture) -> Self {
        let cell = STEP as usize;
        let stride = (original.width() as usize).div_ceil(cell) + 1;
        let mut sums = vec![0; stride];
        for top in (0..original.height()).step_by(cell) {
            let mut cells = vec![0; stride];
            for y in top..original.height().min(top + STEP) {
                let (a, b) = (original.row(y), decoded.row(y));
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

    /// The error of a place whose sides lie between cells or on the edge of the picture.
    fn within(&self, place: &Place) -> u64 {
        let cell = |at: u32| at.div_ceil(STEP) as usize;
        let at = |x: u32, y: u32| self.sums[cell(y) * self.stride + cell(x)];
        let (right, below) = (place.x + place.width, place.y + place.height);
        at(right, below) + at(place.x, place.y) - at(place.x, below) - at(right, place.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grey, but for what `error` says.
    fn decoded(width: u32, height: u32, error: impl Fn(u32, u32) -> u8) -> Picture {
        let rgb = (0..width * height)
            .flat_map(|at| [100 + error(at % width, at / width); 3])
            .collect();
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn the_worst_place_is_found_and_a_usual_one_apart_from_it() {
        let original = decoded(400, 200, |_, _| 0);
        let errs = |x: u32, y: u32| match (x, y) {
            (160..256, 56..152) => 90,
            // About what the picture has in the mean.
            (300.., 0..96) => 30,
            _ => 1,
        };
        let (worst, usual) = worst_and_usual(&original, &decoded(400, 200, errs));
        assert_eq!((worst.x, worst.y), (160, 56));
        let usual = usual.unwrap();
        assert!(!usual.overlaps(&worst));
        assert!(usual.x > 250 && usual.y < 96, "{usual:?}");
        let cut = worst.cut(&decoded(400, 200, errs)).unwrap();
        assert!(cut.rgb().iter().all(|&v| v == 190));
        assert_eq!((cut.width(), cut.height()), (96, 96));
    }

    #[test]
    fn a_small_picture_is_shown_whole_and_once() {
        let original = decoded(20, 100, |_, _| 0);
        let (worst, usual) = worst_and_usual(&original, &original);
        assert_eq!((worst.width, worst.height), (20, 96));
        assert_eq!((worst.x, worst.y), (0, 0));
        assert_eq!(usual, None);
    }
}
