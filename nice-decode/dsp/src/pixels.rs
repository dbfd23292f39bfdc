//! Pixels of a block of 8 x 8, made of sums of rows in one go: the last step of a codebook, with every register in its place. A
//! compiler that is given the instructions one by one adds half as many that only move constants and sums between the registers
//! and memory.
//!
//! A block has a luma sample for each pixel and two chroma samples for each 2 x 2 pixels. They are bytes of words, the lowest
//! byte first: 16 words of luma, line after line, then 8 words of chroma, line after line, both samples of a place together.
//! Of each sample there is one in `base`, and one in `sums` that is to be scaled. `scale` is the gain, from 0 to 255; the
//! starts of luma and of both chroma samples; and three offsets. Starts and offsets are words of two numbers, the first for the
//! columns 0, 1, 4 and 5, the second for the others; a start is from 0 to 255. Then
//!
//! ```text
//! light  = luma in base     +  (gain * luma in sums + start 0 >> 6)
//! first  = chroma 0 in base +  (gain * chroma 0 in sums + start 1 >> 7)
//! second = chroma 1 in base +  (gain * chroma 1 in sums + start 2 >> 8)  +  offset 0
//! red    = light + first - second
//! green  = light + 2 * second - offset 1
//! blue   = light - first - second + offset 2
//! ```
//!
//! in numbers of 16 bits with a sign, modulo 2^16; colours are brought to the nearest number from 0 to 255 at last. (Greens for
//! 64 levels are made more by 2 before that: they must not reach 32,766.) With other gains and starts the bytes are some others.
//!
//! Each function is for one format of pixels. It writes 8 lines of 8 pixels, each line `stride` bytes after the one before it,
//! and nothing else, and says whether it did: if there is no room for all of them, or if the stride is less than a line, it
//! leaves all as it was.

#[cfg(not(dsp))]
use crate::plain;

/// The words of a block: 8 lines of luma, two words each, then 4 lines of chroma, two words each.
pub const WORDS: usize = 24;

/// The words of how sums are scaled: the gain, three starts, three offsets.
pub const SCALES: usize = 7;

/// Whether 8 lines of so many bytes, each `stride` bytes after the one before it, are there and do not overlap.
#[inline(always)]
pub(crate) const fn fits(lines: &[u8], stride: usize, line: usize) -> bool {
    stride >= line
        && match stride.checked_mul(7) {
            Some(before) => before <= lines.len() && lines.len() - before >= line,
            None => false,
        }
}

