//! The inner loops of a dense layer: rows of 8-bit weights, multiplied by 16-bit values or added up.
//!
//! The assembly keeps every value in a fixed register. A compiler that is given the single instructions adds moves between
//! registers and the stack, one for every three instructions.

pub mod portable;

/// Computes each of `sums` as its bias plus the products of the values with a row of weights, modulo 2^32.
///
/// Row `r` begins at byte `r * stride` of `weights`, which are signed bytes, one for each value; weights beyond the end count
/// as 0. Four values share two words in the order in which [`sxtb16`](crate::sxtb16) extends the four weights of a word: the
/// first and third value, then the second and fourth. A bias is 32 bits, little-endian.
///
/// Four rows take 21 instructions for 16 products. Rows beyond a multiple of four are computed by [`portable::dot_rows`], and
/// so are the last four if the last row does not have four weights for each pair of words. Sums without a bias stay as they
/// are.
///
/// ```
/// let values = [[100 | 300 << 16, 200 | 400 << 16]]; // 100, 200, 300, 400
/// let weights = [1, 2, 3, 4, 99, 0, 0, 0, 1, 99, 1, 1, 1, 1, 99, 0xFF, 0, 0, 0];
/// let biases = [0_i32, 1, 2, 3].map(i32::to_le_bytes);
/// let mut sums = [0; 4];
/// nice_dsp::dense::dot_rows(&values, &weights, 5, &biases, &mut sums);
/// assert_eq!(sums, [3000, 401, 1002, -97]);
/// ```
#[inline]
pub fn dot_rows(
    values: &[[u32; 2]],
    weights: &[u8],
    stride: usize,
    biases: &[[u8; 4]],
    sums: &mut [i32],
) {
    #[cfg(dsp)]
    let (weights, biases, sums) = {
        // With an odd number of weights a row, the last four rows often end too early to be read in words.
        let all = sums.len().min(biases.len()) & !3;
        let whole = [all, all.saturating_sub(4)].into_iter();
        let whole = whole.filter(|&rows| fits(values, weights, stride, rows));
        let (some, sums) = sums
            .split_at_mut_checked(whole.max().unwrap_or(0))
            .unwrap_or_default();
        if !some.is_empty() {
            // SAFETY: these rows fit, and there are as many biases.
            unsafe { four_rows_at_once(values, weights, stride, biases, some) };
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
    portable::dot_rows(values, weights, stride, biases, sums);
}

/// Adds two rows of weights, which are signed bytes, to 16-bit sums, modulo 2^16: weight `i` of each row to sum `i`.
///
/// Four sums share two words, like the values of [`dot_rows`]. Weights beyond the end of a row count as 0.
///
/// Eight weights take 8 instructions if both rows have four weights for each pair of words; otherwise
/// [`portable::add_rows`] does it.
///
/// ```
/// let mut sums = [[0, 100]];
/// nice_dsp::dense::add_rows(&mut sums, &[1, 2, 3, 0xFF], &[10, 20, 30, 0]);
/// assert_eq!(sums, [[11 | 33 << 16, 122 | 0xFFFF << 16]]);
/// ```
#[inline(always)]
pub fn add_rows(sums: &mut [[u32; 2]], first: &[u8], second: &[u8]) {
    #[cfg(dsp)]
    if first.len() >= 4 * sums.len() && second.len() >= 4 * sums.len() {
        let range = sums.as_ptr_range();
        let unrolled = sums.as_chunks::<8>().0.as_ptr_range().end;
        // SAFETY: it reads four bytes of each row for each pair of words of `sums`; they exist, as was just checked, and need
        // not be aligned for `ldr`. It reads and writes all `sums`, which are aligned for `ldrd` and `strd`.
        unsafe {
            core::arch::asm!(
                ".macro nice_dsp_add",
                "ldrd {even}, {odd}, [{at}]",
                "ldr {word}, [{first}], #4",
                "sxtab16 {even}, {even}, {word}",
                "sxtab16 {odd}, {odd}, {word}, ror #8",
                "ldr {word}, [{second}], #4",
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
                first = inout(reg) first.as_ptr() => _,
                second = inout(reg) second.as_ptr() => _,
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
    portable::add_rows(sums, first, second);
}

/// Whether there is a row, and every row has four weights for each pair of words.
#[cfg(dsp)]
#[inline(always)]
fn fits(values: &[[u32; 2]], weights: &[u8], stride: usize, rows: usize) -> bool {
    let last = rows
        .checked_sub(1)
        .and_then(|last| last.checked_mul(stride));
    let needed = last.and_then(|last| last.checked_add(4 * values.len()));
    needed.is_some_and(|needed| needed <= weights.len())
}

/// [`dot_rows`], four rows at a time.
///
/// # Safety
///
/// As many rows as there are sums have to [fit](fits). The number of sums has to be a multiple of 4, and not above the number of
/// biases.
#[cfg(dsp)]
#[inline(always)]
unsafe fn four_rows_at_once(
    values: &[[u32; 2]],
    weights: &[u8],
    stride: usize,
    biases: &[[u8; 4]],
    sums: &mut [i32],
) {
    let range = values.as_ptr_range();
    let unrolled = values.as_chunks::<8>().0.as_ptr_range().end;
    // SAFETY: for each four rows it reads all pairs of words of `values` and four bytes of each row for a pair; for each sum it
    // reads a bias and writes the sum. All of that exists. Weights and biases need not be aligned for `ldr`; values and sums
    // are aligned for `ldrd` and `strd`. The stack pointer is restored.
    unsafe {
        core::arch::asm!(
            // The products of four rows with a pair of words: rows 0 and 1 from `first` on, rows 2 and 3 from `third` on.
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
            // On the stack: biases, sums, groups of four rows left; start, end of the unrolled part and end of the values; the
            // first row.
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
