//! Rows of weights, added up or times the same numbers: the inside of a dense layer, with every register in its place. A
//! compiler that is given the instructions one by one puts a third as many between the registers and the stack.

use crate::plain;

/// Makes of each of `sums` its bias and the products of numbers and a row of weights, modulo 2^32.
///
/// The rows, one a sum, are `stride` bytes apart in `weights`, bytes with a sign, as many of each as there are numbers; what is
/// beyond the end counts as 0. Four numbers of 16 bits that belong to four weights are two words, in the order in which
/// [`sxtb16`](crate::sxtb16) takes bytes out of a word: the first and the third number, the second and the fourth. A
/// bias is 32 bits, low byte first.
///
/// Four rows take 21 instructions for 16 products. Those beyond a multiple of four, and the last four if there are not four
/// weights for each pair of words even in the last row, are made as in [`plain::rows`]. Sums without a bias stay as they are.
///
/// ```
/// let numbers = [[100 | 300 << 16, 200 | 400 << 16]]; // 100, 200, 300, 400
/// let weights = [1, 2, 3, 4, 99, 0, 0, 0, 1, 99, 1, 1, 1, 1, 99, 0xFF, 0, 0, 0];
/// let biases = [0_i32, 1, 2, 3].map(i32::to_le_bytes);
/// let mut sums = [0; 4];
/// nice_dsp::rows(&numbers, &weights, 5, &biases, &mut sums);
/// assert_eq!(sums, [3000, 401, 1002, -97]);
/// ```
#[inline]
pub fn rows(
    numbers: &[[u32; 2]],
    weights: &[u8],
    stride: usize,
    biases: &[[u8; 4]],
    sums: &mut [i32],
) {
    #[cfg(dsp)]
    let (weights, biases, sums) = {
        // With an odd number of weights a row, the last four rows often end too early to be read word by word.
        let all = sums.len().min(biases.len()) & !3;
        let whole = [all, all.saturating_sub(4)].into_iter();
        let whole = whole.filter(|&rows| fits(numbers, weights, stride, rows));
        let (some, sums) = sums
            .split_at_mut_checked(whole.max().unwrap_or(0))
            .unwrap_or_default();
        if !some.is_empty() {
            // SAFETY: `fits` has just looked, and there are as many biases.
            unsafe { four_by_four(numbers, weights, stride, biases, some) };
        }
        if sums.is_empty() {
            return;
        }
        (
            weights.get(some.len() * stride..).unwrap_or_default(),
            biases.get(some.len()..).unwrap_or_default(),
            sums,
        )
    };
    plain::rows(numbers, weights, stride, biases, sums);
}

/// Adds two rows of weights, bytes with a sign, to sums of 16 bits, modulo 2^16: weight `i` to sum `i`. Four sums are two words,
/// as the numbers of [`rows`] are. What is beyond the end of a row counts as 0.
///
/// It takes 8 instructions for 8 weights, if there are four weights for each pair of words; otherwise it is
/// [`plain::add_two`].
///
/// ```
/// let mut sums = [[0, 100]];
/// nice_dsp::add_two(&mut sums, &[1, 2, 3, 0xFF], &[10, 20, 30, 0]);
/// assert_eq!(sums, [[11 | 33 << 16, 122 | 0xFFFF << 16]]);
/// ```
#[inline(always)]
pub fn add_two(sums: &mut [[u32; 2]], one: &[u8], other: &[u8]) {
    #[cfg(dsp)]
    if one.len() >= 4 * sums.len() && other.len() >= 4 * sums.len() {
        let range = sums.as_ptr_range();
        let unrolled = sums.as_chunks::<8>().0.as_ptr_range().end;
        // SAFETY: it reads four bytes of each row for a pair of words of `sums`, which are there, as was just checked, and need
        // not be aligned for `ldr`; it reads and writes all `sums`, which are aligned for `ldrd` and `strd`.
        unsafe {
            core::arch::asm!(
                ".macro nice_dsp_add",
                "ldrd {even}, {odd}, [{at}]",
                "ldr {word}, [{one}], #4",
                "sxtab16 {even}, {even}, {word}",
                "sxtab16 {odd}, {odd}, {word}, ror #8",
                "ldr {word}, [{other}], #4",
                "sxtab16 {even}, {even}, {word}",
                "sxtab16 {odd}, {odd}, {word}, ror #8",
                "strd {even}, {odd}, [{at}], #8",
                ".endm",
                "b 4f",
                "3:",
                ".rept 8",
                "nice_dsp_add",
                ".endr",
                "4:",
                "cmp {at}, {unrolled}",
                "bne 3b",
                "b 6f",
                "5:",
                "nice_dsp_add",
                "6:",
                "cmp {at}, {end}",
                "bne 5b",
                ".purgem nice_dsp_add",
                at = inout(reg) sums.as_mut_ptr() => _,
                one = inout(reg) one.as_ptr() => _,
                other = inout(reg) other.as_ptr() => _,
                unrolled = in(reg) unrolled,
                end = in(reg) range.end,
                even = out(reg) _,
                odd = out(reg) _,
                word = out(reg) _,
                options(nostack),
            );
        }
        return;
    }
    plain::add_two(sums, one, other);
}

