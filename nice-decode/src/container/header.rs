//! The beginning of both files: four bytes that say which file it is.

/// Why a file does not begin with the right magic number.
pub(super) enum MagicError {
    /// The file ends within the magic number.
    Truncated,
    /// The file begins with something else; zeros where it is shorter than four bytes.
    Other([u8; 4]),
}

/// What follows the magic number of a file.
pub(super) fn after_magic<'a>(file: &'a [u8], magic: &[u8; 4]) -> Result<&'a [u8], MagicError> {
    match file.split_first_chunk() {
        Some((found, rest)) if found == magic => Ok(rest),
        Some((found, _)) => Err(MagicError::Other(*found)),
        None if magic.starts_with(file) => Err(MagicError::Truncated),
        None => {
            let mut found = [0; 4];
            for (to, from) in found.iter_mut().zip(file) {
                *to = *from;
            }
            Err(MagicError::Other(found))
        }
    }
}
