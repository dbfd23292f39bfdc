//! All variants of decoding with a codebook write the same pixels: scalar, SWAR, and the portable definitions of the assembly.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::generators::{any_adaptive_latent, any_codebook, largest_codebook};
use crate::codebook::swar::{Workspace, decode, decode_mean, decode_reduced, decode_turned};
use crate::codebook::tables::Codebook;
use crate::codebook::{decode_lines_swar, decode_reduced_scalar, decode_scalar};
use crate::output::format::sealed::WritePixels;
use crate::output::transform::Transform;
use crate::ycc::swar::pack_3_bytes;
use crate::{
    AdaptiveLatent, Bgr555Le, Bgr888, Dithered, Gray1Lsb, Gray1Msb, Gray2Lsb, Gray2Msb, Gray4Lsb,
    Gray4Msb, Gray8, Model, Orientation, PixelFormat, Rgb565Be, Rgb565Le, Rgb888, Scale, Xrgb8888,
};

/// Checks what SWAR writes in a format against what is written line by line.
fn check_format<P: PixelFormat>(codebook: &Codebook<'_>, latent: &AdaptiveLatent) {
    let line = P::BITS;
    let stride = line + 3;
    let mut expected = vec![0xAA; 7 * stride + line];
    decode_scalar(codebook, latent, P::LUMA, |y, samples| {
        P::write_line(samples, y, &mut expected[y * stride..][..line]);
    });
    let mut work = Workspace::NEW;
    if P::LUMA {
        decode::<true>(codebook, latent, &mut work, Orientation::IDENTITY);
    } else {
        decode::<false>(codebook, latent, &mut work, Orientation::IDENTITY);
    }
    let mut found = vec![0xAA; 7 * stride + line];
    P::write_block(&work.block, &mut found, stride);
    assert_eq!(found, expected);
}

/// Checks that aligned words are written like bytes.
fn check_words(codebook: &Codebook<'_>, latent: &AdaptiveLatent) {
    let mut work = Workspace::NEW;
    decode::<false>(codebook, latent, &mut work, Orientation::IDENTITY);
    let mut expected = [0xAA; 8 * 28];
    Rgb888::write_block(&work.block, &mut expected, 28);
    let mut found = [0xAAAA_AAAA; 8 * 7];
    work.block
        .write_to::<u32, 3>(&mut found, 7, |_, _, even, odd| pack_3_bytes(even, odd));
    assert_eq!(found.map(u32::to_ne_bytes).as_flattened(), expected);
}

/// Checks that SWAR turns blocks, and reduces them to the pixels of the scalar variant.
fn check_transforms(codebook: &Codebook<'_>, latent: &AdaptiveLatent) {
    let mut upright = [0; 192];
    decode_scalar(codebook, latent, false, |y, samples| {
        upright[24 * y..][..24].copy_from_slice(samples);
    });
    for orientation in Orientation::ALL {
        let mut work = Workspace::NEW;
        decode_turned::<false>(codebook, latent, &mut work, orientation);
        let mut turned = [0; 192];
        Rgb888::write_block(&work.block, &mut turned, 24);
        for (at, pixel) in turned.chunks(3).enumerate() {
            let [x, y] = orientation.source([at % 8, at / 8], 8);
            assert_eq!(*pixel, upright[(8 * y + x) * 3..][..3], "{orientation:?}");
        }
        for scale in [Scale::Half, Scale::Quarter, Scale::Eighth] {
            let side = 8 / scale.divisor() as usize;
            let mut expected = [[0; 3]; 16];
            decode_reduced_scalar(codebook, latent, scale, false, &mut expected);
            let transform = Transform { scale, orientation };
            let mut found = [[0; 3]; 16];
            if scale == Scale::Eighth {
                decode_mean(codebook, latent, &mut work, false, &mut found);
            } else {
                decode_reduced(codebook, latent, &mut work, transform, false, &mut found);
            }
            for (at, pixel) in found.iter().take(side * side).enumerate() {
                let [x, y] = orientation.source([at % side, at / side], side);
                assert_eq!(*pixel, expected[side * y + x], "{orientation:?}, {scale:?}");
            }
        }
    }
}

