//! Storage of Rust values in structures that C allocates.

use crate::status::Status;

/// A structure that C allocates, with room for a Rust value.
///
/// # Safety
///
/// `Value` fits into the words in size and alignment, and does not have to be dropped. [`storage!`] checks that.
pub(crate) unsafe trait Storage: 'static {
    /// The value.
    type Value: 'static;

    /// The word that is [`OPEN`] if there is a value, and the words of the value.
    fn parts(&self) -> (usize, *const Self::Value);

    /// The same, to be written to.
    fn parts_mut(&mut self) -> (&mut usize, *mut Self::Value);

    /// Stores a value.
    fn store(&mut self, value: Self::Value) {
        let (open, words) = self.parts_mut();
        // SAFETY: the words belong to `self`, and the value fits into them.
        unsafe { words.write(value) };
        *open = OPEN;
    }
}

/// The first word of an open structure.
const OPEN: usize = 1;

/// A structure without a value, whatever it held before.
///
/// # Errors
///
/// [`Status::Argument`] if the pointer is null.
///
/// # Safety
///
/// `structure` is null or points to memory for a structure that nothing else accesses as long as it is used.
pub(crate) unsafe fn closed<'s, S: Storage + Default>(
    structure: *mut S,
) -> Result<&'s mut S, Status> {
    if structure.is_null() {
        return Err(Status::Argument);
    }
    // SAFETY: the pointer is not null, and the caller ensures the rest.
    unsafe {
        structure.write(S::default());
        Ok(&mut *structure)
    }
}

/// The value that a structure holds.
///
/// # Errors
///
/// [`Status::Argument`] if the pointer is null, [`Status::NotOpen`] if the structure holds no value.
///
/// # Safety
///
/// `structure` is null or points to a structure that does not change as long as the value is used.
pub(crate) unsafe fn value<'s, S: Storage>(structure: *const S) -> Result<&'s S::Value, Status> {
    // SAFETY: the caller ensures it.
    let structure = unsafe { structure.as_ref() }.ok_or(Status::Argument)?;
    let (open, words) = structure.parts();
    if open != OPEN {
        return Err(Status::NotOpen);
    }
    // SAFETY: in an open structure, `store` has written the words.
    Ok(unsafe { &*words })
}

/// The value that a structure holds, to be changed.
///
/// # Errors
///
/// Those of [`value`].
///
/// # Safety
///
/// `structure` is null or points to a structure that nothing else accesses as long as the value is used.
pub(crate) unsafe fn value_mut<'s, S: Storage>(
    structure: *mut S,
) -> Result<&'s mut S::Value, Status> {
    // SAFETY: the caller ensures it.
    let structure = unsafe { structure.as_mut() }.ok_or(Status::Argument)?;
    let (open, words) = structure.parts_mut();
    if *open != OPEN {
        return Err(Status::NotOpen);
    }
    // SAFETY: in an open structure, `store` has written the words.
    Ok(unsafe { &mut *words })
}

/// Makes a structure of `$words` words, with the fields `open` and `opaque`, the storage of a value.
macro_rules! storage {
    ($structure:ty, $words:literal, $value:ty) => {
        const _: () = {
            assert!(size_of::<$structure>() == $words * size_of::<usize>());
            assert!(size_of::<$value>() <= size_of::<$structure>() - size_of::<usize>());
            assert!(align_of::<$value>() <= align_of::<usize>());
            assert!(!core::mem::needs_drop::<$value>());
        };

        // SAFETY: the assertions above check what the trait requires.
        unsafe impl $crate::storage::Storage for $structure {
            type Value = $value;

            fn parts(&self) -> (usize, *const $value) {
                (self.open, self.opaque.as_ptr().cast())
            }

            fn parts_mut(&mut self) -> (&mut usize, *mut $value) {
                (&mut self.open, self.opaque.as_mut_ptr().cast())
            }
        }

        impl Default for $structure {
            fn default() -> Self {
                Self {
                    open: 0,
                    opaque: [const { core::mem::MaybeUninit::zeroed() }; $words - 1],
                }
            }
        }
    };
}

pub(crate) use storage;