/// The instructions of a function that writes a block: those that all formats share, and between them those of `pixels`, which
/// make four pixels of a line of their light. `bytes` is how many bytes these four take; `more_green` is added to all greens
/// before they are clamped, and `factor` is put into its register. `take` reads the gain and three colours from the stack for
/// the upper of two lines; `again` reads the gain for the lower one and leaves them behind, where `take` did not.
///
/// There are two passes. The first goes through the chroma from its end and puts onto the stack, for each pair of lines, the
/// stride, then for each place of four columns the gain and what is added to the light for red, green and blue. The second
/// takes that from the stack again. Below the last pair is a zero in place of a stride.
#[cfg(dsp)]
macro_rules! block {
    (
        $base:ident, $sums:ident, $scale:ident, $lines:ident, $stride:ident,
        bytes: $bytes:literal, $(more_green: $more_green:literal,)? $(factor: $factor:literal,)?
        take: $take:literal, again: $again:literal, pixels: [$($pixels:expr),* $(,)?]
    ) => {
        core::arch::asm!(
            // Of both passes.
            "base .req r0",
            "sums .req r1",
            "gain .req r4",
            "red .req r11",
            "green .req r12",
            "blue .req lr",
            // Of the first.
            "below_7 .req r2",
            "stride .req r3",
            "left .req r5",
            "first .req r6",
            "second .req r7",
            "more_second .req r8",
            "less_green .req r9",
            "more_blue .req r10",
            // Of the second.
            "out .req r2",
            "under .req r3",
            "start .req r5",
            "below_6 .req r6",
            "even .req r7",
            "odd .req r8",
            "word .req r9",
            "other .req r10",
            "factor .req r10",

            "push {{r6, r7}}",
            "ldm r2, {{gain, left, first, second, more_second, less_green, more_blue}}",
            "push {{left, green}}",
            "movw below_7, #0x1FF",
            "orr below_7, below_7, below_7, lsl #16",
            $(
                concat!("mov red, #", $more_green),
                "ssub16 less_green, less_green, red",
            )?
            "mov left, #0",
            "push {{left}}",
            "mov left, #4",
            "2:",
            ".rept 2",
            "ldr green, [sums, #-4]!",
            "ldr red, [base, #-4]!",
            "uxtb16 blue, green",
            "uxtb16 green, green, ror #8",
            "mla blue, blue, gain, first",
            "mla green, green, gain, second",
            "and blue, below_7, blue, lsr #7",
            "uxtab16 blue, blue, red",
            "uxtab16 red, more_second, red, ror #8",
            "uxtab16 green, red, green, ror #8",
            // The first chroma sample is now in `blue`, the second in `green`.
            "ssub16 red, blue, green",
            "ssub16 blue, more_blue, blue",
            "ssub16 blue, blue, green",
            "sadd16 green, green, green",
            "ssub16 green, green, less_green",
            "push {{gain, red, green, blue}}",
            ".endr",
            "push {{stride}}",
            "subs left, left, #1",
            "bne 2b",

            // The light of four pixels: of those in columns 0 and 2, and in 1 and 3.
            ".macro nice_dsp_light step",
            "ldr odd, [sums], #\\step",
            "ldr word, [base], #\\step",
            "uxtb16 even, odd",
            "uxtb16 odd, odd, ror #8",
            "mla even, even, gain, start",
            "mla odd, odd, gain, start",
            "and even, below_6, even, lsr #6",
            "and odd, below_6, odd, lsr #6",
            "uxtab16 even, even, word",
            "uxtab16 odd, odd, word, ror #8",
            ".endm",
            ".macro nice_dsp_pixels line, column",
            $($pixels,)*
            ".endm",
            // Four columns of two lines, and how far it is to the words of the next line and of the next four columns.
            ".macro nice_dsp_place column, next",
            $take,
            "nice_dsp_light 8",
            "nice_dsp_pixels out, \\column",
            $again,
            "nice_dsp_light \\next",
            "nice_dsp_pixels under, \\column",
            ".endm",

            "sub base, base, #64",
            "sub sums, sums, #64",
            "ldrd start, out, [sp, #148]",
            "movw below_6, #0x3FF",
            "orr below_6, below_6, below_6, lsl #16",
            $(concat!("mov factor, #", $factor),)?
            "pop {{even}}",
            "add under, out, even",
            "3:",
            "nice_dsp_place 0, -4",
            concat!("nice_dsp_place ", $bytes, ", 4"),
            "pop {{even}}",
            "add out, under, even",
            "add under, out, even",
            "cmp even, #0",
            "bne 3b",
            "add sp, sp, #8",
            "pop {{r6, r7}}",

            ".purgem nice_dsp_place",
            ".purgem nice_dsp_pixels",
            ".purgem nice_dsp_light",
            ".unreq base",
            ".unreq sums",
            ".unreq gain",
            ".unreq red",
            ".unreq green",
            ".unreq blue",
            ".unreq below_7",
            ".unreq stride",
            ".unreq left",
            ".unreq first",
            ".unreq second",
            ".unreq more_second",
            ".unreq less_green",
            ".unreq more_blue",
            ".unreq out",
            ".unreq under",
            ".unreq start",
            ".unreq below_6",
            ".unreq even",
            ".unreq odd",
            ".unreq word",
            ".unreq other",
            ".unreq factor",
            inout("r0") $base.as_ptr_range().end => _,
            inout("r1") $sums.as_ptr_range().end => _,
            inout("r2") $scale.as_ptr() => _,
            inout("r3") $stride => _,
            inout("r12") $lines.as_mut_ptr() => _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("lr") _,
        )
    };
}

/// Defines a function that writes a block in one format; the rest is for [`block`].
#[cfg(dsp)]
macro_rules! function {
    ($function:ident, $($how:tt)*) => {
        /// # Safety
        ///
        /// [`fits`] has to say so of the lines and what four pixels take, twice.
        #[inline(always)]
        pub(super) unsafe fn $function(
            base: &[u32; WORDS],
            sums: &[u32; WORDS],
            scale: &[u32; SCALES],
            lines: &mut [u8],
            stride: usize,
        ) {
            // SAFETY: it reads the words of `base`, `sums` and `scale`, which are aligned, and writes 8 lines, which are there
            // and need not be aligned for `str`. The stack is left as it was, and so are r6 and r7, which `asm!` does not give.
            unsafe {
                block!(base, sums, scale, lines, stride, $($how)*);
            }
        }
    };
}

