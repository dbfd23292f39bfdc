//! The instructions themselves, where the target has them; elsewhere what they do in plain Rust.

use crate::plain;

/// Whether the target has the instructions. Where it has not, the functions are those of [`plain`].
pub const AVAILABLE: bool = cfg!(dsp);

/// Defines functions that are one instruction each, or the function of the same name in [`plain`]. An instruction is
/// written as in `asm!`; `preserves_flags` stands behind it if it changes neither `Q` nor `GE`.
macro_rules! instructions {
    ($(
        $name:ident $(<$bits:ident>)? ($($argument:ident: $type:ty),+) -> $result:ty,
        $instruction:literal $($flags:ident)?;
    )+) => {$(
        #[doc = concat!("[`plain::", stringify!($name), "`], in one instruction if it is [`AVAILABLE`].")]
        #[inline(always)]
        #[must_use]
        pub fn $name $(<const $bits: u32>)? ($($argument: $type),+) -> $result {
            #[cfg(dsp)]
            {
                let result;
                // SAFETY: the instruction reads these registers, writes one, and does nothing else but what its flags say.
                unsafe {
                    core::arch::asm!(
                        $instruction,
                        $($argument = in(reg) $argument,)+
                        $($bits = const { plain::below_16($bits) },)?
                        result = lateout(reg) result,
                        options(pure, nomem, nostack $(, $flags)?)
                    );
                }
                result
            }
            #[cfg(not(dsp))]
            plain::$name $(::<$bits>)? ($($argument),+)
        }
    )+};
}

instructions! {
    smlad(x: u32, y: u32, sum: i32) -> i32, "smlad {result}, {x}, {y}, {sum}";
    sxtb16(x: u32) -> u32, "sxtb16 {result}, {x}" preserves_flags;
    sxtb16_ror8(x: u32) -> u32, "sxtb16 {result}, {x}, ror #8" preserves_flags;
    sxtab16(sums: u32, x: u32) -> u32, "sxtab16 {result}, {sums}, {x}" preserves_flags;
    sxtab16_ror8(sums: u32, x: u32) -> u32, "sxtab16 {result}, {sums}, {x}, ror #8" preserves_flags;
    uxtab16(sums: u32, x: u32) -> u32, "uxtab16 {result}, {sums}, {x}" preserves_flags;
    uxtab16_ror8(sums: u32, x: u32) -> u32, "uxtab16 {result}, {sums}, {x}, ror #8" preserves_flags;
    usat16<BITS>(x: u32) -> u32, "usat16 {result}, #{BITS}, {x}";
    sadd16(x: u32, y: u32) -> u32, "sadd16 {result}, {x}, {y}";
    ssub16(x: u32, y: u32) -> u32, "ssub16 {result}, {x}, {y}";
    shadd16(x: u32, y: u32) -> u32, "shadd16 {result}, {x}, {y}" preserves_flags;
    shsub16(x: u32, y: u32) -> u32, "shsub16 {result}, {x}, {y}" preserves_flags;
}