/// Checks the formats in which `nice-dsp` writes a whole block.
#[cfg(feature = "dsp")]
fn check_whole_blocks(codebook: &Codebook<'_>, latent: &AdaptiveLatent) {
    use nice_dsp::pixels::portable;

    let mut work = Workspace::NEW;
    decode::<false>(codebook, latent, &mut work, Orientation::IDENTITY);
    let expected_by = |write: fn(&crate::ycc::swar::YccBlock, &mut [u8], usize)| {
        let mut lines = vec![0xAA; 8 * 40];
        write(&work.block, &mut lines, 40);
        lines
    };
    let expected = [
        expected_by(Rgb888::write_block),
        expected_by(Bgr888::write_block),
        expected_by(Xrgb8888::write_block),
        expected_by(Rgb565Le::write_block),
        expected_by(Rgb565Be::write_block),
        expected_by(Bgr555Le::write_block),
    ];
    // The offsets with two lanes as the instructions represent them.
    let mut block = work.block;
    if !crate::swar::SATURATES {
        for offset in &mut block.gain.0[4..] {
            *offset = (*offset & 0xFFFF).wrapping_mul(crate::swar::LANE_ONES);
        }
    }
    let whole = [
        portable::rgb888,
        portable::bgr888,
        portable::xrgb8888,
        portable::rgb565_le,
        portable::rgb565_be,
        portable::bgr555_le,
    ];
    for (write, expected) in whole.into_iter().zip(expected) {
        let mut found = vec![0xAA; 8 * 40];
        assert!(block.write_whole(&mut found, 40, write));
        assert_eq!(found, expected);
    }
}

/// Checks all that the variants make of a latent.
fn check_all(file: &[u8], latent: &AdaptiveLatent) {
    let model = Model::from_bytes(file).unwrap();
    let codebook = model.codebook().unwrap();
    let (mut scalar, mut swar) = (Vec::new(), Vec::new());
    decode_scalar(codebook, latent, false, |y, line| scalar.push((y, *line)));
    decode_lines_swar(codebook, latent, |y, line| swar.push((y, *line)));
    assert_eq!(scalar, swar);
    check_format::<Rgb888>(codebook, latent);
    check_format::<Bgr888>(codebook, latent);
    check_format::<Xrgb8888>(codebook, latent);
    check_format::<Rgb565Le>(codebook, latent);
    check_format::<Rgb565Be>(codebook, latent);
    check_format::<Bgr555Le>(codebook, latent);
    check_format::<Dithered<Rgb565Le>>(codebook, latent);
    check_format::<Dithered<Rgb565Be>>(codebook, latent);
    check_format::<Dithered<Bgr555Le>>(codebook, latent);
    check_format::<Gray8>(codebook, latent);
    check_format::<Gray4Msb>(codebook, latent);
    check_format::<Gray4Lsb>(codebook, latent);
    check_format::<Gray2Msb>(codebook, latent);
    check_format::<Gray2Lsb>(codebook, latent);
    check_format::<Gray1Msb>(codebook, latent);
    check_format::<Gray1Lsb>(codebook, latent);
    check_format::<Dithered<Gray4Msb>>(codebook, latent);
    check_format::<Dithered<Gray4Lsb>>(codebook, latent);
    check_format::<Dithered<Gray2Msb>>(codebook, latent);
    check_format::<Dithered<Gray2Lsb>>(codebook, latent);
    check_format::<Dithered<Gray1Msb>>(codebook, latent);
    check_format::<Dithered<Gray1Lsb>>(codebook, latent);
    check_words(codebook, latent);
    check_transforms(codebook, latent);
    #[cfg(feature = "dsp")]
    check_whole_blocks(codebook, latent);
}

proptest! {
    #[test]
    fn all_variants_decode_any_codebook_to_the_same_pixels(
        codebook in any_codebook(),
        latent in any_adaptive_latent(),
    ) {
        check_all(&codebook.file(), &latent);
    }
}

#[test]
fn all_variants_decode_the_largest_numbers_to_the_same_pixels() {
    for base in [0, 127, 255] {
        for largest in [false, true] {
            let file = largest_codebook(base, largest).file();
            for latent in [[0; 6], [0xFF; 6], [0x0F; 6], [0x11; 6]] {
                check_all(&file, &AdaptiveLatent::from(&latent));
            }
        }
    }
}
