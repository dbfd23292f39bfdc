//! The assembly that orients a codeword: flips and transposes its words in registers and combines them with a block.

use core::mem::MaybeUninit;

use crate::block::BLOCK_WORDS;

/// What is in the register of a factor or a start if the operation has none.
const UNUSED: MaybeUninit<u32> = MaybeUninit::uninit();

/// What an operation does with oriented words, as assembler macros. `r0` points to the block, `r3` is the factor, `r2` the
/// start.
///
/// `nice_dsp_four` takes four words in `a` to `d`, and may use `r10`, `r11`, `r12` and `lr`. `nice_dsp_eight` takes eight words
/// in `a` to `h`, and may use these, `lr`, `r2` and the register `free` where there is no start. Its last five arguments are
/// `r2`, `free` and the registers of `a`, `b` and `c` in ascending order, for an `ldm` of five registers after the first three
/// words.
macro_rules! operation {
    (copy) => {
        "
        .macro nice_dsp_four a, b, c, d
        strd \\a, \\b, [r0], #8
        strd \\c, \\d, [r0], #8
        .endm
        .macro nice_dsp_eight a, b, c, d, e, f, g, h, free, v, w, x, y, z
        nice_dsp_four \\a, \\b, \\c, \\d
        nice_dsp_four \\e, \\f, \\g, \\h
        .endm
        "
    };
    (multiply) => {
        "
        .macro nice_dsp_four a, b, c, d
        mla r10, \\a, r3, r2
        mla r11, \\b, r3, r2
        mla r12, \\c, r3, r2
        mla lr, \\d, r3, r2
        stm r0!, {{r10, r11, r12, lr}}
        .endm
        .macro nice_dsp_eight a, b, c, d, e, f, g, h, free, v, w, x, y, z
        mla \\a, \\a, r3, r2
        mla \\b, \\b, r3, r2
        strd \\a, \\b, [r0], #8
        mla \\c, \\c, r3, r2
        mla \\d, \\d, r3, r2
        strd \\c, \\d, [r0], #8
        mla \\e, \\e, r3, r2
        mla \\f, \\f, r3, r2
        strd \\e, \\f, [r0], #8
        mla \\g, \\g, r3, r2
        mla \\h, \\h, r3, r2
        strd \\g, \\h, [r0], #8
        .endm
        "
    };
    (multiply_add) => {
        "
        .macro nice_dsp_four a, b, c, d
        ldm r0, {{r10, r11, r12, lr}}
        mla r10, \\a, r3, r10
        mla r11, \\b, r3, r11
        mla r12, \\c, r3, r12
        mla lr, \\d, r3, lr
        stm r0!, {{r10, r11, r12, lr}}
        .endm
        .macro nice_dsp_eight a, b, c, d, e, f, g, h, free, v, w, x, y, z
        ldm r0, {{r2, \\free, lr}}
        mla r2, \\a, r3, r2
        mla \\free, \\b, r3, \\free
        mla lr, \\c, r3, lr
        stm r0!, {{r2, \\free, lr}}
        ldm r0, {{\\v, \\w, \\x, \\y, \\z}}
        mla \\v, \\d, r3, \\v
        mla \\w, \\e, r3, \\w
        mla \\x, \\f, r3, \\x
        mla \\y, \\g, r3, \\y
        mla \\z, \\h, r3, \\z
        stm r0!, {{\\v, \\w, \\x, \\y, \\z}}
        .endm
        "
    };
}

