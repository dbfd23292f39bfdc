//! Bytes at an aligned address.

/// Bytes at an address that is a multiple of 4.
///
/// Where registers have 32 bits, codewords are read a word at a time if the model is aligned to 4 bytes. Otherwise it decodes
/// to the same pixels, but every codeword is copied first. [`include_model!`](crate::include_model) aligns a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C, align(4))]
pub struct Aligned<const BYTES: usize>(pub [u8; BYTES]);

/// The bytes of a model file as part of the program, like `include_bytes!`, but [aligned](crate::Aligned) to 4 bytes so that a
/// codebook decodes as fast as possible.
///
/// ```
/// # const _: &str = r#"
/// static CAMERA: &[u8] = nice_decode::include_model!("camera.nicem");
/// # "#;
/// # static CAMERA: &[u8] = nice_decode::include_model!("../tests/data/model.nicem");
/// assert!(CAMERA.as_ptr().addr().is_multiple_of(4));
/// ```
#[macro_export]
macro_rules! include_model {
    ($path:expr) => {
        &$crate::Aligned(*include_bytes!($path)).0
    };
}

#[cfg(test)]
mod tests {
    use super::Aligned;

    #[test]
    fn aligned_bytes_are_at_a_multiple_of_four() {
        let bytes = [Aligned([1, 2, 3, 4, 5]), Aligned([6, 7, 8, 9, 10])];
        for Aligned(bytes) in &bytes {
            assert!(bytes.as_ptr().addr().is_multiple_of(4));
        }
        assert_eq!(bytes[1].0, [6, 7, 8, 9, 10]);
    }
}