/// Whether there are some rows, and four weights of each for each pair of words, even in the last row.
#[cfg(dsp)]
#[inline(always)]
fn fits(numbers: &[[u32; 2]], weights: &[u8], stride: usize, rows: usize) -> bool {
    let last = rows
        .checked_sub(1)
        .and_then(|last| last.checked_mul(stride));
    let needed = last.and_then(|last| last.checked_add(4 * numbers.len()));
    needed.is_some_and(|needed| needed <= weights.len())
}

/// Four rows at once.
///
/// # Safety
///
/// [`fits`] has to say so of as many rows as there are sums, which have to be a multiple of 4, and no more than biases.
#[cfg(dsp)]
#[inline(always)]
unsafe fn four_by_four(
    numbers: &[[u32; 2]],
    weights: &[u8],
    stride: usize,
    biases: &[[u8; 4]],
    sums: &mut [i32],
) {
    let range = numbers.as_ptr_range();
    let unrolled = numbers.as_chunks::<8>().0.as_ptr_range().end;
    // SAFETY: it reads all pairs of words of `numbers` for each four rows, four bytes of each row for a pair, a bias a sum, and
    // writes the sums, all of which are there. Weights and biases need not be aligned for `ldr`; numbers and sums are, for
    // `ldrd` and `strd`. The stack is left as it was.
    unsafe {
        core::arch::asm!(
            // What four rows at `first`, and two behind it at `third`, have to do with a pair of words.
            ".macro nice_dsp_products",
            "ldrd {even}, {odd}, [{at}], #8",
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
            ".endm",
            // On the stack: biases, sums, how many groups of four are left; the numbers, and to where they are unrolled, and
            // their end; the first row.
            "sub sp, sp, #32",
            "strd {even}, {odd}, [sp]",
            "strd {a}, {at}, [sp, #8]",
            "strd {b}, {c}, [sp, #16]",
            "2:",
            "str {first}, [sp, #24]",
            "ldr {even}, [sp]",
            "ldr {a}, [{even}], #4",
            "ldr {b}, [{even}], #4",
            "ldr {c}, [{even}], #4",
            "ldr {d}, [{even}], #4",
            "str {even}, [sp]",
            "ldr {at}, [sp, #12]",
            "add {third}, {first}, {stride}, lsl #1",
            "b 4f",
            "3:",
            ".rept 8",
            "nice_dsp_products",
            ".endr",
            "4:",
            "ldr {word}, [sp, #16]",
            "cmp {at}, {word}",
            "bne 3b",
            "b 6f",
            "5:",
            "nice_dsp_products",
            "6:",
            "ldr {word}, [sp, #20]",
            "cmp {at}, {word}",
            "bne 5b",
            "ldrd {word}, {half}, [sp, #4]",
            "strd {a}, {b}, [{word}], #8",
            "strd {c}, {d}, [{word}], #8",
            "subs {half}, {half}, #1",
            "strd {word}, {half}, [sp, #4]",
            "ldr {first}, [sp, #24]",
            "add {first}, {first}, {stride}, lsl #2",
            "bne 2b",
            "add sp, sp, #32",
            ".purgem nice_dsp_products",
            at = inout(reg) range.start => _,
            first = inout(reg) weights.as_ptr() => _,
            third = out(reg) _,
            stride = in(reg) stride,
            a = inout(reg) sums.len() / 4 => _,
            b = inout(reg) unrolled => _,
            c = inout(reg) range.end => _,
            d = out(reg) _,
            even = inout(reg) biases.as_ptr() => _,
            odd = inout(reg) sums.as_mut_ptr() => _,
            word = out(reg) _,
            half = out(reg) _,
        );
    }
}