/// The assembly for one orientation, around the macros of an [`operation`].
macro_rules! oriented {
    // Not transposed: two lines at a time, read by `$load`, after `$luma_end` and `$chroma_end` moved the pointer to the end if
    // the block is read backwards. `$each_luma` and `$each_chroma` reverse the samples of a word.
    (
        $values:tt, $operation:ident, lines: $load:literal, $luma_end:literal, $chroma_end:literal, $words:literal,
        $each_luma:literal, $each_chroma:literal
    ) => {
        oriented!(
            $values,
            operation!($operation),
            $luma_end,
            ".rept 4",
            concat!($load, ", {{r4, r5, r8, r9}}"),
            ".irp word, r4, r5, r8, r9",
            $each_luma,
            ".endr",
            concat!("nice_dsp_four ", $words),
            ".endr",
            $chroma_end,
            ".rept 2",
            concat!($load, ", {{r4, r5, r8, r9}}"),
            ".irp word, r4, r5, r8, r9",
            $each_chroma,
            ".endr",
            concat!("nice_dsp_four ", $words),
            ".endr"
        )
    };
    // Transposed: luma from lines `$step` bytes apart, from `$first` on; the word of each at `$upper` becomes the upper half of
    // the block, the one at `$lower` the lower half. `$luma` is the order of the resulting columns. `$pairs` combines the words
    // of chroma to columns, whose order is `$chroma`.
    (
        $values:tt, $operation:ident, columns: $first:literal, $step:literal, $upper:literal, $lower:literal, $luma:literal,
        $pairs:literal, $chroma:literal
    ) => {
        oriented!(
            $values,
            operation!($operation),
            // Two words of two chroma sites each become `spare` and `b`.
            ".macro nice_dsp_columns_of_sites spare, a, b",
            "pkhbt \\spare, \\a, \\b, lsl #16",
            "pkhtb \\b, \\b, \\a, asr #16",
            ".endm",
            // Exchanges the odd bytes of `a` with the even bytes of `b`.
            ".macro nice_dsp_exchange spare, a, b",
            "eor \\spare, \\b, \\a, lsr #8",
            "and \\spare, \\spare, #0x00FF00FF",
            "eor \\b, \\b, \\spare",
            "eor \\a, \\a, \\spare, lsl #8",
            ".endm",
            // Four words become `spare`, `a`, `c` and `d`.
            ".macro nice_dsp_columns spare, a, b, c, d",
            "nice_dsp_columns_of_sites \\spare, \\a, \\c",
            "nice_dsp_columns_of_sites \\a, \\b, \\d",
            "nice_dsp_exchange \\b, \\spare, \\a",
            "nice_dsp_exchange \\b, \\c, \\d",
            ".endm",
            "push {{r6, r7}}",
            concat!(".irp word, ", $upper, ", ", $lower),
            concat!("ldr r4, [r1, #(", $first, " + \\word)]"),
            concat!("ldr r5, [r1, #(", $first, " + \\word + 1 * ", $step, ")]"),
            concat!("ldr r6, [r1, #(", $first, " + \\word + 2 * ", $step, ")]"),
            concat!("ldr r7, [r1, #(", $first, " + \\word + 3 * ", $step, ")]"),
            concat!("ldr r8, [r1, #(", $first, " + \\word + 4 * ", $step, ")]"),
            concat!("ldr r9, [r1, #(", $first, " + \\word + 5 * ", $step, ")]"),
            concat!("ldr r10, [r1, #(", $first, " + \\word + 6 * ", $step, ")]"),
            concat!("ldr r11, [r1, #(", $first, " + \\word + 7 * ", $step, ")]"),
            "nice_dsp_columns r12, r4, r5, r6, r7",
            "nice_dsp_columns r5, r8, r9, r10, r11",
            concat!("nice_dsp_eight ", $luma),
            ".endr",
            "add r1, r1, #64",
            "ldm r1, {{r4, r5, r6, r7, r8, r9, r10, r11}}",
            $pairs,
            concat!("nice_dsp_eight ", $chroma),
            "pop {{r6, r7}}",
            ".purgem nice_dsp_columns",
            ".purgem nice_dsp_exchange",
            ".purgem nice_dsp_columns_of_sites"
        )
    };
    ([$to:ident, $codeword:ident, $factor:expr, $start:expr], $($instructions:expr),*) => {
        // SAFETY: it reads the 24 words of `codeword`, and reads and writes those of `to`, which are aligned for `ldm`, `ldrd`,
        // `stm` and `strd`. The stack pointer is restored, and so are r6 and r7, which `asm!` cannot clobber.
        unsafe {
            core::arch::asm!(
                $($instructions,)*
                ".purgem nice_dsp_eight",
                ".purgem nice_dsp_four",
                inout("r1") $codeword.as_ptr() => _,
                inout("r0") $to.as_mut_ptr() => _,
                in("r3") $factor,
                inout("r2") $start => _,
                out("r4") _,
                out("r5") _,
                out("r8") _,
                out("r9") _,
                out("r10") _,
                out("r11") _,
                out("r12") _,
                out("lr") _,
            )
        }
    };
}

