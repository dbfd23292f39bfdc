//! The functions against independent definitions. On a host these are the portable functions; on a device the firmware
//! example's `compare_dsp` compares the assembly with the portable functions.

use nice_dsp::pixels::{self, GAIN_WORDS};
use nice_dsp::{
    BLOCK_WORDS, dense, orient, sadd16, shadd16, shsub16, smlad, ssub16, sxtab16, sxtab16_ror8,
    sxtb16, sxtb16_ror8, usat16, uxtab16, uxtab16_ror8,
};
use proptest::collection;
use proptest::prelude::*;

/// The 16-bit lanes of a word, the low one first.
fn lanes(word: u32) -> [i64; 2] {
    let [a, b, c, d] = word.to_le_bytes();
    [[a, b], [c, d]].map(|lane| i16::from_le_bytes(lane).into())
}

/// The word with these lanes, each modulo 2^16.
fn word(lanes: [i64; 2]) -> u32 {
    let [low, high] = lanes.map(|lane| lane.rem_euclid(1 << 16) as u32);
    high << 16 | low
}

/// Two bytes of a word, sign-extended and zero-extended.
fn bytes(word: u32, first: usize) -> ([i64; 2], [i64; 2]) {
    let bytes = word.to_le_bytes();
    let bytes = [bytes[first], bytes[first + 2]];
    (bytes.map(|byte| (byte as i8).into()), bytes.map(i64::from))
}

/// The sums of two pairs.
fn added([a, b]: [i64; 2], [c, d]: [i64; 2]) -> [i64; 2] {
    [a + c, b + d]
}

proptest! {
    #[test]
    fn products_are_added_modulo_a_word(x in any::<u32>(), y in any::<u32>(), sum in any::<i32>()) {
        let ([a, b], [c, d]) = (lanes(x), lanes(y));
        let exact = i64::from(sum) + a * c + b * d;
        prop_assert_eq!(i64::from(smlad(x, y, sum) as u32), exact.rem_euclid(1 << 32));
    }

    #[test]
    fn bytes_are_extended_and_added(x in any::<u32>(), sums in any::<u32>()) {
        let ((even, even_unsigned), (odd, odd_unsigned)) = (bytes(x, 0), bytes(x, 1));
        prop_assert_eq!(sxtb16(x), word(even));
        prop_assert_eq!(sxtb16_ror8(x), word(odd));
        prop_assert_eq!(sxtab16(sums, x), word(added(lanes(sums), even)));
        prop_assert_eq!(sxtab16_ror8(sums, x), word(added(lanes(sums), odd)));
        prop_assert_eq!(uxtab16(sums, x), word(added(lanes(sums), even_unsigned)));
        prop_assert_eq!(uxtab16_ror8(sums, x), word(added(lanes(sums), odd_unsigned)));
    }

    #[test]
    fn lanes_are_added_and_subtracted_on_their_own(x in any::<u32>(), y in any::<u32>()) {
        let (sum, difference) = (added(lanes(x), lanes(y)), added(lanes(x), lanes(y).map(|lane| -lane)));
        prop_assert_eq!(sadd16(x, y), word(sum));
        prop_assert_eq!(ssub16(x, y), word(difference));
        prop_assert_eq!(shadd16(x, y), word(sum.map(|sum| sum.div_euclid(2))));
        prop_assert_eq!(shsub16(x, y), word(difference.map(|difference| difference.div_euclid(2))));
    }

    #[test]
    fn lanes_saturate_to_unsigned_numbers(x in any::<u32>()) {
        prop_assert_eq!(usat16::<8>(x), word(lanes(x).map(|lane| lane.clamp(0, 255))));
        prop_assert_eq!(usat16::<15>(x), word(lanes(x).map(|lane| lane.max(0))));
        prop_assert_eq!(usat16::<0>(x), 0);
    }
}

/// Values in the order in which the bytes of a word are extended.
fn words(values: &[[i16; 4]]) -> Vec<[u32; 2]> {
    let pair = |low: i16, high: i16| word([low.into(), high.into()]);
    let words = values.iter().map(|&[a, b, c, d]| [pair(a, c), pair(b, d)]);
    words.collect()
}

/// Signed byte `i`, 0 beyond the end.
fn weight(bytes: &[u8], i: usize) -> i64 {
    bytes.get(i).map_or(0, |&byte| (byte as i8).into())
}

