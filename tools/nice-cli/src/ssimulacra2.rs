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
