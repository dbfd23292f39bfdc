//! Blocks turned, multiplied and added up: how rows of a codebook become a block, with every register in its place. A compiler
//! moves the words of a block one by one, and those of a transposed one through the stack.
//!
//! A block has a luma sample for each pixel and two chroma samples for each 2 x 2 pixels, in words as
//! [`pixels`](crate::pixels) has them. It is turned in one of 8 ways, told by the lowest three bits of a number: bit 0 turns it
//! upside down, bit 1 left to right, and bit 2 transposes it after that. Both chroma samples of a place stay together. Higher
//! bits mean nothing.
//!
//! Words are multiplied and added as they are, modulo 2^32, not byte by byte: samples may borrow from the next one on the way
//! to a sum in which every sample is from 0 to 255.

pub use crate::pixels::WORDS;
#[cfg(not(dsp))]
use crate::plain;

/// What stands in a register for a factor or a start where there is none.
#[cfg(dsp)]
const UNUSED: core::mem::MaybeUninit<u32> = core::mem::MaybeUninit::uninit();

/// What is done to words that are turned, as macros of the assembler: `r1` is where
/// they come from, `r0` where they go, `r3` the factor, `r2` the start.
///
/// `nice_dsp_four` is for four words in `a` to `d`; it may use `r10`, `r11`, `r12` and `lr`. `nice_dsp_eight` is for those in `a`
/// to `h`; it may use them, and `lr`, `r2` and the register `free`, where there is no start. The last five are `r2`, `free` and
/// those of `a`, `b` and `c` in the order of their numbers, for whoever needs five registers after the first three words.
#[cfg(dsp)]
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
    (set) => {
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
    (add) => {
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

/// The instructions of one way to turn: those that turn, and between them those of an [`operation`].
#[cfg(dsp)]
macro_rules! turn {
    // Not transposed: two lines at a time, by `$load` after `$luma_end` and `$chroma_end`, which go to the ends of both where lines are
    // taken from there. What has to be done to each of four words of luma, and of chroma, is behind that.
    (
        $values:tt, $operation:ident, lines: $load:literal, $luma_end:literal, $chroma_end:literal, $words:literal,
        $each_luma:literal, $each_chroma:literal
    ) => {
        turn!(
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
    // Transposed: luma from lines that are `$step` bytes apart, from `$first` on, of each the word at `$upper` for the upper half
    // of the block, and that at `$lower`; how the columns are put in order; then the pairs of words of chroma that become
    // columns, and their order.
    (
        $values:tt, $operation:ident, columns: $first:literal, $step:literal, $upper:literal, $lower:literal, $luma:literal,
        $pairs:literal, $chroma:literal
    ) => {
        turn!(
            $values,
            operation!($operation),
            // Two words of two places each, which become `spare` and `b`.
            ".macro nice_dsp_columns_of_places spare, a, b",
            "pkhbt \\spare, \\a, \\b, lsl #16",
            "pkhtb \\b, \\b, \\a, asr #16",
            ".endm",
            // The odd bytes of `a` and the even ones of `b` change places.
            ".macro nice_dsp_change spare, a, b",
            "eor \\spare, \\b, \\a, lsr #8",
            "and \\spare, \\spare, #0x00FF00FF",
            "eor \\b, \\b, \\spare",
            "eor \\a, \\a, \\spare, lsl #8",
            ".endm",
            // Four words, which become `spare`, `a`, `c` and `d`.
            ".macro nice_dsp_columns spare, a, b, c, d",
            "nice_dsp_columns_of_places \\spare, \\a, \\c",
            "nice_dsp_columns_of_places \\a, \\b, \\d",
            "nice_dsp_change \\b, \\spare, \\a",
            "nice_dsp_change \\b, \\c, \\d",
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
            ".purgem nice_dsp_change",
            ".purgem nice_dsp_columns_of_places"
        )
    };
    ([$to:ident, $row:ident, $factor:expr, $start:expr], $($instructions:expr),*) => {
        // SAFETY: it reads the 24 words of `row`, and reads and writes those of `to`, which are aligned for `ldm`, `ldrd`, `stm`
        // and `strd`. The stack is left as it was, and so are r6 and r7, which `asm!` does not give.
        unsafe {
            core::arch::asm!(
                $($instructions,)*
                ".purgem nice_dsp_eight",
                ".purgem nice_dsp_four",
                inout("r1") $row.as_ptr() => _,
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

/// The instructions of all ways to turn, of which one is chosen. In what becomes of eight words, a line of two follows the other.
#[cfg(dsp)]
macro_rules! turns {
    ($turns:ident, $operation:ident, $values:tt) => {
        match $turns & 7 {
            0 => turn!($values, $operation, lines: "ldm r1!", "", "", "r4, r5, r8, r9", "", ""),
            1 => turn!($values, $operation, lines: "ldmdb r1!", "add r1, r1, #64", "add r1, r1, #96", "r8, r9, r4, r5", "", ""),
            2 => turn!(
                $values, $operation, lines: "ldm r1!", "", "", "r5, r4, r9, r8",
                "rev \\word, \\word", "ror \\word, \\word, #16"
            ),
            3 => turn!(
                $values, $operation, lines: "ldmdb r1!", "add r1, r1, #64", "add r1, r1, #96", "r9, r8, r5, r4",
                "rev \\word, \\word", "ror \\word, \\word, #16"
            ),
            4 => turn!(
                $values, $operation, columns: 0, 8, 0, 4,
                "r12, r5, r4, r8, r6, r10, r7, r11, r9, r2, r4, r5, r9, r12",
                "nice_dsp_columns_of_places r12, r4, r6
                nice_dsp_columns_of_places r4, r8, r10
                nice_dsp_columns_of_places r8, r5, r7
                nice_dsp_columns_of_places r5, r9, r11",
                "r12, r4, r6, r10, r8, r5, r7, r11, r9, r2, r4, r6, r9, r12"
            ),
            5 => turn!(
                $values, $operation, columns: 56, -8, 0, 4,
                "r12, r5, r4, r8, r6, r10, r7, r11, r9, r2, r4, r5, r9, r12",
                "nice_dsp_columns_of_places r12, r10, r8
                nice_dsp_columns_of_places r10, r6, r4
                nice_dsp_columns_of_places r6, r11, r9
                nice_dsp_columns_of_places r11, r7, r5",
                "r12, r10, r8, r4, r6, r11, r9, r5, r7, r2, r7, r8, r10, r12"
            ),
            6 => turn!(
                $values, $operation, columns: 0, 8, 4, 0,
                "r7, r11, r6, r10, r4, r8, r12, r5, r9, r2, r6, r7, r9, r11",
                "nice_dsp_columns_of_places r12, r4, r6
                nice_dsp_columns_of_places r4, r8, r10
                nice_dsp_columns_of_places r8, r5, r7
                nice_dsp_columns_of_places r5, r9, r11",
                "r7, r11, r8, r5, r6, r10, r12, r4, r9, r2, r7, r8, r9, r11"
            ),
            _ => turn!(
                $values, $operation, columns: 56, -8, 4, 0,
                "r7, r11, r6, r10, r4, r8, r12, r5, r9, r2, r6, r7, r9, r11",
                "nice_dsp_columns_of_places r12, r10, r8
                nice_dsp_columns_of_places r10, r6, r4
                nice_dsp_columns_of_places r6, r11, r9
                nice_dsp_columns_of_places r11, r7, r5",
                "r9, r5, r6, r11, r8, r4, r12, r10, r7, r2, r5, r6, r7, r9"
            ),
        }
    };
}

/// Puts a block that is turned in place of what was there. `turns` is how, as [`turns`](self) says.
///
/// ```
/// let mut row = [0; 24];
/// row[1] = u32::from_le_bytes([0, 0, 0, 7]); // the last pixel of line 0
/// let mut to = [9; 24];
/// nice_dsp::turns::copy(&mut to, &row, 0b010); // left to right
/// assert_eq!(to[..2], [7, 0]);
/// ```
#[inline(always)]
pub fn copy(to: &mut [u32; WORDS], row: &[u32; WORDS], turns: u32) {
    #[cfg(dsp)]
    turns!(turns, copy, [to, row, UNUSED, UNUSED]);
    #[cfg(not(dsp))]
    plain::copy(to, row, turns);
}

/// Puts a block that is turned, each word of it times `factor` and `start` added, in place of what was there. `turns` is how, as
/// [`turns`](self) says.
///
/// ```
/// let mut row = [0x0202_0202; 24];
/// row[1] = u32::from_le_bytes([2, 2, 2, 7]); // the last pixel of line 0
/// let mut to = [9; 24];
/// nice_dsp::turns::set(&mut to, &row, 0b001, 1_u32.wrapping_neg(), 0x0A0A_0A0A); // upside down
/// assert_eq!(to[14], 0x0808_0808);
/// assert_eq!(to[15], u32::from_le_bytes([8, 8, 8, 3]));
/// ```
#[inline(always)]
pub fn set(to: &mut [u32; WORDS], row: &[u32; WORDS], turns: u32, factor: u32, start: u32) {
    #[cfg(dsp)]
    turns!(turns, set, [to, row, factor, start]);
    #[cfg(not(dsp))]
    plain::set(to, row, turns, factor, start);
}

/// Adds a block that is turned, each word of it times `factor`. `turns` is how, as [`turns`](self) says. It takes 42 to 68
/// instructions if it is not transposed, 112 if it is, beside those that choose.
///
/// ```
/// let mut row = [0; 24];
/// row[0] = u32::from_le_bytes([0, 0, 0, 7]); // the fourth pixel of line 0
/// let mut to = [0x0909_0909; 24];
/// nice_dsp::turns::add(&mut to, &row, 0b100, 1_u32.wrapping_neg()); // transposed
/// assert_eq!(to[6], u32::from_le_bytes([2, 9, 9, 9]));
/// ```
#[inline(always)]
pub fn add(to: &mut [u32; WORDS], row: &[u32; WORDS], turns: u32, factor: u32) {
    #[cfg(dsp)]
    turns!(turns, add, [to, row, factor, UNUSED]);
    #[cfg(not(dsp))]
    plain::add(to, row, turns, factor);
}