proptest! {
    #[test]
    fn each_row_becomes_the_sum_of_its_products(
        values in collection::vec(any::<[i16; 4]>(), 0..20),
        weights in collection::vec(any::<u8>(), 0..400),
        stride in 0..100_usize,
        biases in collection::vec(any::<[u8; 4]>(), 0..10),
    ) {
        let mut sums = vec![0; biases.len()];
        dense::dot_rows(&words(&values), &weights, stride, &biases, &mut sums);
        let expected: Vec<i32> = biases.iter().enumerate().map(|(row, bias)| {
            let products = values.as_flattened().iter().enumerate();
            let products = products.map(|(i, &value)| i64::from(value) * weight(&weights, row * stride + i));
            (i64::from(i32::from_le_bytes(*bias)) + products.sum::<i64>()) as i32
        }).collect();
        prop_assert_eq!(sums, expected);
    }

    #[test]
    fn two_rows_are_added_weight_by_weight(
        sums in collection::vec(any::<[i16; 4]>(), 0..20),
        first in collection::vec(any::<u8>(), 0..100),
        second in collection::vec(any::<u8>(), 0..100),
    ) {
        let mut found = words(&sums);
        dense::add_rows(&mut found, &first, &second);
        let mut expected = sums;
        for (i, sum) in expected.as_flattened_mut().iter_mut().enumerate() {
            *sum = (i64::from(*sum) + weight(&first, i) + weight(&second, i)) as i16;
        }
        prop_assert_eq!(found, words(&expected));
    }
}

/// A function that writes a block in a format.
type WriteBlock =
    fn(&[u32; BLOCK_WORDS], &[u32; BLOCK_WORDS], &[u32; GAIN_WORDS], &mut [u8], usize) -> bool;

/// The nearest of the levels 0 to `max`.
fn level(sample: i64, max: u32) -> u32 {
    (sample as f64 * f64::from(max) / 255.0).round() as u32
}

/// The function that writes a block, the bytes of a pixel, and how they are made of red, green and blue.
type Format = (WriteBlock, usize, fn([i64; 3]) -> Vec<u8>);

/// The high and the low byte of a pixel with 5 bits of red and blue and 6 bits of green.
fn packed([r, g, b]: [i64; 3]) -> [u8; 2] {
    let pixel = level(r, 31) * 2048 + level(g, 63) * 32 + level(b, 31);
    [(pixel / 256) as u8, pixel as u8]
}

/// The formats.
fn formats() -> [Format; 6] {
    [
        (pixels::rgb888, 3, |rgb| {
            rgb.map(|sample| sample as u8).to_vec()
        }),
        (pixels::bgr888, 3, |[r, g, b]| {
            [b, g, r].map(|sample| sample as u8).to_vec()
        }),
        (pixels::xrgb8888, 4, |[r, g, b]| {
            [b, g, r, 0].map(|sample| sample as u8).to_vec()
        }),
        (pixels::rgb565_le, 2, |rgb| {
            packed(rgb).into_iter().rev().collect()
        }),
        (pixels::rgb565_be, 2, |rgb| packed(rgb).to_vec()),
        (pixels::bgr555_le, 2, |[r, g, b]| {
            let pixel = level(b, 31) * 1024 + level(g, 31) * 32 + level(r, 31);
            vec![pixel as u8, (pixel / 256) as u8]
        }),
    ]
}

/// A word with the same number in both lanes.
fn twice(number: i64) -> u32 {
    word([number, number])
}

/// A sample of a block of bytes.
fn byte(words: &[u32; BLOCK_WORDS], at: usize) -> i64 {
    words[at / 4].to_le_bytes()[at % 4].into()
}

