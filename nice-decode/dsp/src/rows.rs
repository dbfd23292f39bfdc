//! Four rows of weights times the same numbers: the inside of a dense layer, with every register in its place. A compiler that
//! is given the instructions one by one puts half of them between the registers and the stack.

#[cfg(not(dsp))]
use crate::plain;

/// Adds up the products of numbers and the weights of four rows: to each of the sums those of its row. The rows are `stride`
/// bytes apart in `weights`, and `4 * WORDS` weights of each are used, bytes with a sign. Four numbers that belong to the four
/// weights of a word are two words, in the order in which [`sxtb16`](crate::sxtb16) takes bytes out of it: the
/// first and the third number, the second and the fourth. All sums are modulo 2^32.
///
/// It takes 21 instructions for 16 products. `None` if the weights end before.
///
/// ```
/// let numbers = [[100 | 300 << 16, 200 | 400 << 16]]; // 100, 200, 300, 400
/// let weights = [1, 2, 3, 4, 99, 0, 0, 0, 1, 99, 1, 1, 1, 1, 99, 0xFF, 0, 0, 0];
/// let sums = nice_dsp::four_rows(&numbers, &weights, 5, [0, 1, 2, 3]);
/// assert_eq!(sums, Some([3000, 401, 1002, -97]));
/// ```
#[inline(always)]
#[must_use]
pub fn four_rows<const WORDS: usize>(
    numbers: &[[u32; 2]; WORDS],
    weights: &[u8],
    stride: usize,
    sums: [i32; 4],
) -> Option<[i32; 4]> {
    #[cfg(dsp)]
    {
        let needed = stride.checked_mul(3)?.checked_add(4 * WORDS)?;
        if weights.len() < needed {
            return None;
        }
        let [mut a, mut b, mut c, mut d] = sums;
        // SAFETY: `WORDS` times it reads two words of `numbers`, and four bytes of each row, which are there as was just
        // checked; a word of weights need not be aligned for `ldr`. It changes nothing but its registers and the flags.
        unsafe {
            core::arch::asm!(
                ".rept {words}",
                "ldrd {even}, {odd}, [{numbers}], #8",
                "ldr {word}, [{first}, {stride}]",
                "sxtb16 {half}, {word}",
                "smlad {b}, {half}, {even}, {b}",
                "sxtb16 {half}, {word}, ror #8",
                "smlad {b}, {half}, {odd}, {b}",
                "ldr {word}, [{first}], #4",
                "sxtb16 {half}, {word}",
                "smlad {a}, {half}, {even}, {a}",
                "sxtb16 {half}, {word}, ror #8",
                "smlad {a}, {half}, {odd}, {a}",
                "ldr {word}, [{third}, {stride}]",
                "sxtb16 {half}, {word}",
                "smlad {d}, {half}, {even}, {d}",
                "sxtb16 {half}, {word}, ror #8",
                "smlad {d}, {half}, {odd}, {d}",
                "ldr {word}, [{third}], #4",
                "sxtb16 {half}, {word}",
                "smlad {c}, {half}, {even}, {c}",
                "sxtb16 {half}, {word}, ror #8",
                "smlad {c}, {half}, {odd}, {c}",
                ".endr",
                words = const WORDS,
                numbers = inout(reg) numbers => _,
                first = inout(reg) weights.as_ptr() => _,
                third = inout(reg) weights.as_ptr().add(2 * stride) => _,
                stride = in(reg) stride,
                a = inout(reg) a,
                b = inout(reg) b,
                c = inout(reg) c,
                d = inout(reg) d,
                even = out(reg) _,
                odd = out(reg) _,
                word = out(reg) _,
                half = out(reg) _,
                options(pure, readonly, nostack),
            );
        }
        Some([a, b, c, d])
    }
    #[cfg(not(dsp))]
    plain::four_rows(numbers, weights, stride, sums)
}
