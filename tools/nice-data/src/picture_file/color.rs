//! What a file says about its colors, and their conversion to sRGB.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    Layout, MatrixCoefficients, ToneReprCurve, TransferCharacteristics, TransformExecutor,
    TransformOptions,
};

/// What a file says about its colors.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Colors {
    /// Nothing, or that they are sRGB.
    Srgb,
    /// An ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273: of the primaries and of the transfer characteristics.
    CodePoints {
        /// The primaries.
        primaries: u8,
        /// The transfer characteristics.
        transfer: u8,
    },
    /// The chunks gAMA and cHRM of a PNG file.
    Gamma {
        /// The exponent of the samples: 0.45455, for instance.
        exponent: Option<f32>,
        /// The chromaticities of white, red, green and blue.
        chromaticities: Option<[(f32, f32); 4]>,
    },
}

/// The chromaticities of sRGB.
const SRGB: [(f32, f32); 4] = [(0.3127, 0.3290), (0.64, 0.33), (0.30, 0.60), (0.15, 0.06)];

/// The exponent of samples that are shown as they are.
const EXPONENT: f32 = 1.0 / 2.2;

/// How much an exponent may differ, as in libpng.
const EXPONENT_TOLERANCE: f32 = 0.05;

/// The largest difference between samples of a profile and sRGB that is left alone.
const TOLERANCE: u8 = 1;

/// A conversion of samples to sRGB.
pub(super) struct Conversion<T> {
    /// Whether it takes gray samples.
    pub from_gray: bool,
    /// Samples with alpha to RGBA, or without to RGB.
    pub transform: Arc<dyn TransformExecutor<T> + Send + Sync>,
}

/// A type of samples that can be converted.
pub(super) trait Convertible: Copy + Default + Sized {
    /// The transform from a profile to another.
    fn transform(
        from: &ColorProfile,
        layout: Layout,
        to: &ColorProfile,
        to_layout: Layout,
    ) -> Result<Arc<dyn TransformExecutor<Self> + Send + Sync>>;
}

impl Convertible for u8 {
    fn transform(
        from: &ColorProfile,
        layout: Layout,
        to: &ColorProfile,
        to_layout: Layout,
    ) -> Result<Arc<dyn TransformExecutor<Self> + Send + Sync>> {
        Ok(from.create_transform_8bit(layout, to, to_layout, TransformOptions::default())?)
    }
}

impl Convertible for u16 {
    fn transform(
        from: &ColorProfile,
        layout: Layout,
        to: &ColorProfile,
        to_layout: Layout,
    ) -> Result<Arc<dyn TransformExecutor<Self> + Send + Sync>> {
        Ok(from.create_transform_16bit(layout, to, to_layout, TransformOptions::default())?)
    }
}

impl Colors {
    /// The conversion to sRGB of samples that are gray or not, with alpha or not; `None` if they are sRGB already.
    ///
    /// # Errors
    ///
    /// When the colors cannot be converted.
    pub fn conversion<T: Convertible>(
        &self,
        gray: bool,
        alpha: bool,
    ) -> Result<Option<Conversion<T>>> {
        let Some(profile) = self.profile()? else {
            return Ok(None);
        };
        let from_gray = match profile.color_space {
            DataColorSpace::Rgb => false,
            DataColorSpace::Gray if gray => true,
            other => {
                bail!("it is for colors of the kind {other:?}, not for the samples of the file")
            }
        };
        let srgb = ColorProfile::new_srgb();
        if !from_gray && is_srgb(&profile, &srgb)? {
            return Ok(None);
        }
        let layout = match (from_gray, alpha) {
            (true, false) => Layout::Gray,
            (true, true) => Layout::GrayAlpha,
            (false, false) => Layout::Rgb,
            (false, true) => Layout::Rgba,
        };
        let to_layout = if alpha { Layout::Rgba } else { Layout::Rgb };
        Ok(Some(Conversion {
            from_gray,
            transform: T::transform(&profile, layout, &srgb, to_layout)?,
        }))
    }

    /// The profile; `None` for sRGB.
    fn profile(&self) -> Result<Option<ColorProfile>> {
        match self {
            Self::Srgb => Ok(None),
            Self::Icc(bytes) => Ok(Some(ColorProfile::new_from_slice(bytes)?)),
            &Self::CodePoints {
                primaries,
                transfer,
            } => code_points(primaries, transfer),
            &Self::Gamma {
                exponent,
                chromaticities,
            } => Ok(gamma(exponent, chromaticities)),
        }
    }
}

/// The profile of code points; `None` for sRGB.
fn code_points(primaries: u8, transfer: u8) -> Result<Option<ColorProfile>> {
    let unknown = || format!("its code points {primaries} and {transfer} are not known");
    let color_primaries = CicpColorPrimaries::try_from(primaries)
        .ok()
        .with_context(unknown)?;
    let transfer_characteristics = TransferCharacteristics::try_from(transfer)
        .ok()
        .with_context(unknown)?;
    if matches!(
        transfer_characteristics,
        TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
    ) {
        bail!("its brightness is that of a high dynamic range (code point {transfer})");
    }
    if (primaries, transfer) == (1, 13) {
        return Ok(None);
    }
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    if profile.red_trc.is_none() {
        bail!(unknown());
    }
    Ok(Some(profile))
}