proptest! {
    #[test]
    fn a_block_is_written_pixel_by_pixel(
        base in any::<[u32; BLOCK_WORDS]>(),
        sums in any::<[u32; BLOCK_WORDS]>(),
        factor in 0..=255_i64,
        starts in any::<[u8; 3]>(),
        offsets in any::<[[i8; 2]; 3]>(),
        more in 0..4_usize,
        less in 0..8_usize,
    ) {
        let starts = starts.map(i64::from);
        // One for columns 0, 1, 4 and 5, one for the others.
        let offsets = offsets.map(|pair| pair.map(|offset| 4 * i64::from(offset)));
        let words: Vec<u32> = [factor as u32].into_iter()
            .chain(starts.map(twice))
            .chain(offsets.map(word))
            .collect();
        let gain: [u32; GAIN_WORDS] = words.try_into().unwrap();
        for (write, bytes, made) in formats() {
            let stride = 8 * bytes + more;
            let mut found = vec![0xAA; 8 * stride];
            let mut expected = found.clone();
            for y in 0..8 {
                for x in 0..8 {
                    let sample = |at: usize, plane: usize| {
                        byte(&base, at) + ((factor * byte(&sums, at) + starts[plane]) >> (6 + plane))
                    };
                    let at = 64 + 8 * (y / 2) + 2 * (x / 2);
                    let (luma, chroma1) = (sample(8 * y + x, 0), sample(at, 1));
                    let [chroma2_offset, green_offset, blue_offset] = offsets.map(|pair| pair[x / 2 % 2]);
                    let chroma2 = sample(at + 1, 2) + chroma2_offset;
                    let rgb = [
                        luma + chroma1 - chroma2,
                        luma + 2 * chroma2 - green_offset,
                        luma - chroma1 - chroma2 + blue_offset,
                    ];
                    let pixel = made(rgb.map(|sample| sample.clamp(0, 255)));
                    expected[y * stride + x * bytes..][..bytes].copy_from_slice(&pixel);
                }
            }
            // The buffer ends up to `less` bytes early, which may be one byte too few for the last line.
            let room = (8 * stride - less).max(7 * stride + 8 * bytes - 1);
            if room < 7 * stride + 8 * bytes {
                expected.fill(0xAA);
            }
            let wrote = write(&base, &sums, &gain, &mut found[..room], stride);
            prop_assert_eq!(wrote, room >= 7 * stride + 8 * bytes);
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn lines_that_overlap_or_exceed_the_address_space_are_not_written() {
    for (write, bytes, _) in formats() {
        for stride in [0, 1, 8 * bytes - 1, usize::MAX / 7 + 1, usize::MAX] {
            let mut lines = vec![0xAA; 512];
            assert!(!write(
                &[7; BLOCK_WORDS],
                &[0; BLOCK_WORDS],
                &[0; GAIN_WORDS],
                &mut lines,
                stride
            ));
            assert_eq!(lines, [0xAA; 512]);
        }
    }
}

#[test]
fn every_sample_becomes_the_nearest_level() {
    let (mut base, mut lines) = ([0; BLOCK_WORDS], [0; 8 * 16]);
    for from in (0..256_u32).step_by(64) {
        for (i, luma) in base.iter_mut().take(16).enumerate() {
            *luma = (from + 4 * i as u32) * 0x0101_0101 + 0x0302_0100;
        }
        assert!(pixels::rgb565_be(
            &base,
            &[0; BLOCK_WORDS],
            &[0; GAIN_WORDS],
            &mut lines,
            16
        ));
        for (sample, pixel) in (i64::from(from)..).zip(lines.as_chunks::<2>().0) {
            assert_eq!(*pixel, packed([sample; 3]));
        }
    }
}

/// The luma plane as lines of samples, and the chroma planes as lines of sites.
fn planes(words: &[u32; BLOCK_WORDS]) -> (Vec<Vec<u8>>, Vec<Vec<[u8; 2]>>) {
    let bytes = words.map(u32::to_le_bytes).concat();
    let sites: Vec<[u8; 2]> = bytes[64..]
        .chunks(2)
        .map(|site| [site[0], site[1]])
        .collect();
    (
        bytes[..64].chunks(8).map(Vec::from).collect(),
        sites.chunks(4).map(Vec::from).collect(),
    )
}

/// A plane in an orientation, one step after the other.
fn oriented<T: Copy>(mut lines: Vec<Vec<T>>, orientation: u32) -> Vec<Vec<T>> {
    if orientation & 1 != 0 {
        lines.reverse();
    }
    if orientation & 2 != 0 {
        lines.iter_mut().for_each(|line| line.reverse());
    }
    if orientation & 4 != 0 {
        let columns = 0..lines.len();
        lines = columns
            .map(|x| lines.iter().map(|line| line[x]).collect())
            .collect();
    }
    lines
}

proptest! {
    #[test]
    fn a_codeword_is_oriented_then_multiplied_and_added(
        codeword in any::<[u32; BLOCK_WORDS]>(),
        before in any::<[u32; BLOCK_WORDS]>(),
        orientation in 0..16_u32,
        factor in any::<u32>(),
        start in any::<u32>(),
    ) {
        let (luma, chroma) = planes(&codeword);
        let mut copied = before;
        orient::copy(&mut copied, &codeword, orientation);
        prop_assert_eq!(planes(&copied), (oriented(luma, orientation), oriented(chroma, orientation)));

        let with = |word: u32, more: u32| {
            (u64::from(word) * u64::from(factor) + u64::from(more)) as u32
        };
        let mut found = before;
        orient::multiply(&mut found, &codeword, orientation, factor, start);
        prop_assert_eq!(found, copied.map(|word| with(word, start)));

        let mut found = before;
        orient::multiply_add(&mut found, &codeword, orientation, factor);
        for (i, word) in copied.into_iter().enumerate() {
            prop_assert_eq!(found[i], with(word, before[i]));
        }
    }
}
