//! The id by which an image names its model.

use core::fmt;

/// The id of a decoder model, which is the checksum at the end of its file. An image stores the id of the model that it was
/// encoded for. Two different models have the same id with a probability of 2^-32.
///
/// It is displayed as eight hexadecimal digits:
///
/// ```
/// use nice_decode::ModelId;
/// assert_eq!(ModelId::new(0xC0FFEE).to_string(), "00c0ffee");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct ModelId(u32);

impl ModelId {
    /// The id with this value.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The value of the id.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelId({:08x})", self.0)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ModelId {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u32:08x}", self.0);
    }
}
