//! SIMD within a register (SWAR): arithmetic on two 16-bit lanes of a 32-bit word, or on its four bytes. With the feature
//! `dsp` these are single instructions where the processor has them.
//!
//! Two lanes share a word as `low + (high << 16)`, so a negative low lane borrows from the high lane, and adding two words adds
//! both lanes. The DSP instructions keep lanes apart and do not borrow. The two representations differ while a lane is
//! negative and agree otherwise.

/// Whether blocks of a codebook are decoded with SWAR: where registers have 32 bits. Elsewhere the compiler vectorizes scalar
/// code.
pub(crate) const PREFERRED: bool = !cfg!(target_pointer_width = "64");

/// The low byte of both lanes: bytes 0 and 2.
pub(crate) const EVEN_BYTES: u32 = 0x00FF_00FF;

/// The high byte of both lanes: bytes 1 and 3.
pub(crate) const ODD_BYTES: u32 = 0xFF00_FF00;

/// A one in both lanes.
pub(crate) const LANE_ONES: u32 = 0x0001_0001;

/// A one in each byte.
pub(crate) const BYTE_ONES: u32 = 0x0101_0101;

/// Whether [`clamp`] is a single instruction.
#[cfg(feature = "dsp")]
pub(crate) const SATURATES: bool = nice_dsp::AVAILABLE;
#[cfg(not(feature = "dsp"))]
pub(crate) const SATURATES: bool = false;

/// Adds the lanes of two words.
#[inline(always)]
pub(crate) fn add(x: u32, y: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::sadd16(x, y);
    }
    x.wrapping_add(y)
}

/// Subtracts the lanes of `y` from those of `x`.
#[inline(always)]
pub(crate) fn sub(x: u32, y: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::ssub16(x, y);
    }
    x.wrapping_sub(y)
}

/// Adds bytes 0 and 2 of `bytes` to two lanes that are not negative.
#[inline(always)]
pub(crate) fn add_even_bytes(lanes: u32, bytes: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::uxtab16(lanes, bytes);
    }
    lanes.wrapping_add(bytes & EVEN_BYTES)
}

/// Adds bytes 1 and 3 of `bytes` to two lanes that are not negative.
#[inline(always)]
pub(crate) fn add_odd_bytes(lanes: u32, bytes: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::uxtab16_ror8(lanes, bytes);
    }
    lanes.wrapping_add(bytes >> 8 & EVEN_BYTES)
}

/// Clamps both lanes to 0 to 255.
#[inline(always)]
pub(crate) fn clamp(lanes: u32) -> u32 {
    #[cfg(feature = "dsp")]
    if nice_dsp::AVAILABLE {
        return nice_dsp::usat16::<8>(lanes);
    }
    let low = i32::from(lanes as i16);
    let high = lanes.wrapping_sub(low as u32) as i32 >> 16;
    (high.clamp(0, 255) as u32) << 16 | low.clamp(0, 255) as u32
}

/// The same number in both lanes.
#[inline(always)]
pub(crate) fn splat(number: u32) -> u32 {
    if SATURATES {
        (number & 0xFFFF).wrapping_mul(LANE_ONES)
    } else {
        number.wrapping_mul(LANE_ONES)
    }
}