/// Three bytes a pixel: `$first`, green, `$third`.
#[cfg(dsp)]
macro_rules! three_bytes {
    ($function:ident, $first:literal, $third:literal) => {
        function! {
            $function,
            bytes: 12,
            take: "pop {{gain, red, green, blue}}",
            again: "",
            pixels: [
                concat!("sadd16 word, even, ", $first),
                "usat16 word, #8, word",
                "sadd16 other, even, green",
                "usat16 other, #8, other",
                "orr word, word, other, lsl #8",
                concat!("sadd16 even, even, ", $third),
                "usat16 even, #8, even",
                concat!("sadd16 other, odd, ", $first),
                "usat16 other, #8, other",
                "orr even, even, other, lsl #8",
                "sadd16 other, odd, green",
                "usat16 other, #8, other",
                concat!("sadd16 odd, odd, ", $third),
                "usat16 odd, #8, odd",
                "orr other, other, odd, lsl #8",
                "pkhbt odd, word, even, lsl #16",
                "pkhbt word, other, word",
                "pkhtb other, other, even, asr #16",
                "str odd, [\\line, #(\\column)]",
                "str word, [\\line, #(\\column + 4)]",
                "str other, [\\line, #(\\column + 8)]",
            ]
        }
    };
}

/// Two bytes a pixel: `$high`, green `$green` bits under it, and `$low` `$lower` bits under it; `$end` is done to two pixels
/// in the end.
///
/// Levels are the nearest ones. They are at the high end of products: of samples and 249 out of 2048, or for 64 levels 253 out
/// of 1024. What is added to the first products so that they are rounded can be anything from 1014 to 1026 for all samples to
/// come out right, and the mask of what is left of a sum is 1023. The others are rounded since every green was made more by 2
/// before it was clamped.
#[cfg(dsp)]
macro_rules! two_bytes {
    (
        $function:ident, $high:literal, $low:literal, $lower:literal, $(more_green: $more_green:literal,)?
        green: [$to:literal, $multiply:literal, $rounding:literal, $mask:literal, $back:literal],
        end: [$($end:literal),*]
    ) => {
        function! {
            $function,
            bytes: 8,
            $(more_green: $more_green,)?
            factor: 249,
            take: "ldm sp, {{gain, red, green, blue}}",
            again: "ldr gain, [sp], #16",
            pixels: [
                concat!("sadd16 gain, even, ", $high),
                "usat16 gain, #8, gain",
                "mla gain, gain, factor, below_6",
                "and gain, gain, #0xF800F800",
                concat!("sadd16 word, even, ", $low),
                "usat16 word, #8, word",
                "mla word, word, factor, below_6",
                "and word, word, #0xF800F800",
                concat!("orr gain, gain, word, lsr #", $lower),
                $to,
                "sadd16 even, even, green",
                "usat16 even, #8, even",
                concat!($multiply, " even, even, factor", $rounding),
                concat!("and even, even, #", $mask),
                "orr gain, gain, even, lsr #5",
                "sadd16 word, odd, green",
                "usat16 word, #8, word",
                concat!($multiply, " word, word, factor", $rounding),
                concat!("and word, word, #", $mask),
                $back,
                concat!("sadd16 even, odd, ", $low),
                "usat16 even, #8, even",
                "mla even, even, factor, below_6",
                "and even, even, #0xF800F800",
                concat!("sadd16 odd, odd, ", $high),
                "usat16 odd, #8, odd",
                "mla odd, odd, factor, below_6",
                "and odd, odd, #0xF800F800",
                "orr odd, odd, word, lsr #5",
                concat!("orr odd, odd, even, lsr #", $lower),
                "pkhbt word, gain, odd, lsl #16",
                "pkhtb odd, odd, gain, asr #16",
                $($end,)*
                "str word, [\\line, #(\\column)]",
                "str odd, [\\line, #(\\column + 4)]",
            ]
        }
    };
}

