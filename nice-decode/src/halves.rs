//! Words of two numbers or of four samples: with the feature `dsp` in single instructions, where the processor has them.
//!
//! Two numbers share a word as `low + (high << 16)`, so that a low number below zero borrows from the high one, and the sum of two
//! words is that of both numbers. The instructions do not borrow: their words are other ones, until both numbers are not below
//! zero.

/// The low byte of both halves of a word.
pub(crate) const LOWER: u32 = 0x00FF_00FF;

/// The high byte of both halves of a word.
pub(crate) const UPPER: u32 = 0xFF00_FF00;

/// Both halves of a word one.
pub(crate) const ONES: u32 = 0x0001_0001;

/// Whether [`clamped`] is a matter of one instruction.
#[cfg(feature = "dsp")]
pub(crate) const CLAMPS: bool = nice_dsp::AVAILABLE;
#[cfg(not(feature = "dsp"))]
pub(crate) const CLAMPS: bool = false;

/// Two numbers and two others added up.
#[inline(always)]
pub(crate) fn sum(x: u32, y: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::sadd16(x, y);
    }
    x.wrapping_add(y)
}

/// Two numbers less two others.
#[inline(always)]
pub(crate) fn difference(x: u32, y: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::ssub16(x, y);
    }
    x.wrapping_sub(y)
}

/// Two numbers not below zero, and the samples 0 and 2 of four.
#[inline(always)]
pub(crate) fn with_even(numbers: u32, samples: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::uxtab16(numbers, samples);
    }
    numbers.wrapping_add(samples & LOWER)
}

/// Two numbers not below zero, and the samples 1 and 3 of four.
#[inline(always)]
pub(crate) fn with_odd(numbers: u32, samples: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::uxtab16_ror8(numbers, samples);
    }
    numbers.wrapping_add(samples >> 8 & LOWER)
}

/// Two numbers that become 0 if they are below, and 255 if they are above.
#[inline(always)]
pub(crate) fn clamped(pair: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::usat16::<8>(pair);
    }
    let low = i32::from(pair as i16);
    let high = pair.wrapping_sub(low as u32) as i32 >> 16;
    (high.clamp(0, 255) as u32) << 16 | low.clamp(0, 255) as u32
}
