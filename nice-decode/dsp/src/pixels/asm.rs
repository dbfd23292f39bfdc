//! The assembly that writes a block.

use crate::block::BLOCK_WORDS;
use crate::pixels::layout::GAIN_WORDS;

/// The assembly of a function that writes a block: what all formats share, around `pixels`, which makes four pixels of a line
/// from their luma. `bytes` is how many bytes these four take; `more_green` is added to all greens before they are clamped;
/// `factor` is loaded into its register. `take` reads the gain and three color differences from the stack for the upper of
/// two lines; `again` reads the gain for the lower line, and drops the differences where `take` did not.
///
/// There are two passes. The first goes through the chroma from its end and pushes, for each pair of lines, the stride, and
/// for each four columns the gain and the differences of red, green and blue from luma. The second pops them again. Below the
/// last pair lies a zero instead of a stride.
macro_rules! block {
    (
        $base:ident, $sums:ident, $gain:ident, $lines:ident, $stride:ident,
        bytes: $bytes:literal, $(more_green: $more_green:literal,)? $(factor: $factor:literal,)?
        take: $take:literal, again: $again:literal, pixels: [$($pixels:expr),* $(,)?]
    ) => {
        core::arch::asm!(
            // Registers of both passes.
            "base .req r0",
            "sums .req r1",
            "gain .req r4",
            "red .req r11",
            "green .req r12",
            "blue .req lr",
            // Registers of the first pass.
            "mask_9 .req r2",
            "stride .req r3",
            "left .req r5",
            "chroma1_start .req r6",
            "chroma2_start .req r7",
            "chroma2_offset .req r8",
            "green_offset .req r9",
            "blue_offset .req r10",
            // Registers of the second pass.
            "out .req r2",
            "under .req r3",
            "start .req r5",
            "mask_10 .req r6",
            "even .req r7",
            "odd .req r8",
            "word .req r9",
            "other .req r10",
            "factor .req r10",

            "push {{r6, r7}}",
            "ldm r2, {{gain, left, chroma1_start, chroma2_start, chroma2_offset, green_offset, blue_offset}}",
            "push {{left, green}}",
            "movw mask_9, #0x1FF",
            "orr mask_9, mask_9, mask_9, lsl #16",
            $(
                concat!("mov red, #", $more_green),
                "ssub16 green_offset, green_offset, red",
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
            "mla blue, blue, gain, chroma1_start",
            "mla green, green, gain, chroma2_start",
            "and blue, mask_9, blue, lsr #7",
            "uxtab16 blue, blue, red",
            "uxtab16 red, chroma2_offset, red, ror #8",
            "uxtab16 green, red, green, ror #8",
            // Now chroma 1 is in `blue` and chroma 2 in `green`.
            "ssub16 red, blue, green",
            "ssub16 blue, blue_offset, blue",
            "ssub16 blue, blue, green",
            "sadd16 green, green, green",
            "ssub16 green, green, green_offset",
            "push {{gain, red, green, blue}}",
            ".endr",
            "push {{stride}}",
            "subs left, left, #1",
            "bne 2b",

            // The luma of four pixels: columns 0 and 2 in `even`, columns 1 and 3 in `odd`.
            ".macro nice_dsp_luma step",
            "ldr odd, [sums], #\\step",
            "ldr word, [base], #\\step",
            "uxtb16 even, odd",
            "uxtb16 odd, odd, ror #8",
            "mla even, even, gain, start",
            "mla odd, odd, gain, start",
            "and even, mask_10, even, lsr #6",
            "and odd, mask_10, odd, lsr #6",
            "uxtab16 even, even, word",
            "uxtab16 odd, odd, word, ror #8",
            ".endm",
            ".macro nice_dsp_pixels line, column",
            $($pixels,)*
            ".endm",
            // Four columns of two lines; `next` is the distance to the next words after the lower line.
            ".macro nice_dsp_columns4 column, next",
            $take,
            "nice_dsp_luma 8",
            "nice_dsp_pixels out, \\column",
            $again,
            "nice_dsp_luma \\next",
            "nice_dsp_pixels under, \\column",
            ".endm",

            "sub base, base, #64",
            "sub sums, sums, #64",
            "ldrd start, out, [sp, #148]",
            "movw mask_10, #0x3FF",
            "orr mask_10, mask_10, mask_10, lsl #16",
            $(concat!("mov factor, #", $factor),)?
            "pop {{even}}",
            "add under, out, even",
            "3:",
            "nice_dsp_columns4 0, -4",
            concat!("nice_dsp_columns4 ", $bytes, ", 4"),
            "pop {{even}}",
            "add out, under, even",
            "add under, out, even",
            "cmp even, #0",
            "bne 3b",
            "add sp, sp, #8",
            "pop {{r6, r7}}",

            ".purgem nice_dsp_columns4",
            ".purgem nice_dsp_pixels",
            ".purgem nice_dsp_luma",
            ".unreq base",
            ".unreq sums",
            ".unreq gain",
            ".unreq red",
            ".unreq green",
            ".unreq blue",
            ".unreq mask_9",
            ".unreq stride",
            ".unreq left",
            ".unreq chroma1_start",
            ".unreq chroma2_start",
            ".unreq chroma2_offset",
            ".unreq green_offset",
            ".unreq blue_offset",
            ".unreq out",
            ".unreq under",
            ".unreq start",
            ".unreq mask_10",
            ".unreq even",
            ".unreq odd",
            ".unreq word",
            ".unreq other",
            ".unreq factor",
            inout("r0") $base.as_ptr_range().end => _,
            inout("r1") $sums.as_ptr_range().end => _,
            inout("r2") $gain.as_ptr() => _,
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

/// Defines a function that writes a block in one format; everything after its name is for [`block`].
macro_rules! function {
    ($function:ident, $($how:tt)*) => {
        /// # Safety
        ///
        /// The lines have to [fit](crate::pixels::layout::fits), with twice the bytes of four pixels a line.
        #[inline(always)]
        pub(super) unsafe fn $function(
            base: &[u32; BLOCK_WORDS],
            sums: &[u32; BLOCK_WORDS],
            gain: &[u32; GAIN_WORDS],
            lines: &mut [u8],
            stride: usize,
        ) {
            // SAFETY: it reads the words of `base`, `sums` and `gain`, which are aligned, and writes 8 lines, which exist and
            // need not be aligned for `str`. The stack pointer is restored, and so are r6 and r7, which `asm!` cannot clobber.
            unsafe {
                block!(base, sums, gain, lines, stride, $($how)*);
            }
        }
    };
}

/// Three bytes a pixel: `$first`, green, `$third`.
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

/// Two bytes a pixel: `$high`, green 5 or 6 bits below it, and `$low` `$lower` bits below it; `$end` is applied to two pixels
/// at the end.
///
/// Levels are rounded to the nearest. They are the high bits of a product: 249 times the sample, divided by 2048, or for 64
/// levels, 253 times the sample, divided by 1024. Rounding the former needs an addend between 1014 and 1026, and the mask that is
/// in a register anyway is 1023. The latter are rounded by the 2 that was added to every green before clamping.
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
                "mla gain, gain, factor, mask_10",
                "and gain, gain, #0xF800F800",
                concat!("sadd16 word, even, ", $low),
                "usat16 word, #8, word",
                "mla word, word, factor, mask_10",
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
                "mla even, even, factor, mask_10",
                "and even, even, #0xF800F800",
                concat!("sadd16 odd, odd, ", $high),
                "usat16 odd, #8, odd",
                "mla odd, odd, factor, mask_10",
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
// Everything is one bit too high until the end; bit 0 is zero.
two_bytes!(
    bgr555_le, "blue", "red", "10",
    green: ["", "mla", ", mask_10", "0xF800F800", ""],
    end: ["lsr word, word, #1", "lsr odd, odd, #1"]
);
