//! SSIMULACRA2: how similar two pictures look.

use nice_encode::Picture;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

/// The columns and lines that are left out for the shifted SSIMULACRA2. It has means over 4 x 4 and 8 x 8 pixels in it, so a codec
/// whose blocks coincide with them would look better than it is.
const SHIFT: u32 = 3;

/// The [`ssimulacra2()`] of two pictures of the same size, and that without their first [`SHIFT`] columns and lines.
pub(crate) fn scores(original: &Picture, decoded: &Picture) -> [Option<f64>; 2] {
    [ssimulacra2(original, decoded), shifted(original, decoded)]
}

/// SSIMULACRA2 without the first [`SHIFT`] columns and lines.
pub(crate) fn shifted(original: &Picture, decoded: &Picture) -> Option<f64> {
    let rest = |picture: &Picture| {
        let (width, height) = (picture.width(), picture.height());
        let rest = |side: u32| side.saturating_sub(SHIFT);
        picture.crop(SHIFT, SHIFT, rest(width), rest(height)).ok()
    };
    ssimulacra2(&rest(original)?, &rest(decoded)?)
}

/// The visual similarity of two pictures of the same size, 100 at best; none if a side has fewer than 8 pixels.
fn ssimulacra2(original: &Picture, decoded: &Picture) -> Option<f64> {
    let linear = |picture: &Picture| {
        let samples = picture.rgb().as_chunks::<3>().0.iter();
        Rgb::new(
            samples
                .map(|pixel| pixel.map(|v| f32::from(v) / 255.0))
                .collect(),
            picture.width() as usize,
            picture.height() as usize,
            TransferCharacteristic::SRGB,
            ColorPrimaries::BT709,
        )
        .ok()
    };
    compute_frame_ssimulacra2(linear(original)?, linear(decoded)?).ok()
}

/// The mean of some values; none if there are none.
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, add: u8) -> Picture {
        let rgb = (0..width * height * 3).map(|at| (at % 200) as u8 + add);
        Picture::new(width, height, rgb.collect()).unwrap()
    }

    #[test]
    fn identical_pictures_have_the_best_score_and_small_ones_none() {
        let same = picture(40, 30, 0);
        assert!(ssimulacra2(&same, &same).unwrap() > 99.9);
        assert!(ssimulacra2(&same, &picture(40, 30, 50)).unwrap() < 99.0);
        assert_eq!(ssimulacra2(&picture(7, 30, 0), &picture(7, 30, 0)), None);
    }

    #[test]
    fn the_shifted_score_leaves_out_the_first_columns_and_lines() {
        let original = picture(40, 30, 0);
        let mut rgb = original.rgb().to_vec();
        for line in rgb.chunks_mut(3 * 40) {
            line[..9].fill(0);
        }
        let changed = Picture::new(40, 30, rgb).unwrap();
        let [aligned, shifted] = scores(&original, &changed).map(Option::unwrap);
        assert!(aligned < 99.0 && shifted > 99.9, "{aligned}, {shifted}");
        assert_eq!(scores(&picture(10, 30, 0), &picture(10, 30, 0))[1], None);
    }
}