/// The assembly for all orientations, and the choice of one. Of eight resulting words, two make a line.
macro_rules! orientations {
    ($orientation:ident, $operation:ident, $values:tt) => {
        match $orientation & 7 {
            0 => oriented!($values, $operation, lines: "ldm r1!", "", "", "r4, r5, r8, r9", "", ""),
            1 => oriented!($values, $operation, lines: "ldmdb r1!", "add r1, r1, #64", "add r1, r1, #96", "r8, r9, r4, r5", "", ""),
            2 => oriented!(
                $values, $operation, lines: "ldm r1!", "", "", "r5, r4, r9, r8",
                "rev \\word, \\word", "ror \\word, \\word, #16"
            ),
            3 => oriented!(
                $values, $operation, lines: "ldmdb r1!", "add r1, r1, #64", "add r1, r1, #96", "r9, r8, r5, r4",
                "rev \\word, \\word", "ror \\word, \\word, #16"
            ),
            4 => oriented!(
                $values, $operation, columns: 0, 8, 0, 4,
                "r12, r5, r4, r8, r6, r10, r7, r11, r9, r2, r4, r5, r9, r12",
                "nice_dsp_columns_of_sites r12, r4, r6
                nice_dsp_columns_of_sites r4, r8, r10
                nice_dsp_columns_of_sites r8, r5, r7
                nice_dsp_columns_of_sites r5, r9, r11",
                "r12, r4, r6, r10, r8, r5, r7, r11, r9, r2, r4, r6, r9, r12"
            ),
            5 => oriented!(
                $values, $operation, columns: 56, -8, 0, 4,
                "r12, r5, r4, r8, r6, r10, r7, r11, r9, r2, r4, r5, r9, r12",
                "nice_dsp_columns_of_sites r12, r10, r8
                nice_dsp_columns_of_sites r10, r6, r4
                nice_dsp_columns_of_sites r6, r11, r9
                nice_dsp_columns_of_sites r11, r7, r5",
                "r12, r10, r8, r4, r6, r11, r9, r5, r7, r2, r7, r8, r10, r12"
            ),
            6 => oriented!(
                $values, $operation, columns: 0, 8, 4, 0,
                "r7, r11, r6, r10, r4, r8, r12, r5, r9, r2, r6, r7, r9, r11",
                "nice_dsp_columns_of_sites r12, r4, r6
                nice_dsp_columns_of_sites r4, r8, r10
                nice_dsp_columns_of_sites r8, r5, r7
                nice_dsp_columns_of_sites r5, r9, r11",
                "r7, r11, r8, r5, r6, r10, r12, r4, r9, r2, r7, r8, r9, r11"
            ),
            _ => oriented!(
                $values, $operation, columns: 56, -8, 4, 0,
                "r7, r11, r6, r10, r4, r8, r12, r5, r9, r2, r6, r7, r9, r11",
                "nice_dsp_columns_of_sites r12, r10, r8
                nice_dsp_columns_of_sites r10, r6, r4
                nice_dsp_columns_of_sites r6, r11, r9
                nice_dsp_columns_of_sites r11, r7, r5",
                "r9, r5, r6, r11, r8, r4, r12, r10, r7, r2, r5, r6, r7, r9"
            ),
        }
    };
}

/// [`copy`](super::copy).
#[inline(always)]
pub(super) fn copy(to: &mut [u32; BLOCK_WORDS], codeword: &[u32; BLOCK_WORDS], orientation: u32) {
    orientations!(orientation, copy, [to, codeword, UNUSED, UNUSED]);
}

/// [`multiply`](super::multiply).
#[inline(always)]
pub(super) fn multiply(
    to: &mut [u32; BLOCK_WORDS],
    codeword: &[u32; BLOCK_WORDS],
    orientation: u32,
    factor: u32,
    start: u32,
) {
    orientations!(orientation, multiply, [to, codeword, factor, start]);
}

/// [`multiply_add`](super::multiply_add).
#[inline(always)]
pub(super) fn multiply_add(
    to: &mut [u32; BLOCK_WORDS],
    codeword: &[u32; BLOCK_WORDS],
    orientation: u32,
    factor: u32,
) {
    orientations!(orientation, multiply_add, [to, codeword, factor, UNUSED]);
}
