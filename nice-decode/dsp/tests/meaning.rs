//! What the functions mean, in words that are not those of their definitions. On a host they are the plain ones; on a device
//! the firmware example's `same` compares the instructions with these.

use nice_dsp::{
    sadd16, shadd16, shsub16, smlad, ssub16, sxtab16, sxtab16_ror8, sxtb16, sxtb16_ror8, usat16,
    uxtab16, uxtab16_ror8,
};
use proptest::collection;
use proptest::prelude::*;

/// The halves of a word, the low one first.
fn halves(word: u32) -> [i64; 2] {
    let [a, b, c, d] = word.to_le_bytes();
    [[a, b], [c, d]].map(|half| i16::from_le_bytes(half).into())
}

/// The word with these halves, each modulo 2^16.
fn word(halves: [i64; 2]) -> u32 {
    let [low, high] = halves.map(|half| half.rem_euclid(1 << 16) as u32);
    high << 16 | low
}

/// Two bytes of a word with a sign, and without.
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
        let ([a, b], [c, d]) = (halves(x), halves(y));
        let exact = i64::from(sum) + a * c + b * d;
        prop_assert_eq!(i64::from(smlad(x, y, sum) as u32), exact.rem_euclid(1 << 32));
    }

    #[test]
    fn bytes_are_extended_and_added(x in any::<u32>(), sums in any::<u32>()) {
        let ((even, even_unsigned), (odd, odd_unsigned)) = (bytes(x, 0), bytes(x, 1));
        prop_assert_eq!(sxtb16(x), word(even));
        prop_assert_eq!(sxtb16_ror8(x), word(odd));
        prop_assert_eq!(sxtab16(sums, x), word(added(halves(sums), even)));
        prop_assert_eq!(sxtab16_ror8(sums, x), word(added(halves(sums), odd)));
        prop_assert_eq!(uxtab16(sums, x), word(added(halves(sums), even_unsigned)));
        prop_assert_eq!(uxtab16_ror8(sums, x), word(added(halves(sums), odd_unsigned)));
    }

    #[test]
    fn halves_are_added_and_subtracted_on_their_own(x in any::<u32>(), y in any::<u32>()) {
        let (sum, difference) = (added(halves(x), halves(y)), added(halves(x), halves(y).map(|half| -half)));
        prop_assert_eq!(sadd16(x, y), word(sum));
        prop_assert_eq!(ssub16(x, y), word(difference));
        prop_assert_eq!(shadd16(x, y), word(sum.map(|sum| sum.div_euclid(2))));
        prop_assert_eq!(shsub16(x, y), word(difference.map(|difference| difference.div_euclid(2))));
    }

    #[test]
    fn halves_are_brought_to_numbers_without_a_sign(x in any::<u32>()) {
        prop_assert_eq!(usat16::<8>(x), word(halves(x).map(|half| half.clamp(0, 255))));
        prop_assert_eq!(usat16::<15>(x), word(halves(x).map(|half| half.max(0))));
        prop_assert_eq!(usat16::<0>(x), 0);
    }
}

/// Numbers in the order in which bytes come out of words.
fn words(numbers: &[[i16; 4]]) -> Vec<[u32; 2]> {
    let pair = |low: i16, high: i16| word([low.into(), high.into()]);
    let words = numbers.iter().map(|&[a, b, c, d]| [pair(a, c), pair(b, d)]);
    words.collect()
}

/// Byte `i` with a sign, 0 beyond the end.
fn weight(bytes: &[u8], i: usize) -> i64 {
    bytes.get(i).map_or(0, |&byte| (byte as i8).into())
}

proptest! {
    #[test]
    fn rows_are_multiplied_one_by_one(
        numbers in collection::vec(any::<[i16; 4]>(), 0..20),
        weights in collection::vec(any::<u8>(), 0..400),
        stride in 0..100_usize,
        biases in collection::vec(any::<[u8; 4]>(), 0..10),
    ) {
        let mut sums = vec![0; biases.len()];
        nice_dsp::rows(&words(&numbers), &weights, stride, &biases, &mut sums);
        let expected: Vec<i32> = biases.iter().enumerate().map(|(row, bias)| {
            let products = numbers.as_flattened().iter().enumerate();
            let products = products.map(|(i, &number)| i64::from(number) * weight(&weights, row * stride + i));
            (i64::from(i32::from_le_bytes(*bias)) + products.sum::<i64>()) as i32
        }).collect();
        prop_assert_eq!(sums, expected);
    }

    #[test]
    fn two_rows_are_added_weight_by_weight(
        sums in collection::vec(any::<[i16; 4]>(), 0..20),
        one in collection::vec(any::<u8>(), 0..100),
        other in collection::vec(any::<u8>(), 0..100),
    ) {
        let mut found = words(&sums);
        nice_dsp::add_two(&mut found, &one, &other);
        let mut expected = sums;
        for (i, sum) in expected.as_flattened_mut().iter_mut().enumerate() {
            *sum = (i64::from(*sum) + weight(&one, i) + weight(&other, i)) as i16;
        }
        prop_assert_eq!(found, words(&expected));
    }
}
