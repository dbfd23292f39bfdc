//! Bytes that lie where words may.

/// Bytes at an address that is a multiple of 4.
///
/// Where registers have 32 bits, the rows of a codebook are read a word at a time; on a processor that cannot read words from
/// any address that is only possible if the model lies at a multiple of 4. Anywhere else it decodes the same, but copies every
/// row first. [`include_model!`](crate::include_model) puts a file at such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C, align(4))]
pub struct Aligned<const BYTES: usize>(pub [u8; BYTES]);

/// The bytes of a model file that becomes part of the program, like `include_bytes!`, at an address that is a multiple of 4, so
/// that a codebook decodes as fast as it can.
///
/// ```
/// # const _: &str = r#"
/// static CAMERA: &[u8] = nice_decode::include_model!("camera.nicem");
/// # "#;
/// # static CAMERA: &[u8] = nice_decode::include_model!("../../firmware-example/model.nicem");
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
    fn aligned_bytes_lie_where_words_may_and_are_what_they_were() {
        let bytes = [Aligned([1, 2, 3, 4, 5]), Aligned([6, 7, 8, 9, 10])];
        for Aligned(bytes) in &bytes {
            assert!(bytes.as_ptr().addr().is_multiple_of(4));
        }
        assert_eq!(bytes[1].0, [6, 7, 8, 9, 10]);
    }
}