/// Four bytes a pixel: blue, green, red, zero.
#[cfg(dsp)]
macro_rules! four_bytes {
    ($function:ident) => {
        function! {
            $function,
            bytes: 16,
            take: "ldm sp, {{gain, red, green, blue}}",
            again: "ldr gain, [sp], #16",
            pixels: [
                "sadd16 word, even, blue",
                "usat16 word, #8, word",
                "sadd16 other, even, green",
                "usat16 other, #8, other",
                "orr word, word, other, lsl #8",
                "sadd16 even, even, red",
                "usat16 even, #8, even",
                "pkhbt other, word, even, lsl #16",
                "pkhtb even, even, word, asr #16",
                "str other, [\\line, #(\\column)]",
                "str even, [\\line, #(\\column + 8)]",
                "sadd16 word, odd, blue",
                "usat16 word, #8, word",
                "sadd16 other, odd, green",
                "usat16 other, #8, other",
                "orr word, word, other, lsl #8",
                "sadd16 odd, odd, red",
                "usat16 odd, #8, odd",
                "pkhbt other, word, odd, lsl #16",
                "pkhtb odd, odd, word, asr #16",
                "str other, [\\line, #(\\column + 4)]",
                "str odd, [\\line, #(\\column + 12)]",
            ]
        }
    };
}

#[cfg(dsp)]
mod at_once {
    //! The functions, without a look at whether there is room.

    use super::{SCALES, WORDS};

    three_bytes!(rgb888, "red", "blue");
    three_bytes!(bgr888, "blue", "red");
    four_bytes!(xrgb8888);
    two_bytes!(
        rgb565_le, "red", "blue", "11",
        more_green: "0x00020002",
        green: ["mov factor, #253", "mul", "", "0xFC00FC00", "mov factor, #249"],
        end: []
    );
    two_bytes!(
        rgb565_be, "red", "blue", "11",
        more_green: "0x00020002",
        green: ["mov factor, #253", "mul", "", "0xFC00FC00", "mov factor, #249"],
        end: ["rev16 word, word", "rev16 odd, odd"]
    );
    // All of it one bit too high until the end, bit 0 zero.
    two_bytes!(
        bgr555_le, "blue", "red", "10",
        green: ["", "mla", ", below_6", "0xF800F800", ""],
        end: ["lsr word, word, #1", "lsr odd, odd, #1"]
    );
}

/// Defines the public functions.
macro_rules! formats {
    ($($(#[$about:meta])* $function:ident, $bytes:literal;)*) => {$(
        $(#[$about])*
        #[inline]
        #[must_use]
        pub fn $function(
            base: &[u32; WORDS],
            sums: &[u32; WORDS],
            scale: &[u32; SCALES],
            lines: &mut [u8],
            stride: usize,
        ) -> bool {
            #[cfg(dsp)]
            {
                let fits = fits(lines, stride, 8 * $bytes);
                if fits {
                    // SAFETY: they fit, as was just looked.
                    unsafe { at_once::$function(base, sums, scale, lines, stride) };
                }
                fits
            }
            #[cfg(not(dsp))]
            plain::$function(base, sums, scale, lines, stride)
        }
    )*};
}

formats! {
    /// Three bytes a pixel: red, green, blue. Four pixels take 31 instructions, and what is added to the light of 8
    /// pixels 17.
    ///
    /// ```
    /// let (mut base, sums) = ([0; 24], [0; 24]);
    /// base[0] = 0x0000_FA32; // the first two pixels of line 0: luma 50 and 250, the others 0
    /// base[16] = 0x0A; // the first 2 x 2 pixels: chroma 10 and 0
    /// let mut lines = [9; 8 * 24];
    /// let written = nice_dsp::pixels::rgb888(&base, &sums, &[0; 7], &mut lines, 24);
    /// assert!(written);
    /// assert_eq!(lines[..9], [60, 50, 40, 255, 250, 240, 0, 0, 0]);
    /// assert_eq!(lines[24..][..9], [10, 0, 0, 10, 0, 0, 0, 0, 0]);
    /// ```
    rgb888, 3;
    /// Three bytes a pixel: blue, green, red.
    bgr888, 3;
    /// Four bytes a pixel: blue, green, red, zero.
    xrgb8888, 4;
    /// Two bytes a pixel, low byte first: the nearest of 32 levels of red in bits 11 to 15, of 64 of green in bits 5 to 10, of 32
    /// of blue in bits 0 to 4.
    rgb565_le, 2;
    /// As [`rgb565_le`], high byte first.
    rgb565_be, 2;
    /// Two bytes a pixel, low byte first: the nearest of 32 levels of blue in bits 10 to 14, of green in bits 5 to 9, of red in
    /// bits 0 to 4; bit 15 is zero.
    bgr555_le, 2;
}
