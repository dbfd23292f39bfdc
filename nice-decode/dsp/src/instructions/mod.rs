//! The single instructions, and their portable definitions where the target does not have them.

pub mod portable;

/// Whether the target has the instructions. If not, the functions are those of [`portable`].
pub const AVAILABLE: bool = cfg!(dsp);

/// Defines functions that are one instruction each, or the function of the same name in [`portable`]. An instruction is
/// written as in `asm!`, followed by `preserves_flags` if it changes neither `Q` nor `GE`.
macro_rules! instructions {
    ($(
        $name:ident $(<$bits:ident>)? ($($argument:ident: $type:ty),+) -> $result:ty,
        $instruction:literal $($flags:ident)?;
    )+) => {$(
        #[doc = concat!("[`portable::", stringify!($name), "`], as one instruction where it is [`AVAILABLE`].")]
        #[inline(always)]
        #[must_use]
        pub fn $name $(<const $bits: u32>)? ($($argument: $type),+) -> $result {
            #[cfg(dsp)]
            {
                let result;
                // SAFETY: the instruction reads these registers, writes one, and has no other effect than on the flags.
                unsafe {
                    core::arch::asm!(
                        $instruction,
                        $($argument = in(reg) $argument,)+
                        $($bits = const { portable::below_16($bits) },)?
                        result = lateout(reg) result,
                        options(pure, nomem, nostack $(, $flags)?)
                    );
                }
                result
            }
            #[cfg(not(dsp))]
            portable::$name $(::<$bits>)? ($($argument),+)
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