/// The profile of an exponent and chromaticities; `None` if they are those of sRGB, as far as one can see.
fn gamma(exponent: Option<f32>, chromaticities: Option<[(f32, f32); 4]>) -> Option<ColorProfile> {
    let is_valid = |exponent: &f32| exponent.is_finite() && (0.01..100.0).contains(exponent);
    let exponent = exponent.filter(is_valid);
    let close =
        |(a, b): (&(f32, f32), &(f32, f32))| (a.0 - b.0).abs() < 0.002 && (a.1 - b.1).abs() < 0.002;
    let chromaticities = chromaticities
        .filter(|found| !found.iter().zip(&SRGB).all(close))
        .filter(|found| {
            found
                .iter()
                .all(|&(x, y)| x > 0.0 && y > 0.0 && x + y <= 1.0)
        });
    let exponent =
        exponent.filter(|exponent| (exponent / EXPONENT - 1.0).abs() > EXPONENT_TOLERANCE);
    if exponent.is_none() && chromaticities.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    if let Some([white, red, green, blue]) = chromaticities {
        let [white, red, green, blue] =
            [white, red, green, blue].map(|(x, y)| Chromaticity::new(x, y));
        let primaries = ColorPrimaries { red, green, blue };
        profile.update_rgb_colorimetry(white.to_xyyb(), primaries);
    }
    if let Some(exponent) = exponent {
        profile.cicp = None;
        let curve = ToneReprCurve::Parametric(vec![1.0 / exponent]);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    Some(profile)
}

/// Whether samples in a profile for RGB are sRGB samples, but for rounding.
fn is_srgb(profile: &ColorProfile, srgb: &ColorProfile) -> Result<bool> {
    const LEVELS: [u8; 9] = [0, 8, 24, 48, 80, 120, 170, 210, 255];
    let colors: Vec<u8> = LEVELS
        .iter()
        .flat_map(|&r| LEVELS.iter().flat_map(move |&g| LEVELS.map(|b| [r, g, b])))
        .flatten()
        .collect();
    let mut converted = vec![0; colors.len()];
    u8::transform(profile, Layout::Rgb, srgb, Layout::Rgb)?.transform(&colors, &mut converted)?;
    Ok(colors
        .iter()
        .zip(&converted)
        .all(|(before, after)| before.abs_diff(*after) <= TOLERANCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An RGB pixel, converted.
    fn converted(colors: &Colors, pixel: [u8; 3]) -> [u8; 3] {
        let mut to = [0; 3];
        match colors.conversion::<u8>(false, false).unwrap() {
            None => pixel,
            Some(conversion) => {
                conversion.transform.transform(&pixel, &mut to).unwrap();
                to
            }
        }
    }

    fn assert_close(found: [u8; 3], expected: [u8; 3]) {
        let close = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 1);
        assert!(close, "{found:?} instead of {expected:?}");
    }

    #[test]
    fn profiles_of_srgb_change_nothing() {
        let srgb = Colors::Icc(ColorProfile::new_srgb().encode().unwrap());
        assert!(srgb.conversion::<u8>(false, false).unwrap().is_none());
        assert!(srgb.conversion::<u16>(true, true).unwrap().is_none());
        let code_points = Colors::CodePoints {
            primaries: 1,
            transfer: 13,
        };
        assert!(
            code_points
                .conversion::<u8>(false, false)
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn display_p3_is_converted() {
        let icc = Colors::Icc(ColorProfile::new_display_p3().encode().unwrap());
        let code_points = Colors::CodePoints {
            primaries: 12,
            transfer: 13,
        };
        for colors in [icc, code_points] {
            assert_close(converted(&colors, [128; 3]), [128; 3]);
            // Computed with the matrices of the standards.
            assert_close(converted(&colors, [200, 100, 50]), [215, 93, 31]);
            assert_close(converted(&colors, [255, 0, 0]), [255, 0, 0]);
        }
    }

    #[test]
    fn an_exponent_is_converted_unless_it_is_that_of_displays() {
        let of = |exponent| Colors::Gamma {
            exponent: Some(exponent),
            chromaticities: None,
        };
        for exponent in [0.45455, 0.44, 0.47, f32::NAN, 0.0] {
            assert_eq!(converted(&of(exponent), [60, 128, 200]), [60, 128, 200]);
        }
        // Linear light.
        assert_close(converted(&of(1.0), [55, 128, 255]), [127, 188, 255]);
        let with = |chromaticities| Colors::Gamma {
            exponent: None,
            chromaticities: Some(chromaticities),
        };
        assert_eq!(converted(&with(SRGB), [9, 8, 7]), [9, 8, 7]);
        let p3 = [(0.3127, 0.3290), (0.68, 0.32), (0.265, 0.69), (0.15, 0.06)];
        assert_close(converted(&with(p3), [200, 100, 50]), [215, 93, 31]);
    }

    #[test]
    fn gray_profiles_take_gray_samples_only() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let colors = Colors::Icc(profile);
        let conversion = colors.conversion::<u8>(true, false).unwrap().unwrap();
        let mut to = [0; 3];
        conversion.transform.transform(&[55], &mut to).unwrap();
        assert_close(to, [127; 3]);
        assert!(colors.conversion::<u8>(false, false).is_err());
    }

    #[test]
    fn what_cannot_be_converted_is_an_error() {
        assert!(
            Colors::Icc(b"not a profile".to_vec())
                .conversion::<u8>(false, false)
                .is_err()
        );
        for transfer in [16, 18, 99] {
            let colors = Colors::CodePoints {
                primaries: 9,
                transfer,
            };
            assert!(colors.conversion::<u8>(false, false).is_err(), "{transfer}");
        }
    }
}
